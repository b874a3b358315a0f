package gql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// field finds a field of a composite type, the meta fields included.
func (s *schema) field(parent *typeDef, name string) *fieldDef {
	if f := parent.fieldByName[name]; f != nil {
		return f
	}
	switch name {
	case "__typename":
		return s.typenameField
	case "__schema":
		if parent == s.query {
			return s.schemaField
		}
	case "__type":
		if parent == s.query {
			return s.typeField
		}
	}
	return nil
}

// selections checks a selection set of a type, which is nil where it is unknown.
func (v *validator) selections(set ast.SelectionSet, parent *typeDef) {
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
				if t != nil && !t.composite() {
					v.failAt("FragmentsOnCompositeTypes", v.text.around(sel.Position, 1), "Fragment cannot condition on non composite type %q.", sel.TypeCondition)
					t = nil
				}
				if t != nil && parent != nil && !overlap(parent, t) {
					v.failAt("PossibleFragmentSpreads", v.text.around(sel.Position, -1), "Fragment cannot be spread here as objects of type %q can never be of type %q.", parent.shown(), t.name)
				}
			}
			v.directives(sel.Directives, "INLINE_FRAGMENT")
			v.selections(sel.SelectionSet, t)
		case *ast.FragmentSpread:
			v.cur.spreads = append(v.cur.spreads, sel)
			v.directives(sel.Directives, "FRAGMENT_SPREAD")
			f := v.doc.fragments[sel.Name]
			if f == nil {
				v.fail("KnownFragmentNames", sel.Position, "Unknown fragment %q.", sel.Name)
				continue
			}
			t := v.s.byName[f.TypeCondition]
			if t != nil && t.composite() && parent != nil && !overlap(parent, t) {
				v.failAt("PossibleFragmentSpreads", v.text.around(sel.Position, -1), "Fragment %q cannot be spread here as objects of type %q can never be of type %q.", sel.Name, parent.shown(), f.TypeCondition)
			}
		}
	}
}

func overlap(a, b *typeDef) bool {
	if a == b {
		return true
	}
	if len(a.possible) > len(b.possible) {
		a, b = b, a
	}
	for _, t := range a.possible {
		if b.possibleSet[t] {
			return true
		}
	}
	return false
}

func (v *validator) field(f *ast.Field, parent *typeDef) {
	var def *fieldDef
	if parent != nil {
		def = v.s.field(parent, f.Name)
		if def == nil && !v.full() {
			v.fail("FieldsOnCorrectType", f.Position, "Cannot query field %q on type %q.%s", abbreviate(f.Name), parent.shown(), v.suggestField(parent, f.Name))
		}
	}
	v.directives(f.Directives, "FIELD")
	if def == nil {
		v.arguments(f.Arguments, nil, nil, f.Position, 0, "")
		v.selections(f.SelectionSet, nil)
		return
	}
	where := ""
	if len(f.Arguments) > 0 || len(def.args) > 0 {
		where = "field \"" + def.name + "\""
		if def.parent != nil {
			where = "field \"" + parent.shown() + "." + def.name + "\""
		}
	}
	v.arguments(f.Arguments, def.args, def.argByName, f.Position, 0, where)
	t := def.typ.base()
	switch {
	case t.leaf() && f.SelectionSet != nil:
		v.failAt("ScalarLeafs", v.openBrace(f), "Field %q must not have a selection since type %q has no subfields.", f.Name, def.typ.shown())
	case t.composite() && f.SelectionSet == nil:
		v.fail("ScalarLeafs", f.Position, "Field %q of type %q must have a selection of subfields. Did you mean \"%s { ... }\"?", f.Name, def.typ.shown(), f.Name)
	}
	if t.leaf() {
		t = nil // its fields are no further faults
	}
	v.selections(f.SelectionSet, t)
}

// openBrace is where a field's selection set begins.
func (v *validator) openBrace(f *ast.Field) []place {
	if len(f.SelectionSet) > 0 {
		delta := -1
		if _, ok := f.SelectionSet[0].(*ast.Field); !ok {
			delta = -2 // a spread's place is that of what follows its dots
		}
		return v.text.around(f.SelectionSet[0].GetPosition(), delta)
	}
	return at(f.Position)
}

func (v *validator) suggestField(parent *typeDef, name string) string {
	if v.limits.NoIntrospection {
		return ""
	}
	if parent.abstract() { // types that have it, which an inline fragment could ask
		var with []string
		for _, t := range parent.possible {
			if t.fieldByName[name] != nil {
				with = append(with, t.name)
			}
		}
		if len(with) > 0 {
			out := " Did you mean to use an inline fragment on "
			for i, n := range with[:min(len(with), suggestions)] {
				if i > 0 {
					out += " or "
				}
				out += fmt.Sprintf("%q", n)
			}
			return out + "?"
		}
	}
	names := make([]string, len(parent.fields))
	for i, f := range parent.fields {
		names[i] = f.name
	}
	return didYouMean(name, names)
}

