package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
)

// Target accepts changes, as a *live.Graph does.
type Target interface {
	Commit(ctx context.Context, ch *graph.Change) (*live.Receipt, error)
	// Check checks a change against the graph and commits nothing.
	Check(ch *graph.Change) (*graph.Result, error)
}

// Options configures an import.
type Options struct {
	// Batch is how many lines of a line format become one change; 0 means 1000.
	Batch int
	// Sync, if not empty, is the id of a source whose claims the inputs state completely (graph.Change.Sync).
	// The inputs, even JSON lines, then become one change.
	Sync graph.ID
	// Label describes the import in a few words.
	Label string
	// Skip leaves out rows with faults instead of refusing everything. It does not apply to JSON lines.
	Skip bool
	// Progress, if not nil, is called after each batch.
	Progress func(input string, r *Report)
}

const defaultBatch = 1000

// Import imports the inputs into the target. JSON lines become batches, input by input. Before them, all other
// inputs together become one change. The error is a *Failed.
func Import(ctx context.Context, to Target, inputs []Input, o Options) (*Report, error) {
	if o.Batch <= 0 {
		o.Batch = defaultBatch
	}
	var whole, lines []Input
	for _, in := range inputs {
		if in.Format == codec.JSONLines && o.Sync == "" {
			lines = append(lines, in)
		} else {
			whole = append(whole, in)
		}
	}
	r := &Report{as: graph.Import{Label: o.Label, Files: clipLabel(baseNames(inputs)), Format: formatsOf(inputs)}}
	if len(whole) > 0 {
		if err := importWhole(ctx, to, whole, o, r); err != nil {
			return r, err
		}
		if o.Progress != nil {
			o.Progress(Names(whole), r)
		}
	}
	for i := range lines {
		if err := importLines(ctx, to, &lines[i], o, r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Fill imports into an empty graph, for which Fills must return true. The operations of Import become durable
// together at the end. If Fill is interrupted, or the store fails, nothing is imported. wrap, if not nil, wraps
// the target.
func Fill(ctx context.Context, g *live.Graph, wrap func(Target) Target, inputs []Input, o Options) (*Report, error) {
	var r *Report
	var failed error
	err := g.Fill(ctx, func(filling *live.Filling) error {
		to := Target(filling)
		if wrap != nil {
			to = wrap(to)
		}
		// The operations before a fault of the input are imported.
		r, failed = Import(ctx, to, inputs, o)
		return ctx.Err()
	})
	if err != nil {
		return &Report{}, &Failed{Cause: err, Resume: "nothing of " + Names(inputs) + " was imported; run the same import again"}
	}
	return r, failed
}

func importWhole(ctx context.Context, to Target, inputs []Input, o Options, r *Report) error {
	const nothing = "nothing was imported; correct the input and import it again"
	ops, err := Read(ctx, inputs)
	if o.Skip {
		ops, err = r.withoutFaults(to, ops, err)
	}
	var form graph.Problems
	switch {
	case o.Skip && errors.As(err, &form): // they belong to no row
		return &Failed{Problems: form, Resume: nothing}
	case errors.As(err, &form):
		// The well-formed operations are checked too, so that all faults are reported at once.
		form = inOrder(append(form, faultsOf(to, ops)...))
		return &Failed{Problems: form, Resume: nothing}
	case err != nil:
		return &Failed{Cause: err, Resume: "nothing was imported"}
	}
	r.count(ops)
	ops = distinct(ops)
	got, err := to.Commit(ctx, r.change(ops, o.Sync))
	if err != nil {
		return failed(err, nothing)
	}
	r.add(len(ops), got)
	return nil
}

func failed(err error, resume string) *Failed {
	var ps graph.Problems
	if errors.As(err, &ps) {
		return &Failed{Problems: ps, Resume: resume}
	}
	return &Failed{Cause: err, Resume: resume}
}

// faultsOf returns the problems of a change that will not be committed.
func faultsOf(to Target, ops []graph.Op) graph.Problems {
	_, err := to.Check(&graph.Change{Ops: ops})
	var ps graph.Problems
	errors.As(err, &ps) // any other error is not about the input
	return ps
}

// inOrder sorts problems by position.
func inOrder(ps graph.Problems) graph.Problems {
	slices.SortStableFunc(ps, func(a, b graph.Problem) int {
		return cmp.Or(strings.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	return ps
}

func importLines(ctx context.Context, to Target, in *Input, o Options, r *Report) error {
	stream, err := in.open()
	if err != nil {
		return &Failed{Cause: fmt.Errorf("opening %s: %w", in.Name, err), Resume: "nothing of " + in.Name + " was imported"}
	}
	defer stream.Close() // an error of closing does not change what was read
	lr := readAhead(ctx, newLineReader(in.Name, stream), o.Batch)
	defer lr.stop()
	for {
		b, err := lr.next()
		if err != nil {
			return &Failed{Cause: err, Resume: resume(in.Name, b.first)}
		}
		if b.lines == 0 {
			return nil
		}
		if len(b.faults) > 0 {
			return checkRest(to, in, lr, b, graph.Problems(b.faults))
		}
		got, err := to.Commit(ctx, r.change(b.ops, ""))
		var ps graph.Problems
		switch {
		case errors.As(err, &ps):
			return checkRest(to, in, lr, b, nil)
		case err != nil:
			return &Failed{Cause: err, Resume: resume(in.Name, b.first)}
		}
		r.Rows += b.lines
		r.add(len(b.ops), got)
		if o.Progress != nil {
			o.Progress(in.Name, r)
		}
	}
}

func resume(name string, first int) string {
	if first == 1 {
		return "nothing of " + name + " was imported; correct it and run the same import again"
	}
	return fmt.Sprintf("%s: the lines before %d are imported, nothing from there on; correct the input and run the same import again: lines that are known change nothing", name, first)
}

// checkRest checks the batch that failed and all later batches, and imports none of them.
func checkRest(to Target, in *Input, lr *ahead, b batch, faults graph.Problems) error {
	f := &Failed{Problems: faults, Resume: resume(in.Name, b.first)}
	// Later claims may be about entities that the batches without import declare.
	var declared []graph.Op
	more := 0
	for {
		ops := append(declared[:len(declared):len(declared)], b.ops...)
		f.Problems = append(f.Problems, faultsOf(to, ops)...)
		if n := len(f.Problems) - codec.MaxProblems; n > 0 {
			more += n
			f.Problems = f.Problems[:codec.MaxProblems]
		}
		for _, op := range b.ops {
			if op.Kind == graph.Declare {
				declared = append(declared, op)
			}
		}
		var err error
		if b, err = lr.next(); err != nil {
			f.Cause = err
			return f
		}
		if b.lines == 0 {
			break
		}
		f.Problems = append(f.Problems, b.faults...)
	}
	inOrder(f.Problems)
	if more > 0 {
		f.Problems = append(f.Problems, graph.MoreProblems(more))
	}
	return f
}
