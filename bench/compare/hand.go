package compare

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// hand writes the answer to Nested from the snapshot, without GraphQL, like a program for this one question. It
// obeys the rules of the view.
type hand struct {
	g                        *live.Graph
	countries                []*schema.Type
	borders, citiesOfCountry *schema.Field
}

func newHand(g *live.Graph) *hand {
	country := g.Ontology().Type("Country")
	return &hand{g, country.Concrete, country.Field("borders"), country.Field("cities")}
}

// appendAnswer appends the answer to dst.
func (h *hand) appendAnswer(dst []byte) []byte {
	v := Today(h.g)
	ten := func(list *snapshot.List, item func(n uint32)) {
		dst = append(dst, `{"nodes":[`...)
		n := 0
		for e := range list.All() {
			if n > 0 {
				dst = append(dst, ',')
			}
			item(e.Node)
			if n++; n == 10 {
				break
			}
		}
		dst = append(dst, `]}`...)
	}
	dst = append(dst, `{"data":{"countries":`...)
	ten(v.OfTypes(h.countries), func(c uint32) {
		dst = gql.AppendString(append(dst, `{"name":`...), v.Name(c))
		dst = append(dst, `,"borders":`...)
		ten(v.Relation(c, h.borders, false), func(b uint32) {
			dst = gql.AppendString(append(dst, `{"name":`...), v.Name(b))
			dst = append(dst, `,"cities":`...)
			ten(v.Relation(b, h.citiesOfCountry, false), func(t uint32) {
				dst = gql.AppendString(append(dst, `{"id":`...), string(v.Snapshot().ID(t)))
				dst = gql.AppendString(append(dst, `,"name":`...), v.Name(t))
				dst = append(dst, '}')
			})
			dst = append(dst, '}')
		})
		dst = append(dst, '}')
	})
	return append(dst, `}}`...)
}

// flat writes the answer to Nested from arrays that were computed in advance, for one date and without sources.
// It ignores views, so its speed is an upper bound.
type flat struct {
	names, ids         []string // names and ids of the countries and then of the cities
	countries          []uint32
	neighbours, cities [][]uint32 // numbers of neighbours and cities, by country
}

func newFlat(g *live.Graph) *flat {
	v := Today(g)
	h := newHand(g)
	f := &flat{}
	number := map[uint32]uint32{}
	add := func(n uint32) uint32 {
		k, ok := number[n]
		if !ok {
			k = uint32(len(f.ids))
			number[n] = k
			f.names, f.ids = append(f.names, v.Name(n)), append(f.ids, string(v.Snapshot().ID(n)))
		}
		return k
	}
	for e := range v.OfTypes(h.countries).All() {
		f.countries = append(f.countries, add(e.Node))
	}
	numbers := func(list *snapshot.List) (ns []uint32) {
		for e := range list.All() {
			ns = append(ns, add(e.Node))
		}
		return ns
	}
	for e := range v.OfTypes(h.countries).All() {
		f.neighbours = append(f.neighbours, numbers(v.Relation(e.Node, h.borders, false)))
		f.cities = append(f.cities, numbers(v.Relation(e.Node, h.citiesOfCountry, false)))
	}
	return f
}

// appendAnswer appends the answer to dst.
func (f *flat) appendAnswer(dst []byte) []byte {
	dst = append(dst, `{"data":{"countries":{"nodes":[`...)
	for i, c := range f.countries[:min(10, len(f.countries))] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = gql.AppendString(append(dst, `{"name":`...), f.names[c])
		dst = append(dst, `,"borders":{"nodes":[`...)
		for i, b := range f.neighbours[c][:min(10, len(f.neighbours[c]))] {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = gql.AppendString(append(dst, `{"name":`...), f.names[b])
			dst = append(dst, `,"cities":{"nodes":[`...)
			for i, t := range f.cities[b][:min(10, len(f.cities[b]))] {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = gql.AppendString(append(dst, `{"id":`...), f.ids[t])
				dst = gql.AppendString(append(dst, `,"name":`...), f.names[t])
				dst = append(dst, '}')
			}
			dst = append(dst, `]}}`...)
		}
		dst = append(dst, `]}}`...)
	}
	return append(dst, `]}}}`...)
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// written returns a handler that answers every request with what appendAnswer appends.
func written(appendAnswer func([]byte) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		buf := buffers.Get().(*[]byte)
		*buf = appendAnswer((*buf)[:0])
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(*buf)))
		_, _ = w.Write(*buf) // fails if the client has disconnected
		buffers.Put(buf)
	}
}
