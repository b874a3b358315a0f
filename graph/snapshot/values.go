package snapshot

import (
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// indexOf returns the index for the values of a reading, and whether it can be used. A view of the
// past, or one that leaves out sources by publication date, may show the id of an entity as its name
// although the newest view knows a name. The index has no entry for that.
func (v *View) indexOf(by filter.Reading) (k values.Key, ok bool) {
	if by.Own == "name" {
		return values.Key{Predicate: v.s.NamePredicate, Order: values.Collated, Named: true}, v.known == v.s.Seq() && len(v.later) == 0
	}
	f := by.Property
	if f == nil || f.Kind != schema.Property || !f.Stored() || f.Scalar == schema.Coordinates {
		return k, false
	}
	k = values.Key{Predicate: memory.PredicateOf(f), Order: values.ByKind}
	switch {
	case f.Scalar == schema.EnumValue || f.Code != nil:
		k.Order = values.ByBytes
	case f.Scalar == schema.String:
		k.Order = values.Collated
	}
	return k, true
}

// entries returns a range of index entries that includes every claim whose value passes the test. The
// range is the whole index if t is nil or excludes nothing. x is nil if s is not Ready.
func (p paths) entries(by filter.Reading, t *filter.Test) (x *values.Index, r values.Range, narrowed bool, s access.State) {
	k, ok := p.indexOf(by)
	if !ok {
		return nil, nil, false, access.Unfit
	}
	if x = p.s.ValueIndexes.Index(k); x == nil {
		return nil, nil, false, access.Cold
	}
	if t != nil {
		r, narrowed = x.Within(p.s.ValueSource(), t)
	}
	if !narrowed {
		r = x.All()
	}
	return x, r, narrowed, access.Ready
}

// Within implements access.Indexes.
func (p paths) Within(by filter.Reading, t *filter.Test) (rows int, s access.State) {
	_, r, ok, s := p.entries(by, t)
	if s == access.Ready && !ok {
		return 0, access.Unfit
	}
	return r.Len(), s
}

// WalkWithin implements access.Indexes.
func (p paths) WalkWithin(by filter.Reading, t *filter.Test, fn func(node uint32) bool) {
	_, r, _, _ := p.entries(by, t)
	for e := range r.Elements() {
		if p.stop() || !fn(e.Subject) {
			return
		}
	}
}

// InOrder implements access.Indexes.
func (p paths) InOrder(key filter.Key, t *filter.Test) (rows int, s access.State) {
	_, r, _, s := p.entries(key.By, t)
	return r.Len(), s
}

// WalkInOrder implements access.Indexes. The position of an entity is that of the claim that it shows.
func (p paths) WalkInOrder(key filter.Key, t *filter.Test, from *access.Place, fn func(node uint32) bool) {
	x, r, _, _ := p.entries(key.By, t)
	if x == nil {
		return
	}
	for e := range x.InOrder(p.s.ValueSource(), r, key.Descending, (*values.Place)(from)) {
		if p.stop() || p.displays(key.By, e) && !fn(e.Subject) {
			return
		}
	}
}

// displays reports whether the entity shows the claim of the index entry; of many values, the first counts.
func (v *View) displays(by filter.Reading, e values.Entry) bool {
	switch {
	case by.Own == "name":
		return v.label(e.Subject) == e.Claim
	case by.Property.Many:
		var room [8]uint32
		claims := v.Values(e.Subject, by.Property, room[:0])
		return len(claims) > 0 && claims[0] == e.Claim
	}
	return v.bestClaim(e.Subject, by.Property) == e.Claim
}
