package api

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// filterType is the input that chooses entities of a type.
func (b *builder) filterType(t *schema.Type) *graphql.InputObject {
	name := t.Name + "Filter"
	about := fmt.Sprintf("Which entities of type %s to keep; all that is given must hold.", t.Name)
	return b.input(name, about, func() []inputField {
		self := b.filterType(t)
		fs := []inputField{
			{"and", "All of them must hold.", graphql.NewList(must(self))},
			{"or", "At least one must hold.", graphql.NewList(must(self))},
			{"not", "It must not hold.", self},
			{"id", "", b.testType(schema.String, nil, true)},
			{"type", "", b.testType(schema.String, nil, false)},
		}
		for _, f := range b.ontologyFields(t) {
			if f.Kind == schema.Property {
				fs = append(fs, inputField{f.Name, "", b.testType(f.Scalar, f.Enum, false)})
			} else {
				fs = append(fs, inputField{f.Name, "", b.relationFilterType(linkShape(f))})
			}
		}
		return fs
	})
}

func (b *builder) relationFilterType(s shape) *graphql.InputObject {
	return b.input(s.name+"RelationFilter", "Which edges there must be.", func() []inputField {
		e := b.edgeFilterType(s)
		return []inputField{
			{"some", "At least one edge passes.", e},
			{"every", "No edge fails.", e},
			{"none", "No edge passes.", e},
		}
	})
}

func (b *builder) edgeFilterType(s shape) *graphql.InputObject {
	return b.input(s.name+"EdgeFilter", "Which edges to keep; all that is given must hold.", func() []inputField {
		self := b.edgeFilterType(s)
		fs := []inputField{
			{"and", "All of them must hold.", graphql.NewList(must(self))},
			{"or", "At least one must hold.", graphql.NewList(must(self))},
			{"not", "It must not hold.", self},
			{"node", "What it leads to.", b.filterType(s.target)},
		}
		if len(s.qualifiers) > 0 {
			fs = append(fs, inputField{"edge", "What its claim says besides.", b.qualifierFilterType(s)})
		}
		return fs
	})
}

func (b *builder) qualifierFilterType(s shape) *graphql.InputObject {
	return b.input(s.name+"QualifierFilter", "", func() []inputField {
		var fs []inputField
		for _, q := range s.qualifiers {
			if q.Target != nil {
				fs = append(fs, inputField{q.Name, "The id of the entity.", b.testType(schema.String, nil, true)})
				continue
			}
			fs = append(fs, inputField{q.Name, "", b.testType(q.Scalar, q.Enum, false)})
		}
		return fs
	})
}

