package snapshot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

var searched = []string{"Alpha", "Àlpha beta", "Beta", "Γάμμα", "Тоқаев", "Kassym-Jomart Tokayev", "Tokaev", "توكاييف", "نزارباييف", "Nursultan Nazarbayev",
	"カザフスタン", "Kazakhstan", "北京", "Beijing", "Xi'an", "푸틴", "Putin", "Bhutan", "Asian Development Bank", "Orig Ōsaka", "AAA", "x town", "Nur-Sultan", "ь", "G-7"}

// drawNames is a history of names, aliases and other claims.
func drawNames(t *rapid.T, o *schema.Ontology) []graph.Commit {
	commits := []graph.Commit{{Seq: 1, At: epoch.Add(time.Hour), Entities: entities()}}
	s, err := snapshot.Empty(o).Apply(&commits[0])
	if err != nil {
		t.Fatal(err)
	}
	// Few names, so that several things have the same, and sources write one for another.
	name := rapid.SampledFrom(rapid.SliceOfN(rapid.SampledFrom(searched), 2, 8).Draw(t, "names"))
	for range rapid.IntRange(1, 4).Draw(t, "commits") {
		var ch graph.Change
		for range rapid.IntRange(0, 16).Draw(t, "claims") {
			c := drawClaim(t, o)
			if c.Original != "" || c.Value.Kind() == graph.EntityKind {
				c.Original = name.Draw(t, "original")
			}
			if rapid.Bool().Draw(t, "named") {
				c.Predicate, c.Value, c.Qualifiers = "name", graph.StringValue(name.Draw(t, "name")), nil
			}
			if c.Predicate == "iso2" {
				c.Value = graph.StringValue(name.Draw(t, "code"))
			}
			op := graph.Op{Kind: graph.Assert, Claim: c}
			// A claim with a fault would keep out all others of its commit.
			if _, problems := graph.Check(o, s.State(), &graph.Change{Ops: []graph.Op{op}}); problems == nil {
				ch.Ops = append(ch.Ops, op)
			}
		}
		var standing []graph.ClaimID
		if err := s.Claims(func(_ *graph.Claim, id graph.ClaimID, live bool) error {
			if live {
				standing = append(standing, id)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(standing) > 0 && rapid.Bool().Draw(t, "retract") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: rapid.SampledFrom(standing).Draw(t, "retracted")}})
		}
		res, problems := graph.Check(o, s.State(), &ch)
		if problems != nil {
			continue
		}
		c := res.Commit
		c.Seq, c.At = s.Seq()+1, epoch.Add(time.Duration(s.Seq()+1)*time.Hour)
		if s, err = s.Apply(&c); err != nil {
			t.Fatal(err)
		}
		commits = append(commits, c)
	}
	return commits
}

// drawQuery is a name of the commits or another, or a part of one, with a letter or two wrong.
func drawQuery(t *rapid.T, commits []graph.Commit) string {
	names := searched
	if rapid.IntRange(0, 3).Draw(t, "of the commits") > 0 {
		names = stated(commits)
	}
	query := rapid.SampledFrom(names).Draw(t, "query")
	if rapid.Bool().Draw(t, "whole") {
		return query
	}
	q := []rune(query)
	if rapid.Bool().Draw(t, "two") {
		q = append(append(q, ' '), []rune(rapid.SampledFrom(searched).Draw(t, "second"))...)
	}
	for range rapid.IntRange(0, 2).Draw(t, "edits") {
		if len(q) < 2 {
			break
		}
		i := rapid.IntRange(0, len(q)-2).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0:
			q = slices.Delete(q, i, i+1)
		case 1:
			q = slices.Insert(q, i, rapid.SampledFrom([]rune("abkstz ")).Draw(t, "letter"))
		case 2:
			q[i] = rapid.SampledFrom([]rune("abkstz")).Draw(t, "letter")
		case 3:
			q[i], q[i+1] = q[i+1], q[i]
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
		q = q[:rapid.IntRange(0, len(q)).Draw(t, "length")]
	}
	return string(q)
}

