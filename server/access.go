package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/tokens"
)

// Keys are the tokens that grant rights. With the zero value, everyone who reaches the service may
// read, and only the owner may write, over the socket of the store.
type Keys struct {
	// Writers have the tokens of callers who may read and write.
	Writers []*tokens.Tokens
	// Readers have the tokens of callers who may only read. If Readers is not nil, everyone else
	// but the Writers and the owner may not read.
	Readers *tokens.Tokens
}

// right is what a caller may do; each right includes those before it.
type right int

const (
	mayNothing right = iota // may only probe the service
	mayRead
	mayWrite
)

// caller is who sent a request.
type caller struct {
	may right
	// bearer is the token of the request, or "" if there is none.
	bearer string
	// refusal is the reason why the caller may not write, or nil if it may.
	refusal error
}

// SetKeys replaces the keys. Requests in progress and open streams continue; operations that
// begin on open sockets are checked against the new keys.
func (s *Server) SetKeys(k Keys) { s.keys.Store(&k) }

// find returns the right of a token. has reports whether a set of tokens has the token.
func (k *Keys) find(has func(*tokens.Tokens) bool) right {
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

// identify returns the sender of a request. An unknown bearer token is refused even if the request
// needs no token, so that its sender learns of the mistake.
func (s *Server) identify(r *http.Request) (caller, *requestError) {
	k := s.keys.Load()
	c := caller{}
	foreign := false
	switch token := bearer(r); {
	case byOwner(r):
		c.may = mayWrite
	case token != "":
		c.bearer = token
		if c.may = k.find(func(t *tokens.Tokens) bool { return t.Find(token) >= 0 }); c.may == mayNothing {
			return c, s.wrongToken(r)
		}
	default:
		if values := cookiesOf(r); len(values) > 0 {
			c.may = k.find(func(t *tokens.Tokens) bool { return t.FindCookie(values, portOf(r)) })
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
		c.refusal = s.readOnly
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

// The reasons why a caller may not write.
var (
	errReader   = graph.Errorf(graph.ReadOnly, "this token may read and not write")
	errForeign  = graph.Errorf(graph.ReadOnly, "only pages of the service may write with a cookie; a program sends Authorization: Bearer TOKEN")
	errNotLocal = graph.Errorf(graph.ReadOnly, "writes without a token are accepted from this machine only; send Authorization: Bearer TOKEN")
	errNoToken  = graph.Errorf(graph.ReadOnly, "writing needs a token: send Authorization: Bearer TOKEN (the file token in the folder of the store has one), "+
		"open the link that 'caspian serve' printed in your browser, or use 'caspian import --store DIR' on the machine of the service, with the folder of its store")
)

// readOnlyAt returns the refusal of writes by a service that accepts none. It names the service that accepts them,
// if that is known.
func readOnlyAt(writer string) error {
	if writer == "" {
		return graph.Errorf(graph.ReadOnly, "the service was started with --read-only and accepts no writes")
	}
	return graph.Errorf(graph.ReadOnly, "this is a query node and accepts no writes; send them to %s", writer)
}

// bearer returns the token of the Authorization header, or "" if there is none. Other schemes
// are ignored: they may be meant for a proxy that passed the header on.
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
		return "-" // matches no token
	}
	return token
}

// wrongToken counts a wrong token and returns the refusal. A client with the right token never
// waits, even if others guess, because tokens are too long to be guessed.
func (s *Server) wrongToken(r *http.Request) *requestError {
	wait, first := s.guesses.Count(r.RemoteAddr, s.opts.Now())
	if wait == 0 {
		return &requestError{status: http.StatusUnauthorized, code: codes.Unauthenticated, message: "the token is not known here"}
	}
	if first {
		s.log.Warn("tokens_guessed", "from", r.RemoteAddr)
	}
	seconds := max(1, int(wait.Seconds()+0.999))
	return &requestError{status: http.StatusTooManyRequests, code: codes.TooManyGuesses, retry: seconds,
		message: fmt.Sprintf("too many wrong tokens came from there; try again in %d seconds with the right one", seconds)}
}

// local reports whether the request seems to come from a program on this machine, for
// Options.OpenWrites. local cannot be certain: a proxy on this machine may forward requests from
// elsewhere without adding a header.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() || !hosts.Loopback(r.Host) {
		return false
	}
	// An empty header is also a sign of a proxy, which may have removed the value.
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
	return !given || hosts.SameOrigin(r)
}

// byOwner reports whether the request came over the owner's socket.
func byOwner(r *http.Request) bool {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && addr.Network() == "unix"
}

// callerOf returns the sender of the request that w answers.
func callerOf(w http.ResponseWriter) caller { return w.(*responseRecorder).caller }

// authorize checks the host, answers preflights, and checks the caller's rights, in this order. It
// returns true if the request may continue; otherwise it has already answered it.
func (s *Server) authorize(t *responseRecorder, r *http.Request) bool {
	// Probes need neither an allowed host nor a token: their answer only says whether the service
	// is ready.
	probe := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
	known := byOwner(r) || s.hosts.Allow(r)
	if !known && !probe {
		s.refuseHost(t, r)
		return false
	}
	if known && s.cors(t, r) {
		return false
	}
	if token := linkToken(r); token != "" {
		s.exchangeLink(t, r, token)
		return false
	}
	var bad *requestError
	if known {
		t.caller, bad = s.identify(r)
	}
	switch {
	case probe:
	case bad != nil:
		s.refuseCaller(t, r, bad)
		return false
	case t.caller.may < mayRead && !(isGraphQL(r.URL.Path) && wantsSocket(r)): // a socket's first message may bring the token
		s.refuseCaller(t, r, &requestError{status: http.StatusUnauthorized, code: codes.Unauthenticated, message: "reading needs a token here: send Authorization: Bearer TOKEN, or open the link that 'caspian serve' printed"})
		return false
	}
	return true
}

func (s *Server) refuseCaller(w http.ResponseWriter, r *http.Request, bad *requestError) {
	media := jsonType
	if isGraphQL(r.URL.Path) {
		if _, m, bad := tableOf(r, s.accepts.Of(r.Header.Values("Accept")).Media); bad == nil && m != "" {
			media = m
		}
	} else if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		refusalPage(w, bad)
		return
	}
	s.refuse(w, r, media, bad)
}

// refusalPage answers with a refusal as a text that a browser can show.
func refusalPage(w http.ResponseWriter, bad *requestError) {
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

// withBearer returns the request that opened a socket, with the token from the socket's first
// message; authorization is "" if the message has none.
func withBearer(ctx context.Context, r *http.Request, authorization string) *http.Request {
	if authorization == "" {
		return r
	}
	r = r.Clone(ctx)
	r.Header.Set("Authorization", authorization)
	return r
}
