package streams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

// operations are the operations that share a connection, by the ids that the client chose. The
// connection takes one place, and each operation except the first another.
type operations struct {
	streams   *Streams
	transport int // index of Metrics.Subscribers
	to        resultSink
	ctx       context.Context // its end ends all operations
	cancel    context.CancelFunc
	running   sync.WaitGroup

	mu    sync.Mutex // guards byID and ended
	byID  map[string]*operation
	ended bool // no operation may be added
}

// resultSink is the connection that sends the results of operations. It must be safe for concurrent
// use.
type resultSink interface {
	next(id string, payload []byte) error
	complete(id string) error
	// refuse ends an operation that was refused, with the JSON list of its errors.
	refuse(id string, errors json.RawMessage) error
	// fail ends the connection after a fault of the server.
	fail()
}

func newOperations(ctx context.Context, s *Streams, transport int, to resultSink) *operations {
	o := &operations{streams: s, transport: transport, to: to, byID: map[string]*operation{}}
	o.ctx, o.cancel = context.WithCancel(ctx)
	return o
}

// end ends all operations, waits for them, and refuses new ones.
func (o *operations) end() {
	o.cancel()
	o.mu.Lock()
	o.ended = true
	o.mu.Unlock()
	o.running.Wait()
}

// operation is one operation of a connection, from its request to its end.
type operation struct {
	all    *operations
	id     string
	ctx    context.Context
	cancel context.CancelFunc
	place  bool                // it takes a place in addition to the connection's
	quota  admission.BodyQuota // the quota for its request, if the request has no other
}

var (
	errExists = errors.New("there is an operation of that id")
	errEnded  = errors.New("the connection has ended")
)

// add adds an operation. It fails with errExists, errEnded, or a Refusal if there is no room. The
// caller must call done.
func (o *operations) add(id string) (*operation, error) {
	most := o.streams.opts.MaxOperations
	o.mu.Lock()
	defer o.mu.Unlock()
	op := &operation{all: o, id: id}
	switch n := len(o.byID); {
	case o.ended:
		return nil, errEnded
	case o.byID[id] != nil:
		return nil, errExists
	case n >= most:
		return nil, full("a connection holds at most %d operations at once; complete some, or open another", most)
	case n > 0:
		if bad := o.streams.places.enter(); bad != nil {
			return nil, bad
		}
		op.place = true
	}
	op.ctx, op.cancel = context.WithCancel(o.ctx)
	o.byID[id] = op
	o.running.Add(1)
	return op, nil
}

// remove removes an id and returns its operation. It returns nil if the id has none, or if op is
// not nil and not that operation.
func (o *operations) remove(id string, op *operation) *operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	have := o.byID[id]
	if have == nil || op != nil && have != op {
		return nil
	}
	delete(o.byID, id)
	if have.place {
		o.streams.places.leave()
	}
	return have
}

// complete ends the operation with an id because the client wants no more results.
func (o *operations) complete(id string) {
	if op := o.remove(id, nil); op != nil {
		op.cancel()
	}
}

// done releases the resources of the operation.
func (op *operation) done() {
	op.cancel()
	op.quota.GiveBack()
	op.all.remove(op.id, op)
	op.all.running.Done()
}

// carry starts an operation, sends its results, and ends it.
func (op *operation) carry(start func() (Subscription, *gql.Response)) {
	s := op.all.streams
	defer op.done()
	defer op.contain()
	sub, res := start()
	if sub == nil {
		op.answer(res)
		return
	}
	open := s.opts.Metrics.Subscribers[op.all.transport]
	open.Inc()
	defer open.Dec()
	if s.follow(op.ctx, sub, op) == nil {
		op.last(func() error { return op.all.to.complete(op.id) })
	}
}

// contain recovers from a panic in the operation's goroutine.
func (op *operation) contain() {
	if p := recover(); p != nil {
		op.all.streams.opts.Logger.Error("panic", "operation", op.id, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
		op.all.to.fail()
	}
}

// answer sends the single result of a query or mutation, or its errors.
func (op *operation) answer(res *gql.Response) {
	defer res.Release()
	if !res.RequestError {
		if op.next(res, 0) == nil {
			op.last(func() error { return op.all.to.complete(op.id) })
		}
		return
	}
	var body struct {
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(res.Body, &body); err != nil {
		panic(err) // cannot fail: the engine writes JSON
	}
	op.last(func() error { return op.all.to.refuse(op.id, body.Errors) })
}

// last sends the last message of the operation, unless the client has completed it. It frees the id
// before the client can read that message.
func (op *operation) last(send func() error) {
	if op.all.remove(op.id, op) != nil {
		_ = send() // the end of the connection reports an error
	}
}

func (op *operation) next(res *gql.Response, _ uint64) error {
	return op.all.to.next(op.id, res.Body)
}

// quiet does nothing, because the connection has one heartbeat for all operations.
func (op *operation) quiet(uint64) error { return nil }
