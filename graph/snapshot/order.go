package snapshot

import (
	"bytes"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/memory"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// placed is an edge with what it is ordered by.
type placed struct {
	edge Edge
	keys []graph.Value
	id   string
	// cursor places have no edge to read the tie and the claim from.
	cursor  bool
	tie     string
	claimID graph.ClaimID

	lead     uint64   // text.LeadingLetters of the first key, where that is a text and was noted
	textKeys []string // of keys that are texts, as far as they were needed
}

// textKey is the key of the text that the place is ordered by. It is kept: one
// place may be compared with many.
func (p *placed) textKey(i int) string {
	if p.textKeys == nil {
		p.textKeys = make([]string, len(p.keys))
	}
	if p.textKeys[i] == "" {
		p.textKeys[i] = text.Key(p.keys[i].Text())
	}
	return p.textKeys[i]
}

// claim is the claim of the place's edge; ok is false where it has none.
func (v *View) claimOf(p *placed) (id graph.ClaimID, ok bool) {
	switch {
	case p.cursor:
		return p.claimID, p.claimID != graph.ClaimID{}
	case p.edge.Claim == memory.None:
		return id, false
	}
	return v.s.Rows.Ref(p.edge.Claim).ID, true
}

// tieOf tells apart edges that share their node.
func (v *View) tieOf(p *placed) string {
	switch {
	case p.cursor:
		return p.tie
	case p.edge.Claim == memory.None:
		return ""
	}
	return v.tie(p.edge.Claim)
}

func (v *View) place(order []reader, e Edge) placed {
	p := placed{edge: e, id: v.s.IDs.At(e.Node)}
	if len(order) > 0 {
		p.keys = make([]graph.Value, len(order))
		for i := range order {
			p.keys[i] = order[i].value(v, e)
		}
	}
	return p
}

// tie tells apart the edges of one list that lead to the same node. It names
// what a claim says and not its id, so that a cursor outlives a correction.
func (v *View) tie(n uint32) string {
	r := v.s.Rows.Ref(n)
	f := v.s.Field(n)
	if f == nil || r.NumQualifiers == 0 && f.Time != schema.Observation {
		return ""
	}
	var b strings.Builder
	for _, q := range v.s.Rules[f] {
		c := v.s.ClaimQualifier(n, q.Name)
		switch {
		case q.Distinct:
			b.WriteString(v.s.ValueOf(c).String())
			b.WriteByte(0)
		case c.Kind != graph.NoKind:
			b.WriteString(v.s.QualifierNames.List[q.Name])
			b.WriteByte(0)
		}
	}
	if f.Time == schema.Observation {
		b.WriteString(v.s.Times.Ref(r.Valid).Interval.String())
	}
	return b.String()
}

// comparer compares places by the keys of an order, in which missing values
// come last either way, then by the node's id, by what tells apart the edges to
// one node, and by the claim's id.
func (v *View) comparer(order []filter.Key) func(a, b *placed) int {
	readers := v.readers(order)
	return func(a, b *placed) int {
		if a.lead != b.lead && a.lead != 0 && b.lead != 0 {
			if a.lead < b.lead != order[0].Descending {
				return -1
			}
			return 1
		}
		for i := range order {
			if c := v.compareKeys(a, b, i, &readers[i], order[i].Descending); c != 0 {
				return c
			}
		}
		if c := strings.Compare(a.id, b.id); c != 0 {
			return c
		}
		if c := strings.Compare(v.tieOf(a), v.tieOf(b)); c != 0 {
			return c
		}
		// Series only: several sources say the same of one period.
		p, one := v.claimOf(a)
		q, other := v.claimOf(b)
		if !one || !other {
			return 0
		}
		return bytes.Compare(p[:], q[:])
	}
}

// compareKeys compares the keys of two places with the number i, which are read alike.
func (v *View) compareKeys(a, b *placed, i int, by *reader, descending bool) (c int) {
	x, y := &a.keys[i], &b.keys[i]
	switch mx, my := x.Kind() == graph.NoKind, y.Kind() == graph.NoKind; {
	case mx && my:
		return 0
	case mx:
		return 1
	case my:
		return -1
	case x.Kind() != graph.StringKind || y.Kind() != graph.StringKind:
		c = graph.Compare(v.s.Ontology(), x, y)
	case by.byBytes:
		c = strings.Compare(x.Text(), y.Text())
	default:
		decided := false
		if c, decided = text.CompareLetters(x.Text(), y.Text()); !decided {
			c = strings.Compare(a.textKey(i), b.textKey(i))
		}
	}
	if descending {
		return -c
	}
	return c
}

// after reports whether the edge's key surely comes after worst, so that for most edges
// of a long list no Value need be built. It decides this for plain
// numbers and for texts that differ in a letter, and returns false for all others.
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
		c, _ = text.CompareLetters(name, worst.Text()) // 0 where not decided
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
