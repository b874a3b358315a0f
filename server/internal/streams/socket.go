package streams

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

// WebSockets, by the protocol graphql-transport-ws: one connection has many operations, each with
// an id that the client chose.

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

// maxMessage bounds a message from a client, in bytes; larger requests must use POST.
const maxMessage = 1 << 20

// Client is the server's view of the client that opens a socket.
type Client interface {
	// Opened is called once the socket is open. It returns the context for the socket's operations,
	// which does not end with the handshake.
	Opened() context.Context
	// Identify checks the Authorization from connection_init, or "" if there is none. It returns an
	// error from Forbidden if the client may not read.
	Identify(ctx context.Context, authorization string) error
	// Operation reads the payload of a subscribe message. A Refusal ends the operation. Any other
	// error ends the socket: it is from Forbidden, or says what is wrong with the payload.
	Operation(payload []byte) (Start, error)
}

// Forbidden returns the error that closes a socket because its client may not
// read.
func Forbidden(reason string) error { return &violation{closeForbidden, "Forbidden: " + reason} }

// socket is one connection.
type socket struct {
	streams *Streams
	client  Client
	conn    *websocket.Conn
	all     *operations
	begun   atomic.Bool
	unread  atomic.Bool // the client did not read in time
	out     sync.Mutex  // guards writing messages
}

// Socket upgrades a request to a socket, and returns when the socket has ended. The caller must
// have checked the origin.
func (s *Streams) Socket(w http.ResponseWriter, r *http.Request, client Client) *Refusal {
	if bad := s.places.enter(); bad != nil {
		return bad
	}
	defer s.places.leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{socketProtocol}, InsecureSkipVerify: true})
	if err != nil {
		s.opts.Logger.Debug("socket_refused", "error", err.Error())
		return nil
	}
	ctx := client.Opened()
	if conn.Subprotocol() != socketProtocol {
		_ = conn.Close(closeProtocol, "Subprotocol not acceptable; use "+socketProtocol)
		return nil
	}
	conn.SetReadLimit(min(maxMessage, s.opts.MaxMessage))
	c := &socket{streams: s, client: client, conn: conn}
	c.all = newOperations(ctx, s, metrics.WebSocket, c)
	c.serve()
	return nil
}

// serve reads messages until the connection ends, and then ends the operations.
func (c *socket) serve() {
	o := c.streams.opts
	stopping := context.AfterFunc(c.streams.places.ends(), func() {
		_ = c.conn.Close(websocket.StatusGoingAway, "the service is stopping, or has other rules of access now; connect again")
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
	_ = c.conn.CloseNow() // usually closed already
}

// heartbeat pings the client at intervals, and closes the connection if no answer comes. No
// goroutine waits between pings.
func (c *socket) heartbeat(every time.Duration) (stop func()) {
	var mu sync.Mutex // guards timer, which the first ping may need before it is assigned
	var timer *time.Timer
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(every, func() {
		ctx, cancel := context.WithTimeout(c.all.ctx, c.streams.opts.WriteTimeout)
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

// violation is an error that ends the connection because the client broke the protocol.
type violation struct {
	code   websocket.StatusCode
	reason string
}

func (v *violation) Error() string { return v.reason }

func invalid(format string, a ...any) error {
	return &violation{closeInvalid, fmt.Sprintf(format, a...)}
}

// abridge cuts a reason to the length that fits into a close frame.
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

// message is a message in either direction.
type message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func (c *socket) read() error {
	for {
		typ, text, err := c.conn.Read(context.Background()) // a context that ends would close the connection without a close frame
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

// take processes one message.
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

// begin answers connection_init. The payload may have what a browser cannot send as a header:
// {"Authorization": "Bearer TOKEN"}.
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
	if err := c.client.Identify(c.all.ctx, authorization); err != nil {
		return err
	}
	return c.send(&message{Type: "connection_ack"})
}

func (c *socket) subscribe(m *message) error {
	if !c.begun.Load() {
		return &violation{closeUnauthorized, "Unauthorized"}
	}
	if m.ID == "" {
		return invalid("subscribe has no id")
	}
	start, err := c.client.Operation(m.Payload)
	if err != nil {
		return c.turnAway(m.ID, err)
	}
	op, err := c.all.add(m.ID)
	if errors.Is(err, errExists) {
		return &violation{closeDuplicate, "Subscriber for " + m.ID + " already exists"}
	}
	if err != nil {
		return c.turnAway(m.ID, err)
	}
	op.quota = c.streams.opts.Admission.BodyQuota()
	if !op.quota.Add(len(m.Payload)) {
		op.done()
		return c.turnAway(m.ID, &Refusal{Code: codes.Overloaded, Message: admission.ErrNoRoom.Error() + "; try again in a second"})
	}
	go op.carry(func() (Subscription, *gql.Response) { return start(op.ctx) })
	return nil
}

// turnAway refuses an operation for which Client.Operation returned err. It returns err if the error must end
// the socket.
func (c *socket) turnAway(id string, err error) error {
	var bad *Refusal
	var broken *violation
	switch {
	case errors.As(err, &bad):
		c.streams.opts.Metrics.Refused(bad.Code)
		return c.refuse(id, AppendErrors(nil, bad.Code, bad.Message))
	case errors.As(err, &broken):
		return err
	}
	return invalid("the payload of subscribe: %v", err)
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

// write sends one message. A client that does not read it in time is disconnected: nothing is
// queued, because the client can resume from the last number it received.
func (c *socket) write(parts ...[]byte) error {
	c.out.Lock() // before the time limit begins
	defer c.out.Unlock()
	o := c.streams.opts
	// The context is not the operation's, because the connection continues when an operation ends.
	ctx, cancel := context.WithTimeout(context.Background(), max(sendTime, o.WriteTimeout))
	defer cancel()
	late := time.AfterFunc(o.WriteTimeout, cancel)
	defer late.Stop()
	err := c.pieces(ctx, parts, func() { late.Reset(o.WriteTimeout) })
	if err == nil || ctx.Err() == nil {
		return err
	}
	if !c.unread.Swap(true) {
		c.all.cancel()
		c.streams.slow()
	}
	return os.ErrDeadlineExceeded
}

// pieces writes a message, in several frames if it is long, and calls sent after each frame.
func (c *socket) pieces(ctx context.Context, parts [][]byte, sent func()) error {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	if length <= Piece {
		return c.conn.Write(ctx, websocket.MessageText, slices.Concat(parts...))
	}
	w, err := c.conn.Writer(ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	for _, part := range parts {
		for len(part) > 0 {
			n := min(len(part), Piece)
			if _, err := w.Write(part[:n]); err != nil {
				return err
			}
			sent()
			part = part[n:]
		}
	}
	return w.Close()
}
