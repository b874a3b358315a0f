package snapshot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestMirror reads what BBB imports where AAA reports it: how edges are found, what they show and
// which figures are withheld, in filters, orders and sums as well.
func TestMirror(t *testing.T) {
	o := load(t)
	ops := graph.Commit{Seq: 1, Entities: entities()}
	report := func(subject graph.ID, predicate string, object graph.ID, year string, more ...any) {
		c := graph.Claim{Subject: subject, Predicate: predicate, Value: graph.EntityValue(object), Source: "src-1", Confidence: 1, Locator: fmt.Sprint(len(ops.Claims))}
		period, err := graph.ParseInterval(year)
		if err != nil {
			t.Fatal(err)
		}
		c.Valid = period
		for i := 0; i < len(more); i += 2 {
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: more[i].(string), Value: graph.FloatValue(more[i+1].(float64))})
		}
		c.Normalise()
		ops.Claims = append(ops.Claims, c)
	}
	report("AAA", "exportsTo", "BBB", "2020", "share", 0.5, "amount", 7.0)
	report("CCC", "exportsTo", "BBB", "2020", "share", 0.9) // its share is of another whole
	report("BBB", "importsFrom", "DDD", "2019", "amount", 1.0)
	report("DDD", "exportsTo", "BBB", "2020", "amount", 2.0) // a later year than the own report
	report("DDD", "exportsTo", "BBB", "2019", "amount", 3.0) // reported by BBB itself
	s, err := snapshot.Empty(o).Apply(&ops)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, graph.DayDate(2024, 5, 1).First())
	if err != nil {
		t.Fatal(err)
	}
	f := o.Type("Country").Field("importsFrom")
	of, _ := s.Number("BBB")
	text := func(es []snapshot.Edge) string {
		var got []string
		for _, e := range es {
			amount := s.ValueOf(s.QualifierOf(e, f.Qualifier("amount")))
			share := s.ValueOf(s.QualifierOf(e, f.Qualifier("share")))
			got = append(got, fmt.Sprint(s.ID(v.SubjectOf(e)), "<", s.ID(e.Node), " ", amount, " ", share, " ", e.Mirrored()))
		}
		return strings.Join(got, ", ")
	}
	ask := func(l *snapshot.List, q filter.Query) string {
		var p snapshot.Page
		if err := l.Run(&q, &p); err != nil {
			t.Fatal(err)
		}
		if p.Total() != len(p.Edges) {
			t.Errorf("%d in all of %d", p.Total(), len(p.Edges))
		}
		return text(p.Edges)
	}
	half := graph.FloatValue(0.5)
	share := filter.Query{Edges: &filter.Edge{Qualifiers: []filter.Qualifier{{Qualifier: f.Qualifier("share"), Test: &filter.Test{Eq: &half}}}}}
	order := filter.Query{Order: []filter.Key{{By: filter.ReadQualifier(f.Qualifier("amount")), Descending: true}}}
	for _, c := range []struct{ name, got, want string }{
		{"latest", ask(v.Relation(of, f, false), filter.Query{}), "BBB<AAA 7  true, BBB<DDD 1  false"},
		{"series", ask(v.Relation(of, f, true), filter.Query{}), "BBB<AAA 7  true, BBB<DDD 1  false, BBB<DDD 2  true"},
		{"ordered", ask(v.Relation(of, f, true), order), "BBB<AAA 7  true, BBB<DDD 2  true, BBB<DDD 1  false"},
		{"by a share that is withheld", ask(v.Relation(of, f, true), share), ""},
		{"all subjects", ask(v.Relation(snapshot.None, f, true), filter.Query{}), "BBB<DDD 1  false"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	edges := slices.Collect(v.Relation(of, f, true).All())
	sums := v.Stats(edges, filter.ReadQualifier(f.Qualifier("amount")), nil, nil)
	shares := v.Stats(edges, filter.ReadQualifier(f.Qualifier("share")), nil, nil)
	if sums[0].Sum != 10 || shares[0].Count != 0 {
		t.Errorf("amounts %+v, shares %+v", sums[0], shares[0])
	}
}
