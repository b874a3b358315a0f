package server

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var frontTemplate = template.Must(template.ParseFS(pageFiles, "pages/front.html"))

// Example is the query that the front page and the command line show.
const Example = `{
  country(id: "KAZ") {
    name
    capital { name }
    borders { nodes { id name } }
  }
}`

// policy lets our pages load what we serve and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// frontPage tells what this is and where to go on.
func (s *Server) frontPage(w http.ResponseWriter, r *http.Request, b *Backend) {
	sn := b.Graph.Snapshot()
	var page bytes.Buffer
	err := frontTemplate.Execute(&page, map[string]any{
		"Version": s.opts.Version, "Seq": sn.Seq(), "Entities": sn.EntityCount(), "Claims": sn.ClaimCount(),
		"Example": Example, "Ask": "/graphiql?query=" + url.QueryEscape(Example),
		"Host": r.Host,
	})
	if err != nil {
		panic(err) // of our own template, over values of our own
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(page.Bytes())
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
	s.page(w, r, "pages/"+name)
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, name string) {
	text, err := pageFiles.ReadFile(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
}