// stated are the names and the wordings of commits, and one that may be in none.
func stated(commits []graph.Commit) []string {
	list := []string{"Alpha"}
	for _, c := range commits {
		for i := range c.Claims {
			list = append(list, c.Claims[i].Value.Text(), c.Claims[i].Original)
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// TestSearchAgainstModel compares searches with a model that tests every name:
// kinds, scores, order, totals, pages, and what a view excludes.
func TestSearchAgainstModel(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawNames(t, o)
		stepped, m := snapshot.Empty(o), newModel(o)
		for i := range commits {
			m.add(commits[i])
		}
		bulk := replayed(t, stepped, pointers(commits))
		stepped.Rewind()
		for i := range commits {
			var err error
			if stepped, err = stepped.Apply(&commits[i]); err != nil {
				t.Fatal(err)
			}
		}
		view := drawView(t, len(commits))
		l := m.lens(view, today)
		exists := map[graph.ID]bool{}
		for _, e := range entities() {
			exists[e.ID] = l.exists(e.ID)
		}
		for range 4 {
			n := &naiveSearch{l: l, query: drawQuery(t, commits), exists: exists}
			if rapid.IntRange(0, 2).Draw(t, "typed") == 0 {
				n.types = []string{"Country", "Person"}
			}
			want := n.run()
			for _, s := range []*snapshot.Snapshot{bulk, stepped} {
				searchPages(t, s, view, &pager{n, rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "first")}, want)
			}
		}
	})
	if of := "a wording that is the name of another"; reached[of] == 0 && !testing.Short() { // too few cases in short runs
		t.Errorf("no search reached %s", of)
	}
	t.Log(reached)
}

// TestSearchManyNames is the same on more names than one block of an index has.
func TestSearchManyNames(t *testing.T) {
	named, commits := graphtest.CityNames(1000)
	o := schema.MustDefault()
	s, m := snapshot.Empty(o), newModel(o)
	for i := range commits {
		var err error
		if s, err = s.Apply(&commits[i]); err != nil {
			t.Fatal(err)
		}
		m.add(commits[i])
	}
	l := m.lens(graph.View{}, today)
	exists := map[graph.ID]bool{"source": true}
	for i := range named {
		exists[graph.ID(fmt.Sprint("city-", i/2))] = true
	}
	for i, query := range []string{named[0], named[7][1:], named[20] + "x", named[900], "kabra", "zzzzzzzz"} {
		n := &naiveSearch{l: l, query: query, exists: exists}
		want := n.run()
		if len(want) == 0 && i < 5 {
			t.Errorf("the model finds nothing for %q", query)
		}
		searchPages(t, s, graph.View{}, &pager{n, 1000}, want)
	}
}

// pager is a search in pages of this size.
type pager struct {
	*naiveSearch
	first int
}

