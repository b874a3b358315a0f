package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// Importer sends changes to a running service through its transact mutation. It is an ingest.Target.
type Importer struct {
	ctx     context.Context // for Check, which has no such parameter
	service *Service
	// dry makes Commit only check.
	dry bool
}

// NewImporter returns an Importer whose Check uses ctx. If dry is set, Commit checks and changes nothing.
func NewImporter(ctx context.Context, s *Service, dry bool) *Importer {
	return &Importer{ctx: ctx, service: s, dry: dry}
}

const transactDocument = `mutation Import($input: TransactInput!) {
  transact(input: $input) { sequence entities claims retractions superseded reinstatements merges known replayed import ids notices }
}`

// Commit implements ingest.Target.
func (r *Importer) Commit(ctx context.Context, ch *graph.Change) (*live.Receipt, error) {
	ops, notices := withoutNotices(ch.Ops)
	got, err := r.commit(ctx, ops, ch)
	if err != nil {
		return nil, err
	}
	got.Notices = append(notices, got.Notices...)
	return got, nil
}

// withoutNotices separates the notices from the other operations, because the mutation has none.
func withoutNotices(ops []graph.Op) ([]graph.Op, graph.Problems) {
	var notices graph.Problems
	rest := slices.DeleteFunc(slices.Clone(ops), func(op graph.Op) bool {
		if op.Kind == graph.Notice {
			notices = append(notices, graph.Problem{Position: op.Position, Code: graph.BadInput, Message: op.Notice})
		}
		return op.Kind == graph.Notice
	})
	return rest, notices
}

// commit makes a change of some operations of another change in one request, as a whole or not at all. The change has a
// key, so that it happens once even if it is sent several times. A sync and an undo need no key: sent again, they
// change nothing unless the graph has changed since, and then they should.
func (r *Importer) commit(ctx context.Context, ops []graph.Op, of *graph.Change) (*live.Receipt, error) {
	operations, err := operationsJSON(ops)
	if err != nil {
		return nil, err
	}
	input := map[string]any{"operations": operations}
	if r.dry {
		input["dryRun"] = true
	}
	if im := of.Import; im != nil && im.First != 0 {
		input["import"] = map[string]any{"id": im.First}
	} else if im != nil {
		input["import"] = map[string]any{"label": im.Label, "files": im.Files, "format": im.Format}
	}
	if of.Sync != "" {
		input["sync"] = of.Sync
	}
	if of.Sync == "" && !r.dry && !slices.ContainsFunc(ops, func(op graph.Op) bool { return op.Kind == graph.Undo }) {
		sum := sha256.Sum256(operations)
		input["idempotencyKey"] = "import-" + hex.EncodeToString(sum[:16])
	}
	variables, err := json.Marshal(map[string]any{"input": input})
	if err != nil {
		return nil, err
	}
	got, err := r.service.exchange(ctx, http.MethodPost, answerType, transactDocument, variables)
	switch {
	case err != nil:
		return nil, err
	case !got.isAnswer():
		return nil, got.refusal(r.service.Name)
	}
	return r.receipt(got.body, ops)
}

// Check implements ingest.Target.
func (r *Importer) Check(ch *graph.Change) (*graph.Result, error) {
	dry := *r
	dry.dry = true
	if _, err := dry.Commit(r.ctx, ch); err != nil {
		return nil, err
	}
	return &graph.Result{}, nil
}

// answeredError is an error in the service's answer.
type answeredError struct{ code, message string }

func (a *answeredError) Error() string { return a.message }

// receipt reads the answer to a change of these operations.
func (r *Importer) receipt(body []byte, ops []graph.Op) (*live.Receipt, error) {
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
				Code     string
				Problems []struct{ Code, Message, Place string }
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", r.service.Name, err)
	}
	if len(answer.Errors) > 0 {
		var ps graph.Problems
		for _, p := range answer.Errors[0].Extensions.Problems {
			ps = append(ps, graph.Problem{Position: positionOf(p.Place, ops), Code: graph.Code(p.Code), Message: p.Message})
		}
		if ps != nil {
			return nil, ps
		}
		return nil, &answeredError{answer.Errors[0].Extensions.Code, answer.Errors[0].Message}
	}
	if answer.Data == nil || answer.Data.Transact == nil {
		return nil, fmt.Errorf("the answer of %s has no result", r.service.Name)
	}
	t := answer.Data.Transact
	got := &live.Receipt{Seq: graph.Seq(t.Sequence), Counts: t.Counts, Replayed: t.Replayed, Import: graph.Seq(t.Import)}
	for _, text := range t.IDs {
		id, err := graph.ParseClaimID(text)
		if err != nil {
			return nil, fmt.Errorf("the answer of %s: %w", r.service.Name, err)
		}
		got.IDs = append(got.IDs, id)
	}
	for _, n := range t.Notices {
		at, message, _ := strings.Cut(n, ": ")
		got.Notices = append(got.Notices, graph.Problem{Position: positionOf(at, ops), Message: message})
	}
	return got, nil
}

