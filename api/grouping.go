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
	"github.com/caspian-kg/caspian/graph/groups"
	"github.com/caspian-kg/caspian/schema"
)

// groups divides the list by keys, and returns the groups that are asked for, in their order.
func (g *aggregation) groups(s *Session, asked *filter.Groups) ([]aggregationPart, error) {
	p := s.aggregation(g.view)
	p.grouped, p.parent, p.asked = true, g, asked
	by, plain := groups.Plain(asked.By)
	if plain && !g.selected {
		p.division, _ = g.list.Divide(g.query, by)
	}
	if p.division != nil {
		p.parts.Groups = append(p.parts.Groups, p.division.Groups...)
	} else if err := p.readEdges(); err != nil {
		return nil, err
	}
	p.items = slices.Grow(p.items[:0], len(p.parts.Groups))
	for i := range p.parts.Groups {
		p.items = append(p.items, aggregationPart{p, i})
	}
	if err := p.choose(); err != nil {
		return nil, err
	}
	return p.items, g.view.Err()
}

// readEdges reads the edges of a grouped list and divides them.
func (g *aggregation) readEdges() error {
	if err := g.parent.selectEdges(); err != nil {
		return err
	}
	var err error
	g.division = nil
	g.edges, err = groups.Divide(g.view, g.parent.edges, g.asked.By, &g.parts)
	return err
}

// choose keeps the groups that pass the conditions, and sorts and cuts them.
func (g *aggregation) choose() (err error) {
	o := g.view.Snapshot().Ontology()
	for _, t := range g.asked.Having {
		g.items = slices.DeleteFunc(g.items, func(x aggregationPart) bool {
			val, failed := x.figure(t.GroupFigure)
			if failed != nil {
				err = failed
			}
			return !t.Test.Decides(o, val, true)
		})
		if err != nil {
			return err
		}
	}
	if len(g.asked.Order) > 0 {
		if err := g.sort(o); err != nil {
			return err
		}
	}
	if n := g.asked.First; n != nil && *n < len(g.items) {
		g.items = g.items[:*n]
	}
	return nil
}

