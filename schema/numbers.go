package schema

import (
	"math"
	"math/big"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// unitEnum is the name of the enum with the units of quantities.
const unitEnum = "Unit"

func (l *loader) declareUnit(v *ast.EnumValueDefinition, args map[string]string) *Unit {
	u := &Unit{Code: v.Name, Symbol: args["symbol"], Dimension: args["dimension"]}
	if u.Symbol == "" {
		u.Symbol = v.Name
	}
	text := args["factor"]
	if text == "" {
		return u
	}
	factor, err := strconv.ParseFloat(text, 64)
	u.Factor = 1 // so that a bad factor is reported only once
	switch {
	case err != nil: // already refused as a literal
	case !(factor >= 1e-30 && factor <= 1e30): // bounds the work for an exact fraction too
		l.fail(v.Position, "the unit %s has the factor %s; it must be above 0, from 1e-30 to 1e30", v.Name, text)
	default:
		u.Factor = factor
		u.Exact, _ = new(big.Rat).SetString(text)
	}
	return u
}

// baseUnits finds the base unit of each dimension. Units of a dimension without factors, such as currencies,
// are not converted.
func (l *loader) baseUnits(d *ast.Definition) {
	bare, scaled, one := map[string][]*Unit{}, map[string]bool{}, map[string]bool{}
	for _, v := range d.EnumValues {
		u := l.o.Units[v.Name]
		switch {
		case u == nil: // already refused
		case u.Factor == 0:
			bare[u.Dimension] = append(bare[u.Dimension], u)
		default:
			scaled[u.Dimension] = true
			one[u.Dimension] = one[u.Dimension] || u.Factor == 1
		}
	}
	said := map[string]bool{}
	for _, v := range d.EnumValues {
		u := l.o.Units[v.Name]
		if u == nil || said[u.Dimension] {
			continue
		}
		said[u.Dimension] = true
		switch us := bare[u.Dimension]; {
		case len(us) == 1 && !one[u.Dimension]:
			us[0].Factor, us[0].Exact = 1, big.NewRat(1, 1)
		case len(us) > 0 && scaled[u.Dimension]:
			l.fail(d.EnumValues.ForName(us[len(us)-1].Code).Position, "the unit %s of %s needs a factor, since the dimension has another base unit", us[len(us)-1].Code, u.Dimension)
		case len(us) == 0 && !one[u.Dimension]:
			l.fail(v.Position, "no unit of %s is its base; leave out the factor of one", u.Dimension)
		}
	}
}

func (l *loader) unit(pos *ast.Position, s Scalar, args map[string]string) (code, dimension, usual string) {
	code, dimension = args["code"], args["dimension"]
	switch {
	case !s.Numeric():
		l.fail(pos, "@unit belongs on numbers and quantities only")
	case code == "" && dimension == "":
		l.fail(pos, "@unit takes a code or a dimension")
	case code != "" && l.o.Units[code] == nil:
		l.fail(pos, "the unit %s is not in the enum Unit", code)
	case dimension != "" && s != Quantity:
		l.fail(pos, "only a quantity can have any unit of a dimension; give the unit's code")
	case dimension != "" && !l.measured(dimension):
		l.fail(pos, "no unit measures %q", dimension)
	case dimension != "" && code != "" && l.o.Units[code].Dimension != dimension:
		l.fail(pos, "the unit %s measures %s, and not %s", code, l.o.Units[code].Dimension, dimension)
	case dimension != "":
		return "", dimension, code
	}
	return code, dimension, ""
}

func (l *loader) measured(dimension string) bool {
	for _, u := range l.o.Units {
		if u.Dimension == dimension {
			return true
		}
	}
	return false
}

func (l *loader) tolerance(pos *ast.Position, where string, s Scalar, args map[string]string) (t Tolerance) {
	t.Relative, _ = strconv.ParseFloat(args["relative"], 64)
	t.Days, _ = strconv.Atoi(args["days"])
	t.Km, _ = strconv.ParseFloat(args["km"], 64)
	switch {
	case len(args) == 0:
		l.fail(pos, "%s: @tolerance takes relative, days or km", where)
	case t.Km < 0:
		l.fail(pos, "%s: a tolerance of %s km is below 0", where, args["km"])
	case args["km"] != "" && s != Coordinates:
		l.fail(pos, "%s: only Coordinates have a tolerance in km", where)
	case t.Relative < 0 || t.Relative >= 1:
		l.fail(pos, "%s: the relative tolerance is a share from 0 to below 1, not %s", where, args["relative"])
	case t.Days < 0:
		l.fail(pos, "%s: a tolerance of %d days is below 0", where, t.Days)
	}
	return t
}

// valueRange reads the bounds of a number.
func (l *loader) valueRange(pos *ast.Position, where string, s Scalar, unit string, args map[string]string) (r Range) {
	bound := func(name string) *float64 {
		text, given := args[name]
		if !given {
			return nil
		}
		x, _ := strconv.ParseFloat(text, 64)
		switch {
		case s.Whole() && x != math.Trunc(x):
			l.fail(pos, "%s: the %s of whole numbers is whole, not %s", where, name, text)
		case s == Quantity && unit == "" && x != 0:
			l.fail(pos, "%s: the bound %s depends on the unit; fix that with @unit(code:), or let the range begin or end at 0", where, text)
		}
		return &x
	}
	r = Range{bound("min"), bound("max")}
	switch {
	case !s.Numeric():
		l.fail(pos, "%s: @range belongs on numbers and quantities only", where)
	case r.Min == nil && r.Max == nil:
		l.fail(pos, "%s: @range takes min, max or both", where)
	case r.Min != nil && r.Max != nil && *r.Min > *r.Max:
		l.fail(pos, "%s: no number is %s; exchange the bounds", where, r)
	}
	return r
}
