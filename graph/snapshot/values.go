package snapshot

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// IndexValues has indexes of what claims state built from now on, in this snapshot and
// all of its line: those that queries miss, apart from the queries. start runs build,
// at once or later; the indexes take limit bytes at most, and what is kept beside long
// lists as many.
func (s *Snapshot) IndexValues(limit int, start func(build func())) {
	s.w.beside.Limit(int64(limit))
	s.w.values.Run(limit, start)
}

// Indexes describes the indexes of the newest snapshot of the line.
func (s *Snapshot) Indexes() values.Stats { return s.w.values.Stats().With(s.w.beside.Used()) }

// indexed is a snapshot as indexes are built from it; it implements values.Source.
type indexed struct{ *Snapshot }

// Entries implements values.Source, with withdrawn claims, since a view may look back.
func (s indexed) Entries(k values.Key, older values.Source) (list []values.Entry) {
	if older == nil {
		return s.allEntries(k)
	}
	was := older.(indexed)
	for n := uint32(was.rows.Len()); int(n) < s.rows.Len(); n++ {
		if r := s.rows.Ref(n); r.predicate == k.Predicate {
			list = append(list, values.Entry{Subject: r.subject, Claim: n})
		}
	}
	if !k.Named {
		return list
	}
	for n := uint32(was.ids.Len()); int(n) < s.ids.Len(); n++ {
		list = s.unnamed(list, n)
	}
	for i := uint32(was.gone.Len()); int(i) < s.gone.Len(); i++ {
		if r := s.rows.Ref(s.gone.At(i)); r.predicate == s.name {
			list = s.unnamed(list, r.subject)
		}
	}
	return list
}

func (s indexed) allEntries(k values.Key) (list []values.Entry) {
	types := make(layers.Range[uint32], 0, len(s.typeNames.List))
	for t := range s.typeNames.List {
		types = append(types, slices.Collect(s.byType.At(uint32(t)).All()))
	}
	for n := range types.Ascending(func(a, b uint32) int { return strings.Compare(s.ids.At(a), s.ids.At(b)) }) {
		for l := range s.outRun(n, k.Predicate).All() {
			list = append(list, values.Entry{Subject: n, Claim: l.claim})
		}
		if k.Named {
			list = s.unnamed(list, n)
		}
	}
	return list
}

// unnamed appends an entry for an entity whose name is its id, as far as the newest
// views see it: all claims of its name are withdrawn.
func (s indexed) unnamed(list []values.Entry, entity uint32) []values.Entry {
	if s.outRun(entity, s.name).Has(func(l link) bool { return s.live(l.claim) }) {
		return list
	}
	return append(list, values.Entry{Subject: entity, Claim: values.NoClaim})
}

// indexOf names the index of what a reading reads, if there can be one. A view of the
// past, or one that leaves out names of sources that were published later, may name an
// entity by its id though the newest knows a name: the index has no entry for that.
func (v *View) indexOf(by filter.Reading) (k values.Key, ok bool) {
	if by.Own == "name" {
		return values.Key{Predicate: v.s.name, Order: values.Collated, Named: true}, v.known == v.s.seq && len(v.later) == 0
	}
	f := by.Property
	if f == nil || f.Kind != schema.Property || !f.Stored() || f.Scalar == schema.Coordinates {
		return k, false
	}
	k = values.Key{Predicate: predicateOf(f), Order: values.ByKind}
	switch {
	case f.Scalar == schema.EnumValue || f.Code != nil:
		k.Order = values.ByBytes
	case f.Scalar == schema.String:
		k.Order = values.Collated
	}
	return k, true
}

// entries are the entries that have every claim whose value passes the test; all of the
// index where no test is given, or none that narrows them. x is nil where s is not Ready.
func (p paths) entries(by filter.Reading, t *filter.Test) (x *values.Index, r values.Range, narrowed bool, s access.State) {
	k, ok := p.indexOf(by)
	if !ok {
		return nil, nil, false, access.Unfit
	}
	if x = p.s.values.Index(k); x == nil {
		return nil, nil, false, access.Cold
	}
	if t != nil {
		r, narrowed = x.Within(indexed{p.s}, t)
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

// InOrder implements access.Indexes. What is first of the values that an entity shows
// an index cannot tell.
func (p paths) InOrder(key filter.Key, t *filter.Test) (rows int, s access.State) {
	if key.By.Property != nil && key.By.Property.Many {
		return 0, access.Unfit
	}
	_, r, _, s := p.entries(key.By, t)
	return r.Len(), s
}

// WalkInOrder implements access.Indexes. An entity comes at the place of the claim that
// it shows.
func (p paths) WalkInOrder(key filter.Key, t *filter.Test, from *access.Place, fn func(node uint32) bool) {
	x, r, _, _ := p.entries(key.By, t)
	if x == nil {
		return
	}
	for e := range x.InOrder(indexed{p.s}, r, key.Descending, (*values.Place)(from)) {
		if p.stop() || p.displays(key.By, e) && !fn(e.Subject) {
			return
		}
	}
}

// displays reports whether the entry's claim is the one that the entity shows.
func (v *View) displays(by filter.Reading, e values.Entry) bool {
	if by.Own == "name" {
		return v.label(e.Subject) == e.Claim
	}
	return v.bestClaim(e.Subject, by.Property) == e.Claim
}
