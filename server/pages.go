package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/web"
)

// policy lets the pages load only what the service itself serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// page is one kind of page in the explorer. name is the name of its file in web/src/pages.
type page struct {
	pattern, name, heading, lead string
}

// pages lists the pages of the explorer. The address of a page determines everything that it shows, so each can be sent
// as a link.
var pages = []page{
	{"/{$}", "home", "What would you like to know?", "Countries, leaders, resources and corridors: every fact with its source, for any date."},
	{"/e/{id}", "entity", "", ""},
	{"/search", "search", "Search", "Names in any script, and ids and codes."},
	{"/routes", "routes", "Routes", "How goods could get from one place to another, under constraints, and what each leg rests on."},
	{"/dependency", "dependency", "Dependency", "On which partners a country’s trade depends, and which part nobody states."},
	{"/connections", "connections", "Connections", "How two entities are connected, with the source of each step."},
	{"/chokepoints", "chokepoints", "Chokepoints", "What every route between two places must pass."},
	{"/conflicts", "conflicts", "Disagreements", "Claims that cannot all be true."},
	{"/changes", "changes", "Changes", "What differs between two dates."},
	{"/timeline", "timeline", "Timeline", "Claims in order of time, with the ends that are known and those that are not."},
	{"/series", "series", "Series", "One figure over time, by source."},
	{"/table", "table", "Tables", "Any type as a table: choose columns, filter, sort, and take it to a spreadsheet."},
	{"/map", "map", "Map", "Countries, corridors and places on a date."},
	{"/network", "network", "Network", "What surrounds an entity, and what that is connected with."},
	{"/sources", "sources", "Sources", "Who states what is in the graph, how reliable it is, and under which licence."},
	{"/graphiql", "query", "Query", "Ask in GraphQL, with the schema beside it."},
}

// explorer returns the handler of one kind of page.
func (s *Server) explorer(p page) http.HandlerFunc {
	return s.ready(func(w http.ResponseWriter, r *http.Request, b *Backend) {
		if id := r.URL.Query().Get("id"); p.name == "home" && id != "" {
			toEntity(w, r, id)
			return
		}
		sn, e := b.Graph.Snapshot(), web.Load()
		values := map[string]any{
			"Version": s.opts.Version, "Sequence": sn.Seq(), "Entities": sn.EntityCount(), "Claims": sn.Recorded(),
			"Address": baseOf(r), "Page": p.name, "Title": "Caspian", "Heading": p.heading, "Lead": p.lead, "Description": p.lead,
			"AsOf": strings.TrimSpace(r.URL.Query().Get("asOf")), "ID": "", "Type": "", "Load": e.Page(p.name), "Words": s.wordsOf(b).version,
		}
		navigation(r, p, values)
		status := http.StatusOK
		if p.name != "home" {
			values["Title"] = p.heading + " · Caspian"
		}
		if p.name == "entity" {
			status = s.describe(r, b, graph.ID(r.PathValue("id")), values)
		}
		shell := e.Shell
		if !e.Built() {
			shell = e.Plain
		}
		sendShell(w, r, shell, status, values)
	})
}

// bar lists the pages to which the head of every page has links.
var bar = []struct{ path, text string }{
	{"/routes", "Routes"}, {"/dependency", "Dependency"}, {"/map", "Map"}, {"/network", "Network"}, {"/table", "Tables"},
	{"/changes", "Changes"}, {"/conflicts", "Disagreements"}, {"/sources", "Sources"},
}

type (
	link struct {
		Href, Text string
		Here       bool
	}
	parameter struct{ Name, Value string }
	// narrowing is a part of the view that few ask for.
	narrowing struct{ Name, Label, Example, Value string }
)

var lenses = []narrowing{
	{Name: "during", Label: "During a span, not on a date", Example: "2015/2020"},
	{Name: "knownAt", Label: "As recorded until", Example: "2026-01-31T12:00:00Z"},
	{Name: "minConfidence", Label: "Confidence of at least", Example: "0 to 1"},
	{Name: "sources", Label: "Only what these sources state", Example: "ids, separated by commas"},
}

