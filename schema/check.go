package schema

// within reports whether every entity of type a is also of type b.
func within(a, b *Type) bool {
	for _, c := range a.Concrete {
		if !b.Includes(c) {
			return false
		}
	}
	return true
}

// check applies the rules for fields that need the whole ontology.
func (l *loader) check() {
	l.checkRoots()
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t {
				l.checkField(f)
				l.shares(f)
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
		{SourceType, "date", false, Date, false}, {SourceType, "coversUntil", false, Date, false},
		{SourceType, "completeFor", false, String, true}, {SourceType, "partialFor", false, String, true},
		{SourceType, "maintains", false, String, true}, {SourceType, "confidenceCap", false, Float, false},
	} {
		l.checkKnown(known.typ, known.field, known.needed, known.scalar, known.many)
	}
}

// checkKnown checks that a field that the service itself reads has the expected kind of value.
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
		l.fail(pos, "%s is read from other claims; the time kind of those claims applies, so drop @time", where)
	}
	if !f.Stored() && len(f.Qualifiers) > 0 {
		l.fail(pos, "%s is read from other claims; the qualifiers of those claims apply, so declare none here", where)
	}
	if (f.Symmetric || f.Transitive) && f.Kind != Relation {
		l.fail(pos, "%s: only a relation can be symmetric or transitive", where)
	}
	if f.InverseLabel != "" && (f.Kind != Relation || f.Symmetric) {
		l.fail(pos, "%s: only a relation that is not symmetric has another name when read from its object", where)
	}
	if f.Symmetric && f.Transitive {
		l.fail(pos, "%s: a relation that holds both ways is a circle, which a transitive one may not form; drop one of the two", where)
	}
	if f.Symmetric && f.Kind == Relation && !within(f.Target, f.Owner) || f.Transitive && f.Kind == Relation && !overlaps(f.Target, f.Owner) {
		l.fail(pos, "%s: a symmetric or transitive relation leads to its own type", where)
	}
	if !f.Stored() && f.Tolerance != (Tolerance{}) {
		l.fail(pos, "%s is read from other claims; the tolerance of those claims applies, so declare none here", where)
	}
	if f.Key != "" && f.Name == "view" {
		l.fail(pos, "%s: the root field takes its view by that name; choose another", where)
	}
	if f.Key != "" && f.Kind != Property {
		l.fail(pos, "%s: only a property can be a key", where)
	}
	if f.Key == "" && f.Search && (f.Kind != Property || f.Code == nil) {
		l.fail(pos, "%s: search finds entities by codes only; give the field @code or drop @search", where)
	}
}

// checkPredicate checks that fields with one name have one meaning, because a claim has only the name, and
// readers of claims must know the kind of its value.
func (l *loader) checkPredicate(fields []*Field) {
	a := fields[0]
	for _, b := range fields[1:] {
		pos := l.defs[b.Owner.Name].Fields.ForName(b.Name).Position
		if a.Kind != b.Kind || valueKind(a.Scalar) != valueKind(b.Scalar) {
			l.fail(pos, "%s.%s has another kind of value than %s.%s; one name means one thing", b.Owner.Name, b.Name, a.Owner.Name, a.Name)
		}
	}
}

// valueKind maps kinds that read the same in a claim to one kind: a field may be an enum in one type and free
// text in another, or an Int in one type and a Long in another.
func valueKind(s Scalar) Scalar {
	switch s {
	case EnumValue:
		return String
	case Long:
		return Int
	}
	return s
}
