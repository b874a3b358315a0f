package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// shownByThen are the claims that the view shows on some day up to its own,
// asked day by day; days are those on which a claim of the pool may begin.
func shownByThen(t fataler, v *snapshot.View, asked graph.View) map[uint32]bool {
	t.Helper()
	shown := map[uint32]bool{}
	days := append([]string{"1000-01-01", v.On().First.String(), v.On().Last.String()}, graphtest.FirstDays...)
	for _, text := range days {
		if d := parseDate(text); d.First() <= v.On().Last {
			asked.AsOf = d
			w := look(t, v.Snapshot(), asked)
			for n := range uint32(v.Snapshot().ClaimCount()) {
				if w.Holds(n) != graph.HoldsNo {
					shown[n] = true
				}
			}
		}
	}
	return shown
}

func writeTimeline(v *snapshot.View, list []analysis.Moment) string {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintln(&b, v.Snapshot().ClaimID(m.Claim), m.Start, m.End, m.Precision)
	}
	return b.String()
}

// TestTimelineAgainstEveryDay compares the timeline with what the view shows on
// each single day, and its order with the rule.
func TestTimelineAgainstEveryDay(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t, o, 25)
		asked := drawLens(t, s)
		v := look(t, s, asked)
		opts := analysis.TimelineOptions{Entity: pick[graph.ID](t, "entity", "AAA", "BBB", "x-town", "ore", "src-1"), SubjectOnly: rapid.Bool().Draw(t, "subject only")}
		list, partial, err := analysis.Timeline(t.Context(), v, opts)
		if err != nil {
			t.Fatal(err)
		}
		shown := shownByThen(t, v, asked)
		want := map[uint32]bool{}
		for n := range shown {
			c := s.ClaimAt(n)
			later := c.Valid == (graph.Interval{}) && c.Value.Date().Known() && c.Value.Date().First() > v.On().Last
			if !later && (c.Subject == opts.Entity || !opts.SubjectOnly && c.Value.Entity() == opts.Entity) {
				want[n] = true
			}
		}
		for i, m := range list {
			if !want[m.Claim] {
				t.Fatalf("%v is not shown, or is listed twice", s.ClaimAt(m.Claim))
			}
			delete(want, m.Claim)
			iv := s.Valid(m.Claim)
			if d := s.Value(m.Claim).Date(); iv == (graph.Interval{}) && d.Known() {
				iv = graph.Interval{From: d, To: d}
			}
			equal(t, "time", m.Start.String()+"/"+m.End.String(), iv.From.String()+"/"+iv.To.String())
			if i > 0 && place(list[i-1], s) > place(m, s) {
				t.Fatalf("%v is listed before %v", list[i-1], m)
			}
		}
		equal(t, "missing", len(want), 0)
		equal(t, "partial", partial, false)
		if len(list) > 1 {
			opts.Work = 1
			few, partial, err := analysis.Timeline(t.Context(), v, opts)
			if err != nil || !partial || len(few) > 1 || len(few) == 1 && !slices.Contains(list, few[0]) {
				t.Fatal(few, partial, err)
			}
		}
	})
}

// place writes a moment so that the order of texts is that of the timeline.
func place(m analysis.Moment, s *snapshot.Snapshot) string {
	d := m.Start
	if !d.Known() {
		d = m.End
	}
	if !d.Known() {
		return "9" + fmt.Sprintf("%012d", int64(m.End.Last())+1<<31)
	}
	return fmt.Sprintf("0%012d%012d%012d", int64(d.First())+1<<31, int64(d.Last())+1<<31, int64(m.End.Last())+1<<31)
}

// TestTimelineSeesTheViewOnly gives the same answer where the store never
// learned what the view hides on every day up to its own.
func TestTimelineSeesTheViewOnly(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t, o, 25)
		asked := drawLens(t, s)
		v := look(t, s, asked)
		shown := shownByThen(t, v, asked)
		w := onlyThose(t, o, v, func(n uint32) bool { return shown[n] })
		for _, id := range slices.Concat(pool["Country"], pool["City"], pool["Resource"]) {
			opts := analysis.TimelineOptions{Entity: id}
			a, _, err := analysis.Timeline(t.Context(), v, opts)
			if err != nil {
				t.Fatal(err)
			}
			b, _, err := analysis.Timeline(t.Context(), w, opts)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "timeline", writeTimeline(v, a), writeTimeline(w, b))
		}
	})
}

func TestTimelineRefuses(t *testing.T) {
	o := world(t)
	c := graph.Commit{Entities: pool.Entities()}
	for i := range 3000 {
		c.Claims = append(c.Claims, graph.Claim{Subject: "AAA", Predicate: "aliases", Value: graph.StringValue(fmt.Sprint("alias ", i)), Source: "src-1", Confidence: 1})
	}
	v := look(t, apply(t, snapshot.Empty(o), &c), graph.View{})
	if _, _, err := analysis.Timeline(t.Context(), v, analysis.TimelineOptions{Entity: "nobody"}); err == nil || err.Error() != "entity: there is no entity \"nobody\"; search finds ids by names" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := analysis.Timeline(ctx, v, analysis.TimelineOptions{Entity: "AAA"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled timeline answers %v", err)
	}
}

// TestQuotesWhole: a long argument is cut off in quotations, but never in the
// middle of a character.
func TestQuotesWhole(t *testing.T) {
	v := look(t, snapshot.Empty(world(t)), graph.View{})
	for _, id := range []string{strings.Repeat("ж", 100), "x" + strings.Repeat("ж", 100)} {
		_, _, err := analysis.Timeline(t.Context(), v, analysis.TimelineOptions{Entity: graph.ID(id)})
		if err == nil || !utf8.ValidString(err.Error()) || len(err.Error()) > 160 {
			t.Errorf("%v", err)
		}
	}
}
