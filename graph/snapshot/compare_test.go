package snapshot

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
	build := func() *Snapshot {
		name := func(id graph.ID, text string) graph.Claim {
			return graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(text), Source: "src", Confidence: 1}
		}
		first := name("KAZ", "Kazakhstan")
		s := Empty(schema.MustDefault())
		for i, c := range []graph.Commit{
			{Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}, {ID: "UZB", Type: "Country"}}, Claims: []graph.Claim{first, name("UZB", "Uzbekistan")}},
			{Claims: []graph.Claim{name("KAZ", "Qazaqstan"), {Subject: "KAZ", Predicate: "borders", Value: graph.EntityValue("UZB"), Source: "src", Confidence: 1}}},
			{Retractions: []graph.Retraction{{Claim: first.ID()}}},
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
	for want, harm := range map[string]func(s *Snapshot){
		"":                     func(*Snapshot) {},
		"the digest":           func(s *Snapshot) { s.sum[0]++ },
		"the sequence number":  func(s *Snapshot) { s.seq++ },
		"the time of commit 2": func(s *Snapshot) { *s.commits.Ref(1)++ },
		"entity 1":             func(s *Snapshot) { *s.ids.Ref(1) = "UZX" },
		"claim ":               func(s *Snapshot) { s.rows.Ref(1).confidence-- },
		"that withdrew claim":  func(s *Snapshot) { *s.ended.Ref(0) = 0 },
		"the list of the claims of KAZ": func(s *Snapshot) {
			*s.out.Ref(kaz) = column.DividedOf[link, beside](s.out.Ref(kaz).Short()[1:], s.order())
		},
		"the list of the claims about UZB": func(s *Snapshot) { *s.in.Ref(kaz + 1) = adjacency{} },
		"the list of the claims by src":    func(s *Snapshot) { *s.cited.Ref(0) = numbers{} },
		"the list of Country":              func(s *Snapshot) { *s.byType.Ref(uint32(s.types.At(kaz))) = numbers{} },
		"the index of names":               func(s *Snapshot) { s.names = names.Index{} },
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
