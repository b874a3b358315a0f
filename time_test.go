package caspian_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

const timePage = "docs/time.md"

// invented is the graph of one section of the page: its blocks of claims, recorded a month
// apart.
type invented struct {
	api   *api.API
	types map[graph.ID]string
}

func invent(t *testing.T, section string) *invented {
	t.Helper()
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	w := &invented{types: map[graph.ID]string{}}
	for _, m := range block.FindAllStringSubmatch(section, -1) {
		var ch graph.Change
		err := codec.Seed.Decode(t.Context(), timePage, strings.NewReader(m[2]), func(op graph.Op) error {
			if op.Kind == graph.Declare {
				w.types[op.Entity.ID] = op.Entity.Type
			}
			ch.Ops = append(ch.Ops, op)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Commit(t.Context(), &ch); err != nil {
			t.Fatalf("%v\n%s", err, m[2])
		}
		now = now.AddDate(0, 1, 0)
	}
	w.api, err = api.New(api.Options{Graph: g, Version: "test", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// timeRow is a question of the page: a field of an entity, perhaps with arguments and a
// qualifier, a view, and what it shows.
var timeRow = regexp.MustCompile("(?m)^\\| `([\\w-]+)\\.(\\w+)(\\([^)]*\\))?(?:\\.(\\w+))?` \\| `([^`]+)` \\| (.*) \\|$")

// TestTimePage asks the questions of docs/time.md.
func TestTimePage(t *testing.T) {
	asked := 0
	for _, section := range strings.Split(read(t, timePage), "\n## ") {
		title, _, _ := strings.Cut(section, "\n")
		rows := timeRow.FindAllStringSubmatch(section, -1)
		if len(rows) == 0 {
			continue
		}
		w := invent(t, section)
		for _, row := range rows {
			got := ""
			if id := graph.ID(row[1]); row[2] == "claims" {
				got = w.evidence(t, id, row[3], row[5])
			} else {
				got = w.ask(t, id, row[2], row[3], row[4], row[5])
			}
			if got != row[6] {
				t.Errorf("%s: %s.%s%s with %s shows %s, not %s", title, row[1], row[2], row[3], row[5], got, row[6])
			}
			asked++
		}
	}
	if asked < 40 {
		t.Errorf("only %d questions were found", asked)
	}
}

// evidence returns the claims of an entity, each with what it rests on.
func (w *invented) evidence(t *testing.T, id graph.ID, arguments, view string) string {
	t.Helper()
	query := fmt.Sprintf(`{ node(id: %q, view: { %s }) { ... on %s { claims%s { nodes { chosen basis distance object { id } } } } } }`,
		id, view, w.types[id], arguments)
	res := w.api.Begin().Execute(t.Context(), &api.Request{Query: query})
	var body struct {
		Data struct {
			Node struct {
				Claims struct {
					Nodes []struct {
						Chosen   bool
						Basis    string
						Distance json.Number
						Object   shows
					}
				}
			}
		}
	}
	if err := json.Unmarshal(res.Body, &body); err != nil || res.Errors > 0 {
		t.Fatalf("%v %s\n%s", err, res.Body, query)
	}
	var all []string
	for _, c := range body.Data.Node.Claims.Nodes {
		text := fmt.Sprintf("`%s` %s at %s", c.Object.ID, c.Basis, c.Distance)
		if c.Chosen {
			text += " chosen"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// shows is what a field shows, in the JSON of any kind of field.
type shows struct {
	ID    string
	Text  string
	Edges []struct {
		Node      *shows
		Qualifier *shows
		Claim     struct{ Holds string }
	}
}

// ask returns what a field of an entity shows, as the page writes it.
func (w *invented) ask(t *testing.T, id graph.ID, field, arguments, qualifier, view string) string {
	t.Helper()
	f := schema.MustDefault().Type(w.types[id]).Field(field)
	if f == nil {
		t.Fatalf("%s, a %s, has no %s", id, w.types[id], field)
	}
	// A field of one value has its evidence among the claims.
	fields, claims := "", ""
	if f.Stored() && !f.Many {
		claims = fmt.Sprintf("claims(predicate: %q) { nodes { value holds object { id } } }", field)
	}
	switch {
	case f.Kind == schema.Property:
	case !f.Many:
		fields = "{ id }"
	case qualifier != "":
		fields = "{ edges { qualifier: " + qualifier + " { text } claim { holds } } }"
	default:
		fields = "{ edges { node { id } claim { holds } } }"
	}
	query := fmt.Sprintf(`{ node(id: %q, view: { %s }) { ... on %s {
		shown: %s %s %s } } }`, id, view, w.types[id], field+arguments, fields, claims)
	res := w.api.Begin().Execute(t.Context(), &api.Request{Query: query})
	var body struct {
		Data struct {
			Node struct {
				Shown  json.RawMessage
				Claims struct {
					Nodes []struct {
						Value, Holds string
						Object       *shows
					}
				}
			}
		}
	}
	if err := json.Unmarshal(res.Body, &body); err != nil || res.Errors > 0 {
		t.Fatalf("%v %s\n%s", err, res.Body, query)
	}
	raw := string(body.Data.Node.Shown)
	var s shows
	switch {
	case raw == "null" || raw == "":
		return "nothing"
	case raw[0] == '{':
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			t.Fatal(err)
		}
	default:
		s.ID = strings.Trim(raw, `"`)
	}
	var all []string
	note := func(text, holds string) {
		text = "`" + text + "`"
		if holds == graph.HoldsPossibly.String() {
			text += " possibly"
		}
		all = append(all, text)
	}
	for _, e := range s.Edges {
		if e.Qualifier != nil {
			note(e.Qualifier.Text, e.Claim.Holds)
		} else {
			note(e.Node.ID, e.Claim.Holds)
		}
	}
	if s.ID != "" {
		// The best of the claims that say so.
		holds := ""
		for _, c := range body.Data.Node.Claims.Nodes {
			if (c.Value == s.ID || c.Object != nil && c.Object.ID == s.ID) && holds != graph.HoldsYes.String() {
				holds = c.Holds
			}
		}
		note(s.ID, holds)
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

// TestTimeTables compares the tables of reaches and lifetimes on the page with the ontology.
func TestTimeTables(t *testing.T) {
	text := read(t, timePage)
	for name, table := range map[string]string{"reach": reachTable(), "lifetimes": lifetimeTable()} {
		pattern := regexp.MustCompile("(?s)<!-- " + name + " -->\n(.*?)<!-- end -->\n")
		m := pattern.FindStringSubmatch(text)
		switch {
		case m == nil:
			t.Fatalf("%s has no table of %s", timePage, name)
		case *update:
			text = strings.Replace(text, m[0], "<!-- "+name+" -->\n"+table+"<!-- end -->\n", 1)
		case m[1] != table:
			t.Errorf("%s shows\n%sbut the ontology has\n%s(go test -run TimeTables -update . writes it)", timePage, m[1], table)
		}
	}
	if *update {
		if err := os.WriteFile(timePage, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// ownFields are the stored fields by the type or interface that declares them.
func ownFields() (names []string, fields []*schema.Field) {
	o := schema.MustDefault()
	inherited := map[string]bool{}
	for _, typ := range o.Types {
		for _, above := range typ.Interfaces {
			for _, f := range above.Fields {
				inherited[typ.Name+"."+f.Name] = true
			}
		}
		for _, f := range typ.Fields {
			if f.Stored() && !inherited[typ.Name+"."+f.Name] {
				names, fields = append(names, typ.Name+"."+f.Name), append(fields, f)
			}
		}
	}
	return names, fields
}

func reachTable() string {
	names, fields := ownFields()
	lists := map[string][]string{}
	for i, f := range fields {
		if f.Time != schema.State && f.Time != schema.Observation {
			continue
		}
		key := fmt.Sprintf("| %s | `%s` | `%s` |", f.Time, f.Reach.Before, f.Reach.After)
		if _, rest := lists[key]; !rest {
			lists[key] = nil
		}
		if f.Reach != defaultReach(f) {
			lists[key] = append(lists[key], "`"+names[i]+"`")
		}
	}
	var b strings.Builder
	b.WriteString("| kind | before | after | fields |\n|---|---|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		list := "all others"
		if len(lists[key]) > 0 {
			list = strings.Join(lists[key], ", ")
		}
		fmt.Fprintf(&b, "%s %s |\n", key, list)
	}
	return b.String()
}

// defaultReach is that of a field that declares none.
func defaultReach(f *schema.Field) schema.Reach {
	if f.Time == schema.Observation {
		return schema.Reach{Before: schema.Extent{Kind: schema.ToDays}}
	}
	return schema.Reach{}
}

func lifetimeTable() string {
	names, fields := ownFields()
	verbs := map[schema.LifetimeEnd]string{schema.Begins: "begins", schema.Ends: "ends"}
	var b strings.Builder
	b.WriteString("| field | its subject | its object |\n|---|---|---|\n")
	for i, f := range fields {
		if f.Lifetime != (schema.Lifetime{}) {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", names[i], verbs[f.Lifetime.Subject], verbs[f.Lifetime.Object])
		}
	}
	return b.String()
}
