package gql

import (
	"context"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// Subscription is a running subscription. It starts no goroutine: Next does the work in the
// caller's goroutine. Only one goroutine may use it at a time.
type Subscription struct {
	e      *Engine
	req    *Request
	plan   *plan
	vars   value.Variables
	events <-chan Ref
	info   Response // operation and name, for the response to every event
}

// Operation returns the name of the operation, empty if it has none, and the estimated cost of each
// event.
func (s *Subscription) Operation() (name string, cost int) {
	return s.info.OperationName, s.info.Cost
}

// Subscribe starts a subscription. The context governs the whole stream: when it is done,
// Next ends and the binder's Stream must stop sending. A refused request, a query or a
// mutation has a single answer, which is returned as a Response instead of a Subscription;
// exactly one of the two is not nil.
func (e *Engine) Subscribe(ctx context.Context, req *Request) (sub *Subscription, resp *Response) {
	defer e.guard(&resp)
	r := e.newRun()
	r.begin(req)
	p, err := e.ready(ctx, r, req)
	if err != nil {
		return nil, r.refused(req, err)
	}
	if p.op.Operation != ast.Subscription {
		return nil, r.execute(ctx, req, p, req.Root)
	}
	if err := e.tooLong(req); err != nil {
		return nil, r.refused(req, err)
	}
	s := &Subscription{e: e, req: req, plan: p, info: r.resp}
	s.vars.AddAll(&r.vars)
	if fail := s.open(ctx, r); fail != nil {
		// The specification makes a failed source stream a request error with a path.
		code, _ := fail.Extensions["code"].(string)
		return nil, r.refused(req, &failure.Refusal{Code: code, Errors: []failure.Error{*fail}})
	}
	r.release()
	return s, nil
}

// tooLong refuses an operation that is longer than what may be held as long as its client likes.
func (e *Engine) tooLong(req *Request) *failure.Refusal {
	n := len(req.Query) + len(req.Variables)
	if n <= e.limits.SubscriptionBytes {
		return nil
	}
	return failure.OverLimit(codes.LimitSubscription, "the length in bytes of the subscription and its variables", e.limits.SubscriptionBytes, n)
}

// Repeats reports whether the operation is a query that has the directive, by which it asks to be
// answered again and again. One that is too long to be held meanwhile is refused, as subscriptions are.
// A document that is not valid has none.
func (e *Engine) Repeats(req *Request, directive string) (bool, *Response) {
	if !strings.Contains(req.Query, directive) {
		return false, nil
	}
	entry, _, err := e.lookUp(req.Query, nil)
	if err != nil {
		return false, nil
	}
	op, err := choose(entry, req.OperationName)
	if err != nil || op.def.Operation != ast.Query || op.def.Directives.ForName(directive) == nil {
		return false, nil
	}
	if err := e.tooLong(req); err != nil {
		return false, e.newRun().refused(req, err)
	}
	return true, nil
}

// open opens the event stream of the root field, the only field of the operation.
func (s *Subscription) open(ctx context.Context, r *run) (fail *failure.Error) {
	f := &s.plan.root.fields[0] // validation permits only one root field
	r.call.Ctx, r.call.Request = ctx, s.req.Value
	defer func() {
		if p := recover(); p != nil {
			s.e.reportPanic(f.def, p)
			fail = internalError(f)
			fail.Path = r.pathTo(f)
		}
	}()
	if !r.dynamicArgs(f) {
		return &r.errs[len(r.errs)-1]
	}
	if f.slot < 0 {
		r.call.Args = f.args
	}
	var err error
	if s.events, err = f.binding.Stream(&r.call, s.req.Root); err == nil && s.events == nil {
		err = fmt.Errorf("field %s.%s gave no event stream", f.def.Parent.Name, f.def.Name)
	}
	if err != nil {
		e := fieldError(r.e.clientError(err), "", f.positions(), r.pathTo(f))
		return &e
	}
	return nil
}

// Next waits for an event and returns its response. ok is false if the stream has ended, or if ctx
// or the subscription's context is done. The caller must release the response before the next call,
// or leave it to the garbage collector.
func (s *Subscription) Next(ctx context.Context) (resp *Response, ok bool) {
	var root Ref
	select {
	case <-ctx.Done():
		return nil, false
	case ref, more := <-s.events:
		if !more {
			return nil, false
		}
		root = ref
	}
	ok = true
	defer s.e.guard(&resp)
	r := s.e.newRun()
	r.begin(s.req)
	r.vars.AddAll(&s.vars)
	r.resp.Operation, r.resp.OperationName, r.resp.CacheHit = s.info.Operation, s.info.OperationName, s.info.CacheHit
	if err := r.checkCost(s.plan); err != nil {
		return r.refused(s.req, err), true
	}
	return r.execute(ctx, s.req, s.plan, root), true
}
