package export

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// graphML writes the relations that a view shows as a network in GraphML:
// http://graphml.graphdrawing.org/specification.html.
var graphML = &Format{Name: "graphml", About: "GraphML: the relations as a network, for networkx, igraph and Gephi", Media: "application/graphml+xml", encode: encodeGraphML}

// attributes are the attributes of nodes and edges in the GraphML file, besides the two ends of an edge.
var attributes = []struct{ id, of, kind string }{
	{"name", "node", "string"}, {"type", "node", "string"},
	{"predicate", "edge", "string"}, {"valid", "edge", "string"}, {"holds", "edge", "string"}, {"confidence", "edge", "double"},
	{"source_id", "edge", "string"}, {"locator", "edge", "string"}, {"qualifiers", "edge", "string"},
}

func encodeGraphML(ctx context.Context, w io.Writer, p *Part) error {
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteString(xml.Header)
	var notice strings.Builder
	if err := p.notice(&notice, ""); err != nil {
		return err
	}
	fmt.Fprintf(out, "<!--\n%s-->\n", comment(notice.String()))
	out.WriteString("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n")
	for _, a := range attributes {
		fmt.Fprintf(out, "<key id=%q for=%q attr.name=%q attr.type=%q/>\n", a.id, a.of, a.id, a.kind)
	}
	out.WriteString("<graph edgedefault=\"directed\">\n")
	for _, n := range p.s.InOrder(p.named) {
		fmt.Fprintf(out, "<node id=\"%s\">%s%s</node>\n", escaped(string(p.s.ID(n))), data("name", p.view.Name(n)), data("type", p.s.TypeName(n)))
	}
	err := p.each(func(n uint32) error {
		c := p.s.ClaimAt(n)
		fmt.Fprintf(out, "<edge id=\"%s\" source=\"%s\" target=\"%s\">%s%s%s%s%s%s%s</edge>\n", p.s.ClaimID(n), escaped(string(c.Subject)), escaped(string(c.Value.Entity())),
			data("predicate", c.Predicate), data("valid", c.Valid.String()), data("holds", p.view.Holds(n).String()),
			data("confidence", strconv.FormatFloat(c.Confidence, 'f', -1, 64)), data("source_id", string(c.Source)), data("locator", c.Locator), data("qualifiers", qualifiersOf(&c)))
		return ctx.Err()
	}, func(n uint32) bool { return p.left(n) && p.relates(n) && p.s.Object(n) != snapshot.None })
	if err != nil {
		return err
	}
	out.WriteString("</graph>\n</graphml>\n")
	return out.Flush()
}

// comment returns a text that is valid within an XML comment, which must not have two hyphens in a row. The
// replacement runs twice, because after one run three hyphens still have two in a row.
func comment(text string) string {
	apart := strings.NewReplacer("--", "- -")
	return apart.Replace(apart.Replace(text))
}

func data(key, text string) string {
	if text == "" {
		return ""
	}
	return `<data key="` + key + `">` + escaped(text) + "</data>"
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // writing to a strings.Builder cannot fail
	}
	return b.String()
}

// geoJSON writes the entities that have coordinates in the view as points of GeoJSON (RFC 7946).
var geoJSON = &Format{Name: "geojson", About: "GeoJSON: the entities that have coordinates, as points", Media: "application/geo+json", encode: encodeGeoJSON}

func encodeGeoJSON(ctx context.Context, w io.Writer, p *Part) error {
	var notice strings.Builder
	if err := p.notice(&notice, ""); err != nil {
		return err
	}
	sources, err := json.Marshal(notice.String())
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "{\"type\":\"FeatureCollection\",\"notice\":%s,\"features\":[", sources)
	comma := ""
	for _, n := range p.s.InOrder(p.named) {
		t := p.s.Type(n)
		if t == nil || t.Field("coordinates") == nil {
			continue
		}
		e, ok := p.view.One(n, t.Field("coordinates"))
		if !ok || !p.left(e.Claim) || p.s.Value(e.Claim).Kind() != graph.CoordinatesKind {
			continue
		}
		lat, lon := p.s.Value(e.Claim).LatLon()
		feature, err := json.Marshal(map[string]any{"type": "Feature", "id": p.s.ID(n), "geometry": map[string]any{"type": "Point", "coordinates": []float64{lon, lat}},
			"properties": map[string]any{"name": p.view.Name(n), "type": p.s.TypeName(n), "source": p.s.ID(p.s.Source(e.Claim)), "claim": p.s.ClaimID(e.Claim).String()}})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n%s", comma, feature)
		comma = ","
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := p.view.Err(); err != nil {
		return err
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}
