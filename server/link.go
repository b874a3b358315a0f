package server

import (
	"net"
	"net/http"
	"net/url"

	"github.com/caspian-kg/caspian/server/tokens"
)

// A browser gets its right by a link, /?token=TOKEN, which is answered with a cookie and a
// redirect to the address without the token. The cookie holds for one port, does not contain the
// token, goes with requests of the service's pages only, and no script can read it.

// linkParam is the parameter of the link.
const linkParam = "token"

// cookieAge is how long a browser keeps the cookie, in seconds: thirty days.
const cookieAge = 30 * 24 * 3600

// linkToken returns the token in the address of a page, or "" if there is none.
func linkToken(r *http.Request) string {
	if r.URL.RawQuery == "" || r.URL.Path != "/" && r.URL.Path != "/graphiql" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	return r.URL.Query().Get(linkParam)
}

// exchangeLink answers the link. The token must not stay in the address, which people copy.
func (s *Server) exchangeLink(w http.ResponseWriter, r *http.Request, token string) {
	value := ""
	s.keys.Load().find(func(t *tokens.Tokens) bool {
		i := t.Find(token)
		if i >= 0 {
			value = t.Cookie(i, portOf(r))
		}
		return i >= 0
	})
	if value == "" {
		bad := s.wrongToken(r)
		bad.message += "; open the link that 'caspian serve' printed when it started last"
		refusalPage(w, bad)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName(r), Value: value, Path: "/", MaxAge: cookieAge, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.Header.Get("X-Forwarded-Proto") == "https"})
	q := r.URL.Query()
	q.Del(linkParam)
	to := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Location", to.String())
	w.WriteHeader(http.StatusSeeOther)
}

// portOf returns the port as the browser knows it, which a container or a proxy may have
// changed.
func portOf(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil && port != "" {
		return port
	}
	return "standard"
}

// cookieName has the port in it: browsers keep one cookie of a name for all ports of a host.
func cookieName(r *http.Request) string { return "caspian-" + portOf(r) }

// cookiesOf returns the values of that cookie. There may be several, because a page of
// another port can set one for a longer path, which then comes first.
func cookiesOf(r *http.Request) []string {
	if len(r.Header["Cookie"]) == 0 {
		return nil
	}
	const most = 4
	var values []string
	for _, c := range r.CookiesNamed(cookieName(r)) {
		if c.Value != "" && len(values) < most {
			values = append(values, c.Value)
		}
	}
	return values
}

// ownPage reports whether a request with a cookie comes from a page of this service, or from a
// person who opens an address. SameSite keeps other sites out, but not other ports of the host.
func ownPage(r *http.Request) bool {
	plain := (r.Method == http.MethodGet || r.Method == http.MethodHead) && !wantsSocket(r)
	if _, given := r.Header["Origin"]; given {
		if len(r.Header["Origin"]) != 1 || !sameOrigin(r) {
			return false
		}
	} else if !plain {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return plain && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}
