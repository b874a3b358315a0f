package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// secrets are what no client may read: paths of the machine, and the words of the system and of
// errors that nobody wrote for clients.
var secrets = []string{"/var/lib/secret", "secret-folder", "no space left", "permission denied", "connection refused", "leveldb", `C:\Secret`, "10.1.2.3"}

// leaks are errors of many types, alone and wrapped in each way in which Go wraps.
func leaks() []error {
	path := &fs.PathError{Op: "open", Path: "/var/lib/secret/secret-folder/LOG", Err: syscall.ENOSPC}
	roots := []error{
		path, fmt.Errorf("leveldb: %w", path), &os.LinkError{Op: "rename", Old: "/var/lib/secret/a", New: "/var/lib/secret/b", Err: syscall.EACCES},
		&os.SyscallError{Syscall: "fsync", Err: syscall.ENOSPC}, &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3)}, Err: syscall.ECONNREFUSED},
		syscall.ENOSPC, errors.New("leveldb: the table /var/lib/secret/000001.ldb is corrupt"), io.ErrUnexpectedEOF, context.DeadlineExceeded,
		errors.New(`open C:\Secret\LOG: leveldb`),
	}
	var all []error
	for _, root := range roots {
		all = append(all, root, fmt.Errorf("appending: %w", root), errors.Join(errors.New("leveldb"), root))
		for _, code := range []graph.Code{graph.BadInput, graph.Unavailable, graph.Internal, graph.SeqMismatch, graph.ReadOnly} {
			coded := graph.Errorf(code, "the store: %v", root)
			if strings.Contains(root.Error(), "leveldb") || strings.Contains(root.Error(), "10.1.2.3") {
				// The text of such an error is shown like any other: only codes about the
				// service's own state hide it.
				if code != graph.Unavailable && code != graph.Internal {
					continue
				}
			}
			all = append(all, coded, fmt.Errorf("opening /var/lib/secret: %w", coded), errors.Join(root, coded), fmt.Errorf("%w: %w", coded, root))
			all = append(all, &gql.ArgumentError{Argument: "id", Err: coded})
		}
	}
	all = append(all, graph.Problems{{Code: graph.BadInput, Message: fmt.Sprintf("the value: %v", path)}}, fmt.Errorf("leveldb: %w", graph.Problems{{Code: graph.BadInput, Message: "a fault"}}),
		graph.Errorf(graph.BadInput, "reading (/var/lib/secret/x): %v", syscall.EACCES), graph.Errorf(graph.UnknownID, "%q", "/var/lib/secret/x"))
	return all
}

func TestClientErrorsHideTheMachine(t *testing.T) {
	a := &API{opts: Options{Logger: slog.New(slog.DiscardHandler)}}
	for _, err := range leaks() {
		got := a.clientError(err)
		text := got.Error()
		var x interface{ Extensions() map[string]any }
		if !errors.As(got, &x) || x.Extensions()["code"] == "" || x.Extensions()["code"] == nil {
			t.Errorf("%T %v: it has no code", err, err)
			continue
		}
		text += fmt.Sprint(x.Extensions())
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%T %q reveals %q in %q", err, err, s, text)
			}
		}
		if text == "" {
			t.Errorf("%T %q becomes an empty text", err, err)
		}
	}
	// Messages that tell a caller what to do stay unchanged.
	for _, message := range []string{
		`"1961" is not a month; write it as 1961-05`, "see https://example.org/a/b/c", "ask at /graphql", "the value and/or the unit", "KAZ.capital: 1/2 of it", "input.operations[0].assert: there is no entity \"x\"",
	} {
		if got := a.clientError(graph.Errorf(graph.BadInput, "%s", message)).Error(); got != message {
			t.Errorf("%q becomes %q", message, got)
		}
	}
}
