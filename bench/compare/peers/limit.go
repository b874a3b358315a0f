package peers

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/bench/compare/peers/maps/store"
)

// limit is a hand-written server that shows what the hardware allows. It has sorted arrays, writes JSON by
// hand, and has one address for each workload. Objects of ten and eight scalars are written in advance.
type limit struct {
	nodes     []Node
	ten, some [][]byte // written objects of ten and of eight scalars
	exports   [][]*Edge
	producers [][]*Edge
	names     []*Node
	out       [][]int32 // the targets of all edges, by source
	seen      sync.Pool
	scan      struct { // exports as columns, and the groups of their targets
		year, group []int16
		value       []int32
		groups      []string
	}
	mu   sync.Mutex // guards the fields below
	log  *os.File   // the log of W9
	last int
}

func newLimit(g *Graph, log *os.File) *limit {
	l := &limit{nodes: g.Nodes, names: g.ByName(), log: log, last: len(g.Edges), exports: make([][]*Edge, len(g.Nodes)), producers: make([][]*Edge, len(g.Nodes)), out: make([][]int32, len(g.Nodes))}
	l.seen.New = func() any { return &reached{mark: make([]uint32, len(g.Nodes))} }
	for i := range g.Nodes {
		n := &g.Nodes[i]
		country := "null"
		if n.Country >= 0 {
			country = strconv.Itoa(n.Country)
		}
		l.ten = append(l.ten, fmt.Appendf(nil, `{"id":%d,"kind":%q,"name":%q,"code":%q,"grp":%q,"country":%s,"size":%d,"score":%d,"year":%d,"lat":%v}`,
			n.ID, n.Kind, n.Name, n.Code, n.Grp, country, n.Size, n.Score, n.Year, n.Lat))
		l.some = append(l.some, fmt.Appendf(nil, `{"id":%d,"kind":%q,"name":%q,"code":%q,"grp":%q,"size":%d,"score":%d,"year":%d}`, n.ID, n.Kind, n.Name, n.Code, n.Grp, n.Size, n.Score, n.Year))
	}
	groups := map[string]int16{}
	for i := range g.Edges {
		e := &g.Edges[i]
		l.out[e.Src] = append(l.out[e.Src], int32(e.Dst))
		switch e.Type {
		case "EXPORTS":
			l.exports[e.Src] = append(l.exports[e.Src], e)
			grp := g.Nodes[e.Dst].Grp
			at, ok := groups[grp]
			if !ok {
				at = int16(len(groups))
				groups[grp], l.scan.groups = at, append(l.scan.groups, grp)
			}
			l.scan.year, l.scan.group, l.scan.value = append(l.scan.year, int16(e.Year)), append(l.scan.group, at), append(l.scan.value, int32(e.Value))
		case "PRODUCES":
			l.producers[e.Dst] = append(l.producers[e.Dst], e)
		}
	}
	for _, lists := range [][][]*Edge{l.exports, l.producers} {
		for _, list := range lists {
			slices.SortFunc(list, byValue)
		}
	}
	return l
}

// number returns a parameter of the address as a number.
func number(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.URL.Query().Get(name)) // cannot fail: only the benchmark sends requests
	return n
}

// handler returns the handler of /W1 to /W9.
func (l *limit) handler() http.Handler {
	mux := http.NewServeMux()
	room := sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}
	for work, write := range map[string]func(r *http.Request, b []byte) []byte{"W1": l.one, "W2": l.many, "W3": l.nested, "W4": l.top, "W5": l.reach, "W7": l.sums, "W8": l.search, "W9": l.write} {
		mux.HandleFunc("/"+work, func(w http.ResponseWriter, r *http.Request) {
			p := room.Get().(*[]byte)
			b := append(write(r, append((*p)[:0], `{"data":{`...)), "}}"...)
			w.Header()["Content-Type"] = []string{"application/json"}
			w.Header()["Content-Length"] = []string{strconv.Itoa(len(b))}
			_, _ = w.Write(b) // fails if the client has disconnected
			*p = b
			room.Put(p)
		})
	}
	return mux
}

func (l *limit) one(r *http.Request, b []byte) []byte {
	return append(append(b, `"node":`...), l.ten[number(r, "id")]...)
}

func (l *limit) many(r *http.Request, b []byte) []byte {
	b = append(b, `"nodes":[`...)
	for i, id := range strings.Split(r.URL.Query().Get("ids"), ",") {
		n, _ := strconv.Atoi(id)
		b = append(comma(b, i), l.some[n]...)
	}
	return append(b, ']')
}

// comma appends the comma between items of a list.
func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// named appends the beginning of a node's object, such as `{"id":7,"name":"Ba"`.
func named(b []byte, n *Node) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), int64(n.ID), 10)
	return append(append(append(b, `,"name":"`...), n.Name...), '"')
}

func figures(b []byte, e *Edge, year bool) []byte {
	b = strconv.AppendInt(append(b, `{"value":`...), int64(e.Value), 10)
	if year {
		b = strconv.AppendInt(append(b, `,"year":`...), int64(e.Year), 10)
	}
	return b
}

