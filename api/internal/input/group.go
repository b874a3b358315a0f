package input

import (
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// maxGroupKeys bounds the keys in a list of groups, because each key is read for every edge.
const maxGroupKeys = 8

// claimKeys are the fields of an edge's claim by which edges can be grouped.
var claimKeys = []string{"source", "holds", "validFrom"}

// GroupArgs returns the arguments of a field that groups a list.
func GroupArgs(keys *graphql.Enum) graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{"by": {Type: list(keys), Description: "The value to group by, or several: then there is a group for each combination that occurs."}}
}

// ReadGroupArgs reads the arguments of a field that groups a list. read converts the name of a key.
func ReadGroupArgs(args map[string]any, read func(key string) filter.Reading) ([]filter.Reading, error) {
	keys := args["by"].([]any)
	if len(keys) == 0 || len(keys) > maxGroupKeys {
		return nil, &gql.ArgumentError{Argument: "by", Err: graph.Errorf(graph.BadInput, "by: give from 1 to %d keys, not %d", maxGroupKeys, len(keys))}
	}
	by := make([]filter.Reading, len(keys))
	for i, k := range keys {
		by[i] = read(k.(string))
	}
	return by, nil
}

// GroupKeyType returns the enum of what a list can be grouped by. For a relation its members are
// qualifiers by their names, and, with the prefixes node_, subject_ and claim_, fields of both ends
// and of the claim.
func (ts *Types) GroupKeyType(s Shape) *graphql.Enum {
	name := s.Name + "GroupKey"
	if e := ts.enums[name]; e != nil {
		return e
	}
	if !s.Link {
		return ts.Enum(name, "A value to group a list by.", ts.entityKeys("", s.Target)...)
	}
	values := ts.entityKeys("node_", s.Target)
	for _, q := range orderedQualifiers(s) {
		values = append(values, schema.EnumMember{Name: q.Name, Description: q.Description})
	}
	for _, of := range ts.subjectTypes(s) {
		for _, k := range ts.entityKeys("subject_", of) {
			if !slices.ContainsFunc(values, func(m schema.EnumMember) bool { return m.Name == k.Name }) {
				values = append(values, k)
			}
		}
	}
	for _, f := range claimKeys {
		values = append(values, schema.EnumMember{Name: "claim_" + f})
	}
	return ts.Enum(name, "A value to group a list of edges by: a qualifier by its name, with the prefix node_ a field of the entities that the edges lead to,"+
		" with subject_ one of those that they lead from, with claim_ one of their claims.", values...)
}

// entityKeys returns the fields of a type that can be group keys, named with a prefix.
func (ts *Types) entityKeys(prefix string, t *schema.Type) []schema.EnumMember {
	values := members(prefix+"id", prefix+"type", prefix+"name")
	for _, f := range ts.Fields(t) {
		if !f.Many && f.Name != "name" && f.Scalar != schema.Coordinates {
			m := schema.EnumMember{Name: prefix + f.Name, Description: f.Description}
			if prefix == "subject_" {
				m.Description = "" // because only the type of the subjects has the description
			}
			values = append(values, m)
		}
	}
	return values
}

// subjectTypes returns the types whose fields become the group keys of a subject: the type of the subjects
// of the shape's edges. For a shared shape these are Entity and all types with a stored relation of that shape.
func (ts *Types) subjectTypes(s Shape) []*schema.Type {
	if !s.shared() {
		if s.Subject == nil {
			return nil
		}
		return []*schema.Type{s.Subject}
	}
	of := []*schema.Type{ts.ontology.Type(schema.EntityType)}
	for _, t := range ts.ontology.Types {
		if !t.Union && slices.ContainsFunc(t.Fields, func(f *schema.Field) bool {
			return f.Owner == t && f.Kind == schema.Relation && f.Many && LinkShape(f).Name == s.Name
		}) {
			of = append(of, t)
		}
	}
	return of
}

// ReadGroupKey returns the reading of an edge that a group key names.
func (ts *Types) ReadGroupKey(s Shape, key string) filter.Reading {
	side, name, prefixed := strings.Cut(key, "_")
	switch {
	case !s.Link:
		return ts.ofEntity(filter.OfNode, s.Target, key)
	case !prefixed:
		return ts.reading(s, "edge", key)
	case side != "subject":
		return ts.reading(s, side, name)
	}
	for _, of := range ts.subjectTypes(s) {
		if slices.ContainsFunc(ts.entityKeys("", of), func(m schema.EnumMember) bool { return m.Name == name }) {
			return ts.ofEntity(filter.OfSubject, of, name)
		}
	}
	return filter.Reading{}
}

// ClaimGroupKeyType returns the enum of what a list of claims can be grouped by: fields of the
// claims, and, with a prefix, fields of the entities that the claims name.
func (ts *Types) ClaimGroupKeyType() *graphql.Enum {
	var values []schema.EnumMember
	for _, f := range filter.ClaimFields {
		switch f.Name {
		case "id", "locator", "note", "original", filter.RecordedOrder:
		default:
			values = append(values, schema.EnumMember{Name: string(f.Name)})
		}
	}
	for end := range claimEnds {
		values = append(values, members(end+"_type", end+"_name")...)
	}
	return ts.Enum("ClaimGroupKey", "A value to group claims by: a field of the claim, or the type or the name of an entity that it names.", values...)
}

// claimEnds are the entities of a claim, by the prefix of their keys. The node of a claim in a list
// is its subject.
var claimEnds = map[string]filter.End{"subject": filter.OfNode, "object": filter.OfObject, "source": filter.OfSource}

// ReadClaimGroupKey returns the reading of a claim that a group key names.
func ReadClaimGroupKey(key string) filter.Reading {
	end, own, ok := strings.Cut(key, "_")
	if !ok {
		return filter.Reading{Claim: filter.ClaimField(key)}
	}
	return filter.Reading{Of: claimEnds[end], Own: own}
}
