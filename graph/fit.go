package graph

import (
	"fmt"

	"github.com/caspian-kg/caspian/schema"
)

// Misfit returns the reason why a recorded claim does not fit the ontology, for example after the ontology was
// changed, or "" if it fits. The reason names types and fields but no value, so that claims can be counted by
// it. Check reports faults of new claims in more detail.
func Misfit(o *schema.Ontology, st State, c *Claim) string {
	name, _ := st.TypeOf(c.Subject)
	t := o.Type(name)
	if t == nil || t.Abstract {
		return fmt.Sprintf("the ontology has no type %s", name)
	}
	f := t.Field(c.Predicate)
	switch {
	case f == nil:
		return fmt.Sprintf("%s has no field %s", name, c.Predicate)
	case !f.Stored():
		return fmt.Sprintf("%s.%s is read from other fields", name, f.Name)
	}
	if why := misfit(o, st, wanted{scalar: f.Scalar, enum: f.Enum, target: f.Target, unit: f.Unit, dimension: f.Dimension, rng: f.Range, code: f.Code}, c.Value); why != "" {
		return name + "." + f.Name + " " + why
	}
	for _, q := range c.Qualifiers {
		def := f.Qualifier(q.Name)
		if def == nil {
			return fmt.Sprintf("%s.%s has no qualifier %s", name, f.Name, q.Name)
		}
		if why := misfit(o, st, wanted{scalar: def.Scalar, enum: def.Enum, target: def.Target, unit: def.Unit, dimension: def.Dimension, rng: def.Range}, q.Value); why != "" {
			return fmt.Sprintf("%s.%s(%s) %s", name, f.Name, q.Name, why)
		}
	}
	return ""
}

// misfit returns the reason why a value is not what the ontology requires, or "" if it is.
func misfit(o *schema.Ontology, st State, w wanted, v Value) string {
	want := KindOf(w.scalar)
	if !v.Fits(want) {
		return fmt.Sprintf("holds %s, and not %s", kindWord(want), kindWord(v.Kind()))
	}
	switch want {
	case EntityKind:
		name, _ := st.TypeOf(v.Entity())
		if t := o.Type(name); t == nil || !w.target.Includes(t) {
			return fmt.Sprintf("leads to %s, and not to %s", w.target.Name, name)
		}
	case StringKind:
		if w.code == nil {
			break
		}
		if code, err := w.code.Read(v.Text()); err != nil || code != v.Text() {
			return "has codes of another form"
		}
	case EnumKind:
		if !w.enum.Has(v.Text()) {
			return fmt.Sprintf("cannot be %s", v.Text())
		}
	case QuantityKind:
		u := o.Units[v.Text()]
		if u == nil || w.unit != "" && u.Code != w.unit || w.dimension != "" && u.Dimension != w.dimension {
			return fmt.Sprintf("cannot be in %s", v.Text())
		}
	}
	switch {
	case w.scalar == schema.Int && (v.Int() < schema.MinInt || v.Int() > schema.MaxInt):
		return "is beyond the 32 bits of an Int"
	case w.scalar.Numeric() && !v.within(w.rng):
		return fmt.Sprintf("must be %s", w.rng)
	}
	return ""
}

// kindWord names a kind of value for people.
func kindWord(k Kind) string {
	switch k {
	case EntityKind:
		return "an entity"
	case StringKind:
		return "text"
	case IntKind:
		return "a whole number"
	case FloatKind:
		return "a number"
	case BoolKind:
		return "true or false"
	case DateKind:
		return "a date"
	case EnumKind:
		return "a name of an enum"
	}
	return "a " + k.String()
}