// arguments checks the arguments of a field or directive; byName is nil where that is
// unknown itself, and only the use of variables matters. The field's or directive's own place
// is so many tokens from pos.
func (v *validator) arguments(args ast.ArgumentList, defs []*inputDef, byName map[string]*inputDef, pos *ast.Position, delta int, where string) {
	var given map[string]*ast.Argument
	if len(args) > 0 {
		given = make(map[string]*ast.Argument, len(args))
	}
	for _, a := range args {
		if v.full() {
			return
		}
		if first := given[a.Name]; first != nil {
			v.failAt("UniqueArgumentNames", append(at(first.Position), at(a.Position)...), "There can be only one argument named %q.", a.Name)
		}
		if given[a.Name] == nil {
			given[a.Name] = a
		}
		d := byName[a.Name]
		if d == nil {
			if byName != nil {
				v.fail("KnownArgumentNames", a.Position, "Unknown argument %q on %s.%s", abbreviate(a.Name), where, v.didYouMean(a.Name, namesOf(defs)))
			}
			v.value(a.Value, nil)
			continue
		}
		v.position(a.Value, d, nil)
	}
	for _, d := range defs {
		if d.required() && given[d.name] == nil {
			v.failAt("ProvidedRequiredArguments", v.text.around(pos, delta), "Argument %q of type %q is required on %s, but it was not provided.", v.shown(d.name), d.typ.shown(), where)
		}
	}
}

// position checks a value given to an argument or input field.
func (v *validator) position(val *ast.Value, d *inputDef, oneOf *typeDef) {
	if val.Kind == ast.Variable {
		v.cur.usages = append(v.cur.usages, usage{val, d.typ, d.hasDefault, oneOf})
		return
	}
	v.value(val, d.typ)
}

// value checks a literal against a type, which is nil where it is unknown.
func (v *validator) value(val *ast.Value, typ *typeRef) {
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
		if typ.nonNull {
			v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found null.", typ.shown())
		}
		return
	case typ.elem != nil:
		if val.Kind != ast.ListValue {
			v.value(val, typ.elem)
			return
		}
		for _, c := range val.Children {
			v.value(c.Value, typ.elem)
		}
		return
	}
	t := typ.named
	if t.kind == kindInput {
		v.object(val, t, typ)
		return
	}
	if (val.Kind == ast.ListValue || val.Kind == ast.ObjectValue) && (t.kind == kindEnum || t.scalarCode != scalarCustom) {
		v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found %s.", typ.shown(), abbreviate(printLiteral(val)))
		v.children(val)
		return
	}
	if t.kind == kindScalar && t.scalarCode == scalarCustom && hasVariable(val) {
		v.children(val) // its value is known at run time only
		return
	}
	if _, err := coerceLeafAST(val, t, nil); err != nil {
		hint := ""
		if t.kind == kindEnum {
			hint = didYouMean(val.Raw, enumNames(t))
		}
		v.fail("ValuesOfCorrectType", val.Position, "%s%s", err.Error(), hint)
	}
	v.children(val)
}

// children notes the variables within a value of unknown or custom type.
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
		v.failAt("UniqueInputFieldNames", append(at(first.Position), at(c.Position)...), "There can be only one input field named %q.", c.Name)
		return
	}
	names[c.Name] = c
}

func (v *validator) object(val *ast.Value, t *typeDef, typ *typeRef) {
	if val.Kind != ast.ObjectValue {
		v.fail("ValuesOfCorrectType", val.Position, "Expected value of type %q, found %s.", typ.shown(), abbreviate(printLiteral(val)))
		v.children(val)
		return
	}
	names := make(map[string]*ast.ChildValue, len(val.Children))
	for _, c := range val.Children {
		if v.full() {
			return
		}
		v.uniqueField(c, names)
		d := t.inputByName[c.Name]
		if d == nil {
			v.fail("ValuesOfCorrectType", c.Position, "Field %q is not defined by type %q.%s", abbreviate(c.Name), t.shown(), didYouMean(c.Name, inputNames(t)))
			v.value(c.Value, nil)
			continue
		}
		var oneOf *typeDef
		if t.oneOf {
			oneOf = t
		}
		v.position(c.Value, d, oneOf)
	}
	for _, d := range t.inputs {
		if d.required() && names[d.name] == nil {
			v.fail("ValuesOfCorrectType", val.Position, "Field %q of required type %q was not provided.", t.shown()+"."+t.shownMember(d.name), d.typ.shown())
		}
	}
	if !t.oneOf {
		return
	}
	switch {
	case len(names) != 1:
		v.fail("ValuesOfCorrectType", val.Position, "OneOf Input Object %q must specify exactly one key.", t.shown())
	case val.Children[0].Value.Kind == ast.NullValue:
		v.fail("ValuesOfCorrectType", val.Position, "Field %q must be non-null.", t.shown()+"."+val.Children[0].Name)
	}
}

func hasVariable(val *ast.Value) bool {
	if val.Kind == ast.Variable {
		return true
	}
	for _, c := range val.Children {
		if hasVariable(c.Value) {
			return true
		}
	}
	return false
}
