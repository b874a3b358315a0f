package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// remote puts changes into a running service through its transact mutation. It
// is an intake.Target.
type remote struct {
	ctx context.Context // of Check, which takes none
	*service
	// dry makes Commit check only.
	dry bool
}

const transactDocument = `mutation Import($input: TransactInput!) {
  transact(input: $input) { sequence entities claims retractions known replayed notices }
}`

// attempts is how often a change is sent while the service cannot be reached.
// Its key makes it happen once.
const attempts = 3

// Commit implements intake.Target.
func (r *remote) Commit(ctx context.Context, ch *graph.Change) (*live.Receipt, error) {
	operations, err := operationsJSON(ch.Ops)
	if err != nil {
		return nil, err
	}
	input := map[string]any{"operations": operations}
	if r.dry {
		input["dryRun"] = true
	} else {
		sum := sha256.Sum256(operations)
		input["idempotencyKey"] = "import-" + hex.EncodeToString(sum[:16])
	}
	variables, err := json.Marshal(map[string]any{"input": input})
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		got, err := r.transact(ctx, variables, ch.Ops)
		var answered *answeredError
		var ps graph.Problems
		if err == nil || errors.As(err, &answered) && answered.code != string(graph.Unavailable) || errors.As(err, &ps) || attempt == attempts {
			return got, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(time.Duration(attempt) * time.Second):
		}
	}
}

// Check implements intake.Target.
func (r *remote) Check(ch *graph.Change) (*graph.Result, error) {
	dry := *r
	dry.dry = true
	if _, err := dry.Commit(r.ctx, ch); err != nil {
		return nil, err
	}
	return &graph.Result{}, nil
}

// answeredError is an error that the service told.
type answeredError struct{ code, message string }

func (a *answeredError) Error() string { return a.message }

func (r *remote) transact(ctx context.Context, variables []byte, ops []graph.Op) (*live.Receipt, error) {
	body, err := r.ask(ctx, transactDocument, variables)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data *struct {
			Transact *struct {
				Sequence                             uint64
				Entities, Claims, Retractions, Known int
				Replayed                             bool
				Notices                              []string
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
		return nil, fmt.Errorf("reading the answer of %s: %w", r.url, err)
	}
	if len(answer.Errors) > 0 {
		var ps graph.Problems
		for _, p := range answer.Errors[0].Extensions.Problems {
			ps = append(ps, graph.Problem{Place: placeOf(p.Place, ops), Code: graph.Code(p.Code), Message: p.Message})
		}
		if ps != nil {
			return nil, ps
		}
		return nil, &answeredError{answer.Errors[0].Extensions.Code, answer.Errors[0].Message}
	}
	if answer.Data == nil || answer.Data.Transact == nil {
		return nil, fmt.Errorf("the answer of %s has no result", r.url)
	}
	t := answer.Data.Transact
	got := &live.Receipt{Seq: graph.Seq(t.Sequence), Entities: t.Entities, Claims: t.Claims, Retractions: t.Retractions, Known: t.Known, Replayed: t.Replayed}
	for _, n := range t.Notices {
		at, message, _ := strings.Cut(n, ": ")
		got.Notices = append(got.Notices, graph.Problem{Place: placeOf(at, ops), Message: message})
	}
	return got, nil
}

var operationPath = regexp.MustCompile(`^(?:input\.)?operations\[(\d+)\]`)

// placeOf is the place in the input of what the service names by its number.
func placeOf(path string, ops []graph.Op) graph.Place {
	if m := operationPath.FindStringSubmatch(path); m != nil {
		if i, err := strconv.Atoi(m[1]); err == nil && i < len(ops) {
			return ops[i].Place
		}
	}
	return graph.Place{Path: path}
}

// claimInput is the mutation's AssertInput.
type claimInput struct {
	Subject      string           `json:"subject"`
	Predicate    string           `json:"predicate"`
	Object       string           `json:"object,omitempty"`
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
	} else {
		// The ontology there decides what the text is, as it does here.
		text := c.Value.String()
		in.Value = &text
	}
	for _, q := range c.Qualifiers {
		in.Qualifiers = append(in.Qualifiers, qualifierInput{q.Name, q.Value.String()})
	}
	return in
}

// operationsJSON is the mutation's list of operations.
func operationsJSON(ops []graph.Op) (json.RawMessage, error) {
	list := make([]map[string]any, len(ops))
	for i := range ops {
		switch op := &ops[i]; op.Kind {
		case graph.Declare:
			list[i] = map[string]any{"declare": map[string]string{"id": string(op.Entity.ID), "type": op.Entity.Type}}
		case graph.Retract:
			list[i] = map[string]any{"retract": map[string]string{"claim": op.Retract.Claim.String(), "reason": op.Retract.Reason}}
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
