package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/tokens"
)

// Tokens are bearer tokens with one right. Only their hashes are kept.
type Tokens = tokens.Tokens

// ReadTokens reads one token a line; blank lines and lines that begin with # are skipped. The
// error names every line that is wrong.
func ReadTokens(name string, r io.Reader) (*Tokens, error) { return tokens.Read(name, r) }

// NewToken makes Tokens of one token; the error says why it will not do.
func NewToken(token string) (*Tokens, error) { return tokens.New(token) }

// Keys are what opens the service. The zero value leaves reading open to all who reach it, and
// writing to the owner's socket.
type Keys struct {
	// Writers may read and write.
	Writers []*Tokens
	// Readers may read; where they are not nil, nobody else may but the Writers and the owner.
	Readers *Tokens
}

// right is what a caller may do; each includes those before it.
type right int

const (
	mayNothing right = iota // but ask whether the service lives
	mayRead
	mayWrite
)

// caller is who sent a request.
type caller struct {
	may right
	// bearer is the token that it sent, "" for none, so that what lasts can be looked at again.
	bearer string
	// refusal says why it may not write; nil where it may.
	refusal error
}

// SetKeys replaces the keys. Requests under way go on, and so do open streams; operations that
// begin on open sockets are held against the new keys.
func (s *Server) SetKeys(k Keys) { s.keys.Store(&k) }

// find is the right that a token gives.
func (k *Keys) find(has func(*Tokens) bool) right {
	may := mayNothing
	if has(k.Readers) {
		may = mayRead
	}
	for _, t := range k.Writers {
		if has(t) {
			may = mayWrite
		}
	}
	return may
}

// identify finds who sent the request. A bearer token that is not known is refused outright,
// so that its sender learns of the mistake.
func (s *Server) identify(r *http.Request) (caller, *malformed) {
	k := s.keys.Load()
	c := caller{}
	foreign := false
	switch token := bearer(r); {
	case byOwner(r):
		c.may = mayWrite
	case token != "":
		c.bearer = token
		if c.may = k.find(func(t *Tokens) bool { return t.Find(token) >= 0 }); c.may == mayNothing {
			return c, s.wrongToken(r)
		}
	default:
		if values := cookiesOf(r); len(values) > 0 {
			c.may = k.find(func(t *Tokens) bool { return t.FindCookie(values, portOf(r)) })
			if foreign = c.may > mayNothing && !ownPage(r); foreign {
				c.may = mayNothing
			}
		}
		if c.may < mayWrite && s.opts.OpenWrites && local(r) {
			c.may = mayWrite
		}
	}
	if k.Readers == nil {
		c.may = max(c.may, mayRead)
	}
	switch {
	case s.opts.ReadOnly:
		c.refusal = errReadOnly
	case c.may == mayWrite:
	case c.bearer != "":
		c.refusal = errReader
	case foreign:
		c.refusal = errForeign
	case s.opts.OpenWrites:
		c.refusal = errNotLocal
	default:
		c.refusal = errNoToken
	}
	return c, nil
}

// Why a caller may not write.
var (
	errReadOnly = graph.Errorf(graph.ReadOnly, "the service was started with --read-only and takes no writes")
	errReader   = graph.Errorf(graph.ReadOnly, "this token may read and not write")
	errForeign  = graph.Errorf(graph.ReadOnly, "writing with a cookie is for the service's own pages; a program sends Authorization: Bearer TOKEN")
	errNotLocal = graph.Errorf(graph.ReadOnly, "writes without a token are taken from this machine only; send Authorization: Bearer TOKEN")
	errNoToken  = graph.Errorf(graph.ReadOnly, "writing needs a token: send Authorization: Bearer TOKEN (the file token in the folder of the store has one), "+
		"open the link that 'caspian serve' printed in your browser, or use 'caspian import --store DIR' on the machine of the service, with the folder of its store")
)

