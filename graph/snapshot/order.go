package snapshot

import (
	"bytes"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/text"
)

// placed is an edge with its keys in an order.
type placed struct {
	edge Edge
	filter.Ordered
	id string
	// The position of a cursor has no edge to read the tie and the claim from, so it has them here.
	cursor  bool
	tie     string
	claimID graph.ClaimID
}

// claimOf returns the id of the claim of the position's edge; ok is false if it has none.
func (v *View) claimOf(p *placed) (id graph.ClaimID, ok bool) {
	switch {
	case p.cursor:
		return p.claimID, p.claimID != graph.ClaimID{}
	case p.edge.Claim == memory.None:
		return id, false
	}
	return v.s.Rows.Ref(p.edge.Claim).ID, true
}

// tieOf returns a text that distinguishes edges with the same node.
func (v *View) tieOf(p *placed) string {
	switch {
	case p.cursor:
		return p.tie
	case p.edge.Claim == memory.None:
		return ""
	}
	return v.s.Tie(p.edge.Claim)
}

func (v *View) place(order []reader, e Edge) placed {
	p := placed{edge: e, id: v.s.IDs.At(e.Node)}
	if len(order) > 0 {
		p.Keys = make([]graph.Value, len(order))
		for i := range order {
			p.Keys[i] = order[i].value(v, e)
		}
	}
	return p
}

// comparer returns a function that compares positions in an order: by its keys, by the node's id,
// by tieOf, and by the claim's id. Missing values come last in ascending and descending orders.
func (v *View) comparer(order []filter.Key) func(a, b *placed) int {
	readers := v.readers(order)
	return func(a, b *placed) int {
		if a.Lead != b.Lead && a.Lead != 0 && b.Lead != 0 {
			if a.Lead < b.Lead != order[0].Descending {
				return -1
			}
			return 1
		}
		for i := range order {
			if c := a.Compare(v.s.Ontology(), &b.Ordered, i, readers[i].byBytes, order[i].Descending); c != 0 {
				return c
			}
		}
		if c := strings.Compare(a.id, b.id); c != 0 {
			return c
		}
		if c := strings.Compare(v.tieOf(a), v.tieOf(b)); c != 0 {
			return c
		}
		// Only in a series: several sources state the same about one period.
		p, one := v.claimOf(a)
		q, other := v.claimOf(b)
		if !one || !other {
			return 0
		}
		return bytes.Compare(p[:], q[:])
	}
}

// after reports whether the first key of the edge certainly comes after worst, so that most edges of a long list
// need no Value. It decides only plain numbers, and texts that differ in a letter; for all others it returns false.
func (v *View) after(by *reader, descending bool, e Edge, worst *graph.Value) bool {
	if by.Own == "name" {
		n := by.end(v, e)
		return n != memory.None && worst.Kind() == graph.StringKind && v.afterText(by, descending, v.Name(n), worst)
	}
	c, ok := by.cell(v, e)
	if !ok || c.Kind != worst.Kind() {
		return false
	}
	switch c.Kind {
	case graph.IntKind:
		x, y := int64(c.Bits), worst.Int()
		return x != y && x < y == descending
	case graph.FloatKind:
		x, y := c.Number(), worst.Float()
		return descending && x < y || !descending && x > y
	case graph.StringKind:
		return v.afterText(by, descending, v.s.Texts.At(uint32(c.Bits)), worst)
	}
	return false
}

func (v *View) afterText(by *reader, descending bool, name string, worst *graph.Value) bool {
	var c int
	if by.byBytes {
		c = strings.Compare(name, worst.Text())
	} else {
		c, _ = text.CompareLetters(name, worst.Text()) // 0 if undecided
	}
	return c < 0 && descending || c > 0 && !descending
}

func (v *View) readers(order []filter.Key) []reader {
	rs := make([]reader, len(order))
	for i, k := range order {
		rs[i] = v.reader(k.By)
	}
	return rs
}

// sortTies sorts the edges of one node.
func (v *View) sortTies(group []Edge) {
	if len(group) < 2 {
		return
	}
	type tied struct {
		Edge
		tie string
	}
	list := make([]tied, len(group))
	for i, e := range group {
		list[i] = tied{e, v.s.Tie(e.Claim)}
	}
	slices.SortFunc(list, func(a, b tied) int {
		if c := strings.Compare(a.tie, b.tie); c != 0 {
			return c
		}
		x, y := v.s.Rows.Ref(a.Claim), v.s.Rows.Ref(b.Claim)
		return bytes.Compare(x.ID[:], y.ID[:])
	})
	for i, t := range list {
		group[i] = t.Edge
	}
}
