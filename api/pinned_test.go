package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
)

// pinnedDocuments read through the view VIEW, one document for each kind of root field.
var pinnedDocuments = []string{
	`{ country(id: "AAB", VIEW) { name aliases population capital { name } borders { totalCount edges { lengthKm node { id name } claim { id } } } about { totalCount }
	   claims(first: 30) { totalCount nodes { id validFrom validTo holds recordedAt retractedAt confidence supersedes { id } contradicts { id } source { id name } } } } }`,
	`{ countries(where: {borders: {some: {node: {id: {eq: "AAB"}}}}}, orderBy: [{population: DESC}], VIEW) { totalCount nodes { id name population } } }`,
	`{ entities(VIEW) { totalCount aggregate { count } } claims(last: 5, VIEW) { totalCount nodes { id retractedAt } } }`,
	`{ routes(from: "n00-00", to: "n03-05", avoid: ["AAB"], first: 2, VIEW) { routes { nodes { id } distanceKm weakest { id } } blocked { release { id } } } }`,
	`{ connections(from: "AAB", to: "AAH", first: 3, VIEW) { score steps { from { id } relation to { id } claim { id } } } }`,
	`{ chokepoints(from: "AAB", to: "AAH", network: BORDERS, VIEW) { cut { id } removes } }`,
	`{ dependency(of: "AAB", resource: "resource-1", VIEW) { partners { partner { id } share { low high } } unknown { low high } } }`,
	`{ conflicts(first: 20, VIEW) { totalCount nodes { subject { id } predicate claims { id } } } }`,
	`{ timeline(entity: "AAB", first: 50, VIEW) { totalCount nodes { claim { id } start end } } }`,
	`{ changes(from: {asOf: "2000-01-01", KNOWN}, to: {asOf: "2024-01-01", KNOWN}, subject: "AAB") { totalCount nodes { kind before { id } after { id } } } }`,
}

// TestPinned checks that a pinned answer does not change when more is recorded, and that an answer
// which may change is not pinned.
func TestPinned(t *testing.T) {
	a, g, now := small(t)
	synthetic(t, g, 9000, 9000)
	railways(t, g)
	head := strings.Trim(strings.TrimPrefix(ask(t, a, `{ graph { recordedAt } }`), `{"graph":{"recordedAt":`), `}`)
	*now = now.Add(time.Hour)
	pin := strings.NewReplacer("VIEW", `view: {asOf: "2024-06-01", knownAt: `+head+`}`, "KNOWN", `knownAt: `+head)
	run := func(query string) (data string, pinned bool) {
		s := a.Begin()
		r := s.Execute(t.Context(), &api.Request{Query: query})
		defer r.Release()
		if r.Errors > 0 {
			t.Fatalf("%s\n%s", query, r.Body)
		}
		data, _, _ = strings.Cut(string(r.Body), `,"extensions":{"sequence"`)
		return data, s.Pinned()
	}
	before := make([]string, len(pinnedDocuments))
	for i, query := range pinnedDocuments {
		var pinned bool
		if before[i], pinned = run(pin.Replace(query)); !pinned {
			t.Errorf("%s is not pinned", query)
		}
	}
	for _, query := range []string{
		`{ country(id: "AAB") { id } }`, `{ country(id: "AAB", view: {asOf: "2024"}) { id } }`, pin.Replace(`{ country(id: "AAB", view: {KNOWN}) { id } }`),
		`{ country(id: "AAB", view: {asOf: "2024", knownAt: "2030-01-01T00:00:00Z"}) { id } }`,
		pin.Replace(`{ country(id: "AAB", VIEW) { id } city(id: "city-1") { id } }`),
		pin.Replace(`{ city(id: "city-1") { id } country(id: "AAB", VIEW) { id } }`),
		pin.Replace(`{ graph(VIEW) { sequence } }`), pin.Replace(`{ search(text: "la", VIEW) { nodes { id } } }`),
		pin.Replace(`{ country(id: "AAB", VIEW) { id } log(sinceSequence: 0, first: 1) { sequence } }`),
		pin.Replace(`{ country(id: "AAB", VIEW) { id } __schema { queryType { name } } }`), `{ __typename }`,
	} {
		if _, pinned := run(query); pinned {
			t.Errorf("%s is pinned, and its answer may change", query)
		}
	}

	got := ask(t, a, `mutation { transact(input: {operations: [
		{declare: {id: "ZZZ", type: "Country"}}, {declare: {id: "late-source", type: "Source"}},
		{assert: {subject: "ZZZ", predicate: "name", value: "Late", source: "late-source"}},
		{assert: {subject: "ZZZ", predicate: "borders", object: "AAB", source: "late-source"}},
		{assert: {subject: "AAB", predicate: "name", value: "Later", source: "late-source"}}]}) { sequence } }`)
	if !strings.Contains(got, "sequence") {
		t.Fatal(got)
	}
	for _, subject := range []string{"AAB", "AAC", "AAG", "AAH"} {
		found := ask(t, a, `{ claims(where: {subject: {eq: %q}}, first: 60) { nodes { id } } }`, subject)
		var ops []string
		for i, id := range strings.Split(found, `"id":"`)[1:] {
			if i%2 == 0 {
				ops = append(ops, fmt.Sprintf(`{retract: {claim: %q}}`, id[:strings.IndexByte(id, '"')]))
			}
		}
		if got = ask(t, a, `mutation { transact(input: {operations: [%s]}) { sequence } }`, strings.Join(ops, ",")); !strings.Contains(got, "sequence") {
			t.Fatal(got)
		}
	}
	for i, query := range pinnedDocuments {
		after, pinned := run(pin.Replace(query))
		if after != before[i] {
			t.Errorf("%s changed:\n%s\n%s", query, before[i], after)
		}
		if !pinned {
			t.Errorf("%s is no longer pinned", query)
		}
	}
}
