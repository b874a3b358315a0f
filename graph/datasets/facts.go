package datasets

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// facts emits what an importer of a known data set found: it declares each
// entity before its first claim, states a claim once, and keeps the first
// error of the receiver.
type facts struct {
	from     graph.ID
	emit     codec.Emit
	err      error
	declared map[graph.ID]string
	stated   map[graph.ClaimID]bool
	named    map[string]bool
}

func newFacts(from graph.ID, emit codec.Emit) facts {
	return facts{from: from, emit: emit, declared: map[graph.ID]string{}, stated: map[graph.ClaimID]bool{}, named: map[string]bool{}}
}

func (f *facts) send(op graph.Op) {
	if f.err == nil {
		f.err = f.emit(op)
	}
}

// source declares the source and says what holds of every edition of it.
func (f *facts) source(id graph.ID, publisher, url, licence string) {
	f.declare(id, "Source")
	for _, c := range []struct{ predicate, value string }{{"publisher", publisher}, {"url", url}, {"licence", licence}, {"reliability", "HIGH"}} {
		f.state(graph.Position{}, "", id, c.predicate, graph.LooseValue(c.value), asConfidence(1))
	}
}

// declare introduces an entity; it reports whether the id is free for the type.
func (f *facts) declare(id graph.ID, typ string) bool {
	if have, known := f.declared[id]; known {
		return have == typ
	}
	f.declared[id] = typ
	f.send(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
	return true
}

type claimOption func(*graph.Claim)

func asInferred() claimOption {
	return func(c *graph.Claim) {
		c.Attribution, c.Confidence = graph.Inferred, min(c.Confidence, inferredConfidence)
	}
}

func asConfidence(f float64) claimOption { return func(c *graph.Claim) { c.Confidence = f } }

func asPrinted(original string) claimOption { return func(c *graph.Claim) { c.Original = original } }

func withNote(note string) claimOption { return func(c *graph.Claim) { c.Note = note } }

func inConflict(group string) claimOption { return func(c *graph.Claim) { c.Conflict = group } }

func during(iv graph.Interval) claimOption { return func(c *graph.Claim) { c.Valid = iv } }

func qualified(name string, v graph.Value) claimOption {
	return func(c *graph.Claim) { c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v}) }
}

// from a figure: its period, and that the source calls it an estimate.
func ofFigure(fig figure) claimOption {
	return func(c *graph.Claim) {
		c.Valid = fig.period
		if fig.estimated {
			c.Attribution = graph.Estimated
		}
	}
}

// state emits a claim once, however many texts repeat it word for word.
func (f *facts) state(at graph.Position, locator string, subject graph.ID, predicate string, v graph.Value, opts ...claimOption) {
	c := graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: f.from, Locator: locator, Confidence: statedConfidence}
	for _, o := range opts {
		o(&c)
	}
	c.Normalise()
	id := c.ID()
	if f.stated[id] {
		return
	}
	f.stated[id] = true
	f.send(graph.Op{Kind: graph.Assert, Claim: c, Position: at})
}

// first reports whether the key comes up for the first time: what names an
// entity is stated where it is met first, and not again from every file.
func (f *facts) first(key string) bool {
	if f.named[key] {
		return false
	}
	f.named[key] = true
	return true
}

func (f *facts) remark(at graph.Position, format string, a ...any) {
	f.send(graph.Op{Kind: graph.Notice, Notice: fmt.Sprintf(format, a...), Position: at})
}
