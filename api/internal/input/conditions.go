package input

import (
	"regexp"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// testType returns the input type that compares values of a scalar.
func (ts *Types) testType(s schema.Scalar, e *schema.Enum, id bool) *graphql.InputObject {
	var typ graphql.Input
	name := s.String()
	ordered, text := true, false
	switch s {
	case schema.Int:
		typ = graphql.Int
	case schema.Long:
		typ = ts.Long()
	case schema.Float:
		typ = graphql.Float
	case schema.Boolean:
		typ, ordered = graphql.Boolean, false
	case schema.Date:
		typ = Date
	case schema.Quantity:
		return ts.quantityTestType()
	case schema.EnumValue:
		typ, ordered, name = ts.Enum(e.Name, e.Description, e.Values...), false, e.Name
	case schema.Coordinates:
		return ts.object("CoordinatesFilter", "A condition on a point.", func() []inputField {
			return []inputField{isNull, isNone}
		})
	default:
		typ, text = graphql.String, true
		if id {
			typ, name = graphql.ID, "ID"
		}
	}
	about := "Conditions on a value; all that are given must hold. A missing value meets only isNull, ne and notIn."
	if s == schema.Date {
		about += " A date means all the days it may be: eq and in match dates within it, lt those that end before it begins, lte those that end no later," +
			" gt those that begin after it ends, gte those that begin no earlier. An open end is later than every date."
	}
	switch {
	case s.Numeric():
		about += aboutRanges
	case id:
		about += " Ids are compared byte by byte."
	case text:
		about += " Names and prose are compared without regard to case, diacritics, and the forms of the apostrophe and the hyphen;" +
			" codes, addresses and keys are compared as they are written, in the case and the form that the ontology gives them."
	}
	return ts.object(name+"Filter", about, func() []inputField {
		if text && !id {
			return stringTests()
		}
		fs := append(equality(typ), isNull, isNone)
		if ordered {
			fs = append(fs, comparisons(typ)...)
		}
		if s.Numeric() {
			fs = append(fs, possibly)
		}
		if text {
			fs = append(fs, parts()...)
		}
		return fs
	})
}

// stringTests returns the operators that compare texts.
func stringTests() []inputField {
	return slices.Concat(equality(graphql.String), []inputField{isNull, isNone}, comparisons(graphql.String), parts())
}

// parts returns the operators that look for a part of a text.
func parts() []inputField {
	return []inputField{
		{"contains", "The value contains this text.", graphql.String}, {"startsWith", "The value starts with this text.", graphql.String},
		{"matches", "A regular expression in RE2 syntax, of at most 1000 characters, that matches some part of the value as it is written.", graphql.String},
	}
}

// isNone exists for fields only, because a qualifier is either stated or left out.
var isNone = inputField{"isNone", "Whether a source states that there is nothing, and no better claim something.", graphql.Boolean}

// aboutRanges describes how conditions on numbers treat ranges.
const aboutRanges = " A range, such as 10 to 15, meets them if all its numbers do."

// possibly exists for numbers and quantities, whose values may be ranges.
var possibly = inputField{"possibly", "Keeps ranges as well that only possibly meet the conditions: over 5 is possibly less than 7.", graphql.Boolean}

var isNull = inputField{"isNull", "True: the value is missing. False: there is a value.", graphql.Boolean}

// equality returns the operators that all comparable scalars have.
func equality(typ graphql.Input) []inputField {
	many := graphql.NewList(must(typ))
	return []inputField{
		{"eq", "The value equals this.", typ}, {"ne", "The value differs from this, or is missing.", typ},
		{"in", "The value is one of these.", many}, {"notIn", "The value is not one of these, or is missing.", many},
	}
}

// comparisons returns the operators of scalars whose values are ordered.
func comparisons(typ graphql.Input) []inputField {
	return []inputField{
		{"lt", "The value is less than this.", typ}, {"lte", "The value is at most this.", typ},
		{"gt", "The value is greater than this.", typ}, {"gte", "The value is at least this.", typ},
	}
}

func (ts *Types) quantityTestType() *graphql.InputObject {
	about := "Conditions on a quantity, converted to the given unit; all that are given must hold. The unit may be left out only where all values have the same. A missing value meets only isNull, ne and notIn." + aboutRanges
	return ts.object("QuantityFilter", about, func() []inputField {
		fs := []inputField{
			{"unit", "The unit of the numbers: a member of the ontology's enum Unit. Alone, it matches quantities that can be converted to it.", graphql.String}, isNull, isNone,
		}
		return append(append(append(fs, equality(graphql.Float)...), comparisons(graphql.Float)...), possibly)
	})
}

// tested describes what a test compares: a field or a qualifier in the ontology.
type tested struct {
	name            string
	scalar          schema.Scalar
	unit, dimension string // of quantities, if the ontology fixes them
	usual           string // the unit of a quantity given without one
	code            *schema.Code
	byBytes         bool // texts are ids, codes or enum members, compared by bytes
}

// codeTest compares ids and names in the ontology.
var codeTest = tested{scalar: schema.String, byBytes: true}

// unitOf returns the unit of a test, or nil if it has none. It refuses a unit that no value can
// have. If values may have several units, it also refuses numbers without a unit, because 1 km
// would be less than 900 m.
func (ts *Types) unitOf(of tested, in map[string]any) (*schema.Unit, error) {
	code, given := in["unit"].(string)
	if !given {
		compared := len(in)
		for _, alone := range [...]string{"isNull", "isNone", "possibly"} {
			if _, ok := in[alone]; ok {
				compared--
			}
		}
		if of.scalar != schema.Quantity || compared == 0 {
			return nil, nil
		}
		if of.usual != "" {
			return ts.ontology.Units[of.usual], nil
		}
		units := ts.unitsOf(of)
		if len(units) < 2 {
			return nil, nil
		}
		may := "any unit"
		if of.dimension != "" {
			may = strings.Join(units[:len(units)-1], ", ") + " or " + units[len(units)-1]
		}
		return nil, graph.Errorf(graph.BadInput, "%s may be in %s: give the unit of the numbers, such as unit: %q", of.name, may, units[0])
	}
	u := ts.ontology.Units[code]
	switch {
	case u == nil:
		return nil, graph.Errorf(graph.UnknownName, "the ontology has no unit %q", code)
	case of.dimension != "" && u.Dimension != of.dimension:
		return nil, graph.Errorf(graph.WrongType, "%s measures %s and cannot be compared in %s, which measures %s", of.name, of.dimension, code, u.Dimension)
	case of.unit != "" && !ts.ontology.Units[of.unit].Converts(u):
		return nil, graph.Errorf(graph.WrongType, "%s is in %s and cannot be compared in %s, which measures %s", of.name, of.unit, code, u.Dimension)
	}
	return u, nil
}

// unitsOf returns the units that a quantity may have, in the order of the ontology.
func (ts *Types) unitsOf(of tested) (codes []string) {
	e := ts.ontology.Enum("Unit")
	if e == nil {
		return nil
	}
	for _, m := range e.Values {
		if u := ts.ontology.Units[m.Name]; of.unit == u.Code || of.unit == "" && (of.dimension == "" || of.dimension == u.Dimension) {
			codes = append(codes, u.Code)
		}
	}
	return codes
}

// test reads a value of an input type from testType.
func (ts *Types) test(of tested, in map[string]any) (*filter.Test, error) {
	if err := refuseNulls(in); err != nil {
		return nil, err
	}
	t := &filter.Test{ByBytes: of.byBytes || of.code != nil || of.scalar == schema.EnumValue}
	var err error
	if t.Unit, err = ts.unitOf(of, in); err != nil {
		return nil, err
	}
	unit := ""
	if t.Unit != nil {
		unit = t.Unit.Code
	}
	for key, val := range in {
		if err := of.operator(t, key, val, unit); err != nil {
			return nil, err
		}
	}
	t.Prepare()
	return t, nil
}

// operator adds the operator key to a test.
func (of tested) operator(t *filter.Test, key string, val any, unit string) error {
	switch key {
	case "eq", "ne", "lt", "lte", "gt", "gte":
		v, err := of.value(key, val, unit)
		*comparand(t, key) = &v
		return err
	case "in", "notIn":
		given := val.([]any)
		vs := make([]graph.Value, 0, len(given))
		for _, x := range given {
			v, err := of.value(key, x, unit)
			if err != nil {
				return err
			}
			vs = append(vs, v)
		}
		*map[string]*[]graph.Value{"in": &t.In, "notIn": &t.NotIn}[key] = vs
	case "isNull":
		missing := val.(bool)
		t.IsNull = &missing
	case "isNone":
		none := val.(bool)
		t.IsNone = &none
	case "possibly":
		t.Possibly = val.(bool)
	case "contains", "startsWith":
		part := val.(string)
		switch {
		case of.code != nil:
			part = of.code.Fold(part)
		case !t.ByBytes && text.Base(part) == "":
			part = "" // such as a space or a hyphen, which a person may type first into a search box: it matches every text
		}
		*map[string]*string{"contains": &t.Contains, "startsWith": &t.StartsWith}[key] = part
	case "matches":
		re, err := regexp.Compile(val.(string))
		if err != nil {
			return graph.Errorf(graph.BadInput, "matches: %v", err)
		}
		t.Matches = re
	}
	return nil
}

// comparand returns the field of a test that has the value for a comparison operator.
func comparand(t *filter.Test, operator string) **graph.Value {
	switch operator {
	case "eq":
		return &t.Eq
	case "ne":
		return &t.Ne
	case "lt":
		return &t.Lt
	case "lte":
		return &t.Lte
	case "gt":
		return &t.Gt
	}
	return &t.Gte
}

// value reads the operand of an operator. It normalizes a code to the form of its scheme.
func (of tested) value(key string, x any, unit string) (graph.Value, error) {
	if text, ok := x.(string); ok && of.code != nil {
		code, err := of.code.Read(text)
		switch {
		case err == nil:
			x = code
		case key[0] == 'l' || key[0] == 'g': // a bound of an order may be part of a code
			x = of.code.Fold(text)
		default:
			return graph.Value{}, graph.Errorf(graph.BadInput, "%s %v", of.name, err)
		}
	}
	return inputValue(of.scalar, x, unit), nil
}

// inputValue converts a coerced argument into a value of the domain.
func inputValue(s schema.Scalar, x any, unit string) graph.Value {
	switch v := x.(type) {
	case int:
		if s == schema.Quantity && unit != "" {
			return graph.QuantityValue(float64(v), unit)
		}
		return graph.IntValue(int64(v))
	case float64:
		if s == schema.Quantity && unit != "" {
			return graph.QuantityValue(v, unit)
		}
		return graph.FloatValue(v)
	case bool:
		return graph.BoolValue(v)
	case graph.Date:
		return graph.DateValue(v)
	case string:
		return graph.StringValue(v)
	}
	return graph.Value{}
}
