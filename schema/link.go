package schema

import (
	"slices"
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// inherit resolves which types implement which interface, through any depth,
// and which types a union has.
func (l *loader) inherit() {
	for _, t := range l.o.Types {
		seen := map[string]bool{}
		var walk func(d *ast.Definition)
		walk = func(d *ast.Definition) {
			for _, name := range d.Interfaces {
				i := l.o.types[name]
				switch {
				case i == nil || !i.Abstract || i.Union:
					l.fail(d.Position, "%s implements %s, which is no interface of this ontology", d.Name, name)
				case name == t.Name:
					l.fail(d.Position, "%s implements itself", t.Name)
				case !seen[name]:
					seen[name] = true
					t.Interfaces = append(t.Interfaces, i)
					walk(l.defs[name])
				}
			}
		}
		walk(l.defs[t.Name])
		if twice := repeated(l.defs[t.Name].Interfaces); twice != "" {
			l.fail(l.defs[t.Name].Position, "%s names %s twice", t.Name, twice)
		}
		if !t.Union && t.Name != EntityType && !seen[EntityType] {
			l.fail(l.defs[t.Name].Position, "%s must implement %s", t.Name, EntityType)
		}
	}
	concrete := 0
	for _, t := range l.o.Types {
		if t.Abstract {
			continue
		}
		t.number = concrete
		concrete++
		t.Concrete = []*Type{t}
		for _, i := range t.Interfaces {
			i.Concrete = append(i.Concrete, t)
		}
	}
	for _, t := range l.o.Types {
		if !t.Union {
			continue
		}
		if twice := repeated(l.defs[t.Name].Types); twice != "" {
			l.fail(l.defs[t.Name].Position, "the union %s names %s twice", t.Name, twice)
		}
		for _, name := range l.defs[t.Name].Types {
			m := l.o.types[name]
			if m == nil || m.Abstract {
				l.fail(l.defs[t.Name].Position, "the union %s names %s, which is no concrete type of this ontology", t.Name, name)
				continue
			}
			t.Concrete = append(t.Concrete, m)
		}
	}
	for _, t := range l.o.Types {
		t.within = make([]bool, concrete)
		for _, c := range t.Concrete {
			t.within[c.number] = true
		}
	}
	for _, t := range l.o.Types {
		if t.Abstract && len(t.Concrete) == 0 && len(l.defs[t.Name].Types) == 0 {
			l.fail(l.defs[t.Name].Position, "no type implements %s", t.Name)
		}
	}
}

// repeated is the first name that stands twice, or "".
func repeated(names []string) string {
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return n
		}
	}
	return ""
}

// fields reads the fields that each type declares and hands them down.
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
		// Farthest interface first, so that name and aliases lead everywhere.
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
			l.fail(l.defs[t.Name].Position, "%s has %s from both %s and %s", t.Name, f.Name, have.Owner.Name, f.Owner.Name)
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
	if f.Target != nil {
		f.Kind = Relation
	}
	if args, ok := l.directive(fd.Directives, "time"); ok {
		f.Time = timeKinds[args["kind"]]
	}
	if args, ok := l.directive(fd.Directives, "label"); ok {
		f.Label = args["text"]
	}
	if args, ok := l.directive(fd.Directives, "key"); ok {
		f.Key = args["scheme"]
	}
	f.Code = l.code(fd.Position, where, fd.Directives, f.Scalar, f.Key != "")
	if args, ok := l.directive(fd.Directives, "unit"); ok {
		f.Unit, f.Dimension = l.unit(fd.Position, f.Scalar, args)
	}
	if args, ok := l.directive(fd.Directives, "tolerance"); ok {
		f.Tolerance = l.tolerance(fd.Position, where, args)
	}
	if args, ok := l.directive(fd.Directives, "range"); ok {
		f.Range = l.valueRange(fd.Position, where, f.Scalar, f.Unit, args)
	}
	_, f.Symmetric = l.directive(fd.Directives, "symmetric")
	_, f.Transitive = l.directive(fd.Directives, "transitive")
	f.Maps, _ = l.directive(fd.Directives, "map")
	l.readElsewhere(fd, where, f)
	for _, a := range fd.Arguments {
		q := l.qualifier(f, a)
		if f.Qualifier(q.Name) != nil {
			l.fail(a.Position, "%s(%s:) is declared twice", where, q.Name)
			continue
		}
		f.Qualifiers = append(f.Qualifiers, q)
	}
	if len(f.Qualifiers) > maxQualifiers {
		l.fail(fd.Position, "%s has %d qualifiers; the most is %d", where, len(f.Qualifiers), maxQualifiers)
	}
	return f
}

// maxQualifiers bounds what a claim may say besides its value.
const maxQualifiers = 64

