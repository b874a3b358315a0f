package document

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// selections checks a selection set on the type parent, which is nil if it is unknown.
func (v *validator) selections(set ast.SelectionSet, parent *typesys.Type) {
	for _, sel := range set {
		if v.full() {
			return
		}
		switch sel := sel.(type) {
		case *ast.Field:
			v.field(sel, parent)
		case *ast.InlineFragment:
			t := parent
			if sel.TypeCondition != "" {
				t = v.knownType(sel.TypeCondition, sel.Position, 1)
				if t != nil && !t.Composite() {
					v.failAt("FragmentsOnCompositeTypes", v.text.around(sel.Position, 1), "Fragment cannot condition on non composite type %q.", sel.TypeCondition)
					t = nil
				}
				if t != nil && parent != nil && !typesys.Overlap(parent, t) {
					v.failAt("PossibleFragmentSpreads", v.text.around(sel.Position, -1), "Fragment cannot be spread here as objects of type %q can never be of type %q.", parent.Shown(), t.Name)
				}
			}
			v.directives(sel.Directives, "INLINE_FRAGMENT")
			v.selections(sel.SelectionSet, t)
		case *ast.FragmentSpread:
			v.cur.spreads = append(v.cur.spreads, sel)
			v.directives(sel.Directives, "FRAGMENT_SPREAD")
			f := v.doc.Fragments[sel.Name]
			if f == nil {
				v.fail("KnownFragmentNames", sel.Position, "Unknown fragment %q.", sel.Name)
				continue
			}
			t := v.s.ByName[f.TypeCondition]
			if t != nil && t.Composite() && parent != nil && !typesys.Overlap(parent, t) {
				v.failAt("PossibleFragmentSpreads", v.text.around(sel.Position, -1), "Fragment %q cannot be spread here as objects of type %q can never be of type %q.", sel.Name, parent.Shown(), f.TypeCondition)
			}
		}
	}
}

func (v *validator) field(f *ast.Field, parent *typesys.Type) {
	var def *typesys.Field
	if parent != nil {
		def = v.s.Field(parent, f.Name)
		if def == nil && !v.full() {
			v.fail("FieldsOnCorrectType", f.Position, "Cannot query field %q on type %q.%s", failure.Abbreviate(f.Name), parent.Shown(), v.suggestField(parent, f.Name))
		}
	}
	v.directives(f.Directives, "FIELD")
	if def == nil {
		v.arguments(f.Arguments, nil, nil, f.Position, 0, "")
		v.selections(f.SelectionSet, nil)
		return
	}
	where := ""
	if len(f.Arguments) > 0 || len(def.Args) > 0 {
		where = "field \"" + def.Name + "\""
		if def.Parent != nil {
			where = "field \"" + parent.Shown() + "." + def.Name + "\""
		}
	}
	v.arguments(f.Arguments, def.Args, def.ArgByName, f.Position, 0, where)
	t := def.Type.Base()
	switch {
	case t.Leaf() && f.SelectionSet != nil:
		v.failAt("ScalarLeafs", v.openBrace(f), "Field %q must not have a selection since type %q has no subfields.", f.Name, def.Type.Shown())
	case t.Composite() && f.SelectionSet == nil:
		v.fail("ScalarLeafs", f.Position, "Field %q of type %q must have a selection of subfields. Did you mean \"%s { ... }\"?", f.Name, def.Type.Shown(), f.Name)
	}
	if t.Leaf() {
		t = nil // so that its fields are not reported too
	}
	v.selections(f.SelectionSet, t)
}

// openBrace returns where a field's selection set begins.
func (v *validator) openBrace(f *ast.Field) []failure.Position {
	if len(f.SelectionSet) > 0 {
		delta := -1
		if _, ok := f.SelectionSet[0].(*ast.Field); !ok {
			delta = -2 // the position of a spread is after its dots
		}
		return v.text.around(f.SelectionSet[0].GetPosition(), delta)
	}
	return failure.At(f.Position)
}

func (v *validator) suggestField(parent *typesys.Type, name string) string {
	if v.limits.NoIntrospection {
		return ""
	}
	if parent.Abstract() { // object types with the field, which an inline fragment could select
		var with []string
		for _, t := range parent.Possible {
			if t.FieldByName[name] != nil {
				with = append(with, t.Name)
			}
		}
		if len(with) > 0 {
			out := " Did you mean to use an inline fragment on "
			for i, n := range with[:min(len(with), failure.Suggestions)] {
				if i > 0 {
					out += " or "
				}
				out += fmt.Sprintf("%q", n)
			}
			return out + "?"
		}
	}
	names := make([]string, len(parent.Fields))
	for i, f := range parent.Fields {
		names[i] = f.Name
	}
	return v.didYouMean(name, names)
}

// arguments checks the arguments of a field or directive, whose name is delta tokens after pos. If
// the field or directive is unknown, byName is nil, and only the use of variables is checked.
func (v *validator) arguments(args ast.ArgumentList, defs []*typesys.Input, byName map[string]*typesys.Input, pos *ast.Position, delta int, where string) {
	var given map[string]*ast.Argument
	if len(args) > 0 {
		given = make(map[string]*ast.Argument, len(args))
	}
	for _, a := range args {
		if v.full() {
			return
		}
		if first := given[a.Name]; first != nil {
			v.failAt("UniqueArgumentNames", append(failure.At(first.Position), failure.At(a.Position)...), "There can be only one argument named %q.", a.Name)
		}
		if given[a.Name] == nil {
			given[a.Name] = a
		}
		d := byName[a.Name]
		if d == nil {
			if byName != nil {
				v.fail("KnownArgumentNames", a.Position, "Unknown argument %q on %s.%s", failure.Abbreviate(a.Name), where, v.didYouMean(a.Name, typesys.NamesOf(defs)))
			}
			v.value(a.Value, nil)
			continue
		}
		v.position(a.Value, d, nil)
	}
	for _, d := range defs {
		if d.Required() && given[d.Name] == nil {
			v.failAt("ProvidedRequiredArguments", v.text.around(pos, delta), "Argument %q of type %q is required on %s, but it was not provided.", v.shown(d.Name), d.Type.Shown(), where)
		}
	}
}

