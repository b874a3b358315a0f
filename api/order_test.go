package api_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestOrderRepeated: a key that repeats an earlier one decides nothing, and must not cost time for
// each entity.
func TestOrderRepeated(t *testing.T) {
	a := seeded(t)
	const query = `query($o: [CountryOrder!], $c: [ClaimOrder!]) { countries(first: 60, orderBy: $o) { nodes { id } pageInfo { endCursor } }
		claims(where: {subject: {eq: "KAZ"}}, orderBy: $c, first: 60) { nodes { id } pageInfo { endCursor } } }`
	answer := func(keys int) (body string, allocated uint64) {
		one := []map[string]string{{"name": "DESC"}, {"id": "ASC"}}
		var order, claims []map[string]string
		for range keys {
			order, claims = append(order, one...), append(claims, map[string]string{"confidence": "DESC"})
		}
		vars, err := json.Marshal(map[string]any{"o": order, "c": claims})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: vars})
		runtime.ReadMemStats(&after)
		return string(r.Body), after.TotalAlloc - before.TotalAlloc
	}
	once, _ := answer(1)
	many, allocated := answer(10_000)
	if once != many || !strings.Contains(once, `"id":"ZWE"`) {
		t.Errorf("%.200s, and repeated\n%.200s", once, many)
	}
	if allocated > 60<<20 {
		t.Errorf("it took %d bytes", allocated)
	}
}
