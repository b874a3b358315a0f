package seeds_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/schema"
)

// The importers generate the files world-*.yaml from the World Factbook and
// the table of country codes. To regenerate them: go test ./seeds -run World -update
var update = flag.Bool("update", false, "write world-*.yaml from ../shared/data")

// data is the folder of the original files, beside the repository.
const data = "../../shared/data"

// worldBytes is the limit for all of them together, because people review them.
const worldBytes = 5 << 19

// worldRegions has the file for the countries in each folder of the Factbook.
var worldRegions = map[string]string{
	"africa": "africa", "antarctica": "oceania", "australia-oceania": "oceania", "central-america-n-caribbean": "americas",
	"central-asia": "asia", "east-n-southeast-asia": "asia", "europe": "europe", "middle-east": "middle-east",
	"north-america": "americas", "south-america": "americas", "south-asia": "asia",
}

// worldSubjects has the files for subjects other than countries.
var worldSubjects = map[string]string{
	"Person": "leaders", "Position": "leaders", "Organisation": "organisations", "Resource": "resources",
	"Region": "regions", "WaterBody": "regions",
}

// worldHeads has the first comment of each file.
var worldHeads = map[string]string{
	"iso":           "Codes, names in six languages and M49 regions of every country and territory, from the table of country codes.",
	"leaders":       "Heads of state and of government with their offices, from the World Factbook.",
	"organisations": "The organisations that countries are members of, from the World Factbook.",
	"resources":     "The goods that countries have and trade, from the World Factbook.",
	"regions":       "Regions and waters, from the World Factbook.",
	"africa":        "The countries and territories of Africa, from the World Factbook.",
	"americas":      "The countries and territories of the Americas, from the World Factbook.",
	"asia":          "The countries and territories of Central, South, East and Southeast Asia, with Russia and the Caucasus, from the World Factbook.",
	"europe":        "The countries and territories of Europe, from the World Factbook.",
	"middle-east":   "The countries of the Middle East, from the World Factbook.",
	"oceania":       "The countries and territories of Oceania and the Antarctic, from the World Factbook.",
}

// worldFile is a part of the world as a codec.Graph.
type worldFile struct {
	o        *schema.Ontology
	entities []graph.Entity
	claims   []graph.Claim
}

func (f *worldFile) Ontology() *schema.Ontology { return f.o }

func (f *worldFile) Entities(fn func(graph.Entity) error) error {
	for _, e := range f.entities {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (f *worldFile) Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error {
	for i := range f.claims {
		if err := fn(&f.claims[i], f.claims[i].ID(), true); err != nil {
			return err
		}
	}
	return nil
}

func (f *worldFile) Merged(func(graph.Merged) error) error { return nil }

func (f *worldFile) ReasonOf(graph.ClaimID) string { return "" }

func ontology(t *testing.T) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("ontology.graphql", schema.Default)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// needData skips the test if the original files are absent.
func needData(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(data, "factbook")); err != nil {
		t.Skipf("skipped: the original files are not at %s", data)
	}
}

// imported returns what a format reads from the original files, checked.
func imported(t *testing.T, o *schema.Ontology, read func(codec.Emit) error) *graph.Result {
	t.Helper()
	var ch graph.Change
	if err := read(func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil }); err != nil {
		t.Fatal(err)
	}
	res, problems := graph.Check(o, graph.Nothing, &ch)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return res
}

// worldFrom returns what the importers read from the original files.
func worldFrom(t *testing.T, o *schema.Ontology) (iso, book *graph.Result) {
	iso = importedFile(t, o, datasets.ISO, filepath.Join(data, "country-codes.csv"))
	book = imported(t, o, func(emit codec.Emit) error {
		return factbook.Entries.DecodeDir(context.Background(), os.DirFS(filepath.Join(data, "factbook")), "factbook", emit)
	})
	return iso, book
}

