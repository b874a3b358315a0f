package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
)

// hosts are the names for which the service answers. Without this check, a page of another site
// whose name resolves to this machine could read everything through its visitor's browser.
type hosts struct {
	names map[string]bool
	// known caches allowed Host headers, exactly as sent.
	known sync.Map // the values are struct{}
	count atomic.Int32
}

// CheckHost returns a name or an address in the form used for comparison. The error says why it
// cannot be the host of a request.
func CheckHost(name string) (string, error) {
	host, ok := hostOf(name)
	if !ok || strings.Contains(name, ":") && net.ParseIP(strings.Trim(name, "[]")) == nil {
		return "", graph.Errorf(graph.BadInput, "%q is not the name of a host; write it without scheme, port or path, as a browser sends it, such as graph.example.org", name)
	}
	return host, nil
}

// set allows names in addition to localhost. It must be called before the first request.
func (h *hosts) set(names []string) {
	h.names = map[string]bool{"localhost": true}
	for _, name := range names {
		if host, ok := hostOf(name); ok {
			h.names[host] = true
		}
	}
}

// hostOf returns the host of a Host header without its port. Headers with one meaning give one
// result: lower case, without a dot at the end, addresses as netip formats them.
func hostOf(header string) (string, bool) {
	host := header
	if strings.HasPrefix(header, "[") || strings.Count(header, ":") == 1 {
		h, port, err := net.SplitHostPort(header)
		switch {
		case err == nil:
			if n, perr := strconv.ParseUint(port, 10, 16); port != "" && (perr != nil || n == 0 && port != "0") {
				return "", false
			}
			host = h
		case strings.HasPrefix(header, "[") && strings.HasSuffix(header, "]"):
			host = header[1 : len(header)-1]
		default:
			return "", false
		}
		if strings.HasPrefix(header, "[") {
			if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
				return "", false
			}
		}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String(), a.Zone() == ""
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		case c == '.' && i > 0 && host[i-1] != '.':
		default:
			return "", false
		}
	}
	return host, host != "" && len(host) <= 253 && !strings.HasSuffix(host, ".")
}

// allow reports whether the request is for an allowed host: one of the names, a loopback address, or the
// address at which the connection arrived. A browser sends an address as host only if the page itself has that
// address, so allowing addresses gives no other page access.
func (h *hosts) allow(r *http.Request) bool {
	if _, ok := h.known.Load(r.Host); ok {
		return true
	}
	host, ok := hostOf(r.Host)
	if !ok {
		return false
	}
	if a, err := netip.ParseAddr(host); err == nil && !h.names[host] && !a.IsLoopback() {
		at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		return ok && at.AddrPort().Addr().Unmap().WithZone("") == a
	} else if err != nil && !h.names[host] {
		return false
	}
	const most, longest = 256, 256
	if len(r.Host) <= longest && h.count.Load() < most {
		h.known.Store(strings.Clone(r.Host), struct{}{})
		h.count.Add(1)
	}
	return true
}

// refuseHost answers a request for a host that is not allowed. The message repeats a well-formed
// name only.
func (s *Server) refuseHost(w http.ResponseWriter, r *http.Request) {
	what := "the request names no host"
	if host, ok := hostOf(r.Host); ok {
		what = fmt.Sprintf("the service does not answer for the host %s: start it with --host %s if that is its name", host, host)
	} else if r.Host != "" {
		what = "the host of the request cannot be read"
	}
	bad := &requestError{status: http.StatusMisdirectedRequest, code: codes.HostNotAllowed,
		message: what + "; on the machine of the service use localhost or 127.0.0.1, and let a proxy send a host that is allowed"}
	s.refuseCaller(w, r, bad)
}

// loopback reports whether a Host header is a loopback name or address.
func loopback(header string) bool {
	host, ok := hostOf(header)
	if !ok {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// sameOrigin reports whether the request comes from a page of the host to which it is addressed.
// The scheme is not compared, because a proxy that terminates TLS need not pass it on.
func sameOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	standard := ":80"
	if u.Scheme == "https" {
		standard = ":443"
	}
	plain := func(h string) string { return strings.ToLower(strings.TrimSuffix(h, standard)) }
	return plain(u.Host) == plain(r.Host)
}

// allowedOrigin reports whether a page of the request's origin may open a socket. The check is
// needed because a page may open a socket to another site with the visitor's rights, and browsers
// send no preflight first. Programs that are not browsers send no Origin.
func (s *Server) allowedOrigin(r *http.Request) bool {
	given := r.Header.Values("Origin")
	if len(given) == 0 {
		return true
	}
	if len(given) > 1 {
		return false
	}
	return slices.Contains(s.opts.Origins, "*") || slices.Contains(s.opts.Origins, given[0]) || sameOrigin(r)
}

// cors sets the headers that say which other sites' pages may read the answer. It returns true if
// the request was a preflight, which it has answered.
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
	h.Set("Access-Control-Expose-Headers", "ETag, Retry-After, "+cacheStatus+", "+SequenceHeader+", "+BookmarkHeader)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, QUERY, PUT, DELETE")
	// Clients name themselves in further headers, such as apollographql-client-name. The
	// star allows all headers but Authorization.
	h.Set("Access-Control-Allow-Headers", "*, Content-Type, Content-Encoding, Accept, Authorization, If-None-Match, Last-Event-ID, Traceparent, "+BookmarkHeader+", "+tokenHeader)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
