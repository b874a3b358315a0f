package peers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Node is one entity of the benchmark graph.
type Node struct {
	ID                    int
	Kind, Name, Code, Grp string
	// Country is the ID of the node's country, or -1.
	Country, Size, Score, Year int
	Lat                        float64
}

// Edge is one relation between two nodes, with its source and the years in which it holds.
type Edge struct {
	ID, Src, Dst int
	Type         string
	Value, Year  int
	// From and To are the first and the last year.
	From, To   int
	Confidence float64
	Source     int
}

// Graph is the benchmark graph: countries, resources, people, organizations, sites, corridors of sites, events
// and agreements. The degrees of its nodes follow Zipf's law.
type Graph struct {
	Nodes []Node
	Edges []Edge

	r     random
	first map[string]int // the ID of the first node of each kind
	count map[string]int
}

// The numbers of countries and resources are the same in graphs of any size.
const countries, resources = 200, 200

// random is SplitMix64, a generator that gives the same graph on all machines.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }
func (r *random) n(n int) int    { return int(r.next() % uint64(n)) }

// zipf returns k with a probability proportional to about 1/(k+1).
func (r *random) zipf(n int) int {
	return min(n-1, int(math.Exp(r.float()*math.Log(float64(n)+1)))-1)
}

var syllables = strings.Fields("ba be bi bo ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va ve vi vo za ze zi zo")

func (r *random) name(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(syllables[r.n(len(syllables))])
	}
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

// NewGraph returns a graph of about this many edges. With the seed 42, it is the graph of shared/peers.
func NewGraph(edges int, seed uint64) *Graph {
	g := &Graph{r: random(seed), first: map[string]int{}, count: map[string]int{}}
	for _, k := range []struct {
		kind       string
		n, groups  int
		in, person bool
	}{
		{"country", countries, 10, true, false}, {"resource", resources, 20, false, false}, {"person", edges * 6 / 100, 30, true, true},
		{"org", edges * 3 / 100, 25, true, false}, {"site", edges * 4 / 100, 12, true, false}, {"corridor", max(edges*2/1000, 10), 5, false, false},
		{"event", edges * 3 / 100, 15, true, false}, {"agreement", edges / 100, 8, false, false},
	} {
		g.first[k.kind], g.count[k.kind] = len(g.Nodes), k.n
		for i := range k.n {
			g.node(k.kind, i, k.groups, k.in, k.person)
		}
	}
	g.borders()
	g.trade(edges)
	g.corridors(edges)
	g.people(edges)
	return g
}

func (g *Graph) node(kind string, i, groups int, in, person bool) {
	r, id, country := &g.r, len(g.Nodes), -1
	if in {
		country = r.zipf(countries)
	}
	if kind == "country" {
		country = id
	}
	name := r.name(3)
	if person {
		name += " " + r.name(2)
	}
	n := Node{ID: id, Kind: kind, Name: name, Code: fmt.Sprintf("%s%04d", strings.ToUpper(kind[:2]), i), Grp: fmt.Sprintf("%s-g%02d", kind, i%groups),
		Country: country, Size: 1 + r.zipf(1_000_000), Score: r.n(1000), Year: 1900 + r.n(126), Lat: float64(r.n(18_000)-9000) / 100}
	r.n(36_000) // skips a longitude
	g.Nodes = append(g.Nodes, n)
}

func (g *Graph) edge(src, dst int, typ string) {
	r := &g.r
	year := 1990 + r.n(36)
	e := Edge{ID: len(g.Edges), Src: src, Dst: dst, Type: typ, Value: 1 + r.zipf(10_000_000), Year: year, From: year}
	e.To = year + r.n(20)
	e.Confidence = float64(50+r.n(51)) / 100
	e.Source = r.n(sources)
	g.Edges = append(g.Edges, e)
}

func (g *Graph) both(a, b int, typ string) {
	g.edge(a, b, typ)
	g.edge(b, a, typ)
}

// borders adds a ring of all countries, and chords.
func (g *Graph) borders() {
	for i := range countries {
		g.both(i, (i+1)%countries, "BORDERS")
		if i%2 == 0 {
			g.both(i, g.r.n(countries), "BORDERS")
		}
	}
}

