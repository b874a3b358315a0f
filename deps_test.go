package caspian_test

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/caspian-kg/caspian"

// order lists every package with our packages that it may import, from leaf
// to root. Change a line after discussion, not to make a build pass.
var order = []struct {
	pkg string
	may []string
}{
	{"codes", nil},
	{"schema", nil},
	{"graph/text", nil},
	{"graph/internal/layers", nil},
	{"graph/internal/column", []string{"graph/internal/layers"}},
	{"graph/internal/lists", nil},
	{"graph/internal/hashes", nil},
	{"graph/internal/runs", nil},
	{"graph/internal/tables", nil},
	{"graph/internal/vocabulary", []string{"schema"}},
	{"graph/names", []string{"graph/text", "graph/internal/column", "graph/internal/layers", "graph/internal/lists"}},
	{"graph", []string{"codes", "schema", "graph/text"}},
	{"graph/figures", []string{"graph"}},
	{"graph/validity", []string{"schema", "graph"}},
	{"graph/internal/digest", []string{"graph"}},
	{"graph/graphtest", []string{"schema", "graph"}},
	{"graph/aggregate", []string{"schema", "graph", "graph/text"}},
	{"graph/filter", []string{"schema", "graph", "graph/text", "graph/aggregate"}},
	{"graph/internal/values", []string{"schema", "graph", "graph/filter", "graph/text", "graph/internal/layers"}},
	{"graph/internal/cards", nil},
	{"graph/internal/dense", []string{"schema", "graph", "graph/filter", "graph/aggregate", "graph/internal/lists"}},
	{"graph/snapshot/access", []string{"schema", "graph", "graph/filter", "graph/internal/column", "graph/internal/lists"}},
	{"graph/internal/ends", nil},
	{"graph/internal/memory", []string{"schema", "graph", "graph/validity", "graph/text", "graph/names", "graph/internal/cards", "graph/internal/column", "graph/internal/dense", "graph/internal/digest",
		"graph/internal/ends", "graph/internal/layers", "graph/internal/values", "graph/internal/vocabulary"}},
	{"graph/snapshot", []string{"schema", "graph", "graph/validity", "graph/text", "graph/filter", "graph/aggregate", "graph/snapshot/access", "graph/internal/cards", "graph/internal/column", "graph/internal/dense",
		"graph/internal/lists", "graph/internal/memory", "graph/internal/values", "graph/internal/vocabulary"}},
	{"graph/groups", []string{"schema", "graph", "graph/filter", "graph/aggregate", "graph/snapshot"}},
	{"graph/search", []string{"schema", "graph", "graph/text", "graph/names", "graph/snapshot", "graph/internal/lists", "graph/internal/memory"}},
	{"graph/lens", []string{"schema", "graph", "graph/snapshot"}},
	{"graph/snapfile", []string{"schema", "graph", "graph/snapshot"}},
	{"graph/fit", []string{"schema", "graph", "graph/snapshot"}},
	{"graph/match", []string{"schema", "graph", "graph/text", "graph/names", "graph/search", "graph/snapshot", "graph/internal/memory"}},
	{"graph/reconcile", []string{"schema", "graph", "graph/text", "graph/names", "graph/search", "graph/snapshot", "graph/match"}},
	{"graph/question", []string{"schema", "graph", "graph/filter", "graph/snapshot"}},
	{"graph/routes", []string{"schema", "graph", "graph/validity", "graph/snapshot", "graph/question"}},
	{"graph/analysis", []string{"schema", "graph", "graph/figures", "graph/validity", "graph/text", "graph/snapshot", "graph/question", "graph/internal/lists", "graph/internal/memory"}},
	{"graph/exposure", []string{"graph", "graph/snapshot", "graph/question", "graph/routes", "graph/analysis"}},
	{"graph/importance", []string{"schema", "graph", "graph/snapshot", "graph/question"}},
	{"graph/coverage", []string{"schema", "graph"}},
	{"graph/internal/input", nil},
	{"graph/rdf", []string{"graph/internal/input"}},
	{"graph/packed", []string{"graph"}},
	{"graph/table", []string{"graph", "graph/internal/input", "graph/packed"}},
	{"graph/codec", []string{"schema", "graph", "graph/packed", "graph/rdf", "graph/table"}},
	{"graph/scenario", []string{"schema", "graph", "graph/internal/memory", "graph/snapshot", "graph/codec"}},
	{"graph/draft", []string{"schema", "graph", "graph/text", "graph/packed", "graph/table", "graph/codec", "graph/match"}},
	{"graph/export", []string{"schema", "graph", "graph/snapshot", "graph/codec"}},
	{"graph/datasets/internal/facts", []string{"graph", "graph/codec", "graph/table"}},
	{"graph/datasets/factbook", []string{"graph", "graph/codec", "graph/datasets/internal/facts"}},
	{"graph/foreign", []string{"schema", "graph", "graph/packed", "graph/rdf", "graph/table", "graph/codec"}},
	{"graph/datasets", []string{"graph", "graph/codec", "graph/foreign", "graph/datasets/internal/facts", "graph/datasets/factbook"}},
	{"graph/store/internal/commits", []string{"graph"}},
	{"graph/store/internal/terms", nil},
	{"graph/store", []string{"graph", "graph/store/internal/commits", "graph/store/internal/terms", "graph/internal/hashes", "graph/internal/runs", "graph/internal/tables"}},
	{"graph/store/storetest", []string{"graph", "graph/store"}},
	{"graph/store/postgres", []string{"graph", "graph/store", "graph/store/internal/commits", "graph/store/internal/terms"}},
	{"graph/store/postgres/pgtest", nil}, // tests only
	{"graph/store/gizmo", []string{"graph", "graph/store", "graph/store/internal/commits"}},
	{"graph/live", []string{"schema", "graph", "graph/snapshot", "graph/scenario", "graph/fit", "graph/lens"}},
	// Tests only; they import live, snapshot, store, codec and schema.
	{"graph/live/metamorphic", nil},
	{"gql/internal/failure", []string{"codes"}},
	{"gql/internal/typesys", nil},
	{"gql/internal/value", []string{"codes", "gql/internal/failure", "gql/internal/typesys"}},
	{"gql/internal/document", []string{"codes", "gql/internal/failure", "gql/internal/typesys", "gql/internal/value"}},
	{"gql", []string{"codes", "gql/internal/failure", "gql/internal/typesys", "gql/internal/value", "gql/internal/document"}},
	{"gql/sheet", []string{"gql"}},
	{"api/internal/input", []string{"schema", "graph", "graph/validity", "graph/text", "graph/aggregate", "graph/filter", "graph/scenario", "gql"}},
	{"api/internal/output", []string{"schema", "graph", "graph/figures", "gql", "api/internal/input"}},
	{"api/internal/analyses", []string{"schema", "graph", "graph/snapshot", "graph/routes", "graph/analysis", "graph/exposure", "graph/importance", "gql", "api/internal/input", "api/internal/output"}},
	{"api/operation", []string{"graph", "gql"}},
	{"api/internal/redact", []string{"graph"}},
	{"api", []string{"codes", "schema", "graph", "graph/text", "graph/names", "graph/filter", "graph/aggregate", "graph/snapshot", "graph/groups", "graph/search", "graph/question", "graph/routes", "graph/analysis", "graph/scenario", "graph/lens", "graph/live", "gql", "api/internal/input", "api/internal/output", "api/internal/analyses", "api/internal/redact", "api/operation"}},
	{"seeds", nil},
	{"web", nil},
	{"bench", []string{"schema", "graph", "graph/snapshot", "graph/live", "graph/codec", "graph/store"}},
	{"server/internal/admission", nil},
	{"server/internal/deadline", nil},
	{"server/internal/content", nil},
	{"server/internal/answers", nil},
	{"server/internal/watch", nil},
	{"server/internal/upload", nil},
	{"server/internal/words", []string{"schema"}},
	{"server/tokens", []string{"graph"}},
	{"server/roles", []string{"schema", "graph", "graph/lens", "server/tokens"}},
	{"server/owner", []string{"graph"}},
	{"server/internal/metrics", []string{"gql"}},
	{"server/internal/streams", []string{"codes", "graph", "gql", "server/internal/admission", "server/internal/content", "server/internal/metrics"}},
	{"server/tracing", []string{"graph", "gql"}},
	{"server/internal/members", []string{"gql"}},
	{"server/documents", []string{"codes", "graph"}},
	{"server/hosts", []string{"graph"}},
	{"server/agents", []string{"codes"}},
	{"server", []string{"codes", "schema", "web", "graph", "graph/lens", "graph/live", "graph/codec", "graph/reconcile", "gql", "gql/sheet", "api/operation", "server/internal/admission", "server/internal/answers", "server/internal/content", "server/internal/upload", "server/internal/words", "server/internal/deadline",
		"server/roles", "server/tokens", "server/owner", "server/internal/metrics", "server/internal/streams", "server/internal/watch", "server/tracing", "server/documents", "server/hosts", "server/agents", "server/internal/members"}},
	{"cmd/caspian/internal/settings", nil},
	{"cmd/caspian/internal/console", nil},
	{"cmd/caspian/internal/answers", []string{"graph", "graph/figures", "cmd/caspian/internal/console"}},
	{"cmd/caspian/internal/files", []string{"graph"}},
	{"cmd/caspian/internal/ingest", []string{"schema", "graph", "graph/codec", "graph/snapshot", "graph/foreign", "graph/datasets", "graph/live", "graph/match", "graph/packed", "graph/table"}},
	{"cmd/caspian/internal/client", []string{"codes", "graph", "graph/live"}},
	{"cmd/caspian/internal/cli", []string{"graph", "cmd/caspian/internal/settings", "cmd/caspian/internal/console"}},
	{"cmd/caspian/internal/connect", []string{"schema", "graph", "graph/snapshot", "graph/snapfile", "graph/fit", "graph/store", "graph/store/postgres", "graph/live", "server/tokens", "server/owner", "cmd/caspian/internal/settings", "cmd/caspian/internal/client"}},
	{"cmd/caspian/internal/questions", []string{"codes", "graph", "cmd/caspian/internal/settings", "cmd/caspian/internal/console", "cmd/caspian/internal/answers", "cmd/caspian/internal/cli"}},
	{"cmd/caspian", []string{"schema", "graph", "graph/match", "graph/snapshot", "graph/coverage", "graph/codec", "graph/draft", "graph/export", "graph/foreign", "graph/datasets", "graph/store", "graph/store/gizmo", "graph/lens", "graph/live", "gql", "gql/sheet", "api",
		"seeds", "server", "server/agents", "server/documents", "server/hosts", "server/roles", "server/tokens", "server/owner", "server/tracing", "cmd/caspian/internal/settings", "cmd/caspian/internal/console", "cmd/caspian/internal/ingest", "cmd/caspian/internal/client", "cmd/caspian/internal/files",
		"cmd/caspian/internal/cli", "cmd/caspian/internal/connect", "cmd/caspian/internal/questions"}},
}

