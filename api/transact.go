package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

func (b *builder) mutation() *graphql.Object {
	return b.object("Mutation", "Everything that changes the graph.", func() []field {
		return []field{{
			name: "transact", typ: must(b.transactResultType()),
			about: "Makes a change, all or nothing. When it answers, the change is durable and every later request reads it.",
			args:  graphql.FieldConfigArgument{"input": {Type: must(b.transactInputType())}},
			read: gql.Binding{
				Prepare: func(args map[string]any) (any, error) { return transactInput(args["input"].(map[string]any)) },
				Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
					s := c.Request.(*Session)
					if s.refusal != nil {
						return gql.Ref{}, false, s.refusal
					}
					r, err := s.transact(c, c.Args.(*transaction))
					return gql.Ref{Obj: r}, err == nil, err
				},
			},
		}}
	})
}

// transaction is a prepared transact. The change is shared by requests and
// must not be changed.
type transaction struct {
	change graph.Change
	dry    bool
}

func (s *Session) transact(c *gql.Call, t *transaction) (*live.Receipt, error) {
	if t.dry {
		res, err := s.api.opts.Graph.Check(&t.change)
		if err != nil {
			return nil, err
		}
		r := &live.Receipt{Seq: s.Seq(), Entities: len(res.Commit.Entities), Claims: len(res.Commit.Claims),
			Retractions: len(res.Commit.Retractions), IDs: res.IDs, Known: res.Known, Notices: res.Notices}
		return r, nil
	}
	r, err := s.api.opts.Graph.Commit(c.Ctx, &t.change)
	if err != nil {
		return nil, s.told(err)
	}
	s.snapshot, s.view = s.api.opts.Graph.Snapshot(), nil
	return r, nil
}

// errNoWrites is what a client learns of a disk that takes no writes.
var errNoWrites = forClients{graph.Errorf(graph.Unavailable,
	"the store takes no writes at present, since its disk is full or its file system read-only; reading goes on, and writing when there is room again")}

// told is what a client learns of a failed commit: all of what it can act on,
// and nothing of what only the operator can.
func (s *Session) told(err error) error {
	var known *graph.Error
	var problems graph.Problems
	switch {
	case errors.As(err, &known):
		full := known.Code == graph.Unavailable && s.api.opts.Graph.Writable() != nil
		if err != error(known) || full { // the whole of it is for the operator
			s.api.opts.Logger.Error("commit_failed", "error", err.Error())
		}
		if full {
			return errNoWrites
		}
		return known
	case errors.As(err, &problems), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	s.api.opts.Logger.Error("commit_failed", "error", err.Error())
	return forClients{graph.Errorf(graph.Internal, "the change could not be written; whether it was, the same change under the same idempotencyKey tells")}
}

func (b *builder) transactInputType() *graphql.InputObject {
	return b.input("TransactInput", "A change of the graph.", func() []inputField {
		return []inputField{
			{"operations", "What to do. Entities are declared before claims are checked.", list(b.operationType())},
			{"idempotencyKey", "Makes the change happen once: the same change under the same key answers with the first one's sequence number.", graphql.String},
			{"ifSequence", "Refuses the change unless the store is at this sequence number.", graphql.Int},
			{"dryRun", "Checks the change and makes none of it.", graphql.Boolean},
		}
	})
}

func (b *builder) operationType() *graphql.InputObject {
	return b.oneOf("Operation", "One operation of a change.", func() []inputField {
		return []inputField{
			{"declare", "Introduces an entity with its type.", b.input("DeclareInput", "", func() []inputField {
				return []inputField{{"id", "", must(graphql.ID)}, {"type", "The name of a concrete type of the ontology.", must(graphql.String)}}
			})},
			{"assert", "States a claim.", b.assertType()},
			{"retract", "Withdraws a claim; knownAt still shows it.", b.input("RetractInput", "", func() []inputField {
				return []inputField{{"claim", "The claim's id.", must(graphql.ID)}, {"reason", "", graphql.String}}
			})},
			{"supersede", "States a claim in place of others, which are withdrawn.", b.input("SupersedeInput", "", func() []inputField {
				return []inputField{{"claims", "The ids of the claims to replace.", list(graphql.ID)}, {"by", "", must(b.assertType())}}
			})},
		}
	})
}

func (b *builder) assertType() *graphql.InputObject {
	return b.input("AssertInput", "A claim. It has either an object or a value.", func() []inputField {
		return []inputField{
			{"subject", "The id of the entity it is about.", must(graphql.ID)},
			{"predicate", "A stored field of the subject's type.", must(graphql.String)},
			{"object", "The id of the entity it states.", graphql.ID},
			{"value", "The literal it states.", valueType},
			{"qualifiers", "What it says besides.", graphql.NewList(must(b.input("QualifierInput", "", func() []inputField {
				return []inputField{{"name", "", must(graphql.String)}, {"value", "A literal, or the id of an entity.", must(valueType)}}
			})))},
			{"valid", "When it holds, as an EDTF interval: 2019-03-20/2022-09-17, 2022/.., /2010, or one date.", graphql.String},
			{"source", "The id of the source that says so.", must(graphql.ID)},
			{"locator", "Where in the source.", graphql.String},
			{"confidence", "From 0 to 1; 1 where it is absent.", graphql.Float},
			{"rank", "", b.rankType()},
			{"attribution", "", b.attributionType()},
			{"attributedTo", "Whom the source reports.", graphql.String},
			{"original", "The form that the source prints.", graphql.String},
			{"conflict", "A group of competing claims.", graphql.String},
			{"note", "A remark.", graphql.String},
		}
	})
}

// transactInput turns the coerced input into a change. Problems of form come
// all at once, each with its path.
func transactInput(in map[string]any) (*transaction, error) {
	t := &transaction{}
	t.dry, _ = in["dryRun"].(bool)
	t.change.Key, _ = in["idempotencyKey"].(string)
	if len(t.change.Key) > 200 {
		return nil, graph.Errorf(graph.BadInput, "input.idempotencyKey has more than 200 bytes")
	}
	if n, ok := in["ifSequence"].(int); ok {
		if n < 0 {
			return nil, graph.Errorf(graph.BadInput, "input.ifSequence: %d is below 0", n)
		}
		seq := graph.Seq(n)
		t.change.IfSeq = &seq
	}
	var ps graph.Problems
	for i, x := range in["operations"].([]any) {
		for kind, body := range x.(map[string]any) {
			at := graph.Position{Path: fmt.Sprintf("operations[%d].%s", i, kind)}
			op, err := operation(kind, body.(map[string]any))
			if err != nil {
				ps = append(ps, graph.Problem{Position: at, Code: graph.BadInput, Message: err.Error()})
				continue
			}
			op.Position = at
			t.change.Ops = append(t.change.Ops, op)
		}
	}
	if ps != nil {
		return nil, ps
	}
	return t, nil
}

func operation(kind string, in map[string]any) (graph.Op, error) {
	text := func(m map[string]any, key string) string { s, _ := m[key].(string); return s }
	switch kind {
	case "declare":
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(text(in, "id")), Type: text(in, "type")}}, nil
	case "retract":
		id, err := graph.ParseClaimID(text(in, "claim"))
		return graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: text(in, "reason")}}, err
	case "supersede":
		c, err := assertion(in["by"].(map[string]any))
		for _, x := range in["claims"].([]any) {
			id, idErr := graph.ParseClaimID(x.(string))
			if idErr != nil {
				return graph.Op{}, idErr
			}
			c.Supersedes = append(c.Supersedes, id)
		}
		if err == nil && len(c.Supersedes) == 0 {
			err = graph.Errorf(graph.BadInput, "claims is empty; to replace nothing, assert")
		}
		return graph.Op{Kind: graph.Assert, Claim: c}, err
	}
	c, err := assertion(in)
	return graph.Op{Kind: graph.Assert, Claim: c}, err
}

