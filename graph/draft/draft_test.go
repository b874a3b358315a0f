package draft_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/draft"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

var update = flag.Bool("update", false, "rewrite the drafts in testdata")

// world is a graph as a draft and its mapping see it.
type world struct {
	*live.Graph
	view  *snapshot.View
	asked sync.Map
}

// seeded is a graph of the seeds.
var seeded = sync.OnceValues(func() (*world, error) {
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	return worldOf(seeds.Files, names, err)
})

// small is a graph of a few countries.
var small = sync.OnceValues(func() (*world, error) {
	return worldOf(os.DirFS("testdata"), []string{"graph.jsonl"}, nil)
})

func worldOf(from fs.FS, names []string, err error) (*world, error) {
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	var ops []graph.Op
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		if err := format.Decode(ctx, name, bytes.NewReader(text), func(op graph.Op) error { ops = append(ops, op); return nil }); err != nil {
			return nil, err
		}
	}
	g, err := live.Open(ctx, &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := g.Commit(ctx, &graph.Change{Ops: ops}); err != nil {
		return nil, err
	}
	v, err := match.Always(g.Snapshot())
	return &world{Graph: g, view: v}, err
}

func (w *world) Key(_ context.Context, key, value string) (found graph.ID, _ error) {
	s := w.Snapshot()
	s.Keyed(key, value, func(claim uint32) { found = s.ID(s.Subject(claim)) })
	return found, nil
}

func (w *world) Candidates(_ context.Context, q match.Question) ([]match.Candidate, error) {
	key := fmt.Sprint(q)
	if list, ok := w.asked.Load(key); ok {
		return list.([]match.Candidate), nil
	}
	list, err := match.Find(w.view, q)
	w.asked.Store(key, list)
	return list, err
}

func (w *world) Named(ctx context.Context, n codec.Named) (graph.ID, error) {
	list, err := w.Candidates(ctx, match.Question{Text: n.Text, Types: n.Types, In: n.In})
	if err != nil {
		return "", err
	}
	id, sure := match.Sure(list, match.Threshold)
	switch {
	case sure:
		return id, nil
	case n.Optional && (len(list) == 0 || list[0].Score < 80):
		return "", &codec.Unknown{Message: "unknown"}
	}
	return "", fmt.Errorf("it is not sure what %q is", n.Text)
}

func opened(path string) draft.File {
	return draft.File{Name: path, Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		return packed.Open(path, f)
	}}
}

