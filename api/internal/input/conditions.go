package input

import (
	"regexp"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// testType is the input that compares a scalar.
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
		return ts.object("CoordinatesFilter", "", func() []inputField {
			return []inputField{{"isNull", "", graphql.Boolean}}
		})
	default:
		typ, text = graphql.String, true
		if id {
			typ, name = graphql.ID, "ID"
		}
	}
	about := "All that is given must hold. A missing value fails all but isNull, ne and notIn."
	if s == schema.Date {
		about += " A date stands for all the days it may mean: eq and in keep what lies within it, lt what ends before it begins, lte what ends no later," +
			" gt what begins after it ends, gte what begins no earlier. An open end is later than every date."
	}
	switch {
	case id:
		about += " Ids are compared as they are written."
	case text:
		about += " Names and prose are the same whatever their case, their diacritics, and their forms of the apostrophe and the hyphen;" +
			" codes, addresses and keys are compared as they are written, in the case and the form that the ontology wants."
	}
	return ts.object(name+"Filter", about, func() []inputField {
		many := graphql.NewList(must(typ))
		fs := []inputField{{"eq", "", typ}, {"ne", "", typ}, {"in", "", many}, {"notIn", "", many}, {"isNull", "", graphql.Boolean}}
		if ordered {
			fs = append(fs, inputField{"lt", "", typ}, inputField{"lte", "", typ}, inputField{"gt", "", typ}, inputField{"gte", "", typ})
		}
		if text {
			fs = append(fs,
				inputField{"contains", "", graphql.String}, inputField{"startsWith", "", graphql.String},
				inputField{"matches", "A regular expression in RE2 syntax that must match some part of the text as it is written.", graphql.String})
		}
		return fs
	})
}

func (ts *Types) quantityTestType() *graphql.InputObject {
	return ts.object("QuantityFilter", "Compares what the quantity amounts to in the given unit, which may be left out only where all values are in one.", func() []inputField {
		many := graphql.NewList(must(graphql.Float))
		fs := []inputField{
			{"unit", "The unit's code. By itself it keeps what can be given in the unit.", graphql.String}, {"isNull", "", graphql.Boolean},
			{"in", "", many}, {"notIn", "", many},
		}
		for _, op := range []string{"eq", "ne", "lt", "lte", "gt", "gte"} {
			fs = append(fs, inputField{op, "", graphql.Float})
		}
		return fs
	})
}

// tested is what a test asks of: a field or a qualifier of the ontology.
type tested struct {
	name            string
	scalar          schema.Scalar
	unit, dimension string // of quantities, where the ontology fixes them
	code            *schema.Code
	byBytes         bool // texts are ids, codes or Members of an enum
}

// codeTest is what tests of ids and names of the ontology ask of.
var codeTest = tested{scalar: schema.String, byBytes: true}

// unitOf is the unit of a test, nil for none. One that no value can have is
// refused, and so are numbers in no unit where values may be in several: 1 km
// would be less than 900 m.
func (ts *Types) unitOf(of tested, in map[string]any) (*schema.Unit, error) {
	code, given := in["unit"].(string)
	if !given {
		compared := len(in)
		if _, ok := in["isNull"]; ok {
			compared--
		}
		if of.scalar != schema.Quantity || compared == 0 {
			return nil, nil
		}
		units := ts.unitsOf(of)
		if len(units) < 2 {
			return nil, nil
		}
		may := "any unit"
		if of.dimension != "" {
			may = strings.Join(units[:len(units)-1], ", ") + " or " + units[len(units)-1]
		}
		return nil, graph.Errorf(graph.BadInput, "%s may be in %s: say in which the numbers are, as unit: %q", of.name, may, units[0])
	}
	u := ts.ontology.Units[code]
	switch {
	case u == nil:
		return nil, graph.Errorf(graph.UnknownName, "there is no unit %q", code)
	case of.dimension != "" && u.Dimension != of.dimension:
		return nil, graph.Errorf(graph.WrongType, "%s measures %s and cannot be compared in %s, which measures %s", of.name, of.dimension, code, u.Dimension)
	case of.unit != "" && !ts.ontology.Units[of.unit].Converts(u):
		return nil, graph.Errorf(graph.WrongType, "%s is in %s and cannot be compared in %s, which measures %s", of.name, of.unit, code, u.Dimension)
	}
	return u, nil
}

// unitsOf are the units that a quantity may be in, as the ontology lists them.
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

// test turns the comparison of a scalar into the snapshot's form.
func (ts *Types) test(of tested, in map[string]any) (*filter.Test, error) {
	if err := refuseNulls(in); err != nil {
		return nil, err
	}
	t := &filter.Test{ByBytes: of.byBytes || of.code != nil || of.scalar == schema.EnumValue}
	unit, _ := in["unit"].(string)
	var err error
	if t.Unit, err = ts.unitOf(of, in); err != nil {
		return nil, err
	}
	value := func(key string, x any) (graph.Value, error) {
		if text, ok := x.(string); ok && of.code != nil {
			code, err := of.code.Read(text)
			switch {
			case err == nil:
				x = code
			case key[0] == 'l' || key[0] == 'g': // an order may be cut at a part of a code
				x = of.code.Fold(text)
			default:
				return graph.Value{}, graph.Errorf(graph.BadInput, "%s %v", of.name, err)
			}
		}
		return inputValue(of.scalar, x, unit), nil
	}
	for key, val := range in {
		switch key {
		case "eq", "ne", "lt", "lte", "gt", "gte":
			v, err := value(key, val)
			if err != nil {
				return nil, err
			}
			*map[string]**graph.Value{"eq": &t.Eq, "ne": &t.Ne, "lt": &t.Lt, "lte": &t.Lte, "gt": &t.Gt, "gte": &t.Gte}[key] = &v
		case "in", "notIn":
			vs := []graph.Value{}
			for _, x := range val.([]any) {
				v, err := value(key, x)
				if err != nil {
					return nil, err
				}
				vs = append(vs, v)
			}
			*map[string]*[]graph.Value{"in": &t.In, "notIn": &t.NotIn}[key] = vs
		case "isNull":
			missing := val.(bool)
			t.IsNull = &missing
		case "contains", "startsWith":
			part := val.(string)
			switch {
			case of.code != nil:
				part = of.code.Fold(part)
			case !t.ByBytes && part != "" && text.Base(part) == "":
				return nil, graph.Errorf(graph.BadInput, "%s: %q shows nothing to compare", key, part)
			}
			*map[string]*string{"contains": &t.Contains, "startsWith": &t.StartsWith}[key] = part
		case "matches":
			re, err := regexp.Compile(val.(string))
			if err != nil {
				return nil, graph.Errorf(graph.BadInput, "matches: %v", err)
			}
			t.Matches = re
		}
	}
	t.Prepare()
	return t, nil
}

// inputValue is a coerced argument as a value of the domain.
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
