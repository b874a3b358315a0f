package metamorphic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// lens is a view over the model.
type lens struct {
	m     *model
	on    graph.Span
	known graph.Seq
	least float64
	from  []graph.ID // the sources; nil for all
}

// today is the date of views without one.
var today = mustDate("2026-01-15").First()

func mustDate(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// shown reports whether the view shows the claim.
func (l *lens) shown(f *fact) bool {
	return f.seq <= l.known && (f.ended == 0 || f.ended > l.known) && f.Confidence >= l.least &&
		(l.from == nil || slices.Contains(l.from, f.Source) || f.Source == f.Subject) && l.holds(f)
}

// listed reports whether lists have it as well.
func (l *lens) listed(f *fact) bool {
	return l.shown(f) && (l.from == nil || slices.Contains(l.from, f.Source))
}

// holds reports whether a claim holds on a day: without dates it may hold on any day, a
// state holds from its first to its last day, and everything else from its first day on.
func (l *lens) holds(f *fact) bool {
	if f.Valid.Empty() {
		return true
	}
	begun := l.on.Last >= f.Valid.From.First()
	if f.Predicate == "population" || f.Predicate == "visited" {
		return begun
	}
	return begun && l.on.First <= f.Valid.To.Last()
}

func (l *lens) ids(keep func(*fact) bool) string {
	var ids []string
	for _, f := range l.m.order {
		if keep(f) {
			ids = append(ids, f.id.String())
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// sawIDs writes what a walk over claims of the real graph finds.
func sawIDs(s *snapshot.Snapshot, walk func(fn func(uint32) bool)) string {
	var ids []string
	walk(func(n uint32) bool {
		ids = append(ids, s.ClaimID(n).String())
		return true
	})
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// drawView draws a lens; the random numbers come from the history, so that it
// looks the same way again.
func (m *model) drawView(r *rand.Rand, now time.Time) (graph.View, *lens) {
	var v graph.View
	l := &lens{m: m, on: graph.Span{First: today, Last: today}, known: m.head()}
	if r.IntN(2) == 0 {
		v.AsOf = mustDate([]string{"2009", "2010-06", "2012", "2013-03-05", "2021"}[r.IntN(5)])
		l.on = v.AsOf.Span()
	}
	if r.IntN(2) == 0 {
		at := now
		if n := len(m.entries); n > 0 && r.IntN(4) > 0 {
			at = m.entries[r.IntN(n)].at.Add(time.Duration(r.IntN(2)-1) * time.Microsecond)
		}
		v.KnownAt, l.known = &at, m.knownAt(at)
	}
	v.MinConfidence = []float64{0, 0, 0.5, 0.7, 0.9}[r.IntN(5)]
	l.least = v.MinConfidence
	if r.IntN(3) == 0 {
		v.Sources = []graph.ID{}
		for _, id := range []graph.ID{"s1", "s2"} {
			if m.types[id] != "" && r.IntN(2) == 0 {
				v.Sources = append(v.Sources, id)
			}
		}
		l.from = v.Sources
	}
	return v, l
}

// compare holds a snapshot against the model, all of its content and one view.
func compare(s *snapshot.Snapshot, m *model, r *rand.Rand, now time.Time) error {
	if err := compareContent(s, m); err != nil {
		return err
	}
	asked, l := m.drawView(r, now)
	v, err := s.View(asked, today)
	if err != nil {
		return fmt.Errorf("the view %+v is refused: %w", asked, err)
	}
	differ := func(what string, got, want any) error {
		return fmt.Errorf("%s: got %v, want %v (view: asOf %s, knownAt %d, minConfidence %v, sources %v)",
			what, got, want, asked.AsOf, l.known, asked.MinConfidence, asked.Sources)
	}
	if got := v.KnownSeq(); got != l.known {
		return differ("the number that the record time resolves to", got, l.known)
	}
	if got, want := sawIDs(s, v.AllClaims), l.ids(l.listed); got != want {
		return differ("all claims", got, want)
	}
	for _, id := range slices.Sorted(maps.Keys(m.types)) {
		n, ok := s.Number(id)
		if !ok {
			return differ("the entity "+string(id), "nothing", m.types[id])
		}
		out := sawIDs(s, func(fn func(uint32) bool) { v.Claims(n, "", false, fn) })
		if want := l.ids(func(f *fact) bool { return f.Subject == id && l.shown(f) }); out != want {
			return differ("the claims about "+string(id), out, want)
		}
		in := sawIDs(s, func(fn func(uint32) bool) { v.Claims(n, "", true, fn) })
		if want := l.ids(func(f *fact) bool { return f.Value.Entity() == id && l.shown(f) }); in != want {
			return differ("the claims that lead to "+string(id), in, want)
		}
		exists := slices.ContainsFunc(m.order, func(f *fact) bool {
			return (f.Subject == id || f.Value.Entity() == id || f.Source == id) && l.listed(f)
		})
		if got := v.Exists(n); got != exists {
			return differ("whether "+string(id)+" exists", got, exists)
		}
	}
	latest := map[graph.ClaimID]*fact{} // that the view knows of
	for _, f := range m.order {
		if f.seq <= l.known {
			latest[f.id] = f
		}
	}
	for _, f := range latest {
		n, _ := v.ClaimNumber(f.id)
		ended := f.ended
		if ended > l.known {
			ended = 0
		}
		if seq, got := v.Recorded(n); got != ended || seq != f.seq {
			return differ("when "+said(&f.Claim)+" was recorded and withdrawn", []graph.Seq{seq, got}, []graph.Seq{f.seq, ended})
		}
	}
	return nil
}

// compareContent compares every entity and every claim, as it is held.
func compareContent(s *snapshot.Snapshot, m *model) error {
	if s.Seq() != m.head() {
		return fmt.Errorf("the graph is at %d, not at %d", s.Seq(), m.head())
	}
	if got, want := contentOf(s), m.content(); got != want {
		return fmt.Errorf("the graph holds something else:\n%s", firstDifference(got, want))
	}
	for i, e := range m.entries {
		if got := s.RecordedAt(graph.Seq(i + 1)); !got.Equal(e.at) {
			return fmt.Errorf("commit %d is of %s, and the snapshot says %s", i+1, e.at, got)
		}
	}
	return nil
}

func contentOf(s *snapshot.Snapshot) string {
	var lines []string
	_ = s.Entities(func(e graph.Entity) error { // fn gives no error
		lines = append(lines, fmt.Sprintf("entity %s %s", e.ID, e.Type))
		return nil
	})
	_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		text := fmt.Sprintf("claim %s live=%v", written(c), live)
		if c.ID() != id {
			text += " under the id of another"
		}
		lines = append(lines, text)
		return nil
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := 0; i < max(len(g), len(w)); i++ {
		a, b := "(nothing)", "(nothing)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("  got  %s\n  want %s", a, b)
		}
	}
	return ""
}
