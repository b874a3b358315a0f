package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Exclusive says how many subjects may relate to one object at a time.
type Exclusive struct {
	// Seats is a whole number of the object that says how many. If it is nil, or nobody states it for the
	// object, one subject may.
	Seats *Field

	seats string
}

// Counts says what a stated number counts.
type Counts struct {
	// Of is the relation or inverse of the same entity whose ends are counted. Unit is the unit of figures that
	// count them.
	Of   *Field
	Unit string
	// Where is the qualifier that decides whether an end counts: it does if the qualifier has one of the values
	// or is missing. If Where is "", all ends count.
	Where  string
	Values []string

	of string
}

// consistency reads the directives about claims that contradict each other.
func (l *loader) consistency(fd *ast.FieldDefinition, where string, f *Field) {
	pos := fd.Position
	if args, ok := l.directive(fd.Directives, "exclusive"); ok {
		f.Exclusive = &Exclusive{seats: args["seats"]}
		if f.Kind != Relation || f.Time != State {
			l.fail(pos, "%s: only a relation that is a STATE is exclusive", where)
		}
	}
	if args, ok := l.directive(fd.Directives, "counts"); ok {
		f.Counts = &Counts{Unit: args["unit"], Where: args["where"], Values: strings.Fields(args["values"]), of: args["of"]}
		switch {
		case f.Scalar != Quantity:
			l.fail(pos, "%s: only a quantity counts", where)
		case l.o.Units[f.Counts.Unit] == nil:
			l.fail(pos, "the unit %s is not in the enum Unit", f.Counts.Unit)
		case (f.Counts.Where == "") != (len(f.Counts.Values) == 0):
			l.fail(pos, "%s: give @counts both where and values, or neither", where)
		}
	}
	if args, ok := l.directive(fd.Directives, "notBefore"); ok {
		f.notBefore = args["field"]
		if f.Kind != Property || f.Scalar != Date || f.Many {
			l.fail(pos, "%s: @notBefore is for a single Date", where)
		}
	}
}

// linkConsistency resolves the fields that those directives name.
func (l *loader) linkConsistency(f *Field) {
	pos, where := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position, f.Owner.Name+"."+f.Name
	if e := f.Exclusive; e != nil && e.seats != "" && f.Target != nil {
		if e.Seats = f.Target.fields[e.seats]; e.Seats == nil || e.Seats.Kind != Property || !e.Seats.Scalar.Whole() || e.Seats.Many {
			l.fail(pos, "%s: the seats %q are not a whole number of %s", where, e.seats, f.Target.Name)
		}
	}
	if c := f.Counts; c != nil {
		if c.Of = f.Owner.fields[c.of]; c.Of == nil || c.Of.Kind != Relation && c.Of.Kind != Inverse {
			l.fail(pos, "%s counts %q, which is not a relation or inverse of %s", where, c.of, f.Owner.Name)
			return
		}
		for _, of := range c.Relations() {
			if c.Where == "" {
				continue
			}
			q := of.Qualifier(c.Where)
			switch {
			case q == nil:
				l.fail(pos, "%s counts by %q, which is not a qualifier of %s.%s", where, c.Where, of.Owner.Name, of.Name)
			case q.Enum != nil && slices.ContainsFunc(c.Values, func(v string) bool { return !q.Enum.Has(v) }):
				l.fail(pos, "%s counts by values that %s does not have; it has %s", where, q.Enum.Name, q.Enum.Names())
			}
		}
	}
	if f.notBefore != "" {
		if f.NotBefore = f.Owner.fields[f.notBefore]; f.NotBefore == nil || f.NotBefore == f || f.NotBefore.Kind != Property || f.NotBefore.Scalar != Date || f.NotBefore.Many {
			l.fail(pos, "%s is not before %q, which is not another single Date of %s", where, f.notBefore, f.Owner.Name)
		}
	}
}

// Relations returns the stored relations whose claims are counted.
func (c *Counts) Relations() []*Field {
	if c.Of.Kind == Inverse {
		return c.Of.InverseOf
	}
	return []*Field{c.Of}
}
