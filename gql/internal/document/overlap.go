package document

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// Overlapping fields can be merged under two conditions: all fields of one response name have the
// same shape, and fields that may occur in one object are the same field with the same arguments.
// The check groups fields, after Adameit's algorithm, instead of comparing all pairs: it collects
// the fields of each level once and splits them by response name and parent type. The split by
// concrete parent types repeats fields of abstract parents at each level, so a budget bounds the
// work.

type mergeField struct {
	field  *ast.Field
	parent *typesys.Type
	def    *typesys.Field
}

type overlapCheck struct {
	v      *validator
	budget int
	limit  int
	args   map[*ast.Field]string
}

// overlapWork is how often the check may visit a selection, on average, before the document is
// refused. Sensible documents need fewer than 5 visits.
const overlapWork = 100

func (v *validator) overlaps(reached map[string]bool) *failure.Refusal {
	n := 0
	m := &measurer{doc: v.doc, fragments: map[string]measure{}}
	for _, op := range v.doc.AST.Operations {
		n = saturate(n, m.set(op.SelectionSet).fields)
	}
	budget := saturate(100_000, min(n, 100_000)*overlapWork)
	c := &overlapCheck{v: v, budget: budget, limit: budget, args: map[*ast.Field]string{}}
	check := func(set ast.SelectionSet, parent *typesys.Type) {
		fields := c.collect(nil, set, parent, map[string]bool{})
		c.shapes(fields)
		c.same(fields)
	}
	for _, op := range v.doc.AST.Operations {
		check(op.SelectionSet, v.s.Root(op.Operation))
	}
	for _, f := range v.doc.AST.Fragments { // those reached by an operation are checked where they are spread
		if !reached[f.Name] && v.doc.Fragments[f.Name] == f {
			check(f.SelectionSet, v.s.ByName[f.TypeCondition])
		}
	}
	if c.budget < 0 {
		return failure.OverLimit(codes.LimitFields, "the work of merging the document's fields", c.limit, c.limit-c.budget)
	}
	return nil
}

func (c *overlapCheck) spent() bool { return c.budget < 0 || c.v.full() }

// collect expands the fragments of one level, each fragment once.
func (c *overlapCheck) collect(out []mergeField, set ast.SelectionSet, parent *typesys.Type, seen map[string]bool) []mergeField {
	for _, sel := range set {
		if c.budget--; c.budget < 0 {
			return out
		}
		switch sel := sel.(type) {
		case *ast.Field:
			m := mergeField{field: sel, parent: parent}
			if parent != nil {
				m.def = c.v.s.Field(parent, sel.Name)
			}
			out = append(out, m)
		case *ast.InlineFragment:
			t := parent
			if sel.TypeCondition != "" {
				t = c.v.s.ByName[sel.TypeCondition]
			}
			out = c.collect(out, sel.SelectionSet, t, seen)
		case *ast.FragmentSpread:
			if f := c.v.doc.Fragments[sel.Name]; f != nil && !seen[sel.Name] {
				seen[sel.Name] = true
				out = c.collect(out, f.SelectionSet, c.v.s.ByName[f.TypeCondition], seen)
			}
		}
	}
	return out
}

// children collects the fields that the selection sets of a group select.
func (c *overlapCheck) children(group []mergeField) []mergeField {
	var out []mergeField
	seen := map[string]bool{}
	for _, m := range group {
		if len(m.field.SelectionSet) == 0 {
			continue
		}
		var t *typesys.Type
		if m.def != nil {
			t = m.def.Type.Base()
		}
		out = c.collect(out, m.field.SelectionSet, t, seen)
	}
	return out
}

// groups splits fields by response name, in order of appearance.
func groups(fields []mergeField) [][]mergeField {
	index := make(map[string]int, len(fields))
	var out [][]mergeField
	for _, m := range fields {
		i, ok := index[m.field.Alias]
		if !ok {
			i = len(out)
			index[m.field.Alias] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], m)
	}
	return out
}

