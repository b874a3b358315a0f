package access

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// Postings counts claims by the entities and values that they name.
type Postings interface {
	// Claims returns how many claims have a value in a field, only of one predicate unless
	// predicate is ""; ok is false if there is no index of them.
	Claims(by filter.ClaimField, value, predicate string) (n int, ok bool)
}

// ChooseClaims returns the path that finds the fewest claims, or nil if all claims must be read.
func ChooseClaims(g Postings, f *filter.Edge, all int) *Path {
	var tests, predicates []filter.Claim // listed separately, because a page of one predicate may need to read all claims
	var gather func(f *filter.Edge)
	gather = func(f *filter.Edge) {
		if f == nil {
			return
		}
		for _, c := range f.Claims {
			switch {
			case !c.Test.ByBytes || c.Test.Eq == nil && c.Test.In == nil:
			case c.Field == "predicate":
				predicates = append(predicates, c)
			default:
				tests = append(tests, c)
			}
		}
		for _, g := range f.And {
			gather(g)
		}
	}
	gather(f)
	predicate := ""
	for _, c := range predicates {
		if vs := c.Test.Wanted(); len(vs) == 1 {
			predicate = vs[0].Text()
		}
	}
	var best *Path
	for _, c := range append(tests, predicates...) {
		if c.Field == "predicate" && best != nil {
			break
		}
		p := Path{Kind: ByPosting, by: filter.Reading{Claim: c.Field}, test: c.Test, predicate: predicate}
		counts := func(v graph.Value) bool {
			n, ok := g.Claims(c.Field, v.Text(), predicate)
			p.Rows += n
			return ok
		}
		uncounted := func(v graph.Value) bool { return !counts(v) }
		if !slices.ContainsFunc(c.Test.Wanted(), uncounted) && p.Rows < all && (best == nil || p.Rows < best.Rows) {
			best = &p
		}
	}
	return best
}

// Posting returns how a path ByPosting finds claims: a field, its values and, unless it is "", one
// predicate.
func (p *Path) Posting() (by filter.ClaimField, values []graph.Value, predicate string) {
	return p.by.Claim, p.test.Wanted(), p.predicate
}

// Count calls fn with the numbers below n in ascending order, or descending if back is set, until
// fn returns false. If given is true, it starts at from.
func Count(n int, from uint32, given, back bool, fn func(uint32) bool) {
	switch {
	case back:
		if given {
			n = min(n, int(from)+1)
		}
		for n > 0 && fn(uint32(n-1)) {
			n--
		}
	default:
		if !given {
			from = 0
		}
		for int(from) < n && fn(from) {
			from++
		}
	}
}