// worldFiles divides it into files.
func worldFiles(t *testing.T, o *schema.Ontology, iso, book *graph.Result) map[string]*worldFile {
	files := map[string]*worldFile{}
	file := func(name string) *worldFile {
		if files[name] == nil {
			files[name] = &worldFile{o: o}
		}
		return files[name]
	}

	stated := curated(t, o, iso, book)
	addAll(file("iso"), iso, stated, func(graph.ID) bool { return true })

	region := regionOfFile(t, os.DirFS(filepath.Join(data, "factbook")))
	types := map[graph.ID]string{}
	for _, e := range book.Commit.Entities {
		types[e.ID] = e.Type
	}
	of := map[graph.ID]string{}
	for _, c := range book.Commit.Claims {
		if name, ok := worldSubjects[types[c.Subject]]; ok {
			of[c.Subject] = name
		} else if of[c.Subject] == "" {
			of[c.Subject] = region[strings.SplitN(c.Locator, "#", 2)[0]]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(worldHeads)) {
		if name != "iso" {
			addAll(file(name), book, stated, func(id graph.ID) bool { return of[id] == name })
		}
	}
	return files
}

// regionOfFile returns the file of the seeds for each file of the Factbook.
func regionOfFile(t *testing.T, dir fs.FS) map[string]string {
	t.Helper()
	names, err := fs.Glob(dir, "*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	region := map[string]string{}
	for _, n := range names {
		folder, base, _ := strings.Cut(n, "/")
		region[base] = worldRegions[folder]
	}
	return region
}

// curated returns the claims of the files that people write, by id. world-*.yaml leave these
// claims out, so that the confidence that people gave them stays.
func curated(t *testing.T, o *schema.Ontology, results ...*graph.Result) map[graph.ClaimID]bool {
	t.Helper()
	res := imported(t, o, func(emit codec.Emit) error {
		for _, r := range results {
			for _, e := range r.Commit.Entities {
				if err := emit(graph.Op{Kind: graph.Declare, Entity: e}); err != nil {
					return err
				}
			}
		}
		return emitSeeds(emit, func(path string) bool { return strings.HasPrefix(path, "world-") })
	})
	have := map[graph.ClaimID]bool{}
	for i := range res.Commit.Claims {
		have[res.Commit.Claims[i].ID()] = true
	}
	return have
}

// addAll adds the claims about the wanted subjects, without the curated ones.
// It leaves out sources, which are in sources.yaml, as another test checks.
func addAll(f *worldFile, from *graph.Result, stated map[graph.ClaimID]bool, want func(graph.ID) bool) {
	sources := map[graph.ID]bool{}
	for _, e := range from.Commit.Entities {
		if e.Type == schema.SourceType {
			sources[e.ID] = true
		} else if want(e.ID) {
			f.entities = append(f.entities, e)
		}
	}
	for _, c := range from.Commit.Claims {
		if !sources[c.Subject] && want(c.Subject) && !stated[c.ID()] {
			f.claims = append(f.claims, c)
		}
	}
}

func TestWorld(t *testing.T) {
	needData(t)
	o := ontology(t)
	iso, book := worldFrom(t, o)
	t.Run("files", func(t *testing.T) { testWorldFiles(t, worldFiles(t, o, iso, book)) })
	t.Run("sources", func(t *testing.T) { testWorldSources(t, o, append(iso.Commit.Claims, book.Commit.Claims...)) })
}

func testWorldFiles(t *testing.T, files map[string]*worldFile) {
	total := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		head := fmt.Sprintf("# %s\n# Generated by generate_test.go, without what other files state; correct the importer or its tables, not this file.\n", worldHeads[name])
		text := seedText(t, head, files[name])
		regenerated(t, "world-"+name+".yaml", "World", text)
		total += len(text)
	}
	if total > worldBytes {
		t.Errorf("the files have %d bytes; people review them, so keep them below %d", total, worldBytes)
	}
}

func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return 0
	}
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range x {
		if i >= len(y) || !bytes.Equal(x[i], y[i]) {
			return i + 1
		}
	}
	return len(x)
}

// The importers state about their sources exactly what sources.yaml states, so that an
// import on top of the seeds adds nothing.
func testWorldSources(t *testing.T, o *schema.Ontology, claims []graph.Claim) {
	f, err := os.Open("sources.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seeded := imported(t, o, func(emit codec.Emit) error {
		return codec.Seed.Decode(context.Background(), "sources.yaml", f, emit)
	})
	have := map[graph.ClaimID]bool{}
	for _, c := range seeded.Commit.Claims {
		have[c.ID()] = true
	}
	for _, c := range claims {
		if (c.Subject == factbook.Source || c.Subject == datasets.ISOSource) && !have[c.ID()] {
			t.Errorf("sources.yaml does not say %s %s %s, which the importer does", c.Subject, c.Predicate, c.Value)
		}
	}
}
