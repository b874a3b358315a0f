package input

import (
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Entities are filtered and ordered by figures over the edges of their relations. All relations share the input types of
// figures, which have every number of the ontology: a type for each relation would double the types of the API. Reading
// refuses a number that the relation does not have.

// ops are the operations of figures by their names in the API.
var ops = []struct {
	name, about string
	op          aggregate.Op
}{
	{"sum", "The sum of the known values.", aggregate.Sum}, {"avg", "The average of the known values.", aggregate.Avg},
	{"min", "The least of the known values.", aggregate.Min}, {"max", "The greatest of the known values.", aggregate.Max},
}

// numbers are the numeric qualifiers of relations of many values, or the numeric properties of entities, by name. A
// value is true if some are quantities.
func (ts *Types) numbers(ofNodes bool) (quantity map[string]bool, names []string) {
	quantity = map[string]bool{}
	note := func(name string, s schema.Scalar) {
		if s.Numeric() {
			quantity[name] = quantity[name] || s == schema.Quantity
		}
	}
	for _, t := range ts.ontology.Types {
		for _, f := range ts.Fields(t) {
			switch {
			case ofNodes && f.Kind == schema.Property && !f.Many:
				note(f.Name, f.Scalar)
			case !ofNodes && f.Many && f.Kind == schema.Relation:
				for _, q := range f.Qualifiers {
					note(q.Name, q.Scalar)
				}
			}
		}
	}
	for name := range quantity {
		names = append(names, name)
	}
	slices.Sort(names)
	return quantity, names
}

// figureFields returns the fields of an input of figures: one for each number, and node for those of the entities that
// the edges lead to.
func (ts *Types) figureFields(ofNodes bool, of func(quantity bool) graphql.Input, node func() *graphql.InputObject) (fs []inputField) {
	quantity, names := ts.numbers(ofNodes)
	for _, name := range names {
		fs = append(fs, inputField{name, "", of(quantity[name])})
	}
	if _, more := ts.numbers(true); !ofNodes && len(more) > 0 {
		fs = append(fs, inputField{"node", "A number of the entities that the edges lead to.", node()})
	}
	return fs
}

// hasFigures reports whether there is any number to sum up.
func (ts *Types) hasFigures() bool {
	_, qualifiers := ts.numbers(false)
	_, properties := ts.numbers(true)
	return len(qualifiers)+len(properties) > 0
}

// relationOrderType returns the input that orders entities by the edges of a relation of many values.
func (ts *Types) relationOrderType() *graphql.InputObject {
	return ts.oneOf("RelationOrder", "One key to order entities by: a figure over the edges of a relation, as the relation lists them.", func() []inputField {
		fs := []inputField{{"count", "The number of edges.", ts.direction()}}
		if ts.hasFigures() {
			fs = append(fs, inputField{"aggregate", "A sum of the edges. Entities without a known value come last, and those whose values have no common unit.", ts.aggregateOrderType()})
		}
		return fs
	})
}

func (ts *Types) aggregateOrderType() *graphql.InputObject {
	return ts.oneOf("AggregateOrder", "One operation on the values of a list, and the number that it is of.", func() []inputField {
		return ts.operations(ts.figureOrderType(false))
	})
}

func (ts *Types) aggregateFilterType() *graphql.InputObject {
	return ts.object("AggregateFilter", "Conditions on figures over a list; all that are given must hold.", func() []inputField {
		return ts.operations(ts.figureFilterType(false))
	})
}

func (ts *Types) operations(of *graphql.InputObject) (fs []inputField) {
	for _, op := range ops {
		fs = append(fs, inputField{op.name, op.about, of})
	}
	return fs
}

func (ts *Types) figureOrderType(ofNodes bool) *graphql.InputObject {
	name, about := "FigureOrder", "The number to order by: the qualifier of its name. One that the relation does not have is refused."
	if ofNodes {
		name, about = "NodeFigureOrder", "The number to order by: the property of its name, of the entities that the relation leads to. One that they do not have is refused."
	}
	return ts.oneOf(name, about, func() []inputField {
		return ts.figureFields(ofNodes, func(bool) graphql.Input { return ts.direction() }, func() *graphql.InputObject { return ts.figureOrderType(true) })
	})
}

// relationFigures returns the conditions on figures in the filter of a relation.
func (ts *Types) relationFigures(e *graphql.InputObject) []inputField {
	fs := []inputField{
		{"count", "The number of edges. Where no source says where else the relation leads, there may be more: then it is not known to be less than anything.", ts.testType(schema.Int, nil, false)},
		{"where", "The edges that count and aggregate are about; all by default.", e},
	}
	if ts.hasFigures() {
		fs = append(fs, inputField{"aggregate", "Conditions on sums of the edges; all that are given must hold.", ts.aggregateFilterType()})
	}
	return fs
}

func (ts *Types) figureFilterType(ofNodes bool) *graphql.InputObject {
	name, about := "FigureFilter", "Conditions on figures over a relation. A field tests the qualifier of its name; one that the relation does not have is refused. A figure without a known value meets only isNull, ne and notIn."
	if ofNodes {
		name, about = "NodeFigureFilter", "Conditions on figures over the entities that a relation leads to. A field tests the property of its name; one that they do not have is refused."
	}
	return ts.object(name, about, func() []inputField {
		return ts.figureFields(ofNodes, func(quantity bool) graphql.Input {
			if quantity {
				return ts.quantityTestType()
			}
			return ts.testType(schema.Float, nil, false)
		}, func() *graphql.InputObject { return ts.figureFilterType(true) })
	})
}

// number finds the number with a name on the edges of a list, or on its entities. what names the list in errors.
func (ts *Types) number(s Shape, what, name string, ofNodes bool) (filter.Reading, tested, error) {
	var have []string
	if ofNodes {
		for _, p := range ts.OrderedFields(s.Target) {
			if !p.Scalar.Numeric() {
				continue
			}
			if p.Name == name {
				return filter.Reading{Property: p}, figureTest(tested{p.Name, p.Scalar, p.Unit, p.Dimension, p.Usual, nil, false}), nil
			}
			have = append(have, p.Name)
		}
	} else {
		for _, q := range s.Qualifiers {
			if !q.Scalar.Numeric() {
				continue
			}
			if q.Name == name {
				return filter.ReadQualifier(q), figureTest(tested{q.Name, q.Scalar, q.Unit, q.Dimension, q.Usual, nil, false}), nil
			}
			have = append(have, q.Name)
		}
	}
	whose, names := "the edges of "+what, "none"
	if ofNodes {
		whose = "the type " + s.Target.Name + ", to which " + what + " leads,"
	}
	if len(have) > 0 {
		names = strings.Join(have, ", ")
	}
	return filter.Reading{}, tested{}, graph.Errorf(graph.UnknownName, "%s: %s: no number of this name; %s have: %s", what, name, whose, names)
}

// figureTest is the test of a figure: an average of whole numbers may be any number.
func figureTest(of tested) tested {
	if of.scalar != schema.Quantity {
		of.scalar = schema.Float
	}
	return of
}

// figureOrder reads a value of the input type from relationOrderType: the figure and its direction.
func (ts *Types) figureOrder(f *schema.Field, in map[string]any) (fig *filter.Figure, direction any, err error) {
	fig = &filter.Figure{Field: f}
	if dir, ok := in["count"]; ok {
		return fig, dir, nil
	}
	fig.Op, fig.By, direction, err = ts.sumOrder(LinkShape(f), f.Name, in["aggregate"].(map[string]any))
	return fig, direction, err
}

// sumOrder reads a value of the input type from aggregateOrderType.
func (ts *Types) sumOrder(s Shape, what string, in map[string]any) (op aggregate.Op, by filter.Reading, direction any, err error) {
	for name, inner := range in {
		op = opOf(name)
		for name, dir := range inner.(map[string]any) {
			ofNodes := false
			if node, ok := dir.(map[string]any); ok {
				for name, dir = range node {
					ofNodes = true
				}
			}
			by, _, err = ts.number(s, what, name, ofNodes)
			return op, by, dir, err
		}
	}
	return op, by, nil, nil
}

func opOf(name string) aggregate.Op {
	for _, op := range ops {
		if op.name == name {
			return op.op
		}
	}
	return aggregate.Count
}

// figureTests reads the conditions on figures in the filter of a relation.
func (ts *Types) figureTests(f *schema.Field, in map[string]any) (tests []filter.FigureTest, err error) {
	_, counts := in["count"].(map[string]any)
	_, aggregates := in["aggregate"].(map[string]any)
	where, selects := in["where"].(map[string]any)
	switch {
	case selects && !counts && !aggregates:
		return nil, graph.Errorf(graph.BadInput, "%s: where chooses the edges for count and aggregate: give one of them, or use some, every or none", f.Name)
	case !counts && !aggregates:
		return nil, nil
	case !f.Many:
		return nil, graph.Errorf(graph.BadInput, "%s leads to one entity at most: use some, none or unknown instead of count and aggregate", f.Name)
	}
	var edges *filter.Edge
	if selects {
		if edges, err = ts.edgeFilter(LinkShape(f), where); err != nil {
			return nil, err
		}
	}
	err = ts.tests("where", LinkShape(f), f.Name, in, func(op aggregate.Op, by filter.Reading, test *filter.Test) {
		tests = append(tests, filter.FigureTest{Figure: &filter.Figure{Field: f, Query: filter.Query{Edges: edges}, By: by, Op: op}, Test: test})
	})
	return tests, err
}

// tests reads the conditions count and aggregate of an argument, and calls add for each figure.
func (ts *Types) tests(argument string, s Shape, what string, in map[string]any, add func(op aggregate.Op, by filter.Reading, test *filter.Test)) error {
	if count, ok := in["count"].(map[string]any); ok {
		test, err := ts.test(tested{name: "count", scalar: schema.Int}, count)
		if err != nil {
			return err
		}
		add(aggregate.Count, filter.Reading{}, test)
	}
	sums, _ := in["aggregate"].(map[string]any)
	if err := refuseNullsIn(argument, sums); err != nil {
		return err
	}
	for _, op := range sortedKeys(sums) {
		if err := ts.eachNumber(s, what, sums[op].(map[string]any), false, func(by filter.Reading, test *filter.Test) { add(opOf(op), by, test) }); err != nil {
			return err
		}
	}
	return nil
}

// eachNumber calls add for each number of an input type from figureFilterType.
func (ts *Types) eachNumber(s Shape, what string, in map[string]any, ofNodes bool, add func(by filter.Reading, test *filter.Test)) error {
	if err := refuseNulls(in); err != nil {
		return err
	}
	for _, name := range sortedKeys(in) {
		m := in[name].(map[string]any)
		if !ofNodes && name == "node" {
			if err := ts.eachNumber(s, what, m, true, add); err != nil {
				return err
			}
			continue
		}
		by, of, err := ts.number(s, what, name, ofNodes)
		if err != nil {
			return err
		}
		if _, unit := m["unit"]; unit && of.scalar != schema.Quantity {
			return graph.Errorf(graph.WrongType, "%s: %s is a plain number: leave the unit out", what, name)
		}
		test, err := ts.test(of, m)
		if err != nil {
			return err
		}
		add(by, test)
	}
	return nil
}