// bearer is the token of the Authorization header, "" for none. Other schemes are not ours:
// what guards a proxy before us may pass its own on.
func bearer(r *http.Request) string {
	header := r.Header.Get("Authorization")
	if header == "" {
		return ""
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	if token = strings.TrimSpace(token); token == "" {
		return "-" // none of ours
	}
	return token
}

// wrongToken counts a guess and refuses it. One who has the right token never has to wait,
// however many guesses others make: tokens are too strong to be found by many of them.
func (s *Server) wrongToken(r *http.Request) *malformed {
	wait, first := s.guesses.Count(r.RemoteAddr, s.opts.Now())
	if wait == 0 {
		return &malformed{status: http.StatusUnauthorized, code: codes.Unauthenticated, message: "the token is not known here"}
	}
	if first {
		s.log.Warn("tokens_guessed", "from", r.RemoteAddr)
	}
	seconds := max(1, int(wait.Seconds()+0.999))
	return &malformed{status: http.StatusTooManyRequests, code: codes.TooManyGuesses, retry: seconds,
		message: fmt.Sprintf("too many wrong tokens came from there; try again in %d seconds with the right one", seconds)}
}

// local reports whether the request seems to come from a program of this machine, for
// Options.OpenWrites. It cannot know: a proxy of this machine may pass on what a stranger sends
// without a word.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() || !loopback(r.Host) {
		return false
	}
	// An empty header is a sign of a proxy as well: what it was to hold has been taken out.
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
		"X-Forwarded-Server", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip"} {
		if _, there := r.Header[name]; there {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	_, given := r.Header["Origin"]
	return !given || sameOrigin(r)
}

// callerOf is who sent the request that is answered to w.
func callerOf(w http.ResponseWriter) caller { return w.(*responseRecorder).caller }

// enterDoor lets a request in, or answers it and returns false: the host that it asks for, what
// a page of another site asks before it asks, and the caller's rights, in this order.
func (s *Server) enterDoor(t *responseRecorder, r *http.Request) bool {
	// Probes are asked by machines that know no host and no token, and learn one bit.
	probe := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
	known := byOwner(r) || s.hosts.allow(r)
	if !known && !probe {
		s.refuseHost(t, r)
		return false
	}
	if known && s.cors(t, r) {
		return false
	}
	if token := linkToken(r); token != "" {
		s.takeLink(t, r, token)
		return false
	}
	var bad *malformed
	if known {
		t.caller, bad = s.identify(r)
	}
	switch {
	case probe:
	case bad != nil:
		s.turnAwayAtDoor(t, r, bad)
		return false
	case t.caller.may < mayRead && !(r.URL.Path == "/graphql" && wantsSocket(r)): // a socket's first message may bring the token
		s.turnAwayAtDoor(t, r, &malformed{status: http.StatusUnauthorized, code: codes.Unauthenticated, message: "reading needs a token here: send Authorization: Bearer TOKEN, or open the link that 'caspian serve' printed"})
		return false
	}
	return true
}

func (s *Server) turnAwayAtDoor(w http.ResponseWriter, r *http.Request, bad *malformed) {
	media := jsonType
	if r.URL.Path == "/graphql" {
		if a := s.accepts.Of(r.Header.Values("Accept")); a.Media != "" {
			media = a.Media
		}
	} else if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		refusalPage(w, bad)
		return
	}
	s.refuse(w, r, media, bad)
}

// refusalPage is a refusal for people.
func refusalPage(w http.ResponseWriter, bad *malformed) {
	if t, ok := w.(*responseRecorder); ok {
		t.refusal = bad.code
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if bad.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(bad.retry))
		h.Set("Connection", "close")
	}
	w.WriteHeader(bad.status)
	fmt.Fprintln(w, "Caspian: "+bad.message)
}

// withBearer is the request of a socket with the token of its first message, "" for none.
func withBearer(ctx context.Context, r *http.Request, authorization string) *http.Request {
	if authorization == "" {
		return r
	}
	r = r.Clone(ctx)
	r.Header.Set("Authorization", authorization)
	return r
}