// sort sorts the groups. Groups that tie keep their order: the largest first, then by their keys.
func (g *aggregation) sort(o *schema.Ontology) error {
	type placed struct {
		filter.Ordered
		part aggregationPart
	}
	list := make([]placed, len(g.items))
	var byBytes, descending []bool
	for _, key := range g.asked.Order {
		n := 1
		if key.Keys {
			n = len(g.asked.By)
		}
		for i := range n {
			byBytes = append(byBytes, key.Keys && (g.asked.By[i].By.ByBytes() || !g.asked.By[i].Plain()))
			descending = append(descending, key.Descending)
		}
		for i, x := range g.items {
			list[i].part = x
			if of := &g.parts.Groups[x.group]; key.Keys {
				list[i].Keys = append(append(list[i].Keys, of.Key), of.More...)
				continue
			}
			val, err := x.figure(key.GroupFigure)
			if err != nil {
				return err
			}
			list[i].Keys = append(list[i].Keys, val)
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		for i := range byBytes {
			if c := a.Compare(o, &b.Ordered, i, byBytes[i], descending[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	for i := range list {
		g.items[i] = list[i].part
	}
	return nil
}

// figure returns a figure of a group. It is the zero Value where no value is known or the values have no common unit.
func (g *aggregationPart) figure(f filter.GroupFigure) (graph.Value, error) {
	if f.Op == aggregate.Count {
		n, err := g.count()
		return graph.IntValue(int64(n)), err
	}
	if _, err := g.stats(f.By, f.Op.Ends()); g.view.Err() != nil {
		return graph.Value{}, err
	}
	for i := range g.sums {
		if x := &g.sums[i]; x.by == f.By && (x.ends || !f.Op.Ends()) {
			return x.stats[g.group].Value(f.Op), nil
		}
	}
	return graph.Value{}, nil
}

// median returns the median of a reading, NaN where it is not known.
func (g *aggregationPart) median(by filter.Reading) (float64, error) {
	if _, err := g.stats(by, false); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(g.sums, func(x sums) bool { return x.by == by })
	if g.sums[i].medians == nil {
		parts, err := g.edgesOf()
		if err != nil {
			return 0, err
		}
		if g.sums[i].medians, err = groups.Medians(g.view, g.edges, by, parts, g.sums[i].stats); err != nil {
			return 0, err
		}
	}
	return g.sums[i].medians[g.group], nil
}

// oneWhole returns an error if the group has shares of different wholes.
func (g *aggregationPart) oneWhole(by filter.Reading, share *schema.Qualifier) error {
	if _, err := g.stats(by, false); err != nil {
		return err
	}
	i := slices.IndexFunc(g.sums, func(x sums) bool { return x.by == by })
	if g.sums[i].wholes == nil {
		parts, err := g.edgesOf()
		if err != nil {
			return err
		}
		if g.sums[i].wholes, err = groups.Wholes(g.view, g.edges, share, parts); err != nil {
			return err
		}
	}
	return g.sums[i].wholes[g.group]
}

// edgesOf reads the edges if they were not needed so far, and returns their groups; nil for a whole list.
func (g *aggregation) edgesOf() (*aggregate.Parts, error) {
	if !g.grouped {
		return nil, g.selectEdges()
	}
	if g.division != nil {
		if err := g.readEdges(); err != nil {
			return nil, err
		}
	}
	return &g.parts, nil
}

// shareOf returns which share of the sum over the whole list the group has, NaN where a sum is not known.
func (g *aggregationPart) shareOf(by filter.Reading) (float64, error) {
	st, err := g.stats(by, false)
	if err != nil {
		return 0, err
	}
	all, err := (&aggregationPart{g.parent, 0}).stats(by, false)
	if err != nil {
		return 0, err
	}
	part, known := st.Exactly(aggregate.Sum.Of)
	whole, exact := all.Exactly(aggregate.Sum.Of)
	if !known || !exact || whole == 0 {
		return math.NaN(), nil
	}
	if from, to := st.UnitOfAll(), all.UnitOfAll(); from != to {
		units := g.view.Snapshot().Ontology().Units
		part = graph.Convert(part, units[from], units[to])
	}
	return part / whole, nil
}

// distinctField returns the field with the number of different values of a key.
func distinctField(keys *graphql.Enum, read func(key string) filter.GroupKey) output.Field {
	return output.Field{Name: "countDistinct", Type: output.Must(graphql.Int), About: "The number of different values of a key. Items without a value do not count.",
		Args: graphql.FieldConfigArgument{"of": {Type: output.Must(keys), Description: "The key."}}, Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				k := read(args["of"].(string))
				return &k, nil
			},
			Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				g := src.Obj.(*aggregationPart)
				k := c.Args.(*filter.GroupKey)
				counts := g.distinct[k]
				if counts == nil {
					parts, err := g.edgesOf()
					if err != nil {
						return dst, err
					}
					if counts, err = groups.Distinct(g.view, g.edges, *k, parts); err != nil {
						return dst, err
					}
					if g.aggregation.distinct == nil {
						g.aggregation.distinct = map[*filter.GroupKey][]int{}
					}
					g.aggregation.distinct[k] = counts
				}
				return gql.AppendInt(dst, int64(counts[g.group])), nil
			}}}
}

// shareFields returns the fields of a group that compare it with the whole list.
func (b *builder) shareFields(s input.Shape) []output.Field {
	fs := []output.Field{{Name: "countShare", Type: output.Must(graphql.Float), About: "The share of the items of the whole list that are in the group.", Read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			g := src.Obj.(*aggregationPart)
			part, err := g.count()
			if err != nil {
				return dst, err
			}
			all, err := (&aggregationPart{g.parent, 0}).count()
			return gql.AppendFloat(dst, float64(part)/float64(all)), err
		}}}}
	if s.Target != nil && !b.figures(s, schema.Scalar.Numeric).none() {
		fs = append(fs, b.figureField(s, shareOperation, "share", "The share of the sums over the whole list that the group has."))
	}
	return fs
}
