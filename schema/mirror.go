package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Mirror names the relation that states the same facts from the other end: the imports of one country from
// another are the exports of the other to it. Each end reports separately. If one end reports nothing about the
// other, the claims of the other end are shown instead.
type Mirror struct {
	// Of is the relation of the other end, which mirrors this one.
	Of *Field
	// Same are the qualifiers of Of that decide whether claims of both ends are about the same thing.
	Same []*Qualifier
	// Own are the qualifiers of Of about the whole of the reporting end, such as a share of its exports. They
	// say nothing about the other end.
	Own []*Qualifier
	// Amounts are the other numeric qualifiers of Of, which are the same for both ends.
	Amounts []*Qualifier

	of        string
	same, own []string
}

// mirror reads the directive @mirror of a field.
func (l *loader) mirror(fd *ast.FieldDefinition, where string, f *Field) {
	args, ok := l.directive(fd.Directives, "mirror")
	if !ok {
		return
	}
	f.Mirror = &Mirror{of: args["of"], same: strings.Fields(args["same"]), own: strings.Fields(args["own"])}
	if f.Kind != Relation || !f.Many || f.Symmetric {
		l.fail(fd.Position, "%s: only a relation of many that is not symmetric has a mirror", where)
	}
}

// linkMirror resolves the names in the directive.
func (l *loader) linkMirror(f *Field) {
	m := f.Mirror
	if m == nil || f.Target == nil {
		return
	}
	pos, where := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position, f.Owner.Name+"."+f.Name
	m.Of = f.Target.fields[m.of]
	switch {
	case m.Of == nil || m.Of.Kind != Relation:
		l.fail(pos, "%s is the mirror of %q, which is not a relation of %s", where, m.of, f.Target.Name)
		return
	case m.Of.Mirror == nil || m.Of.Mirror.of != f.Name || m.Of.Target != f.Owner || f.Target != m.Of.Owner:
		l.fail(pos, "%s is the mirror of %s.%s, which is not its mirror: each names the other and leads to where the other begins", where, f.Target.Name, m.of)
		return
	case !slices.Equal(m.same, m.Of.Mirror.same):
		l.fail(pos, "%s and its mirror %s differ in the qualifiers by which they are the same", where, m.of)
		return
	}
	m.Same, m.Own = l.mirrored(pos, where, m, m.same), l.mirrored(pos, where, m, m.own)
	for _, q := range m.Of.Qualifiers {
		if q.Scalar.Numeric() && !slices.Contains(m.Own, q) {
			m.Amounts = append(m.Amounts, q)
		}
	}
}

// mirrored returns the named qualifiers of the other end.
func (l *loader) mirrored(pos *ast.Position, where string, m *Mirror, names []string) (found []*Qualifier) {
	for _, name := range names {
		q := m.Of.Qualifier(name)
		if q == nil {
			l.fail(pos, "%s: %s.%s has no qualifier %q", where, m.Of.Owner.Name, m.Of.Name, name)
			continue
		}
		found = append(found, q)
	}
	return found
}
