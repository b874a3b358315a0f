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
		m, _ := v.s.Names.Search(viewed{v}, q, nil)
		return m, nil
	}
	m, ok := v.s.Names.Search(viewed{v}, q, v.interrupt.Done)
	if !ok || v.interrupt.Stopped {
		v.interrupt.Stopped = true
		return nil, errInterrupted
	}
	return m, nil
}

// viewed is a view as a search reads it; it implements names.Graph.
type viewed struct{ v *View }

func (g viewed) Entities() int             { return g.v.s.IDs.Len() }
func (g viewed) ID(entity uint32) string   { return g.v.s.IDs.At(entity) }
func (g viewed) Types() []string           { return g.v.s.TypeNames.List }
func (g viewed) IsSource(name string) bool { return name == schema.SourceType }
func (g viewed) Exists(entity uint32) bool { return g.v.Exists(entity) }

func (g viewed) ByID(id string) (entity uint32, typ uint16, ok bool) {
	n, ok := g.v.s.Number(graph.ID(id))
	if !ok || !g.v.Exists(n) {
		return 0, 0, false
	}
	return n, g.v.s.Types.At(n), true
}

// ByCode ranks the schemes in the order of the ontology.
func (g viewed) ByCode(text string, fn func(claim uint32, rank int)) {
	for i, f := range g.v.s.Ontology().Searched() {
		code := strings.TrimSpace(text)
		if f.Code != nil {
			var ok bool
			if code, ok = f.Code.Find(code); !ok {
				continue
			}
		}
		g.v.s.Keyed(f.Name, code, func(n uint32) { fn(n, i) })
	}
}

func (g viewed) Named(dst []names.Named, refs []names.Ref) {
	s := g.v.s
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

func (g viewed) Name(ref names.Ref) string {
	r := g.v.s.Rows.Ref(ref.Claim)
	if ref.Original {
		return g.v.s.Extras.Ref(r.Extra).Original
	}
	return g.v.s.ValueOf(r.Cell()).Text()
}

func (g viewed) Visibility(claim uint32) names.Visibility {
	r := g.v.s.Rows.Ref(claim)
	if !g.v.selected(r) {
		return names.Hidden
	}
	switch present := g.v.present(claim, r); {
	case !present && !g.v.seesRow(claim, r):
		return names.Hidden
	case !present || r.Rank == graph.Deprecated:
		return names.Past
	}
	return names.Current
}

// Prominence orders what matches equally well: by type, in the order of the
// ontology, then by the magnitude of how many claims there are about the
// entity, which changes too seldom to upset pages.
func (g viewed) Prominence(entity uint32) uint16 {
	s := g.v.s
	claims := bits.Len(uint(s.Out.Ref(entity).Len() + s.In.Ref(entity).Len()))
	return (255-min(s.Types.At(entity), 255))<<8 | uint16(claims)
}
