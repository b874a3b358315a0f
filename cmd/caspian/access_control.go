package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server"
	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/owner"
	"github.com/caspian-kg/caspian/server/roles"
	"github.com/caspian-kg/caspian/server/tokens"
)

// accessControl decides who may use a service, from the settings and the files of tokens.
type accessControl struct {
	auth, readToken, rules *string
	hosts                  *[]string
	openWrites             *bool

	names  []string // the hosts in normalized form
	closed bool     // reading needs a token too

	ontology *schema.Ontology // to which the rules are bound; nil until it is loaded
	reading  sync.Mutex       // guards policy: files may change while the store is opened
	policy   *roles.Policy    // the last one that was bound

	address string // path of the file with the service's address; "" if there is none

	token atomic.Pointer[string] // the token of the store's folder; nil until there is one
	ready atomic.Bool            // the store is open
	graph atomic.Pointer[live.Graph]
}

func accessSettings(s *settings.Set) *accessControl {
	return &accessControl{
		auth:       s.Text("auth", "FILE", "", "file of tokens, as 'caspian token' makes it; a line that names no role permits everything; the token in the store's folder remains valid"),
		readToken:  s.Text("read-token", "FILE", "", "file of tokens that permit reading, one per line; a request without a token gets only /healthz and /readyz"),
		rules:      s.Text("access", "FILE", "", "file of the rules of access: what is hidden from which roles and groups"),
		hosts:      s.Many("host", "NAME", "name that the service answers to, besides localhost and its own addresses; may be repeated"),
		openWrites: s.Toggle("open-writes", "accept writes from this machine without a token; unsafe with a proxy on it"),
	}
}

// check finds the faults that are visible before the store is opened.
func (a *accessControl) check(s *settings.Set, store, listen string, readOnly bool) {
	for _, name := range *a.hosts {
		host, err := hosts.Check(name)
		if err != nil {
			s.Fault("--host: %v", err)
		}
		a.names = append(a.names, host)
	}
	if host, _, err := net.SplitHostPort(listen); err == nil && host != "" {
		a.names = append(a.names, host)
	}
	a.closed = *a.readToken != ""
	if readOnly && *a.openWrites {
		s.Fault("--open-writes and --read-only: give one of the two")
	}
	// An unusable token is replaced once the store is open.
	if token, _ := connect.OwnerToken(store); token != "" {
		a.token.Store(&token)
	}
	if _, err := a.keys(); err != nil {
		s.Fault("%v", err)
	}
}

// keys reads the files of tokens.
func (a *accessControl) keys() (k server.Keys, err error) {
	a.reading.Lock()
	defer a.reading.Unlock()
	if token := a.token.Load(); token != nil {
		t, terr := tokens.New(*token)
		k.Writers, err = append(k.Writers, t), errors.Join(err, terr)
	}
	read := func(flag, path string) *tokens.Tokens {
		if path == "" {
			return nil
		}
		t, rerr := connect.ReadTokens(path)
		if rerr == nil {
			rerr = roles.Check(path, t)
		}
		if rerr != nil {
			err = errors.Join(err, fmt.Errorf("--%s: %w", flag, rerr))
		}
		return t
	}
	if t := read("auth", *a.auth); t != nil {
		k.Writers = append(k.Writers, t)
	}
	k.Readers = read("read-token", *a.readToken)
	if *a.rules != "" {
		var rerr error
		if k.Policy, rerr = a.readPolicy(); rerr != nil {
			err = errors.Join(err, fmt.Errorf("--access: %w", rerr))
		}
	}
	return k, err
}

// readPolicy reads the file of rules, and binds them to the ontology once that is loaded.
func (a *accessControl) readPolicy() (*roles.Policy, error) {
	f, err := os.Open(*a.rules)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := roles.Read(*a.rules, f)
	if err != nil || a.ontology == nil {
		return p, err
	}
	if p, err = p.For(a.ontology, a.policy); err != nil {
		return nil, err
	}
	a.policy = p
	return p, nil
}

// prepare builds the graphs that the holders of tokens see, so that their first requests need not wait for that.
func prepare(g *live.Graph, k *server.Keys) {
	for _, l := range k.Lenses() {
		g.Through(l).Snapshot()
	}
}

