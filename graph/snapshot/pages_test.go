package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// crowd is commits about 60 countries, whose few names and values are shared by many of
// them, stated again with others and withdrawn.
func crowd(r *rand.Rand) []*graph.Commit {
	var commits []*graph.Commit
	var standing []graph.ClaimID
	for n := range 6 {
		c := &graph.Commit{Seq: graph.Seq(n + 1), At: epoch.Add(time.Duration(n+1) * time.Hour)}
		if n == 0 {
			c.Entities = entities()
			for i := range 60 {
				c.Entities = append(c.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("N%02d", i*7%60)), Type: "Country"})
			}
		}
		for range 40 {
			claim := graph.Claim{Subject: graph.ID(fmt.Sprintf("N%02d", r.IntN(60))), Source: "src-1", Confidence: float64(1+r.IntN(2)) / 2, Locator: fmt.Sprint(n)}
			switch r.IntN(5) {
			case 0, 1:
				claim.Predicate, claim.Value = "name", graph.StringValue([]string{"Alpha", "alpha", "Àlpha", "Beta", "N10", "東京"}[r.IntN(6)])
			case 2:
				claim.Predicate, claim.Value = "population", graph.IntValue(int64(r.IntN(3)))
			case 3:
				claim.Predicate, claim.Value = "area", graph.QuantityValue(float64(1+r.IntN(2)*999), []string{"m", "km"}[r.IntN(2)])
			default:
				claim.Predicate, claim.Value = "iso2", graph.StringValue([]string{"KZ", "RU"}[r.IntN(2)])
			}
			if id := claim.ID(); !slices.Contains(standing, id) {
				c.Claims, standing = append(c.Claims, claim), append(standing, id)
			}
		}
		if n > 0 {
			i := r.IntN(len(standing) - 40)
			c.Retractions = append(c.Retractions, graph.Retraction{Claim: standing[i]})
			standing = slices.Delete(standing, i, i+1)
		}
		commits = append(commits, c)
	}
	return commits
}

// TestPagesAlongIndexes joins the pages of lists that are read in the order of an index,
// with many equal values and many missing, and compares them with the whole list.
func TestPagesAlongIndexes(t *testing.T) {
	o := load(t)
	typ := o.Type("Country")
	readings := []filter.Reading{{Own: "name"}, {Own: "id"}}
	for _, name := range []string{"population", "area", "iso2"} {
		readings = append(readings, filter.Reading{Property: typ.Field(name)})
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		commits := crowd(r)
		s := replayed(t, snapshot.Empty(o), commits[:3])
		s.IndexValues(1<<20, func(build func()) { build() })
		for k := range 8 {
			if k == 4 {
				s = replayed(t, s, commits[3:])
			}
			v, err := s.View(graph.View{MinConfidence: float64(r.IntN(2)) * 0.7}, today)
			if err != nil {
				t.Fatal(err)
			}
			q := &filter.Query{}
			for _, i := range r.Perm(len(readings))[:1+r.IntN(2)] {
				q.Order = append(q.Order, filter.Key{By: readings[i], Descending: r.IntN(2) == 0})
			}
			plannings := v.Plannings()
			want := pagesOf(t, s, plannings[1].OfTypes(typ.Concrete), q, 1000)
			if got := pagesOf(t, s, plannings[2].OfTypes(typ.Concrete), q, 1+r.IntN(9)); !slices.Equal(got, want) {
				t.Fatalf("seed %d: the pages by %+v have %v, want %v", seed, q.Order, got, want)
			}
		}
	}
}

// pagesOf are the ids of a list, read in pages of a size.
func pagesOf(t *testing.T, s *snapshot.Snapshot, l *snapshot.List, q *filter.Query, size int) (ids []string) {
	t.Helper()
	page := *q
	page.First = &size
	for {
		p := new(snapshot.Page)
		if err := l.Run(&page, p); err != nil {
			t.Fatal(err)
		}
		if p.HasPrev != (len(ids) > 0) {
			t.Fatalf("after %d: something before is %v", len(ids), p.HasPrev)
		}
		for _, e := range p.Edges {
			ids = append(ids, string(s.ID(e.Node)))
		}
		if !p.HasNext {
			return ids
		}
		page.After = p.Cursor(len(p.Edges) - 1)
	}
}
