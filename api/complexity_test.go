package api_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
)

// TestFilterComplexity: filters that would occupy a core are refused, and long lists of texts are
// answered at once.
func TestFilterComplexity(t *testing.T) {
	a := seeded(t)
	ids := []string{"KAZ", "JPN"}
	for i := range 100_000 {
		ids = append(ids, fmt.Sprintf("no-such-thing-%d", i))
	}
	vars, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	r := a.Begin().Execute(t.Context(), &api.Request{Query: `query($ids: [ID!]) { entities(where: {id: {in: $ids}}) { totalCount nodes { id } } }`, Variables: vars})
	if body := string(r.Body); !strings.Contains(body, `"totalCount":2`) {
		t.Errorf("%.300s", body)
	}
	if took := time.Since(started); took > 5*time.Second { // some 100 ms; without an order, a minute
		t.Errorf("it took %s", took)
	}
	many := func(n int, condition string) string {
		return `{entities(where:{or:[` + strings.Repeat(condition+",", n) + `]}){totalCount}}`
	}
	for query, want := range map[string]string{
		many(1500, `{id:{eq:"x"}}`):                                                           `"totalCount":0`,
		many(1500, `{name:{matches:"(a|b)*c(d|e)*f(g|h)*"}}`):                                 "where: the filter has a complexity of at least",
		`{entities(where:{name:{matches:"(a|b){1,1000}"}}){totalCount}}`:                      "matches: the pattern has",
		`{entities(where:{name:{matches:"` + strings.Repeat("x", 2000) + `"}}){totalCount}}`:  "matches: the pattern has 2000",
		`{entities(where:{name:{matches:"("}}){totalCount}}`:                                  "matches: ",
		`{country(id:"KAZ"){borders(where:{node:{name:{matches:"a{900}{9}"}}}){totalCount}}}`: "matches: ",
	} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query})
		if body := string(r.Body); !strings.Contains(body, want) {
			t.Errorf("%.100s: %.300s, want %s", query, body, want)
		}
		r.Release()
	}
}

// TestFilterOfNothing: a filter of very many empty conditions, which are short to write, is refused
// before memory is allocated for each.
func TestFilterOfNothing(t *testing.T) {
	a := seeded(t)
	vars := []byte(`{"where":{"or":[` + strings.Repeat("{},", 200_000) + `{}]}}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := a.Begin().Execute(t.Context(), &api.Request{Query: `query($where: CountryFilter) { countries(where: $where) { totalCount } }`, Variables: vars})
	runtime.ReadMemStats(&after)
	if body := string(r.Body); !strings.Contains(body, "where: the filter has a complexity of at least 20001") {
		t.Errorf("%.300s", body)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 { // with room for every field of a country, a gigabyte
		t.Errorf("it took %d MiB", used>>20)
	}
}
