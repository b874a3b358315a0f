package values

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/text"
)

// Range has some entries of an index, in parts. Each part is sorted.
type Range = layers.Range[Entry]

// All returns all entries.
func (x *Index) All() Range { return x.all.All() }

// Within returns the entries that may pass a test, and perhaps others. It uses one condition of the test:
// equality with a value, the beginning of a text, or bounds, in this order. Other conditions do not select
// neighbouring entries: ok is false if the test has only those. The range may have an entry twice.
func (x *Index) Within(g Graph, t *filter.Test) (r Range, ok bool) {
	t = t.Prepared()
	if t.Possibly { // ranges that possibly pass may begin anywhere
		return nil, false
	}
	if x.order != ByKind && t.ByBytes != (x.order == ByBytes) {
		return nil, false
	}
	q := &question{x: x, sorter: x.sorter(g)}
	switch {
	case t.Eq != nil:
		ok = q.equal(t.Eq)
	case t.In != nil:
		ok = true
		for i := range t.In {
			ok = ok && q.equal(&t.In[i])
		}
	case t.StartsWith != "" && x.order != ByKind:
		q.begins(t.StartsWith)
		ok = true
	default:
		ok = q.between(t)
	}
	return q.found, ok
}

// question is a search in an index.
type question struct {
	x *Index
	*sorter
	found Range
}

// add adds the entries in a range of the order to the result.
func (q *question) add(place func(Entry) int) {
	for part := range q.x.all.Parts(place) {
		q.found = append(q.found, part)
	}
}

// equal adds the entries whose values equal v or, as dates may be, are within v.
func (q *question) equal(v *graph.Value) bool {
	switch {
	case !q.askable(v):
		return false
	case q.order == Collated:
		q.spelt(v.Text(), true)
	case q.x.kind == graph.DateKind && v.Kind() == graph.DateKind:
		days := v.Date().Days()
		q.add(func(e Entry) int {
			switch first := q.firstDay(e); {
			case first < days.First:
				return -1
			case first > days.Last:
				return 1
			}
			return 0
		})
	default:
		b := q.bound(v)
		q.add(func(e Entry) int { return q.against(e, b) })
	}
	return true
}

// askable reports whether all values that pass a comparison with v are next to each other in the order.
// Quantities compared with a bare number are not, because the comparison ignores their units.
func (q *question) askable(v *graph.Value) bool {
	return q.x.kind != graph.QuantityKind || v.Kind() == graph.QuantityKind
}

// begins adds the texts with a given beginning.
func (q *question) begins(with string) {
	if q.order == Collated {
		q.spelt(with, false)
		return
	}
	q.add(func(e Entry) int {
		t := q.text(e)
		if strings.HasPrefix(t, with) {
			return 0
		}
		return strings.Compare(t, with)
	})
}

// spelt adds the texts whose base equals a given base, or begins with it unless whole is set. A text with the
// letters of its base begins like the base.
func (q *question) spelt(base string, whole bool) {
	if key, ok := text.AppendLetters(nil, base); ok {
		if !whole {
			key = key[:len(key)-2]
		}
		q.add(func(e Entry) int { return q.againstKey(e, key) })
	}
	s := q.x.oddSorter(q.g)
	lead := leadOfBytes(base)
	place := func(e Entry) int {
		if len(base) >= 8 && e.lead != lead {
			if e.lead < lead {
				return -1
			}
			return 1
		}
		t := s.text(e)
		if !whole && strings.HasPrefix(t, base) {
			return 0
		}
		return strings.Compare(t, base)
	}
	for part := range q.x.odd.Parts(place) {
		q.found = append(q.found, q.inOrder(part))
	}
}

// inOrder sorts entries of odd into the order of the index.
func (q *question) inOrder(part []Entry) []Entry {
	list := make([]Entry, len(part))
	for i, e := range part {
		v := graph.StringValue(q.text(e))
		list[i] = Entry{leadOf(q.order, &v), e.Subject, e.Claim}
	}
	return layers.Index[Entry]{}.With(list, q.compare).Merged(q.compare)
}

// againstKey compares the beginning of an entry's key with a key of letters.
func (q *question) againstKey(e Entry, key []byte) int {
	if e.lead != 0 {
		var lead [8]byte
		binary.BigEndian.PutUint64(lead[:], e.lead)
		n := min(len(key), len(lead))
		if c := bytes.Compare(lead[:n], key[:n]); c != 0 || n == len(key) {
			return c
		}
	}
	var room [64]byte
	t := q.text(e)
	have, ok := text.AppendLetters(room[:0], t)
	if !ok {
		have = []byte(text.Key(t))
	}
	return bytes.Compare(have[:min(len(have), len(key))], key)
}

// between adds the entries between the bounds of a test.
func (q *question) between(t *filter.Test) bool {
	var before, after []func(Entry) bool
	for _, b := range []struct {
		v     *graph.Value
		lower bool
		equal bool
	}{{t.Gt, true, false}, {t.Gte, true, true}, {t.Lt, false, false}, {t.Lte, false, true}} {
		switch {
		case b.v == nil:
		case !q.askable(b.v):
			return false
		case b.lower:
			before = append(before, q.below(b.v, b.equal))
		default:
			after = append(after, q.above(b.v, b.equal))
		}
	}
	if before == nil && after == nil {
		return false
	}
	q.add(func(e Entry) int {
		for _, f := range before {
			if f(e) {
				return -1
			}
		}
		for _, f := range after {
			if f(e) {
				return 1
			}
		}
		return 0
	})
	return true
}

// below returns a function that reports whether an entry, and so all before it, is too low for a bound. A date
// is too low if it begins before the days of the bound or, unless equal is set, on one of them.
func (q *question) below(v *graph.Value, equal bool) func(Entry) bool {
	if q.x.kind == graph.DateKind && v.Kind() == graph.DateKind {
		days := v.Date().Days()
		return func(e Entry) bool {
			first := q.firstDay(e)
			return first < days.First || !equal && first <= days.Last
		}
	}
	b := q.bound(v)
	return func(e Entry) bool {
		c := q.against(e, b)
		return c < 0 || c == 0 && !equal
	}
}

// above returns a function that reports whether an entry, and so all after it, is too high for a bound. A date
// is too high if it begins after the days of the bound or, unless equal is set, on one of them.
func (q *question) above(v *graph.Value, equal bool) func(Entry) bool {
	if q.x.kind == graph.DateKind && v.Kind() == graph.DateKind {
		days := v.Date().Days()
		return func(e Entry) bool {
			first := q.firstDay(e)
			return first > days.Last || !equal && first >= days.First
		}
	}
	b := q.bound(v)
	return func(e Entry) bool {
		c := q.against(e, b)
		return c > 0 || c == 0 && !equal
	}
}

func (q *question) firstDay(e Entry) graph.Day {
	v := q.g.Value(e.Claim)
	return v.Date().Days().First
}

// bound is a value with which entries are compared.
type bound struct {
	value *graph.Value
	lead  uint64
}

func (q *question) bound(v *graph.Value) bound {
	b := bound{value: v}
	if q.order != ByKind || v.Kind() == q.x.kind {
		b.lead = leadOf(q.order, v)
	}
	return b
}

// against compares an entry's value with a bound.
func (q *question) against(e Entry, b bound) int {
	if e.lead != b.lead && e.lead != 0 && b.lead != 0 {
		if e.lead < b.lead {
			return -1
		}
		return 1
	}
	if q.order == ByKind {
		v := q.g.Value(e.Claim)
		return graph.Compare(q.g.Ontology(), &v, b.value)
	}
	return q.compareTexts(q.text(e), b.value.Text())
}