// only lists, by the prefix of an import path, the packages that may import it;
// no others may.
var only = map[string][]string{
	"github.com/cayleygraph/cayley": {"graph/store", "graph/store/gizmo", "graph/store/internal/terms", "graph/store/postgres"},
	"github.com/cayleygraph/quad":   {"graph/store", "graph/store/gizmo", "graph/store/internal/commits", "graph/store/internal/terms", "graph/store/postgres"},
	"github.com/hidal-go/":          {"graph/store"},
	"github.com/graphql-go/":        {"gql", "api", "api/internal/input", "api/internal/output", "api/internal/analyses"},
	"github.com/vektah/":            {"schema", "gql", "gql/internal/failure", "gql/internal/typesys", "gql/internal/value", "gql/internal/document"},
	"go.yaml.in/":                   {"graph/codec", "cmd/caspian/internal/settings", "server/roles"},
	"go.opentelemetry.io/":          {"server/tracing"},
	"github.com/prometheus/":        {"server", "server/internal/admission", "server/internal/metrics"},
	"github.com/spf13/":             {"cmd/caspian/internal/cli", "cmd/caspian/internal/settings"},
	"github.com/coder/":             {"server/internal/streams"},
	// Variables have a separate reader: gql/internal/value/decision-json.md.
	"github.com/go-json-experiment/":   {"graph/codec", "graph/rdf", "graph/table", "gql/sheet", "server/internal/members", "server"},
	"github.com/klauspost/":            {"graph/packed"},
	"github.com/modelcontextprotocol/": {"server/agents"},
	"github.com/parquet-go/":           {"graph/export"},
	"gonum.org/":                       {"graph/importance"},
	"github.com/piprate/":              {"graph/rdf"},
	"github.com/jackc/":                {"graph/store/postgres"},
	"github.com/pressly/":              {"graph/store/postgres"},
	"github.com/xuri/":                 {"graph/table"},
	"net/http":                         {"server", "server/internal/admission", "server/internal/streams", "server/tracing", "server/hosts", "server/agents", "cmd/caspian/internal/client"},
	"os/exec":                          {"graph/store/storetest", "graph/store/postgres/pgtest"}, // runs in tests only
}

