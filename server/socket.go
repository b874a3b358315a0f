package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/internal/streams"
	"github.com/caspian-kg/caspian/server/roles"
)

// WebSocket requests. Package streams serves the sockets.

func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// socket answers an upgrade at /graphql.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	b := s.backendOf(w)
	if b == nil {
		s.unavailable(w)
		return
	}
	if !s.allowedOrigin(r) {
		writeError(w, http.StatusForbidden, jsonType, codes.OriginNotAllowed, "pages of "+r.Header.Get("Origin")+" may not open sockets here; start the service with --origin to let them")
		return
	}
	refuseStream(w, s.streams.Socket(w, r, &socketClient{s, b, r, w.(*responseRecorder)}))
}

// socketClient is the client that opened a socket. It implements streams.Client.
type socketClient struct {
	server   *Server
	backend  *Backend
	request  *http.Request // the handshake, with the token of the first message
	recorder *responseRecorder
}

// Opened implements streams.Client.
func (c *socketClient) Opened() context.Context {
	c.recorder.streamed = true
	return context.WithoutCancel(c.server.opts.Tracer.Handshake(c.request, c.recorder.span, time.Now()))
}

// Identify implements streams.Client.
func (c *socketClient) Identify(ctx context.Context, authorization string) error {
	c.request = withBearer(ctx, c.request, authorization)
	_, err := c.caller()
	return err
}

// caller returns the client's rights by the current keys, because tokens may be removed while a
// socket is open.
func (c *socketClient) caller() (caller, error) {
	who, bad := c.server.identify(c.request)
	switch {
	case bad != nil:
		return who, streams.Forbidden(bad.message)
	case who.Role < roles.Reader:
		return who, streams.Forbidden("reading needs a token here; send it as Authorization in the payload of connection_init")
	}
	return who, nil
}

// Operation implements streams.Client.
func (c *socketClient) Operation(payload []byte) (streams.Start, error) {
	req, bad := c.server.parseBody(payload)
	if bad != nil && bad.soft {
		return nil, &streams.Refusal{Code: bad.code, Message: bad.message}
	}
	if bad != nil {
		return nil, errors.New(strings.ReplaceAll(bad.message, "the body", "it"))
	}
	who, err := c.caller()
	if err != nil {
		return nil, err
	}
	req.WriteRefusal = who.refusal
	return c.server.starter(c.server.through(c.backend, who.lens), req), nil
}
