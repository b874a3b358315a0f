package gql

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// Engine executes documents over one schema. It is safe for concurrent use and starts no
// goroutine.
type Engine struct {
	schema      *typesys.Schema
	readers     readers
	limits      Limits
	sdl         string
	cache       *planCache
	workloads   []string
	onPanic     func(field string, value any, stack []byte)
	clientError func(error) error
	runs        sync.Pool
	output      atomic.Int64 // bytes counted by held, over all responses
}

// New builds an engine. The error lists every fault of the configuration.
func New(cfg Config) (*Engine, error) {
	s, readers, err := buildSchema(&cfg)
	if err != nil {
		return nil, fmt.Errorf("gql: schema: %w", err)
	}
	e := &Engine{schema: s, readers: readers, limits: cfg.Limits.withDefaults(), workloads: slices.Clone(cfg.Workloads), onPanic: cfg.OnPanic, clientError: cfg.ClientError, sdl: printSDL(s)}
	// The printed schema must be valid by itself, because clients generate code from it.
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: e.sdl}); err != nil {
		return nil, fmt.Errorf("gql: schema: %w", err)
	}
	for _, t := range s.Types {
		t.Silent = e.limits.NoIntrospection
	}
	if e.clientError == nil {
		e.clientError = func(err error) error { return err }
	}
	e.cache = newPlanCache(e.limits.PlanCacheBytes)
	return e, nil
}

// SDL returns the schema in the schema definition language, sorted by name. The same schema always
// prints the same bytes.
func (e *Engine) SDL() string { return e.sdl }

// Request is one GraphQL request.
type Request struct {
	// Query is the document.
	Query string
	// OperationName chooses among several operations.
	OperationName string
	// Variables is a JSON object; empty and null mean none.
	Variables json.RawMessage
	// Root is the root value of the operation.
	Root Ref
	// Value reaches readers as Call.Request.
	Value any
	// AllowMutation permits mutations. A server leaves it false for HTTP GET.
	AllowMutation bool
	// Timed fills Response.Timing.
	Timed bool
	// Extensions appends the response's extensions, a JSON object. It is called last, when the rest
	// of the response is known. If it is nil or appends nothing, the response has no extensions.
	Extensions func(r *Response, dst []byte) []byte
}

// Response is the answer to one request.
type Response struct {
	// Body is the JSON of the response. It is valid until Release.
	Body []byte
	// HasData says that the response has a data entry, which may be null.
	HasData bool
	// DataNull says that data is present and null.
	DataNull bool
	// RequestError says that the request was refused before execution.
	RequestError bool
	// Code is the extensions.code of a refused or aborted request, empty otherwise.
	Code string
	// Errors is the number of errors, including those beyond Limits.Errors.
	Errors int
	// Operation is "query", "mutation" or "subscription"; it is empty if the operation is
	// unknown.
	Operation string
	// OperationName is the name of the operation chosen, empty if it has none.
	OperationName string
	// Cost is the request's estimated cost, see Limits.Cost.
	Cost int
	// CacheHit says that the plan was compiled before.
	CacheHit bool
	// Timing says where the time went, or nil if Request.Timed is false. It is valid
	// until Release.
	Timing *Timing

	run *run
}

// Release returns the response's memory to the engine and its bytes to Limits.OutputTotal. Neither
// the response nor its Body may be used afterwards. Calling Release is optional; it saves the next
// response an allocation.
func (r *Response) Release() {
	if x := r.run; x != nil && x.busy {
		x.release()
	}
}

const (
	keepBuffer = 1 << 20 // bytes of capacity above which buffers are not reused
	keepRefs   = 1 << 13
)

func (e *Engine) newRun() *run {
	if r, _ := e.runs.Get().(*run); r != nil {
		r.busy = true
		return r
	}
	r := &run{e: e, busy: true, mark: e.shortAnswer()}
	r.resp.run = r
	return r
}

func (r *run) release() {
	e := r.e
	if cap(r.buf) > keepBuffer {
		r.buf = nil
	}
	for i, l := range r.lists {
		if cap(l) > keepRefs {
			r.lists[i] = nil
			continue
		}
		clear(l[:cap(l)]) // else the pool would keep old snapshots alive
		r.lists[i] = l[:0]
	}
	for i := range r.slots {
		r.slots[i].forget()
	}
	r.vars.Reset()
	clear(r.errs)
	r.held.giveBack()
	r.forget()
	*r = run{e: e, written: r.written, buf: r.buf[:0], path: r.path[:0], lists: r.lists, slots: r.slots[:0], vars: r.vars, errs: r.errs[:0], timing: r.timing, mark: e.shortAnswer()}
	r.resp.run = r
	e.runs.Put(r)
}

// Execute runs one query or mutation. It never panics and never returns nil.
func (e *Engine) Execute(ctx context.Context, req *Request) (resp *Response) {
	defer e.guard(&resp)
	r := e.newRun()
	r.begin(req)
	p, err := e.ready(ctx, r, req)
	if err == nil && p.op.Operation == ast.Subscription {
		err = failure.Refuse(codes.SubscriptionNotSupported, "Subscriptions are answered as a stream: use the streaming endpoint.")
	}
	if err != nil {
		return r.refused(req, err)
	}
	return r.execute(ctx, req, p, req.Root)
}

