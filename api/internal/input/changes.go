package input

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// ChangesFilterType returns the input type that filters the claims of a subscription.
func (ts *Types) ChangesFilterType() *graphql.InputObject {
	return ts.object("ChangesFilter", "Selects the claims that a subscriber receives: those that meet every condition given.", func() []inputField {
		self := ts.ChangesFilterType()
		id, text := ts.testType(schema.String, nil, true), ts.testType(schema.String, nil, false)
		return []inputField{
			{"and", "All of these filters must match.", graphql.NewList(must(self))},
			{"or", "At least one of these filters must match.", graphql.NewList(must(self))},
			{"not", "This filter must not match.", self},
			{"subject", "Tests the id of the claim's subject.", id},
			{"object", "Tests the id of the claim's object.", id},
			{"entity", "Tests the ids of the subject and the object; one of them must pass.", id},
			{"type", "Tests the name of the subject's type.", text},
			{"predicate", "Tests the claim's predicate.", text},
			{"source", "Tests the id of the claim's source.", id},
			{"confidence", "Tests the claim's confidence, from 0 to 1.", ts.testType(schema.Float, nil, false)},
		}
	})
}

// ChangesFilter chooses the claims that a subscriber receives: a claim must meet every condition that is set.
type ChangesFilter struct {
	And, Or []*ChangesFilter // Or is nil if the filter does not give it
	Not     *ChangesFilter
	Edge    filter.Edge  // tests the edge from the claim to its subject
	Entity  *filter.Test // tests the ids of its subject and object; one must pass
}

// ReadChangesFilter reads a value of type ChangesFilter.
func (ts *Types) ReadChangesFilter(in map[string]any) (*ChangesFilter, error) {
	if err := refuseNulls(in); err != nil {
		return nil, err
	}
	f := &ChangesFilter{}
	for _, key := range sortedKeys(in) {
		val := in[key]
		m, _ := val.(map[string]any)
		var err error
		switch key {
		case "and":
			f.And, err = each(val, ts.ReadChangesFilter)
		case "or":
			f.Or, err = each(val, ts.ReadChangesFilter)
		case "not":
			f.Not, err = ts.ReadChangesFilter(m)
		case "entity":
			f.Entity, err = ts.test(codeTest, m)
		case "type":
			f.Edge.Node = &filter.Node{}
			if f.Edge.Node.Type, err = ts.test(codeTest, m); err == nil {
				err = named(m, "where.type: the ontology has no type", func(name string) bool { return ts.ontology.Type(name) != nil })
			}
		default:
			t := filter.Claim{Field: filter.ClaimField(key)}
			t.Test, err = ts.test(codeTest, m)
			if err == nil && key == "predicate" {
				err = named(m, "where.predicate: the ontology has no stored field", func(name string) bool { return ts.ontology.Predicate(name) != nil })
			}
			f.Edge.Claims = append(f.Edge.Claims, t)
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// named refuses a name that the ontology does not declare, because a subscriber would wait for it
// forever.
func named(test map[string]any, missing string, known func(string) bool) error {
	names, _ := test["in"].([]any)
	if name, ok := test["eq"].(string); ok {
		names = append(slices.Clone(names), name)
	}
	for _, x := range names {
		if name, ok := x.(string); ok && !known(name) {
			return graph.Errorf(graph.UnknownName, "%s %q, so no event would ever match", missing, name)
		}
	}
	return nil
}
