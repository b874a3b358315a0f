package filter

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Ordered has the values by which an item of a list is ordered.
type Ordered struct {
	Keys []graph.Value
	// Lead is text.LeadingLetters of the first key if that is a text and Lead was computed, else 0.
	Lead uint64

	textKeys []string // the sort keys of the Keys that are texts, as far as they were computed
}

// Forget clears the cached sort keys, so that Keys can be replaced.
func (o *Ordered) Forget() { clear(o.textKeys) }

// textKey returns the sort key of a text. It is cached, because one item may be compared with many.
func (o *Ordered) textKey(i int) string {
	if o.textKeys == nil {
		o.textKeys = make([]string, len(o.Keys))
	}
	if o.textKeys[i] == "" {
		o.textKeys[i] = text.Key(o.Keys[i].Text())
	}
	return o.textKeys[i]
}

// Compare compares key number i of two items. Missing values come last in both directions; byBytes is the
// result of Reading.ByBytes.
func (o *Ordered) Compare(ontology *schema.Ontology, other *Ordered, i int, byBytes, descending bool) (c int) {
	x, y := &o.Keys[i], &other.Keys[i]
	switch mx, my := x.Kind() == graph.NoKind, y.Kind() == graph.NoKind; {
	case mx && my:
		return 0
	case mx:
		return 1
	case my:
		return -1
	case x.Kind() != graph.StringKind || y.Kind() != graph.StringKind:
		c = graph.Compare(ontology, x, y)
	case byBytes:
		c = strings.Compare(x.Text(), y.Text())
	default:
		decided := false
		if c, decided = text.CompareLetters(x.Text(), y.Text()); !decided {
			c = strings.Compare(o.textKey(i), other.textKey(i))
		}
	}
	if descending {
		return -c
	}
	return c
}