func (l *limit) nested(r *http.Request, b []byte) []byte {
	b = append(b, `"nodes":[`...)
	for i, id := range strings.Split(r.URL.Query().Get("ids"), ",") {
		n, _ := strconv.Atoi(id)
		b = append(named(comma(b, i), &l.nodes[n]), `,"exports":[`...)
		for j, e := range l.exports[n][:min(10, len(l.exports[n]))] {
			b = append(figures(comma(b, j), e, true), `,"resource":`...)
			b = append(named(b, &l.nodes[e.Dst]), `,"producers":[`...)
			for k, p := range l.producers[e.Dst][:min(10, len(l.producers[e.Dst]))] {
				b = append(figures(comma(b, k), p, false), `,"org":`...)
				b = append(named(b, &l.nodes[p.Src]), "}}"...)
			}
			b = append(b, "]}}"...)
		}
		b = append(b, "]}"...)
	}
	return append(b, ']')
}

func (l *limit) top(r *http.Request, b []byte) []byte {
	value, size, n := number(r, "minValue"), number(r, "minSize"), 0
	b = append(b, `"top":[`...)
	for _, e := range l.producers[number(r, "r")] {
		if e.Value < value || n == 20 {
			break
		}
		org := &l.nodes[e.Src]
		if org.Size < size {
			continue
		}
		b = append(named(append(figures(comma(b, n), e, true), `,"org":`...), org), `,"size":`...)
		b = append(strconv.AppendInt(b, int64(org.Size), 10), "}}"...)
		n++
	}
	return append(b, ']')
}

// reached marks the nodes that a search has found: those with the number of the search.
type reached struct {
	mark        []uint32
	search      uint32
	level, next []int32
}

func (l *limit) reach(r *http.Request, b []byte) []byte {
	s := l.seen.Get().(*reached)
	defer l.seen.Put(s)
	from, n := int32(number(r, "id")), 0
	s.search++
	s.mark[from] = s.search
	s.level = append(s.level[:0], from)
	for range 3 {
		s.next = s.next[:0]
		for _, x := range s.level {
			for _, y := range l.out[x] {
				if s.mark[y] != s.search {
					s.mark[y] = s.search
					s.next = append(s.next, y)
				}
			}
		}
		n += len(s.next)
		s.level, s.next = s.next, s.level
	}
	return strconv.AppendInt(append(b, `"reach":`...), int64(n), 10)
}

func (l *limit) sums(r *http.Request, b []byte) []byte {
	from, sums, found := int16(number(r, "from")), make([]int64, len(l.scan.groups)), make([]bool, len(l.scan.groups))
	for i, year := range l.scan.year {
		if year >= from {
			sums[l.scan.group[i]] += int64(l.scan.value[i])
			found[l.scan.group[i]] = true
		}
	}
	order := make([]int, 0, len(sums))
	for i := range sums {
		if found[i] {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(l.scan.groups[i], l.scan.groups[j]) })
	b = append(b, `"byGroup":[`...)
	for i, at := range order {
		b = append(append(comma(b, i), `{"grp":"`...), l.scan.groups[at]...)
		b = append(strconv.AppendInt(append(b, `","total":`...), sums[at], 10), '}')
	}
	return append(b, ']')
}

func (l *limit) search(r *http.Request, b []byte) []byte {
	prefix := r.URL.Query().Get("prefix")
	at := sort.Search(len(l.names), func(i int) bool { return l.names[i].Name >= prefix })
	b = append(b, `"search":[`...)
	for i := 0; i < 20 && at < len(l.names) && strings.HasPrefix(l.names[at].Name, prefix); i, at = i+1, at+1 {
		b = append(named(comma(b, i), l.names[at]), '}')
	}
	return append(b, ']')
}

// write appends a record to the log and syncs the file, which is the least cost of a durable write.
func (l *limit) write(r *http.Request, b []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	_, err := fmt.Fprintf(l.log, "%d,%s\n", l.last, r.URL.RawQuery)
	if err == nil {
		err = l.log.Sync()
	}
	if err != nil {
		return append(b, `"errors":1`...)
	}
	return strconv.AppendInt(append(b, `"id":`...), int64(l.last), 10)
}

// newMaps returns the graph as maps, as a typical service would store it.
func newMaps(g *Graph) *store.Graph {
	m := &store.Graph{From: map[int][]*store.Link{}, Nodes: map[int]*store.Entity{}, Out: map[store.Key][]*store.Link{}, In: map[store.Key][]*store.Link{}}
	for _, n := range g.ByName() {
		e := &store.Entity{ID: n.ID, Kind: n.Kind, Name: n.Name, Code: n.Code, Grp: n.Grp, Size: n.Size, Score: n.Score, Year: n.Year, Lat: n.Lat}
		if n.Country >= 0 {
			e.Country = &n.Country
		}
		m.Nodes[n.ID], m.ByName = e, append(m.ByName, e)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		l := &store.Link{ID: e.ID, Src: e.Src, Dst: e.Dst, Value: e.Value, Year: e.Year}
		out, in := store.Key{ID: e.Src, Type: e.Type}, store.Key{ID: e.Dst, Type: e.Type}
		m.Out[out], m.In[in], m.From[e.Src] = append(m.Out[out], l), append(m.In[in], l), append(m.From[e.Src], l)
		if e.Type == "EXPORTS" {
			m.Exports = append(m.Exports, l)
		}
	}
	for _, lists := range []map[store.Key][]*store.Link{m.Out, m.In} {
		for _, list := range lists {
			slices.SortFunc(list, func(a, b *store.Link) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.ID, b.ID)) })
		}
	}
	return m
}
