package api

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// gathered is a list of edges to be summed up, whole or in groups, with the
// sums so far. It lives for one request; later ones use its memory again.
type gathered struct {
	view  *snapshot.View
	edges []snapshot.Edge
	// Where the list is parted; its edges are then those of another gathered.
	parted bool
	parts  snapshot.Parts
	sums   []sums
	items  []gathering
}

type sums struct {
	by    *snapshot.Reading
	stats []snapshot.Stats // of the whole, or by group
}

// keepGathered is the longest list whose memory is kept for the next request.
const keepGathered = 1 << 15

// release lets go of the snapshot, and tells whether to keep the memory.
func (g *gathered) release() bool {
	clear(g.parts.Groups)
	clear(g.items)
	for i := range g.sums {
		clear(g.sums[i].stats)
		g.sums[i] = sums{stats: g.sums[i].stats[:0]}
	}
	keep := max(cap(g.edges), cap(g.parts.Of)) <= keepGathered
	if g.parted {
		g.edges = nil
	}
	*g = gathered{edges: g.edges[:0], parts: snapshot.Parts{Groups: g.parts.Groups[:0], Of: g.parts.Of[:0]}, sums: g.sums[:0], items: g.items[:0]}
	return keep
}

// gathering is a part of it: the whole or a group.
type gathering struct {
	*gathered
	group int
}

// whole is all of the list as one.
func (g *gathered) whole() *gathering {
	g.items = append(g.items[:0], gathering{g, 0})
	return &g.items[0]
}

// groups parts the list by a reading.
func (g *gathered) groups(s *Session, by snapshot.Reading) []gathering {
	p := s.gathered(g.view)
	p.parted, p.edges = true, g.edges
	p.view.Part(p.edges, by, &p.parts)
	p.items = slices.Grow(p.items[:0], len(p.parts.Groups))
	for i := range p.parts.Groups {
		p.items = append(p.items, gathering{p, i})
	}
	return p.items
}

func (g *gathering) count() int {
	if g.parted {
		return g.parts.Groups[g.group].Count
	}
	return len(g.edges)
}

// stats sums up a reading. The first part that asks sums up for all.
func (g *gathering) stats(by *snapshot.Reading) (*snapshot.Stats, error) {
	i := 0
	for i < len(g.sums) && g.sums[i].by != by {
		i++
	}
	if i == len(g.sums) {
		if i < cap(g.sums) {
			g.sums = g.sums[:i+1] // with the memory it has
		} else {
			g.sums = append(g.sums, sums{})
		}
		var parts *snapshot.Parts
		if g.parted {
			parts = &g.parts
		}
		g.sums[i].by, g.sums[i].stats = by, g.view.Stats(g.edges, *by, parts, g.sums[i].stats[:0])
	}
	st := &g.sums[i].stats[g.group]
	return st, st.Err()
}

// ops are the ways to sum up; below one of them the Ref's Index is its place here.
var ops = [...]string{"sum", "avg", "min", "max"}

// aggregateFields are the fields that a whole and a group have alike.
func (b *builder) aggregateFields(s shape) []field {
	fs := []field{{name: "count", typ: must(graphql.Int), about: "How many there are.", read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendInt(dst, int64(src.Obj.(*gathering).count())), nil
		}}}}
	if !b.hasNumbers(s) {
		return fs
	}
	for i, op := range ops {
		fs = append(fs, field{name: op, typ: must(b.numbersType(s)), read: gql.Binding{
			Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				return gql.Ref{Obj: src.Obj, Index: uint64(i)}, true, nil
			}}})
	}
	return fs
}

func (b *builder) aggregateType(s shape) *graphql.Object {
	return b.object(s.name+"Aggregate", "Sums over a list. A missing value counts for nothing; quantities of different units are refused.", func() []field {
		return append(b.aggregateFields(s), field{
			name: "groups", typ: list(b.groupType(s)), about: "The list parted by a value, the largest groups first.",
			args: graphql.FieldConfigArgument{"by": {Type: must(b.groupKeyType(s))}},
			read: gql.Binding{
				Prepare: func(args map[string]any) (any, error) { return b.groupReading(s, args["by"].(string)), nil },
				List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					items := src.Obj.(*gathering).groups(c.Request.(*Session), c.Args.(snapshot.Reading))
					for i := range items {
						dst = append(dst, gql.Ref{Obj: &items[i]})
					}
					return dst, true, nil
				},
			},
		})
	})
}

