package routes

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// entity returns the entity that an argument names.
func (n *Network) entity(argument string, id graph.ID) (uint32, error) {
	var f question.Faults
	e := f.Entity(n.view, argument, id)
	return e, f.Err()
}

// countries returns the countries that an entity means: itself, or the members of an organisation, of a region,
// and of the regions in it. ok is false for any other entity.
func (n *Network) countries(entity uint32) (list []uint32, ok bool) {
	switch n.view.Snapshot().TypeName(entity) {
	case "Country":
		return []uint32{entity}, true
	case "Organisation":
		return n.members(entity, nil), true
	case "Region":
		for _, part := range n.reach(entity, "parts") {
			list = n.members(part, list)
		}
		return list, true
	}
	return nil, false
}

// reach returns an entity and all entities to which a field leads from it over any number of steps, the nearer
// first.
func (n *Network) reach(entity uint32, field string) []uint32 {
	list := []uint32{entity}
	for i := 0; i < len(list); i++ {
		for _, e := range n.related(list[i], field) {
			if !slices.Contains(list, e.Node) {
				list = append(list, e.Node)
			}
		}
	}
	return list
}

// related returns the edges of a relation of an entity; none if its type has no such field.
func (n *Network) related(entity uint32, name string) []snapshot.Edge {
	t := n.view.Snapshot().Type(entity)
	if t == nil || t.Field(name) == nil || t.Field(name).Kind == schema.Property {
		return nil
	}
	return slices.Collect(n.view.Relation(entity, t.Field(name), false).All())
}

// members adds the countries that are members of a group. Candidates and observers are not members.
func (n *Network) members(group uint32, list []uint32) []uint32 {
	s := n.view.Snapshot()
	for _, e := range n.related(group, "members") {
		if s.TypeName(e.Node) == "Country" && isMember(s, e.Claim) && !slices.Contains(list, e.Node) {
			list = append(list, e.Node)
		}
	}
	return list
}

func isMember(s *snapshot.Snapshot, claim uint32) bool {
	role, _ := s.Qualifier(claim, "role")
	switch role.Text() {
	case "", "MEMBER", "FOUNDER":
		return true
	}
	return false
}

// ends returns the nodes that an end of a route means, in order.
func (n *Network) ends(argument string, id graph.ID) ([]int32, error) {
	e, err := n.entity(argument, id)
	if err != nil {
		return nil, err
	}
	nodes, ok := n.nodesOf(e)
	if !ok {
		return nil, graph.Errorf(graph.WrongType,
			"%s: %q is a %s, which is not a place; name a country, a city, a region, an organisation or a transport node", argument, id, n.view.Snapshot().TypeName(e))
	}
	return nodes, nil
}

// nodesOf returns the nodes of the network that an entity means, in order.
func (n *Network) nodesOf(entity uint32) (nodes []int32, ok bool) {
	if i, is := n.numbers[entity]; is {
		return []int32{i}, true
	}
	s := n.view.Snapshot()
	countries, ok := n.countries(entity)
	switch typ := s.TypeName(entity); {
	case ok && n.kind == Borders:
		for _, c := range countries {
			if i, is := n.numbers[c]; is {
				nodes = append(nodes, i)
			}
		}
	case ok:
		for i, x := range n.nodes {
			if x.country >= 0 && slices.Contains(countries, n.places[x.country]) {
				nodes = append(nodes, int32(i))
			}
		}
	case n.kind == Borders && (typ == "City" || typ == "TransportNode" || typ == "Passage"):
		ok = true
		if claim := best(n.view, entity, "country"); claim != snapshot.None {
			nodes, _ = n.nodesOf(s.Object(claim))
		}
	case typ == "TransportNode":
		ok = true // a node that the view does not show
	case typ == "City" || typ == "Passage":
		ok = true
		field := map[string]string{"City": "servedBy", "Passage": "uses"}[typ]
		for _, e := range n.related(entity, field) {
			if i, is := n.numbers[e.Node]; is && !slices.Contains(nodes, i) {
				nodes = append(nodes, i)
			}
		}
	}
	slices.Sort(nodes)
	return nodes, ok
}