// shapes checks that fields of one response name have the same shape, whatever their parent types.
func (c *overlapCheck) shapes(fields []mergeField) {
	for _, g := range groups(fields) {
		if c.spent() {
			return
		}
		var first *mergeField
		for i := range g {
			if g[i].def == nil {
				continue
			}
			if first == nil {
				first = &g[i]
			} else if !typesys.SameShape(first.def.Type, g[i].def.Type) {
				c.conflict(g[0].field.Alias, "they return conflicting types \""+first.def.Type.Shown()+"\" and \""+g[i].def.Type.Shown()+"\"", first.field, g[i].field)
			}
		}
		if sub := c.children(g); len(sub) > 0 {
			c.shapes(sub)
		}
	}
}

// same checks that fields that may occur in one object are the same field with the same arguments.
func (c *overlapCheck) same(fields []mergeField) {
	for _, g := range groups(fields) {
		for _, meet := range meeting(g) {
			if c.spent() {
				return
			}
			c.budget -= len(meet)
			first := meet[0]
			for _, m := range meet[1:] {
				switch {
				case m.field.Name != first.field.Name:
					c.conflict(first.field.Alias, "\""+first.field.Name+"\" and \""+m.field.Name+"\" are different fields", first.field, m.field)
				case c.arguments(m.field) != c.arguments(first.field):
					c.conflict(first.field.Alias, "they have differing arguments", first.field, m.field)
				}
			}
			if sub := c.children(meet); len(sub) > 0 {
				c.same(sub)
			}
		}
	}
}

// meeting splits a group of fields into sets that may occur in one object. Each object type has a
// set: its fields, and those of all parents of abstract or unknown type.
func meeting(g []mergeField) [][]mergeField {
	abstract := 0
	var object *typesys.Type
	several := false
	for _, m := range g {
		if m.parent == nil || m.parent.Kind != typesys.KindObject {
			abstract++
		} else if object == nil {
			object = m.parent
		} else if object != m.parent {
			several = true
		}
	}
	if !several {
		return [][]mergeField{g}
	}
	var order []*typesys.Type
	byType := map[*typesys.Type][]mergeField{}
	for _, m := range g {
		if m.parent != nil && m.parent.Kind == typesys.KindObject {
			if byType[m.parent] == nil {
				order = append(order, m.parent)
			}
			byType[m.parent] = append(byType[m.parent], m)
		}
	}
	out := make([][]mergeField, 0, len(order))
	for _, t := range order {
		set := byType[t]
		if abstract > 0 {
			for _, m := range g {
				if m.parent == nil || m.parent.Kind != typesys.KindObject {
					set = append(set, m)
				}
			}
		}
		out = append(out, set)
	}
	return out
}

func (c *overlapCheck) conflict(name, reason string, a, b *ast.Field) {
	c.v.failAt("OverlappingFieldsCanBeMerged", append(failure.At(a.Position), failure.At(b.Position)...),
		"Fields %q conflict because %s. Use different aliases on the fields to fetch both if this was intentional.", failure.Abbreviate(name), reason)
}

// arguments returns a canonical text of a field's arguments; the order of arguments
// and of input fields does not matter.
func (c *overlapCheck) arguments(f *ast.Field) string {
	if len(f.Arguments) == 0 {
		return ""
	}
	if s, ok := c.args[f]; ok {
		return s
	}
	parts := make([]string, len(f.Arguments))
	for i, a := range f.Arguments {
		parts[i] = a.Name + ":" + canonical(a.Value)
	}
	slices.Sort(parts)
	s := strings.Join(parts, ",")
	c.args[f] = s
	return s
}

func canonical(v *ast.Value) string {
	switch v.Kind {
	case ast.ListValue:
		parts := make([]string, len(v.Children))
		for i, c := range v.Children {
			parts[i] = canonical(c.Value)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case ast.ObjectValue:
		parts := make([]string, len(v.Children))
		for i, c := range v.Children {
			parts[i] = c.Name + ":" + canonical(c.Value)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	default:
		return v.String()
	}
}
