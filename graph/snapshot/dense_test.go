package snapshot_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// denseOntology has relations of every kind of time with numbers on their claims.
const denseOntology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: ETERNAL) }
type Hub implements Entity @entity(plural: "hubs") {
  founded: Date @time(kind: ETERNAL) @lifetime(subject: BEGINS)
  sells(value: Int, edge: Int @distinct): [Hub!] @time(kind: ETERNAL)
  ships(value: Int, weight: Float, load: Quantity, edge: Int @distinct, part: String @narrows): [Hub!] @time(kind: STATE)
  reports(value: Int, weight: Float, edge: Int @distinct): [Hub!] @time(kind: OBSERVATION)
  signs(value: Int, edge: Int @distinct): [Hub!] @time(kind: EVENT)
  seats(value: Int): [Hub!] @time(kind: STATE, reach: "NEXT")
  sellers: [Hub!] @inverse(of: "sells")
  shippers: [Hub!] @inverse(of: "ships")
  reporters: [Hub!] @inverse(of: "reports")
}
type Source implements Entity @entity(plural: "sources") { date: Date @time(kind: ETERNAL) }
enum Unit { km @measures(dimension: "length") m @measures(dimension: "length", factor: 0.001) JPY @measures(dimension: "currency") USD @measures(dimension: "currency") }
`

var traders = []graph.ID{"AAA", "BBB", "CCC", "DDD", "EEE"}

// drawTraffic draws claims about few entities, so that their lists are long. With even, most are
// such that columns decide what views show of them.
func drawTraffic(t *rapid.T, o *schema.Ontology, even bool) graph.Claim {
	f := rapid.SampledFrom(stored(o, "Hub")).Draw(t, "field")
	c := graph.Claim{
		Subject: rapid.SampledFrom(traders[:2]).Draw(t, "subject"), Predicate: f.Name, Source: rapid.SampledFrom(pool["Source"]).Draw(t, "source"),
		Confidence: rapid.SampledFrom([]float64{0.3, 0.7, 0.7, 1}).Draw(t, "confidence"),
		Rank:       rapid.SampledFrom([]graph.Rank{0, 0, 0, 0, 0, 0, graph.Preferred, graph.Deprecated}).Draw(t, "rank"),
	}
	if even && rapid.IntRange(0, 20).Draw(t, "uneven") > 0 {
		f = o.Type("Hub").Field(rapid.SampledFrom([]string{"sells", "ships", "reports", "signs"}).Draw(t, "relation"))
		c.Predicate, c.Rank = f.Name, graph.Normal
	}
	switch {
	case f.Kind == schema.Relation && rapid.IntRange(0, 3).Draw(t, "turned") == 0:
		c.Subject, c.Value = rapid.SampledFrom(traders).Draw(t, "subject"), graph.EntityValue(traders[0])
	case f.Kind == schema.Relation:
		c.Value = graph.EntityValue(rapid.SampledFrom(traders).Draw(t, "object"))
	case f.Scalar == schema.Date && rapid.IntRange(0, 5).Draw(t, "founded") > 0:
		c.Predicate, c.Value = "sells", graph.EntityValue(traders[2])
		f = o.Type("Hub").Field("sells")
	default:
		c.Value = drawScalar(t, f.Scalar, f.Enum)
	}
	for _, q := range f.Qualifiers {
		switch {
		case even && q.Name == "part":
		case q.Name == "edge" && (even || rapid.IntRange(0, 5).Draw(t, "edge") > 0):
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: drawEdgeNumber(t)})
		case q.Name == "load" && rapid.Bool().Draw(t, "load"):
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: graph.QuantityValue(float64(rapid.IntRange(0, 3).Draw(t, "tons")), rapid.SampledFrom([]string{"km", "km", "km", "m"}).Draw(t, "unit"))})
		case q.Name == "part" && rapid.IntRange(0, 5).Draw(t, "part") > 0:
		case rapid.IntRange(0, 4).Draw(t, q.Name) > 0 && q.Name != "load" && q.Name != "edge":
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: drawScalar(t, q.Scalar, q.Enum)})
		}
	}
	if f.Time != schema.Eternal && rapid.IntRange(0, 3).Draw(t, "dated") > 0 {
		c.Valid = graphtest.DrawInterval(t)
	}
	return c
}

// traffic is a history of long lists, as snapshots and commits.
type traffic struct {
	o     *schema.Ontology
	even  bool
	steps []*snapshot.Snapshot
}

// grow adds a commit of new claims and withdrawals.
func (x *traffic) grow(t *rapid.T) {
	var ch graph.Change
	s := snapshot.Empty(x.o)
	if len(x.steps) > 0 {
		s = x.steps[len(x.steps)-1]
		var standing []graph.ClaimID
		if err := s.Claims(func(_ *graph.Claim, id graph.ClaimID, live bool) error {
			if live {
				standing = append(standing, id)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 12).Draw(t, "claims") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: drawTraffic(t, x.o, x.even)})
		}
		for range rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "withdrawals") {
			if len(standing) > 0 && (!x.even || rapid.IntRange(0, 9).Draw(t, "withdrawn from even") == 0) {
				ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: rapid.SampledFrom(standing).Draw(t, "withdrawn")}})
			}
		}
	} else {
		for _, id := range traders {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: "Hub"}})
		}
		for _, id := range pool["Source"] {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: "Source"}})
		}
	}
	res, problems := graph.Check(x.o, s.State(), &ch)
	if problems != nil {
		return // one claim withdrawn twice
	}
	res.Commit.Seq, res.Commit.At = s.Seq()+1, epoch.Add(time.Duration(s.Seq()+1)*time.Hour)
	next, err := s.Apply(&res.Commit)
	if err != nil {
		t.Fatal(err)
	}
	x.steps = append(x.steps, next)
}

// look asks one list of one of the snapshots for a page and figures, and compares them
// with what walking the list gives.
func (x *traffic) look(t *rapid.T) {
	s := x.steps[len(x.steps)-1-rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "older")%len(x.steps)]
	v, err := s.View(drawView(t, len(x.steps)), today)
	if err != nil {
		t.Fatal(err)
	}
	var many []*schema.Field
	for _, f := range x.o.Type("Hub").Fields {
		if f.Many {
			many = append(many, f)
		}
	}
	f := rapid.SampledFrom(many).Draw(t, "relation")
	n, _ := s.Number(rapid.SampledFrom(traders[:3]).Draw(t, "entity"))
	series := rapid.Bool().Draw(t, "series")
	q := filter.Query{Order: drawOrder(t, f.Target, qualifiersOf(f), nil)}
	if qs := qualifiersOf(f); x.even && len(qs) > 0 {
		for i := range q.Order {
			q.Order[i].By = filter.ReadQualifier(rapid.SampledFrom(qs).Draw(t, "by qualifier"))
		}
	}
	if rapid.Bool().Draw(t, "filtered") {
		q.Edges = drawEdgeFilter(t, f, 1)
	}
	size := rapid.IntRange(0, 4).Draw(t, "page")
	back := rapid.IntRange(0, 3).Draw(t, "back") == 0
	if q.First = &size; back {
		q.First, q.Last = nil, &size
	}
	if rapid.Bool().Draw(t, "as a request") {
		v = v.WithDone(make(chan struct{}))
	}
	list, walked := v.Relation(n, f, series), v.Plannings()[1].Relation(n, f, series)
	samePages(t, s, f, q, back, list, walked)
	by := filter.Reading{}
	if qs := qualifiersOf(f); len(qs) > 0 {
		by = filter.ReadQualifier(rapid.SampledFrom(qs).Draw(t, "of"))
	}
	ends := rapid.Bool().Draw(t, "ends")
	st, count, ok := list.Figures(&q, by, ends)
	if !ok {
		return
	}
	all := walked.Select(&q, nil)
	want := v.Stats(all, by, nil, nil)[0]
	if by == (filter.Reading{}) {
		want = aggregate.Stats{}
	}
	if count != len(all) || !sameStats(&st, &want, ends) {
		t.Fatalf("%d edges sum up to %+v instead of %d to %+v", count, st, len(all), want)
	}
}

// samePages compares some pages of a list with those of another.
func samePages(t *rapid.T, s *snapshot.Snapshot, f *schema.Field, q filter.Query, back bool, list, walked *snapshot.List) {
	for range 4 {
		var got, want snapshot.Page
		if err := list.Run(&q, &got); err != nil {
			t.Fatal(err)
		}
		if err := walked.Run(&q, &want); err != nil {
			t.Fatal(err)
		}
		render := func(p *snapshot.Page) string {
			out := fmt.Sprint(p.Total(), p.HasPrev, p.HasNext)
			for _, e := range p.Edges {
				out += fmt.Sprint(" ", s.ID(e.Node), e.Claim)
			}
			return out
		}
		equal(t, fmt.Sprintf("page of %s by %+v after %q", f.Name, q.Order, q.After), render(&got), render(&want))
		switch {
		case len(got.Edges) == 0, back && !got.HasPrev, !back && !got.HasNext:
			return
		case back:
			q.Before = got.Cursor(0)
		default:
			q.After = got.Cursor(len(got.Edges) - 1)
		}
	}
}

// TestDense compares what is kept beside long lists, and how short ones are read, with walking them,
// while claims are added and withdrawn, with tiny chunks and with hardly any memory.
func TestDense(t *testing.T) {
	o, err := schema.Load("dense.graphql", denseOntology)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		flat := rapid.SampledFrom([]int{0, 1, 2, 3, 1000, 1000}).Draw(t, "flat")
		defer column.Shorten(flat, rapid.IntRange(1, 6).Draw(t, "chunk"), 2)()
		defer dense.Shorten(rapid.IntRange(1, 4).Draw(t, "front"), 9)()
		x := &traffic{o: o, even: rapid.Bool().Draw(t, "even")}
		x.grow(t)
		x.steps[0].KeepAtMost(rapid.SampledFrom([]int64{1 << 30, 1 << 30, 2000, 0}).Draw(t, "memory"))
		for range rapid.IntRange(1, 6).Draw(t, "commits") {
			x.grow(t)
			for range rapid.IntRange(0, 3).Draw(t, "looks") {
				x.look(t)
			}
		}
		for range 5 {
			x.look(t)
		}
	})
}

// TestDenseTogether asks one snapshot from several goroutines, none of which finds
// anything kept.
func TestDenseTogether(t *testing.T) {
	o, err := schema.Load("dense.graphql", denseOntology)
	if err != nil {
		t.Fatal(err)
	}
	defer column.Shorten(3, 8, 4)()
	rapid.Check(t, func(t *rapid.T) {
		x := &traffic{o: o}
		for range 8 {
			x.grow(t)
		}
		s := x.steps[len(x.steps)-1]
		s.KeepAtMost(rapid.SampledFrom([]int64{1 << 30, 3000}).Draw(t, "memory"))
		v, err := s.View(drawView(t, len(x.steps)), today)
		if err != nil {
			t.Fatal(err)
		}
		f, n := o.Type("Hub").Field("sells"), uint32(0)
		first := 3
		q := filter.Query{First: &first, Order: []filter.Key{{By: filter.Reading{Qualifier: "value"}, Descending: true}}}
		ask := func(v *snapshot.View) string {
			var p snapshot.Page
			if err := v.Relation(n, f, false).Run(&q, &p); err != nil {
				return err.Error()
			}
			st := v.Stats(v.Plannings()[1].Relation(n, f, false).Select(&q, nil), filter.Reading{Qualifier: "value"}, nil, nil)[0]
			if kept, _, ok := v.Relation(n, f, false).Figures(&q, filter.Reading{Qualifier: "value"}, false); ok {
				st = kept
			}
			return fmt.Sprint(p.Edges, p.HasNext, p.Total(), st.Sum, st.Count)
		}
		want := ask(v.Plannings()[1])
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 3 {
					if got := ask(v); got != want {
						panic(got + " instead of " + want)
					}
				}
			})
		}
		all.Wait()
	})
}

// drawEdgeNumber is a number, or rarely a range of numbers.
func drawEdgeNumber(t *rapid.T) graph.Value {
	if rapid.IntRange(0, 15).Draw(t, "edge range") == 0 {
		return drawRange(t, schema.Int)
	}
	return graph.IntValue(int64(rapid.IntRange(0, 1000).Draw(t, "edge number")))
}
