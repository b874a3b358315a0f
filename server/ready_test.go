package server

import (
	"context"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/tokens"
)

// unwritable is a log whose disk accepts no writes.
type unwritable struct{ live.Unkept }

func (*unwritable) Writable() error {
	return graph.Errorf(graph.Unavailable, "/var/lib/secret has no room")
}

func (u *unwritable) AppendGroup(context.Context, []*graph.Commit) error { return u.Writable() }

// TestReadyForWrites checks that a service that cannot write is ready for reads, and says
// so.
func TestReadyForWrites(t *testing.T) {
	for _, c := range []struct {
		what   string
		log    live.Log
		opts   Options
		writes string
		code   int
	}{
		{"a service", &live.Unkept{}, Options{}, "writes: yes", 200},
		{"a read-only service", &live.Unkept{}, Options{ReadOnly: true}, "writes: no, the service is read-only", 503},
		{"a full disk", &unwritable{}, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(testToken)}}}, "writes: no, the store accepts none at present; the answer to a write says why", 503},
	} {
		g, err := live.Open(t.Context(), c.log, schema.MustDefault(), live.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := api.New(api.Options{Graph: g})
		if err != nil {
			t.Fatal(err)
		}
		s := New(c.opts)
		s.Publish(&Backend{Graph: g.Through(nil), SDL: a.SDL(), Begin: func() Session { return a.Begin() }})
		if w := ask(s, "GET", "/readyz", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "ready at sequence 0\n"+c.writes) {
			t.Errorf("%s: %d %s", c.what, w.Code, w.Body)
		}
		w := ask(s, "GET", "/readyz?writes", "")
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.writes) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", c.what, w.Code, w.Body)
		}
		if strings.Contains(c.writes, "the answer to a write says why") {
			w := ask(s, "POST", "/graphql", `{"query":"mutation{transact(input:{operations:[{declare:{id:\"x\",type:\"City\"}}]}){sequence}}"}`)
			if text := w.Body.String(); !strings.Contains(text, "its disk is full") || !strings.Contains(text, "UNAVAILABLE") || strings.Contains(text, "secret") {
				t.Errorf("%s: a write is answered: %s", c.what, text)
			}
		}
		gauge := map[int]string{200: "caspian_writable 1", 503: "caspian_writable 0"}[c.code]
		if w := ask(s, "GET", "/metrics", ""); !strings.Contains(w.Body.String(), gauge) {
			t.Errorf("%s: the metrics have no %q", c.what, gauge)
		}
	}
}
