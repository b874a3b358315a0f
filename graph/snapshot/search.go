package snapshot

import (
	"math/bits"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Search finds the entities of the view by name, as names.Index.Search says.
// The record time, the confidence and the source of a name must be in view.
//
// The error is that of a request that has ended.
func (v *View) Search(q *names.Search) (*names.Matches, error) {
	if v.interrupt == nil {
		m, _ := v.s.Names.Search(&viewed{v: v}, q, nil)
		return m, nil
	}
	m, ok := v.s.Names.Search(&viewed{v: v}, q, v.interrupt.Done)
	if !ok || v.interrupt.Stopped {
		v.interrupt.Stopped = true
		return nil, errInterrupted
	}
	return m, nil
}

// viewed is a view as a search reads it; it implements names.Graph.
type viewed struct {
	v       *View
	offices map[*schema.Type][]*schema.Field // see through; nil until asked for
}

func (g *viewed) Entities() int             { return g.v.s.IDs.Len() }
func (g *viewed) ID(entity uint32) string   { return g.v.s.IDs.At(entity) }
func (g *viewed) Types() []string           { return g.v.s.TypeNames.List }
func (g *viewed) IsSource(name string) bool { return name == schema.SourceType }
func (g *viewed) Exists(entity uint32) bool { return g.v.Exists(entity) }

func (g *viewed) ByID(id string) (entity uint32, typ uint16, ok bool) {
	n, ok := g.v.s.Number(graph.ID(id))
	if !ok || !g.v.Exists(n) {
		return 0, 0, false
	}
	return n, g.v.s.Types.At(n), true
}

// ByCode ranks the schemes in the order of the ontology, and in each an entity whose id
// ends in the code before others that have it. Codes of digits may be printed with
// points and spaces.
func (g *viewed) ByCode(text string, fn func(claim uint32, rank int)) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789. ") == "" {
		text = strings.NewReplacer(".", "", " ", "").Replace(text)
	}
	for i, f := range g.v.s.Ontology().Searched() {
		code := text
		if f.Code != nil {
			var ok bool
			if code, ok = f.Code.Find(code); !ok {
				continue
			}
		}
		g.v.s.Keyed(f.Name, code, func(n uint32) {
			rank := 2 * i
			if !strings.HasSuffix(g.v.s.IDs.At(g.v.s.Rows.Ref(n).Subject), code) {
				rank++
			}
			fn(n, rank)
		})
	}
}

// ByClaim finds a claim that the view shows by its id.
func (g *viewed) ByClaim(id string) (claim uint32, ok bool) {
	c, err := graph.ParseClaimID(strings.TrimSpace(id))
	if err != nil {
		return names.None, false
	}
	n, ok := g.v.s.ClaimNumber(c)
	return n, ok && g.v.Knows(n)
}

func (g *viewed) Named(dst []names.Named, refs []names.Ref) {
	s := g.v.s
	for i, ref := range refs {
		r := s.Rows.Ref(ref.Claim)
		n := names.Named{Entity: r.Subject}
		if ref.Original && r.Kind == graph.EntityKind {
			n.Entity, n.Object = uint32(r.Value), true
		}
		if r.NumQualifiers > 0 {
			lang := s.Language(r)
			n.Translated = lang != "" && lang != "en"
		}
		n.Type = s.Types.At(n.Entity)
		dst[i] = n
	}
}

func (g *viewed) Name(ref names.Ref) string {
	r := g.v.s.Rows.Ref(ref.Claim)
	if ref.Original {
		return g.v.s.Extras.Ref(r.Extra).Original
	}
	return g.v.s.ValueOf(r.Cell()).Text()
}

func (g *viewed) NamedIn(entity uint32, script int) bool {
	s := g.v.s
	for l := range s.OutRun(entity, s.NamePredicate).All() {
		if text.Script(s.ValueOf(s.Rows.Ref(l.Claim).Cell()).Text()) == script {
			return true
		}
	}
	return false
}

func (g *viewed) Current(entity uint32) bool {
	s := g.v.s
	shown := func(l memory.Link) bool {
		return !schema.IsName(s.Predicates.List[l.Predicate]) && g.v.shows(entity, l)
	}
	return s.Out.Ref(entity).Has(shown) || s.In.Ref(entity).Has(shown)
}

func (g *viewed) Linked(a, b uint32) bool {
	to := func(from, other uint32) bool {
		return g.v.s.Out.Ref(from).Has(func(l memory.Link) bool { return l.Other == other && g.v.shows(from, l) })
	}
	return to(a, b) || to(b, a)
}

func (g *viewed) Visibility(claim uint32) names.Visibility {
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
func (g *viewed) Prominence(entity uint32) uint16 {
	s := g.v.s
	claims := bits.Len(uint(s.Out.Ref(entity).Len() + s.In.Ref(entity).Len()))
	return (255-min(s.Types.At(entity), 255))<<8 | uint16(claims)
}
