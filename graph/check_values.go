package graph

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/schema"
)

// The longest texts that a claim may hold, in bytes.
const (
	MaxText    = 16 << 10
	MaxLocator = 1 << 10
)

func (c *checker) valueOf(at Place, f *schema.Field, cl *Claim) {
	what := fmt.Sprintf("%s of %s", cl.Predicate, cl.Subject)
	cl.Value = c.typed(at, what, f.Scalar, f.Enum, f.Target, f.Unit, f.Dimension, cl.Value)
	if cl.Value.Kind() == EntityKind && ID(cl.Value.Text()) == cl.Subject && (f.Symmetric || f.Transitive) {
		c.problem(at, Cycle, "%s is %s itself", what, cl.Subject)
	}
}

func (c *checker) qualifiers(at Place, f *schema.Field, cl *Claim) {
	seen := map[string]bool{}
	for i := range cl.Qualifiers {
		q := &cl.Qualifiers[i]
		def := f.Qualifier(q.Name)
		if def == nil {
			have := make([]string, len(f.Qualifiers))
			for j, d := range f.Qualifiers {
				have[j] = d.Name
			}
			known := "it takes none"
			if len(have) > 0 {
				known = "it takes " + strings.Join(have, ", ")
			}
			c.problem(at, UnknownName, "%s of %s has no qualifier %q; %s", cl.Predicate, cl.Subject, Clip(q.Name), known)
			continue
		}
		if seen[q.Name] {
			c.problem(at, Duplicate, "%s of %s has the qualifier %s twice", cl.Predicate, cl.Subject, q.Name)
		}
		seen[q.Name] = true
		q.Value = c.typed(at, fmt.Sprintf("%s(%s) of %s", cl.Predicate, q.Name, cl.Subject), def.Scalar, def.Enum, def.Target, def.Unit, def.Dimension, q.Value)
	}
}

// typed makes the value one of the ontology's type, or states why it is none.
func (c *checker) typed(at Place, what string, s schema.Scalar, e *schema.Enum, target *schema.Type, unit, dimension string, v Value) Value {
	want := KindOf(s)
	switch have := v.Kind(); {
	case have == NoKind:
		c.problem(at, BadInput, "%s has no value", what)
		return v
	case have == want:
	case have == LooseKind,
		have == IntKind && want == FloatKind,
		have == StringKind && (want == EnumKind || want == DateKind):
		parsed, err := ParseValue(want, v.String())
		if err != nil {
			c.problem(at, WrongType, "%s: %v", what, err)
			return v
		}
		v = parsed
	default:
		c.problem(at, WrongType, "%s is a value of kind %s; the ontology wants %s", what, have, want)
		return v
	}
	if fault := v.fault(); fault != "" {
		c.problem(at, BadInput, "%s is %s", what, fault)
		return v
	}
	switch want {
	case EntityKind:
		c.object(at, what, target, v.Entity())
	case StringKind:
		if v.Text() == "" {
			c.problem(at, BadInput, "%s is an empty text; leave the claim out instead", what)
		}
		c.text(at, what, v.Text(), MaxText)
	case EnumKind:
		if !e.Has(v.Text()) {
			c.problem(at, WrongType, "%s is %q; %s has %s", what, Clip(v.Text()), e.Name, e.Names())
		}
	case QuantityKind:
		u := c.o.Units[v.Text()]
		switch {
		case u == nil:
			c.problem(at, UnknownName, "%s has the unit %q, which is not in the ontology's enum Unit", what, Clip(v.Text()))
		case unit != "" && u.Code != unit:
			c.problem(at, WrongType, "%s is in %s; give it in %s", what, u.Code, unit)
		case dimension != "" && u.Dimension != dimension:
			c.problem(at, WrongType, "%s is in %s, which measures %s; a unit of %s is needed", what, u.Code, u.Dimension, dimension)
		}
	}
	return v
}

func (c *checker) object(at Place, what string, target *schema.Type, id ID) {
	if err := CheckID(id); err != nil {
		c.problem(at, BadInput, "%s: %v", what, err)
		return
	}
	switch t := c.typeOf(id); {
	case t == nil && c.refused[id]:
	case t == nil:
		c.problem(at, UnknownID, "%s is %s, which is not in the graph; declare it with its type first", what, id)
	case !target.Includes(t):
		c.problem(at, WrongType, "%s is %s of type %s; the ontology wants %s", what, id, t.Name, target.Name)
	}
}

func (c *checker) text(at Place, what, s string, most int) {
	switch {
	case len(s) > most:
		c.problem(at, BadInput, "the %s has %d bytes; the most is %d", what, len(s), most)
	case !utf8.ValidString(s):
		c.problem(at, BadInput, "the %s is not valid UTF-8", what)
	case strings.ContainsRune(s, 0):
		c.problem(at, BadInput, "the %s holds a zero character", what)
	}
}