// guard turns a panic outside of any field (in Items or Extensions, or in the engine itself)
// into a refusal. The run is not reused, since its state is unknown.
func (e *Engine) guard(resp **Response) {
	p := recover()
	if p == nil {
		return
	}
	if e.onPanic != nil {
		e.onPanic("", p, debug.Stack())
	}
	*resp = e.newRun().refused(&Request{}, failure.Refuse(codes.Internal, "Internal error: it has been reported."))
}

// ready finds or builds the plan of a request and its variables.
func (e *Engine) ready(ctx context.Context, r *run, req *Request) (*plan, *failure.Refusal) {
	entry, cached, err := e.lookUp(req.Query, r.resp.Timing)
	if err != nil {
		return nil, err
	}
	r.resp.CacheHit = cached
	op, err := choose(entry, req.OperationName)
	if err != nil {
		return nil, err
	}
	r.resp.Operation, r.resp.OperationName = string(op.def.Operation), op.def.Name
	if op.def.Operation == ast.Mutation && !req.AllowMutation {
		return nil, failure.Refuse(codes.MutationNotAllowed, "Mutations are not allowed by this method: send the request as POST.")
	}
	if len(op.vars) > 0 || len(req.Variables) > 0 {
		err := r.vars.Decode(ctx, req.Variables, op.vars, e.limits.variables())
		if err == nil {
			err = r.vars.Coerce(ctx, op.vars, e.limits.Errors)
		}
		if t := r.resp.Timing; t != nil {
			t.Variables = t.lap()
		}
		if err != nil {
			return nil, err
		}
	}
	p, err := e.planFor(r, entry, op)
	if err != nil {
		return nil, err
	}
	err = r.checkCost(p)
	if t := r.resp.Timing; t != nil {
		t.Prepare = t.lap()
	}
	return p, err
}

// Check parses and validates a document without running it, for lists of trusted
// documents and for tools. The error holds every fault with its line and column.
func (e *Engine) Check(query string) error {
	_, fail := e.load(query, nil)
	if fail == nil {
		return nil
	}
	var errs faults
	for _, f := range fail.Errors {
		if len(f.Locations) > 0 {
			errs.add("%d:%d: %s", f.Locations[0].Line, f.Locations[0].Column, f.Message)
		} else {
			errs.add("%s", f.Message)
		}
	}
	return errs.err()
}

// lookUp returns a document from the cache, or else loads it.
func (e *Engine) lookUp(query string, t *Timing) (entry *cacheEntry, cached bool, err *failure.Refusal) {
	if entry = e.cache.get(query); entry != nil {
		return entry, true, nil
	}
	entry, err = e.load(query, t)
	return entry, false, err
}

// load prescans, parses and validates a document that is not in the cache.
func (e *Engine) load(query string, t *Timing) (*cacheEntry, *failure.Refusal) {
	text, err := document.Prescan(query, e.limits.document())
	if err != nil {
		return nil, err
	}
	parsed, err := document.Parse(text)
	if err != nil {
		return nil, err
	}
	if t != nil {
		t.Parse = t.lap()
	}
	doc, err := document.Validate(e.schema, text, parsed, e.limits.document())
	if t != nil {
		t.Validate = t.lap()
	}
	if err != nil {
		return nil, err
	}
	entry := &cacheEntry{text: strings.Clone(query), doc: doc, bytes: 2*len(query) + text.Tokens*bytesPerToken}
	for _, op := range parsed.Operations {
		vars, err := value.Declare(e.schema, op)
		if err != nil {
			return nil, err
		}
		entry.operations = append(entry.operations, &operation{def: op, vars: vars, conds: conditions(doc, op), plans: map[string]*plan{}})
	}
	e.cache.put(entry)
	return entry, nil
}

func choose(entry *cacheEntry, name string) (*operation, *failure.Refusal) {
	ops := entry.operations
	switch {
	case len(ops) == 0:
		return nil, failure.Refuse(codes.OperationResolutionFailure, "Must provide an operation.")
	case name == "" && len(ops) == 1:
		return ops[0], nil
	case name == "":
		return nil, failure.Refuse(codes.OperationResolutionFailure, "Must provide operation name if query contains multiple operations.")
	}
	for _, op := range ops {
		if op.def.Name == name {
			return op, nil
		}
	}
	return nil, failure.Refuse(codes.OperationResolutionFailure, "Unknown operation named %q.", failure.Abbreviate(name))
}

