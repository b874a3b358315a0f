package reconcile

import (
	"bytes"
	"html/template"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// maxFacts is the most facts that a preview shows.
const maxFacts = 6

var previewPage = template.Must(template.New("preview").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{.Name}}</title>
<style>body{font:13px/1.4 sans-serif;margin:8px}h1{font-size:15px;margin:0}p{margin:2px 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 8px;margin:4px 0}dd{margin:0}</style>
<h1>{{.Name}}</h1><p>{{.Type}} · {{.ID}}</p>{{with .About}}<p>{{.}}</p>{{end}}
<dl>{{range .Facts}}<dt>{{.Name}}</dt><dd>{{.Text}}</dd>{{end}}</dl></html>
`))

type fact struct{ Name, Text string }

// preview returns a small HTML page about an entity, with its first fields of one value.
func (a *answering) preview(id graph.ID) ([]byte, error) {
	n, ok := a.now.Meant(id)
	if !ok {
		return nil, graph.Errorf(graph.UnknownID, "there is no entity %q", graph.Clip(string(id)))
	}
	t := a.Snapshot.Type(n)
	if t == nil {
		return nil, graph.Errorf(graph.UnknownName, "the ontology has no type %q, which %s has", a.Snapshot.TypeName(n), id)
	}
	var facts []fact
	for _, f := range t.Fields {
		if f.Many || f.Name == "name" || f.Name == "description" || f.Kind == schema.Inverse || len(facts) == maxFacts {
			continue
		}
		e, ok := a.now.One(n, f)
		switch {
		case !ok:
		case f.Target != nil:
			facts = append(facts, fact{f.Label, a.now.Name(e.Node)})
		default:
			facts = append(facts, fact{f.Label, a.Snapshot.Value(e.Claim).String()})
		}
	}
	var page bytes.Buffer
	err := previewPage.Execute(&page, map[string]any{"Name": a.now.Name(n), "Type": t.Label, "ID": id, "About": a.description(n), "Facts": facts})
	return page.Bytes(), err
}
