package document

import (
	"math"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
)

// measure is the size of a selection set with its fragments expanded. Sums saturate: a
// chain of forty fragments that spread the next one twice has 2^40 fields.
type measure struct {
	fields, aliases int
	depth           int // nesting of fields
	lists           int // nesting of the lists of introspection
	rootFields      int // fields at the set's own level
}

func (m *measure) add(o measure) {
	m.fields = saturate(m.fields, o.fields)
	m.aliases = saturate(m.aliases, o.aliases)
	m.rootFields = saturate(m.rootFields, o.rootFields)
	m.depth = max(m.depth, o.depth)
	m.lists = max(m.lists, o.lists)
}

func saturate(a, b int) int {
	if a > math.MaxInt32-b {
		return math.MaxInt32
	}
	return a + b
}

type measurer struct {
	doc         *Document
	fragments   map[string]measure
	introLists  int        // the deepest nesting of introspection lists under one __schema or __type
	introspects *ast.Field // the first __schema or __type
}

// expansion refuses operations that exceed a limit when their fragments are expanded. It only
// computes sizes and expands nothing. The document must have no fragment cycles.
func (v *validator) expansion() *failure.Refusal {
	m := &measurer{doc: v.doc, fragments: map[string]measure{}}
	for _, op := range v.doc.AST.Operations {
		got := m.set(op.SelectionSet)
		if v.limits.NoIntrospection && m.introspects != nil {
			err := failure.Refuse(codes.IntrospectionDisabled, "Introspection is disabled: the field %q is not available.", m.introspects.Name)
			err.Errors[0].Locations = failure.At(m.introspects.Position)
			return err
		}
		for _, c := range []struct {
			code, what    string
			limit, actual int
		}{
			{codes.LimitFields, "the operation's number of selections", v.limits.Fields, got.fields},
			{codes.LimitDepth, "the operation's depth", v.limits.Depth, got.depth},
			{codes.LimitAliases, "the operation's number of aliases", v.limits.Aliases, got.aliases},
			{codes.LimitRootFields, "the operation's number of root fields", v.limits.RootFields, got.rootFields},
			{codes.LimitIntrospection, "the nesting of introspection lists", v.limits.Introspection, m.introLists},
		} {
			if c.actual > c.limit {
				return failure.OverLimit(c.code, c.what, c.limit, c.actual)
			}
		}
	}
	return nil
}

func (m *measurer) set(set ast.SelectionSet) measure {
	var sum measure
	for _, sel := range set {
		sum.fields = saturate(sum.fields, 1)
		switch sel := sel.(type) {
		case *ast.Field:
			sum.add(m.field(sel))
		case *ast.InlineFragment:
			sum.add(m.set(sel.SelectionSet))
		case *ast.FragmentSpread:
			f := m.doc.Fragments[sel.Name]
			if f == nil {
				continue
			}
			got, ok := m.fragments[sel.Name]
			if !ok {
				got = m.set(f.SelectionSet)
				m.fragments[sel.Name] = got
			}
			sum.add(got)
		}
	}
	return sum
}

func (m *measurer) field(f *ast.Field) measure {
	got := m.set(f.SelectionSet)
	got.rootFields = 1
	got.depth++
	if f.Alias != f.Name {
		got.aliases = saturate(got.aliases, 1)
	}
	switch f.Name {
	case "fields", "interfaces", "possibleTypes", "inputFields":
		got.lists++
	case "__schema", "__type":
		m.introLists = max(m.introLists, got.lists)
		if m.introspects == nil {
			m.introspects = f
		}
		// Each __schema or __type is counted separately.
		got.lists = 0
	}
	return got
}
