package snapshot

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/schema"
)

// IndexValues has indexes of what claims state built from now on, in this snapshot and
// all of its line: those that queries miss, apart from the queries. start runs build,
// at once or later; the indexes take limit bytes at most.
func (s *Snapshot) IndexValues(limit int, start func(build func())) { s.w.values.Run(limit, start) }

// Indexes describes the indexes of the newest snapshot of the line.
func (s *Snapshot) Indexes() values.Stats { return s.w.values.Stats() }

// indexed is a snapshot as indexes of values are built from it; it implements
// values.Source.
type indexed struct{ *Snapshot }

// Entries implements values.Source. Claims that are withdrawn have entries, since a
// view may look back.
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
	var types layers.Range[uint32]
	for t := range s.typeNames.List {
		if l := s.byType.At(uint32(t)); l.Len() > 0 {
			types = append(types, slices.Collect(l.All()))
		}
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

// within are the entries that have every claim whose value passes the test; ok is
// false where no index is built that can tell.
func (v *View) within(by filter.Reading, t *filter.Test) (x *values.Index, r values.Range, ok bool) {
	k, ok := v.indexOf(by)
	if !ok {
		return nil, nil, false
	}
	if x = v.s.values.Index(k); x == nil {
		return nil, nil, false
	}
	if t == nil {
		return x, x.All(), true
	}
	if r, ok = x.Within(indexed{v.s}, t); !ok {
		r = x.All()
	}
	return x, r, ok
}

// displays reports whether the entry's claim is the one that the entity shows.
func (v *View) displays(by filter.Reading, e values.Entry) bool {
	if by.Own == "name" {
		return v.label(e.Subject) == e.Claim
	}
	return v.bestClaim(e.Subject, by.Property) == e.Claim
}

// walkInOrder calls fn with the entities that show a value, in the order of the key.
func (v *View) walkInOrder(key filter.Key, t *filter.Test, from *graph.Value, fn func(node uint32) bool) {
	x, r, _ := v.within(key.By, t)
	if x == nil {
		return
	}
	for e := range x.InOrder(indexed{v.s}, r, key.Descending, from) {
		if v.stop() || v.displays(key.By, e) && !fn(e.Subject) {
			return
		}
	}
}
