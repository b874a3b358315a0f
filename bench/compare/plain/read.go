package plain

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Read computes the plain graph from a view.
func Read(v *snapshot.View) *Graph {
	o := v.Snapshot().Ontology()
	r := &reader{v: v, country: o.Type("Country"), city: o.Type("City"), countries: map[uint32]*Country{}, cities: map[uint32]*City{}}
	g := &Graph{ByID: map[string]*Country{}}
	for e := range v.OfTypes([]*schema.Type{r.city}).All() {
		r.cities[e.Node] = r.readCity(e.Node)
		g.Cities = append(g.Cities, r.cities[e.Node])
	}
	for e := range v.OfTypes([]*schema.Type{r.country}).All() {
		c := r.readCountry(e.Node)
		r.countries[e.Node] = c
		g.Countries, g.ByID[c.ID] = append(g.Countries, c), c
	}
	for n, c := range r.countries {
		r.link(n, c)
	}
	return g
}

type reader struct {
	v             *snapshot.View
	country, city *schema.Type
	countries     map[uint32]*Country
	cities        map[uint32]*City
}

func (r *reader) value(n uint32, t *schema.Type, field string) (graph.Value, bool) {
	shown, ok := r.v.One(n, t.Field(field))
	if !ok {
		return graph.Value{}, false
	}
	return r.v.Snapshot().Value(shown.Claim), true
}

func (r *reader) text(n uint32, t *schema.Type, field string) *string {
	if v, ok := r.value(n, t, field); ok {
		s := v.String()
		return &s
	}
	return nil
}

func (r *reader) number(n uint32, t *schema.Type, field string) *int {
	if v, ok := r.value(n, t, field); ok {
		i := int(v.Int())
		return &i
	}
	return nil
}

func (r *reader) readCity(n uint32) *City {
	t := r.city
	return &City{
		ID: string(r.v.Snapshot().ID(n)), Name: r.v.Name(n), Type: t.Name, Population: r.number(n, t, "population"),
		Kind: r.text(n, t, "kind"), Description: r.text(n, t, "description"), Wikidata: r.text(n, t, "wikidata"), Founded: r.text(n, t, "founded"),
	}
}

func (r *reader) readCountry(n uint32) *Country {
	t := r.country
	c := &Country{
		ID: string(r.v.Snapshot().ID(n)), Name: r.v.Name(n), Type: t.Name, Population: r.number(n, t, "population"),
		OfficialName: r.text(n, t, "officialName"), ISO2: r.text(n, t, "iso2"), ISONumeric: r.text(n, t, "isoNumeric"),
		Currency: r.text(n, t, "currency"), Terrain: r.text(n, t, "terrain"),
	}
	if v, ok := r.value(n, t, "landlocked"); ok {
		b := v.Bool()
		c.Landlocked = &b
	}
	return c
}

func (r *reader) link(n uint32, c *Country) {
	for e := range r.v.Relation(n, r.country.Field("borders"), false).All() {
		c.Neighbours = append(c.Neighbours, r.countries[e.Node])
	}
	for e := range r.v.Relation(n, r.country.Field("cities"), false).All() {
		c.Towns = append(c.Towns, r.cities[e.Node])
	}
	for _, x := range []struct {
		series bool
		to     *[]*Export
	}{{false, &c.Exports}, {true, &c.Series}} {
		for e := range r.v.Relation(n, r.country.Field("exportsTo"), x.series).All() {
			share, _ := r.v.Snapshot().Qualifier(e.Claim, "share")
			resource, _ := r.v.Snapshot().Qualifier(e.Claim, "resource")
			f, id := share.Float(), resource.Text()
			*x.to = append(*x.to, &Export{To: r.countries[e.Node], Share: &f, Resource: &id})
		}
	}
}

// The types have the form of the graph that WriteJSON writes. A reference is an index in one of the lists.
type (
	graphJSON struct {
		Cities    []cityJSON    `json:"cities"`
		Countries []countryJSON `json:"countries"`
	}
	cityJSON struct {
		ID          string  `json:"id"`
		Name        string  `json:"name"`
		Type        string  `json:"type"`
		Population  *int    `json:"population"`
		Kind        *string `json:"kind"`
		Description *string `json:"description"`
		Wikidata    *string `json:"wikidata"`
		Founded     *string `json:"founded"`
	}
	exportJSON struct {
		Node     int      `json:"node"`
		Share    *float64 `json:"share"`
		Resource *string  `json:"resource"`
	}
	countryJSON struct {
		ID           string       `json:"id"`
		Name         string       `json:"name"`
		Type         string       `json:"type"`
		Population   *int         `json:"population"`
		OfficialName *string      `json:"officialName"`
		ISO2         *string      `json:"iso2"`
		ISONumeric   *string      `json:"isoNumeric"`
		Currency     *string      `json:"currency"`
		Terrain      *string      `json:"terrain"`
		Landlocked   *bool        `json:"landlocked"`
		Neighbours   []int        `json:"neighbours"`
		Towns        []int        `json:"towns"`
		Exports      []exportJSON `json:"exports"`
		Series       []exportJSON `json:"series"`
	}
)

// WriteJSON writes the graph for a program in another language. It has the lists of countries and cities. Each
// country has the indexes of the countries and cities to which it leads.
func (g *Graph) WriteJSON(w io.Writer) error {
	country, city := map[*Country]int{}, map[*City]int{}
	for i, c := range g.Countries {
		country[c] = i
	}
	for i, c := range g.Cities {
		city[c] = i
	}
	var out graphJSON
	exports := func(list []*Export) []exportJSON {
		to := []exportJSON{}
		for _, e := range list {
			to = append(to, exportJSON{country[e.To], e.Share, e.Resource})
		}
		return to
	}
	for _, c := range g.Cities {
		out.Cities = append(out.Cities, cityJSON(*c))
	}
	for _, c := range g.Countries {
		j := countryJSON{c.ID, c.Name, c.Type, c.Population, c.OfficialName, c.ISO2, c.ISONumeric, c.Currency, c.Terrain, c.Landlocked,
			[]int{}, []int{}, exports(c.Exports), exports(c.Series)}
		for _, n := range c.Neighbours {
			j.Neighbours = append(j.Neighbours, country[n])
		}
		for _, t := range c.Towns {
			j.Towns = append(j.Towns, city[t])
		}
		out.Countries = append(out.Countries, j)
	}
	if err := json.NewEncoder(w).Encode(&out); err != nil {
		return fmt.Errorf("plain: writing the graph: %w", err)
	}
	return nil
}
