package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// small returns an API over an empty graph, with a clock that the test moves.
func small(t testing.TB) (*api.API, *live.Graph, *time.Time) {
	t.Helper()
	now := testNow
	clock := func() time.Time { return now }
	g, err := live.Open(t.Context(), &memory{}, schema.MustDefault(), live.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Now: clock, Version: "test", MinSequenceWait: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return a, g, &now
}

// ask executes a document and returns its data, or the first error as text.
func ask(t testing.TB, a *api.API, query string, args ...any) string {
	t.Helper()
	r := a.Begin().Execute(t.Context(), &api.Request{Query: fmt.Sprintf(query, args...), AllowMutation: true})
	defer r.Release()
	var body struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct {
				Code     string
				Problems []struct{ Code, Message, Place string }
			}
		}
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
	if len(body.Errors) == 0 {
		return string(body.Data)
	}
	e := body.Errors[0]
	text := e.Extensions.Code + ": " + e.Message
	for _, p := range e.Extensions.Problems {
		text += "\n" + p.Place + " " + p.Code
	}
	return text
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

const setup = `mutation { transact(input: {operations: [
  {declare: {id: "src", type: "Source"}},
  {assert: {subject: "src", predicate: "title", value: "A source", source: "src"}},
  {declare: {id: "KAZ", type: "Country"}},
  {declare: {id: "astana", type: "City"}},
  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src", valid: "1997/..", confidence: 0.9}},
  {assert: {subject: "KAZ", predicate: "population", value: 20000000, source: "src", valid: "2024"}}
], idempotencyKey: "setup"}) { sequence entities claims known replayed ids } }`

func TestTransact(t *testing.T) {
	a, _, now := small(t)
	first := ask(t, a, setup)
	if !strings.Contains(first, `"sequence":1,"entities":3,"claims":3,"known":0,"replayed":false`) {
		t.Fatal(first)
	}
	ids := strings.Split(first, `"`)
	population := ids[len(ids)-2]

	// The same again changes nothing, under the same key and under none.
	again := ask(t, a, setup)
	if !strings.Contains(again, `"sequence":1,"entities":0,"claims":0,"known":6,"replayed":true`) {
		t.Error(again)
	}
	want(t, ask(t, a, `{ graph { sequence recordedClaims } }`), `{"graph":{"sequence":1,"recordedClaims":3}}`)

	// A key belongs to one change.
	want(t, ask(t, a, `mutation { transact(input: {operations: [{declare: {id: "UZB", type: "Country"}}], idempotencyKey: "setup"}) { sequence } }`),
		`KEY_REUSED: the idempotency key "setup" came with another change, which made commit 1; use a new key for each change`)
	if got := ask(t, a, `mutation { transact(input: {operations: [{declare: {id: "UZB", type: "Country"}}], ifSequence: 7}) { sequence } }`); !strings.HasPrefix(got, "SEQ_MISMATCH: the store is at sequence 1, not 7; ") {
		t.Error(got)
	}

	// A dry run reports what it would do.
	want(t, ask(t, a, `mutation { transact(input: {dryRun: true, operations: [{declare: {id: "UZB", type: "Country"}}]}) { sequence entities } }`),
		`{"transact":{"sequence":1,"entities":1}}`)
	want(t, ask(t, a, `{ country(id: "UZB") { id } }`), `{"country":null}`)

	// A correction replaces; the earlier claim stays answerable.
	before := now.Format(time.RFC3339)
	*now = now.Add(time.Hour)
	want(t, ask(t, a, `mutation { transact(input: {operations: [{supersede: {claims: [%q], by: {subject: "KAZ", predicate: "population", value: 20400000, source: "src", valid: "2024"}}}]}) { sequence claims retractions } }`, population),
		`{"transact":{"sequence":2,"claims":1,"retractions":1}}`)
	want(t, ask(t, a, `{ country(id: "KAZ", view: {minSequence: 2}) { population claims(predicate: "population") { totalCount nodes { supersedes { id value retractedAt } } } } }`),
		`{"country":{"population":20400000,"claims":{"totalCount":1,"nodes":[{"supersedes":[{"id":"`+population+`","value":"20000000","retractedAt":"2026-01-15T13:00:00Z"}]}]}}}`)
	want(t, ask(t, a, `{ country(id: "KAZ", view: {knownAt: %q}) { population claims(predicate: "population") { nodes { retractedAt } } } }`, before),
		`{"country":{"population":20000000,"claims":{"nodes":[{"retractedAt":null}]}}}`)
	want(t, ask(t, a, `{ country(id: "KAZ", view: {knownAt: "2020-01-01T00:00:00Z"}) { id } }`), `{"country":null}`)

	// Withdrawn claims answer for themselves only.
	want(t, ask(t, a, `{ claim(id: %q) { value holds retractedAt } claims(where: {id: {eq: %q}}) { totalCount } }`, population, population),
		`{"claim":{"value":"20000000","holds":"NO","retractedAt":"2026-01-15T13:00:00Z"},"claims":{"totalCount":0}}`)
	want(t, ask(t, a, `mutation { transact(input: {operations: [{retract: {claim: %q}}]}) { sequence retractions known } }`, population),
		`{"transact":{"sequence":2,"retractions":0,"known":1}}`)
}

// TestTransactAllOrNothing: every problem is reported with its position, and nothing of a faulty
// change is made.
func TestTransactAllOrNothing(t *testing.T) {
	a, g, _ := small(t)
	ask(t, a, setup)
	digest := g.Snapshot().Digest()
	got := ask(t, a, `mutation { transact(input: {operations: [
	  {declare: {id: "UZB", type: "Country"}},
	  {assert: {subject: "UZB", predicate: "capital", object: "nowhere", source: "src"}},
	  {assert: {subject: "UZB", predicate: "population", value: "many", source: "src"}},
	  {assert: {subject: "UZB", predicate: "population", value: 1, source: "nobody"}},
	  {assert: {subject: "UZB", predicate: "borders", object: "KAZ", source: "src", qualifiers: [{name: "lenghtKm", value: 3}]}}
	]}) { sequence } }`)
	head, _, _ := strings.Cut(got, "\n")
	if !strings.HasPrefix(head, "UNKNOWN_ID: ") {
		t.Error(head)
	}
	tail := got[strings.Index(got, "\noperations[1].assert UNKNOWN_ID"):]
	want(t, tail, "\noperations[1].assert UNKNOWN_ID\noperations[2].assert WRONG_TYPE\noperations[3].assert NO_SOURCE\noperations[4].assert UNKNOWN_NAME")
	if g.Snapshot().Digest() != digest || g.Snapshot().Seq() != 1 {
		t.Error("a faulty change left something behind")
	}
	// All faults of form come before any of content.
	_, noClaim := graph.ParseClaimID("x")
	want(t, ask(t, a, `mutation { transact(input: {operations: [
	  {assert: {subject: "KAZ", predicate: "capital", source: "src"}},
	  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src", valid: "2022/2020"}},
	  {retract: {claim: "x"}}
	]}) { sequence } }`), `BAD_USER_INPUT: operations[0].assert: a claim has either an object (an entity's id) or a value (a literal), or none: true
operations[1].assert: the interval 2022/2020 ends before it begins; exchange its dates
operations[2].retract: `+noClaim.Error()+`
operations[0].assert BAD_USER_INPUT
operations[1].assert BAD_USER_INPUT
operations[2].retract BAD_USER_INPUT`)
}

func TestWritesAreRefused(t *testing.T) {
	a, g, _ := small(t)
	r := a.Begin().Execute(t.Context(), &api.Request{Query: setup, AllowMutation: true,
		WriteRefusal: graph.Errorf(graph.ReadOnly, "not from there")})
	if !strings.Contains(string(r.Body), "not from there") || r.Errors == 0 {
		t.Errorf("%s", r.Body)
	}
	r = a.Begin().Execute(t.Context(), &api.Request{Query: setup})
	if !r.RequestError {
		t.Errorf("a mutation passed where none is allowed: %s", r.Body)
	}
	if g.Snapshot().Seq() != 0 {
		t.Error("something was written")
	}
}

// failing is a log in which every write fails.
type failing struct{ memory }

func (f *failing) AppendGroup(context.Context, []*graph.Commit) error {
	return errors.New("write /secret/path: no space left on device")
}

// TestInnerErrorsStayInside: errors that only the operator can act on are logged, and clients do not
// get their texts.
func TestInnerErrorsStayInside(t *testing.T) {
	g, err := live.Open(t.Context(), &failing{}, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	a, err := api.New(api.Options{Graph: g, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	if err != nil {
		t.Fatal(err)
	}
	want(t, ask(t, a, setup), "INTERNAL: the write failed, and it is not known whether the change was recorded; send the same change with the same idempotencyKey to find out")
	if !strings.Contains(logged.String(), "/secret/path") {
		t.Errorf("the log does not say why: %s", logged.String())
	}
}

// TestMinSequence waits for a sequence number that is reached, and is refused one that is not.
func TestMinSequence(t *testing.T) {
	a, g, _ := small(t)
	ask(t, a, setup)
	session := a.Begin()
	var ch graph.Change
	ch.Ops = []graph.Op{{Kind: graph.Declare, Entity: graph.Entity{ID: "UZB", Type: "Country"}}}
	if _, err := g.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
	// The session began before the commit and still finds it.
	r := session.Execute(t.Context(), &api.Request{Query: `{ graph(view: {minSequence: 2}) { sequence } }`})
	want(t, string(r.Body), `{"data":{"graph":{"sequence":2}},"extensions":{"sequence":2}}`)
	want(t, ask(t, a, `{ graph(view: {minSequence: 9}) { sequence } }`),
		"UNAVAILABLE: view.minSequence: the store is at 2 and did not reach 9 in time; try again")
	want(t, ask(t, a, `{ a: graph { sequence } b: graph(view: {minSequence: 9}) { sequence } }`),
		"BAD_USER_INPUT: view.minSequence: a request reads one snapshot; give minSequence or bookmark on its first field")
}

// TestETag: the validator changes with everything that an answer depends on.
func TestETag(t *testing.T) {
	a, _, now := small(t)
	seen := map[string]string{}
	note := func(what, tag string) {
		if other, twice := seen[tag]; twice {
			t.Errorf("%s has the tag of %s", what, other)
		}
		seen[tag] = what
	}
	note("first", a.Begin().ETag("{a}", "", nil))
	if first, again := a.Begin().ETag("{a}", "", nil), a.Begin().ETag("{a}", "", nil); first != again {
		t.Error("the same request has two tags")
	}
	note("document", a.Begin().ETag("{b}", "", nil))
	note("operation", a.Begin().ETag("{a}", "x", nil))
	note("variables", a.Begin().ETag("{a}", "", []byte(`{}`)))
	*now = now.Add(24 * time.Hour)
	note("day", a.Begin().ETag("{a}", "", nil))
	ask(t, a, setup)
	note("sequence", a.Begin().ETag("{a}", "", nil))
}

// TestWithdrawnAndSentAgain: a change that is sent again with its key, after a claim of it was
// withdrawn, gets the same notice as one without a key.
func TestWithdrawnAndSentAgain(t *testing.T) {
	a, g, _ := small(t)
	ask(t, a, setup)
	send := func(key string) string {
		return ask(t, a, `mutation { transact(input: {idempotencyKey: %q, operations: [
			{assert: {subject: "KAZ", predicate: "aliases", value: "Qazaqstan", source: "src"}}]}) { sequence claims known replayed notices } }`, key)
	}
	want(t, send("k"), `{"transact":{"sequence":2,"claims":1,"known":0,"replayed":false,"notices":[]}}`)
	s := g.Snapshot()
	id := s.ClaimAt(uint32(s.ClaimCount() - 1))
	want(t, ask(t, a, `mutation { transact(input: {operations: [{retract: {claim: %q}}]}) { sequence retractions } }`, id.ID().String()), `{"transact":{"sequence":3,"retractions":1}}`)
	const notice = `"notices":["operations[0].assert: the claim %[1]s was withdrawn and stays withdrawn; reinstate it if it holds again"]`
	want(t, send("k"), fmt.Sprintf(`{"transact":{"sequence":2,"claims":0,"known":1,"replayed":true,`+notice+`}}`, id.ID()))
	want(t, send("other"), fmt.Sprintf(`{"transact":{"sequence":3,"claims":0,"known":1,"replayed":false,`+notice+`}}`, id.ID()))
}

// TestKnownAtOfAWrongClock: where the clock was ahead when the store was written, a view as known now
// shows everything known, and validators change with the present.
func TestKnownAtOfAWrongClock(t *testing.T) {
	a, g, now := small(t)
	right := *now
	ask(t, a, setup)
	*now = right.AddDate(1, 0, 0)
	name := func(name string) {
		t.Helper()
		got := ask(t, a, `mutation { transact(input: {operations: [{assert: {subject: "KAZ", predicate: "aliases", value: %q, source: "src"}}]}) { claims } }`, name)
		want(t, got, `{"transact":{"claims":1}}`)
	}
	name("ahead")
	*now = right.Add(time.Hour)
	name("later")
	if at := g.Snapshot().RecordedAt(3); !at.After(right.AddDate(1, 0, 0)) {
		t.Fatalf("the record time is %s; the test needs one ahead", at)
	}
	known := func(at time.Time) string {
		return fmt.Sprintf(`{country(id: "KAZ", view: {knownAt: %q}) { aliases }}`, at.Format(time.RFC3339Nano))
	}
	all, before := `{"country":{"aliases":["ahead","later"]}}`, `{"country":{"aliases":[]}}`
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{{0, all}, {-time.Hour, all}, {time.Second, all}, {time.Minute, all}, {61 * time.Second, before}} {
		want(t, ask(t, a, "%s", known(now.Add(-c.ago))), c.want)
	}
	document := known(*now)
	tag := a.Begin().ETag(document, "", nil)
	*now = now.Add(2 * time.Minute)
	want(t, ask(t, a, "%s", document), before)
	if a.Begin().ETag(document, "", nil) == tag {
		t.Error("the validator of another answer")
	}
	if plain := a.Begin().ETag("{ontology}", "", nil); a.Begin().ETag("{ontology}", "", nil) != plain {
		t.Error("documents without knownAt have no validator that lasts")
	}
}

// TestImports: a labelled change is an import, which goes on with other changes and can be undone; an undo is one too.
func TestImports(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	want(t, ask(t, a, `{ imports { id } }`), `{"imports":[]}`)
	const name = `operations: [{assert: {subject: "KAZ", predicate: "name", value: %q, source: "src"}}]`
	want(t, ask(t, a, `mutation { transact(input: {import: {label: "names", files: "a.csv", format: "csv"}, `+name+`}) { sequence import } }`, "A"), `{"transact":{"sequence":2,"import":2}}`)
	want(t, ask(t, a, `mutation { transact(input: {`+name+`}) { sequence import } }`, "B"), `{"transact":{"sequence":3,"import":null}}`)
	want(t, ask(t, a, `mutation { transact(input: {import: {id: 2}, `+name+`}) { sequence import } }`, "C"), `{"transact":{"sequence":4,"import":2}}`)
	want(t, ask(t, a, `mutation { transact(input: {import: {id: 3}, `+name+`}) { sequence } }`, "D"), "UNKNOWN_ID: import: there is no import 3 to go on with; leave it out to begin one\nimport UNKNOWN_ID")
	want(t, ask(t, a, `mutation { transact(input: {operations: [{undo: {import: 2, reason: "wrong"}}]}) { retractions import } }`), `{"transact":{"retractions":2,"import":5}}`)
	want(t, ask(t, a, `{ imports { id last label files format sync undid undidSource undoneBy entitiesDeclared claimsStated claimsWithdrawn claimsReinstated sources { id } added { nodes { value reason } } withdrawn { totalCount } } }`),
		`{"imports":[`+
			`{"id":5,"last":5,"label":null,"files":null,"format":null,"sync":null,"undid":2,"undidSource":null,"undoneBy":null,"entitiesDeclared":0,"claimsStated":0,"claimsWithdrawn":2,"claimsReinstated":0,`+
			`"sources":[{"id":"src"}],"added":{"nodes":[]},"withdrawn":{"totalCount":2}},`+
			`{"id":2,"last":4,"label":"names","files":"a.csv","format":"csv","sync":null,"undid":null,"undidSource":null,"undoneBy":5,"entitiesDeclared":0,"claimsStated":2,"claimsWithdrawn":0,"claimsReinstated":0,`+
			`"sources":[{"id":"src"}],"added":{"nodes":[{"value":"A","reason":"wrong"},{"value":"C","reason":"wrong"}]},"withdrawn":{"totalCount":0}}]}`)
	want(t, ask(t, a, `{ imports(before: 5, first: 1) { id } }`), `{"imports":[{"id":2}]}`)
}
