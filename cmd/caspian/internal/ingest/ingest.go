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

// Target takes changes: a *live.Graph, or a service elsewhere.
type Target interface {
	Commit(ctx context.Context, ch *graph.Change) (*live.Receipt, error)
	// Check checks a change against the graph and commits nothing.
	Check(ch *graph.Change) (*graph.Result, error)
}

// Options say how to import.
type Options struct {
	// Batch is how many lines of a line format make one change; 0 is 1000.
	Batch int
	// Sync, where not empty, is a source of which the inputs state everything (graph.Change.Sync).
	// They are one change then, also JSON lines.
	Sync graph.ID
	// Label says in a few words what the import is.
	Label string
	// Skip leaves out the rows with faults of inputs that are not JSON lines, instead of refusing everything.
	Skip bool
	// Progress, where not nil, is called after each batch.
	Progress func(input string, r *Report)
}

const defaultBatch = 1000

// Report is what an import did, up to its end or its failure.
type Report struct {
	Seq graph.Seq `json:"sequence"`
	// Import is the import by which the graph lists what this one did; 0 where it changed nothing.
	Import      graph.Seq `json:"import,omitempty"`
	Entities    int       `json:"entities"`
	Claims      int       `json:"claims"`
	Retractions int       `json:"retractions"`
	// Reinstatements counts the withdrawn claims that hold again.
	Reinstatements int `json:"reinstatements"`
	// Known counts the operations that changed nothing.
	Known int `json:"known"`
	// Operations counts all of them.
	Operations int `json:"operations"`
	// Skipped are the rows that were left out, by the names of their inputs, and Faults why.
	Skipped map[string]map[int]bool `json:"-"`
	Faults  graph.Problems          `json:"-"`
	// Notices are the first notices, MoreNotices counts the rest.
	Notices     graph.Problems `json:"-"`
	MoreNotices int            `json:"-"`

	as graph.Import // of the next change
}

func (r *Report) add(ops int, got *live.Receipt) {
	r.Seq, r.Operations = got.Seq, r.Operations+ops
	if got.Import != 0 {
		r.Import, r.as.First = got.Import, got.Import
	}
	r.Entities += got.Entities
	r.Claims += got.Claims
	r.Retractions += got.Retractions
	r.Reinstatements += got.Reinstatements
	r.Known += got.Known
	for _, n := range got.Notices {
		if len(r.Notices) < codec.MaxProblems {
			r.Notices = append(r.Notices, n)
		} else {
			r.MoreNotices++
		}
	}
}

// change makes a change of the import.
func (r *Report) change(ops []graph.Op, sync graph.ID) *graph.Change {
	as := r.as
	return &graph.Change{Ops: ops, Sync: sync, Import: &as}
}

// Failed is an import that did not complete: because of problems, another cause,
// or both.
type Failed struct {
	// Problems are the faults found in the batch that failed and after it.
	Problems graph.Problems
	// Cause is another error that ended it, or nil.
	Cause error
	// Resume says what is in the graph and how to continue.
	Resume string
}

func (f *Failed) Error() string {
	parts := []string{f.Resume}
	if f.Cause != nil {
		parts = append([]string{f.Cause.Error()}, parts...)
	}
	if len(f.Problems) > 0 {
		parts = append([]string{f.Problems.Error()}, parts...)
	}
	return strings.Join(parts, "\n")
}

// Unwrap returns the cause.
func (f *Failed) Unwrap() error { return f.Cause }

// partial is the error of a Target that committed a part of a change.
type partial interface {
	error
	// Committed returns the receipt of that part and how many operations it has.
	Committed() (*live.Receipt, int)
}

// addPart adds the committed part of a change to the report, and describes it.
func (r *Report) addPart(err error, ops int) string {
	var p partial
	if !errors.As(err, &p) {
		return ""
	}
	receipt, done := p.Committed()
	r.add(done, receipt)
	return fmt.Sprintf("%d of %d operations are imported; correct the input and run the same import again: what is known changes nothing", done, ops)
}

// Import puts the inputs into the target: JSON lines in batches, input by
// input, everything else together as one change before them. The error is a
// *Failed.
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

// Fill is Import into an empty graph, for which Fills must hold: everything that Import
// would have committed becomes durable together at its end. wrap, if not nil, wraps the
// target. If it is interrupted, or the store fails, nothing is imported.
func Fill(ctx context.Context, g *live.Graph, wrap func(Target) Target, inputs []Input, o Options) (*Report, error) {
	var r *Report
	var failed error
	err := g.Fill(ctx, func(filling *live.Filling) error {
		to := Target(filling)
		if wrap != nil {
			to = wrap(to)
		}
		// What precedes a fault of the input is imported all the same.
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
	case errors.As(err, &form):
		// The well-formed operations are checked as well, so that all faults are reported at
		// once.
		form = inOrder(append(form, faultsOf(to, ops)...))
		return &Failed{Problems: form, Resume: nothing}
	case err != nil:
		return &Failed{Cause: err, Resume: "nothing was imported"}
	}
	ops = distinct(ops)
	got, err := to.Commit(ctx, r.change(ops, o.Sync))
	if err != nil {
		return failed(err, cmp.Or(r.addPart(err, len(ops)), nothing))
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
	errors.As(err, &ps) // another error would say nothing about the input
	return ps
}

// inOrder puts problems in the order of their positions.
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
	defer stream.Close() // a fault at closing does not change what was read
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
		if part := r.addPart(err, len(b.ops)); part != "" {
			return failed(err, fmt.Sprintf("%s: the lines before %d are imported, and from there on %s", in.Name, b.first, part))
		}
		switch {
		case errors.As(err, &ps):
			return checkRest(to, in, lr, b, nil)
		case err != nil:
			return &Failed{Cause: err, Resume: resume(in.Name, b.first)}
		}
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

// checkRest checks the batch that failed and all after it, and imports nothing more.
func checkRest(to Target, in *Input, lr *ahead, b batch, faults graph.Problems) error {
	f := &Failed{Problems: faults, Resume: resume(in.Name, b.first)}
	// Later claims may be about entities that the batches not imported declare.
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
		f.Problems = append(f.Problems, graph.Problem{Code: graph.BadInput, Message: fmt.Sprintf("and %d more problems", more)})
	}
	return f
}
