package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/documents"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/tracing"
)

// execute runs, counts and logs one request, which began at start. The log never contains the
// values of variables, or the document, which may contain values. It contains the document's hash,
// which identifies the document to those who have it.
func (s *Server) execute(ctx context.Context, slot *admission.Slot, session Session, req *operation.Request, start time.Time) *gql.Response {
	req.Pauser, req.SlowAfter = slot, s.opts.Slow
	res := session.Execute(ctx, req)
	if slot.Refused {
		res.Release()
		res = shedResponse()
	}
	took := time.Since(start)
	s.record(ctx, session.Seq(), req, res, took)
	s.opts.Tracer.Operation(ctx, req.Query, res, session.Seq(), start).Executed(res, start.Add(took))
	return res
}

// subscription adds a span to a subscription. It implements streams.Subscription.
type subscription struct {
	operation.Subscription
	span *tracing.Span
}

// Ended implements streams.Subscription.
func (s *subscription) Ended(events int, code string) { s.span.Followed(events, code, time.Now()) }

// subscribe does the work of execute for a subscription, which it counts when it begins. An operation with a
// single answer returns a response instead.
func (s *Server) subscribe(ctx context.Context, slot *admission.Slot, session Session, req *operation.Request, f operation.Follow) (*subscription, *gql.Response) {
	start := time.Now()
	seq := session.Seq()
	req.Pauser = slot
	sub, res := session.Subscribe(ctx, req, f)
	if sub == nil && slot.Refused {
		res.Release()
		res = shedResponse()
	}
	took := time.Since(start)
	if sub == nil {
		s.record(ctx, session.Seq(), req, res, took)
		s.opts.Tracer.Operation(ctx, req.Query, res, session.Seq(), start).Executed(res, start.Add(took))
		return nil, res
	}
	begun := &gql.Response{Operation: "subscription"}
	begun.OperationName, begun.Cost = sub.Operation()
	s.record(ctx, seq, req, begun, took)
	return &subscription{sub, s.opts.Tracer.Operation(ctx, req.Query, begun, seq, start)}, nil
}

// record counts and logs one executed request, or one subscription that has begun.
func (s *Server) record(ctx context.Context, seq graph.Seq, req *operation.Request, res *gql.Response, took time.Duration) {
	s.metrics.Executed(res, took)
	slow := s.opts.Slow > 0 && took >= s.opts.Slow
	level, message := slog.LevelDebug, "graphql_request"
	if slow {
		s.metrics.Slow.Inc()
		level, message = slog.LevelWarn, "slow_graphql_request"
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, message,
		slog.String("operation", res.Operation),
		slog.String("name", short(res.OperationName)),
		slog.String("document", documents.HashOf(req.Query)),
		slog.Int("cost", res.Cost),
		slog.Duration("duration", took),
		slog.Int("bytes", len(res.Body)),
		slog.Int("errors", res.Errors),
		slog.String("code", res.Code),
		slog.Bool("cached_plan", res.CacheHit),
		slog.Uint64("sequence", uint64(seq)),
		slog.String("plan", req.SlowPlan), // of a slow request
	)
}

// maxName bounds the length of operation names in the log, because clients choose them.
const maxName = 100

func short(name string) string { return name[:min(len(name), maxName)] }
