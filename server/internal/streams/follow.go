package streams

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// slowReader is what traces call the end of a subscription whose client did not read.
const slowReader = "slow_reader"

// eventSink is where the events of one subscription go.
type eventSink interface {
	// next sends the answer to one event.
	next(res *gql.Response, after uint64) error
	// quiet is called when nothing happened for a while.
	quiet(after uint64) error
}

// follow sends the events of a subscription until it ends, the context is done, or the
// client takes no more. It returns nil only if the subscription ended.
func (s *Streams) follow(ctx context.Context, sub Subscription, to eventSink) (err error) {
	events, code := 0, ""
	defer func() {
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
			code = slowReader
		}
		sub.Ended(events, code)
	}()
	for {
		wait, cancel := context.WithTimeout(ctx, s.opts.Heartbeat)
		err := sub.Wait(wait)
		cancel()
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			if err := to.quiet(uint64(sub.After())); err != nil {
				return err
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		default:
			return err
		}
		res := s.event(ctx, sub)
		if res == nil {
			return ctx.Err()
		}
		s.opts.Metrics.Fields(res)
		lagged := sub.Lagged()
		err = to.next(res, uint64(sub.After()))
		res.Release()
		if err != nil {
			return err
		}
		events++
		s.opts.Metrics.Events.Inc()
		if lagged {
			code = string(codes.SubscriptionBehind)
			s.opts.Metrics.Dropped[metrics.Lagged].Inc()
		}
	}
}

// event answers the next event once there is room for it among those being answered. It
// returns nil if ctx ended before.
func (s *Streams) event(ctx context.Context, sub Subscription) *gql.Response {
	select {
	case s.opts.Admission.Events <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	defer func() { <-s.opts.Admission.Events }() // in a panic too
	run, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	return sub.Answer(run)
}
