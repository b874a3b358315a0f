package snapshot

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
)

// Lists of claims in record order, from OfClaims, ClaimsOf and OnlyClaims.

// posting is the source of a list of claims.
type posting struct {
	all    bool // all claims of the store
	claims memory.Numbers
	has    func(v *View, n uint32, r *memory.Row) bool // whether the list has a claim
}

// OfClaims returns the list of every claim that Lists accepts.
func (v *View) OfClaims() *List {
	return &List{view: v, claims: &posting{all: true, has: (*View).listsRow}}
}

// AllClaims reports whether the list is from OfClaims.
func (l *List) AllClaims() bool { return l.claims != nil && l.claims.all }

// ClaimsOf returns the list of the claims that Claims finds.
func (v *View) ClaimsOf(entity uint32, predicate string, inverse bool) *List {
	var claims []uint32
	v.s.Touching(entity, predicate, inverse, func(part []memory.Link) {
		for _, l := range part {
			claims = append(claims, l.Claim)
		}
	})
	return &List{view: v, claims: &posting{claims: inOrder(claims), has: (*View).present}}
}

// OnlyClaims returns a list of the given claims, whether or not the view shows them.
func (v *View) OnlyClaims(claims []uint32) *List {
	has := func(*View, uint32, *memory.Row) bool { return true }
	return &List{view: v, claims: &posting{claims: inOrder(slices.Clone(claims)), has: has}}
}

func inOrder(claims []uint32) memory.Numbers {
	slices.Sort(claims)
	return column.Short[uint32, column.None](slices.Compact(claims))
}

// Claims implements access.Postings.
func (p paths) Claims(by filter.ClaimField, value, predicate string) (n int, ok bool) {
	lists, links, ok := p.s.ClaimsBy(string(by), value, predicate, p.known)
	for _, l := range lists {
		n += l.Len()
	}
	for _, part := range links {
		n += len(part)
	}
	return n, ok
}

// posting returns where a query's claims are found, and the path to them.
func (l *List) posting(q *filter.Query) (*posting, *access.Path) {
	p := paths{l.view}
	if !l.claims.all || l.view.planning == never {
		return l.claims, nil
	}
	path := access.ChooseClaims(p, q.Edges, p.s.Rows.Len())
	if path == nil {
		return l.claims, nil
	}
	var claims []uint32
	by, values, predicate := path.Posting()
	for _, value := range values {
		lists, links, _ := p.s.ClaimsBy(string(by), value.Text(), predicate, p.known)
		if len(values) == 1 && len(lists) == 1 {
			return &posting{claims: lists[0], has: l.claims.has}, path
		}
		for _, list := range lists {
			claims = slices.AppendSeq(claims, list.All())
		}
		for _, part := range links {
			for _, l := range part {
				claims = append(claims, l.Claim)
			}
		}
	}
	return &posting{claims: inOrder(claims), has: l.claims.has}, path
}

// walkClaims does the work of walk for a list of claims. It starts at the claim w.claim unless that is None.
func (l *List) walkClaims(w *walk, fn func(Edge) bool) {
	v, from := l.view, w.claim
	if w.posting == nil {
		w.posting = l.claims
	}
	take := func(n uint32) bool {
		w.read++
		r := v.s.Rows.Ref(n)
		e := Edge{Node: r.Subject, Claim: n}
		return !v.stop() && (!w.posting.has(v, n, r) || !w.keep.node(e.Node) || !w.keep.claim(e) || fn(e))
	}
	if w.posting.all {
		access.Count(v.s.Rows.Len(), from, from != memory.None, w.back, take)
		return
	}
	walk := w.posting.claims.Walk(w.back)
	if from != memory.None {
		walk = w.posting.claims.From(func(n uint32) int { return cmp.Compare(n, from) }, w.back)
	}
	walk.Each(take)
}
