package search_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// The tests of graph/snapshot compare searches with a model of the graph.

var (
	epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	today = graph.DayDate(2024, 5, 1).First()
)

// namedCities is a snapshot with n names of cities, and the names.
func namedCities(t testing.TB, n int) (*snapshot.Snapshot, []string) {
	t.Helper()
	named, commits := graphtest.CityNames(n)
	s, err := snapshot.Empty(schema.MustDefault()).Replay(func(g graph.Growth) error {
		for i := range commits {
			if err := g.Add(&commits[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, named
}

// TestSearchEnds checks that a search ends when its request is cancelled.
func TestSearchEnds(t *testing.T) {
	s, _ := namedCities(t, 50_000)
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	close(done)
	for _, text := range []string{"k", "kashinov lentor", "توكاييف"} {
		_, err := search.Entities(v.WithDone(done), &names.Search{Text: text, First: 5})
		if e := (*graph.Error)(nil); !errors.As(err, &e) || e.Code != graph.Unavailable {
			t.Errorf("%q: a search whose request has ended gives %v", text, err)
		}
	}
	// What an ended search leaves behind must not be found by the next.
	page, err := search.Entities(v, &names.Search{Text: "zzzzzz", First: 5})
	if err != nil || page.Total != 0 {
		t.Errorf("the next search finds %v (%v)", page, err)
	}
}

// TestSearchTogether searches from many goroutines while a writer goes on; it
// is for the race detector.
func TestSearchTogether(t *testing.T) {
	named, commits := graphtest.CityNames(3000)
	s := snapshot.Empty(schema.MustDefault())
	var wg sync.WaitGroup
	for i := range commits {
		next, err := s.Apply(&commits[i])
		if err != nil {
			t.Fatal(err)
		}
		s = next
		v, err := s.View(graph.View{}, today)
		if err != nil {
			t.Fatal(err)
		}
		for k := range 4 {
			wg.Go(func() {
				for j := range 20 {
					name := named[i*1000+k*200+j]
					page, err := search.Entities(v, &names.Search{Text: name, First: 3})
					if err != nil || page.Total == 0 {
						t.Errorf("%q: %v, %v", name, page, err)
					}
				}
			})
		}
	}
	wg.Wait()
}

// TestSearchTie checks that a match by letters precedes a match by sound of the
// same score: "alph" and "a" both begin a word of the name, which also sounds so.
func TestSearchTie(t *testing.T) {
	var named []graph.Claim
	for i, name := range []string{"Alpha Beta", "Beta"} {
		named = append(named, graph.Claim{Subject: "town", Predicate: []string{"name", "aliases"}[i], Value: graph.StringValue(name), Source: "source", Confidence: 1})
	}
	s, err := snapshot.Empty(schema.MustDefault()).Apply(&graph.Commit{Seq: 1, At: epoch, Claims: named,
		Entities: []graph.Entity{{ID: "source", Type: schema.SourceType}, {ID: "town", Type: "City"}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	page, err := search.Entities(v, &names.Search{Text: "Alph A", First: 5})
	if err != nil || len(page.List) != 1 || page.List[0].Kind != names.MatchWord || page.List[0].Score != 800 {
		t.Errorf("found %v (%v)", page, err)
	}
}

// TestSearchScoresAbove: what matches so badly that nothing is left of its score
// is not found.
func TestSearchScoresAbove(t *testing.T) {
	const title = "Seventh long report on things like garder molinak kasparo dostoin"
	s, err := snapshot.Empty(schema.MustDefault()).Apply(&graph.Commit{Seq: 1, At: epoch, Entities: []graph.Entity{{ID: "report", Type: "Source"}},
		Claims: []graph.Claim{{Subject: "report", Predicate: "name", Value: graph.StringValue(title), Source: "report", Confidence: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	for text, found := range map[string]int{"dostain kasparo molinak garder": 1, "dostoil kasparu molinat garded": 0} {
		page, err := search.Entities(v, &names.Search{Text: text, First: 5})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != found {
			t.Errorf("%q finds %+v", text, page.List)
		}
	}
}

// TestSearchWordings: a source's wording for the object of a relation finds it, but not
// where the wording is the name of another thing that has nothing to do with it.
func TestSearchWordings(t *testing.T) {
	claim := func(subject, predicate string, value graph.Value, original string) graph.Claim {
		return graph.Claim{Subject: graph.ID(subject), Predicate: predicate, Value: value, Original: original, Source: "source", Confidence: 1}
	}
	s, err := snapshot.Empty(schema.MustDefault()).Apply(&graph.Commit{Seq: 1, At: epoch,
		Entities: []graph.Entity{{ID: "source", Type: schema.SourceType}, {ID: "AAA", Type: "Country"}, {ID: "BBB", Type: "Country"}, {ID: "town", Type: "City"}, {ID: "region", Type: "Region"}},
		Claims: []graph.Claim{
			claim("AAA", "name", graph.StringValue("Aland"), ""), claim("BBB", "name", graph.StringValue("Bland"), ""),
			claim("region", "name", graph.StringValue("Greater Cland"), ""), claim("BBB", "aliases", graph.StringValue("Townsville Land"), ""),
			claim("region", "partOf", graph.EntityValue("BBB"), "Townsville"),
			claim("town", "name", graph.StringValue("Townsville"), ""),
			claim("AAA", "capital", graph.EntityValue("town"), ""),
			claim("BBB", "partnerOf", graph.EntityValue("AAA"), "Townsville"),
			claim("AAA", "partnerOf", graph.EntityValue("region"), "Townsville"),
			claim("BBB", "partnerOf", graph.EntityValue("region"), "The Area"),
		}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"townsville": "town AAA BBB", "the area": "region"} {
		page, err := search.Entities(v, &names.Search{Text: text, First: 5})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range page.List {
			got = append(got, m.ID)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q finds %s instead of %s", text, g, want)
		}
	}
}

// TestSearchClaimOfThePast: a claim is found by its id whenever it was not withdrawn, though it was reinstated later.
func TestSearchClaimOfThePast(t *testing.T) {
	name := graph.Claim{Subject: "town", Predicate: "name", Value: graph.StringValue("Townsville"), Source: "source", Confidence: 1}
	id := name.ID()
	s := snapshot.Empty(schema.MustDefault())
	for i, c := range []graph.Commit{
		{Entities: []graph.Entity{{ID: "source", Type: schema.SourceType}, {ID: "town", Type: "City"}}, Claims: []graph.Claim{name}},
		{Retractions: []graph.Retraction{{Claim: id, Reason: "wrong"}}},
		{Reinstatements: []graph.Reinstatement{{Claim: id, Reason: "right"}}},
	} {
		c.Seq, c.At = graph.Seq(i+1), epoch.Add(time.Duration(i)*time.Hour)
		next, err := s.Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	for i, want := range []int{1, 0, 1} {
		at := epoch.Add(time.Duration(i) * time.Hour)
		v, err := s.View(graph.View{KnownAt: &at}, today)
		if err != nil {
			t.Fatal(err)
		}
		page, err := search.Entities(v, &names.Search{Text: id.String(), First: 5})
		if err != nil || page.Total != want {
			t.Errorf("after commit %d: %+v (%v)", i+1, page, err)
		}
	}
}
