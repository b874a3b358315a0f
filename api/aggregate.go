package api

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// gathered is a list of edges to be summed up, with the figures read from it.
// It lives for one request; later ones use its memory again.
type gathered struct {
	view    *snapshot.View
	edges   []snapshot.Edge
	figures []figures
	whole   gathering
	groups  []snapshot.Group // where the list was parted
	parts   []gathering
}

type figures struct {
	by *snapshot.Reading
	snapshot.Figures
}

// keepGathered is the longest list whose memory is kept for the next request.
const keepGathered = 1 << 15

// release lets go of the snapshot, and tells whether to keep the memory.
func (g *gathered) release() bool {
	clear(g.groups)
	clear(g.parts)
	for i := range g.figures {
		g.figures[i].by = nil
		g.figures[i].Release()
	}
	keep := cap(g.edges) <= keepGathered
	*g = gathered{edges: g.edges[:0], figures: g.figures[:0], groups: g.groups[:0], parts: g.parts[:0]}
	return keep
}

// gathering is a part of it: a whole connection or a group.
type gathering struct {
	*gathered
	from, to int
	key      *graph.Value // of a group
}

// all makes the whole of a list.
func (g *gathered) all() *gathering {
	g.whole = gathering{gathered: g, to: len(g.edges)}
	return &g.whole
}

// stats sums up a reading. The first part that asks reads for all.
func (g *gathering) stats(by *snapshot.Reading) (snapshot.Stats, error) {
	i := 0
	for i < len(g.figures) && g.figures[i].by != by {
		i++
	}
	if i == len(g.figures) {
		if i < cap(g.figures) {
			g.figures = g.figures[:i+1] // with the memory it has
		} else {
			g.figures = append(g.figures, figures{})
		}
		g.figures[i].by = by
		g.figures[i].Read(g.view, g.edges, *by)
	}
	return g.figures[i].Stats(g.from, g.to)
}

// ops are the ways to sum up; below one of them the Ref's Index is its place here.
var ops = [...]string{"sum", "avg", "min", "max"}

// aggregateFields are the fields that a whole and a group have alike.
func (b *builder) aggregateFields(s shape) []field {
	fs := []field{{name: "count", typ: must(graphql.Int), about: "How many there are.", read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendInt(dst, int64(src.Obj.(*gathering).to-src.Obj.(*gathering).from)), nil
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
					g := src.Obj.(*gathering)
					parted := c.Request.(*Session).gathered(g.view)
					parted.groups, parted.edges = g.view.Groups(g.edges[g.from:g.to], c.Args.(snapshot.Reading), parted.groups, parted.edges)
					parted.parts = slices.Grow(parted.parts, len(parted.groups))[:len(parted.groups)]
					for i := range parted.groups {
						x := &parted.groups[i]
						parted.parts[i] = gathering{parted, x.From, x.To, &x.Key}
						dst = append(dst, gql.Ref{Obj: &parted.parts[i]})
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
				if k := src.Obj.(*gathering).key; k.Kind() != graph.NoKind {
					dst = gql.AppendString(dst, k.String())
				}
				return dst, nil
			}}})
	})
}

func numeric(s schema.Scalar) bool {
	return s == schema.Int || s == schema.Float || s == schema.Quantity
}

func (b *builder) numberFields(t *schema.Type) []*schema.Field {
	var fs []*schema.Field
	for _, f := range b.orderedFields(t) {
		if numeric(f.Scalar) {
			fs = append(fs, f)
		}
	}
	return fs
}

func (b *builder) hasNumbers(s shape) bool {
	for _, q := range s.qualifiers {
		if numeric(q.Scalar) {
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
			if numeric(q.Scalar) {
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
