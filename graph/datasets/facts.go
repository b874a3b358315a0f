package datasets

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// The confidence of claims, by how they were read.
const (
	statedConfidence   = 0.9 // the text says so
	inferredConfidence = 0.8 // a table or a rule of ours says what the text means
	possibleConfidence = 0.5 // the text calls it possible
)

// facts emits what an importer of a known data set found: it declares each
// entity before its first claim, states a claim once, and keeps the first
// error of the receiver.
type facts struct {
	from     graph.ID // the source of what is stated
	emit     codec.Emit
	err      error
	declared map[graph.ID]string
	stated   map[graph.ClaimID]bool
	named    map[string]bool
}

func newFacts(emit codec.Emit) facts {
	return facts{emit: emit, declared: map[graph.ID]string{}, stated: map[graph.ClaimID]bool{}, named: map[string]bool{}}
}

func (f *facts) send(op graph.Op) {
	if f.err == nil {
		f.err = f.emit(op)
	}
}

// source makes the source that of what follows. Once, it declares it and states what is given: the
// publisher, the address, the licence, and more by predicate.
func (f *facts) source(id graph.ID, publisher, url, licence string, more ...[2]string) {
	f.from = id
	if !f.first("source " + string(id)) {
		return
	}
	f.declare(id, "Source")
	for _, c := range append([][2]string{{"publisher", publisher}, {"url", url}, {"licence", licence}, {"reliability", "HIGH"}}, more...) {
		f.state(graph.Position{}, "", id, c[0], graph.LooseValue(c[1]), asConfidence(1))
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

// claimOption says more of a claim than what it states.
type claimOption func(*graph.Claim)

func asInferred(c *graph.Claim) {
	c.Attribution, c.Confidence = graph.Inferred, min(c.Confidence, inferredConfidence)
}

func asEstimated(c *graph.Claim) { c.Attribution = graph.Estimated }

func asConfidence(f float64) claimOption { return func(c *graph.Claim) { c.Confidence = f } }

func asPrinted(original string) claimOption { return func(c *graph.Claim) { c.Original = original } }

func withNote(note string) claimOption { return func(c *graph.Claim) { c.Note = note } }

func inConflict(group string) claimOption { return func(c *graph.Claim) { c.Conflict = group } }

func during(iv graph.Interval) claimOption { return func(c *graph.Claim) { c.Valid = iv } }

func qualified(name string, v graph.Value) claimOption {
	return func(c *graph.Claim) { c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v}) }
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

// office says of a position how it is called, of which country it is, and in which role.
type office struct {
	name string // President of Kazakhstan
	of   graph.ID
	role string
}

// position declares the position that an office is, and states each thing about it once, by state.
// It returns "" where the id made of the name is that of another thing.
func (f *facts) position(o office, state func(id graph.ID, predicate string, v graph.Value, opts ...claimOption)) graph.ID {
	id := slug(o.name)
	if id == "" || !f.declare(id, "Position") {
		return ""
	}
	if f.first("office " + string(id)) {
		state(id, "name", graph.StringValue(o.name), asInferred)
		state(id, "of", graph.EntityValue(o.of))
	}
	if f.first("role " + string(id) + " " + o.role) {
		state(id, "role", graph.EnumOf(o.role))
	}
	return id
}

func (f *facts) remark(at graph.Position, format string, a ...any) {
	f.send(graph.Op{Kind: graph.Notice, Notice: fmt.Sprintf(format, a...), Position: at})
}
