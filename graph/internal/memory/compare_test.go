package memory

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/schema"
)

// TestDifferences plants one fault at a time in what a file would hold.
func TestDifferences(t *testing.T) {
	build := func() *Graph {
		name := func(id graph.ID, text string) graph.Claim {
			return graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(text), Source: "src", Confidence: 1}
		}
		first := name("KAZ", "Kazakhstan")
		s := Empty(schema.MustDefault())
		for i, c := range []graph.Commit{
			{Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}, {ID: "UZB", Type: "Country"}}, Claims: []graph.Claim{first, name("UZB", "Uzbekistan")}},
			{Claims: []graph.Claim{name("KAZ", "Qazaqstan"), {Subject: "KAZ", Predicate: "borders", Value: graph.EntityValue("UZB"), Source: "src", Confidence: 1}}},
			{Retractions: []graph.Retraction{{Claim: first.ID(), Reason: "misread"}}, Import: &graph.Import{First: 3}},
		} {
			c.Seq, c.At = graph.Seq(i+1), time.Unix(int64(i), 0)
			next, err := s.Apply(&c)
			if err != nil {
				t.Fatal(err)
			}
			s = next
		}
		return s
	}
	kaz, _ := build().Number("KAZ")
	for want, harm := range map[string]func(s *Graph){
		"":                     func(*Graph) {},
		"the digest":           func(s *Graph) { s.sum[0]++ },
		"the sequence number":  func(s *Graph) { s.seq++ },
		"the time of commit 2": func(s *Graph) { *s.commits.Ref(1)++ },
		"entity 1":             func(s *Graph) { *s.IDs.Ref(1) = "UZX" },
		"claim ":               func(s *Graph) { s.Rows.Ref(1).Confidence-- },
		"that withdrew claim":  func(s *Graph) { *s.Ended.Ref(0) = 0 },
		"the reason for which": func(s *Graph) { s.gone.Ref(0).reason = 0 },
		"the list of imports":  func(s *Graph) { s.imports.Ref(0).Claims++ },
		"the list of the claims of KAZ": func(s *Graph) {
			*s.Out.Ref(kaz) = column.DividedOf[Link, Beside](s.Out.Ref(kaz).Short()[1:], s.order())
		},
		"the list of the claims about UZB": func(s *Graph) { *s.In.Ref(kaz + 1) = Adjacency{} },
		"the list of the claims by src":    func(s *Graph) { *s.Cited.Ref(0) = Numbers{} },
		"the list of Country":              func(s *Graph) { *s.ByType.Ref(uint32(s.Types.At(kaz))) = Numbers{} },
		"the index of names":               func(s *Graph) { s.Names = names.Index{} },
	} {
		file := build()
		harm(file)
		got := strings.Join(Differences(file, build()), "\n")
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q is described as %q", want, got)
		}
	}
}

// TestDifferencesOfWays builds the same commits one by one and at once, with
// names whose original forms are written like them.
func TestDifferencesOfWays(t *testing.T) {
	var commits []*graph.Commit
	applied := Empty(schema.MustDefault())
	for i := range 20 {
		c := graph.Commit{Seq: graph.Seq(i + 1), At: time.Unix(int64(i), 0), Entities: []graph.Entity{{ID: graph.ID(fmt.Sprint("src", i)), Type: "Source"}}}
		for j := range 20 {
			name := fmt.Sprintf("Port %c of the %c", 'A'+i, 'A'+j)
			c.Claims = append(c.Claims, graph.Claim{Subject: c.Entities[0].ID, Predicate: "aliases", Value: graph.StringValue(name), Original: name, Source: c.Entities[0].ID, Confidence: 1})
		}
		var err error
		if applied, err = applied.Apply(&c); err != nil {
			t.Fatal(err)
		}
		commits = append(commits, &c)
	}
	replayed, err := Empty(schema.MustDefault()).Replay(func(g graph.Growth) (err error) {
		for _, c := range commits {
			err = errors.Join(err, g.Add(c))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := Differences(applied, replayed); len(found) > 0 {
		t.Error(found[0])
	}
}