func assertion(in map[string]any) (graph.Claim, error) {
	text := func(key string) string { s, _ := in[key].(string); return s }
	c := graph.Claim{
		Subject: graph.ID(text("subject")), Predicate: text("predicate"), Source: graph.ID(text("source")), Locator: text("locator"),
		Confidence: 1, AttributedTo: text("attributedTo"), Original: text("original"), Conflict: text("conflict"), Note: text("note"),
	}
	if x, ok := in["confidence"].(float64); ok {
		c.Confidence = x
	}
	object, hasObject := in["object"].(string)
	value, hasValue := in["value"].(graph.Value)
	switch {
	case hasObject == hasValue:
		return c, graph.Errorf(graph.BadInput, "a claim has either an object (an entity's id) or a value (a literal)")
	case hasObject:
		c.Value = graph.EntityValue(graph.ID(object))
	default:
		c.Value = value
	}
	qs, _ := in["qualifiers"].([]any)
	for _, x := range qs {
		m := x.(map[string]any)
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: m["name"].(string), Value: m["value"].(graph.Value)})
	}
	var err error
	if c.Valid, err = graph.ParseInterval(text("valid")); err != nil {
		return c, err
	}
	if c.Rank, err = graph.ParseRank(text("rank")); err != nil {
		return c, err
	}
	c.Attribution, err = graph.ParseAttribution(text("attribution"))
	return c, err
}

func (b *builder) transactResultType() *graphql.Object {
	leaf := leafOf[live.Receipt]
	number := func(name, about string, read func(r *live.Receipt) int) field {
		return field{name: name, about: about, typ: must(graphql.Int),
			read: leaf(func(r *live.Receipt, dst []byte) []byte { return gql.AppendInt(dst, int64(read(r))) })}
	}
	texts := func(name, about string, typ graphql.Type, read func(r *live.Receipt) []string) field {
		return field{name: name, about: about, typ: list(typ), read: leaf(func(r *live.Receipt, dst []byte) []byte {
			dst = append(dst, '[')
			for i, s := range read(r) {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = gql.AppendString(dst, s)
			}
			return append(dst, ']')
		})}
	}
	return b.object("TransactResult", "The outcome of a change.", func() []field {
		return []field{
			number("sequence", "The sequence number to read at: view.minSequence.", func(r *live.Receipt) int { return int(r.Seq) }),
			number("entities", "How many entities are new.", func(r *live.Receipt) int { return r.Entities }),
			number("claims", "How many claims are new.", func(r *live.Receipt) int { return r.Claims }),
			number("retractions", "How many claims were withdrawn.", func(r *live.Receipt) int { return r.Retractions }),
			number("known", "How many operations changed nothing.", func(r *live.Receipt) int { return r.Known }),
			{name: "replayed", typ: must(graphql.Boolean), about: "Whether the idempotency key was used before.",
				read: leaf(func(r *live.Receipt, dst []byte) []byte { return gql.AppendBool(dst, r.Replayed) })},
			texts("ids", "The ids of the claims stated, in the order of the operations.", graphql.ID, func(r *live.Receipt) []string {
				ids := make([]string, len(r.IDs))
				for i, id := range r.IDs {
					ids[i] = id.String()
				}
				return ids
			}),
			texts("notices", "What a person may want to know.", graphql.String, func(r *live.Receipt) []string {
				list := make([]string, len(r.Notices))
				for i, n := range r.Notices {
					list[i] = n.String()
				}
				return list
			}),
		}
	})
}
