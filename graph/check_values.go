package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// The maximum lengths of texts in a claim, in bytes.
const (
	MaxText    = 16 << 10
	MaxLocator = 1 << 10
)

// place says for messages which text or value of a claim is meant.
type place struct {
	field, qualifier string
	of               ID // "" if field is enough
}

func (p place) String() string {
	switch {
	case p.of == "":
		return p.field
	case p.qualifier == "":
		return fmt.Sprintf("%s of %s", p.field, p.of)
	}
	return fmt.Sprintf("%s(%s) of %s", p.field, p.qualifier, p.of)
}

func (c *checker) valueOf(at Position, f *schema.Field, cl *Claim) {
	what := place{field: cl.Predicate, of: cl.Subject}
	if cl.Value.Kind() == NoneKind {
		if schema.IsName(f.Name) || f.Owner.Name == schema.SourceType {
			c.problem(at, WrongType, "%s cannot be none; leave it out", what)
		}
		return
	}
	cl.Value = c.typed(at, what, wanted{f.Scalar, f.Enum, f.Target, f.Unit, f.Dimension, f.Range, f.Code, schema.IsName(f.Name)}, cl.Value)
	if cl.Value.Kind() == RangeKind && f.Owner.Name == schema.SourceType {
		c.problem(at, WrongType, "%s cannot be a range; give one number", what)
	}
	if cl.Value.Kind() == EntityKind && ID(cl.Value.Text()) == cl.Subject && (f.Symmetric || f.Transitive) {
		c.problem(at, Cycle, "%s is %s itself", what, cl.Subject)
	}
	if f.Owner.Name == schema.SourceType && slices.Contains(schema.OfRelations[:], f.Name) && cl.Value.Kind() == StringKind {
		c.relation(at, what, cl.Value.Text())
	}
}

// relation checks that a name in a source's statement about its lists is the name of a relation.
func (c *checker) relation(at Position, what place, name string) {
	var relations []*schema.Field
	for _, t := range c.o.Types {
		for _, f := range t.Fields {
			switch {
			case f.Kind == schema.Property:
			case f.Name == name:
				return
			default:
				relations = append(relations, f)
			}
		}
	}
	c.problem(at, UnknownName, "%s is %q, but the ontology has no relation of this name%s", what, Clip(name), suggest(relations, name))
}

func (c *checker) qualifiers(at Position, f *schema.Field, cl *Claim) {
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
		q.Value = c.typed(at, place{cl.Predicate, q.Name, cl.Subject},
			wanted{def.Scalar, def.Enum, def.Target, def.Unit, def.Dimension, def.Range, def.Code, true}, q.Value)
	}
}

// wanted is what the ontology requires of the value of a field or qualifier.
type wanted struct {
	scalar          schema.Scalar
	enum            *schema.Enum
	target          *schema.Type
	unit, dimension string
	rng             schema.Range
	code            *schema.Code
	line            bool // a text of a single line
}

// typed converts the value to the kind that the ontology requires, or reports why it cannot.
func (c *checker) typed(at Position, what place, w wanted, v Value) Value {
	want := KindOf(w.scalar)
	if k := v.Kind(); k == LooseKind || k == StringKind {
		v.text = text.Clean(v.text)
	}
	switch have := v.Kind(); {
	case have == NoKind:
		c.problem(at, BadInput, "%s has no value", what)
		return v
	case have == want:
	case have == RangeKind && v.rangeOf(want):
	case have == LooseKind,
		have == IntKind && want == FloatKind, have == FloatKind && want == IntKind,
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
		c.object(at, what, w.target, v.Entity())
	case StringKind:
		return c.written(at, what, w, v)
	case EnumKind:
		if !w.enum.Has(v.Text()) {
			c.problem(at, WrongType, "%s is %q; %s has %s", what, Clip(v.Text()), w.enum.Name, w.enum.Names())
		}
	case QuantityKind:
		u := c.o.Units[v.Text()]
		switch {
		case u == nil:
			c.problem(at, UnknownName, "%s has the unit %q, which is not in the ontology's enum Unit", what, Clip(v.Text()))
		case w.unit != "" && u.Code != w.unit:
			c.problem(at, WrongType, "%s is in %s; give it in %s", what, u.Code, w.unit)
		case w.dimension != "" && u.Dimension != w.dimension:
			c.problem(at, WrongType, "%s is in %s, which measures %s; a unit of %s is needed", what, u.Code, u.Dimension, w.dimension)
		}
	}
	c.number(at, what, w, v)
	return v
}

// number checks that a number fits its scalar and is within its range.
func (c *checker) number(at Position, what place, w wanted, v Value) {
	if v.Kind() == RangeKind {
		c.ends(at, what, w, v)
		return
	}
	switch n := v.Int(); {
	case !w.scalar.Numeric():
	case w.scalar == schema.Int && (n < schema.MinInt || n > schema.MaxInt):
		c.problem(at, BadInput, "%s is %d, beyond the 32 bits of an Int; the ontology must declare it a Long", what, n)
	case w.scalar == schema.Long && (n < -schema.MaxLong || n > schema.MaxLong):
		c.problem(at, BadInput, "%s is %d; a Long is at most %d either way", what, n, schema.MaxLong)
	case !w.rng.Has(v.Float()):
		hint := ""
		if w.rng.Max != nil && *w.rng.Max == 1 && v.Float() > 1 && v.Float() <= 100 {
			hint = fmt.Sprintf("; %s %% is %s", formatFloat(v.Float()), formatFloat(math.Round(v.Float()*1e7)/1e9))
		}
		c.problem(at, BadInput, "%s is %s; it must be %s%s", what, v, w.rng, hint)
	}
}

// ends checks that the ends of a range are numbers that the field may have.
func (c *checker) ends(at Position, what place, w wanted, v Value) {
	r, _ := v.Range()
	for _, end := range [...]float64{r.Min, r.Max} {
		switch {
		case math.IsInf(end, 0):
		case w.scalar.Whole() && end != math.Trunc(end):
			c.problem(at, WrongType, "%s is %s, but %s is not a whole number", what, v, formatFloat(end))
		case math.Abs(end) > schema.MaxLong && w.scalar.Whole():
			c.problem(at, BadInput, "%s is %s; the end of a range of whole numbers is at most %d either way", what, v, schema.MaxLong)
		default:
			x := FloatValue(end)
			if w.scalar.Whole() {
				x = IntValue(int64(end))
			}
			c.number(at, what, w, x)
		}
	}
}

func (c *checker) object(at Position, what place, target *schema.Type, id ID) {
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