var operationPath = regexp.MustCompile(`^(?:input\.)?operations\[(\d+)\]`)

// positionOf returns the input's position for the operation that the service identifies by its number.
func positionOf(path string, ops []graph.Op) graph.Position {
	if m := operationPath.FindStringSubmatch(path); m != nil {
		if i, err := strconv.Atoi(m[1]); err == nil && i < len(ops) {
			return ops[i].Position
		}
	}
	return graph.Position{Path: path}
}

// claimInput is the mutation's AssertInput.
type claimInput struct {
	Subject      string           `json:"subject"`
	Predicate    string           `json:"predicate"`
	Object       string           `json:"object,omitempty"`
	None         bool             `json:"none,omitempty"`
	Value        *string          `json:"value,omitempty"`
	Qualifiers   []qualifierInput `json:"qualifiers,omitempty"`
	Valid        string           `json:"valid,omitempty"`
	Source       string           `json:"source"`
	Locator      string           `json:"locator,omitempty"`
	Confidence   float64          `json:"confidence"`
	Rank         string           `json:"rank,omitempty"`
	Attribution  string           `json:"attribution,omitempty"`
	AttributedTo string           `json:"attributedTo,omitempty"`
	Original     string           `json:"original,omitempty"`
	Conflict     string           `json:"conflict,omitempty"`
	Note         string           `json:"note,omitempty"`
}

type qualifierInput struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func inputOf(c *graph.Claim) claimInput {
	in := claimInput{
		Subject: string(c.Subject), Predicate: c.Predicate, Valid: c.Valid.String(), Source: string(c.Source), Locator: c.Locator,
		Confidence: c.Confidence, Rank: c.Rank.String(), Attribution: c.Attribution.String(), AttributedTo: c.AttributedTo,
		Original: c.Original, Conflict: c.Conflict, Note: c.Note,
	}
	if c.Value.Kind() == graph.EntityKind {
		in.Object = string(c.Value.Entity())
	} else if c.Value.Kind() == graph.NoneKind {
		in.None = true
	} else {
		// The service's ontology decides the kind of the value.
		text := c.Value.String()
		in.Value = &text
	}
	for _, q := range c.Qualifiers {
		in.Qualifiers = append(in.Qualifiers, qualifierInput{q.Name, q.Value.String()})
	}
	return in
}

// operationsJSON returns the mutation's list of operations.
func operationsJSON(ops []graph.Op) (json.RawMessage, error) {
	list := make([]map[string]any, len(ops))
	for i := range ops {
		switch op := &ops[i]; op.Kind {
		case graph.Declare:
			list[i] = map[string]any{"declare": map[string]string{"id": string(op.Entity.ID), "type": op.Entity.Type}}
		case graph.Retract:
			list[i] = map[string]any{"retract": map[string]string{"claim": op.Retract.Claim.String(), "reason": op.Retract.Reason}}
		case graph.Reinstate:
			list[i] = map[string]any{"reinstate": map[string]string{"claim": op.Reinstate.Claim.String(), "reason": op.Reinstate.Reason}}
		case graph.Undo:
			undo := map[string]any{"reason": op.Undo.Reason}
			if op.Undo.Import != 0 {
				undo["import"] = op.Undo.Import
			}
			if op.Undo.Source != "" {
				undo["source"] = op.Undo.Source
			}
			list[i] = map[string]any{"undo": undo}
		case graph.Merge:
			list[i] = map[string]any{"merge": map[string]graph.ID{"id": op.Merge.From, "into": op.Merge.Into}}
		case graph.Unmerge:
			list[i] = map[string]any{"unmerge": map[string]graph.ID{"id": op.Merge.From}}
		case graph.Assert:
			if len(op.Claim.Supersedes) == 0 {
				list[i] = map[string]any{"assert": inputOf(&op.Claim)}
				continue
			}
			old := make([]string, len(op.Claim.Supersedes))
			for j, id := range op.Claim.Supersedes {
				old[j] = id.String()
			}
			list[i] = map[string]any{"supersede": map[string]any{"claims": old, "by": inputOf(&op.Claim)}}
		}
	}
	return json.Marshal(list)
}
