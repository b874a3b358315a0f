package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
)

// WebSockets, by the protocol graphql-transport-ws: many operations on one
// connection, each with an id that its client chose.

const socketProtocol = "graphql-transport-ws"

// The protocol's codes for closing a socket.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeProtocol     websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeDuplicate    websocket.StatusCode = 4409
	closeInitTwice    websocket.StatusCode = 4429
	closeInternal     websocket.StatusCode = 4500
)

// codeOrigin refuses pages of other sites.
const codeOrigin = "ORIGIN_NOT_ALLOWED"

// maxMessage bounds a message of a client; what is larger goes by POST.
const maxMessage = 1 << 20

func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// allowedOrigin tells whether a page from there may open a socket. Browsers ask
// nobody before they open one to another site, with whatever the visitor may do
// there; programs send no Origin.
func (s *Server) allowedOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(s.opts.Origins, "*") || slices.Contains(s.opts.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// socket is one connection.
type socket struct {
	server  *Server
	backend *Backend
	request *http.Request // of the handshake
	conn    *websocket.Conn
	ctx     context.Context // ends all operations
	cancel  context.CancelFunc
	refusal error // why this caller may not write; set by begin
	begun   atomic.Bool
	slow    atomic.Bool    // the client did not read in time
	running sync.WaitGroup // the operations

	mu         sync.Mutex // guards operations
	operations map[string]*operation
}

// socket answers an upgrade at /graphql.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if t, ok := w.(*tally); ok {
		t.streamed = true
	}
	b := s.backend.Load()
	if b == nil {
		s.unavailable(w)
		return
	}
	if !s.allowedOrigin(r) {
		writeError(w, http.StatusForbidden, jsonType, codeOrigin, "pages of "+r.Header.Get("Origin")+" may not open sockets here; start the service with --origin to let them")
		return
	}
	if err := s.followers.enter(s.opts.Live.MaxSubscribers); err != nil {
		s.noPlace(w, err)
		return
	}
	defer s.followers.leave()
	// The origin has been looked at.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{socketProtocol}, InsecureSkipVerify: true})
	if err != nil {
		s.log.Debug("socket_refused", "error", err.Error())
		return
	}
	if conn.Subprotocol() != socketProtocol {
		_ = conn.Close(closeProtocol, "Subprotocol not acceptable; use "+socketProtocol)
		return
	}
	conn.SetReadLimit(min(maxMessage, s.opts.MaxBody))
	c := &socket{server: s, backend: b, request: r, conn: conn, operations: map[string]*operation{}}
	// The request's own context ends with the handshake.
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(r.Context()))
	c.serve()
}

