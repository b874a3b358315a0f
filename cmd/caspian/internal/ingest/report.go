package ingest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
)

// Report is what an import did, up to its end or its failure.
type Report struct {
	// Seq is the sequence number of the graph after it.
	Seq graph.Seq `json:"sequence"`
	// Import is the import by which the graph lists what this one did; 0 where it changed nothing.
	Import graph.Seq `json:"import,omitempty"`
	// Rows counts the rows of tables and the lines of JSON lines that were read, those left out included.
	Rows int `json:"rows"`
	live.Counts
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
	r.Counts.Add(got.Counts)
	for _, n := range got.Notices {
		if len(r.Notices) < codec.MaxProblems {
			r.Notices = append(r.Notices, n)
		} else {
			r.MoreNotices++
		}
	}
}

// change returns a change that records the operations as part of this import.
func (r *Report) change(ops []graph.Op, sync graph.ID) *graph.Change {
	as := r.as
	return &graph.Change{Ops: ops, Sync: sync, Import: &as}
}

// count counts the rows of which the operations are; those of one row follow each other.
func (r *Report) count(ops []graph.Op) {
	r.Rows += r.LeftOut()
	last := graph.Position{}
	for i := range ops {
		if at := &ops[i].Position; at.Row > 0 && (at.Row != last.Row || at.File != last.File) {
			r.Rows, last = r.Rows+1, *at
		}
	}
}

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

// Outcome is a report for machines, with what went wrong. docs/importing.md describes its fields.
type Outcome struct {
	*Report
	DryRun bool `json:"dryRun"`
	// Complete reports that nothing went wrong, apart from rows that were to be left out.
	Complete bool `json:"complete"`
	// LeftOut counts the rows with faults that were left out.
	LeftOut int `json:"leftOut"`
	// Faults are those that are listed, and ByKind counts them by their codes; MoreFaults are not listed.
	Faults     []Fault            `json:"faults"`
	ByKind     map[graph.Code]int `json:"faultsByKind"`
	MoreFaults int                `json:"moreFaults"`
	// Notices are the first notices; MoreNotices are not listed.
	Notices     []Fault `json:"notices"`
	MoreNotices int     `json:"moreNotices"`
	// Error is another reason why it is not complete, and Resume says what is imported and how to continue.
	Error  string `json:"error,omitempty"`
	Resume string `json:"resume,omitempty"`
}

// Fault is one fault of an input, or a notice, with its place; what is unknown of it is left out.
type Fault struct {
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
	Column  int        `json:"column,omitempty"`
	Row     int        `json:"row,omitempty"`
	Path    string     `json:"path,omitempty"`
	Kind    graph.Code `json:"kind,omitempty"`
	Message string     `json:"message"`
}

// Outcome is the outcome of an import that ended with the error.
func (r *Report) Outcome(err error, dry bool) *Outcome {
	o := &Outcome{Report: r, DryRun: dry, Complete: err == nil, LeftOut: r.LeftOut(), Faults: []Fault{}, ByKind: map[graph.Code]int{}, Notices: []Fault{}, MoreNotices: r.MoreNotices}
	problems := r.Faults
	var f *Failed
	switch {
	case errors.As(err, &f):
		problems = append(problems[:len(problems):len(problems)], f.Problems...)
		o.Resume = f.Resume
		if f.Cause != nil {
			o.Error = f.Cause.Error()
		}
	case err != nil:
		o.Error = err.Error()
	}
	for _, p := range problems {
		if p.More > 0 {
			o.MoreFaults += p.More
			continue
		}
		o.Faults = append(o.Faults, faultOf(p))
		o.ByKind[p.Code]++
	}
	for _, n := range r.Notices {
		o.Notices = append(o.Notices, faultOf(n))
	}
	return o
}

func faultOf(p graph.Problem) Fault {
	at := p.Position
	return Fault{at.File, at.Line, at.Column, at.Row, at.Path, p.Code, p.Message}
}
