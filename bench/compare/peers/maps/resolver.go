// Package maps answers the benchmark's questions with gqlgen over maps. Read resolver first; gqlgen generate
// --config gqlgen.yml generates package generated from ../schema.graphql. The package must not know the
// service.
package maps

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/bench/compare/peers/maps/generated"
	"github.com/caspian-kg/caspian/bench/compare/peers/maps/store"
)

// Handler returns a handler of POST requests, which caches parsed documents.
func Handler(g *store.Graph) http.Handler {
	s := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: resolver{g}}))
	s.AddTransport(transport.POST{})
	s.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	return s
}

// resolver reads the maps directly. With a dataloader, each level would have to wait for its batch.
type resolver struct{ g *store.Graph }

func (r resolver) Query() generated.QueryResolver   { return r }
func (r resolver) Entity() generated.EntityResolver { return r }
func (r resolver) Link() generated.LinkResolver     { return r }

func (r resolver) Exports(_ context.Context, e *store.Entity, first int) ([]*store.Link, error) {
	return head(r.g.Out[store.Key{ID: e.ID, Type: "EXPORTS"}], first), nil
}

func (r resolver) Producers(_ context.Context, e *store.Entity, first int) ([]*store.Link, error) {
	return head(r.g.In[store.Key{ID: e.ID, Type: "PRODUCES"}], first), nil
}

func head(l []*store.Link, n int) []*store.Link { return l[:min(n, len(l))] }

func (r resolver) Resource(_ context.Context, l *store.Link) (*store.Entity, error) {
	return r.g.Nodes[l.Dst], nil
}

func (r resolver) Org(_ context.Context, l *store.Link) (*store.Entity, error) {
	return r.g.Nodes[l.Src], nil
}

func (r resolver) Node(_ context.Context, id int) (*store.Entity, error) { return r.g.Nodes[id], nil }

func (r resolver) Nodes(_ context.Context, ids []int) ([]*store.Entity, error) {
	list := make([]*store.Entity, 0, len(ids))
	for _, id := range ids {
		if e := r.g.Nodes[id]; e != nil {
			list = append(list, e)
		}
	}
	return list, nil
}

func (r resolver) Top(_ context.Context, of, minValue, minSize, first int) ([]*store.Link, error) {
	var list []*store.Link
	for _, l := range r.g.In[store.Key{ID: of, Type: "PRODUCES"}] {
		if l.Value < minValue || len(list) == first {
			break
		}
		if r.g.Nodes[l.Src].Size >= minSize {
			list = append(list, l)
		}
	}
	return list, nil
}

func (r resolver) ByGroup(_ context.Context, from int) ([]*store.GroupTotal, error) {
	sums := map[string]int{}
	for _, l := range r.g.Exports {
		if l.Year >= from {
			sums[r.g.Nodes[l.Dst].Grp] += l.Value
		}
	}
	var list []*store.GroupTotal
	for grp, total := range sums {
		list = append(list, &store.GroupTotal{Grp: grp, Total: total})
	}
	slices.SortFunc(list, func(a, b *store.GroupTotal) int { return cmp.Compare(a.Grp, b.Grp) })
	return list, nil
}

// Reach counts the nodes within three steps.
func (r resolver) Reach(_ context.Context, id int) (int, error) {
	seen, level := map[int]bool{id: true}, []int{id}
	for range 3 {
		var next []int
		for _, x := range level {
			for _, l := range r.g.From[x] {
				if !seen[l.Dst] {
					seen[l.Dst] = true
					next = append(next, l.Dst)
				}
			}
		}
		level = next
	}
	return len(seen) - 1, nil
}

func (r resolver) Search(_ context.Context, prefix string) ([]*store.Entity, error) {
	names := r.g.ByName
	var list []*store.Entity
	for i := sort.Search(len(names), func(i int) bool { return names[i].Name >= prefix }); i < len(names) && len(list) < 20 && strings.HasPrefix(names[i].Name, prefix); i++ {
		list = append(list, names[i])
	}
	return list, nil
}