// stated is what a file states by a mapping; all faults are in the error.
func stated(ctx context.Context, w *world, text string, f draft.File) ([]graph.Op, error) {
	m, err := codec.ReadMapping("draft.yaml", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var find codec.Find
	if w != nil {
		find = w
	}
	format := m.Format(find)
	var ops []graph.Op
	emit := func(op graph.Op) error { ops = append(ops, op); return nil }
	err = errors.Join(format.Once(ctx, emit), format.Decode(ctx, f.Name, r, emit))
	if err == nil && w != nil {
		_, err = w.Check(&graph.Change{Ops: ops})
	}
	return ops, err
}

// TestDrafts drafts a mapping of each small table and compares it with the one in testdata. It states what the table has, without faults.
func TestDrafts(t *testing.T) {
	w, err := small()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/tables/*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := draft.Mapping(t.Context(), opened(file), draft.Options{Ontology: schema.MustDefault(), Graph: w})
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", filepath.Base(file)+".yaml")
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || text != string(want) {
				t.Errorf("%v; -update rewrites it:\n%s", err, text)
			}
			ops, err := stated(t.Context(), w, text, opened(file))
			if err != nil || len(ops) < 5 {
				t.Errorf("%d operations, %v", len(ops), err)
			}
			// Without a graph, the draft is a mapping all the same.
			alone, err := draft.Mapping(t.Context(), opened(file), draft.Options{Ontology: schema.MustDefault()})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stated(t.Context(), w, alone, opened(file)); err != nil {
				t.Errorf("drafted without a graph: %v\n%s", err, alone)
			}
		})
	}
}

// TestRefused reads the faults of files of which no mapping can be drafted.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", "the table has no header line"},
		{"b.csv", "name,country\n", "no row"},
		{"c.ttl", "<a> <b> <c> .", "is RDF"},
		{"d.json", "{\"a\": ", "not well-formed JSON"},
		{"e.xlsx", "PK\x03\x04", "not a workbook"},
	} {
		_, err := draft.Mapping(t.Context(), texted(c.name, c.text), draft.Options{Ontology: schema.MustDefault()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func texted(name, text string) draft.File {
	return draft.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// FuzzMapping drafts mappings of any text: each can be read, and reads its table.
func FuzzMapping(f *testing.F) {
	files, _ := filepath.Glob("testdata/tables/*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Base(file), string(text))
	}
	f.Add("x.csv", "a b,\"c\nd\",{e},f | g,?h,\"\"\"\n1,2,3,4,5,6\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		mapping, err := draft.Mapping(t.Context(), texted(name, text), draft.Options{Ontology: schema.MustDefault(), Rows: 200})
		if err != nil {
			return
		}
		var faults graph.Problems
		if _, err := stated(t.Context(), nil, mapping, texted(name, text)); err != nil && !errors.As(err, &faults) {
			t.Fatalf("%v\n%s", err, mapping)
		}
		if strings.Contains(fmt.Sprint(faults), "draft.yaml") {
			t.Fatalf("%v\n%s", faults, mapping)
		}
	})
}

// TestShared drafts a mapping of every table of the sets that are handed over, imports it without a fault, and lists which of the
// fields that the committed mapping states it states, too.
func TestShared(t *testing.T) {
	if os.Getenv("CASPIAN_SOAK") == "" {
		t.Skip("thousands of rows; CASPIAN_SOAK=1 drafts all")
	}
	root := filepath.Join("..", "..", "..", "shared", "data")
	w, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	for file, mapping := range sharedTables(t, root) {
		t.Run(strings.ReplaceAll(file, "/", "_"), func(t *testing.T) {
			f := opened(filepath.Join(root, file))
			text, err := draft.Mapping(t.Context(), f, draft.Options{Ontology: schema.MustDefault(), Graph: w})
			if err != nil {
				t.Fatal(err)
			}
			ops, err := stated(t.Context(), w, text, f)
			if err != nil {
				t.Errorf("%.800s\n%s", err, text)
			}
			if mapping == "" {
				t.Logf("%d operations\n%s", len(ops), text)
				return
			}
			had := fieldsOf(text)
			var missed []string
			want := fieldsOf(mapping)
			for _, field := range want {
				if !slices.Contains(had, field) {
					missed = append(missed, field)
				}
			}
			t.Logf("%d operations; %d of %d fields of the mapping, without %v\n%s", len(ops), len(want)-len(missed), len(want), missed, text)
		})
	}
}

// sharedTables are the tables of the sets with the text of their committed mapping, "" if there is none.
func sharedTables(t *testing.T, root string) map[string]string {
	mappings := map[string]string{
		"country-codes.csv": "country-codes", "factbook-energy/oil_gas.csv": "factbook-energy", "factbook-igo/organization_participation.csv": "factbook-memberships",
		"factbook-names/country_name_capital.csv": "factbook-names", "factbook-transport/ports.csv": "factbook-ports", "factbook-trade/partners_commodities.csv": "factbook-trade",
		"harmonized-system.csv": "harmonized-system", "leaders-archigos/archigos_4_1.csv": "leaders-archigos", "igo-cow-v3/membership_spells.csv": "memberships-cow",
		"igo-manyios-informal/iigo_memberships.csv": "memberships-informal", "minerals-usgs-mcs/2024/mcs2024-cobal_world.csv": "minerals-usgs", "pipelines-gem/ggit_gas_lng_2024-10.csv": "pipelines-gas",
		"pipelines-gem/goit_oil_ngl_2024-06.csv": "pipelines-oil", "ports-wpi/UpdatedPub150.csv": "ports-wpi", "sanctions-programs/programs.json": "sanctions-programs",
		"states-history/cow_states2016.csv": "states-cow", "states-history/gw_states_andybega.csv": "states-gw", "codex-m/test.tsv": "codex",
		"states-history/huggo_states_clean.csv": "", "states-history/isd_2_2.csv": "", "states-history/icow_coldata110.csv": "", "igo-cow-v3/igo_list.csv": "", "factbook-energy/pipelines.csv": "",
		"igo-manyios-informal/migo_spells.csv": "", "minerals-usgs-mcs/2026-transcribed/mcs2026_six_minerals.csv": "", "factbook-leaders/chief_of_state.csv": "", "factbook-transport/railways.csv": "",
	}
	for file, mapping := range mappings {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Log(err)
			delete(mappings, file)
		} else if mapping != "" {
			text, err := os.ReadFile(filepath.Join("..", "..", "examples", "mappings", mapping+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			mappings[file] = string(text)
		}
	}
	return mappings
}

var fieldLine = regexp.MustCompile(`(?m)^    "?(\w+)"?: `)

// fieldsOf are the fields that the rows of a mapping state, but those of its source.
func fieldsOf(mapping string) (fields []string) {
	_, rows, _ := strings.Cut(mapping, "\nrows:\n")
	for _, m := range fieldLine.FindAllStringSubmatch(rows, -1) {
		if m[1] != "type" && !slices.Contains(fields, m[1]) {
			fields = append(fields, m[1])
		}
	}
	return fields
}
