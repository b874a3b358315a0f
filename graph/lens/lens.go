// Package lens leaves out of the graph what a caller may not see.
//
// Read Lens and Of first. A lens has rules, each of which hides the claims of a source, about a type, or of a
// relation. Of turns a snapshot into one that was built without those claims (project.go), so that everything that
// reads a snapshot is under the lens: lists, counts, paths, search, errors, and what is added later. Snapshots
// without a lens are not touched, and cost nothing.
//
// The package must not know who a caller is.
package lens

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Rule says what is hidden. Exactly one of its fields is set.
type Rule struct {
	// Source hides what a source states, and every claim that names the source.
	Source graph.ID
	// Type hides every claim that names an entity of the type. An interface hides all of its types.
	Type string
	// Relation hides the claims of a field, for all types (borders) or for one (Country.borders). An inverse hides
	// the relation that it reads.
	Relation string
}

func (r Rule) String() string {
	switch {
	case r.Source != "":
		return "source " + string(r.Source)
	case r.Type != "":
		return "type " + r.Type
	}
	return "relation " + r.Relation
}

// Lens shows a graph without what its rules hide. It is safe for concurrent use. The nil lens shows everything.
type Lens struct {
	name     string
	ontology *schema.Ontology
	sources  []graph.ID
	types    map[string]bool     // by name, because the ontology of a graph may have been loaded again
	fields   map[string][]string // by predicate: the types for whose entities it is hidden

	// building guards the construction of the next projection, and made, the number of those built from nothing.
	building sync.Mutex
	made     int
	now      atomic.Pointer[projection]
}

// New returns the lens of the rules. The error names each rule that does not fit the ontology. A source need not
// exist yet.
func New(o *schema.Ontology, rules []Rule) (*Lens, error) {
	l := &Lens{ontology: o, types: map[string]bool{}, fields: map[string][]string{}}
	var faults graph.Problems
	var texts []string
	for _, r := range rules {
		if err := l.add(r); err != nil {
			faults = append(faults, graph.Problem{Code: graph.UnknownName, Message: err.Error()})
		}
		texts = append(texts, r.String())
	}
	if faults != nil {
		return nil, faults
	}
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(o.Hash() + "\n" + strings.Join(slices.Compact(texts), "\n")))
	l.name = hex.EncodeToString(sum[:12])
	return l, nil
}

func (l *Lens) add(r Rule) error {
	switch {
	case r.Source != "":
		l.sources = append(l.sources, r.Source)
	case r.Type != "":
		return l.addType(r.Type)
	default:
		return l.addRelation(r.Relation)
	}
	return nil
}

func (l *Lens) addType(name string) error {
	t := l.ontology.Type(name)
	if t == nil {
		return fmt.Errorf("the ontology has no type %q", graph.Clip(name))
	}
	for _, c := range t.Concrete {
		if c.Name == schema.SourceType {
			return fmt.Errorf("type %s cannot be hidden, because every claim names a source; hide sources one by one", name)
		}
		l.types[c.Name] = true
	}
	return nil
}

func (l *Lens) addRelation(name string) error {
	owner, field, ok := strings.Cut(name, ".")
	if !ok {
		owner, field = schema.EntityType, name
	}
	t := l.ontology.Type(owner)
	if t == nil {
		return fmt.Errorf("the ontology has no type %q", graph.Clip(owner))
	}
	found := false
	for _, c := range t.Concrete {
		f := c.Field(field)
		if f == nil {
			continue
		}
		found = true
		switch f.Kind {
		case schema.Derived:
			return fmt.Errorf("%s.%s is derived from others; hide %s.%s, which it reads", c.Name, field, f.Path.Then.Owner.Name, f.Path.Then.Name)
		case schema.Inverse:
			for _, of := range f.InverseOf {
				for _, t := range of.Owner.Concrete {
					l.fields[of.Name] = append(l.fields[of.Name], t.Name)
				}
			}
		default:
			l.fields[field] = append(l.fields[field], c.Name)
		}
	}
	if !found {
		return fmt.Errorf("no type has the field %q", graph.Clip(name))
	}
	return nil
}

// Name identifies the rules; it is "" for the nil lens.
func (l *Lens) Name() string {
	if l == nil {
		return ""
	}
	return l.name
}

// Of returns the snapshot under the lens, or a later one of the same history. The first call builds it, from an empty
// snapshot that it passes to begun, and later ones add what was recorded since.
func (l *Lens) Of(s *snapshot.Snapshot, begun func(empty *snapshot.Snapshot)) *snapshot.Snapshot {
	if l == nil {
		return s
	}
	if p := l.now.Load(); p != nil && precedes(s, p.base) {
		return p.shown
	}
	l.building.Lock()
	defer l.building.Unlock()
	p := l.now.Load()
	if p != nil && precedes(s, p.base) {
		return p.shown
	}
	next := l.next(p, s, begun)
	l.now.Store(next)
	return next.shown
}

// next returns the projection of a snapshot. It is built from nothing if it cannot be grown from the last one.
func (l *Lens) next(p *projection, s *snapshot.Snapshot, begun func(*snapshot.Snapshot)) *projection {
	if p != nil && precedes(p.base, s) {
		if grown, err := p.grow(l, s); err == nil && grown != nil {
			return grown
		}
	}
	l.made++
	o := s.Ontology()
	if o.Hash() != l.ontology.Hash() {
		panic("lens: the rules are those of another ontology") // they might hide less
	}
	empty := snapshot.Empty(o)
	empty.Lens = fmt.Sprintf("%s.%d", l.name, l.made) // so that caches keep apart what was built from nothing again
	if begun != nil {
		begun(empty)
	}
	p, err := (&projection{base: snapshot.Empty(o), shown: empty, first: map[graph.Seq]graph.Seq{}, merged: l.merged(s)}).grow(l, s)
	if err != nil {
		panic(fmt.Sprintf("lens: the graph cannot be built without what is hidden: %v", err)) // our own fault; the caller must not see more instead
	}
	return p
}

// precedes reports whether b is a or a later snapshot of the same history.
func precedes(a, b *snapshot.Snapshot) bool {
	if a == b {
		return true
	}
	n := a.ClaimCount()
	return a.Seq() <= b.Seq() && n <= b.ClaimCount() && a.Ontology() == b.Ontology() && a.RecordedAt(a.Seq()).Equal(b.RecordedAt(a.Seq())) &&
		(n == 0 || a.ClaimID(uint32(n-1)) == b.ClaimID(uint32(n-1)))
}
