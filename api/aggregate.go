package api

import (
	"math"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// aggregation sums up a list of edges, as a whole or in groups, and caches the sums. It lives for
// one request; later requests reuse its memory.
type aggregation struct {
	view *snapshot.View
	// list and query choose the edges to be summed up; both are nil in an aggregation that groups
	// returned.
	list  *snapshot.List
	query *filter.Query
	// edges are the edges of the list, read only when something needs them one by one.
	edges    []snapshot.Edge
	selected bool
	// counted is true if known is the number of edges although the edges were not read.
	counted bool
	known   int
	// division is the list of all subjects divided by one of the ends of its edges, or nil if the
	// groups cannot be read from such a division.
	division *snapshot.Division
	// grouped is true for the groups of another aggregation, its parent, which owns the edges.
	grouped  bool
	parent   *aggregation
	asked    *filter.Groups
	distinct map[*filter.GroupKey][]int // numbers of different values, one for each group
	parts    aggregate.Parts
	sums     []sums
	items    []aggregationPart
	room     int // the number of edges for which it had memory when it was released
}

type sums struct {
	by    filter.Reading
	ends  bool              // whether stats include the least and the greatest value
	stats []aggregate.Stats // one for the whole, or one for each group
	// medians are as the stats; nil if they were not asked for.
	medians []float64
	wholes  []error // for each group, why shares cannot be summed up
}

// release drops the references to the snapshot and keeps the memory.
func (g *aggregation) release() {
	clear(g.parts.Groups)
	clear(g.items)
	for i := range g.sums {
		clear(g.sums[i].stats)
		g.sums[i] = sums{stats: g.sums[i].stats[:0]}
	}
	if g.grouped {
		g.edges = nil
	}
	*g = aggregation{edges: g.edges[:0], parts: aggregate.Parts{Groups: g.parts.Groups[:0], Of: g.parts.Of[:0]}, sums: g.sums[:0], items: g.items[:0]}
	g.room = max(cap(g.edges), cap(g.parts.Of), cap(g.items))
}

// aggregationPart is the whole of an aggregation, or one of its groups.
type aggregationPart struct {
	*aggregation
	group int
}

// whole returns the list as one part.
func (g *aggregation) whole() *aggregationPart {
	g.items = append(g.items[:0], aggregationPart{g, 0})
	return &g.items[0]
}

// selectEdges reads the edges of the list unless they were read already.
func (g *aggregation) selectEdges() error {
	if !g.selected && !g.grouped {
		g.edges, g.selected = g.list.Select(g.query, g.edges), true
	}
	return g.view.Err()
}

// divide divides the list unless its edges were read. It returns false if the list cannot be
// divided.
func (g *aggregation) divide() bool {
	if g.division == nil && !g.selected && !g.grouped {
		g.division, _ = g.list.Divide(g.query, nil)
	}
	return g.division != nil
}

func (g *aggregationPart) count() (int, error) {
	if g.grouped {
		return g.parts.Groups[g.group].Count, nil
	}
	if g.divide() {
		if err := g.view.Err(); err != nil {
			return 0, err
		}
		return g.division.Groups[0].Count, nil
	}
	if !g.selected && !g.counted {
		g.figures(filter.Reading{}, false)
	}
	if g.counted {
		return g.known, g.view.Err()
	}
	err := g.selectEdges()
	return len(g.edges), err
}

// stats returns the sums of the values of a reading, with the least and the greatest value if ends
// is set. The first call computes the sums of all groups.
func (g *aggregationPart) stats(by filter.Reading, ends bool) (*aggregate.Stats, error) {
	i := 0
	for i < len(g.sums) && (g.sums[i].by != by || ends && !g.sums[i].ends) {
		i++
	}
	if i == len(g.sums) {
		if i < cap(g.sums) {
			g.sums = g.sums[:i+1] // reuses the memory of stats
		} else {
			g.sums = append(g.sums, sums{})
		}
		g.sums[i].by, g.sums[i].ends, g.sums[i].stats = by, ends, g.sumUp(by, ends, g.sums[i].stats[:0])
		if err := g.view.Err(); err != nil {
			return nil, err
		}
	}
	st := &g.sums[i].stats[g.group]
	return st, st.Err()
}

// sumUp appends the sums of a reading to dst.
func (g *aggregation) sumUp(by filter.Reading, ends bool, dst []aggregate.Stats) []aggregate.Stats {
	switch {
	case g.divide():
		return g.division.Stats(by, ends, dst)
	case g.grouped:
		return g.view.Stats(g.edges, by, &g.parts, dst)
	}
	// For a short list, the first figure is computed without reading the edges, and all later ones
	// from the edges.
	if !g.selected && !(g.counted && g.list.Short(g.query)) {
		if st, ok := g.figures(by, ends); ok {
			return append(dst, st)
		}
	}
	if g.selectEdges() != nil {
		return append(dst, aggregate.Stats{})
	}
	return g.view.Stats(g.edges, by, nil, dst)
}

// figures returns the sums of the list without reading its edges, and stores their number in known.
// ok is false if that is impossible.
func (g *aggregation) figures(by filter.Reading, ends bool) (st aggregate.Stats, ok bool) {
	st, n, ok := g.list.Figures(g.query, by, ends)
	if ok {
		g.known, g.counted = n, true
	}
	return st, ok
}

// operations are the operations of an aggregate, such as avg. Below the field of an operation, the
// Index of a Ref is an index into operations.
var operations = [...]struct {
	name, about string
	ends, sums  bool
}{
	{"sum", "The sums of the known values. Shares of different wholes are refused.", false, true}, {"avg", "The averages of the known values.", false, false},
	{"min", "The least of the known values.", true, false}, {"max", "The greatest of the known values.", true, false},
	{"sumMin", "What the sums are at least where some values are ranges, such as 10 to 15.", false, true},
	{"sumMax", "What the sums are at most where some values are ranges.", false, true},
	{"median", "The medians of the known values: the middle one, or the average of the two middle ones.", false, false},
	{"share", "", false, true}, // of groups only
}

const (
	medianOperation = len(operations) - 2 + iota
	shareOperation
)

// countField returns the field with the number of items in a list or a group.
func countField(items string) output.Field {
	return output.Field{Name: "count", Type: output.Must(graphql.Int), About: "The number of " + items + ".", Read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			n, err := src.Obj.(*aggregationPart).count()
			return gql.AppendInt(dst, int64(n)), err
		}}}
}