// open creates the token of the store's folder if there is none, and listens on the owner's socket. If the
// folder cannot be written, the service runs without both: it still answers reads, and accepts writes with
// other tokens. The caller must have opened the store.
func (a *accessControl) open(e *cli.Environment, store string, srv *server.Server, at net.Addr, readOnly bool) (net.Listener, error) {
	warn := func(err error) {
		if err != nil && !readOnly { // a read-only service may not be able to write to the folder
			e.Say("caspian serve: %v", err)
		}
	}
	if !readOnly || a.closed {
		token, err := connect.KeepToken(store, e.Say)
		warn(err)
		a.token.Store(&token)
		a.ready.Store(true)
		k, err := a.keys()
		if err != nil {
			return nil, err
		}
		srv.SetKeys(k)
	}
	l, err := owner.Listen(store)
	warn(err)
	if err != nil {
		var ge *graph.Error
		if errors.As(err, &ge) && ge.Code == graph.Unavailable {
			return nil, nil // another service reads the same store, and the file has its address
		}
		l = nil
	}
	if err := connect.ReplaceFile(filepath.Join(store, connect.AddressFile), at.String()+"\n"); err != nil {
		warn(err)
	} else {
		a.address = filepath.Join(store, connect.AddressFile)
	}
	return l, nil
}

// close removes the file with the service's address.
func (a *accessControl) close() {
	if a.address != "" {
		_ = os.Remove(a.address)
	}
}

// lookEvery is the interval between two looks at the files of tokens and rules.
const lookEvery = 2 * time.Second

// reload reads the tokens and the rules again at each SIGHUP, and when their files change, until the context ends. If
// a service was started on a terminal without such files, SIGHUP ends it, as usual for programs on a terminal.
func (a *accessControl) reload(ctx context.Context, e *cli.Environment, store string, srv *server.Server, log *slog.Logger) (wait func()) {
	if console.IsTerminal(e.Err) && *a.auth == "" && *a.rules == "" && !a.closed {
		return func() {}
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	var running sync.WaitGroup
	running.Go(func() {
		defer signal.Stop(hangup)
		look := time.NewTicker(lookEvery)
		defer look.Stop()
		for read := a.changed(); ; {
			select {
			case <-ctx.Done():
				return
			case <-look.C:
				if now := a.changed(); now == read {
					continue
				}
			case <-hangup:
				a.keepToken(store, log)
			}
			read = a.changed() // before the files are read
			a.readAgain(srv, log)
		}
	})
	return running.Wait
}

// changed describes the state of the files; it differs after a change.
func (a *accessControl) changed() string {
	var state []string
	for _, path := range []string{*a.auth, *a.readToken, *a.rules} {
		if info, err := os.Stat(path); path != "" && err == nil {
			state = append(state, fmt.Sprint(info.Size(), info.ModTime().UnixNano()))
		} else {
			state = append(state, "")
		}
	}
	return strings.Join(state, " ")
}

// keepToken makes a new token for the store's folder if the old one was deleted.
func (a *accessControl) keepToken(store string, log *slog.Logger) {
	if !a.ready.Load() {
		return
	}
	token, err := connect.KeepToken(store, func(format string, a ...any) { log.Warn("store_token_replaced", "reason", fmt.Sprintf(format, a...)) })
	if err != nil {
		log.Warn("store_token_not_kept", "error", err.Error())
	}
	a.token.Store(&token)
}

func (a *accessControl) readAgain(srv *server.Server, log *slog.Logger) {
	k, err := a.keys()
	if err != nil {
		log.Error("tokens_not_read", "error", err.Error(), "effect", "the earlier tokens and rules remain valid")
		return
	}
	if g := a.graph.Load(); g != nil {
		prepare(g, &k)
	}
	srv.SetKeys(k)
	log.Warn("tokens_read", "writers", len(k.Writers), "reading_closed", k.Closed())
}

// link returns the address to open in a browser. The address contains the token if the token gives more rights.
func (a *accessControl) link(base string, readOnly bool) string {
	token := a.token.Load()
	if token == nil || readOnly && !a.closed || *a.openWrites && !a.closed {
		return base + "/"
	}
	return base + "/?token=" + url.QueryEscape(*token)
}