// never lists what no package may import, with the reason or the replacement.
var never = map[string]string{
	"github.com/cayleygraph/cayley/graph/kv/bolt": "boltdb fails the race detector's pointer checks",
	"github.com/graphql-go/handler":               "server speaks HTTP",
}

// TestImportOrder checks the imports of every package against order, only and never.
func TestImportOrder(t *testing.T) {
	listed := map[string][]string{}
	for i, o := range order {
		for _, dep := range o.may {
			if !slices.ContainsFunc(order[:i], func(e struct {
				pkg string
				may []string
			}) bool {
				return e.pkg == dep
			}) {
				t.Errorf("%s may import %s, which the order lists after it or not at all", o.pkg, dep)
			}
		}
		listed[o.pkg] = o.may
	}
	for _, dir := range packages(t) {
		may, ok := listed[dir]
		if !ok {
			t.Errorf("the package %s is not in the order; say in deps_test.go what it may import", dir)
			continue
		}
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s; it may import %v", dir, ours, may)
			}
			for prefix, who := range only {
				if strings.HasPrefix(path, prefix) && !slices.Contains(who, dir) {
					t.Errorf("%s imports %s; only %v may", dir, path, who)
				}
			}
			if why := never[path]; why != "" {
				t.Errorf("%s imports %s: %s", dir, path, why)
			}
		}
	}
}

// packages returns the folders with Go files other than tests.
func packages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		// A folder with a go.mod is a separate module.
		if _, err := os.Stat(filepath.Join(path, "go.mod")); d.IsDir() && path != "." && err == nil {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			dirs = append(dirs, filepath.ToSlash(filepath.Dir(path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// TestPackagesSayWhatTheyAreFor: each package has a comment that says what it
// must not know.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, dir := range packages(t) {
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		if p.Doc == "" {
			t.Errorf("the package %s has no comment", dir)
		}
	}
}
