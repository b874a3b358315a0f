// Package hosts decides for which names and addresses a service answers, and which pages are its own.
//
// Read List first. The package must not know what a request asks, nor how it is refused.
package hosts

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
)

// List has the names for which a service answers. The zero value is not ready; call Set. Without this check, a page of another site
// whose name resolves to this machine could read everything through its visitor's browser.
type List struct {
	names map[string]bool
	// known caches allowed Host headers, exactly as sent.
	known sync.Map // the values are struct{}
	count atomic.Int32
}

// Check returns a name or an address in the form used for comparison. The error says why it
// cannot be the host of a request.
func Check(name string) (string, error) {
	host, ok := Of(name)
	if !ok || strings.Contains(name, ":") && net.ParseIP(strings.Trim(name, "[]")) == nil {
		return "", graph.Errorf(graph.BadInput, "%q is not the name of a host; write it without scheme, port or path, as a browser sends it, such as graph.example.org", name)
	}
	return host, nil
}

// Set allows names in addition to localhost. It must be called before the first request.
func (h *List) Set(names []string) {
	h.names = map[string]bool{"localhost": true}
	for _, name := range names {
		if host, ok := Of(name); ok {
			h.names[host] = true
		}
	}
}

// Of returns the host of a Host header without its port. Headers with one meaning give one
// result: lower case, without a dot at the end, addresses as netip formats them.
func Of(header string) (string, bool) {
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

// Allow reports whether the request is for an allowed host: one of the names, a loopback address, or the
// address at which the connection arrived. A browser sends an address as host only if the page itself has that
// address, so allowing addresses gives no other page access.
func (h *List) Allow(r *http.Request) bool {
	if _, ok := h.known.Load(r.Host); ok {
		return true
	}
	host, ok := Of(r.Host)
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

// Loopback reports whether a Host header is a loopback name or address.
func Loopback(header string) bool {
	host, ok := Of(header)
	if !ok {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// SameOrigin reports whether the request comes from a page of the host to which it is addressed.
// The scheme is not compared, because a proxy that terminates TLS need not pass it on.
func SameOrigin(r *http.Request) bool {
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
