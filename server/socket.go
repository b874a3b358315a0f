package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/metrics"
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

// maxMessage bounds a message of a client; what is larger goes by POST.
const maxMessage = 1 << 20

func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// socket is one connection.
type socket struct {
	server  *Server
	backend *Backend
	request *http.Request // of the handshake, with the token of the first message
	conn    *websocket.Conn
	all     *operations
	begun   atomic.Bool
	slow    atomic.Bool // the client did not read in time
	out     sync.Mutex  // guards writing messages
}

// socket answers an upgrade at /graphql.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	b := s.backend.Load()
	if b == nil {
		s.unavailable(w)
		return
	}
	if !s.allowedOrigin(r) {
		writeError(w, http.StatusForbidden, jsonType, codes.OriginNotAllowed, "pages of "+r.Header.Get("Origin")+" may not open sockets here; start the service with --origin to let them")
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
	ctx := r.Context()
	if t, ok := w.(*responseRecorder); ok {
		t.streamed = true
		ctx = s.opts.Tracer.Handshake(r, t.span, time.Now())
	}
	if conn.Subprotocol() != socketProtocol {
		_ = conn.Close(closeProtocol, "Subprotocol not acceptable; use "+socketProtocol)
		return
	}
	conn.SetReadLimit(min(maxMessage, s.opts.MaxBody))
	c := &socket{server: s, backend: b, request: r, conn: conn}
	// The request's own context ends with the handshake.
	c.all = newOperations(context.WithoutCancel(ctx), s, metrics.WebSocket, c)
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
	c.all.end()
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
		ctx, cancel := context.WithTimeout(c.all.ctx, c.server.opts.Live.WriteTimeout)
		defer cancel()
		if c.conn.Ping(ctx) != nil {
			_ = c.conn.CloseNow()
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if c.all.ctx.Err() == nil {
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
		c.all.complete(m.ID)
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
	authorization := ""
	for name, value := range fields {
		if text, ok := value.(string); ok && strings.EqualFold(name, "Authorization") {
			authorization = text
		}
	}
	if c.begun.Swap(true) {
		return &violation{closeInitTwice, "Too many initialisation requests"}
	}
	c.request = withBearer(c.all.ctx, c.request, authorization)
	if _, err := c.caller(); err != nil {
		return err
	}
	return c.send(&message{Type: "connection_ack"})
}

// caller is who is at the other end, by the keys of now: tokens may be taken back while a socket
// is open.
func (c *socket) caller() (caller, error) {
	who, bad := c.server.identify(c.request)
	switch {
	case bad != nil:
		return who, &violation{closeForbidden, "Forbidden: " + bad.message}
	case who.may < mayRead:
		return who, &violation{closeForbidden, "Forbidden: reading needs a token here; send it as Authorization in the payload of connection_init"}
	}
	return who, nil
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
		return c.turnAway(m.ID, bad.code, bad.message)
	}
	if bad != nil {
		return invalid("the payload of subscribe: %s", strings.ReplaceAll(bad.message, "the body", "it"))
	}
	who, err := c.caller()
	if err != nil {
		return err
	}
	req.WriteRefusal = who.refusal
	op, err := c.all.add(m.ID)
	if errors.Is(err, errExists) {
		return &violation{closeDuplicate, "Subscriber for " + m.ID + " already exists"}
	}
	if err != nil {
		return c.turnAway(m.ID, codes.TooManySubscribers, err.Error())
	}
	op.quota = c.server.admission.BodyQuota()
	if !op.quota.Add(len(m.Payload)) {
		op.done()
		return c.turnAway(m.ID, codes.Overloaded, admission.ErrNoRoom.Error()+"; try again in a second")
	}
	go op.carry(func() (*subscription, *gql.Response) { return op.start(op.ctx, c.backend, req) })
	return nil
}

// turnAway refuses an operation before its document is looked at.
func (c *socket) turnAway(id, code, message string) error {
	c.server.metrics.Refused(code)
	return c.refuse(id, errorList(code, message))
}

func (c *socket) next(id string, payload []byte) error {
	head, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return c.write([]byte(`{"id":`), head, []byte(`,"type":"next","payload":`), payload, []byte("}"))
}

func (c *socket) complete(id string) error { return c.send(&message{Type: "complete", ID: id}) }

func (c *socket) refuse(id string, errors json.RawMessage) error {
	return c.send(&message{Type: "error", ID: id, Payload: errors})
}

func (c *socket) fail() { _ = c.conn.Close(closeInternal, "Internal server error") }

func (c *socket) send(m *message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.write(text)
}

// write sends one message. A client that leaves it unread too long is cut off:
// nothing is kept for it, and it can go on from the last number it has.
func (c *socket) write(parts ...[]byte) error {
	c.out.Lock() // before the time begins
	defer c.out.Unlock()
	o := c.server.opts.Live
	// Not the operation's context: where it ends, the connection goes on.
	ctx, cancel := context.WithTimeout(context.Background(), max(sendTime, o.WriteTimeout))
	defer cancel()
	late := time.AfterFunc(o.WriteTimeout, cancel)
	defer late.Stop()
	err := c.pieces(ctx, parts, func() { late.Reset(o.WriteTimeout) })
	if err == nil || ctx.Err() == nil {
		return err
	}
	if !c.slow.Swap(true) {
		c.all.cancel()
		c.server.metrics.Dropped[metrics.Slow].Inc()
		c.server.log.Info("subscriber_dropped", "reason", "it did not read in time")
	}
	return os.ErrDeadlineExceeded
}

// pieces writes a message of one frame, or of several where it is long, and reports after each.
func (c *socket) pieces(ctx context.Context, parts [][]byte, sent func()) error {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	if length <= sendPiece {
		return c.conn.Write(ctx, websocket.MessageText, slices.Concat(parts...))
	}
	w, err := c.conn.Writer(ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	for _, part := range parts {
		for len(part) > 0 {
			n := min(len(part), sendPiece)
			if _, err := w.Write(part[:n]); err != nil {
				return err
			}
			sent()
			part = part[n:]
		}
	}
	return w.Close()
}

// errorList is the payload of an error message.
func errorList(code, message string) json.RawMessage {
	text, err := json.Marshal([]map[string]any{{"message": message, "extensions": map[string]string{"code": code}}})
	if err != nil {
		panic(err) // strings only
	}
	return text
}