func (e *Engine) planFor(r *run, entry *cacheEntry, op *operation) (*plan, *failure.Refusal) {
	var space [32]byte
	key := space[:0]
	for _, name := range op.conds {
		val, _ := r.vars.Lookup(name)
		is, ok := val.(bool)
		if !ok {
			return nil, failure.Refuse(codes.BadUserInput, "Argument \"if\" of non-null type \"Boolean!\" must not be null: give variable \"$%s\" a value.", name)
		}
		bit := byte('0')
		if is {
			bit = '1'
		}
		key = append(key, bit)
	}
	if p := e.cache.plan(op, key); p != nil {
		return p, nil
	}
	r.resp.CacheHit = false
	conds := make(map[string]bool, len(op.conds))
	for i, name := range op.conds {
		conds[name] = key[i] == '1'
	}
	p, err := compile(e, entry.doc, op.def, conds)
	if t := r.resp.Timing; t != nil {
		t.Plan = t.lap()
	}
	if err != nil {
		return nil, err
	}
	e.cache.putPlan(entry, op, key, p)
	return p, nil
}

// checkCost refuses a request whose estimated cost exceeds Limits.Cost.
func (r *run) checkCost(p *plan) *failure.Refusal {
	cost := p.cost
	r.plan = p
	if n := len(p.slots); n > cap(r.slots) {
		r.slots = make([]slot, n)
	} else {
		r.slots = r.slots[:n]
	}
	if p.root.dynamic {
		cost = r.dynamicCost(p)
	}
	limit := r.e.limits.Cost
	r.resp.Cost = int(min(cost, math.MaxInt32))
	if limit < math.MaxInt && cost > float64(limit) {
		return failure.OverLimit(codes.LimitCost, "the estimated cost of the operation", limit, r.resp.Cost)
	}
	return nil
}

func (r *run) dynamicCost(p *plan) float64 {
	listSize := float64(r.e.limits.ListSize)
	memo := map[*selection]weight{}
	args := func(f *field) map[string]any {
		if f.slot < 0 {
			return f.raw
		}
		return r.arguments(f).raw // nil if the arguments have an error, which the field will report
	}
	var of func(s *selection) weight
	of = func(s *selection) weight {
		if !s.dynamic {
			return s.cost
		}
		w, ok := memo[s]
		if !ok {
			w = weigh(s, listSize, of, args)
			memo[s] = w
		}
		return w
	}
	return of(p.root).of(listSize)
}

const (
	dataKey       = `{"data":`
	extensionsKey = `,"extensions":`
)

// execute runs a plan and renders the response.
func (r *run) execute(ctx context.Context, req *Request, p *plan, root Ref) *Response {
	r.call.Ctx, r.call.Request = ctx, req.Value
	if !r.alive() {
		return r.refused(req, r.abort)
	}
	r.buf = append(r.buf[:0], dataKey...)
	var ok bool
	if req.Timed {
		ok = r.timedObject(p, root)
	} else {
		ok = r.object(p.root, root)
	}
	if p.op.Operation != ast.Mutation {
		// A reader that stops because the request ended has read only a part, and that part must
		// not pass for the whole. The result of a mutation is reported all the same.
		r.alive()
	}
	if r.abort != nil || len(r.buf) > r.e.limits.Output {
		r.tooLong()
		r.resp.Code = r.abort.Code
		abort := r.abort.Errors[0]
		abort.Extensions = fieldError(r.abort, r.abort.Code, nil, nil).Extensions
		for k, v := range r.abort.Errors[0].Extensions {
			abort.Extensions[k] = v
		}
		r.errs = append(r.errs, abort)
		ok = false
	}
	if !ok {
		r.buf = append(r.buf[:len(dataKey)], "null"...)
		r.resp.DataNull = true
	}
	r.resp.HasData = true
	r.resp.Errors = len(r.errs) + r.unlisted
	if r.unlisted > 0 {
		r.errs = append(r.errs, failure.Error{
			Message:    fmt.Sprintf("%d more errors are not listed: the limit is %d.", r.unlisted, r.e.limits.Errors),
			Extensions: map[string]any{"code": codes.LimitErrors, "limit": r.e.limits.Errors, "actual": r.resp.Errors},
		})
	}
	if len(r.errs) > 0 { // errors come before data, so that a client that reads while receiving sees them first
		data := r.buf[1:]
		out := appendErrors(append(make([]byte, 0, len(data)+256*len(r.errs)), '{'), r.errs, "")
		r.buf = append(append(out, ','), data...)
	}
	return r.finish(req)
}

// refused returns the response to a request that fails before execution.
func (r *run) refused(req *Request, err *failure.Refusal) *Response {
	r.resp.RequestError, r.resp.Code, r.resp.Errors = true, err.Code, len(err.Errors)
	r.buf = appendErrors(append(r.buf[:0], '{'), err.Errors, err.Code)
	return r.finish(req)
}

func (r *run) finish(req *Request) *Response {
	if req.Extensions != nil {
		n := len(r.buf)
		r.buf = append(r.buf, extensionsKey...)
		start := len(r.buf)
		if out := req.Extensions(&r.resp, r.buf); len(out) > start {
			r.buf = out
		} else {
			r.buf = r.buf[:n]
		}
	}
	r.buf = append(r.buf, '}')
	r.resp.Body = r.buf
	return &r.resp
}

// CacheStats returns how many look-ups in the plan cache found their document and how many did not,
// the number of cached documents, and the bytes they hold.
func (e *Engine) CacheStats() (hits, misses uint64, documents, bytes int) {
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	return e.cache.hits, e.cache.misses, len(e.cache.entries), e.cache.bytes
}
