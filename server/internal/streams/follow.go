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

// slowReader is the code in traces for a subscription that ended because its client did not read.
const slowReader = "slow_reader"

// eventSink receives the events of one subscription.
type eventSink interface {
	// next sends the answer to one event.
	next(res *gql.Response, after uint64) error
	// quiet is called when there was no event for Limits.Heartbeat.
	quiet(after uint64) error
}

// follow sends the events of a subscription until it ends, the context ends, or the client stops
// reading. It returns nil only if the subscription ended.
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

// event waits until few enough events are being answered, and answers the next event. It returns
// nil if ctx ended first.
func (s *Streams) event(ctx context.Context, sub Subscription) *gql.Response {
	select {
	case s.opts.Admission.Events <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	defer func() { <-s.opts.Admission.Events }() // even after a panic
	run, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	return sub.Answer(run)
}
