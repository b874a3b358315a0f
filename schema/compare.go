package schema

import "fmt"

// Change is one difference from an earlier ontology that may change the meaning of recorded claims. Additions
// are not changes.
type Change struct {
	// Type is the name of the type. Field is the name of its field, or "" for the type itself.
	Type, Field string
	// What is a phrase that follows the name, such as "is gone".
	What string
	// Narrowed is true if the field had several values at a time and has one now.
	Narrowed bool
	// Meaning is true if every claim of the field means something else now.
	Meaning bool
}

func (c Change) String() string {
	if c.Field == "" {
		return c.Type + " " + c.What
	}
	return c.Type + "." + c.Field + " " + c.What
}

// Compare lists the changes from an earlier ontology to a later one, in the order of the earlier one: for each
// concrete type, the changes of the type and then of its fields.
func Compare(earlier, later *Ontology) []Change {
	var found []Change
	for _, t := range earlier.Types {
		if t.Abstract {
			continue
		}
		now := later.Type(t.Name)
		if now == nil || now.Abstract {
			found = append(found, Change{Type: t.Name, What: "is gone" + renamedType(t, earlier, later)})
			continue
		}
		for _, f := range t.Fields {
			if f.Stored() {
				found = append(found, compareField(t, f, now, later)...)
			}
		}
	}
	return found
}

func compareField(t *Type, was *Field, now *Type, later *Ontology) []Change {
	is := now.Field(was.Name)
	var found []Change
	change := func(c Change, format string, a ...any) {
		c.Type, c.Field, c.What = t.Name, was.Name, fmt.Sprintf(format, a...)
		found = append(found, c)
	}
	switch {
	case is == nil:
		change(Change{}, "is gone%s", renamedField(t, was, now))
		return found
	case !is.Stored():
		change(Change{}, "is read from other fields now")
		return found
	case holds(was) != holds(is) && !(was.Target != nil && is.Target != nil):
		change(Change{}, "held %s and holds %s now", holds(was), holds(is))
		return found
	}
	if was.Target != nil {
		for _, c := range was.Target.Concrete {
			if other := later.Type(c.Name); other != nil && !is.Target.Includes(other) {
				change(Change{}, "leads to %s now, and no longer to %s", is.Target.Name, c.Name)
			}
		}
	}
	if was.Enum != nil {
		for _, v := range was.Enum.Values {
			if !is.Enum.Has(v.Name) {
				change(Change{}, "can no longer be %s", v.Name)
			}
		}
	}
	if was.Many && !is.Many {
		change(Change{Narrowed: true}, "held many values and holds one now")
	}
	if was.Time != is.Time {
		change(Change{Meaning: true}, "was of the time kind %s and is of %s now", was.Time, is.Time)
	}
	if was.Unit != is.Unit && was.Scalar != Quantity {
		change(Change{Meaning: true}, "was in %q and is in %q now", was.Unit, is.Unit)
	}
	for _, q := range was.Qualifiers {
		if is.Qualifier(q.Name) == nil {
			change(Change{}, "no longer has the qualifier %s", q.Name)
		}
	}
	return found
}

// holds returns a name for the kind of a field's values.
func holds(f *Field) string {
	switch {
	case f.Target != nil:
		return f.Target.Name
	case f.Enum != nil:
		return f.Enum.Name
	}
	return f.Scalar.String()
}

// renamedType returns the single new type that has all fields of a removed one, or "".
func renamedType(t *Type, earlier, later *Ontology) string {
	name := ""
	for _, n := range later.Types {
		if n.Abstract || earlier.Type(n.Name) != nil || !hasFields(n, t) {
			continue
		}
		if name != "" {
			return ""
		}
		name = n.Name
	}
	return perhaps(name)
}

func hasFields(n, t *Type) bool {
	for _, f := range t.Fields {
		if f.Stored() && n.Field(f.Name) == nil {
			return false
		}
	}
	return true
}

// renamedField returns the single new field with the same kind of value as a removed one, or "".
func renamedField(t *Type, was *Field, now *Type) string {
	name := ""
	for _, f := range now.Fields {
		if !f.Stored() || t.Field(f.Name) != nil || holds(f) != holds(was) || f.Time != was.Time {
			continue
		}
		if name != "" {
			return ""
		}
		name = f.Name
	}
	return perhaps(name)
}

func perhaps(name string) string {
	if name == "" {
		return ""
	}
	return " (perhaps it is " + name + " now)"
}
