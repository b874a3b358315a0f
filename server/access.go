package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/roles"
	"github.com/caspian-kg/caspian/server/tokens"
)

// Keys are the tokens that grant rights, and the policy by which they do. With the zero value, everyone who reaches
// the service may read everything, and only the owner may write, over the socket of the store.
type Keys struct {
	// Writers have tokens that are those of admins unless they name another role.
	Writers []*tokens.Tokens
	// Readers have tokens that are those of readers unless they name another role. If Readers is not nil, everyone
	// else but the Writers and the owner may not read.
	Readers *tokens.Tokens
	// Policy says what is hidden from whom; nil hides nothing.
	Policy *roles.Policy
}

// Closed reports whether reading needs a token.
func (k *Keys) Closed() bool { return k.Readers != nil || k.Policy != nil && k.Policy.Closed }

// Lenses returns the lenses of those without a token and of the holders of tokens.
func (k *Keys) Lenses() (list []*lens.Lens) {
	add := func(i roles.Identity) {
		if l := k.Policy.Lens(i); l != nil && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	if !k.Closed() {
		add(roles.Identity{Role: roles.Reader})
	}
	for t, usual := range k.sets {
		for i := range t.Len() {
			add(roles.OfToken(t.Holder(i), usual))
		}
	}
	return list
}

// sets calls yield with each set of tokens, and with the role of those that name none.
func (k *Keys) sets(yield func(t *tokens.Tokens, usual roles.Role) bool) {
	if !yield(k.Readers, roles.Reader) {
		return
	}
	for _, t := range k.Writers {
		if !yield(t, roles.Admin) {
			return
		}
	}
}

// caller is who sent a request.
type caller struct {
	roles.Identity
	// lens hides from the caller what it may not see; nil if it sees everything.
	lens *lens.Lens
	// bearer is the token of the request, or "" if there is none.
	bearer string
	// refusal is the reason why the caller may not write, or nil if it may.
	refusal error
}

// SetKeys replaces the keys. Requests in progress continue; streams and sockets end, because they may show what the
// new keys hide, and their clients connect again.
func (s *Server) SetKeys(k Keys) {
	if s.keys.Swap(&k) != nil {
		s.under.Clear()
		s.streams.Restart()
	}
}

// find returns who has a token. in returns the number of the token in a set, or -1.
func (k *Keys) find(in func(*tokens.Tokens) int) (who roles.Identity, has *tokens.Holder) {
	for t, usual := range k.sets {
		if i := in(t); i >= 0 {
			h := t.Holder(i)
			if of := roles.OfToken(h, usual); has == nil || of.Role > who.Role {
				who, has = of, &h
			}
		}
	}
	return who, has
}

// identify returns the sender of a request. An unknown bearer token is refused even if the request
// needs no token, so that its sender learns of the mistake.
func (s *Server) identify(r *http.Request) (caller, *requestError) {
	k := s.keys.Load()
	c := caller{}
	foreign := false
	switch token := bearer(r); {
	case byOwner(r):
		c.Identity = roles.Identity{Name: "owner", Role: roles.Admin}
	case token != "":
		c.bearer = token
		who, has := k.find(func(t *tokens.Tokens) int { return t.Find(token) })
		if has == nil {
			return c, s.wrongToken(r)
		}
		if has.Expired(s.opts.Now()) {
			return c, &requestError{status: http.StatusUnauthorized, code: codes.Unauthenticated,
				message: fmt.Sprintf("the token of %s expired at %s; 'caspian token add' makes a new one", has.Name, has.Expires.UTC().Format(time.RFC3339))}
		}
		c.Identity = who
	default:
		if values := cookiesOf(r); len(values) > 0 {
			who, has := k.find(func(t *tokens.Tokens) int { return t.FindCookie(values, portOf(r)) })
			if valid := has != nil && !has.Expired(s.opts.Now()); valid && ownPage(r) {
				c.Identity = who
			} else {
				foreign = valid
			}
		}
		if c.Role < roles.Editor && s.opts.OpenWrites && local(r) {
			c.Identity = roles.Identity{Name: "local", Role: roles.Editor}
		}
	}
	if !k.Closed() {
		c.Role = max(c.Role, roles.Reader)
	}
	c.lens = k.Policy.Lens(c.Identity)
	c.refusal = s.refusalOf(&c, foreign)
	return c, nil
}

// refusalOf returns the reason why a caller may not write, or nil if it may.
func (s *Server) refusalOf(c *caller, foreign bool) error {
	switch {
	case s.opts.ReadOnly:
		return s.readOnly
	case c.Role >= roles.Editor && c.lens != nil:
		return errHidden
	case c.Role >= roles.Editor:
		return nil
	case c.bearer != "":
		return errReader
	case foreign:
		return errForeign
	case s.opts.OpenWrites:
		return errNotLocal
	}
	return errNoToken
}

// The reasons why a caller may not write.
var (
	errReader   = graph.Errorf(graph.ReadOnly, "this token may read and not write")
	errHidden   = graph.Errorf(graph.ReadOnly, "something in the graph is hidden from you, and a change is checked against everything; ask an admin to make it")
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
	case t.caller.Role < roles.Reader && !(isGraphQL(r.URL.Path) && wantsSocket(r)): // a socket's first message may bring the token
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