// aggregateFields returns the fields that the whole list and its groups share.
func (b *builder) aggregateFields(s input.Shape) []output.Field {
	fs := []output.Field{countField("entities"), distinctField(b.GroupKeyType(s), b.groupKeys(s))}
	if b.figures(s, schema.Scalar.Numeric).none() {
		return fs
	}
	for i, op := range operations[:shareOperation] {
		fs = append(fs, b.figureField(s, i, op.name, op.about))
	}
	if !b.figures(s, quantities).none() {
		fs = append(fs, output.Field{Name: "units", Type: output.Must(b.unitsType(s)), About: "The units of the sums, averages, least and greatest values of quantities.", Read: gql.Binding{
			Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) { return src, true, nil }}})
	}
	return fs
}

// figureField returns the field of an operation, by its index in operations.
func (b *builder) figureField(s input.Shape, op int, name, about string) output.Field {
	return output.Field{Name: name, About: about, Type: output.Must(b.numbersType(s)), Read: gql.Binding{
		Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			return gql.Ref{Obj: src.Obj, Index: uint64(op)}, true, nil
		}}}
}

func (b *builder) aggregateType(s input.Shape) *graphql.Object {
	return b.Object(s.Name+"Aggregate", "Counts and sums over a list. Missing values are left out; quantities are converted to one unit, and are an error where they have different dimensions.", func() []output.Field {
		return append(b.aggregateFields(s), b.groupsField(s, b.groupType(s), b.GroupKeyType(s), b.groupKeys(s)))
	})
}

// groupKeys returns the function that reads the name of a group key of a shape.
func (b *builder) groupKeys(s input.Shape) func(key string) filter.GroupKey {
	return func(key string) filter.GroupKey { return b.ReadGroupKey(s, key) }
}

// groupsField returns the field that divides a list by keys. read converts the name of a key.
func (b *builder) groupsField(s input.Shape, group *graphql.Object, keys *graphql.Enum, read func(key string) filter.GroupKey) output.Field {
	return output.Field{
		Name: "groups", Type: output.List(group), About: "The list in groups that have their keys in common. They are in the order that orderBy gives.",
		Args: b.GroupArgs(keys),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) { return b.ReadGroupArgs(s, args, read) },
			List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				g := src.Obj.(*aggregationPart)
				items, err := g.groups(c.Request.(*Session), c.Args.(*filter.Groups))
				if err != nil {
					return nil, false, err
				}
				for i := range items {
					dst = append(dst, gql.Ref{Obj: &items[i]})
				}
				return dst, true, nil
			},
		},
	}
}

func (b *builder) groupType(s input.Shape) *graphql.Object {
	return b.Object(s.Name+"Group", "The entities of a list that have their keys in common.", func() []output.Field {
		return slices.Concat(b.aggregateFields(s), b.shareFields(s), keyFields())
	})
}

// keyFields returns the fields that show the keys of a group.
func keyFields() []output.Field {
	return []output.Field{
		{Name: "key", Type: graphql.String, About: "The key, as text; an entity as its id; null for the group without a value. Of several keys, the first.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				g := src.Obj.(*aggregationPart)
				if k := &g.parts.Groups[g.group].Key; k.Kind() != graph.NoKind {
					dst = gql.AppendString(dst, k.String())
				}
				return dst, nil
			}}},
		{Name: "keys", Type: output.Must(graphql.NewList(graphql.String)), About: "The keys, as the argument by has them.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				g := src.Obj.(*aggregationPart)
				x := &g.parts.Groups[g.group]
				dst = appendKey(append(dst, '['), &x.Key)
				for i := range x.More {
					dst = appendKey(append(dst, ','), &x.More[i])
				}
				return append(dst, ']'), nil
			}}},
	}
}