// testType is the input that compares a scalar.
func (b *builder) testType(s schema.Scalar, e *schema.Enum, id bool) *graphql.InputObject {
	var typ graphql.Input
	name := s.String()
	ordered, text := true, false
	switch s {
	case schema.Int:
		typ = graphql.Int
	case schema.Long:
		typ = b.long()
	case schema.Float:
		typ = graphql.Float
	case schema.Boolean:
		typ, ordered = graphql.Boolean, false
	case schema.Date:
		typ = dateType
	case schema.Quantity:
		return b.quantityTestType()
	case schema.EnumValue:
		typ, ordered, name = b.enum(e.Name, e.Description, e.Values...), false, e.Name
	case schema.Coordinates:
		return b.input("CoordinatesFilter", "", func() []inputField {
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
	return b.input(name+"Filter", about, func() []inputField {
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

func (b *builder) quantityTestType() *graphql.InputObject {
	return b.input("QuantityFilter", "Compares what the quantity amounts to in the given unit, which may be left out only where all values are in one.", func() []inputField {
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

// logic is where a filter keeps what and, or and not hold, and how each is read.
type logic[T any] struct {
	and, or *[]*T
	not     **T
	read    func(map[string]any) (*T, error)
}

// refuseNulls refuses the members of a filter, or the operators of a test, that are
// null. A variable that was forgotten and a comparison with a missing value look
// the same, so that any meaning of null would surprise someone.
func refuseNulls(in map[string]any) error {
	for _, key := range sortedKeys(in) {
		if in[key] == nil {
			return graph.Errorf(graph.BadInput, "where: %s is null: leave it out, or use isNull to find what has no value", key)
		}
	}
	return nil
}

// readFilter reads the members of a filter: those of its logic, and the others
// by test.
func readFilter[T any](in map[string]any, l logic[T], test func(key string, in map[string]any) error) error {
	if err := refuseNulls(in); err != nil {
		return err
	}
	for _, key := range sortedKeys(in) {
		val := in[key]
		var err error
		switch key {
		case "and":
			*l.and, err = each(val, l.read)
		case "or":
			*l.or, err = each(val, l.read)
		case "not":
			*l.not, err = l.read(val.(map[string]any))
		default:
			err = test(key, val.(map[string]any))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// filter turns the input into the snapshot's form.
func (b *builder) filter(t *schema.Type, in map[string]any) (*filter.Node, error) {
	f := &filter.Node{}
	read := func(m map[string]any) (*filter.Node, error) { return b.filter(t, m) }
	return f, readFilter(in, logic[filter.Node]{&f.And, &f.Or, &f.Not, read}, func(key string, m map[string]any) (err error) {
		switch key {
		case "id":
			f.ID, err = b.test(codeTest, m)
		case "type":
			f.Type, err = b.test(codeTest, m)
		case "name":
			f.Name, err = b.test(tested{scalar: schema.String}, m)
		default:
			err = b.fieldFilter(f, t, key, m)
		}
		return err
	})
}

func (b *builder) fieldFilter(f *filter.Node, t *schema.Type, key string, in map[string]any) error {
	def := t.Field(key)
	if t.Union {
		def = b.o.Type(schema.EntityType).Field(key)
	}
	if def.Kind == schema.Property {
		test, err := b.test(tested{def.Name, def.Scalar, def.Unit, def.Dimension, def.Code, false}, in)
		f.Properties = append(f.Properties, filter.Property{Field: def, Test: test})
		return err
	}
	if err := refuseNulls(in); err != nil {
		return err
	}
	s := linkShape(def)
	r := filter.Relation{Field: def}
	for key, to := range map[string]**filter.Edge{"some": &r.Some, "every": &r.Every, "none": &r.None} {
		m, ok := in[key].(map[string]any)
		if !ok {
			continue
		}
		var err error
		if *to, err = b.edgeFilter(s, m); err != nil {
			return err
		}
	}
	f.Relations = append(f.Relations, r)
	return nil
}

func (b *builder) edgeFilter(s shape, in map[string]any) (*filter.Edge, error) {
	f := &filter.Edge{}
	read := func(m map[string]any) (*filter.Edge, error) { return b.edgeFilter(s, m) }
	return f, readFilter(in, logic[filter.Edge]{&f.And, &f.Or, &f.Not, read}, func(key string, m map[string]any) (err error) {
		switch key {
		case "node":
			f.Node, err = b.filter(s.target, m)
		case "edge":
			err = b.qualifierFilters(f, s, m)
		}
		return err
	})
}

func (b *builder) qualifierFilters(f *filter.Edge, s shape, in map[string]any) error {
	if err := refuseNulls(in); err != nil {
		return err
	}
	for _, q := range s.qualifiers {
		m, ok := in[q.Name].(map[string]any)
		if !ok {
			continue
		}
		of := tested{q.Name, q.Scalar, q.Unit, q.Dimension, q.Code, false}
		if q.Target != nil {
			of = codeTest
		}
		test, err := b.test(of, m)
		if err != nil {
			return err
		}
		f.Qualifiers = append(f.Qualifiers, filter.Qualifier{Qualifier: q, Test: test})
	}
	return nil
}

func each[T any](val any, fn func(map[string]any) (*T, error)) ([]*T, error) {
	list := val.([]any)
	out := make([]*T, 0, len(list))
	for _, x := range list {
		f, err := fn(x.(map[string]any))
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// tested is what a test asks of: a field or a qualifier of the ontology.
type tested struct {
	name            string
	scalar          schema.Scalar
	unit, dimension string // of quantities, where the ontology fixes them
	code            *schema.Code
	byBytes         bool // texts are ids, codes or members of an enum
}

// codeTest is what tests of ids and names of the ontology ask of.
var codeTest = tested{scalar: schema.String, byBytes: true}

// unitOf is the unit of a test, nil for none. One that no value can have is
// refused, and so are numbers in no unit where values may be in several: 1 km
// would be less than 900 m.
func (b *builder) unitOf(of tested, in map[string]any) (*schema.Unit, error) {
	code, given := in["unit"].(string)
	if !given {
		compared := len(in)
		if _, ok := in["isNull"]; ok {
			compared--
		}
		if of.scalar != schema.Quantity || compared == 0 {
			return nil, nil
		}
		units := b.unitsOf(of)
		if len(units) < 2 {
			return nil, nil
		}
		may := "any unit"
		if of.dimension != "" {
			may = strings.Join(units[:len(units)-1], ", ") + " or " + units[len(units)-1]
		}
		return nil, graph.Errorf(graph.BadInput, "%s may be in %s: say in which the numbers are, as unit: %q", of.name, may, units[0])
	}
	u := b.o.Units[code]
	switch {
	case u == nil:
		return nil, graph.Errorf(graph.UnknownName, "there is no unit %q", code)
	case of.dimension != "" && u.Dimension != of.dimension:
		return nil, graph.Errorf(graph.WrongType, "%s measures %s and cannot be compared in %s, which measures %s", of.name, of.dimension, code, u.Dimension)
	case of.unit != "" && !b.o.Units[of.unit].Converts(u):
		return nil, graph.Errorf(graph.WrongType, "%s is in %s and cannot be compared in %s, which measures %s", of.name, of.unit, code, u.Dimension)
	}
	return u, nil
}

// unitsOf are the units that a quantity may be in, as the ontology lists them.
func (b *builder) unitsOf(of tested) (codes []string) {
	e := b.o.Enum("Unit")
	if e == nil {
		return nil
	}
	for _, m := range e.Values {
		if u := b.o.Units[m.Name]; of.unit == u.Code || of.unit == "" && (of.dimension == "" || of.dimension == u.Dimension) {
			codes = append(codes, u.Code)
		}
	}
	return codes
}

// test turns the comparison of a scalar into the snapshot's form.
func (b *builder) test(of tested, in map[string]any) (*filter.Test, error) {
	if err := refuseNulls(in); err != nil {
		return nil, err
	}
	t := &filter.Test{ByBytes: of.byBytes || of.code != nil || of.scalar == schema.EnumValue}
	unit, _ := in["unit"].(string)
	var err error
	if t.Unit, err = b.unitOf(of, in); err != nil {
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
