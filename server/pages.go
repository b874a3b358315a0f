package server

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

//go:embed pages
var pageFiles embed.FS

var frontTemplate = template.Must(template.ParseFS(pageFiles, "pages/front.html"))

// policy lets the pages load what the service serves and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// frontPage is the first page for people: search, an entity with its facts, routes and
// a query box. It gets its content from /graphql; its address says what it shows, so
// that each answer can be sent as a link.
func (s *Server) frontPage(w http.ResponseWriter, r *http.Request, b *Backend) {
	sn, q := b.Graph.Snapshot(), r.URL.Query()
	var page bytes.Buffer
	err := frontTemplate.Execute(&page, map[string]any{
		"Version": s.opts.Version, "Seq": sn.Seq(), "Entities": sn.EntityCount(), "Claims": sn.Recorded(),
		"Host": r.Host, "Page": pageOf(q), "Title": cmp.Or(q.Get("id"), q.Get("q")),
	})
	if err != nil {
		panic(err) // the template and its values are the program's
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	if _, ok := sn.Number(graph.ID(q.Get("id"))); q.Has("id") && !ok {
		w.WriteHeader(http.StatusNotFound) // the page says so as well
	}
	_, _ = w.Write(page.Bytes())
}

// pageOf returns what an address of the first page shows: an entity, the results
// of a search, routes, the answer to a query, or, without parameters, where to
// begin.
func pageOf(q url.Values) string {
	for _, p := range []struct{ param, page string }{
		{"id", "entity"}, {"q", "results"}, {"from", "routes"}, {"to", "routes"}, {"query", "ask"},
	} {
		if q.Has(p.param) {
			return p.page
		}
	}
	return "home"
}

// queryPage is a plain page to write a query on and read the answer. It takes
// the place of GraphiQL until that can be embedded without a build step.
func (s *Server) queryPage(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, "pages/query.html")
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	if r.URL.Path != "/assets/"+name || path.Ext(name) == ".html" {
		http.NotFound(w, r)
		return
	}
	if name == "ontology.json" {
		s.ready(s.ontologyWords)(w, r)
		return
	}
	s.page(w, r, "pages/"+name)
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, name string) {
	text, err := pageFiles.ReadFile(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.sendPage(w, r, name, text)
}

// sendPage sends one file of the pages. A browser keeps a copy and revalidates it each time.
func (s *Server) sendPage(w http.ResponseWriter, r *http.Request, name string, text []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%.16x", sha256.Sum256(text))))
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
}
