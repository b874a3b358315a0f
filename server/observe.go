package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
)

// execute runs one request and notes what became of it. Notes never hold a variable's
// value, nor the document, which may have values in it: the document's hash tells which it
// was to whoever has the document.
func (s *Server) execute(ctx context.Context, session Session, req *api.Request) *gql.Response {
	start := time.Now()
	res := session.Execute(ctx, req)
	took := time.Since(start)
	s.note(ctx, session, req, res, took)
	s.opts.Tracer.operation(ctx, res, session.Seq(), start, took)
	return res
}

// subscribe is execute for streams: it notes what has one answer only.
func (s *Server) subscribe(ctx context.Context, session Session, req *api.Request, f api.Follow) (*api.Subscription, *gql.Response) {
	start := time.Now()
	sub, res := session.Subscribe(ctx, req, f)
	if sub == nil {
		s.note(ctx, session, req, res, time.Since(start))
	}
	return sub, res
}

// note counts and logs one executed request.
func (s *Server) note(ctx context.Context, session Session, req *api.Request, res *gql.Response, took time.Duration) {
	s.metrics.executed(res, took)
	slow := s.opts.Slow > 0 && took >= s.opts.Slow
	level, message := slog.LevelDebug, "graphql_request"
	if slow {
		s.metrics.slow.Add(1)
		level, message = slog.LevelWarn, "slow_graphql_request"
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, message,
		slog.String("operation", res.Operation),
		slog.String("name", short(res.OperationName)),
		slog.String("document", hashOf(req.Query)),
		slog.Int("cost", res.Cost),
		slog.Duration("duration", took),
		slog.Int("bytes", len(res.Body)),
		slog.Int("errors", res.Errors),
		slog.String("code", res.Code),
		slog.Bool("cached_plan", res.CacheHit),
		slog.Uint64("sequence", uint64(session.Seq())),
	)
}

// maxName bounds the operation names in notes; clients choose them.
const maxName = 100

func short(name string) string { return name[:min(len(name), maxName)] }
