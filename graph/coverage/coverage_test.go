package coverage

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

const stated = `
entities:
  s: {type: Source, _: {source: s}, name: One}
  t: {type: Source, _: {source: t}, name: Another}
  astana: {type: City, _: {source: s}, name: {value: Astana, at: p1}}
  KAZ:
    type: Country
    _: {source: s}
    iso2: {value: KZ, at: row 1}
    capital:
      - {to: astana, valid: 1997/.., at: p1}
      - {to: astana, source: t}
    memberOf:
      - {to: un, valid: 1992/..}
      - {to: un, valid: 1993/..}
    borders:
      - {to: UZB, lengthKm: 2330, at: p2}
  UZB: {type: Country, _: {source: t}, borders: {to: KAZ, lengthKm: 2203}}
  un: {type: Organisation}
`

func TestOf(t *testing.T) {
	o := schema.MustDefault()
	var ch graph.Change
	err := codec.Seed.Decode(t.Context(), "stated.yaml", bytes.NewReader([]byte(stated)), func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
	if err != nil {
		t.Fatal(err)
	}
	res, faults := graph.Check(o, graph.Nothing, &ch)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	country := []Group{
		{Name: "borders", Count: Count{Claims: 2, Timed: 2, Located: 1, Facts: 1, Several: 1}},
		{Name: "capital", Count: Count{Claims: 2, Timed: 2, Dated: 1, Located: 1, Facts: 1, Several: 1}},
		{Name: "memberOf", Count: Count{Claims: 2, Timed: 2, Dated: 2, Facts: 1}},
		{Name: "iso2", Count: Count{Claims: 1, Located: 1, Facts: 1}},
	}
	city := []Group{{Name: "name", Count: Count{Claims: 1, Timed: 1, Located: 1, Facts: 1}}}
	want := &Report{Count: Count{Claims: 8, Timed: 7, Dated: 3, Located: 4, Facts: 5, Several: 2}, Sources: 2, Types: []Group{
		{Name: "Country", Count: Count{Claims: 7, Timed: 6, Dated: 3, Located: 3, Facts: 4, Several: 2}, Predicates: country},
		{Name: "City", Count: Count{Claims: 1, Timed: 1, Located: 1, Facts: 1}, Predicates: city},
	}}
	if got := Of(o, &res.Commit); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
