// Package search finds the entities of a view by their names. It gives the index of names the access to the
// graph that a search needs.
//
// Read Entities first; graph/names has the search itself. The package must not know how names are compared and
// scored, nor GraphQL.
package search

import (
	"math/bits"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Entities finds the entities of the view by name, as described for names.Index.Search. The view must show a
// name by its record time, its confidence and its source.
//
// Entities returns an error if the request has ended.
func Entities(v *snapshot.View, q *names.Search) (*names.Matches, error) {
	g := &viewed{v: v, s: v.Snapshot().Graph, interrupt: v.Interrupt()}
	if g.interrupt == nil {
		g.interrupt = &lists.Interrupt{}
	}
	m, ok := g.s.Names.Search(g, q, g.interrupt)
	if !ok {
		return nil, v.Err()
	}
	return m, nil
}

// viewed implements names.Graph for a view.
type viewed struct {
	v         *snapshot.View
	s         *memory.Graph // the snapshot of the view
	interrupt *lists.Interrupt
	marks     []typeMarks // by type; nil until needed
}

func (g *viewed) Entities() int             { return g.s.IDs.Len() }
func (g *viewed) ID(entity uint32) string   { return g.s.IDs.At(entity) }
func (g *viewed) Types() []string           { return g.s.TypeNames.List }
func (g *viewed) IsSource(name string) bool { return name == schema.SourceType }
func (g *viewed) Exists(entity uint32) bool { return g.v.Exists(entity) }

func (g *viewed) ByID(id string) (entity uint32, typ uint16, ok bool) {
	n, ok := g.v.Meant(graph.ID(id))
	if !ok || !g.v.Exists(n) {
		return 0, 0, false
	}
	return n, g.s.Types.At(n), true
}

// ByCode implements names.Graph. It ranks the schemes in the order of the ontology. Within a scheme, an entity
// whose id ends in the code comes before others. Numeric codes may contain points and spaces.
func (g *viewed) ByCode(text string, fn func(claim uint32, rank int)) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789. ") == "" {
		text = strings.NewReplacer(".", "", " ", "").Replace(text)
	}
	for i, f := range g.s.Ontology().Searched() {
		code := text
		if f.Code != nil {
			var ok bool
			if code, ok = f.Code.Find(code); !ok {
				continue
			}
		}
		g.s.Keyed(f.Name, code, func(n uint32) {
			rank := 2 * i
			if !strings.HasSuffix(g.s.IDs.At(g.s.Rows.Ref(n).Subject), code) {
				rank++
			}
			fn(n, rank)
		})
	}
}

// ByClaim implements names.Graph.
func (g *viewed) ByClaim(id string) (claim uint32, ok bool) {
	c, ok := graph.FindClaimID(strings.TrimSpace(id))
	if !ok {
		return names.None, false
	}
	claim, ok = g.v.ClaimNumber(c)
	return claim, ok && g.v.Knows(claim)
}

func (g *viewed) Named(dst []names.Named, refs []names.Ref) {
	s := g.s
	for i, ref := range refs {
		r := s.Rows.Ref(ref.Claim)
		n := names.Named{Entity: r.Subject}
		if ref.Original && r.Kind == graph.EntityKind {
			n.Entity, n.Object = uint32(r.Value), true
		}
		n.Type = s.Types.At(n.Entity)
		dst[i] = n
	}
}

func (g *viewed) Translated(ref names.Ref) bool {
	lang := g.s.Language(g.s.Rows.Ref(ref.Claim))
	return lang != "" && lang != "en"
}

func (g *viewed) Name(ref names.Ref) string {
	r := g.s.Rows.Ref(ref.Claim)
	if ref.Original {
		return g.s.Extras.Ref(r.Extra).Original
	}
	if r.Kind == graph.DateKind {
		return g.s.ValueOf(r.Cell()).String()
	}
	return g.s.ValueOf(r.Cell()).Text()
}

func (g *viewed) NamedIn(entity uint32, script int) bool {
	s := g.s
	for l := range s.OutRun(entity, s.NamePredicate).All() {
		if text.Script(s.ValueOf(s.Rows.Ref(l.Claim).Cell()).Text()) == script {
			return true
		}
	}
	return false
}

func (g *viewed) Current(entity uint32) bool {
	s := g.s
	shown := func(l memory.Link) bool {
		return !schema.IsName(s.Predicates.List[l.Predicate]) && g.v.Shows(entity, l)
	}
	return s.Out.Ref(entity).Has(shown) || s.In.Ref(entity).Has(shown)
}

func (g *viewed) Linked(a, b uint32) bool {
	to := func(from, other uint32) bool {
		links, at := g.s.Out.Ref(from), from
		if in := g.s.In.Ref(other); in.Len() < links.Len() {
			links, at, other = in, other, from
		}
		return links.Has(func(l memory.Link) bool { return l.Other == other && g.v.Shows(at, l) })
	}
	return to(a, b) || to(b, a)
}

func (g *viewed) Visibility(claim uint32) names.Visibility {
	switch {
	case g.v.Lists(claim):
		if g.s.Rows.Ref(claim).Rank == graph.Deprecated {
			return names.Past
		}
		return names.Current
	case g.v.ListsEver(claim):
		return names.Past
	}
	return names.Hidden
}

// Prominence orders entities with equal scores: by type in the order of the ontology, then by the magnitude of
// their number of claims. The magnitude changes too seldom to disturb pages.
func (g *viewed) Prominence(entity uint32) uint16 {
	return (255-min(g.s.Types.At(entity), 255))<<8 | uint16(g.Claims(entity))
}

func (g *viewed) Claims(entity uint32) int {
	return bits.Len(uint(g.s.Out.Ref(entity).Len() + g.s.In.Ref(entity).Len()))
}