// readElsewhere notes that a field is an inverse or derived, and of what.
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
		return String, nil, nil // refused for its kind already
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
		q.Unit, q.Dimension = l.unit(a.Position, q.Scalar, args)
	}
	if args, ok := l.directive(a.Directives, "range"); ok {
		q.Range = l.valueRange(a.Position, where, q.Scalar, q.Unit, args)
	}
	if args, ok := l.directive(a.Directives, "label"); ok {
		q.Label = args["text"]
	}
	_, q.Distinct = l.directive(a.Directives, "distinct")
	q.Distinct = q.Distinct || q.Target != nil
	return q
}

// links finds what inverse and derived fields read.
func (l *loader) links() {
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner != t {
				continue
			}
			if f.Stored() {
				l.o.predicates[f.Name] = append(l.o.predicates[f.Name], f)
			}
			if f.Key != "" {
				l.o.keys = append(l.o.keys, f)
			}
		}
	}
	for name := range l.o.predicates {
		l.o.names = append(l.o.names, name)
	}
	sort.Strings(l.o.names)
	for i, name := range l.o.names {
		for _, f := range l.o.predicates[name] {
			f.Number = i
		}
	}
	l.numberQualifiers()
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t && f.Kind == Inverse && f.Target != nil && f.inverseRef != "" {
				l.linkInverse(f)
			}
		}
	}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t && f.Kind == Derived && f.Target != nil && f.Path.through != "" && f.Path.then != "" {
				l.linkDerived(f)
			}
		}
	}
}

// numberQualifiers gives all qualifiers of one name one number.
func (l *loader) numberQualifiers() {
	numbers := map[string]int{}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			for _, q := range f.Qualifiers {
				n, ok := numbers[q.Name]
				if !ok {
					n = len(numbers)
					numbers[q.Name] = n
					l.o.qualifiers = append(l.o.qualifiers, q.Name)
				}
				q.Number = n
			}
		}
	}
}

func (l *loader) linkInverse(f *Field) {
	pos := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position
	owner, name, qualified := strings.Cut(f.inverseRef, ".")
	if !qualified {
		owner, name = f.Target.Name, f.inverseRef
	}
	reads := l.o.types[owner]
	if t := reads; t != nil {
		if target := t.fields[name]; target != nil && target.Kind == Relation {
			f.InverseOf = []*Field{target}
		}
		// An interface or union may stand for members that each declare the relation.
		if f.InverseOf == nil && t.Abstract {
			for _, c := range t.Concrete {
				if target := c.fields[name]; target != nil && target.Kind == Relation {
					f.InverseOf = append(f.InverseOf, target)
				}
			}
		}
	}
	if f.InverseOf == nil {
		l.fail(pos, "%s.%s is the inverse of %s.%s, which is no relation", f.Owner.Name, f.Name, owner, name)
		return
	}
	if !f.Many {
		l.fail(pos, "%s.%s: an inverse is a list, since any number may point here", f.Owner.Name, f.Name)
	}
	if !overlaps(reads, f.Target) {
		l.fail(pos, "%s.%s leads to %s, but is the inverse of a relation of %s", f.Owner.Name, f.Name, f.Target.Name, owner)
	}
	for _, of := range f.InverseOf {
		if !overlaps(of.Target, f.Owner) {
			l.fail(pos, "%s.%s is the inverse of %s.%s, which leads to %s and never to %s", f.Owner.Name, f.Name, of.Owner.Name, name, of.Target.Name, f.Owner.Name)
		}
		if of.Time != f.InverseOf[0].Time {
			l.fail(pos, "%s.%s is the inverse of %s.%s and %s.%s, which differ in their time kind", f.Owner.Name, f.Name, f.InverseOf[0].Owner.Name, name, of.Owner.Name, name)
		}
	}
}

func (l *loader) linkDerived(f *Field) {
	pos := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position
	p := f.Path
	if p.Through = f.Owner.fields[p.through]; p.Through == nil || p.Through.Target == nil || p.Through.Kind == Derived {
		l.fail(pos, "%s.%s goes through %q, which is no relation or inverse of %s", f.Owner.Name, f.Name, p.through, f.Owner.Name)
		return
	}
	mid := p.Through.Target
	if p.Then = mid.fields[p.then]; p.Then == nil || p.Then.Target == nil || p.Then.Kind == Derived {
		l.fail(pos, "%s.%s then takes %q, which is no relation or inverse of %s", f.Owner.Name, f.Name, p.then, mid.Name)
		return
	}
	if !overlaps(p.Then.Target, f.Target) {
		l.fail(pos, "%s.%s leads to %s, but %s.%s to %s", f.Owner.Name, f.Name, f.Target.Name, mid.Name, p.then, p.Then.Target.Name)
	}
	if p.Where != "" {
		w := mid.fields[p.Where]
		if w == nil || w.Kind != Property {
			l.fail(pos, "%s.%s filters by %q, which is no property of %s", f.Owner.Name, f.Name, p.Where, mid.Name)
		} else if w.Enum != nil && !w.Enum.Has(p.Equals) {
			l.fail(pos, "%s.%s: %s is no value of %s", f.Owner.Name, f.Name, p.Equals, w.Enum.Name)
		}
	}
}

