package access

import (
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// guessed is the assumed selectivity of an unknown filter, which keeps one entity in guessed.
const guessed = 10

// indexStep is the cost of a step along an index relative to a step of a scan: an index reads
// scattered memory, a scan reads it in sequence.
const indexStep = 2

// Choose returns the path that reads the fewest entities.
func Choose(g Graph, a *Ask) Path {
	scan := Path{Kind: Scan, Rows: a.All, sorted: true}
	if a.Nodes == nil && a.Edges == nil {
		scan.Exact = true
		if len(a.Order) == 0 {
			return scan
		}
	}
	c := chooser{g: g, budget: a.All}
	if a.Eager {
		c.budget = math.MaxInt
	}
	best, found := scan, false
	kept := a.All / guessed
	if scan.Exact {
		kept = a.All
	} else if p, ok := c.both(a); ok {
		best, found, kept = p, true, p.Rows
	}
	cost := best.Rows
	if len(a.Order) == 0 {
		// A scan in the order of ids ends when the page is full.
		if early := expected(a.Limit, a.All, kept); found && early < cost && !a.Eager {
			best, cost = scan, early
			best.Rows = early
		}
	} else if p, ok := c.inOrder(a, kept); ok && (p.Rows*indexStep*max(a.Step, 1) < cost || a.Eager) {
		best = p
	}
	best.Cold = c.cold
	return best
}

// expected estimates how many rows must be read in the order of the page to fill a page of limit
// items, if the filter keeps kept of all rows. A negative limit means no limit.
func expected(limit, rows, kept int) int {
	if limit < 0 {
		return rows
	}
	return min(rows, (limit+1)*(rows/max(kept, 1)+1))
}

// chooser looks for paths that find fewer entities than its budget.
type chooser struct {
	g      Graph
	budget int
	cold   []string
}

func (c *chooser) both(a *Ask) (Path, bool) {
	p, ok := c.node(a.Nodes)
	q, other := c.edge(a.Edges)
	if !ok || other && q.Rows < p.Rows {
		return q, other
	}
	p.Exact = p.Exact && a.Edges == nil
	return p, ok
}

// least replaces best by p if p is the better path.
func least(best *Path, found *bool, p Path, ok bool) {
	if ok && (!*found || p.Rows < best.Rows) {
		*best, *found = p, true
	}
}

// node returns the cheapest path for one of a filter's conditions; one is enough, because all
// conditions must be true.
func (c *chooser) node(f *filter.Node) (best Path, found bool) {
	if f == nil {
		return Path{}, false
	}
	if f.ID != nil {
		p, ok := c.ids(f.ID)
		p.Exact = p.Exact && one(f)
		least(&best, &found, p, ok)
	}
	if f.Name != nil {
		p, ok := c.values(filter.Reading{Own: "name"}, f.Name)
		least(&best, &found, p, ok)
	}
	for i := range f.Properties {
		x := &f.Properties[i]
		p, ok := c.codes(x)
		if !ok {
			p, ok = c.values(filter.Reading{Property: x.Field}, x.Test)
		}
		least(&best, &found, p, ok)
	}
	for _, g := range f.And {
		p, ok := c.node(g)
		p.Exact = false
		least(&best, &found, p, ok)
	}
	if f.Or != nil {
		p, ok := union(c, f.Or, c.node)
		least(&best, &found, p, ok)
	}
	for i := range f.Relations {
		// This is the condition that costs most to look up.
		if found && best.Rows <= few {
			break
		}
		p, ok := c.relation(&f.Relations[i])
		least(&best, &found, p, ok)
	}
	return best, found
}

// few is a number of candidates for which searching for a better path is not worth it.
const few = 8

// one reports whether the id is the filter's only condition.
func one(f *filter.Node) bool {
	return f.And == nil && f.Or == nil && f.Not == nil && f.Type == nil && f.Name == nil && len(f.Properties) == 0 && len(f.Relations) == 0
}

// edge does the work of node for a filter's conditions on the nodes of edges.
func (c *chooser) edge(f *filter.Edge) (best Path, found bool) {
	if f == nil {
		return Path{}, false
	}
	best, found = c.node(f.Node)
	best.Exact = false
	for _, g := range f.And {
		p, ok := c.edge(g)
		least(&best, &found, p, ok)
	}
	if f.Or != nil {
		p, ok := union(c, f.Or, c.edge)
		least(&best, &found, p, ok)
	}
	return best, found
}

// union returns the path to what any of several filters keeps, if each filter has a path.
func union[F any](c *chooser, fs []*F, path func(*F) (Path, bool)) (Path, bool) {
	u := Path{Kind: Union, sorted: len(fs) == 0}
	for _, f := range fs {
		p, ok := path(f)
		if u.Rows += p.Rows; !ok || u.Rows >= c.budget {
			return Path{}, false
		}
		u.any = append(u.any, p)
	}
	return u, true
}

// manyIDs is the number of ids from which they are prefetched.
const manyIDs = 8

// ids returns the path to the entities with the ids that a test accepts.
func (c *chooser) ids(t *filter.Test) (Path, bool) {
	if !t.ByBytes || t.Eq == nil && t.In == nil {
		return Path{}, false
	}
	p := Path{Kind: ByID, sorted: true, Exact: t.Listed()}
	if len(t.Wanted()) >= manyIDs {
		c.g.TouchIDs(func(yield func(graph.ID) bool) {
			for _, id := range t.Wanted() {
				if !yield(graph.ID(id.Text())) {
					return
				}
			}
		})
	}
	for _, id := range t.Wanted() {
		if n, ok := c.g.Number(graph.ID(id.Text())); ok {
			p.nodes = append(p.nodes, n)
		}
	}
	byID := func(a, b uint32) int { return strings.Compare(string(c.g.ID(a)), string(c.g.ID(b))) }
	if !slices.IsSortedFunc(p.nodes, byID) { // a prepared test has sorted ids
		slices.SortFunc(p.nodes, byID)
	}
	p.nodes = slices.Compact(p.nodes)
	p.Rows = len(p.nodes)
	return p, true
}

// codes returns the path to the entities with the codes that a test accepts.
func (c *chooser) codes(x *filter.Property) (Path, bool) {
	if !x.Field.Search || !x.Test.ByBytes || x.Test.Eq == nil && x.Test.In == nil {
		return Path{}, false
	}
	p := Path{Kind: ByCode, by: filter.Reading{Property: x.Field}}
	for _, code := range x.Test.Wanted() {
		nodes, ok := c.g.Coded(x.Field, code.Text())
		if !ok {
			return Path{}, false
		}
		p.nodes = append(p.nodes, nodes...)
	}
	p.Rows, p.sorted = len(p.nodes), len(p.nodes) < 2
	return p, p.Rows < c.budget
}

// values returns the path to the entities that may show a value that passes a test.
func (c *chooser) values(by filter.Reading, t *filter.Test) (Path, bool) {
	if t == nil || t.Eq == nil && t.In == nil && t.Lt == nil && t.Lte == nil && t.Gt == nil && t.Gte == nil && t.StartsWith == "" {
		return Path{}, false
	}
	rows, state := c.g.Within(by, t)
	if state == Cold {
		c.note(by)
	}
	return Path{Kind: ByValue, Rows: rows, by: by, test: t}, state == Ready && rows < c.budget
}

func (c *chooser) note(by filter.Reading) {
	if name := nameOf(by); !slices.Contains(c.cold, name) {
		c.cold = append(c.cold, name)
	}
}

// relation returns the path to the entities from which a relation leads to entities that its filter
// for some edge keeps.
func (c *chooser) relation(r *filter.Relation) (Path, bool) {
	to, ok := c.edge(r.Some)
	if !ok || to.Rows >= c.budget {
		return Path{}, false
	}
	p := Path{Kind: ByRelation, by: filter.Reading{Property: r.Field}, to: &to}
	p.nodes, _ = to.Collect(c.g)
	for _, n := range p.nodes {
		if p.Rows += c.g.Leading(r.Field, n); p.Rows >= c.budget {
			return Path{}, false
		}
	}
	// One adjacency list is in the order of the ids at its other end.
	p.sorted = len(p.nodes) < 2 && r.Field.Kind != schema.Derived && !r.Field.Symmetric && r.Field.Mirror == nil
	return p, true
}

// inOrder returns the path along an index in the order of the page, if there is one.
func (c *chooser) inOrder(a *Ask, kept int) (Path, bool) {
	key := a.Order[0]
	if a.Limit < 0 || key.By.Property == nil && key.By.Own != "name" {
		return Path{}, false
	}
	t := testOf(a.Nodes, key.By)
	rows, state := c.g.InOrder(key, t)
	if state == Cold {
		c.note(key.By)
	}
	return Path{Kind: ByOrder, Rows: expected(a.Limit, rows, kept), key: key, test: t}, state == Ready
}

// testOf returns a test of a reading that every entity kept by the filter passes, or nil if there
// is none.
func testOf(f *filter.Node, by filter.Reading) *filter.Test {
	if f == nil {
		return nil
	}
	if by.Own == "name" && f.Name != nil {
		return f.Name
	}
	for _, p := range f.Properties {
		if p.Field == by.Property && !p.Field.Many {
			return p.Test
		}
	}
	for _, g := range f.And {
		if t := testOf(g, by); t != nil {
			return t
		}
	}
	return nil
}

// Collect returns the candidates, each once. They are in the order of their ids unless shuffled is
// true. A path ByOrder must use Walk instead.
func (p *Path) Collect(g Graph) (nodes []uint32, shuffled bool) {
	add := func(n uint32) {
		if k := len(nodes); k == 0 || nodes[k-1] != n {
			nodes = append(nodes, n)
		}
	}
	switch p.Kind {
	case ByID:
		return p.nodes, false
	case ByCode:
		nodes = slices.Clone(p.nodes)
	case ByRelation:
		for _, to := range p.nodes {
			g.WalkLeading(p.by.Property, to, add)
		}
	case ByValue:
		g.WalkWithin(p.by, p.test, func(n uint32) bool {
			add(n)
			return true
		})
	case Union:
		for i := range p.any {
			more, _ := p.any[i].Collect(g)
			nodes = append(nodes, more...)
		}
	}
	if p.sorted || len(nodes) < 2 {
		return nodes, false
	}
	slices.Sort(nodes)
	return slices.Compact(nodes), true
}

// Walk calls fn with the candidates of a path ByOrder in the order of its key. If from is not nil,
// it starts there.
func (p *Path) Walk(g Graph, from *Place, fn func(node uint32) bool) {
	g.WalkInOrder(p.key, p.test, from, fn)
}

// Missing reports whether the filter may keep entities that a path ByOrder leaves out because they
// lack a value of the key.
func (p *Path) Missing(o *schema.Ontology) bool {
	return p.key.By.Own == "" && (p.test == nil || p.test.Passes(o, graph.Value{}))
}

// MayBe reports whether the filter may keep an entity of a type.
func MayBe(o *schema.Ontology, f *filter.Node, t *schema.Type) bool {
	may := func(g *filter.Node) bool { return MayBe(o, g, t) }
	switch {
	case f == nil:
		return true
	case f.Type != nil && !f.Type.Passes(o, graph.StringValue(t.Name)), f.Or != nil && !slices.ContainsFunc(f.Or, may):
		return false
	}
	for _, g := range f.And {
		if !may(g) {
			return false
		}
	}
	return true
}
