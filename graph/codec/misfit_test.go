package codec_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/fit"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const earlierOntology = `
interface Entity { name: String @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") {
  founded: String @time(kind: ETERNAL)
  since: Date @time(kind: ETERNAL)
  landlocked: Boolean @time(kind: ETERNAL)
  grade: Grade @time(kind: STATE)
  area: Quantity @time(kind: STATE) @unit(dimension: "area")
  capital: City @time(kind: STATE)
  exportsTo(share: Float, by: City, planned: Boolean): [Country!] @time(kind: OBSERVATION)
}
type City implements Entity @entity(plural: "cities") { population: Int @time(kind: OBSERVATION) }
enum Grade { HIGH LOW }
enum Unit { km2 @measures(dimension: "area") km @measures(dimension: "length") }
`

// TestMisfitsComeBack checks that every lossless format exports claims that no longer fit a
// changed ontology, and imports them as they are.
func TestMisfitsComeBack(t *testing.T) {
	earlier, err := schema.Load("earlier", earlierOntology)
	if err != nil {
		t.Fatal(err)
	}
	lines := `{"entity":"src","type":"Source"}
{"entity":"A","type":"Country"}
{"entity":"B","type":"Country"}
{"entity":"x","type":"City"}
{"subject":"A","predicate":"founded","value":"1961","source":"src"}
{"subject":"A","predicate":"since","value":"1961-05","source":"src"}
{"subject":"A","predicate":"landlocked","value":true,"source":"src"}
{"subject":"A","predicate":"grade","value":"LOW","source":"src"}
{"subject":"A","predicate":"area","value":{"value":5,"unit":"km2"},"source":"src"}
{"subject":"A","predicate":"capital","object":"x","source":"src"}
{"subject":"A","predicate":"exportsTo","object":"B","qualifiers":{"share":0.4,"by":{"entity":"x"},"planned":true},"source":"src"}
{"subject":"x","predicate":"population","value":300,"source":"src"}
{"subject":"x","predicate":"name","value":"12","source":"src"}`
	first := apply(t, earlier, snapshot.Empty(earlier), decodeAsIs(t, codec.JSONLines, lines))
	if ms := fit.Misfits(first, nil); len(ms) > 0 {
		t.Fatal(ms)
	}
	for _, edit := range []struct{ from, to string }{
		{"founded: String", "founded: Int"},
		{"since: Date", "since: String"},
		{"landlocked: Boolean", "landlocked: String"},
		{"landlocked: Boolean", "coastal: Boolean"},
		{"HIGH LOW", "HIGH"},
		{"City", "Town"},
		{"Country", "Nation"},
		{"share: Float, by: City, planned: Boolean", "share: String"},
		{"population: Int ", "population: Int @range(max: 100) "},
		{`km2 @measures(dimension: "area") `, ""},
		{`  grade: Grade @time(kind: STATE)`, ""},
		{"capital: City", "capital: String"},
	} {
		later, err := schema.Load("later", strings.ReplaceAll(strings.ReplaceAll(earlierOntology, edit.from, edit.to), `@unit(dimension: "area")`, ""))
		if err != nil {
			t.Errorf("%v: %v", edit, err)
			continue
		}
		var commit graph.Commit
		_ = first.Entities(func(e graph.Entity) error { commit.Entities = append(commit.Entities, e); return nil })
		_ = first.Claims(func(c *graph.Claim, _ graph.ClaimID, _ bool) error {
			commit.Claims = append(commit.Claims, *c)
			return nil
		})
		commit.Seq, commit.At = 1, recorded
		s, err := snapshot.Empty(later).Apply(&commit)
		if err != nil {
			t.Fatal(err)
		}
		if len(fit.Misfits(s, nil)) == 0 {
			t.Errorf("%v: all fits", edit)
		}
		for _, f := range codec.Formats {
			if !f.Lossless {
				continue
			}
			checkMisfitsComeBack(t, later, s, f, fmt.Sprint(edit, ", ", f.Name))
		}
	}
}

// checkMisfitsComeBack writes a graph in a format and reads it again: as it is, or not at all.
func checkMisfitsComeBack(t *testing.T, o *schema.Ontology, s *snapshot.Snapshot, f *codec.Format, what string) {
	t.Helper()
	var file bytes.Buffer
	if err := f.Encode(t.Context(), &file, s); err != nil {
		t.Fatal(err)
	}
	res, problems := graph.Check(o, graph.Nothing, decodeAsIs(t, f, file.String()))
	if problems != nil {
		t.Errorf("%s: %v\n%s", what, problems, &file)
		return
	}
	res.Commit.Seq, res.Commit.At = 1, recorded
	again, err := snapshot.Empty(o).Apply(&res.Commit)
	if err != nil || again.Digest() != s.Digest() {
		t.Errorf("%s: another graph came back: %v\n%s", what, err, &file)
	}
	refused := decodeAsIs(t, f, file.String())
	refused.AsIs = false
	if _, problems := graph.Check(o, graph.Nothing, refused); problems == nil {
		t.Errorf("%s: taken without being asked to", what)
	}
}

// decodeAsIs is a file as a change that accepts what does not fit.
func decodeAsIs(t *testing.T, f *codec.Format, text string) *graph.Change {
	t.Helper()
	ch := &graph.Change{AsIs: true}
	if err := f.Decode(t.Context(), "export", strings.NewReader(text), func(op graph.Op) error {
		ch.Ops = append(ch.Ops, op)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ch
}
