package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/streams"
)

// Live configures how changes are followed, over any transport. The zero value works.
type Live = streams.Limits

// Defaults of Live.
const (
	DefaultMaxSubscribers     = 20_000
	DefaultMaxBehind          = 20_000
	DefaultHeartbeat          = 15 * time.Second
	DefaultWriteTimeout       = 10 * time.Second
	DefaultInitTimeout        = 5 * time.Second
	DefaultMaxOperations      = 100
	DefaultMaxReservations    = 1000
	DefaultReservationTimeout = 10 * time.Second
	DefaultMaxLive            = 64 << 20
)

func withDefaults(l Live) Live {
	set(&l.MaxSubscribers, DefaultMaxSubscribers)
	set(&l.MaxBehind, DefaultMaxBehind)
	set(&l.MaxOperations, DefaultMaxOperations)
	set(&l.Heartbeat, DefaultHeartbeat)
	set(&l.WriteTimeout, DefaultWriteTimeout)
	set(&l.InitTimeout, DefaultInitTimeout)
	set(&l.MaxReservations, DefaultMaxReservations)
	set(&l.ReservationTimeout, DefaultReservationTimeout)
	set(&l.MaxLive, DefaultMaxLive)
	return l
}

// refuseStream answers a request that package streams refused. A nil refusal means that the package
// has answered it.
func refuseStream(w http.ResponseWriter, bad *streams.Refusal) {
	if bad == nil {
		return
	}
	if bad.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(bad.RetryAfter))
	}
	writeError(w, usualStatus(bad.Code), jsonType, bad.Code, bad.Message)
}

// starter returns the function that starts, in a separate slot, an operation received over a socket
// or a reserved stream.
func (s *Server) starter(b *Backend, req *operation.Request) streams.Start {
	return func(ctx context.Context) (streams.Subscription, *gql.Response) {
		slot := s.admission.Slot()
		if err := slot.Enter(ctx, s.lane(req)); err != nil {
			s.metrics.Refused(codes.Overloaded)
			return nil, shedResponse()
		}
		defer slot.Leave()
		return s.begin(ctx, &slot, b, b.Begin(), req, nil)
	}
}

// begin starts an operation in a slot that the caller has entered. It returns a response for an
// operation that has a single answer.
func (s *Server) begin(ctx context.Context, slot *admission.Slot, b *Backend, session Session, req *operation.Request, after *graph.Seq) (streams.Subscription, *gql.Response) {
	ctx, done := context.WithTimeout(ctx, s.opts.Timeout)
	defer done()
	if live, refusal := session.Live(req); live || refusal != nil {
		return s.beginLive(ctx, slot, b, req, refusal)
	}
	sub, res := s.subscribe(ctx, slot, session, req, operation.Follow{MaxBehind: s.opts.Live.MaxBehind, After: after})
	if sub == nil {
		return nil, res
	}
	return sub, nil
}
