package snapshot_test

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/schema"
)

// What follows is which claims a view of the model takes, and when they hold.

func (l *lens) recorded(f *fact) bool {
	return f.seq <= l.known && (f.ended == 0 || f.ended > l.known)
}

func (l *lens) sees(f *fact) bool {
	if !l.recorded(f) || f.Confidence < l.view.MinConfidence {
		return false
	}
	return l.selected(f.Source) || f.Source == f.Subject
}

// selected reports whether the view takes what a source says.
func (l *lens) selected(source graph.ID) bool {
	if l.view.Sources != nil && !slices.Contains(l.view.Sources, source) {
		return false
	}
	if !l.view.PublishedUntil.Known() {
		return true
	}
	published := l.published(source)
	return published.Known() && published.Last() <= l.view.PublishedUntil.Last()
}

// published is when a source was published, by any source.
func (l *lens) published(source graph.ID) graph.Date {
	whole := *l
	whole.view.PublishedUntil = graph.Date{}
	return whole.said(source, "date")
}

// embargoed reports whether a source is known to be published later than the view asks.
func (l *lens) embargoed(source graph.ID) bool {
	until := l.view.PublishedUntil
	return until.Known() && l.published(source).Known() && l.published(source).Last() > until.Last()
}

func (l *lens) field(f *fact) *schema.Field {
	return l.m.o.Type(l.m.types[f.Subject]).Field(f.Predicate)
}

// sourceDate is the date on which a source attests what it claims: until when it
// covers, or where it does not say so when it was published.
func (l *lens) sourceDate(id graph.ID) graph.Date {
	if until := l.said(id, "coversUntil"); until.Known() {
		return until
	}
	return l.said(id, "date")
}

// said is a date of a source, by the claim of the highest confidence in the view.
func (l *lens) said(id graph.ID, predicate string) graph.Date {
	var best *fact
	for _, f := range l.m.claims {
		if f.Subject == id && f.Predicate == predicate && l.sees(f) && (best == nil || f.Confidence >= best.Confidence) {
			best = f
		}
	}
	if best == nil {
		return graph.Date{}
	}
	return best.Value.Date()
}

// on are the days that the view asks for.
func (l *lens) on() (first, last graph.Day) {
	if l.view.During.From.Known() {
		return l.view.During.From.First(), l.view.During.To.Last()
	}
	if l.view.AsOf.Known() {
		return l.view.AsOf.First(), l.view.AsOf.Last()
	}
	return l.today, l.today
}

func (l *lens) holds(f *fact) graph.Holds {
	if !l.sees(f) {
		return graph.HoldsNo
	}
	if h, ok := l.held[f]; ok {
		return h
	}
	if l.held == nil {
		l.held = map[*fact]graph.Holds{}
	}
	first, last := l.on()
	if l.held[f] = l.dated(f).Holds(first, last); l.view.Holds == graph.HoldsYes && l.held[f] != graph.HoldsYes {
		l.held[f] = graph.HoldsNo
	}
	return l.held[f]
}

