package codec_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

var recorded = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// apply makes one commit of a change.
func apply(t *testing.T, o *schema.Ontology, s *snapshot.Snapshot, ch *graph.Change) *snapshot.Snapshot {
	t.Helper()
	res, problems := graph.Check(o, s.State(), ch)
	if problems != nil {
		t.Fatal(problems)
	}
	c := &res.Commit
	c.Seq, c.At = s.Seq()+1, recorded.Add(time.Duration(s.Seq())*time.Second)
	next, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// TestLossless exports the seeds, with claims withdrawn and superseded, in
// every format that calls itself lossless, and reads them into an empty graph.
func TestLossless(t *testing.T) {
	o := schema.MustDefault()
	var ch graph.Change
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := seeds.Files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := format.Decode(t.Context(), name, f, func(op graph.Op) error {
			ch.Ops = append(ch.Ops, op)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	s := apply(t, o, snapshot.Empty(o), &ch)
	s = apply(t, o, s, changes(s))
	tested := 0
	for _, f := range codec.Formats {
		if !f.Lossless {
			continue
		}
		tested++
		t.Run(f.Name, func(t *testing.T) {
			var file bytes.Buffer
			if err := f.Encode(t.Context(), &file, s); err != nil {
				t.Fatal(err)
			}
			read := apply(t, o, snapshot.Empty(o), decoded(t, f, file.String()))
			if read.Digest() != s.Digest() {
				t.Errorf("%d entities and %d claims became %d and %d, or differ", s.EntityCount(), s.ClaimCount(), read.EntityCount(), read.ClaimCount())
			}
			if got, want := reasons(read), reasons(s); !maps.Equal(got, want) || len(got) < 10 {
				t.Errorf("%d reasons became %d", len(want), len(got))
			}
			var second bytes.Buffer
			if err := f.Encode(t.Context(), &second, read); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file.Bytes(), second.Bytes()) {
				t.Error("what was read is written otherwise")
			}
		})
	}
	if tested < 2 {
		t.Errorf("%d formats are lossless; JSON lines and N-Quads should be", tested)
	}
}

func decoded(t *testing.T, f *codec.Format, text string) *graph.Change {
	t.Helper()
	var ch graph.Change
	if err := f.Decode(t.Context(), "export", strings.NewReader(text), func(op graph.Op) error {
		ch.Ops = append(ch.Ops, op)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return &ch
}

// TestSeedWithdrawals: YAML, which is lossless where claims fit the ontology, has withdrawals and their reasons too.
func TestSeedWithdrawals(t *testing.T) {
	o := schema.MustDefault()
	s := apply(t, o, snapshot.Empty(o), decoded(t, codec.Seed, `
defaults: {source: s}
entities:
  s: {type: Source, name: S}
  KAZ: {type: Country, name: [{value: A}, {value: B}, {value: C}, {value: D}]}
`))
	ids := map[string]graph.ClaimID{}
	_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, _ bool) error { ids[c.Value.String()] = id; return nil })
	s = apply(t, o, s, decoded(t, codec.Seed, fmt.Sprintf(`
entities:
  KAZ: {name: [{value: E, source: s, supersedes: [%s, %s]}]}
retract: {%s: "no: \"9\""}
reinstate: {%s: ""}
`, ids["A"], ids["B"], ids["C"], ids["B"])))
	var file bytes.Buffer
	if err := codec.Seed.Encode(t.Context(), &file, s); err != nil {
		t.Fatal(err)
	}
	read := apply(t, o, snapshot.Empty(o), decoded(t, codec.Seed, file.String()))
	if read.Digest() != s.Digest() || !maps.Equal(reasons(read), reasons(s)) || len(reasons(s)) != 1 {
		t.Errorf("%v became %v:\n%s", reasons(s), reasons(read), file.String())
	}
}

// reasons are those of withdrawals and reinstatements.
func reasons(s *snapshot.Snapshot) map[graph.ClaimID]string {
	found := map[graph.ClaimID]string{}
	_ = s.Claims(func(_ *graph.Claim, id graph.ClaimID, _ bool) error {
		if why := s.ReasonOf(id); why != "" {
			found[id] = why
		}
		return nil
	})
	return found
}

func cityType(s *snapshot.Snapshot) uint32 {
	n, _ := s.TypeNames.Number("City")
	return uint32(n)
}

// changes merges some cities, retracts one of every hundred claims, and supersedes the two after it, of which the second holds
// all the same.
func changes(s *snapshot.Snapshot) *graph.Change {
	var ch graph.Change
	n := 0
	_ = s.Claims(func(c *graph.Claim, id graph.ClaimID, _ bool) error {
		if c.Predicate == "capital" || c.Predicate == "borders" {
			none := *c
			none.Value, none.Locator, none.Qualifiers = graph.NoneValue(), "none", nil
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: none})
		}
		if c.Value.Kind() == graph.QuantityKind && n%10 == 0 {
			between := *c
			between.Value = graph.RangeValue(graph.Range{Min: c.Value.Float(), Max: c.Value.Float() + 1, Over: n%20 == 0}, c.Value.Text())
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: between})
		}
		switch n++; n % 100 {
		case 0:
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: "misread: \"9\""}})
		case 1, 2:
			by := *c
			by.Locator, by.Note, by.Original = c.Locator+" corrected", "corrected \"so\"\n→", "Оригинал"
			by.Supersedes = []graph.ClaimID{id}
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: by})
			if n%100 == 2 {
				ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id, Reason: "no: 9"}})
			}
		}
		return nil
	})
	cities := slices.Collect(s.ByType.At(cityType(s)).All())
	for i := 0; i+1 < min(len(cities), 20); i += 2 {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Merge, Merge: graph.Merged{From: s.ID(cities[i]), Into: s.ID(cities[i+1])}})
	}
	return &ch
}
