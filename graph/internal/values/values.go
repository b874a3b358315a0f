// Package values is an index of claims by what they state. It finds the claims whose value equals a given one,
// is within a range, or begins with a text, and yields all claims in the order of their values.
//
// Read Index and Entry first. An entry is a candidate: whether its claim is the one that a field shows depends
// on the view. The package must not know views, or how claims are stored. A Line decides which indexes exist,
// depending on the requests.
package values

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Graph reads the claims and entities of entries. The results for an entry never change.
type Graph interface {
	Ontology() *schema.Ontology
	Value(claim uint32) graph.Value
	ID(entity uint32) graph.ID
}

// Order is an order of values.
type Order uint8

const (
	// ByKind is the order of graph.Compare, for numbers, quantities, dates and booleans.
	ByKind Order = iota
	// ByBytes is the order by bytes, for codes, ids and members of enums.
	ByBytes
	// Collated is the order of texts for people.
	Collated
)

// Entry is a claim in an index, which is sorted by the claim's value.
type Entry struct {
	lead           uint64 // orders values if it differs; 0 if it is unknown
	Subject, Claim uint32
}

// NoClaim is the Claim of an entry that has the id of an entity instead of a claim.
const NoClaim = ^uint32(0)

// Index has entries sorted by value, then by the subject's id, then by claim. It never changes, and any number
// of goroutines may read it.
type Index struct {
	order Order
	kind  graph.Kind // of the values; NoKind if the index is empty
	all   layers.Index[Entry]
	// odd has the entries of a Collated index whose text has other letters than its base, sorted by the base.
	// The place of such an entry in all cannot be found by the beginning of its base.
	odd layers.Index[Entry]
}

// Bytes returns the memory of the index.
func (x *Index) Bytes() int { return x.all.Bytes() + x.odd.Bytes() }

// Len returns the number of entries.
func (x *Index) Len() int { return x.all.Len() }

// sorter compares the entries of an index.
type sorter struct {
	g      Graph
	order  Order
	byBase bool // the order of odd
}

func (x *Index) sorter(g Graph) *sorter { return &sorter{g: g, order: x.order} }

func (x *Index) oddSorter(g Graph) *sorter { return &sorter{g, ByBytes, true} }

// text returns the text by which an entry is sorted.
func (s *sorter) text(e Entry) string {
	t := ""
	if e.Claim == NoClaim {
		t = string(s.g.ID(e.Subject))
	} else {
		v := s.g.Value(e.Claim)
		t = v.Text()
	}
	if s.byBase {
		return text.Base(t)
	}
	return t
}

// byValue compares the values of entries. Numbers and dates are equal if their leads are.
func (s *sorter) byValue(a, b Entry) int {
	switch {
	case a.lead == 0 || b.lead == 0:
	case a.lead != b.lead:
		return cmp.Compare(a.lead, b.lead)
	case s.order == ByKind:
		return 0
	}
	if a.Claim == b.Claim && a.Claim != NoClaim {
		return 0
	}
	if s.order == ByKind {
		x, y := s.g.Value(a.Claim), s.g.Value(b.Claim)
		return graph.Compare(s.g.Ontology(), &x, &y)
	}
	return s.compareTexts(s.text(a), s.text(b))
}

func (s *sorter) compareTexts(a, b string) int {
	if s.order == ByBytes {
		return strings.Compare(a, b)
	}
	if c, decided := text.CompareLetters(a, b); decided {
		return c
	}
	return strings.Compare(text.Key(a), text.Key(b))
}

// compare compares entries in the order of the index.
func (s *sorter) compare(a, b Entry) int {
	if c := s.byValue(a, b); c != 0 {
		return c
	}
	return s.byID(a, b)
}

// byID compares entries by the subject's id and then by claim.
func (s *sorter) byID(a, b Entry) int {
	if a.Subject != b.Subject {
		return strings.Compare(string(s.g.ID(a.Subject)), string(s.g.ID(b.Subject)))
	}
	return cmp.Compare(a.Claim, b.Claim)
}

