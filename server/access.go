package server

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// Tokens are the bearer tokens that may write. Only their hashes are kept.
type Tokens struct{ hashes [][sha256.Size]byte }

// minToken is short enough for people and too long to guess.
const minToken = 16

// ReadTokens reads one token a line; blank lines and lines that begin with #
// are skipped. The error names every line that is wrong.
func ReadTokens(name string, r io.Reader) (*Tokens, error) {
	t := &Tokens{}
	var ps graph.Problems
	sc := bufio.NewScanner(r)
	n := 0
	for sc.Scan() {
		n++
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "" || line[0] == '#':
		case strings.ContainsAny(line, " \t"):
			ps = append(ps, graph.Problem{Place: graph.Place{File: name, Line: n}, Code: graph.BadInput, Message: "a token has no blanks; one token a line"})
		case len(line) < minToken:
			ps = append(ps, graph.Problem{Place: graph.Place{File: name, Line: n}, Code: graph.BadInput,
				Message: fmt.Sprintf("the token has %d characters; use at least %d", len(line), minToken)})
		default:
			t.hashes = append(t.hashes, sha256.Sum256([]byte(line)))
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	if len(t.hashes) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s has no token; write one a line, or leave --auth out", name)
	}
	return t, nil
}

func (t *Tokens) has(token string) bool {
	hash := sha256.Sum256([]byte(token))
	found := 0
	for i := range t.hashes {
		found |= subtle.ConstantTimeCompare(t.hashes[i][:], hash[:])
	}
	return found == 1
}

// writeRefusal tells why the request may not write, nil where it may. A token
// that is not one of ours is refused outright.
func (s *Server) writeRefusal(r *http.Request) (bad *malformed, refusal error) {
	given := false
	if s.opts.Tokens != nil {
		if header := r.Header.Get("Authorization"); header != "" {
			scheme, token, _ := strings.Cut(header, " ")
			if !strings.EqualFold(scheme, "Bearer") || !s.opts.Tokens.has(strings.TrimSpace(token)) {
				return &malformed{status: http.StatusUnauthorized, code: codeToken, message: "the bearer token is not known here"}, nil
			}
			given = true
		}
	}
	switch {
	case s.opts.ReadOnly:
		return nil, graph.Errorf(graph.ReadOnly, "the service was started with --read-only and takes no writes")
	case given:
		return nil, nil
	case s.opts.Tokens != nil:
		return nil, graph.Errorf(graph.ReadOnly, "writing needs a token: send Authorization: Bearer TOKEN")
	case !local(r):
		return nil, graph.Errorf(graph.ReadOnly, "writes are taken from this machine only; start the service with --auth FILE to let others write with a token")
	}
	return nil, nil
}

// local tells whether the request comes from a program of this machine. The
// connection alone does not tell: a proxy may stand before us, and a browser
// here may act for a page from elsewhere, under a name that its owner points
// at this machine.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() || !loopbackName(r.Host) {
		return false
	}
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Host == r.Host
	}
	return true
}

func loopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// cors says which other sites' pages may read the answer; it answers preflights
// and then returns true.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) bool {
	if len(s.opts.Origins) == 0 {
		return false
	}
	h := w.Header()
	every := slices.Contains(s.opts.Origins, "*")
	if !every {
		h.Add("Vary", "Origin")
	}
	origin := r.Header.Get("Origin")
	if origin == "" || !every && !slices.Contains(s.opts.Origins, origin) {
		return false
	}
	if every {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "ETag, Retry-After, "+SequenceHeader)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, QUERY, PUT, DELETE")
	// Clients name themselves in headers of their own, as apollographql-client-name; the star
	// means all but Authorization.
	h.Set("Access-Control-Allow-Headers", "*, Content-Type, Content-Encoding, Accept, Authorization, If-None-Match, Last-Event-ID, Traceparent, "+tokenHeader)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
