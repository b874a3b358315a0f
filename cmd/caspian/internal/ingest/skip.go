package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/table"
)

// withoutFaults leaves out every row that has a fault of form, or that the target would refuse together with
// the other rows. It records these rows and the reasons. It returns a fault that belongs to no row.
func (r *Report) withoutFaults(to Target, ops []graph.Op, err error) ([]graph.Op, error) {
	var form graph.Problems
	if err != nil && !errors.As(err, &form) {
		return ops, err
	}
	r.Skipped = map[string]map[int]bool{}
	for faults := form; ; {
		for _, f := range faults {
			at := f.Position
			if at.File == "" || at.Row == 0 {
				return ops, faults
			}
			if r.Skipped[at.File] == nil {
				r.Skipped[at.File] = map[int]bool{}
			}
			r.Skipped[at.File][at.Row] = true
		}
		r.Faults = append(r.Faults, faults...)
		before := len(ops)
		ops = slices.DeleteFunc(ops, func(op graph.Op) bool { return r.Skipped[op.Position.File][op.Position.Row] })
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

// LeftOut returns the number of rows that were left out.
func (r *Report) LeftOut() (n int) {
	for _, lines := range r.Skipped {
		n += len(lines)
	}
	return n
}

// Quarantine writes the table rows that were left out to one file, which the mapping can read too.
func (r *Report) Quarantine(ctx context.Context, inputs []Input, m *codec.Mapping, w io.Writer) error {
	var out *table.Copy // the copy for the rows of all tables
	for i := range inputs {
		in := &inputs[i]
		rows := r.Skipped[in.Name]
		if len(rows) == 0 {
			continue
		}
		if out == nil {
			var err error
			if out, err = m.NewCopy(w, in.Name); err != nil {
				return err
			}
		}
		stream, err := in.open()
		if err != nil {
			return fmt.Errorf("opening %s again: %w", in.Name, err)
		}
		ok, err := m.Copy(ctx, in.Name, stream, func(row int) bool { return rows[row] }, out)
		if err := errors.Join(err, stream.Close()); err != nil {
			return err
		}
		if !ok {
			return graph.Errorf(graph.BadInput, "%s: only rows of tables can be written to a separate file; correct the subjects in their document", in.Name)
		}
	}
	if out == nil {
		return nil
	}
	return out.Flush()
}
