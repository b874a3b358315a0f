package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// recorder accepts every change that its rule allows.
type recorder struct {
	changes []*graph.Change
	refuse  func(ch *graph.Change) error
}

func (r *recorder) Commit(_ context.Context, ch *graph.Change) (*live.Receipt, error) {
	if r.refuse != nil {
		if err := r.refuse(ch); err != nil {
			return nil, err
		}
	}
	r.changes = append(r.changes, ch)
	return &live.Receipt{Seq: graph.Seq(len(r.changes)), Counts: live.Counts{Claims: len(ch.Ops)}}, nil
}

func (r *recorder) Check(ch *graph.Change) (*graph.Result, error) {
	if r.refuse != nil {
		return nil, r.refuse(ch)
	}
	return &graph.Result{}, nil
}

func stream(name, text string) Input {
	return Input{Name: name, Format: codec.JSONLines, opened: func() (io.ReadCloser, error) {
		// Reads return one byte at a time, because a line may arrive in any number of
		// pieces.
		return io.NopCloser(iotest.OneByteReader(strings.NewReader(text))), nil
	}}
}

// TestBatchesEqualWhole divides random files into batches of any size: together they have the
// operations, positions and faults of the whole file.
func TestBatchesEqualWhole(t *testing.T) {
	line := rapid.SampledFrom([]string{
		`{"entity":"a","type":"City"}`, `{"subject":"a","predicate":"name","value":"A","source":"s"}`, "", "   ", "\r",
		`{"entity":"a"`, "\xff", `{"retract":"x"}`,
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, "lines"), "\n")
		if rapid.Bool().Draw(t, "newline at the end") {
			text += "\n"
		}
		var want []graph.Op
		var wantFaults graph.Problems
		err := codec.JSONLines.Decode(context.Background(), "f", strings.NewReader(text), func(op graph.Op) error { want = append(want, op); return nil })
		if err != nil && !errors.As(err, &wantFaults) {
			t.Fatal(err)
		}
		size := rapid.IntRange(1, 12).Draw(t, "batch")
		var got []graph.Op
		var faults graph.Problems
		lr := newLineReader("f", strings.NewReader(text))
		for next := 1; ; {
			b, err := lr.next(context.Background(), size)
			if err != nil {
				t.Fatal(err)
			}
			if b.lines == 0 {
				break
			}
			if b.first != next || b.lines > size {
				t.Fatalf("batch from %d of %d lines, expected from %d", b.first, b.lines, next)
			}
			next += b.lines
			got, faults = append(got, b.ops...), append(faults, b.faults...)
		}
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(faults, wantFaults) {
			t.Fatalf("got %v\n%v\nwant %v\n%v", got, faults, want, wantFaults)
		}
	})
}

func TestLongLines(t *testing.T) {
	long := `{"entity":"` + strings.Repeat("x", 3<<20) + `","type":"City"}`
	text := `{"entity":"a","type":"City"}` + "\n" + long + "\n" + `{"entity":"b","type":"City"}` + "\n" + long
	lr := newLineReader("f", strings.NewReader(text))
	b, err := lr.next(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.ops) != 2 || b.ops[1].Position.Line != 3 || len(b.faults) != 2 || b.faults[0].Position.Line != 2 || b.faults[1].Position.Line != 4 {
		t.Errorf("%v\n%v", b.ops, b.faults)
	}
	if lr.text.Cap() > 4*codec.MaxLine {
		t.Errorf("the long lines were kept: %d bytes", lr.text.Cap())
	}
}

func TestBatchesAreBoundedInBytes(t *testing.T) {
	line := `{"subject":"a","predicate":"name","source":"s","value":"` + strings.Repeat("x", 1000) + `"}` + "\n"
	lr := newLineReader("f", strings.NewReader(strings.Repeat(line, 20000)))
	b, err := lr.next(t.Context(), 1_000_000)
	if err != nil || b.lines == 0 || b.lines >= 20000 {
		t.Errorf("%d lines, %v", b.lines, err)
	}
}

func entities(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "{\"entity\":\"e%d\",\"type\":\"City\"}\n", i)
	}
	return b.String()
}

