// Package bench builds synthetic graphs of any size, and measures loading, starting and querying them. Run it
// with make bench.
package bench

import (
	"fmt"
	"math/rand/v2"

	"github.com/caspian-kg/caspian/graph"
)

// Synthetic calls fn with the operations of a graph of about n claims, in batches. The same n always gives the
// same graph. The graph resembles the seeds: it has few hubs (countries), many leaves, ten claims for each
// entity, names, figures by year, offices with their terms, and relations with qualifiers.
func Synthetic(n, batch int, fn func(*graph.Change) error) error {
	g := &generator{rnd: rand.New(rand.NewPCG(1, uint64(n))), batch: batch, fn: fn}
	g.run(n)
	g.flush()
	return g.err
}

type generator struct {
	rnd    *rand.Rand
	batch  int
	fn     func(*graph.Change) error
	ops    []graph.Op
	claims int
	err    error
}

func (g *generator) flush() {
	if g.err == nil && len(g.ops) > 0 {
		g.err = g.fn(&graph.Change{Ops: g.ops})
	}
	g.ops = nil
}

func (g *generator) declare(id graph.ID, typ string) {
	g.ops = append(g.ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
}

func (g *generator) claim(c graph.Claim) {
	if c.Source == "" {
		c.Source = source(g.rnd.IntN(sources))
	}
	c.Locator = fmt.Sprintf("row %d", g.claims)
	c.Confidence = 0.5 + float64(g.rnd.IntN(50))/100
	g.ops = append(g.ops, graph.Op{Kind: graph.Assert, Claim: c})
	g.claims++
	if len(g.ops) >= g.batch {
		g.flush()
	}
}

const (
	countries = 240
	sources   = 50
	firstYear = 2000
)

func source(i int) graph.ID { return graph.ID(fmt.Sprintf("source-%d", i)) }

// Country returns the id of a synthetic country.
func Country(i int) graph.ID {
	return graph.ID([]byte{'A' + byte(i/26/26%26), 'A' + byte(i/26%26), 'A' + byte(i%26)})
}

func year(y int) graph.Interval {
	d, err := graph.ParseDate(fmt.Sprint(y))
	if err != nil {
		panic(err)
	}
	return graph.Interval{From: d, To: d}
}

func text(s string) graph.Value { return graph.StringValue(s) }

func (g *generator) run(n int) {
	for i := range sources {
		g.declare(source(i), "Source")
		g.claim(graph.Claim{Subject: source(i), Predicate: "title", Value: text(fmt.Sprintf("Source %d", i)), Source: source(i)})
	}
	for i := range countries {
		g.declare(Country(i), "Country")
		g.claim(graph.Claim{Subject: Country(i), Predicate: "name", Value: text(g.word() + " land")})
	}
	resources := max(n/2000, 20)
	for i := range resources {
		id := graph.ID(fmt.Sprintf("resource-%d", i))
		g.declare(id, "Resource")
		g.claim(graph.Claim{Subject: id, Predicate: "name", Value: text(g.word() + " ore")})
	}
	resource := func() graph.Value {
		return graph.EntityValue(graph.ID(fmt.Sprintf("resource-%d", g.rnd.IntN(resources))))
	}
	country := func() graph.Value { return graph.EntityValue(Country(g.rnd.IntN(countries))) }
	for i := range countries {
		c := Country(i)
		for y := range 25 {
			g.claim(graph.Claim{Subject: c, Predicate: "population", Value: graph.IntValue(int64(g.rnd.IntN(1e9))), Valid: year(firstYear + y)})
		}
		for k := 1; k <= 4; k++ {
			g.claim(graph.Claim{Subject: c, Predicate: "borders", Value: graph.EntityValue(Country((i + k*k) % countries)),
				Qualifiers: []graph.QualifierValue{{Name: "lengthKm", Value: graph.FloatValue(float64(g.rnd.IntN(5000)))}}})
		}
	}
	// Half of the other claims are trade between hubs, half are about cities and people.
	for i := 0; g.claims < n && g.err == nil; i++ {
		city := graph.ID(fmt.Sprintf("city-%d", i))
		g.declare(city, "City")
		g.claim(graph.Claim{Subject: city, Predicate: "name", Value: text(g.word() + " " + g.word())})
		g.claim(graph.Claim{Subject: city, Predicate: "country", Value: country()})
		g.claim(graph.Claim{Subject: city, Predicate: "population", Value: graph.IntValue(int64(g.rnd.IntN(1e7))), Valid: year(firstYear + g.rnd.IntN(25))})
		g.claim(graph.Claim{Subject: city, Predicate: "coordinates", Value: graph.CoordinatesValue(g.rnd.Float64()*180-90, g.rnd.Float64()*360-180)})
		person, post := graph.ID(fmt.Sprintf("person-%d", i)), graph.ID(fmt.Sprintf("post-%d", i))
		g.declare(person, "Person")
		g.declare(post, "Position")
		g.claim(graph.Claim{Subject: person, Predicate: "name", Value: text(g.word() + " " + g.word())})
		g.claim(graph.Claim{Subject: post, Predicate: "of", Value: country()})
		from, to := g.rnd.IntN(25), g.rnd.IntN(5)
		g.claim(graph.Claim{Subject: person, Predicate: "holds", Value: graph.EntityValue(post),
			Valid: graph.Interval{From: year(firstYear + from).From, To: year(firstYear + from + to).To}})
		for range 7 {
			g.claim(graph.Claim{Subject: Country(g.rnd.IntN(countries)), Predicate: "exportsTo", Value: country(), Valid: year(firstYear + g.rnd.IntN(25)),
				Qualifiers: []graph.QualifierValue{{Name: "resource", Value: resource()}, {Name: "share", Value: graph.FloatValue(float64(g.rnd.IntN(1000)) / 1000)}}})
		}
	}
}

var syllables = []string{"ka", "zar", "mi", "tu", "ran", "sol", "pe", "li", "ost", "ur", "gen", "da", "bek", "no", "vi", "stan"}

func (g *generator) word() string {
	w := ""
	for range 2 + g.rnd.IntN(3) {
		w += syllables[g.rnd.IntN(len(syllables))]
	}
	return w
}
