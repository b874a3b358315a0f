package memory

import "github.com/caspian-kg/caspian/graph"

// growing is a snapshot under construction. It implements graph.Growth.
type growing struct{ b *change }

func (g growing) Add(c *graph.Commit) error { return g.b.add(c) }
func (g growing) Digest() string            { return g.b.s.Digest() }
func (g growing) Seq() graph.Seq            { return g.b.s.seq }
func (g growing) live(n uint32) bool        { return g.b.ended.At(n) == 0 }

func (g growing) TypeOf(id graph.ID) (string, bool) {
	n, ok := g.b.number(id)
	if !ok {
		return "", false
	}
	return g.b.s.TypeName(n), true
}

func (g growing) Claim(id graph.ClaimID) (c graph.Claim, live, ok bool) {
	n, ok := g.b.claimNumber(id)
	if !ok {
		return c, false, false
	}
	return g.b.s.ClaimAt(n), g.live(n), true
}

func (g growing) Values(subject graph.ID, predicate string) []graph.Value {
	s := g.b.s
	n, ok := g.b.number(subject)
	p := s.PredicateNumber(predicate)
	if !ok || p == NoPredicate {
		return nil
	}
	var vs []graph.Value
	for _, claim := range g.b.of(p)[n] {
		if g.live(claim) {
			vs = append(vs, s.ValueOf(s.Rows.Ref(claim).Cell()))
		}
	}
	return vs
}

func (g growing) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	g.b.indexKeys() // only those since the last call
	return g.b.s.holder(predicate, v, g.live)
}

func (g growing) Commits(first graph.Seq) []graph.Seq { return g.b.s.Commits(first) }

func (g growing) Undos(fn func(undo, undid graph.Seq)) { g.b.s.Undos(fn) }

func (g growing) Learned(since, last graph.Seq, fn func(graph.ClaimID, graph.Seq, bool)) {
	g.b.s.learned(since, last, g.b.ended.At, g.b.s.byID(fn))
}

func (g growing) History(id graph.ClaimID) []graph.Event {
	g.b.index() // only those since the last call
	return g.b.s.history(id, g.b.ended.At)
}

func (g growing) StatedBy(source graph.ID, fn func(graph.ClaimID, *graph.Claim)) {
	by, ok := g.b.number(source)
	for n := uint32(0); ok && int(n) < g.b.s.Rows.Len(); n++ {
		if g.b.s.Source(n) == by && g.live(n) {
			g.b.s.pass(n, fn)
		}
	}
}

// of returns the claims of a predicate by their subjects. The adjacency lists get new claims only when the
// change ends, and checks read few predicates. So a list is made at the first request and extended from then
// on.
func (b *change) of(p uint16) map[uint32][]uint32 {
	if b.asked[p] == nil {
		b.asked[p] = map[uint32][]uint32{}
		for n := range uint32(b.s.Rows.Len()) {
			b.noteStated(p, n)
		}
	}
	return b.asked[p]
}

// noteStated adds a claim to the list of a predicate, if that list was requested.
func (b *change) noteStated(p uint16, n uint32) {
	if r := b.s.Rows.Ref(n); r.Predicate == p && b.asked[p] != nil {
		b.asked[p][r.Subject] = append(b.asked[p][r.Subject], n)
	}
}
