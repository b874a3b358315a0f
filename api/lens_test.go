package api_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// lensHides are rules over the seeds, and the same as a test of one claim.
var (
	lensRules = []lens.Rule{{Source: "factbook"}, {Source: "jca-article"}, {Type: "Person"}, {Relation: "Country.memberOf"}}
	lensHides = func(c *graph.Claim, typeOf map[graph.ID]string) bool {
		ids := []graph.ID{c.Subject, c.Source, graph.ID(c.AttributedTo)}
		for _, q := range append([]graph.QualifierValue{{Value: c.Value}}, c.Qualifiers...) {
			if q.Value.Kind() == graph.EntityKind {
				ids = append(ids, q.Value.Entity())
			}
		}
		return c.Predicate == "memberOf" && typeOf[c.Subject] == "Country" ||
			slices.ContainsFunc(ids, func(id graph.ID) bool { return id == "factbook" || id == "jca-article" || typeOf[id] == "Person" })
	}
)

// neverStated returns an API over the seeds to which nobody ever added the hidden claims.
func neverStated(t *testing.T) *api.API {
	t.Helper()
	typeOf, named := map[graph.ID]string{}, map[graph.ID]bool{}
	log, hidden := &memory{identity: sharedLog.identity}, 0
	for _, was := range sharedLog.commits {
		for _, e := range was.Entities {
			typeOf[e.ID] = e.Type
		}
		c := &graph.Commit{Seq: was.Seq, At: was.At, Import: was.Import}
		for _, claim := range was.Claims {
			if lensHides(&claim, typeOf) {
				hidden++
				continue
			}
			for _, id := range []graph.ID{claim.Subject, claim.Source} {
				named[id] = true
			}
			for _, q := range append([]graph.QualifierValue{{Value: claim.Value}}, claim.Qualifiers...) {
				if q.Value.Kind() == graph.EntityKind {
					named[q.Value.Entity()] = true
				}
			}
			c.Claims = append(c.Claims, claim)
		}
		for _, e := range was.Entities {
			if named[e.ID] {
				c.Entities = append(c.Entities, e)
			}
		}
		log.commits = append(log.commits, c)
	}
	if hidden < 1000 {
		t.Fatalf("the rules hide %d claims only", hidden)
	}
	now := func() time.Time { return testNow }
	g, err := live.Open(t.Context(), log, schema.MustDefault(), live.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Now: now, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// everyQuestion returns a document for each root field of the schema, and all documents of testdata/answers.
func everyQuestion(t *testing.T) (documents []api.Request) {
	t.Helper()
	asked := map[string]bool{}
	ask := func(root, query string) {
		asked[root] = true
		documents = append(documents, api.Request{Query: query})
	}
	for _, c := range analysisCalls {
		ask(c.name, c.text("{}", nil))
	}
	for root, query := range map[string]string{
		"node":   `{ node(id: "KAZ") { id name aliases claims(first: 50) { totalCount nodes { id source { id } } } } }`,
		"claims": `{ claims(first: 20) { totalCount nodes { id value contradicts { id } } } }`,
		"claim":  `{ claim(id: "` + sharedLog.commits[0].Claims[5000].ID().String() + `") { id predicate value } }`,
		// A lens leaves out scenarios, whose operations may name what it hides.
		"scenarios": `{ scenarios { name title lines } }`,
		"graph":     `{ graph { claims recordedClaims entities digest types { type count } } }`,
		"search":    `{ search(text: "kaz", first: 20) { totalCount edges { score matched node { id name } } } }`,
		"entity":    `{ a: entity(id: "factbook") { id } b: entity(id: "kassym-jomart-tokayev") { id name } }`,
	} {
		ask(root, query)
	}
	for _, typ := range schema.MustDefault().Types {
		if typ.Union {
			continue
		}
		const fields = `totalCount nodes { id name aliases claims(first: 3) { totalCount nodes { id } } about(first: 3) { totalCount } }`
		ask(typ.Plural, `{ `+typ.Plural+`(first: 5) { `+fields+` } }`)
		asked[typ.Singular()] = true // reads as node does
		for _, f := range typ.Fields {
			if root := f.EveryEdge(); root != "" && f.Owner == typ {
				ask(root, `{ `+root+`(first: 5) { totalCount nodes { __typename ... on Entity { id } } } }`)
			}
		}
	}
	for _, field := range rootFields(t, seeded(t).SDL()) {
		if !asked[field] {
			t.Errorf("no question asks the root field %s; give one in everyQuestion", field)
		}
	}
	files, err := filepath.Glob("testdata/answers/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r api.Request
		for _, f := range ar.Files {
			switch f.Name {
			case "query.graphql":
				r.Query = string(f.Data)
			case "variables.json":
				r.Variables = f.Data
			}
		}
		documents = append(documents, r)
	}
	return documents
}

// rootFields lists the fields of Query.
func rootFields(t *testing.T, sdl string) (names []string) {
	t.Helper()
	_, body, ok := strings.Cut(sdl, "\ntype Query {\n")
	if !ok {
		t.Fatal("the schema has no type Query")
	}
	body, _, _ = strings.Cut(body, "\n}")
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)[(:]`).FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestLensHidesEverywhere: under a lens, every root field and every document of testdata/answers has, byte for byte,
// the answer of a graph in which nobody ever stated what is hidden.
func TestLensHidesEverywhere(t *testing.T) {
	a := seeded(t)
	l, err := lens.New(schema.MustDefault(), lensRules)
	if err != nil {
		t.Fatal(err)
	}
	under, never := a.Through(l), neverStated(t)
	differs := 0
	for _, r := range everyQuestion(t) {
		got, want, whole := r, r, r
		shown, expected := under.Begin().Execute(t.Context(), &got), never.Begin().Execute(t.Context(), &want)
		if string(shown.Body) != string(expected.Body) {
			t.Errorf("%s\ngot  %.600s\nwant %.600s", r.Query, shown.Body, expected.Body)
		}
		all := a.Begin().Execute(t.Context(), &whole)
		if string(all.Body) != string(shown.Body) {
			differs++
		}
		shown.Release()
		expected.Release()
		all.Release()
	}
	if differs < 50 {
		t.Errorf("only %d answers differ from those without a lens, so that the test shows little", differs)
	}
	one, other := under.Begin().ETag("{a}", "", nil), a.Begin().ETag("{a}", "", nil)
	if one == other {
		t.Error("the answers of two lenses have one ETag")
	}
}
