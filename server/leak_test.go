package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// failingLog accepts no commit, and its error has words that only the operator may read.
type failingLog struct {
	live.Unkept
	err atomic.Pointer[error]
}

func (f *failingLog) AppendGroup(context.Context, []*graph.Commit) error { return *f.err.Load() }

// TestNothingOfTheMachine makes the log fail in many ways, writes over every transport, and
// checks that no answer has words that only the owner may read.
func TestNothingOfTheMachine(t *testing.T) {
	path := &fs.PathError{Op: "write", Path: "/var/lib/secret/quads/000042.log", Err: syscall.ENOSPC}
	log := &failingLog{}
	first := error(path)
	log.err.Store(&first)
	g, err := live.Open(t.Context(), log, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var s *Server
	_, ts := over(t, withKey(Options{Batch: 2}), func(o Options) *Server {
		s = New(o)
		s.Publish(&Backend{Graph: g.Through(nil), SDL: a.SDL(), Begin: func() Session { return a.Begin() }})
		return s
	})
	const mutation = `mutation { transact(input: {operations: [{declare: {id: "src", type: "Source"}}]}) { sequence } }`
	body := fmt.Sprintf(`{"query":%q}`, mutation)
	for _, err := range []error{
		path, fmt.Errorf("appending: %w", path), errors.Join(io.ErrClosedPipe, path), graph.Errorf(graph.Unavailable, "store: /var/lib/secret accepts no writes: %v", path),
		graph.Errorf(graph.BadInput, "store: %v", path), graph.Errorf(graph.Internal, "%v", path), fmt.Errorf("/var/lib/secret: %w", graph.Errorf(graph.SeqMismatch, "%v", path)),
	} {
		log.err.Store(&err)
		told := map[string]string{
			"POST":  ask(s, "POST", "/graphql", body).Body.String(),
			"batch": ask(s, "POST", "/graphql", "["+body+","+body+"]").Body.String(),
		}
		es := open(t, ts, mutation, "Authorization", "Bearer "+testToken)
		told["events"] = fmt.Sprint(es.next())
		es.close()
		d := begun(t, ts, "Authorization", "Bearer "+testToken)
		d.say(subscribing("1", mutation))
		if told["socket"], err = d.listen(); err != nil {
			t.Fatal(err)
		}
		_ = d.conn.CloseNow()
		for _, probe := range []string{"/readyz", "/healthz", "/metrics", "/", "/nothing"} {
			told[probe] = ask(s, "GET", probe, "").Body.String()
		}
		for how, text := range told {
			for _, secret := range []string{"secret", "quads", "000042", "no space", "closed pipe"} {
				if strings.Contains(text, secret) {
					t.Errorf("%v: by %s: %q in %s", *log.err.Load(), how, secret, text)
				}
			}
			if strings.HasPrefix(how, "/") {
				continue
			}
			if !strings.Contains(text, `"code":"`) {
				t.Errorf("%v: by %s: %s", *log.err.Load(), how, text)
			}
		}
	}
	// A panic shows nothing either.
	s = faked(t, Options{}, nil)
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), ".go") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
