package codec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// kindsOf decides which values must be written with their kind, because no field of the ontology determines it.
type kindsOf struct {
	o    *schema.Ontology
	lost map[graph.ID]bool // entities whose type is not in the ontology
}

func (k kindsOf) raw(c *graph.Claim) json.RawMessage {
	fs := k.o.Predicate(c.Predicate)
	if !k.lost[c.Subject] && len(fs) > 0 && c.Value.Fits(graph.KindOf(fs[0].Scalar)) {
		return rawValue(c.Value)
	}
	return rawKind(c.Value)
}

func (k kindsOf) rawQualifier(c *graph.Claim, q graph.QualifierValue) json.RawMessage {
	for _, f := range k.o.Predicate(c.Predicate) {
		if def := f.Qualifier(q.Name); def != nil && !k.lost[c.Subject] && q.Value.Fits(graph.KindOf(def.Scalar)) {
			return rawValue(q.Value)
		}
	}
	return rawKind(q.Value)
}

// rawKind returns a value as JSON, with its kind unless the form of the value shows it.
func rawKind(v graph.Value) json.RawMessage {
	switch v.Kind() {
	case graph.EntityKind, graph.QuantityKind, graph.CoordinatesKind, graph.NoneKind, graph.RangeKind, graph.LooseKind:
		return rawValue(v) // a loose value is of a scenario, and has its kind by the field
	}
	raw, err := json.Marshal(map[string]string{"kind": v.Kind().String(), "value": v.String()})
	if err != nil {
		panic(err) // cannot fail: only texts
	}
	return raw
}

func encodeJSONLines(ctx context.Context, w io.Writer, from Graph) error {
	bw := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	kinds := kindsOf{from.Ontology(), map[graph.ID]bool{}}
	err := from.Entities(func(e graph.Entity) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if t := kinds.o.Type(e.Type); t == nil || t.Abstract {
			kinds.lost[e.ID] = true
		}
		return enc.Encode(jsonLine{Entity: string(e.ID), Type: e.Type})
	})
	if err != nil {
		return err
	}
	// A claim that a later one supersedes is withdrawn by that later one. If a retraction
	// were written as well and the two were read in different batches, the later claim would
	// find nothing to supersede.
	superseded, err := supersededIn(ctx, from)
	if err != nil {
		return err
	}
	var reinstated []graph.ClaimID
	err = from.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if live && superseded[id] {
			reinstated = append(reinstated, id)
		}
		if err := enc.Encode(lineOf(c, kinds)); err != nil || live || superseded[id] {
			return err
		}
		return enc.Encode(jsonLine{Retract: id.String(), Reason: from.ReasonOf(id)})
	})
	if err != nil {
		return err
	}
	for _, id := range reinstated { // written after the claims that supersede them
		if err := enc.Encode(jsonLine{Reinstate: id.String(), Reason: from.ReasonOf(id)}); err != nil {
			return err
		}
	}
	if err := from.Merged(func(m graph.Merged) error {
		return enc.Encode(jsonLine{Merge: string(m.From), Into: string(m.Into)})
	}); err != nil {
		return err
	}
	return bw.Flush()
}

// supersededIn returns the claims that other claims supersede. If such a claim holds, it was reinstated later.
func supersededIn(ctx context.Context, from Graph) (map[graph.ClaimID]bool, error) {
	superseded := map[graph.ClaimID]bool{}
	err := from.Claims(func(c *graph.Claim, _ graph.ClaimID, _ bool) error {
		for _, old := range c.Supersedes {
			superseded[old] = true
		}
		return ctx.Err()
	})
	return superseded, err
}

func lineOf(c *graph.Claim, kinds kindsOf) jsonLine {
	l := jsonLine{
		Subject: string(c.Subject), Predicate: c.Predicate, Valid: c.Valid.String(), Source: string(c.Source),
		Locator: c.Locator, Confidence: &c.Confidence, AttributedTo: c.AttributedTo, Original: c.Original,
		Conflict: c.Conflict, Note: c.Note,
	}
	if c.Value.Kind() == graph.EntityKind {
		l.Object = string(c.Value.Entity())
	} else {
		l.Value = kinds.raw(c)
	}
	if c.Rank != graph.Normal {
		l.Rank = c.Rank.String()
	}
	if c.Attribution != graph.Asserted {
		l.Attribution = c.Attribution.String()
	}
	for _, q := range c.Qualifiers {
		if l.Qualifiers == nil {
			l.Qualifiers = map[string]json.RawMessage{}
		}
		l.Qualifiers[q.Name] = kinds.rawQualifier(c, q)
	}
	for _, id := range c.Supersedes {
		l.Supersedes = append(l.Supersedes, id.String())
	}
	return l
}

func rawValue(v graph.Value) json.RawMessage {
	var x any
	switch v.Kind() {
	case graph.EntityKind:
		x = map[string]string{"entity": string(v.Entity())}
	case graph.NoneKind:
		x = map[string]bool{"none": true}
	case graph.IntKind, graph.FloatKind, graph.BoolKind:
		return json.RawMessage(v.String())
	case graph.QuantityKind:
		x = struct {
			Value float64 `json:"value"`
			Unit  string  `json:"unit"`
		}{v.Float(), v.Text()}
	case graph.RangeKind:
		x = rangeJSON(v)
	case graph.CoordinatesKind:
		lat, lon := v.LatLon()
		x = struct {
			Lat float64 `json:"lat"`
			Lon float64 `json:"lon"`
		}{lat, lon}
	default:
		x = v.String()
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		panic(err) // cannot fail: only texts and finite numbers
	}
	return bytes.TrimSpace(buf.Bytes())
}