func overlaps(a, b *Type) bool {
	for _, c := range b.Concrete {
		if a.Includes(c) {
			return true
		}
	}
	return false
}

// within tells whether every entity of type a is of type b.
func within(a, b *Type) bool {
	for _, c := range a.Concrete {
		if !b.Includes(c) {
			return false
		}
	}
	return true
}

// check holds the fields to the rules that need the whole ontology.
func (l *loader) check() {
	l.checkRoots()
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t {
				l.checkField(f)
			}
		}
	}
	for _, name := range l.o.names {
		l.checkPredicate(l.o.predicates[name])
	}
	l.checkGenerated()
	for _, known := range []struct {
		typ, field string
		needed     bool
		scalar     Scalar
		many       bool
	}{
		{EntityType, "name", true, String, false}, {EntityType, "aliases", false, String, true},
		{SourceType, "date", false, Date, false}, {SourceType, "confidenceCap", false, Float, false},
	} {
		l.checkKnown(known.typ, known.field, known.needed, known.scalar, known.many)
	}
}

// checkKnown holds the few fields that the service itself reads to the kind of
// value that it expects.
func (l *loader) checkKnown(typ, name string, needed bool, s Scalar, many bool) {
	f := l.o.types[typ].fields[name]
	want := s.String()
	if many {
		want = "[" + want + "!]"
	}
	switch {
	case f == nil && needed:
		l.fail(l.defs[typ].Position, "%s must have the field %s: %s", typ, name, want)
	case f != nil && (f.Kind != Property || f.Scalar != s || f.Many != many):
		l.problems = append(l.problems, Problem{f.Pos, f.Owner.Name + "." + name + " must be of type " + want + "; the service itself reads it"})
	}
}

func (l *loader) checkField(f *Field) {
	fd := l.defs[f.Owner.Name].Fields.ForName(f.Name)
	pos, timed := fd.Position, fd.Directives.ForName("time") != nil
	where := f.Owner.Name + "." + f.Name
	if f.Stored() && !timed {
		l.fail(pos, "%s needs @time(kind:), since its claims hold at some time", where)
	}
	if !f.Stored() && timed {
		l.fail(pos, "%s is read from other claims; their time kind applies, drop @time", where)
	}
	if !f.Stored() && len(f.Qualifiers) > 0 {
		l.fail(pos, "%s is read from other claims; their qualifiers apply, drop its own", where)
	}
	if (f.Symmetric || f.Transitive) && f.Kind != Relation {
		l.fail(pos, "%s: only a relation can be symmetric or transitive", where)
	}
	if f.Symmetric && f.Transitive {
		l.fail(pos, "%s: a relation that holds both ways is a circle, which a transitive one may not form; drop one of the two", where)
	}
	if f.Symmetric && f.Kind == Relation && !within(f.Target, f.Owner) || f.Transitive && f.Kind == Relation && !overlaps(f.Target, f.Owner) {
		l.fail(pos, "%s: a symmetric or transitive relation leads to its own type", where)
	}
	if !f.Stored() && f.Tolerance != (Tolerance{}) {
		l.fail(pos, "%s is read from other claims; their tolerance applies, drop its own", where)
	}
	if f.Key != "" && f.Name == "view" {
		l.fail(pos, "%s: the root field takes its lens by that name; choose another", where)
	}
	if f.Key != "" && f.Kind != Property {
		l.fail(pos, "%s: only a property can be a key", where)
	}
}

// checkPredicate holds fields of one name to one meaning: a claim carries the
// name alone, and readers of claims must know what its value is.
func (l *loader) checkPredicate(fields []*Field) {
	a := fields[0]
	for _, b := range fields[1:] {
		pos := l.defs[b.Owner.Name].Fields.ForName(b.Name).Position
		if a.Kind != b.Kind || valueKind(a.Scalar) != valueKind(b.Scalar) {
			l.fail(pos, "%s.%s has another kind of value than %s.%s; one name means one thing", b.Owner.Name, b.Name, a.Owner.Name, a.Name)
		}
	}
}

// valueKind folds together what reads the same in a claim: a kind may be a
// closed list on one type and free words on another, and whole numbers may be
// small on one and large on another.
func valueKind(s Scalar) Scalar {
	switch s {
	case EnumValue:
		return String
	case Long:
		return Int
	}
	return s
}

// words turns a camel-case name into words for people.
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