func (b *builder) groupType(s shape) *graphql.Object {
	return b.object(s.name+"Group", "The entities of a list that share a value.", func() []field {
		return append(b.aggregateFields(s), field{name: "key", typ: graphql.String, about: "The value as text, an entity by its id; null for those without one.", read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				g := src.Obj.(*gathering)
				if k := &g.parts.Groups[g.group].Key; k.Kind() != graph.NoKind {
					dst = gql.AppendString(dst, k.String())
				}
				return dst, nil
			}}})
	})
}

func (b *builder) numberFields(t *schema.Type) []*schema.Field {
	var fs []*schema.Field
	for _, f := range b.orderedFields(t) {
		if f.Scalar.Numeric() {
			fs = append(fs, f)
		}
	}
	return fs
}

func (b *builder) hasNumbers(s shape) bool {
	for _, q := range s.qualifiers {
		if q.Scalar.Numeric() {
			return true
		}
	}
	return len(b.numberFields(s.target)) > 0
}

// numbersType has a field for each number that can be summed up; those of the
// nodes of a relation stand under node.
func (b *builder) numbersType(s shape) *graphql.Object {
	number := func(name, about string, by snapshot.Reading) field {
		return field{name: name, about: about, typ: graphql.Float, read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				st, err := src.Obj.(*gathering).stats(&by)
				if err != nil || st.Count == 0 {
					return dst, err
				}
				return gql.AppendFloat(dst, [...]float64{st.Sum, st.Sum / float64(st.Count), st.Min, st.Max}[src.Index]), nil
			}}}
	}
	return b.object(s.name+"Numbers", "Null where no value is known.", func() []field {
		var fs []field
		if !s.link {
			for _, f := range b.numberFields(s.target) {
				fs = append(fs, number(f.Name, f.Description, snapshot.Reading{Property: f}))
			}
			return fs
		}
		for _, q := range s.qualifiers {
			if q.Scalar.Numeric() {
				fs = append(fs, number(q.Name, q.Description, snapshot.Reading{Qualifier: q.Name}))
			}
		}
		if len(b.numberFields(s.target)) > 0 {
			fs = append(fs, field{name: "node", typ: must(b.numbersType(listShape(s.target))), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) { return src, true, nil }}})
		}
		return fs
	})
}

// groupKeyType lists what a list can be parted by: qualifiers by their names,
// and what the nodes have behind node_.
func (b *builder) groupKeyType(s shape) *graphql.Enum {
	name := s.name + "GroupKey"
	if e := b.enums[name]; e != nil {
		return e
	}
	prefix := ""
	if s.link {
		prefix = "node_"
	}
	values := members(prefix+"id", prefix+"type", prefix+"name")
	for _, q := range orderedQualifiers(s) {
		values = append(values, schema.EnumMember{Name: q.Name, Description: q.Description})
	}
	for _, f := range b.ontologyFields(s.target) {
		if !f.Many && f.Name != "name" && f.Scalar != schema.Coordinates {
			values = append(values, schema.EnumMember{Name: prefix + f.Name, Description: f.Description})
		}
	}
	return b.enum(name, "What to part a list by.", values...)
}

func (b *builder) groupReading(s shape, key string) snapshot.Reading {
	if s.link {
		for _, q := range s.qualifiers {
			if q.Name == key {
				return snapshot.Reading{Qualifier: key}
			}
		}
		key = key[len("node_"):]
	}
	switch key {
	case "id", "type", "name":
		return snapshot.Reading{Own: key}
	}
	t := s.target
	if t.Union {
		t = b.o.Type(schema.EntityType)
	}
	return snapshot.Reading{Property: t.Field(key)}
}
