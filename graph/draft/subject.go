package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

// fileWords returns the words of the file name.
func (d *drafting) fileWords() []string {
	words := wordsOf(d.title())
	for i, w := range words {
		words[i] = strings.Trim(w, "0123456789")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// title returns the file name without its folder and its extensions.
func (d *drafting) title() string {
	name, _, _ := strings.Cut(d.file.base(), ".")
	return name
}

// subject chooses the subject of a row: an entity that the row creates, or one in the graph.
func (d *drafting) subject() error {
	label := d.labelled()
	var own *schema.Type
	score := 0
	if label != nil {
		own, score = d.ownType(label)
	}
	known, called := d.known(), d.namingOf(label)
	switch {
	case called != nil && called.typ.ID != nil && own != nil && score >= 50 && 10*len(label.values) >= 8*d.rows && d.begin != nil && d.end != nil && d.year == nil:
		d.make(label, own) // such as former states, which have the names of present ones
	case called != nil && called.typ.ID == nil && len(label.values) > maxDoubts:
		d.make(label, called.typ)
		d.why += "; too many to look for them in the graph by their names"
	case called != nil && called.typ.ID == nil:
		called.stated = true
		d.make(label, called.typ)
		d.lets = append(d.lets, &let{name: d.subjectName(), of: called, text: d.id})
		d.id = "{" + d.subjectName() + "}"
		d.why += "; those that are in the graph" + called.evidence() + " are taken for these"
	case label != nil && called == nil && own != nil:
		d.make(label, own)
	case known != nil:
		d.about, d.typ = known, known.typ
		d.why = "the rows are about " + plural(known.typ) + ", by the column " + known.column.name + known.evidence()
		known.stated = true
		if err := d.join(known); err != nil {
			return err
		}
		for _, n := range d.found {
			if n.group != known.group {
				continue
			}
			if _, key, ok := strings.Cut(n.find, "key "); ok && n != known && !d.has(key) && n.share == 100 && n.fits == 100 && d.unique(n.column) && likeness(n.column.words, phrases(key, "")) >= likely {
				text := strings.TrimSuffix(strings.TrimSuffix(n.text(), "key "+key+"}"), " | ") + "}"
				d.fields = append(d.fields, &line{name: key, parts: []part{{text: text}}})
			}
			d.used[n.column] = true
		}
	case own != nil:
		d.make(label, own)
	}
	return nil
}

// evidence returns a text that says how many of the values were found.
func (n *naming) evidence() string {
	if n.share < 0 {
		return ""
	}
	return fmt.Sprintf(" (%d %% of those looked up are in the graph)", n.share)
}

func plural(t *schema.Type) string { return strings.Join(wordsOf(t.Plural), " ") }

// slugOf returns the name of a type for use in ids and in names of texts.
func slugOf(t *schema.Type) string { return strings.Join(wordsOf(t.Name), "-") }

// make makes each row create an entity.
func (d *drafting) make(label *column, t *schema.Type) {
	d.label, d.typ, d.used[label] = label, t, true
	prefix := slugOf(t)
	d.why = "each row is one of the " + plural(t) + ", by the column " + label.name
	made := prefix + "-{" + label.name + " | slug}"
	for _, c := range d.columns {
		for _, f := range t.Fields {
			if f.Key != "" && f.Owner != nil && f.Owner.Name != schema.EntityType && c.usable() && f.Code != nil && f.Code.Form != nil && likeness(c.words, phrases(f.Name, f.Key)) >= 60 && c.share(func(v string) bool { _, ok := f.Code.Find(strings.ReplaceAll(v, " ", "")); return ok }) >= 90 {
				code := "{" + c.name + " | without spaces | match " + f.Code.Form.String() + "}"
				d.id, d.why = code+" ?? "+made, d.why+"; those with a "+f.Name+" have it as their id"
				d.fields = append(d.fields, &line{name: f.Name, parts: []part{{text: code}}})
				d.used[c] = true
				return
			}
		}
	}
	for _, c := range d.columns {
		if c != label && c.usable() && d.unique(c) && c.filled == d.rows && c.share(func(v string) bool { return len(v) < 40 && codec.Slug(v) != "" }) == 100 && !c.kind.web && !c.kind.point && !(c.kind.number != "" && !c.kind.whole) && slices.ContainsFunc(c.words, func(w string) bool {
			return slices.Contains([]string{"id", "no", "number", "key", "index", "fid", "uid", "gid", "num"}, w) || strings.HasSuffix(w, "code")
		}) {
			d.id = prefix + "-{" + c.name + " | slug}"
			return
		}
	}
	d.id = made
	if !d.unique(label) && d.begin != nil && d.unique(label, d.begin) {
		d.id += "-{" + d.begin.name + " | first 4}"
	} else if !d.unique(label) {
		d.why += ". Rows of the same name are one: put what tells them apart into the id"
	}
}

// labelled returns the column with the name of the subject, if most rows also name another entity. It returns
// nil if there is none.
func (d *drafting) labelled() *column {
	return d.naming(func(c *column) bool { return 10*len(c.values) >= 3*min(c.filled, maxDistinct) })
}

// titled returns the unused column that names something in a row, or nil if there is none.
func (d *drafting) titled() *column { return d.naming(func(c *column) bool { return !d.used[c] }) }

// naming returns the column, of those for which may returns true, whose own name most clearly says that it
// contains names.
func (d *drafting) naming(may func(*column) bool) (best *column) {
	most := 0
	for _, c := range d.columns {
		k := c.kind
		if !c.usable() || k.number != "" || k.dated || k.web || k.point || k.prose || k.boolean || 2*c.filled < d.rows || !may(c) || c.lang != "" && c.lang != "en" ||
			c.share(func(v string) bool { return codec.Slug(v) != "" }) < 50 {
			continue
		}
		score := 10 + 20*len(c.values)/max(1, c.filled)
		for _, w := range []string{"name", "title", "label"} {
			if slices.Contains(c.words, w) {
				score += 40
			}
		}
		if hints := d.hinted(c.words); len(hints) > 0 {
			score += named(c.words, hints[0]) / 3
		}
		if slices.ContainsFunc(c.words, func(w string) bool {
			return slices.Contains([]string{"id", "code", "alternate", "other", "alt", "url", "formal", "official", "parent", "owner", "description", "notes"}, w)
		}) {
			score -= 45
		}
		if score > most {
			best, most = c, score
		}
	}
	if most >= 30 {
		return best
	}
	for _, c := range d.columns {
		if slices.Equal(c.words, []string{"description"}) && may(c) && c.usable() {
			return c
		}
	}
	return nil
}

// called is a field with the phrases that name it.
type called struct {
	*schema.Field
	phrases [][]string
}

// ownType returns the type of the entities that the rows create, and a score of the evidence for it.
func (d *drafting) ownType(label *column) (best *schema.Type, most int) {
	file := d.fileWords()
	for _, t := range d.o.Ontology.Types {
		if t.Abstract || t.Name == schema.SourceType || t.ID != nil {
			continue
		}
		var fields []called
		for _, f := range t.Fields {
			if f.Stored() && f.Owner != nil && f.Owner.Name != schema.EntityType {
				fields = append(fields, called{f, phrases(f.Name, "")})
			}
		}
		score := named(label.words, t)
		score = max(score, named(file, t)-10)
		for _, c := range d.columns {
			if c == label {
				continue
			}
			score = max(score, named(c.words, t)-40)
			for _, f := range fields {
				like := likeness(c.words, f.phrases)
				switch {
				case like >= 90 && (f.Key != "" || f.Search):
					score += 40
				case like >= 90 && f.Lifetime.Subject != schema.NoEnd:
					score += 25
				case like >= 90:
					score += 9
				case like >= 60:
					score += 3
				}
			}
		}
		if score > most {
			best, most = t, score
		}
	}
	if most < 30 {
		return nil, 0
	}
	return best, most
}

// namingOf returns the naming of a column, or nil if the column names nothing known.
func (d *drafting) namingOf(c *column) *naming {
	for _, n := range d.found {
		if n.column == c {
			return n
		}
	}
	return nil
}

// known returns the best column that names entities of the graph. The first group is preferred, and a code is
// better than a name.
func (d *drafting) known() *naming {
	list := slices.Clone(d.found)
	list = slices.DeleteFunc(list, func(n *naming) bool { return strings.HasPrefix(n.group, "other") || n.column.kind.split != "" })
	if len(list) == 0 {
		return nil
	}
	rank := func(n *naming) int {
		score := min(n.share, 100)
		if n.code {
			score += 30
		}
		if n.typ.ID != nil { // types with ids, which tables are often about, such as countries
			score += 100
		}
		if n.group == n.typ.Name {
			score += 20
		}
		return score + 10*n.column.filled/max(1, d.rows)
	}
	slices.SortStableFunc(list, func(a, b *naming) int { return cmp.Compare(rank(b), rank(a)) })
	return list[0]
}