func appendKey(dst []byte, key *graph.Value) []byte {
	if key.Kind() == graph.NoKind {
		return append(dst, "null"...)
	}
	return gql.AppendString(dst, key.String())
}

// figures lists the numbers of a list that can be summed up: qualifiers of its claims, or fields of
// its nodes.
type figures struct {
	qualifiers []*schema.Qualifier
	fields     []*schema.Field
}

// figures returns the figures of a shape whose scalar passes keep.
func (b *builder) figures(s input.Shape, keep func(schema.Scalar) bool) (f figures) {
	for _, q := range s.Qualifiers {
		if keep(q.Scalar) {
			f.qualifiers = append(f.qualifiers, q)
		}
	}
	for _, field := range b.OrderedFields(s.Target) {
		if keep(field.Scalar) {
			f.fields = append(f.fields, field)
		}
	}
	return f
}

func (f figures) none() bool { return len(f.qualifiers)+len(f.fields) == 0 }

func quantities(s schema.Scalar) bool { return s == schema.Quantity }

// numbersType returns the type with a field for each number that can be summed up.
func (b *builder) numbersType(s input.Shape) *graphql.Object {
	return b.figuresType(s, "Numbers", "A number for each property or qualifier, in the unit that units gives; null where no value is known, or where ranges leave it open.", schema.Scalar.Numeric, graphql.Float, appendFigure)
}

// appendFigure writes the figure of an operation, or nothing if ranges among the values leave the
// figure open.
func appendFigure(st *aggregate.Stats, op int, dst []byte) []byte {
	figure := func(x *aggregate.Stats) float64 {
		switch operations[op].name {
		case "avg":
			return x.Sum / float64(x.Count)
		case "min":
			return x.Min
		case "max":
			return x.Max
		}
		return x.Sum
	}
	var x float64
	var exact bool
	switch operations[op].name {
	case "sumMin":
		x, _ = st.Bounds(figure)
		exact = !math.IsInf(x, 0)
	case "sumMax":
		_, x = st.Bounds(figure)
		exact = !math.IsInf(x, 0)
	default:
		x, exact = st.Exactly(figure)
	}
	if !exact {
		return dst
	}
	return gql.AppendFloat(dst, x)
}

// appendOther writes a median or a share, or nothing if it is not known.
func (g *aggregationPart) appendOther(by filter.Reading, op int, dst []byte) ([]byte, error) {
	read := g.median
	if op == shareOperation {
		read = g.shareOf
	}
	x, err := read(by)
	if err != nil || math.IsNaN(x) {
		return dst, err
	}
	return gql.AppendFloat(dst, x), nil
}

// unitsType returns the type with a field for each quantity that can be summed up.
func (b *builder) unitsType(s input.Shape) *graphql.Object {
	return b.figuresType(s, "Units", "The unit of each quantity: the one that all values have, or else the base unit of their dimension. Null where no value is known.",
		quantities, graphql.String, func(st *aggregate.Stats, _ int, dst []byte) []byte { return gql.AppendString(dst, st.UnitOfAll()) })
}

// figuresType returns a type with a field for each figure of a list that passes keep. Figures of
// the nodes of a relation are in its field node. appendTo gets the Index of the Ref as op.
func (b *builder) figuresType(s input.Shape, part, about string, keep func(schema.Scalar) bool, typ graphql.Output,
	appendTo func(st *aggregate.Stats, op int, dst []byte) []byte) *graphql.Object {
	figure := func(name, about string, by filter.Reading, share *schema.Qualifier) output.Field {
		return output.Field{Name: name, About: about, Type: typ, Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				g := src.Obj.(*aggregationPart)
				if share != nil && operations[src.Index].sums {
					if err := g.oneWhole(by, share); err != nil {
						return dst, err
					}
				}
				if op := int(src.Index); op >= medianOperation {
					return g.appendOther(by, op, dst)
				}
				st, err := g.stats(by, operations[src.Index].ends)
				if err != nil || st.Known() == 0 {
					return dst, err
				}
				return appendTo(st, int(src.Index), dst), nil
			}}}
	}
	return b.Object(s.Name+part, about, func() []output.Field {
		var fs []output.Field
		have := b.figures(s, keep)
		if !s.Link {
			for _, f := range have.fields {
				fs = append(fs, figure(f.Name, described(f.Description, "The property "+f.Name, f.Unit, f.Dimension), filter.Reading{Property: f}, nil))
			}
			return fs
		}
		for _, q := range have.qualifiers {
			share := q
			if q.Whole == nil {
				share = nil
			}
			fs = append(fs, figure(q.Name, described(q.Description, "The qualifier "+q.Name, q.Unit, q.Dimension), filter.ReadQualifier(q), share))
		}
		if len(have.fields) > 0 {
			fs = append(fs, output.Field{Name: "node", About: "Those of the entities that the relation leads to.", Type: output.Must(b.figuresType(input.ListShape(s.Target), part, about, keep, typ, appendTo)), Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) { return src, true, nil }}})
		}
		return fs
	})
}
