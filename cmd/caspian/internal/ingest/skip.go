package ingest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// withoutFaults leaves out every line that has a fault of form, or that the target would refuse
// together with the lines that are left, and notes which and why. A fault that is on no line of an
// input is returned.
func (r *Report) withoutFaults(to Target, ops []graph.Op, err error) ([]graph.Op, error) {
	var form graph.Problems
	if err != nil && !errors.As(err, &form) {
		return ops, err
	}
	r.Skipped = map[string]map[int]bool{}
	for faults := form; ; {
		for _, f := range faults {
			at := f.Position
			if at.File == "" || at.Line == 0 {
				return ops, faults
			}
			if r.Skipped[at.File] == nil {
				r.Skipped[at.File] = map[int]bool{}
			}
			r.Skipped[at.File][at.Line] = true
		}
		r.Faults = append(r.Faults, faults...)
		before := len(ops)
		ops = slices.DeleteFunc(ops, func(op graph.Op) bool { return r.Skipped[op.Position.File][op.Position.Line] })
		if faults = faultsOf(to, ops); len(faults) == 0 {
			r.Faults = inOrder(r.Faults)
			return ops, nil
		}
		if len(ops) == before && len(form) == 0 {
			return ops, faults
		}
		form = nil
	}
}

// Rows counts the lines that were left out.
func (r *Report) Rows() (n int) {
	for _, lines := range r.Skipped {
		n += len(lines)
	}
	return n
}

// Quarantine writes the lines of tables that were left out, each table with its first line. The
// mapping is that of the tables.
func (r *Report) Quarantine(ctx context.Context, inputs []Input, m *codec.Mapping, w io.Writer) error {
	out := csv.NewWriter(w)
	for i := range inputs {
		in := &inputs[i]
		lines := r.Skipped[in.Name]
		if len(lines) == 0 {
			continue
		}
		stream, err := in.open()
		if err != nil {
			return fmt.Errorf("opening %s again: %w", in.Name, err)
		}
		table := codec.Table{Name: in.Name, Separator: m.Separator(in.Name)}
		out.Comma = table.Separator
		err = table.Each(ctx, stream, nil, func(at graph.Position, cells []string, ps *codec.Faults) bool {
			if table.Head != nil {
				_ = out.Write(table.Head) // Flush keeps the error
				table.Head = nil
			}
			if lines[at.Line] {
				_ = out.Write(cells)
			}
			return true
		})
		if err := errors.Join(err, stream.Close()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
