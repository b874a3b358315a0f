package input

import (
	"fmt"
	"sort"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// filterType returns the input that chooses entities of a type.
func (ts *Types) filterType(t *schema.Type) *graphql.InputObject {
	name := t.Name + "Filter"
	about := fmt.Sprintf("Selects entities of type %s: those that meet every condition given. A field tests the property or the relation of its name.", t.Name)
	return ts.object(name, about, func() []inputField {
		self := ts.filterType(t)
		fs := []inputField{
			{"and", "All of these filters must match.", graphql.NewList(must(self))},
			{"or", "At least one of these filters must match.", graphql.NewList(must(self))},
			{"not", "This filter must not match.", self},
			{"id", "Tests the entity's id.", ts.testType(schema.String, nil, true)},
			{"type", "Tests the name of the entity's type in the ontology.", ts.testType(schema.String, nil, false)},
		}
		for _, f := range ts.Fields(t) {
			if f.Kind == schema.Property {
				fs = append(fs, inputField{f.Name, "", ts.testType(f.Scalar, f.Enum, false)})
			} else {
				fs = append(fs, inputField{f.Name, "", ts.relationFilterType(LinkShape(f))})
			}
		}
		return fs
	})
}

func (ts *Types) relationFilterType(s Shape) *graphql.InputObject {
	return ts.object(s.Name+"RelationFilter", "Conditions on the edges of a relation; all that are given must hold.", func() []inputField {
		e := ts.edgeFilterType(s)
		return append([]inputField{
			{"some", "At least one edge matches this filter; edges that only possibly hold count.", e},
			{"every", "Every edge matches this filter, also if it is known that there are no edges.", e},
			{"none", "It is known that no edge matches this filter. Where no source says where the relation leads, this is not known.", e},
			{"unknown", "Whether no source in view says where the relation leads, or only sources that list the first few.", graphql.Boolean},
			isNone,
		}, ts.relationFigures(e)...)
	})
}

func (ts *Types) edgeFilterType(s Shape) *graphql.InputObject {
	return ts.object(s.Filter+"EdgeFilter", "Selects the edges of a relation: those that meet every condition given.", func() []inputField {
		self := ts.edgeFilterType(s)
		fs := []inputField{
			{"and", "All of these filters must match.", graphql.NewList(must(self))},
			{"or", "At least one of these filters must match.", graphql.NewList(must(self))},
			{"not", "This filter must not match.", self},
			{"node", "Conditions on the entity that the edge leads to.", ts.filterType(s.Target)},
			{"claim", "Conditions on the edge's claim.", ts.claimFilterType()},
		}
		if s.Subject != nil {
			fs = append(fs, inputField{"subject", "Conditions on the subject of the edge, from which the relation leads.", ts.filterType(s.Subject)})
		}
		if len(s.Qualifiers) > 0 {
			fs = append(fs, inputField{"edge", "Conditions on the qualifiers of the edge's claim.", ts.qualifierFilterType(s)})
		}
		return fs
	})
}

func (ts *Types) qualifierFilterType(s Shape) *graphql.InputObject {
	return ts.object(s.Name+"QualifierFilter", "Conditions on the qualifiers of a claim; all that are given must hold. A field tests the qualifier of its name.", func() []inputField {
		var fs []inputField
		for _, q := range s.Qualifiers {
			if q.Target != nil {
				fs = append(fs, inputField{q.Name, "Tests the id of the entity.", ts.testType(schema.String, nil, true)})
				continue
			}
			fs = append(fs, inputField{q.Name, "", ts.testType(q.Scalar, q.Enum, false)})
		}
		return fs
	})
}

// logic points to the and, or and not of a filter, and has the function that reads each of their
// members.
type logic[T any] struct {
	and, or *[]*T
	not     **T
	read    func(map[string]any) (*T, error)
}

// refuseNulls refuses null members of a filter and null operators of a test. A null may be a
// forgotten variable or a comparison with a missing value, so any meaning of null would surprise
// someone.
func refuseNulls(in map[string]any) error { return refuseNullsIn("where", in) }

func refuseNullsIn(argument string, in map[string]any) error {
	for _, key := range sortedKeys(in) {
		if in[key] == nil {
			return graph.Errorf(graph.BadInput, "%s: %s is null: leave it out, or use isNull to find what has no value", argument, key)
		}
	}
	return nil
}

// readFilter reads the members of a filter: and, or and not with l, the others with test.
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

// filter reads a value of an input type from filterType.
func (ts *Types) filter(t *schema.Type, in map[string]any) (*filter.Node, error) {
	f := &filter.Node{}
	read := func(m map[string]any) (*filter.Node, error) { return ts.filter(t, m) }
	return f, readFilter(in, logic[filter.Node]{&f.And, &f.Or, &f.Not, read}, func(key string, m map[string]any) (err error) {
		switch key {
		case "id":
			f.ID, err = ts.test(codeTest, m)
		case "type":
			f.Type, err = ts.test(codeTest, m)
		case "name":
			f.Name, err = ts.test(tested{scalar: schema.String}, m)
		default:
			err = ts.fieldFilter(f, t, key, m)
		}
		return err
	})
}

// fieldFilter reads the condition on a property or relation, and adds it to f.
func (ts *Types) fieldFilter(f *filter.Node, t *schema.Type, key string, in map[string]any) error {
	def := ts.field(t, key)
	if def.Kind == schema.Property {
		test, err := ts.test(tested{def.Name, def.Scalar, def.Unit, def.Dimension, def.Usual, def.Code, false}, in)
		f.Properties = append(f.Properties, filter.Property{Field: def, Test: test})
		return err
	}
	if err := refuseNulls(in); err != nil {
		return err
	}
	s := LinkShape(def)
	r := filter.Relation{Field: def}
	if unknown, ok := in["unknown"].(bool); ok {
		r.Unknown = &unknown
	}
	if none, ok := in["isNone"].(bool); ok {
		r.IsNone = &none
	}
	for key, to := range map[string]**filter.Edge{"some": &r.Some, "every": &r.Every, "none": &r.None} {
		m, ok := in[key].(map[string]any)
		if !ok {
			continue
		}
		var err error
		if *to, err = ts.edgeFilter(s, m); err != nil {
			return err
		}
	}
	var err error
	r.Figures, err = ts.figureTests(def, in)
	f.Relations = append(f.Relations, r)
	return err
}

// edgeFilter reads a value of an input type from edgeFilterType.
func (ts *Types) edgeFilter(s Shape, in map[string]any) (*filter.Edge, error) {
	f := &filter.Edge{}
	read := func(m map[string]any) (*filter.Edge, error) { return ts.edgeFilter(s, m) }
	return f, readFilter(in, logic[filter.Edge]{&f.And, &f.Or, &f.Not, read}, func(key string, m map[string]any) (err error) {
		switch key {
		case "node":
			f.Node, err = ts.filter(s.Target, m)
		case "subject":
			f.Subject, err = ts.filter(s.Subject, m)
		case "claim":
			var of *filter.Edge
			of, err = ts.claimFilter(m)
			f.And = append(f.And, of)
		case "edge":
			err = ts.qualifierFilters(f, s, m)
		}
		return err
	})
}

func (ts *Types) qualifierFilters(f *filter.Edge, s Shape, in map[string]any) error {
	if err := refuseNulls(in); err != nil {
		return err
	}
	for _, q := range s.Qualifiers {
		m, ok := in[q.Name].(map[string]any)
		if !ok {
			continue
		}
		of := tested{q.Name, q.Scalar, q.Unit, q.Dimension, q.Usual, q.Code, false}
		if q.Target != nil {
			of = codeTest
		}
		test, err := ts.test(of, m)
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
