package peers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The constants are the systems that this package measures. The state form is the same graph with relations
// that hold for a time, by dated sources, and that a view selects. Its answers differ.
const (
	Gqlgen = "gqlgen"
	State  = "caspian-state"
)

// Request is one HTTP request.
type Request struct{ Method, Path, Body string }

func post(query string, variables map[string]any) Request {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // cannot fail: only texts and numbers
	}
	return Request{"POST", "/graphql", string(body)}
}

const (
	tenScalars   = "id kind name code grp country size score year lat"
	eightScalars = "id kind name code grp size score year"
	mostValuable = "orderBy:[{edge:{value:DESC}},{edge:{edge:ASC}}]"
)

// Ask returns the request of a workload to a system. number makes each write different.
func Ask(system, work string, p *Params, number int) Request {
	switch system {
	case Limit:
		return askLimit(work, p, number)
	case Gqlgen:
		return askGqlgen(work, p)
	case State:
		return askCaspian(work, p, number, `view:{asOf:"2010",minConfidence:0.6}`)
	}
	return askCaspian(work, p, number, "")
}

func askLimit(work string, p *Params, number int) Request {
	q := url.Values{}
	set := func(name string, n int) { q.Set(name, strconv.Itoa(n)) }
	ids := func(ids []int) { q.Set("ids", strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")) }
	switch work {
	case "W1":
		set("id", p.ID)
	case "W2":
		ids(p.IDs)
	case "W3":
		ids(p.Countries)
	case "W4":
		set("r", p.Resource)
		set("minValue", p.MinValue)
		set("minSize", p.MinSize)
	case "W5":
		set("id", p.Person)
	case "W7", "W7pivot":
		work = "W7"
		set("from", p.From)
	case "W8":
		q.Set("prefix", p.Prefix)
	case "W9":
		set("src", p.Src)
		set("dst", p.Dst)
		set("edge", number)
	}
	return Request{Method: "GET", Path: "/" + work + "?" + q.Encode()}
}

func askGqlgen(work string, p *Params) Request {
	switch work {
	case "W1":
		return post(`query($id:Int!){node(id:$id){`+tenScalars+`}}`, map[string]any{"id": p.ID})
	case "W2":
		return post(`query($ids:[Int!]!){nodes(ids:$ids){`+eightScalars+`}}`, map[string]any{"ids": p.IDs})
	case "W3":
		return post(`query($ids:[Int!]!){nodes(ids:$ids){id name exports(first:10){value year resource{id name producers(first:10){value org{id name}}}}}}`, map[string]any{"ids": p.Countries})
	case "W4":
		return post(`query($r:Int!,$value:Int!,$size:Int!){top(r:$r,minValue:$value,minSize:$size,first:20){value year org{id name size}}}`,
			map[string]any{"r": p.Resource, "value": p.MinValue, "size": p.MinSize})
	case "W5":
		return post(`query($id:Int!){reach(id:$id)}`, map[string]any{"id": p.Person})
	case "W7", "W7pivot":
		return post(`query($from:Int!){byGroup(from:$from){grp total}}`, map[string]any{"from": p.From})
	case "W8":
		return post(`query($prefix:String!){search(prefix:$prefix){id name}}`, map[string]any{"prefix": p.Prefix})
	}
	return Request{} // the system does not write
}

func vertex(id int) string { return "v" + strconv.Itoa(id) }

func vertices(ids []int) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = vertex(id)
	}
	return list
}