// rangesOf returns the kind of the numbers in a range.
func rangesOf(v *graph.Value) graph.Kind {
	if v.Text() != "" {
		return graph.QuantityKind
	}
	return graph.FloatKind
}

// leadOf returns the lead of a value.
func leadOf(order Order, v *graph.Value) uint64 {
	const sign = 1 << 63
	switch {
	case order == Collated:
		return text.LeadingLetters(v.Text())
	case order == ByBytes:
		return leadOfBytes(v.Text())
	}
	switch v.Kind() {
	case graph.IntKind:
		return uint64(v.Int()) ^ sign
	case graph.FloatKind:
		if bits := math.Float64bits(v.Float()); bits&sign == 0 {
			return bits | sign
		} else {
			return ^bits
		}
	case graph.BoolKind:
		if v.Bool() {
			return 2
		}
		return 1
	case graph.DateKind:
		d := v.Date().Days()
		return uint64(uint32(d.First)^1<<31)<<32 | uint64(uint32(d.Last)^1<<31)
	}
	return 0 // quantities compare by their units, and ranges by their ends
}

func leadOfBytes(t string) uint64 {
	var b [8]byte
	copy(b[:], t)
	return binary.BigEndian.Uint64(b[:])
}

// Build returns the index of entries whose subjects are in the order of their ids. It changes list but does not
// use its memory.
func Build(g Graph, order Order, list []Entry) *Index {
	x := &Index{order: order}
	odd := x.complete(g, list)
	x.all = layers.Sorted(x.sorter(g).sorted(list))
	x.odd = layers.Sorted(x.oddSorter(g).sorted(odd))
	return x
}

// With returns the index with more entries. It uses the memory of list.
func (x *Index) With(g Graph, list []Entry) *Index {
	next := *x
	odd := next.complete(g, list)
	next.all = x.all.With(list, x.sorter(g).compare)
	next.odd = x.odd.With(odd, x.oddSorter(g).compare)
	return &next
}

// complete sets the leads of the entries, and returns those that belong in odd.
func (x *Index) complete(g Graph, list []Entry) (odd []Entry) {
	var base, letters, own []byte
	s := x.sorter(g)
	for i := range list {
		e := &list[i]
		v := graph.StringValue("")
		if e.Claim != NoClaim {
			v = g.Value(e.Claim)
		} else {
			v = graph.StringValue(s.text(*e))
		}
		e.lead = leadOf(x.order, &v)
		if v.Kind() != graph.RangeKind {
			x.kind = v.Kind()
		} else if x.kind == graph.NoKind {
			x.kind = rangesOf(&v)
		}
		if x.order != Collated {
			continue
		}
		base = text.AppendBase(base[:0], v.Text())
		var plain, same bool
		letters, plain = text.AppendLetters(letters[:0], string(base))
		own, same = text.AppendLetters(own[:0], v.Text())
		if !plain || !same || string(letters) != string(own) {
			odd = append(odd, Entry{leadOfBytes(string(base)), e.Subject, e.Claim})
		}
	}
	return odd
}

// sorted sorts entries whose subjects are already in the order of their ids. It reads each text once and no
// ids, which halves the time.
func (s *sorter) sorted(list []Entry) []Entry {
	type keyed struct {
		Entry
		at   int
		text string
	}
	all := make([]keyed, len(list))
	for i, e := range list {
		all[i] = keyed{Entry: e, at: i}
		if s.order != ByKind {
			all[i].text = s.text(e)
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		c := 0
		if s.order == ByKind || a.lead != b.lead && a.lead != 0 && b.lead != 0 {
			c = s.byValue(a.Entry, b.Entry)
		} else {
			c = s.compareTexts(a.text, b.text)
		}
		return cmp.Or(c, cmp.Compare(a.at, b.at))
	})
	exact := make([]Entry, len(all)) // a copy, because list may have spare capacity, which would be kept
	for i := range all {
		exact[i] = all[i].Entry
	}
	return exact
}

// Check returns an error if the index is not in order.
func (x *Index) Check(g Graph) error {
	if err := x.all.Check(x.sorter(g).compare); err != nil {
		return err
	}
	return x.odd.Check(x.oddSorter(g).compare)
}
