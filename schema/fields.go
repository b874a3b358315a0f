package schema

import (
	"cmp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// fields reads the fields that each type declares, and adds the inherited ones.
func (l *loader) fields() {
	own := map[string][]*Field{}
	for _, t := range l.o.Types {
		seen := map[string]bool{}
		for _, fd := range l.defs[t.Name].Fields {
			switch {
			case reservedFields[fd.Name]:
				l.fail(fd.Position, "%s.%s: %s is a name of the API itself; choose another", t.Name, fd.Name, fd.Name)
				continue
			case !fieldName.MatchString(fd.Name):
				l.fail(fd.Position, "%s.%s: names of fields are written in lower camel case", t.Name, fd.Name)
				continue
			case seen[fd.Name]:
				l.fail(fd.Position, "%s.%s is declared twice", t.Name, fd.Name)
				continue
			}
			seen[fd.Name] = true
			own[t.Name] = append(own[t.Name], l.field(t, fd))
		}
	}
	for _, t := range l.o.Types {
		// The most distant interface comes first, so that name and aliases come first in every type.
		for i := len(t.Interfaces) - 1; i >= 0; i-- {
			for _, f := range own[t.Interfaces[i].Name] {
				l.add(t, f)
			}
		}
		for _, f := range own[t.Name] {
			l.add(t, f)
		}
	}
}

func (l *loader) add(t *Type, f *Field) {
	if have := t.fields[f.Name]; have != nil {
		if have != f {
			l.fail(l.defs[t.Name].Position, "%s: the field %s is declared by both %s and %s; keep one", t.Name, f.Name, have.Owner.Name, f.Owner.Name)
		}
		return
	}
	t.fields[f.Name] = f
	t.Fields = append(t.Fields, f)
}

func (l *loader) field(t *Type, fd *ast.FieldDefinition) *Field {
	l.checkDirectives(fd.Directives, "FIELD_DEFINITION")
	where := t.Name + "." + fd.Name
	f := &Field{Name: fd.Name, Label: words(fd.Name), Description: fd.Description, Owner: t, Pos: l.at(fd.Position)}
	typ := fd.Type
	switch {
	case typ.NonNull:
		l.fail(fd.Position, "%s: a field is never required, since a source may be silent; drop the !", where)
	case typ.Elem != nil && (typ.Elem.Elem != nil || !typ.Elem.NonNull):
		l.fail(fd.Position, "%s: write a list as [%s!]", where, typ.Name())
	}
	for typ.Elem != nil {
		f.Many, typ = true, typ.Elem
	}
	f.Scalar, f.Enum, f.Target = l.valueType(fd.Position, where, typ.NamedType)
	f.Theme = l.theme(fd.Directives)
	if f.Target != nil {
		f.Kind = Relation
		f.Theme = cmp.Or(f.Theme, f.Target.Theme)
	}
	if args, ok := l.directive(fd.Directives, "time"); ok {
		f.Time = timeKinds[args["kind"]]
		f.Reach = l.reach(fd.Position, where, f.Time, args)
		f.Past = args["past"] == "true"
	}
	if args, ok := l.directive(fd.Directives, "lifetime"); ok {
		f.Lifetime = l.lifetime(fd.Position, where, f, args)
	}
	if args, ok := l.directive(fd.Directives, "label"); ok {
		f.Label = args["text"]
	}
	if args, ok := l.directive(fd.Directives, "inverseLabel"); ok {
		f.InverseLabel = args["text"]
	}
	if args, ok := l.directive(fd.Directives, "key"); ok {
		f.Key = args["scheme"]
	}
	_, f.Search = l.directive(fd.Directives, "search")
	f.Search = f.Search || f.Key != ""
	f.Code = l.code(fd.Position, where, fd.Directives, f.Scalar, f.Key != "")
	if args, ok := l.directive(fd.Directives, "unit"); ok {
		f.Unit, f.Dimension, f.Usual = l.unit(fd.Position, f.Scalar, args)
	}
	if args, ok := l.directive(fd.Directives, "tolerance"); ok {
		f.Tolerance = l.tolerance(fd.Position, where, f.Scalar, args)
	}
	if args, ok := l.directive(fd.Directives, "range"); ok {
		f.Range = l.valueRange(fd.Position, where, f.Scalar, f.Unit, args)
	}
	_, f.Symmetric = l.directive(fd.Directives, "symmetric")
	_, f.Transitive = l.directive(fd.Directives, "transitive")
	f.Maps, _ = l.directive(fd.Directives, "map")
	l.readElsewhere(fd, where, f)
	l.consistency(fd, where, f)
	l.mirror(fd, where, f)
	l.qualifiers(fd, where, f)
	return f
}

func (l *loader) qualifiers(fd *ast.FieldDefinition, where string, f *Field) {
	for _, a := range fd.Arguments {
		q := l.qualifier(f, a)
		if f.Qualifier(q.Name) != nil {
			l.fail(a.Position, "%s(%s:) is declared twice", where, q.Name)
			continue
		}
		f.Qualifiers = append(f.Qualifiers, q)
	}
	if len(f.Qualifiers) > maxQualifiers {
		l.fail(fd.Position, "%s has %d qualifiers; the limit is %d", where, len(f.Qualifiers), maxQualifiers)
	}
}

// maxQualifiers bounds the number of qualifiers of a claim.
const maxQualifiers = 64

// readElsewhere records whether a field is an inverse or is derived, and the fields from which it is read.
func (l *loader) readElsewhere(fd *ast.FieldDefinition, where string, f *Field) {
	inverse, isInverse := l.directive(fd.Directives, "inverse")
	derived, isDerived := l.directive(fd.Directives, "derived")
	switch {
	case isInverse && isDerived:
		l.fail(fd.Position, "%s: @inverse and @derived exclude each other", where)
	case (isInverse || isDerived) && f.Target == nil && (f.Enum != nil || scalars[fd.Type.Name()] != NoScalar):
		l.fail(fd.Position, "%s leads to entities; its type cannot be %s", where, fd.Type.Name())
	case isDerived && (derived["where"] == "") != (derived["equals"] == ""):
		l.fail(fd.Position, "%s: where and equals of @derived go together", where)
	}
	if isInverse {
		f.Kind, f.inverseRef = Inverse, inverse["of"]
	}
	if isDerived {
		f.Kind = Derived
		f.Path = &Path{Where: derived["where"], Equals: derived["equals"], through: derived["through"], then: derived["then"]}
	}
}

func (l *loader) valueType(pos *ast.Position, where, name string) (Scalar, *Enum, *Type) {
	if s, ok := scalars[name]; ok {
		return s, nil, nil
	}
	if e := l.o.enums[name]; e != nil {
		return EnumValue, e, nil
	}
	if t := l.o.types[name]; t != nil {
		return NoScalar, nil, t
	}
	if l.defs[name] != nil {
		return String, nil, nil // the kind was refused already
	}
	l.fail(pos, "%s has the type %s, which this ontology does not declare", where, name)
	return String, nil, nil
}

func (l *loader) qualifier(f *Field, a *ast.ArgumentDefinition) *Qualifier {
	l.checkDirectives(a.Directives, "ARGUMENT_DEFINITION")
	where := f.Owner.Name + "." + f.Name + "(" + a.Name + ":)"
	q := &Qualifier{Name: a.Name, Label: words(a.Name), Description: a.Description, Pos: l.at(a.Position)}
	switch {
	case reservedQualifiers[a.Name] || f.Target == nil && a.Name == "value":
		l.fail(a.Position, "%s: %s is a name of the API itself; choose another", where, a.Name)
	case !fieldName.MatchString(a.Name):
		l.fail(a.Position, "%s: names of qualifiers are written in lower camel case", where)
	}
	if a.DefaultValue != nil {
		l.fail(a.Position, "%s: a qualifier has no default, since a source may be silent; drop it", where)
	}
	if a.Type.Elem != nil || a.Type.NonNull {
		l.fail(a.Position, "%s: a qualifier is one value and never required", where)
		return q
	}
	q.Scalar, q.Enum, q.Target = l.valueType(a.Position, where, a.Type.NamedType)
	q.Code = l.code(a.Position, where, a.Directives, q.Scalar, false)
	if args, ok := l.directive(a.Directives, "unit"); ok {
		q.Unit, q.Dimension, q.Usual = l.unit(a.Position, q.Scalar, args)
	}
	if args, ok := l.directive(a.Directives, "range"); ok {
		q.Range = l.valueRange(a.Position, where, q.Scalar, q.Unit, args)
	}
	if args, ok := l.directive(a.Directives, "label"); ok {
		q.Label = args["text"]
	}
	_, q.Distinct = l.directive(a.Directives, "distinct")
	_, q.Narrows = l.directive(a.Directives, "narrows")
	q.Distinct = q.Distinct || q.Target != nil
	if args, ok := l.directive(a.Directives, "share"); ok {
		q.Whole = strings.Fields(args["of"])
		if q.Scalar != Float {
			l.fail(a.Position, "%s: only a Float is a share", where)
		}
	}
	return q
}
