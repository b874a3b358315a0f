package filter

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Tests compare names and prose by their base, which is equal for texts that people read alike. They compare
// ids and codes exactly.

// Prepare makes the test fast, above all for long lists of texts. It is optional, and must be called before the
// Test is used. Afterwards the Test owns its lists.
func (t *Test) Prepare() {
	t.prepared = true
	if !t.ByBytes {
		for _, bound := range []**graph.Value{&t.Eq, &t.Ne} {
			if *bound != nil {
				v := based(**bound)
				*bound = &v
			}
		}
		for _, list := range [][]graph.Value{t.In, t.NotIn} {
			for i := range list {
				list[i] = based(list[i])
			}
		}
		t.Contains, t.StartsWith = basePart(t.Contains), strings.TrimLeft(basePart(t.StartsWith), " ")
	}
	for _, list := range [][]graph.Value{t.In, t.NotIn} {
		if slices.ContainsFunc(list, func(v graph.Value) bool { return !isText(v.Kind()) }) {
			return
		}
	}
	t.sorted = true
	sortTexts(t.In)
	sortTexts(t.NotIn)
}

// sortTexts sorts values by their texts. It sorts indexes, because copying the large values for each comparison
// would take longer than comparing.
func sortTexts(list []graph.Value) {
	type keyed struct {
		text string
		at   int
	}
	keys := make([]keyed, len(list))
	for i := range list {
		keys[i] = keyed{list[i].Text(), i}
	}
	slices.SortFunc(keys, func(a, b keyed) int { return strings.Compare(a.text, b.text) })
	old := slices.Clone(list)
	for i, k := range keys {
		list[i] = old[k.at]
	}
}

// Prepared returns the test if it is prepared, and otherwise a prepared copy.
func (t *Test) Prepared() *Test {
	if t.prepared {
		return t
	}
	u := *t
	u.In, u.NotIn = slices.Clone(t.In), slices.Clone(t.NotIn)
	u.Prepare()
	return &u
}

// basePart returns the base of a part of a text, including the blanks at its ends.
func basePart(s string) string {
	base := text.Base(s)
	if base == "" {
		return ""
	}
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		base = " " + base
	}
	if r, _ := utf8.DecodeLastRuneInString(s); unicode.IsSpace(r) {
		base += " "
	}
	return base
}

// based returns the base of a text, and other values unchanged.
func based(v graph.Value) graph.Value {
	if !isText(v.Kind()) {
		return v
	}
	return graph.StringValue(text.Base(v.Text()))
}

// passesText applies the test's conditions on texts to the base of a text.
func (t *Test) passesText(s string) bool {
	if t.StartsWith != "" && t.prepared && !mayBegin(s, t.StartsWith) || t.Eq != nil && t.prepared && !mayBegin(s, t.Eq.Text()) {
		return false
	}
	if t.Eq == nil && t.Ne == nil && t.In == nil && t.NotIn == nil && t.Contains == "" && t.StartsWith == "" {
		return true
	}
	if !t.prepared {
		return t.Prepared().passesText(s)
	}
	var room [64]byte
	base := text.AppendBase(room[:0], s) // must remain on the stack: nothing below may keep it
	if t.Eq != nil && !sameText(base, t.Eq) || t.Ne != nil && sameText(base, t.Ne) ||
		!bytes.HasPrefix(base, []byte(t.StartsWith)) || !bytes.Contains(base, []byte(t.Contains)) {
		return false
	}
	return t.In == nil && t.NotIn == nil || t.passesLists(string(base))
}

func sameText(base []byte, v *graph.Value) bool { return isText(v.Kind()) && string(base) == v.Text() }

// passesLists applies In and NotIn to the base of a text.
func (t *Test) passesLists(base string) bool {
	listed := func(list []graph.Value) bool {
		if !t.sorted {
			return slices.ContainsFunc(list, func(w graph.Value) bool { return isText(w.Kind()) && w.Text() == base })
		}
		_, ok := slices.BinarySearchFunc(list, base, func(w graph.Value, b string) int { return strings.Compare(w.Text(), b) })
		return ok
	}
	return (t.In == nil || listed(t.In)) && (t.NotIn == nil || !listed(t.NotIn))
}

// passesAsIs applies Contains, StartsWith, Ne, In and NotIn to a value exactly as it is.
func (t *Test) passesAsIs(o *schema.Ontology, val *graph.Value) bool {
	if t.Contains != "" || t.StartsWith != "" {
		s := val.String()
		if !strings.Contains(s, t.Contains) || !strings.HasPrefix(s, t.StartsWith) {
			return false
		}
	}
	return !(t.Ne != nil && graph.Eq.Holds(o, val, t.Ne, true)) &&
		(t.In == nil || t.listed(o, t.In, val)) && (t.NotIn == nil || !t.listed(o, t.NotIn, val))
}

// listed reports whether a list contains the value.
func (t *Test) listed(o *schema.Ontology, list []graph.Value, val *graph.Value) bool {
	if t.sorted {
		// Only the text is passed, so that the value remains on the stack.
		_, ok := slices.BinarySearchFunc(list, val.Text(), func(a graph.Value, b string) int { return strings.Compare(a.Text(), b) })
		return ok && isText(val.Kind())
	}
	for i := range list {
		if graph.Eq.Holds(o, val, &list[i], true) {
			return true
		}
	}
	return false
}

func isText(k graph.Kind) bool {
	return k == graph.StringKind || k == graph.EnumKind || k == graph.EntityKind
}

// Excludes reports whether the test fails because of the first letter of a text, which decides most texts that
// fail.
func (t *Test) Excludes(text string) bool {
	return t.prepared && !t.ByBytes && t.StartsWith != "" && !mayBegin(text, t.StartsWith)
}

// mayBegin excludes most texts by their first letter: if it returns false, the base of s does not begin with
// base.
func mayBegin(s, base string) bool {
	if s == "" || base == "" {
		return true
	}
	c := s[0]
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c < 'a' || c > 'z' || c == base[0]
}
