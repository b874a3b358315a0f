// Package facts is shared by the readers of data sets. It emits each claim once, and maps printed names to ids
// of the graph.
//
// Read Facts and Places first. The package must not know any one data set.
package facts

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// The constants are the confidence of a claim by the way in which a reader found it.
const (
	StatedConfidence   = 0.9 // the text states the claim
	InferredConfidence = 0.8 // a table or a rule of Caspian says what the text means
	PossibleConfidence = 0.5 // the text says that it is possible
)

// Facts emits what the reader of a data set finds. It declares each entity before its first claim, emits each
// claim once, and stores the first error of the receiver. Call Source before State.
type Facts struct {
	from     graph.ID // the source of the claims
	emit     codec.Emit
	Err      error // the first error of emit, after which nothing is emitted
	declared map[graph.ID]string
	stated   map[graph.ClaimID]bool
	named    map[string]bool
}

// New returns Facts that have emitted nothing.
func New(emit codec.Emit) Facts {
	return Facts{emit: emit, declared: map[graph.ID]string{}, stated: map[graph.ClaimID]bool{}, named: map[string]bool{}}
}

func (f *Facts) send(op graph.Op) {
	if f.Err == nil {
		f.Err = f.emit(op)
	}
}

// Source sets the source of the claims that follow. The first call with an id also declares the source and
// states its publisher, address and licence; more has further pairs of predicate and text.
func (f *Facts) Source(id graph.ID, publisher, url, licence string, more ...[2]string) {
	f.from = id
	if !f.First("source " + string(id)) {
		return
	}
	f.Declare(id, "Source")
	for _, c := range append([][2]string{{"publisher", publisher}, {"url", url}, {"licence", licence}, {"reliability", "HIGH"}}, more...) {
		f.State(graph.Position{}, "", id, c[0], graph.LooseValue(c[1]), AsConfidence(1))
	}
}

// Declare introduces an entity. It returns false if the id already belongs to an entity of another type.
func (f *Facts) Declare(id graph.ID, typ string) bool {
	if have, known := f.declared[id]; known {
		return have == typ
	}
	f.declared[id] = typ
	f.send(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
	return true
}

// Option sets a member of a claim that State emits.
type Option func(*graph.Claim)

// AsInferred marks the claim as inferred, which limits its confidence to InferredConfidence.
func AsInferred(c *graph.Claim) {
	c.Attribution, c.Confidence = graph.Inferred, min(c.Confidence, InferredConfidence)
}

// AsEstimated marks the claim as an estimate by the source.
func AsEstimated(c *graph.Claim) { c.Attribution = graph.Estimated }

// AsConfidence sets the confidence, which is StatedConfidence by default.
func AsConfidence(f float64) Option { return func(c *graph.Claim) { c.Confidence = f } }

// AsPrinted sets the original wording of the source.
func AsPrinted(original string) Option { return func(c *graph.Claim) { c.Original = original } }

// WithNote sets the note.
func WithNote(note string) Option { return func(c *graph.Claim) { c.Note = note } }

// InConflict sets the name of the group of claims that contradict each other.
func InConflict(group string) Option { return func(c *graph.Claim) { c.Conflict = group } }

// During sets the valid time.
func During(iv graph.Interval) Option { return func(c *graph.Claim) { c.Valid = iv } }

// Qualified adds a qualifier.
func Qualified(name string, v graph.Value) Option {
	return func(c *graph.Claim) { c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v}) }
}

// State emits a claim. If several texts state exactly the same claim, it is emitted once.
func (f *Facts) State(at graph.Position, locator string, subject graph.ID, predicate string, v graph.Value, opts ...Option) {
	c := graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: f.from, Locator: locator, Confidence: StatedConfidence}
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

// First reports whether it is called with the key for the first time. With it, a reader states the name of an
// entity once and not again for each file.
func (f *Facts) First(key string) bool {
	if f.named[key] {
		return false
	}
	f.named[key] = true
	return true
}

// Office describes a position: its name, its country, and its role in the ontology.
type Office struct {
	Name string // such as President of Kazakhstan
	Of   graph.ID
	Role string
}

// Position declares the position of an office, and calls state once for each claim about it. It returns "" if
// another thing already has the id that the name gives.
func (f *Facts) Position(o Office, state func(id graph.ID, predicate string, v graph.Value, opts ...Option)) graph.ID {
	id := Slug(o.Name)
	if id == "" || !f.Declare(id, "Position") {
		return ""
	}
	if f.First("office " + string(id)) {
		state(id, "name", graph.StringValue(o.Name), AsInferred)
		state(id, "of", graph.EntityValue(o.Of))
	}
	if f.First("role " + string(id) + " " + o.Role) {
		state(id, "role", graph.EnumOf(o.Role))
	}
	return id
}

// Remark emits a notice about the data set.
func (f *Facts) Remark(at graph.Position, format string, a ...any) {
	f.send(graph.Op{Kind: graph.Notice, Notice: fmt.Sprintf(format, a...), Position: at})
}