// serve reads messages until the connection ends, and then ends the operations.
func (c *socket) serve() {
	o := c.server.opts.Live
	stopping := context.AfterFunc(c.server.followers.closing, func() {
		_ = c.conn.Close(websocket.StatusGoingAway, "the service is stopping; connect again")
	})
	late := time.AfterFunc(o.InitTimeout, func() {
		if !c.begun.Load() {
			_ = c.conn.Close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	beat := c.heartbeat(o.Heartbeat)
	err := c.read()
	stopping()
	late.Stop()
	beat()
	c.cancel()
	c.running.Wait()
	var bad *violation
	if errors.As(err, &bad) {
		_ = c.conn.Close(bad.code, abridge(bad.reason))
		return
	}
	_ = c.conn.CloseNow() // closed already, as a rule
}

// heartbeat asks the client now and then whether it is there, and cuts the
// connection where no answer comes. Nothing waits in between.
func (c *socket) heartbeat(every time.Duration) (stop func()) {
	var mu sync.Mutex // guards timer, which the first beat may need before it is set
	var timer *time.Timer
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(every, func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.server.opts.Live.WriteTimeout)
		defer cancel()
		if c.conn.Ping(ctx) != nil {
			_ = c.conn.CloseNow()
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if c.ctx.Err() == nil {
			timer.Reset(every)
		}
	})
	return func() { timer.Stop() }
}

// violation is a breach of the protocol, which ends the connection.
type violation struct {
	code   websocket.StatusCode
	reason string
}

func (v *violation) Error() string { return v.reason }

func invalid(format string, a ...any) error {
	return &violation{closeInvalid, fmt.Sprintf(format, a...)}
}

// abridge cuts a reason to what a close frame holds.
func abridge(reason string) string {
	const most = 123
	if len(reason) <= most {
		return reason
	}
	n := most - len("…")
	for !utf8.RuneStart(reason[n]) {
		n--
	}
	return reason[:n] + "…"
}

// message is what travels in both directions.
type message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func (c *socket) read() error {
	for {
		typ, text, err := c.conn.Read(context.Background()) // a context that ended would cut the connection without a word
		if err != nil {
			return err
		}
		var m message
		if typ != websocket.MessageText {
			return invalid("messages are text, not binary")
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return invalid("a message is a JSON object with type, id and payload")
		}
		if err := c.take(&m); err != nil {
			return err
		}
	}
}

// take acts on one message.
func (c *socket) take(m *message) error {
	switch m.Type {
	case "connection_init":
		return c.begin(m.Payload)
	case "ping":
		return c.send(&message{Type: "pong", Payload: m.Payload})
	case "pong":
		return nil
	case "subscribe":
		return c.subscribe(m)
	case "complete":
		if m.ID == "" {
			return invalid("complete has no id")
		}
		if op := c.remove(m.ID, nil); op != nil {
			op.cancel()
		}
		return nil
	case "":
		return invalid("a message has no type")
	}
	return invalid("there is no message of type %q", m.Type)
}

// begin answers connection_init. Its payload may hold what a browser cannot
// send as a header: {"Authorization": "Bearer TOKEN"}.
func (c *socket) begin(payload json.RawMessage) error {
	fields := map[string]any{}
	if len(payload) > 0 && json.Unmarshal(payload, &fields) != nil {
		return invalid("the payload of connection_init must be an object")
	}
	r := c.request
	for name, value := range fields {
		if text, ok := value.(string); ok && strings.EqualFold(name, "Authorization") {
			r = r.Clone(c.ctx)
			r.Header.Set("Authorization", text)
		}
	}
	if c.begun.Swap(true) {
		return &violation{closeInitTwice, "Too many initialisation requests"}
	}
	bad, refusal := c.server.writeRefusal(r)
	if bad != nil {
		return &violation{closeForbidden, "Forbidden: " + bad.message}
	}
	c.refusal = refusal
	return c.send(&message{Type: "connection_ack"})
}

// operation is one operation of a socket, from subscribe to its end.
type operation struct {
	socket *socket
	id     string
	cancel context.CancelFunc
	place  bool // it has a place of its own
}

func (c *socket) subscribe(m *message) error {
	if !c.begun.Load() {
		return &violation{closeUnauthorized, "Unauthorized"}
	}
	if m.ID == "" {
		return invalid("subscribe has no id")
	}
	req, bad := c.server.parseBody(m.Payload)
	if bad != nil && bad.soft {
		return c.send(&message{Type: "error", ID: m.ID, Payload: errorList(bad.code, bad.message)})
	}
	if bad != nil {
		return invalid("the payload of subscribe: %s", strings.ReplaceAll(bad.message, "the body", "it"))
	}
	req.WriteRefusal = c.refusal
	ctx, cancel := context.WithCancel(c.ctx)
	op := &operation{socket: c, id: m.ID, cancel: cancel}
	if err := c.add(op); err != nil {
		cancel()
		var v *violation
		if errors.As(err, &v) {
			return err
		}
		return c.send(&message{Type: "error", ID: m.ID, Payload: errorList(codeTooMany, err.Error())})
	}
	c.running.Add(1)
	go func() {
		defer c.running.Done()
		defer cancel()
		op.run(ctx, req)
	}()
	return nil
}

// add makes room for an operation. A socket has a place for its first.
func (c *socket) add(op *operation) error {
	o := c.server.opts.Live
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.operations[op.id] != nil {
		return &violation{closeDuplicate, "Subscriber for " + op.id + " already exists"}
	}
	if n := len(c.operations); n >= o.MaxOperations {
		return fmt.Errorf("a socket holds at most %d operations at once; complete some, or open another", o.MaxOperations)
	} else if n > 0 {
		if err := c.server.followers.enter(o.MaxSubscribers); err != nil {
			return err
		}
		op.place = true
	}
	c.operations[op.id] = op
	return nil
}

// remove frees an id and returns its operation, nil where there is none, or
// where it is another than the one given.
func (c *socket) remove(id string, op *operation) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	have := c.operations[id]
	if have == nil || op != nil && have != op {
		return nil
	}
	delete(c.operations, id)
	if have.place {
		c.server.followers.leave()
	}
	return have
}

// run executes the operation and sends its results.
func (op *operation) run(ctx context.Context, req *api.Request) {
	c, s := op.socket, op.socket.server
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic", "path", "/graphql", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			_ = c.conn.Close(closeInternal, "Internal server error")
		}
		c.remove(op.id, op)
	}()
	start, done := context.WithTimeout(ctx, s.opts.Timeout)
	sub, res := s.subscribe(start, c.backend.Begin(), req, api.Follow{MaxBehind: s.opts.Live.MaxBehind})
	done()
	if sub == nil {
		op.answer(res)
		return
	}
	s.metrics.subscribers[overWebSocket].Add(1)
	defer s.metrics.subscribers[overWebSocket].Add(-1)
	if s.follow(ctx, sub, op) == nil {
		op.end(&message{Type: "complete", ID: op.id})
	}
}

