package codec

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/caspian-kg/caspian/graph"
)

var updateBad = flag.Bool("update-bad", false, "write the messages of testdata/*/bad.txt again")

func decode(f *Format, name, text string) ([]graph.Op, error) {
	var ops []graph.Op
	err := f.Decode(context.Background(), name, strings.NewReader(text), func(op graph.Op) error {
		ops = append(ops, op)
		return nil
	})
	return ops, err
}

// TestBadInput: each case of testdata/<format>/bad.txt gives its messages, each
// with file and line.
func TestBadInput(t *testing.T) {
	for _, c := range []struct {
		format *Format
		name   string
	}{{Seed, "x.yaml"}, {JSONLines, "x.jsonl"}} {
		path := "testdata/" + c.format.Name + "/bad.txt"
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, f := range ar.Files {
			if name, ok := strings.CutSuffix(f.Name, " | want"); ok {
				want[name] = string(f.Data)
			}
		}
		out := &txtar.Archive{Comment: ar.Comment}
		for _, f := range ar.Files {
			if strings.HasSuffix(f.Name, " | want") {
				continue
			}
			got := ""
			t.Run(c.format.Name+": "+f.Name, func(t *testing.T) {
				for range 3 { // in the same order each time
					_, err := decode(c.format, c.name, string(f.Data))
					var ps graph.Problems
					if !errors.As(err, &ps) {
						t.Fatalf("accepted, or another error: %v", err)
					}
					if got = ps.Error() + "\n"; got != want[f.Name] && !*updateBad {
						t.Fatalf("got:\n%swant:\n%s", got, want[f.Name])
					}
					for _, p := range ps {
						if p.Position.File != c.name || p.Position.Line < 1 || p.Position.Line > strings.Count(string(f.Data), "\n")+1 || p.Code == "" {
							t.Errorf("no place or no code: %#v", p)
						}
					}
				}
				if lines := strings.Count(string(f.Data), "\n"); c.format == JSONLines && strings.Count(got, "\n") != lines {
					t.Errorf("%d lines give\n%s", lines, got)
				}
			})
			out.Files = append(out.Files, f, txtar.File{Name: f.Name + " | want", Data: []byte(got)})
		}
		if *updateBad {
			if err := os.WriteFile(path, txtar.Format(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