// trade adds exports to each country and producers to each resource, most of them to those with the lowest
// numbers.
func (g *Graph) trade(edges int) {
	r, res, org, site := &g.r, g.first["resource"], g.first["org"], g.first["site"]
	for i := range edges * 20 / 100 {
		c := i % countries
		if i >= edges/10 {
			c = r.zipf(countries)
		}
		g.edge(c, res+r.zipf(resources), "EXPORTS")
	}
	for i := range edges * 15 / 100 {
		of := i % resources
		if i >= edges/15 {
			of = r.zipf(resources)
		}
		g.edge(org+r.zipf(g.count["org"]), res+of, "PRODUCES")
	}
	for i := range g.count["site"] {
		g.edge(site+i, g.Nodes[site+i].Country, "LOCATED")
	}
}

// corridors adds chains of sites between countries.
func (g *Graph) corridors(edges int) {
	r, site, corridor := &g.r, g.first["site"], g.first["corridor"]
	passed := 0
	for i, left := 0, edges*15/100; left > 0; i++ {
		n, previous := 4+r.n(8), r.n(countries)
		for j := range n {
			to := site + r.n(g.count["site"])
			if r.n(4) == 0 {
				to = site + r.zipf(g.count["site"])
			}
			if j == n-1 {
				to = r.n(countries)
			}
			g.both(previous, to, "SEGMENT")
			if to >= site && to < corridor && passed < g.count["corridor"]*6 {
				g.edge(corridor+i%g.count["corridor"], to, "PASSES")
				passed++
			}
			previous = to
			left -= 2
		}
	}
}

func (g *Graph) people(edges int) {
	r, person, org, event := &g.r, g.first["person"], g.first["org"], g.first["event"]
	persons, orgs := g.count["person"], g.count["org"]
	for range edges * 8 / 100 {
		g.edge(person+r.n(persons), org+r.zipf(orgs), "WORKS")
	}
	for range edges * 7 / 100 {
		g.edge(org+r.zipf(orgs), org+r.n(orgs), "OWNS")
	}
	for range edges * 5 / 100 {
		g.edge(g.first["agreement"]+r.n(g.count["agreement"]), r.zipf(countries), "PARTY")
	}
	for range edges * 6 / 100 {
		to := person + r.zipf(persons)
		switch r.n(3) {
		case 0:
			to = r.zipf(countries)
		case 1:
			to = org + r.zipf(orgs)
		}
		g.edge(event+r.n(g.count["event"]), to, "INVOLVES")
	}
	for len(g.Edges) < edges {
		a, b := person+r.n(persons), person+r.n(persons)
		if r.n(2) == 0 {
			a = person + r.zipf(persons)
		}
		if r.n(2) == 0 {
			b = person + r.zipf(persons)
		}
		g.edge(a, b, "KNOWS")
	}
}

// Params has the parameters of one request of each workload.
type Params struct {
	ID                   int   // for W1
	IDs                  []int // for W2
	Countries            []int // for W3
	Resource             int   // for W4
	MinValue, MinSize    int
	Person               int    // for W5
	From                 int    // for W7
	Prefix               string // for W8
	Src, Dst, Value, Yr9 int    // for W9
}

// Params returns n sets of parameters. With the seed 7, they are those of shared/peers in the same order.
func (g *Graph) Params(n int, seed uint64) []Params {
	q := random(seed)
	list := make([]Params, n)
	for i := range list {
		p := &list[i]
		p.ID = q.n(len(g.Nodes))
		p.IDs = different(&q, 100, len(g.Nodes))
		p.Countries = different(&q, 10, countries)
		p.Resource, p.MinValue, p.MinSize = g.first["resource"]+q.zipf(resources), 10, 100
		p.Person = g.first["person"] + q.n(g.count["person"])
		for { // for W6
			a, b, avoid := q.n(g.count["site"]), q.n(g.count["site"]), q.zipf(countries)
			if at := g.first["site"]; a != b && g.Nodes[at+a].Country != avoid && g.Nodes[at+b].Country != avoid {
				break
			}
		}
		p.From = 1990 + q.n(30)
		p.Prefix = q.name(2)[:3]
		p.Src, p.Dst = g.first["person"]+q.n(g.count["person"]), g.first["org"]+q.n(g.count["org"])
		p.Value, p.Yr9 = 1+q.n(1000), 2024
	}
	return list
}

func different(q *random, n, of int) []int {
	seen, list := map[int]bool{}, make([]int, 0, n)
	for len(list) < n {
		if k := q.n(of); !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	return list
}

// byValue compares edges in the order that the workloads request.
func byValue(a, b *Edge) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.ID, b.ID)) }

// ByName returns the nodes sorted by name.
func (g *Graph) ByName() []*Node {
	list := make([]*Node, len(g.Nodes))
	for i := range list {
		list[i] = &g.Nodes[i]
	}
	slices.SortFunc(list, func(a, b *Node) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// sources is the number of sources of the edges.
const sources = 1000