func TestImportSaysHowToGoOn(t *testing.T) {
	broken := errors.New("the cable is cut")
	down := graph.Errorf(graph.Unavailable, "the store accepts no writes")
	for _, tc := range []struct {
		name   string
		in     Input
		refuse func(*graph.Change) error
		want   []string
		done   int
	}{
		{name: "a fault of form", in: stream("f", entities(1, 5)+"{\n"+entities(6, 9)), done: 4,
			want: []string{"f:6: not well-formed JSON", "f: the lines before 5 are imported"}},
		{name: "a fault at once", in: stream("f", "{\n"), want: []string{"f:1: ", "nothing of f was imported"}},
		{name: "reading fails", in: Input{Name: "f", Format: codec.JSONLines, opened: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(entities(1, 5)), iotest.ErrReader(broken))), nil
		}}, done: 4, want: []string{"reading f: the cable is cut", "the lines before 5 are imported"}},
		{name: "the store fails", in: stream("f", entities(1, 5)), refuse: func(ch *graph.Change) error {
			if ch.Ops[0].Entity.ID == "e3" {
				return down
			}
			return nil
		}, done: 2, want: []string{"the store accepts no writes", "the lines before 3 are imported"}},
		{name: "it cannot be opened", in: Input{Name: "f", Format: codec.JSONLines, opened: func() (io.ReadCloser, error) { return nil, os.ErrPermission }},
			want: []string{"permission denied", "nothing of f was imported"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			to := &recorder{refuse: tc.refuse}
			r, err := Import(t.Context(), to, []Input{tc.in}, Options{Batch: 2})
			var f *Failed
			if !errors.As(err, &f) {
				t.Fatalf("%v", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in\n%v", want, err)
				}
			}
			if r.Operations != tc.done {
				t.Errorf("%d operations were made, want %d", r.Operations, tc.done)
			}
		})
	}
}

func TestImportStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	to := &recorder{refuse: func(*graph.Change) error { cancel(); return ctx.Err() }}
	_, err := Import(ctx, to, []Input{stream("f", entities(1, 5))}, Options{Batch: 2})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "nothing of f was imported") {
		t.Error(err)
	}
}

// TestFaultsAreCounted lists a hundred faults and says how many more there are.
func TestFaultsAreCounted(t *testing.T) {
	_, err := Import(t.Context(), &recorder{}, []Input{stream("f", strings.Repeat("{\n", 250))}, Options{Batch: 60})
	var f *Failed
	if !errors.As(err, &f) || len(f.Problems) != codec.MaxProblems+1 || !strings.Contains(err.Error(), "and 150 more problems") {
		t.Errorf("%d problems\n%v", len(f.Problems), err)
	}
}

// TestLaterClaimsOfFailedEntities are not separate faults.
func TestLaterClaimsOfFailedEntities(t *testing.T) {
	g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"entity":"s","type":"Source"}
{"entity":"a","type":"City"}
{"subject":"a","predicate":"colour","value":"red","source":"s"}
{"entity":"b","type":"City"}
{"subject":"a","predicate":"name","value":"A","source":"s"}
{"subject":"b","predicate":"name","value":"B","source":"nobody"}
`
	_, err = Import(t.Context(), g, []Input{stream("f", text)}, Options{Batch: 1})
	var f *Failed
	if !errors.As(err, &f) || len(f.Problems) != 2 || f.Problems[0].Position.Line != 3 || f.Problems[1].Position.Line != 6 {
		t.Errorf("%v", err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.yaml": "", "a.jsonl": "", "notes.txt": "", "sub/c.yml": ""} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		path   string
		format *codec.Format
		want   string
	}{
		{dir, nil, "a.jsonl b.yaml sub/c.yml"},
		{dir, codec.Seed, "b.yaml sub/c.yml"},
		{dir, codec.NQuads, "error: no file in it has the ending of a format"},
		{filepath.Join(dir, "notes.txt"), nil, "error: the file's name has no known extension"},
		{filepath.Join(dir, "notes.txt"), codec.JSONLines, "notes.txt"},
		{filepath.Join(dir, "notes.txt"), factbook.Entries, "error: the format factbook reads a folder"},
		{filepath.Join(dir, "missing.yaml"), nil, "error: no such file"},
		{Stdin, nil, "standard input"},
	} {
		got := ""
		inputs, err := Find([]string{tc.path}, tc.format, strings.NewReader(""), nil)
		for _, in := range inputs {
			got = strings.TrimSpace(got + " " + strings.TrimPrefix(in.Name, filepath.ToSlash(dir)+"/"))
		}
		if err != nil {
			got = err.Error()
		}
		if want, isError := strings.CutPrefix(tc.want, "error: "); isError != (err != nil) || isError && !strings.Contains(got, want) || !isError && got != tc.want {
			t.Errorf("%s: %q, want %q", tc.path, got, tc.want)
		}
	}
}

// TestManyOperations reads more than fit into a few parts.
func TestManyOperations(t *testing.T) {
	const n = 100_000
	f := &codec.Format{Decode: func(_ context.Context, _ string, _ io.Reader, emit codec.Emit) error {
		for range n {
			if err := emit(graph.Op{}); err != nil {
				return err
			}
		}
		return nil
	}}
	ops, err := Read(t.Context(), []Input{{Format: f, opened: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil }}})
	if err != nil || len(ops) != n {
		t.Errorf("%d operations, %v", len(ops), err)
	}
}