// failer is what a test and a case of rapid have in common.
type failer interface {
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// searchPages compares a search, page by page, with the model: what matches as it is
// written is the same; what matches by sound is one of those that the model finds so, since
// a search leaves out what is doubtful.
func searchPages(t failer, s *snapshot.Snapshot, view graph.View, n *pager, want []naiveMatch) {
	v, err := s.View(view, today)
	if err != nil {
		t.Fatal(err)
	}
	q := &names.Search{Text: n.query, First: n.first}
	if n.types != nil {
		q.Types = func(name string) bool { return slices.Contains(n.types, name) }
	}
	var got []naiveMatch
	total := -1
	for {
		page, err := search.Entities(v, q)
		if err != nil {
			t.Fatal(err)
		}
		if total < 0 {
			total = page.Total
		}
		if page.Total != total || page.Before != len(got) {
			t.Errorf("%q: %d in all, %d before the page instead of %d and %d", n.query, page.Total, page.Before, total, len(got))
		}
		for i := range page.List {
			x := &page.List[i]
			got = append(got, naiveMatch{s.ID(x.Entity), x.Kind.String(), int(x.Score)})
			checkMatch(t, s, x, n.query)
		}
		for i := range page.Near {
			m := naiveMatch{s.ID(page.Near[i].Entity), page.Near[i].Kind.String(), int(page.Near[i].Score)}
			if x := &page.Near[i]; page.Total > 0 || !n.all[m] && !byPart(m.kind) {
				t.Errorf("%q: near is %s by %q (%s, %d), with %d found", n.query, s.ID(x.Entity), x.Name, x.Kind, x.Score, page.Total)
			}
		}
		if !page.HasNext() {
			break
		}
		after := page.List[len(page.List)-1].Cursor()
		q.After = &after
	}
	n.compare(t, got, want)
	if !slices.IsSortedFunc(got, n.order) || len(got) != total {
		t.Errorf("%q: %d of %d in this order: %v", n.query, len(got), total, got)
	}
}

// compare holds what was found to what the model finds.
func (n *naiveSearch) compare(t failer, got, want []naiveMatch) {
	found, inPart := map[graph.ID]bool{}, map[graph.ID]bool{}
	for _, m := range got {
		found[m.id], inPart[m.id] = true, byPart(m.kind)
		if !n.all[m] && m.kind != "ID" && !inPart[m.id] && !n.besideExact(m) {
			t.Errorf("search of %q: the model does not find %v; it finds %v", n.query, m, want)
		}
	}
	for _, m := range want {
		if !bySound(m.kind) && !slices.Contains(got, m) && !(found[m.id] && inPart[m.id]) {
			t.Errorf("search of %q: %v is missing among %v", n.query, m, got)
		}
	}
}

// byPart reports whether matches of the kind are found by a part of the text, which the model does not do.
func byPart(kind string) bool { return kind == "PART" || kind == "RELATED" || kind == "DESCRIBED" }

// bySound reports whether matches of the kind need not be written like the text.
func bySound(kind string) bool { return kind == "TRANSLITERATED" || kind == "FUZZY" }

// besideExact reports whether a match by sound has the score of another entity that is linked with this one and has
// the text as a name.
func (n *naiveSearch) besideExact(m naiveMatch) bool {
	for _, x := range n.best {
		if x.kind == "EXACT" && m.kind == "TRANSLITERATED" && x.score == m.score && n.linked(x.id, m.id) {
			return true
		}
	}
	return false
}

// checkMatch compares a match with its claim, and its highlights with its name.
func checkMatch(t failer, s *snapshot.Snapshot, m *names.Match, query string) {
	name := m.Name
	if m.Claim != snapshot.None {
		c := s.ClaimAt(m.Claim)
		text := c.Value.Text()
		if c.Value.Kind() == graph.DateKind {
			text = c.Value.String()
		}
		if m.Original && c.Original != name || !m.Original && text != name {
			t.Errorf("%q: the claim says %v (%q), the match %q", query, c.Value, c.Original, name)
		}
	}
	units, at := 0, 0
	for _, r := range name {
		units++
		if r > 0xFFFF {
			units++
		}
	}
	hs := m.Highlights(query)
	if len(hs) == 0 {
		t.Errorf("%q: no part of %q (%v) is highlighted", query, name, m.Kind)
	}
	for _, h := range hs {
		if h.Start < at || h.End <= h.Start || h.End > units {
			t.Errorf("%q in %q: highlights %v", query, name, hs)
		}
		at = h.End + 1
	}
}

// FuzzSearch searches for any text and checks every match.
func FuzzSearch(f *testing.F) {
	named, commits := graphtest.CityNames(200)
	s := replayed(f, snapshot.Empty(schema.MustDefault()), pointers(commits))
	for _, text := range append(searched, named[:20]...) {
		f.Add(text)
	}
	f.Add(strings.Repeat("ab ", 100))
	f.Add("\xff\x00\x01 KZ\u0300")
	v, err := s.View(graph.View{}, today)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		page, err := search.Entities(v, &names.Search{Text: text, First: 50})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.List {
			m := &page.List[i]
			if m.Score <= 0 || m.Score > 1000 {
				t.Errorf("%q finds %q with the score %d", text, m.Name, m.Score)
			}
			checkMatch(t, s, m, text)
		}
	})
}
