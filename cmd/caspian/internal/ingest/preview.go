package ingest

import (
	"context"
	"errors"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// Shown is one operation of a preview.
type Shown struct {
	Line       int    `json:"line"`
	Entity     string `json:"entity"`
	Field      string `json:"field"`
	Value      string `json:"value"`
	Qualifiers string `json:"qualifiers,omitempty"`
	Valid      string `json:"valid,omitempty"`
	Locator    string `json:"locator,omitempty"`
}

// previewed is how many rows a preview shows.
const previewed = 3

var errShown = errors.New("enough rows are shown")

// Preview returns the operations that the first rows of the first input become. It ignores faults, which the import reports.
func Preview(ctx context.Context, inputs []Input) ([]Shown, error) {
	var list []Shown
	if len(inputs) == 0 || inputs[0].Name == StandardInput {
		return nil, nil
	}
	rows := map[int]bool{}
	err := inputs[0].Decode(ctx, func(op graph.Op) error {
		if rows[op.Position.Row] = true; len(rows) > previewed {
			return errShown
		}
		if op.Kind == graph.Declare {
			list = append(list, Shown{Line: op.Position.Line, Entity: string(op.Entity.ID), Field: "type", Value: op.Entity.Type})
			return nil
		}
		c := &op.Claim
		var qualifiers []string
		for _, q := range c.Qualifiers {
			qualifiers = append(qualifiers, q.Name+" "+q.Value.String())
		}
		list = append(list, Shown{op.Position.Line, string(c.Subject), c.Predicate, c.Value.String(), strings.Join(qualifiers, ", "), c.Valid.String(), c.Locator})
		return nil
	})
	var faults graph.Problems
	if err != nil && !errors.Is(err, errShown) && !errors.As(err, &faults) {
		return nil, err
	}
	return list, nil
}