// dated has what the view shows that bears on when the claim holds.
func (l *lens) dated(f *fact) *graphtest.Dated {
	if d := l.timed[f]; d != nil {
		return d
	}
	d := &graphtest.Dated{Timing: l.field(f).Timing(), Valid: f.Valid, Source: l.sourceDate(f.Source)}
	if d.Mode = l.view.Mode; l.view.During.From.Known() && d.Mode == graph.OnDate {
		d.Mode = graph.Ever
	}
	for _, g := range l.m.claims {
		if g != f && g.Subject == f.Subject && g.Predicate == f.Predicate && l.sees(g) && g.Rank != graph.Deprecated && l.sameQuestion(f, g) {
			if g.Value == f.Value {
				date := l.sourceDate(g.Source)
				if slices.ContainsFunc(g.Qualifiers, func(q graph.QualifierValue) bool {
					return slices.ContainsFunc(f.Qualifiers, func(p graph.QualifierValue) bool { return p.Name == q.Name && p.Value != q.Value })
				}) {
					date = graph.Date{}
				}
				d.Same, d.Sources = append(d.Same, g.Valid), append(d.Sources, date)
			}
			for _, end := range []graph.Date{g.Valid.From, g.Valid.To} {
				if end.Known() {
					d.Turns = append(d.Turns, end)
				}
			}
			p, own := period(g.Valid), period(f.Valid)
			if later := cmp.Or(cmp.Compare(p[0], own[0]), cmp.Compare(p[1], own[1])); later > 0 && l.narrow(g) && !l.narrow(f) {
				continue // a part of a year does not replace a year
			} else if later > 0 && g.Valid.From.Known() {
				d.Later = append(d.Later, g.Valid.From)
			} else if later > 0 && g.Valid.To.Known() {
				d.Later = append(d.Later, g.Valid.To)
			}
		}
	}
	d.Unlisted = l.unlisted(f)
	ends := []graph.ID{f.Subject}
	if f.Value.Kind() == graph.EntityKind {
		ends = append(ends, f.Value.Entity())
	}
	for _, id := range ends {
		begins, ends := l.ends(id, schema.Begins), l.ends(id, schema.Ends)
		d.Begins, d.Ends = append(d.Begins, begins), append(d.Ends, ends)
	}
	if l.timed == nil {
		l.timed = map[*fact]*graphtest.Dated{}
	}
	l.timed[f] = d
	return d
}

// unlisted are the dates of the lists, kept up to date by other sources, that leave
// out what the claim says.
func (l *lens) unlisted(f *fact) []graph.Date {
	var dates []graph.Date
	for source, typ := range l.m.types {
		if typ != schema.SourceType || source == f.Source || f.Value.Kind() != graph.EntityKind {
			continue
		}
		var subject, object, both bool
		note := func(from, to graph.ID) {
			subject, object = subject || from == f.Subject, object || to == f.Value.Entity()
			both = both || from == f.Subject && to == f.Value.Entity()
		}
		for _, g := range l.m.claims {
			if g.Source == source && g.Predicate == f.Predicate && g.Rank != graph.Deprecated && l.sees(g) && g.Value.Kind() == graph.EntityKind {
				if note(g.Subject, g.Value.Entity()); l.field(f).Symmetric {
					note(g.Value.Entity(), g.Subject)
				}
			}
		}
		if date := l.sourceDate(source); date.Known() && object && !both && (subject && l.declares(source, "maintains", f.Predicate) || l.declares(source, "maintains", l.inverses(f.Predicate)...)) {
			dates = append(dates, date)
		}
	}
	return dates
}

// inverses are the names of the fields that read a relation from its other end.
func (l *lens) inverses(predicate string) []string {
	var names []string
	for _, t := range l.m.o.Types {
		for _, f := range t.Fields {
			if f.Kind == schema.Inverse && f.InverseOf[0].Name == predicate {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// ends are the dates on which an entity begins, or ends, by what the view shows.
func (l *lens) ends(id graph.ID, end schema.LifetimeEnd) []graph.Date {
	var dates []graph.Date
	for _, f := range l.m.claims {
		life := l.field(f).Lifetime
		if !l.sees(f) || f.Rank == graph.Deprecated || !(f.Subject == id && life.Subject == end || f.Value.Entity() == id && life.Object == end) {
			continue
		}
		date := f.Value.Date()
		if f.Value.Kind() == graph.EntityKind {
			if date = f.Valid.From; !date.Known() {
				date = f.Valid.To
			}
		}
		if date.Known() {
			dates = append(dates, date)
		}
	}
	return dates
}

// sameQuestion reports whether two claims of one field answer the same question.
func (l *lens) sameQuestion(f, g *fact) bool {
	switch field := l.field(f); {
	case field.Many && field.Kind == schema.Property && field.Time == schema.Observation:
		return l.slot(f) == l.slot(g) && (field.Scalar != schema.Quantity || f.Value.Text() == g.Value.Text())
	case field.Many:
		return f.Value == g.Value && l.slot(f) == l.slot(g)
	}
	return slices.Equal(f.Qualifiers, g.Qualifiers)
}
