package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

const transactDocument = `mutation Change($input: TransactInput!) {
  transact(input: $input) { sequence entities claims retractions superseded reinstatements merges known replayed import ids notices }
}`

// Change makes a change of one operation, an undo, a merge or its end, by the mutation transact. If dry is set, the service only says
// what the change would do. A merge has a key, so that it happens once even if it is sent several times. An undo needs no
// key: sent again, it changes nothing unless the graph has changed since, and then it should.
func (s *Service) Change(ctx context.Context, op graph.Op, dry bool) (*live.Receipt, error) {
	operations, err := json.Marshal([]any{operationOf(&op)})
	if err != nil {
		return nil, err
	}
	input := map[string]any{"operations": json.RawMessage(operations)}
	if dry {
		input["dryRun"] = true
	} else if op.Kind != graph.Undo {
		sum := sha256.Sum256(operations)
		input["idempotencyKey"] = "import-" + hex.EncodeToString(sum[:16])
	}
	variables, err := json.Marshal(map[string]any{"input": input})
	if err != nil {
		return nil, err
	}
	got, err := s.exchange(ctx, http.MethodPost, answerType, transactDocument, variables)
	switch {
	case err != nil:
		return nil, err
	case !got.isAnswer():
		return nil, got.refusal(s.Name)
	}
	return s.receipt(got.body)
}

// operationOf returns the operation in the form of the mutation.
func operationOf(op *graph.Op) any {
	switch op.Kind {
	case graph.Undo:
		undo := map[string]any{"reason": op.Undo.Reason}
		if op.Undo.Import != 0 {
			undo["import"] = op.Undo.Import
		}
		if op.Undo.Source != "" {
			undo["source"] = op.Undo.Source
		}
		return map[string]any{"undo": undo}
	case graph.Merge:
		return map[string]any{"merge": map[string]graph.ID{"id": op.Merge.From, "into": op.Merge.Into}}
	case graph.Unmerge:
		return map[string]any{"unmerge": map[string]graph.ID{"id": op.Merge.From}}
	}
	panic(fmt.Sprintf("client: a change has an operation of kind %v", op.Kind))
}

// receipt reads the answer to a change.
func (s *Service) receipt(body []byte) (*live.Receipt, error) {
	var answer struct {
		Data *struct {
			Transact *struct {
				Sequence uint64
				live.Counts
				Replayed     bool
				Import       uint64
				IDs, Notices []string
			}
		}
		Errors []struct {
			Message    string
			Extensions struct {
				Problems []struct{ Code, Message, Place string }
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", s.Name, err)
	}
	if len(answer.Errors) > 0 {
		var ps graph.Problems
		for _, p := range answer.Errors[0].Extensions.Problems {
			ps = append(ps, graph.Problem{Position: positionOf(p.Place), Code: graph.Code(p.Code), Message: p.Message})
		}
		if ps != nil {
			return nil, ps
		}
		return nil, errors.New(answer.Errors[0].Message)
	}
	if answer.Data == nil || answer.Data.Transact == nil {
		return nil, fmt.Errorf("the answer of %s has no result", s.Name)
	}
	t := answer.Data.Transact
	got := &live.Receipt{Seq: graph.Seq(t.Sequence), Counts: t.Counts, Replayed: t.Replayed, Import: graph.Seq(t.Import)}
	for _, text := range t.IDs {
		id, err := graph.ParseClaimID(text)
		if err != nil {
			return nil, fmt.Errorf("the answer of %s: %w", s.Name, err)
		}
		got.IDs = append(got.IDs, id)
	}
	for _, n := range t.Notices {
		at, message, _ := strings.Cut(n, ": ")
		got.Notices = append(got.Notices, graph.Problem{Position: positionOf(at), Message: message})
	}
	return got, nil
}

var theOperation = regexp.MustCompile(`^(?:input\.)?operations\[\d+\]`)

// positionOf returns the position of a fault. That of the only operation says nothing to a user who named no operations.
func positionOf(path string) graph.Position {
	if theOperation.MatchString(path) {
		return graph.Position{}
	}
	return graph.Position{Path: path}
}
