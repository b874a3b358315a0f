package snapshot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// drawClaimFilter tests the fields of claims that have lists, among others.
func drawClaimFilter(t *rapid.T, s *snapshot.Snapshot, depth int) *filter.Edge {
	f := &filter.Edge{}
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "logic") == 0 {
		fs := []*filter.Edge{drawClaimFilter(t, s, depth-1), drawClaimFilter(t, s, depth-1)}
		switch rapid.IntRange(0, 2).Draw(t, "which") {
		case 0:
			f.And = fs
		case 1:
			f.Or = fs
		default:
			f.Not = fs[0]
		}
	}
	fields := []filter.ClaimField{"subject", "object", "source", "predicate", "id", "rank", "value", "subject", "source"}
	for _, by := range rapid.SliceOfN(rapid.SampledFrom(fields), 0, 2).Draw(t, "fields") {
		draw := func() graph.Value {
			text := string(rapid.SampledFrom(entities()).Draw(t, "id").ID)
			switch by {
			case "source":
				text = string(rapid.SampledFrom(pool["Source"]).Draw(t, "source"))
			case "predicate":
				text = rapid.SampledFrom([]string{"name", "borders", "capital", "founded", "iso2", "nothing"}).Draw(t, "predicate")
			case "rank":
				text = rapid.SampledFrom([]string{"NORMAL", "DEPRECATED"}).Draw(t, "rank")
			case "value":
				text = "alpha"
			case "id":
				text = s.ClaimID(uint32(rapid.IntRange(0, s.ClaimCount()-1).Draw(t, "claim"))).String()
			}
			return graph.StringValue(text)
		}
		one := draw()
		test := &filter.Test{ByBytes: by.ByBytes(), Eq: &one}
		switch rapid.IntRange(0, 4).Draw(t, "op") {
		case 0:
			test.Eq, test.In = nil, []graph.Value{one, draw()}
		case 1:
			test.Eq, test.Ne = nil, &one
		}
		test.Prepare()
		f.Claims = append(f.Claims, filter.Claim{Field: by, Test: test})
	}
	return f
}

// TestClaimLists compares lists of claims, as each path finds them and from any place,
// with all claims that the view has, tested one by one.
func TestClaimLists(t *testing.T) {
	o := load(t)
	used := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commits := drawHistory(t, o)
		commits = append(commits, linked(o, graph.Seq(len(commits)+1), rapid.Uint64().Draw(t, "links")))
		s := replayed(t, snapshot.Empty(o), pointers(commits))
		v, err := s.View(drawView(t, len(commits)), today)
		if err != nil {
			t.Fatal(err)
		}
		q := &filter.Query{Edges: drawClaimFilter(t, s, 1)}
		var had []uint32
		note := func(n uint32) bool { had = append(had, n); return true }
		var list func(v *snapshot.View) *snapshot.List
		switch n := uint32(rapid.IntRange(0, s.EntityCount()-1).Draw(t, "entity")); rapid.IntRange(0, 3).Draw(t, "list") {
		case 0:
			inverse, predicate := rapid.Bool().Draw(t, "inverse"), rapid.SampledFrom([]string{"", "name", "borders"}).Draw(t, "of")
			v.Claims(n, predicate, inverse, note)
			list = func(v *snapshot.View) *snapshot.List { return v.ClaimsOf(n, predicate, inverse) }
		default:
			v.AllClaims(note)
			list = func(v *snapshot.View) *snapshot.List { return v.OfClaims() }
		}
		slices.Sort(had)
		had = slices.DeleteFunc(had, func(n uint32) bool { return !v.KeepsEdge(q.Edges, snapshot.Edge{Node: s.Subject(n), Claim: n}) })
		plannings := v.Plannings()
		for _, v := range plannings {
			p := runs(t, list(v), q)
			var got []uint32
			for _, e := range p.Edges {
				got = append(got, e.Claim)
			}
			equal(t, fmt.Sprintf("claims by %v", p.Path()), got, had)
		}
		if rapid.Bool().Draw(t, "ordered") {
			q.Order = []filter.Key{{By: filter.Reading{Claim: "predicate"}, Descending: rapid.Bool().Draw(t, "descending")}}
		}
		whole := runs(t, list(plannings[1]), q)
		cursors := make([]string, len(whole.Edges))
		for i := range cursors {
			cursors[i] = whole.Cursor(i)
		}
		drawPage(t, q, cursors)
		from, to := 0, len(cursors)
		if i := slices.Index(cursors, q.After); i >= 0 {
			from = i + 1
		}
		if i := slices.Index(cursors, q.Before); i >= 0 {
			to = i
		}
		from, to = q.Cut(from, to)
		want := fmt.Sprint(whole.Edges[from:to], from > 0, to < len(cursors))
		for i, v := range plannings {
			p := runs(t, list(v), q)
			if p.Path() != nil {
				used[strings.Fields(p.Path().String())[1]]++
			}
			equal(t, fmt.Sprintf("page by %v, planning %d", p.Path(), i), fmt.Sprint(append([]snapshot.Edge{}, p.Edges...), p.HasPrev, p.HasNext), want)
			equal(t, "total", p.Total(), len(cursors))
		}
	})
	t.Log("paths:", used)
}