// answer sends the one result of a query or mutation, or why there is none.
func (op *operation) answer(res *gql.Response) {
	defer res.Release()
	if !res.RequestError {
		if op.next(res, 0) == nil {
			op.end(&message{Type: "complete", ID: op.id})
		}
		return
	}
	var body struct {
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(res.Body, &body); err != nil {
		panic(err) // the engine writes JSON
	}
	op.end(&message{Type: "error", ID: op.id, Payload: body.Errors})
}

// end sends the last message of the operation, unless the client has completed
// it. The id is free when the client reads that.
func (op *operation) end(m *message) {
	if op.socket.remove(op.id, op) != nil {
		_ = op.socket.send(m) // told by the connection's end
	}
}

func (op *operation) next(res *gql.Response, _ uint64) error {
	head, err := json.Marshal(op.id)
	if err != nil {
		return err
	}
	text := make([]byte, 0, len(res.Body)+len(head)+64)
	text = append(append(text, `{"id":`...), head...)
	text = append(append(text, `,"type":"next","payload":`...), res.Body...)
	return op.socket.write(append(text, '}'))
}

// quiet does nothing: the socket has a heartbeat for all of its operations.
func (op *operation) quiet(uint64) error { return nil }

func (c *socket) send(m *message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.write(text)
}

// write sends one message. A client that leaves it unread too long is cut off:
// nothing is kept for it, and it can go on from the last number it has.
func (c *socket) write(text []byte) error {
	// Not the operation's context: where it ends, the connection goes on.
	ctx, cancel := context.WithTimeout(context.Background(), c.server.opts.Live.WriteTimeout)
	defer cancel()
	err := c.conn.Write(ctx, websocket.MessageText, text)
	if errors.Is(err, context.DeadlineExceeded) && !c.slow.Swap(true) {
		c.cancel()
		c.server.metrics.dropped[droppedSlow].Add(1)
		c.server.log.Info("subscriber_dropped", "reason", "it did not read in time")
	}
	return err
}

// errorList is the payload of an error message.
func errorList(code, message string) json.RawMessage {
	text, err := json.Marshal([]map[string]any{{"message": message, "extensions": map[string]string{"code": code}}})
	if err != nil {
		panic(err) // strings only
	}
	return text
}
