package snapshot

import (
	"math/bits"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/schema"
)

// Search finds the entities of the view by name, as names.Index.Search says.
// The record time, the confidence and the source of a name must be in view.
//
// The error is that of a request that has ended.
func (v *View) Search(q *names.Search) (*names.Matches, error) {
	if v.interrupt == nil {
		m, _ := v.s.names.Search(viewed{v}, q, nil)
		return m, nil
	}
	m, ok := v.s.names.Search(viewed{v}, q, v.interrupt.Done)
	if !ok || v.interrupt.Stopped {
		v.interrupt.Stopped = true
		return nil, errInterrupted
	}
	return m, nil
}

// namesOf lists the names that the claims state: names and aliases, and the forms
// that sources print for them and for the objects of relations.
func (s *Snapshot) namesOf(claims []uint32) []names.Name {
	var list []names.Name
	for _, n := range claims {
		r := s.rows.Ref(n)
		named := schema.IsName(s.predicates.List[r.predicate])
		if named {
			list = append(list, names.Name{Claim: n, Text: s.value(r.cell()).Text()})
		}
		if o := s.extras.Ref(r.extra).Original; o != "" && (named || r.kind == graph.EntityKind) {
			list = append(list, names.Name{Claim: n, Text: o, Original: true})
		}
	}
	return list
}

// viewed is a view as a search reads it; it implements names.Graph.
type viewed struct{ v *View }

func (g viewed) Entities() int             { return g.v.s.ids.Len() }
func (g viewed) ID(entity uint32) string   { return g.v.s.ids.At(entity) }
func (g viewed) Types() []string           { return g.v.s.typeNames.List }
func (g viewed) IsSource(name string) bool { return name == schema.SourceType }
func (g viewed) Exists(entity uint32) bool { return g.v.Exists(entity) }

func (g viewed) ByID(id string) (entity uint32, typ uint16, ok bool) {
	n, ok := g.v.s.Number(graph.ID(id))
	if !ok || !g.v.Exists(n) {
		return 0, 0, false
	}
	return n, g.v.s.types.At(n), true
}

// ByCode ranks the schemes in the order of the ontology.
func (g viewed) ByCode(text string, fn func(claim uint32, rank int)) {
	for i, f := range g.v.s.o.Searched() {
		code := strings.TrimSpace(text)
		if f.Code != nil {
			var ok bool
			if code, ok = f.Code.Find(code); !ok {
				continue
			}
		}
		g.v.s.keyed(f.Name, code, func(n uint32) { fn(n, i) })
	}
}

func (g viewed) Named(dst []names.Named, refs []names.Ref) {
	s := g.v.s
	for i, ref := range refs {
		r := s.rows.Ref(ref.Claim)
		n := names.Named{Entity: r.subject}
		if ref.Original && r.kind == graph.EntityKind {
			n.Entity, n.Object = uint32(r.value), true
		}
		n.Type = s.types.At(n.Entity)
		dst[i] = n
	}
}

func (g viewed) Name(ref names.Ref) string {
	r := g.v.s.rows.Ref(ref.Claim)
	if ref.Original {
		return g.v.s.extras.Ref(r.extra).Original
	}
	return g.v.s.value(r.cell()).Text()
}

func (g viewed) Visibility(claim uint32) names.Visibility {
	r := g.v.s.rows.Ref(claim)
	if !g.v.selected(r) {
		return names.Hidden
	}
	switch present := g.v.present(claim, r); {
	case !present && !g.v.seesRow(claim, r):
		return names.Hidden
	case !present || r.rank == graph.Deprecated:
		return names.Past
	}
	return names.Current
}

// Prominence orders what matches equally well: by type, in the order of the
// ontology, then by the magnitude of how many claims there are about the
// entity, which changes too seldom to upset pages.
func (g viewed) Prominence(entity uint32) uint16 {
	s := g.v.s
	claims := bits.Len(uint(s.out.Ref(entity).Len() + s.in.Ref(entity).Len()))
	return (255-min(s.types.At(entity), 255))<<8 | uint16(claims)
}
