// Package facts has what the readers of data sets share: it states what they find, once, and maps the
// names that they print to ids of the graph.
//
// Read Facts and Places first. The package must not know any one data set.
package facts

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// The confidence of claims, by how they were read.
const (
	StatedConfidence   = 0.9 // the text says so
	InferredConfidence = 0.8 // a table or a rule of ours says what the text means
	PossibleConfidence = 0.5 // the text calls it possible
)

// Facts emits what the reader of a data set finds: it declares each entity before its first claim,
// states a claim once, and keeps the first error of the receiver. Source comes before State.
type Facts struct {
	from     graph.ID // the source of what is stated
	emit     codec.Emit
	Err      error // of emit; nothing is emitted after it
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

// Source makes the source that of the claims that follow. The first time, it declares it and
// states what is given: the publisher, the address, the licence, and more by predicate.
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

// Declare introduces an entity; it reports whether the id is free for the type.
func (f *Facts) Declare(id graph.ID, typ string) bool {
	if have, known := f.declared[id]; known {
		return have == typ
	}
	f.declared[id] = typ
	f.send(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
	return true
}

// Option says more of a claim than what it states.
type Option func(*graph.Claim)

// AsInferred says that the claim is inferred, which lowers its confidence.
func AsInferred(c *graph.Claim) {
	c.Attribution, c.Confidence = graph.Inferred, min(c.Confidence, InferredConfidence)
}

// AsEstimated says that the source calls it an estimate.
func AsEstimated(c *graph.Claim) { c.Attribution = graph.Estimated }

// AsConfidence gives the confidence, if it is not StatedConfidence.
func AsConfidence(f float64) Option { return func(c *graph.Claim) { c.Confidence = f } }

// AsPrinted gives the source's wording.
func AsPrinted(original string) Option { return func(c *graph.Claim) { c.Original = original } }

// WithNote gives the note.
func WithNote(note string) Option { return func(c *graph.Claim) { c.Note = note } }

// InConflict names the group of claims that contradict each other.
func InConflict(group string) Option { return func(c *graph.Claim) { c.Conflict = group } }

// During gives the valid time.
func During(iv graph.Interval) Option { return func(c *graph.Claim) { c.Valid = iv } }

// Qualified adds a qualifier.
func Qualified(name string, v graph.Value) Option {
	return func(c *graph.Claim) { c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v}) }
}

// State emits a claim once, however many texts repeat it word for word.
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

// First reports whether the key comes up for the first time: the name of an entity is
// stated once, and not again from every file.
func (f *Facts) First(key string) bool {
	if f.named[key] {
		return false
	}
	f.named[key] = true
	return true
}

// Office is what a position is: its name, the country, and the role in the ontology.
type Office struct {
	Name string // President of Kazakhstan
	Of   graph.ID
	Role string
}

// Position declares the position of an office, and calls state once for each claim about it. It
// returns "" if the id made of the name is that of another thing.
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

// Remark emits a notice.
func (f *Facts) Remark(at graph.Position, format string, a ...any) {
	f.send(graph.Op{Kind: graph.Notice, Notice: fmt.Sprintf(format, a...), Position: at})
}
