package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestViewsOfManyFields checks that each field of a document has its own view, whether the
// view before was the same or differed in any part.
func TestViewsOfManyFields(t *testing.T) {
	a := seeded(t)
	views := append([]string{`{holds: YES}`, `{holds: POSSIBLY}`, `{sources: ["factbook"]}`, `{sources: ["general-knowledge"]}`,
		`{knownAt: "2026-01-15T11:00:00Z"}`, `{knownAt: "2026-01-15T12:30:00Z"}`, `{asOf: "2019"}`}, timeViews...)
	const fields = `{ claims { totalCount nodes { chosen holds } } }`
	alone := map[string]string{}
	for _, view := range views {
		alone[view] = strings.TrimPrefix(ask(t, a, `{ country(id: "KAZ", view: %s) `+fields+` }`, view), `{"country":`)
	}
	for i, view := range views {
		next := views[(i+1)%len(views)]
		together := fmt.Sprintf(`{ a: country(id: "KAZ", view: %[1]s) %[3]s b: country(id: "KAZ", view: %[1]s) %[3]s c: country(id: "KAZ", view: %[2]s) %[3]s d: country(id: "KAZ") %[3]s e: country(id: "KAZ", view: %[1]s) %[3]s }`, view, next, fields)
		one, two, plain := strings.TrimSuffix(alone[view], "}"), strings.TrimSuffix(alone[next], "}"), strings.TrimSuffix(alone[`{}`], "}")
		want(t, ask(t, a, "%s", together), `{"a":`+one+`,"b":`+one+`,"c":`+two+`,"d":`+plain+`,"e":`+one+`}`)
	}
}
