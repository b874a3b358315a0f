package rdf

import "strings"

// schemeOf returns the scheme of an absolute IRI, or "" for a relative one.
func schemeOf(iri string) string {
	for i := range len(iri) {
		c := rune(iri[i])
		switch {
		case c == ':' && i > 0:
			return iri[:i]
		case letter(c) || i > 0 && (digit(c) || c == '+' || c == '-' || c == '.'):
		default:
			return ""
		}
	}
	return ""
}

// reference is an IRI split into its parts. Each part includes its delimiters.
type reference struct{ scheme, authority, path, query, fragment string }

func split(iri string) (r reference) {
	if s := schemeOf(iri); s != "" {
		r.scheme = s + ":"
		iri = iri[len(r.scheme):]
	}
	if i := strings.IndexByte(iri, '#'); i >= 0 {
		iri, r.fragment = iri[:i], iri[i:]
	}
	if i := strings.IndexByte(iri, '?'); i >= 0 {
		iri, r.query = iri[:i], iri[i:]
	}
	if strings.HasPrefix(iri, "//") {
		n := strings.IndexByte(iri[2:], '/') + 2
		if n < 2 {
			n = len(iri)
		}
		r.authority, iri = iri[:n], iri[n:]
	}
	r.path = iri
	return r
}

// resolve returns the absolute IRI of a reference in a document with this base, by RFC 3986, section 5.2. It
// does not use net/url, which changes escapes and refuses some valid IRIs.
func resolve(base, iri string) string {
	r := split(iri)
	if r.scheme != "" {
		return r.scheme + r.authority + withoutDots(r.path) + r.query + r.fragment
	}
	b := split(base)
	switch {
	case r.authority != "":
		r.path = withoutDots(r.path)
		b.authority = r.authority
	case r.path == "":
		if r.path = b.path; r.query == "" {
			r.query = b.query
		}
	case r.path[0] == '/':
		r.path = withoutDots(r.path)
	case b.authority != "" && b.path == "":
		r.path = withoutDots("/" + r.path)
	default:
		r.path = withoutDots(b.path[:strings.LastIndexByte(b.path, '/')+1] + r.path)
	}
	return b.scheme + b.authority + r.path + r.query + r.fragment
}

// withoutDots removes the segments . and .. of a path, by section 5.2.4.
func withoutDots(path string) string {
	if !strings.Contains(path, ".") {
		return path
	}
	var out []string
	in := strings.Split(path, "/")
	for i, s := range in {
		last := i == len(in)-1
		switch {
		case s == "." && last:
			out = append(out, "")
		case s == ".":
		case s == "..":
			if len(out) > 1 || len(out) == 1 && out[0] != "" {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return strings.Join(out, "/")
}