// position checks the value val of the argument or input field d.
func (v *validator) position(val *ast.Value, d *typesys.Input, oneOf *typesys.Type) {
	if val.Kind == ast.Variable {
		v.cur.usages = append(v.cur.usages, usage{val, d.Type, d.HasDefault, oneOf})
		return
	}
	v.at = append(v.at, d.Name)
	v.value(val, d.Type)
	v.at = v.at[:len(v.at)-1]
}

// value checks a literal against a type, which is nil if it is unknown.
func (v *validator) value(val *ast.Value, typ *typesys.TypeRef) {
	if v.full() {
		return
	}
	switch {
	case val.Kind == ast.Variable:
		v.cur.usages = append(v.cur.usages, usage{value: val, typ: typ})
		return
	case typ == nil:
		v.children(val)
		return
	case val.Kind == ast.NullValue:
		if typ.NonNull {
			v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found null.", typ.Shown())
		}
		return
	case typ.Elem != nil:
		if val.Kind != ast.ListValue {
			v.value(val, typ.Elem)
			return
		}
		for _, c := range val.Children {
			v.value(c.Value, typ.Elem)
		}
		return
	}
	t := typ.Named
	if t.Kind == typesys.KindInput {
		v.object(val, t, typ)
		return
	}
	if (val.Kind == ast.ListValue || val.Kind == ast.ObjectValue) && (t.Kind == typesys.KindEnum || t.ScalarCode != typesys.ScalarCustom) {
		v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found %s.", typ.Shown(), failure.Abbreviate(value.Print(val)))
		v.children(val)
		return
	}
	if t.Kind == typesys.KindScalar && t.ScalarCode == typesys.ScalarCustom && value.HasVariable(val) {
		v.children(val) // its variables have values only at run time
		return
	}
	if _, err := value.CoerceLeaf(val, t, nil); err != nil {
		place, hint := "", ""
		switch {
		case t.Kind == typesys.KindEnum:
			hint = v.didYouMean(val.Raw, t.EnumNames())
		case t.ScalarCode == typesys.ScalarCustom && len(v.at) > 0:
			place = strings.Join(v.at, ".") + ": " // the error comes from the scalar, which does not know the path
		}
		v.fail("ValuesOfCorrectType", val.Position, "%s%s%s", place, err.Error(), hint)
	}
	v.children(val)
}

// children records the variables within a value whose type is unknown or a custom scalar.
func (v *validator) children(val *ast.Value) {
	var names map[string]*ast.ChildValue
	for _, c := range val.Children {
		if v.full() {
			return
		}
		if val.Kind == ast.ObjectValue {
			if names == nil {
				names = make(map[string]*ast.ChildValue, len(val.Children))
			}
			v.uniqueField(c, names)
		}
		v.value(c.Value, nil)
	}
}

func (v *validator) uniqueField(c *ast.ChildValue, names map[string]*ast.ChildValue) {
	if first := names[c.Name]; first != nil {
		v.failAt("UniqueInputFieldNames", append(failure.At(first.Position), failure.At(c.Position)...), "There can be only one input field named %q.", c.Name)
		return
	}
	names[c.Name] = c
}

func (v *validator) object(val *ast.Value, t *typesys.Type, typ *typesys.TypeRef) {
	if val.Kind != ast.ObjectValue {
		v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found %s.", typ.Shown(), failure.Abbreviate(value.Print(val)))
		v.children(val)
		return
	}
	names := make(map[string]*ast.ChildValue, len(val.Children))
	for _, c := range val.Children {
		if v.full() {
			return
		}
		v.uniqueField(c, names)
		d := t.InputByName[c.Name]
		if d == nil {
			v.fail("ValuesOfCorrectType", c.Position, "Field %q is not defined by type %q.%s", failure.Abbreviate(c.Name), t.Shown(), v.didYouMean(c.Name, t.InputNames()))
			v.value(c.Value, nil)
			continue
		}
		var oneOf *typesys.Type
		if t.OneOf {
			oneOf = t
		}
		v.position(c.Value, d, oneOf)
	}
	for _, d := range t.Inputs {
		if d.Required() && names[d.Name] == nil {
			v.fail("ValuesOfCorrectType", val.Position, "Field %q of required type %q was not provided.", t.Shown()+"."+t.ShownMember(d.Name), d.Type.Shown())
		}
	}
	if !t.OneOf {
		return
	}
	switch {
	case len(names) != 1:
		v.fail("ValuesOfCorrectType", val.Position, "OneOf Input Object %q must specify exactly one key.", t.Shown())
	case val.Children[0].Value.Kind == ast.NullValue:
		v.fail("ValuesOfCorrectType", val.Position, "Field %q must be non-null.", t.Shown()+"."+val.Children[0].Name)
	}
}
