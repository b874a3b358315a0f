// Package coverage counts how well claims are supported: how many have a valid time, how many have a locator,
// and how many facts more than one source states.
//
// Read Count and Of first. It must not know where the claims come from, nor how the counts
// are printed.
package coverage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Count says how many claims there are, and how they are supported.
type Count struct {
	Claims int `json:"claims"`
	// Timed counts the claims of fields that change with time. Dated counts those of them with a valid time.
	Timed int `json:"timed"`
	Dated int `json:"dated"`
	// Located counts the claims with a locator.
	Located int `json:"located"`
	// Facts counts different facts: claims with the same subject, predicate and value or object are one fact,
	// whatever their qualifiers and dates. A symmetric relation is one fact for both ends. Several counts the
	// facts that more than one source states.
	Facts   int `json:"facts"`
	Several int `json:"statedBySeveral"`
}

// Group is the count for a type of subjects or, within a type, for a predicate.
type Group struct {
	Name string `json:"name"`
	Count
	// Predicates are the groups within a type; nil for a predicate.
	Predicates []Group `json:"predicates,omitempty"`
}

// Report has the counts of a whole and of its types. The largest groups come first.
type Report struct {
	Count
	// Sources counts the entities that are sources. Claims about sources describe the evidence and are not
	// counted.
	Sources int     `json:"sources"`
	Types   []Group `json:"types"`
}

type key struct{ typ, predicate string }

// fact is a claim without its source.
type fact struct{ subject, predicate, value string }

// Of counts the claims of a commit that was checked against the ontology and declares the subjects of its
// claims.
func Of(o *schema.Ontology, c *graph.Commit) *Report {
	types := make(map[graph.ID]string, len(c.Entities))
	r := &Report{}
	for _, e := range c.Entities {
		types[e.ID] = e.Type
		if e.Type == schema.SourceType {
			r.Sources++
		}
	}
	counts, stated := map[key]*Count{}, map[fact]graph.ID{}
	for i := range c.Claims {
		cl := &c.Claims[i]
		k := key{types[cl.Subject], cl.Predicate}
		if k.typ == schema.SourceType {
			continue
		}
		n := counts[k]
		if n == nil {
			n = &Count{}
			counts[k] = n
		}
		n.add(o.Type(k.typ).Field(k.predicate), cl, stated)
	}
	r.sum(counts)
	return r
}

// several replaces the source of a fact that more than one source states.
const several graph.ID = ""

func (n *Count) add(f *schema.Field, cl *graph.Claim, stated map[fact]graph.ID) {
	n.Claims++
	if f.Time != schema.Eternal {
		n.Timed++
		if cl.Valid.From.Known() || cl.Valid.To.Known() {
			n.Dated++
		}
	}
	if cl.Locator != "" {
		n.Located++
	}
	what := fact{string(cl.Subject), cl.Predicate, cl.Value.String()}
	if f.Symmetric && what.value < what.subject {
		what.subject, what.value = what.value, what.subject
	}
	switch by, known := stated[what]; {
	case !known:
		n.Facts++
		stated[what] = cl.Source
	case by != several && by != cl.Source:
		n.Several++
		stated[what] = several
	}
}

// sum groups the counts of predicates by type, and adds them up.
func (r *Report) sum(counts map[key]*Count) {
	byType := map[string]*Group{}
	for k, n := range counts {
		g := byType[k.typ]
		if g == nil {
			g = &Group{Name: k.typ}
			byType[k.typ] = g
		}
		g.Predicates = append(g.Predicates, Group{Name: k.predicate, Count: *n})
		g.plus(n)
		r.plus(n)
	}
	for _, g := range byType {
		largestFirst(g.Predicates)
		r.Types = append(r.Types, *g)
	}
	largestFirst(r.Types)
}

func (n *Count) plus(m *Count) {
	n.Claims += m.Claims
	n.Timed += m.Timed
	n.Dated += m.Dated
	n.Located += m.Located
	n.Facts += m.Facts
	n.Several += m.Several
}

func largestFirst(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(b.Claims-a.Claims, strings.Compare(a.Name, b.Name))
	})
}
