package api

import (
	"context"
	"errors"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

func (b *builder) mutation() *graphql.Object {
	return b.Object("Mutation", "Everything that changes the graph.", func() []output.Field {
		return []output.Field{{
			Name: "transact", Type: output.Must(b.transactResultType()),
			About: "Makes a change, whole or not at all. When it returns, the change is durable, and every later request reads it.",
			Args:  graphql.FieldConfigArgument{"input": {Type: output.Must(b.TransactType()), Description: "The change."}},
			Read: gql.Binding{
				Prepare: func(args map[string]any) (any, error) { return input.ReadTransaction(args["input"].(map[string]any)) },
				Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
					s := c.Request.(*Session)
					if s.refusal != nil {
						return gql.Ref{}, false, s.refusal
					}
					r, err := s.transact(c, c.Args.(*input.Transaction))
					return gql.Ref{Obj: r}, err == nil, err
				},
			},
		}}
	})
}

func (s *Session) transact(c *gql.Call, t *input.Transaction) (*live.Receipt, error) {
	if t.DryRun {
		return s.reader.graph.Try(&t.Change)
	}
	r, err := s.reader.graph.Commit(c.Ctx, &t.Change)
	if err != nil {
		return nil, s.commitError(err)
	}
	s.snapshot, s.view, s.last = s.reader.graph.Snapshot(), nil, lastView{}
	return r, nil
}

// errNoWrites is the error that a client gets while the disk accepts no writes.
var errNoWrites = forClients{graph.Errorf(graph.Unavailable,
	"the store cannot write, since its disk is full or its file system is read-only; queries still work, and writes will when there is room again")}

// commitError returns the error that a client gets when a commit fails: it has what the client can
// act on. The rest is for the operator and is logged.
func (s *Session) commitError(err error) error {
	var known *graph.Error
	var problems graph.Problems
	switch {
	case errors.As(err, &known):
		full := known.Code == graph.Unavailable && s.reader.graph.Writable() != nil
		if err != error(known) || full { // all of the text is for the operator
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
	return forClients{graph.Errorf(graph.Internal, "the write failed, and it is not known whether the change was recorded; send the same change with the same idempotencyKey to find out")}
}

func (b *builder) transactResultType() *graphql.Object {
	leaf := output.LeafOf[live.Receipt]
	number := output.Number[live.Receipt]
	texts := func(name, about string, typ graphql.Type, read func(r *live.Receipt) []string) output.Field {
		return output.Field{Name: name, About: about, Type: output.List(typ), Read: leaf(func(r *live.Receipt, dst []byte) []byte {
			return appendTexts(dst, read(r))
		})}
	}
	return b.Object("TransactResult", "The outcome of a change.", func() []output.Field {
		return []output.Field{
			number("sequence", "The sequence number from which the change can be read: a value for view.minSequence.", func(r *live.Receipt) int { return int(r.Seq) }),
			{Name: "bookmark", Type: output.Must(graphql.String), About: "Names that state of the store, at all of its nodes: a value for view.bookmark and for the header Caspian-Bookmark.",
				Read: gql.Binding{Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					s := c.Request.(*Session)
					return gql.AppendString(dst, s.reader.graph.Bookmark(s.snapshot, src.Obj.(*live.Receipt).Seq).String()), nil
				}}},
			number("entities", "The number of new entities.", func(r *live.Receipt) int { return r.Entities }),
			number("claims", "The number of new claims.", func(r *live.Receipt) int { return r.Claims }),
			number("retractions", "The number of claims withdrawn.", func(r *live.Receipt) int { return r.Retractions }),
			number("superseded", "The number of the claims withdrawn whose place another claim took.", func(r *live.Receipt) int { return r.Superseded }),
			number("reinstatements", "The number of withdrawn claims that hold again.", func(r *live.Receipt) int { return r.Reinstatements }),
			number("merges", "The number of entities merged into others, or no longer merged.", func(r *live.Receipt) int { return r.Merges }),
			number("known", "The number of operations that changed nothing, since the graph had it already.", func(r *live.Receipt) int { return r.Known }),
			{Name: "replayed", Type: output.Must(graphql.Boolean), About: "Whether the change had been made before with the same idempotency key.",
				Read: leaf(func(r *live.Receipt, dst []byte) []byte { return gql.AppendBool(dst, r.Replayed) })},
			{Name: "import", Type: graphql.Int, About: "The number of the import that the change is part of; null for none.", Read: leaf(func(r *live.Receipt, dst []byte) []byte {
				if r.Import != 0 {
					dst = gql.AppendInt(dst, int64(r.Import))
				}
				return dst
			})},
			texts("ids", "The ids of the claims stated, in the order of the operations.", graphql.ID, func(r *live.Receipt) []string {
				ids := make([]string, len(r.IDs))
				for i, id := range r.IDs {
					ids[i] = id.String()
				}
				return ids
			}),
			texts("notices", "What is worth knowing about the change and does not prevent it, one sentence each.", graphql.String, func(r *live.Receipt) []string {
				list := make([]string, len(r.Notices))
				for i, n := range r.Notices {
					list[i] = n.String()
				}
				return list
			}),
		}
	})
}
