package input

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// GroupKeyType lists what a list can be grouped by: qualifiers by their names, and fields of the
// nodes of a relation with the prefix node_.
func (ts *Types) GroupKeyType(s Shape) *graphql.Enum {
	name := s.Name + "GroupKey"
	if e := ts.enums[name]; e != nil {
		return e
	}
	prefix := ""
	if s.Link {
		prefix = "node_"
	}
	values := members(prefix+"id", prefix+"type", prefix+"name")
	for _, q := range orderedQualifiers(s) {
		values = append(values, schema.EnumMember{Name: q.Name, Description: q.Description})
	}
	for _, f := range ts.Fields(s.Target) {
		if !f.Many && f.Name != "name" && f.Scalar != schema.Coordinates {
			values = append(values, schema.EnumMember{Name: prefix + f.Name, Description: f.Description})
		}
	}
	return ts.Enum(name, "A value to group a list by. For a relation, names with the prefix node_ are those of the entities it leads to, and the others are qualifiers.", values...)
}

// ReadGroupKey is what a group key reads of an edge.
func (ts *Types) ReadGroupKey(s Shape, key string) filter.Reading {
	if s.Link {
		for _, q := range s.Qualifiers {
			if q.Name == key {
				return filter.ReadQualifier(q)
			}
		}
		key = key[len("node_"):]
	}
	switch key {
	case "id", "type", "name":
		return filter.Reading{Own: key}
	}
	return filter.Reading{Property: ts.field(s.Target, key)}
}
