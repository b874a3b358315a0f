package server

import (
	"net"
	"net/http"
	"net/url"

	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/tokens"
)

// A link, /?token=TOKEN, gives a browser a right. The answer is a cookie and a redirect to the
// address without the token. The cookie is valid for one port, does not contain the token, and is
// invisible to scripts; browsers send it only with requests from the service's pages.

// linkParam is the parameter of the link that has the token.
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

// exchangeLink answers a link with a cookie and a redirect. The token must not remain in the
// address, because people copy addresses.
func (s *Server) exchangeLink(w http.ResponseWriter, r *http.Request, token string) {
	value := ""
	_, has := s.keys.Load().find(func(t *tokens.Tokens) int {
		i := t.Find(token)
		if i >= 0 {
			value = t.Cookie(i, portOf(r))
		}
		return i
	})
	if has == nil || has.Expired(s.opts.Now()) {
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

// portOf returns the port that the browser used. A container or a proxy may forward it to another
// port.
func portOf(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil && port != "" {
		return port
	}
	return "standard"
}

// cookieName returns the name of the cookie for the request's port. Browsers share cookies among
// all ports of a host, so the name must contain the port.
func cookieName(r *http.Request) string { return "caspian-" + portOf(r) }

// cookiesOf returns the values of all cookies with that name. A page of another port can set one
// for a longer path, which then precedes ours.
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
// person who opens an address. SameSite excludes other sites, but not other ports of the host.
func ownPage(r *http.Request) bool {
	plain := (r.Method == http.MethodGet || r.Method == http.MethodHead) && !wantsSocket(r)
	if _, given := r.Header["Origin"]; given {
		if len(r.Header["Origin"]) != 1 || !hosts.SameOrigin(r) {
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