// askCaspian returns the request to Caspian. It renames fields, so that the answers nearly have the form of
// those of the other systems.
func askCaspian(work string, p *Params, number int, view string) Request {
	root := func(args string) string { // root returns the arguments of a root field
		if view == "" {
			return "(" + args + ")"
		}
		return "(" + view + "," + args + ")"
	}
	switch work {
	case "W1":
		return post(`query($id:ID!){node:vertex`+root(`id:$id`)+`{`+strings.Replace(tenScalars, "country", "country:home{id}", 1)+`}}`, map[string]any{"id": vertex(p.ID)})
	case "W2":
		return post(`query($ids:[ID!]!){nodes:vertices`+root(`where:{id:{in:$ids}},first:100`)+`{nodes{`+eightScalars+`}}}`, map[string]any{"ids": vertices(p.IDs)})
	case "W3":
		return post(`query($ids:[ID!]!){nodes:vertices`+root(`where:{id:{in:$ids}},first:10`)+`{nodes{id name exports(`+mostValuable+`,first:10){edges{value year:yr resource:node{id name producers(`+mostValuable+`,first:10){edges{value org:node{id name}}}}}}}}}`,
			map[string]any{"ids": vertices(p.Countries)})
	case "W4":
		return post(`query($r:ID!,$value:Int!,$size:Int!){top:vertex`+root(`id:$r`)+`{producers(where:{edge:{value:{gte:$value}},node:{size:{gte:$size}}},`+mostValuable+`,first:20){edges{value year:yr org:node{id name size}}}}}`,
			map[string]any{"r": vertex(p.Resource), "value": p.MinValue, "size": p.MinSize})
	case "W5":
		return post(`query($id:ID!){reach:neighbourhood`+root(`of:$id,depth:3,direction:OUT,relations:["exports","produces","works","others"],maxLinks:null`)+`{count}}`, map[string]any{"id": vertex(p.Person)})
	case "W7": // the client computes the sum
		return post(`query($from:Int!){byGroup:vertices`+root(`where:{kind:{eq:"resource"}},first:1000`)+`{nodes{grp exporters(where:{edge:{yr:{gte:$from}}}){aggregate{sum{value}}}}}}`, map[string]any{"from": p.From})
	case "W7pivot":
		return post(`query($from:Int!){byGroup:vertexExports`+root(`where:{edge:{yr:{gte:$from}}}`)+`{aggregate{groups(by:node_grp){grp:key sum{value}}}}}`, map[string]any{"from": p.From})
	case "W8":
		return post(`query($prefix:String!){search:vertices`+root(`where:{name:{startsWith:$prefix}},orderBy:[{name:ASC},{num:ASC}],first:20`)+`{nodes{id name}}}`, map[string]any{"prefix": p.Prefix})
	}
	claim := map[string]any{"subject": vertex(p.Src), "predicate": "works", "object": vertex(p.Dst), "source": "bench",
		"qualifiers": []map[string]any{{"name": "value", "value": p.Value}, {"name": "yr", "value": p.Yr9}, {"name": "edge", "value": number}}}
	return post(`mutation($o:[Operation!]!){transact(input:{operations:$o}){sequence}}`, map[string]any{"o": []any{map[string]any{"assert": claim}}})
}

// list is a list, or a page with one: it decodes the only member of an object, repeatedly, until it reaches the
// list.
type list[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(text []byte) error {
	if text[0] == '{' {
		var page map[string]json.RawMessage
		if err := json.Unmarshal(text, &page); err != nil || len(page) != 1 {
			return fmt.Errorf("%.100s is not a page: %v", text, err)
		}
		for _, inner := range page {
			return l.UnmarshalJSON(inner)
		}
	}
	return json.Unmarshal(text, (*[]T)(l))
}

// ref decodes a number, a text such as "v7", or an object with one of these as its id.
type ref int

// UnmarshalJSON implements json.Unmarshaler.
func (r *ref) UnmarshalJSON(text []byte) error {
	if text[0] == '{' {
		var of struct{ ID ref }
		err := json.Unmarshal(text, &of)
		*r = of.ID
		return err
	}
	n, err := strconv.Atoi(strings.Trim(string(text), `"v`))
	*r = ref(n)
	return err
}

// counted is a number, or an object with the number as its count.
type counted int

// UnmarshalJSON implements json.Unmarshaler.
func (c *counted) UnmarshalJSON(text []byte) error {
	if text[0] == '{' {
		var of struct{ Count counted }
		err := json.Unmarshal(text, &of)
		*c = of.Count
		return err
	}
	return json.Unmarshal(text, (*int)(c))
}

type scalars struct {
	ID                    ref
	Kind, Name, Code, Grp string
	Country               *ref
	Size, Score, Year     int
	Lat                   float64
}

type (
	someone struct {
		ID   ref
		Name string
		Size int
	}
	link struct {
		Value, Year int
		Org         someone
	}
	export struct {
		Value, Year int
		Resource    struct {
			someone
			Producers list[link]
		}
	}
	exporter struct {
		scalars
		Exports list[export]
	}
	total struct{ Value int }
	group struct {
		Grp       string
		Total     int
		Sum       total
		Exporters struct{ Aggregate struct{ Sum total } }
	}
	// answers are Go types for the answers of all workloads.
	answers struct {
		Data struct {
			Node    *scalars
			Nodes   list[exporter]
			Top     list[link]
			ByGroup list[group]
			Search  list[someone]
			Reach   counted
		}
		Errors json.RawMessage
	}
)

// digest returns a short hash of an answer.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Canonical converts the answer of any system to the same text, if the answers have the same content.
func Canonical(work string, body []byte) (string, error) {
	var a answers
	if err := json.Unmarshal(body, &a); err != nil {
		return "", fmt.Errorf("%w in %.300s", err, body)
	}
	if a.Errors != nil {
		return "", fmt.Errorf("%s: %.300s", work, body)
	}
	d := &a.Data
	slices.SortFunc(d.Nodes, func(a, b exporter) int { return int(a.ID - b.ID) })
	sums := map[string]int{}
	for _, g := range d.ByGroup {
		if sum := g.Total + g.Sum.Value + g.Exporters.Aggregate.Sum.Value; sum != 0 {
			sums[g.Grp] += sum
		}
	}
	d.ByGroup = nil
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode([]any{d, sums}); err != nil {
		return "", err
	}
	return text.String(), nil
}
