package peers

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

//go:embed geo.graphql
var ontology string

// Ontology returns the ontology of the graph. In the state form, relations and names hold for a time; otherwise
// they always hold.
func Ontology(state bool) string {
	if !state {
		return ontology
	}
	lines := strings.Split(ontology, "\n")
	for i, line := range lines {
		if strings.Contains(line, "[Vertex!]") || strings.Contains(line, "name:") {
			lines[i] = strings.Replace(line, "@time(kind: ETERNAL)", "@time(kind: STATE)", 1)
		}
	}
	return strings.Join(lines, "\n")
}

// predicates maps types of edges to relations of the ontology. All other types share one relation.
var predicates = map[string]string{"EXPORTS": "exports", "PRODUCES": "produces", "WORKS": "works"}

// WriteLines writes the graph as JSON lines that the service imports. In the state form, relations hold for a
// range of years, by a thousand dated sources.
func (g *Graph) WriteLines(to io.Writer, state bool) error {
	w := bufio.NewWriterSize(to, 1<<20)
	enc := json.NewEncoder(w)
	var err error
	line := func(members ...any) {
		m := map[string]any{}
		for i := 0; i < len(members); i += 2 {
			m[members[i].(string)] = members[i+1]
		}
		if err == nil {
			err = enc.Encode(m)
		}
	}
	source := func(id string) {
		line("entity", id, "type", "Source")
		line("subject", id, "predicate", "name", "value", id, "source", id)
		line("subject", id, "predicate", "date", "value", "2026-01-01", "source", id)
	}
	source("bench")
	by := func(int) string { return "bench" }
	if state {
		by = func(i int) string { return fmt.Sprint("bench-", i%sources) }
		for i := range sources {
			source(by(i))
		}
	}
	for i := range g.Nodes {
		line("entity", vertex(i), "type", "Vertex")
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for _, c := range []struct {
			predicate string
			value     any
		}{{"num", n.ID}, {"kind", n.Kind}, {"name", n.Name}, {"code", n.Code}, {"grp", n.Grp}, {"size", n.Size}, {"score", n.Score}, {"year", n.Year}, {"lat", n.Lat}} {
			line("subject", vertex(i), "predicate", c.predicate, "value", c.value, "source", by(i))
		}
		if n.Country >= 0 {
			line("subject", vertex(i), "predicate", "home", "object", vertex(n.Country), "source", by(i))
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		q := map[string]any{"value": e.Value, "yr": e.Year, "edge": e.ID}
		predicate := predicates[e.Type]
		if predicate == "" {
			predicate, q["typ"] = "others", e.Type
		}
		members := []any{"subject", vertex(e.Src), "predicate", predicate, "object", vertex(e.Dst), "qualifiers", q, "source", by(e.Source), "confidence", e.Confidence}
		if state {
			members = append(members, "valid", fmt.Sprintf("%d/%d", e.From, e.To))
		}
		line(members...)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}