// navigation sets the links in the head, which have the view of the page. It also sets the parameters that the date
// control must send again.
func navigation(r *http.Request, p page, values map[string]any) {
	asked := r.URL.Query()
	dated, ofView := url.Values{}, map[string]bool{"asOf": true}
	shown := slices.Clone(lenses)
	for i, l := range shown {
		shown[i].Value, ofView[l.Name] = asked.Get(l.Name), true
	}
	for name := range ofView {
		if asked.Get(name) != "" {
			dated.Set(name, asked.Get(name))
		}
	}
	to := func(path string) string { return (&url.URL{Path: path, RawQuery: dated.Encode()}).String() }
	var links []link
	for _, n := range bar {
		links = append(links, link{to(n.path), n.text, n.path == p.pattern})
	}
	var kept []parameter
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if ofView[name] || name == linkParam || name == "after" {
			continue
		}
		for _, v := range asked[name] {
			kept = append(kept, parameter{name, v})
		}
	}
	asked.Del("asOf")
	today := url.URL{Path: r.URL.Path, RawQuery: asked.Encode()}
	values["Lens"], values["Narrowed"] = shown, slices.ContainsFunc(shown, func(l narrowing) bool { return l.Value != "" })
	values["Nav"], values["Kept"], values["Home"], values["Today"] = links, kept, to("/"), today.String()
}

// toEntity redirects an old address of an entity to the one that begins with /e/.
func toEntity(w http.ResponseWriter, r *http.Request, id string) {
	q := r.URL.Query()
	q.Del("id")
	to := url.URL{Path: "/e/" + id, RawQuery: q.Encode()}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
}

// describe sets the title, heading and description of an entity's page, from the name of the entity in the
// page's view.
func (s *Server) describe(r *http.Request, b *Backend, id graph.ID, values map[string]any) (status int) {
	values["ID"] = id
	if _, ok := b.Graph.Snapshot().Number(id); !ok {
		values["Heading"], values["Title"] = "Nothing has this id", "Not found · Caspian"
		values["Lead"] = "No entity has the id " + string(id) + ". Search for its name above."
		values["Description"] = values["Lead"]
		return http.StatusNotFound
	}
	e := s.called(r, b, id, viewOf(r.URL.Query()))
	if e.Type == "" { // the page itself reports what is wrong with the view
		e = s.called(r, b, id, map[string]any{})
	}
	name := cmp.Or(e.Name, string(id))
	values["Heading"], values["Type"], values["Lead"] = name, e.Type, e.Description
	values["Title"] = name + " · Caspian"
	values["Description"] = cmp.Or(e.Description, name+": what is known of it, since when, and who says so.")
	return http.StatusOK
}

// called has the texts in the head of an entity's page.
type called struct{ Name, Type, Description string }

// called returns the texts of an entity in a view. They are empty if the view is not valid or does not show the
// entity.
func (s *Server) called(r *http.Request, b *Backend, id graph.ID, view map[string]any) called {
	variables, err := json.Marshal(map[string]any{"id": id, "view": view})
	if err != nil {
		panic(err) // cannot fail: only strings
	}
	res := b.Begin().Execute(r.Context(), &operation.Request{
		Query: `query ($id: ID!, $view: View) { entity(id: $id, view: $view) { name type description } }`, Variables: variables,
	})
	var body struct{ Data struct{ Entity called } }
	_ = json.Unmarshal(res.Body, &body) // if there is no data, body remains empty
	return body.Data.Entity
}

// viewOf returns the view in the parameters of an address, as a variable of GraphQL.
func viewOf(q url.Values) map[string]any {
	view := map[string]any{}
	for _, name := range []string{"asOf", "during", "knownAt"} {
		if v := strings.TrimSpace(q.Get(name)); v != "" {
			view[name] = v
		}
	}
	if view["during"] != nil {
		delete(view, "asOf") // a span is in place of a date
	}
	return view
}

func sendShell(w http.ResponseWriter, r *http.Request, t *template.Template, status int, values map[string]any) {
	var text bytes.Buffer
	if err := t.Execute(&text, values); err != nil {
		panic(err) // cannot fail: the template and its values are constant
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text.Bytes()) // fails if the client has disconnected
	}
}

// asset serves a built file, or the words of the ontology. The name of a built file contains the hash of its
// content.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	if name == "ontology.json" && r.URL.Path == "/assets/ontology.json" {
		s.ready(s.ontologyWords)(w, r)
		return
	}
	e := web.Load()
	text := e.Asset(name, "")
	if r.URL.Path != "/assets/"+name || text == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	if packed := e.Asset(name, ".gz"); packed != nil && content.AcceptsGzip(r.Header["Accept-Encoding"]) {
		h.Set("Content-Encoding", "gzip")
		text = packed
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
}
