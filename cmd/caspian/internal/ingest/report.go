package ingest

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
)

// Report is the result of an import, complete or not.
type Report struct {
	// Seq is the sequence number of the graph after the import.
	Seq graph.Seq `json:"sequence"`
	// Import is the number under which the graph lists this import, or 0 if it changed nothing.
	Import graph.Seq `json:"import,omitempty"`
	// Rows counts the rows of tables and the lines of JSON lines that were read, including those left out.
	Rows int `json:"rows"`
	live.Counts
	// Operations is the number of all operations.
	Operations int `json:"operations"`
	// Skipped has the numbers of the rows that were left out, by the names of their inputs. Faults has the
	// reasons.
	Skipped map[string]map[int]bool `json:"-"`
	Faults  graph.Problems          `json:"-"`
	// Notices has the first notices, and MoreNotices counts the others.
	Notices     graph.Problems `json:"-"`
	MoreNotices int            `json:"-"`
	// Preview is what the first rows of a table become, if it was asked for.
	Preview []Shown `json:"preview,omitempty"`
	// Undecided is the number of names about which a person has to decide. Review is the review file with them and
	// with the decisions there were.
	Undecided int    `json:"undecided,omitempty"`
	Review    string `json:"review,omitempty"`

	as graph.Import // the import of the next change
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

// count counts the rows of the operations. The operations of a row must be adjacent.
func (r *Report) count(ops []graph.Op) {
	r.Rows += r.LeftOut()
	last := graph.Position{}
	for i := range ops {
		if at := &ops[i].Position; at.Row > 0 && (at.Row != last.Row || at.File != last.File) {
			r.Rows, last = r.Rows+1, *at
		}
	}
}

// Failed is the error of an import that did not complete, because of problems, of another cause, or of both.
type Failed struct {
	// Problems are the faults in the batch that failed and in later ones.
	Problems graph.Problems
	// Cause is another error that ended the import, or nil.
	Cause error
	// Resume says which part is in the graph and how to continue.
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

// Outcome is a report for programs, which also says what went wrong. docs/importing.md describes its fields.
type Outcome struct {
	*Report
	DryRun bool `json:"dryRun"`
	// Complete is true if nothing went wrong. Rows that were left out on request do not count.
	Complete bool `json:"complete"`
	// LeftOut is the number of rows with faults that were left out.
	LeftOut int `json:"leftOut"`
	// LeftOutRows has the numbers of these rows by the names of their files.
	LeftOutRows map[string][]int `json:"leftOutRows,omitempty"`
	// Faults lists the first faults, and MoreFaults counts the others. ByKind counts all listed faults by code.
	Faults     []Fault            `json:"faults"`
	ByKind     map[graph.Code]int `json:"faultsByKind"`
	MoreFaults int                `json:"moreFaults"`
	// Notices has the first notices, and MoreNotices counts the others.
	Notices     []Fault `json:"notices"`
	MoreNotices int     `json:"moreNotices"`
	// Error is another reason why the import is not complete. Resume says which part is imported and how to
	// continue.
	Error  string `json:"error,omitempty"`
	Resume string `json:"resume,omitempty"`
}

// Fault is a fault of an input, or a notice, with its place. Unknown parts of the place are left out.
type Fault struct {
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
	Column  int        `json:"column,omitempty"`
	Row     int        `json:"row,omitempty"`
	Path    string     `json:"path,omitempty"`
	Kind    graph.Code `json:"kind,omitempty"`
	Message string     `json:"message"`
}

// Outcome returns the outcome of an import that ended with the error.
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
	for name, rows := range r.Skipped {
		if o.LeftOutRows == nil {
			o.LeftOutRows = map[string][]int{}
		}
		o.LeftOutRows[name] = slices.Sorted(maps.Keys(rows))
	}
	return o
}

// Result is the report and the error of which this is the outcome, as far as it has them.
func (o *Outcome) Result() (*Report, error) {
	r := o.Report
	r.MoreNotices = o.MoreNotices
	for i := range o.Notices {
		r.Notices = append(r.Notices, o.Notices[i].problem())
	}
	for name, rows := range o.LeftOutRows {
		if r.Skipped == nil {
			r.Skipped = map[string]map[int]bool{}
		}
		r.Skipped[name] = map[int]bool{}
		for _, n := range rows {
			r.Skipped[name][n] = true
		}
	}
	f := &Failed{Resume: o.Resume}
	for i := range o.Faults {
		if p := o.Faults[i].problem(); r.Skipped[p.Position.File][p.Position.Row] {
			r.Faults = append(r.Faults, p)
		} else {
			f.Problems = append(f.Problems, p)
		}
	}
	if o.MoreFaults > 0 && len(f.Problems) > 0 {
		f.Problems = append(f.Problems, graph.MoreProblems(o.MoreFaults))
	} else if o.MoreFaults > 0 {
		r.Faults = append(r.Faults, graph.MoreProblems(o.MoreFaults))
	}
	if o.Complete {
		return r, nil
	}
	if o.Error != "" {
		f.Cause = errors.New(o.Error)
	}
	return r, f
}

func (f *Fault) problem() graph.Problem {
	return graph.Problem{Position: graph.Position{File: f.File, Line: f.Line, Column: f.Column, Row: f.Row, Path: f.Path}, Code: f.Kind, Message: f.Message}
}

func faultOf(p graph.Problem) Fault {
	at := p.Position
	return Fault{at.File, at.Line, at.Column, at.Row, at.Path, p.Code, p.Message}
}
