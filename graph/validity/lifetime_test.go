package validity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/validity"
)

// TestLifetimeOf decides day by day: an entity may exist from some beginning to some end,
// and surely exists after every beginning and before every end, where a rough one with an exact one inside is left out.
func TestLifetimeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (spans, exact []graph.Span) {
			var dates []graph.Date
			for range rapid.IntRange(0, 3).Draw(t, label) {
				dates = append(dates, graphtest.DrawDate(t, label, true))
				spans = append(spans, dates[len(dates)-1].Span())
			}
			for _, d := range graphtest.WithoutRough(dates) {
				exact = append(exact, d.Span())
			}
			return spans, exact
		}
		allBegins, begins := draw("begins")
		allEnds, ends := draw("ends")
		life := validity.LifetimeOf(allBegins, allEnds)
		days := []graph.Day{graph.FirstDay, graph.LastDay}
		for _, s := range append(append([]graph.Span(nil), begins...), ends...) {
			days = append(days, s.First-1, s.First, s.Last, s.Last+1)
		}
		for _, d := range days {
			begun, ended, may, does := len(begins) == 0, len(ends) == 0, true, true
			for _, b := range begins {
				begun, does = begun || b.First <= d, does && b.Last <= d
			}
			for _, e := range ends {
				ended, does = ended || d <= e.Last, does && d <= e.First
			}
			may = begun && ended
			within := func(s graph.Span) bool { return s.First <= d && d <= s.Last }
			if within(life.Possible) != may || within(life.Sure) != does {
				t.Fatalf("begins %v, ends %v: it lives %v; on day %d it may %t, it does %t", begins, ends, life, d, may, does)
			}
		}
	})
}
