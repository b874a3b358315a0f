package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// FuzzSocket sends one arbitrary message on an open socket: it is answered, or the socket is
// closed with a code and the next socket is served.
func FuzzSocket(f *testing.F) {
	for _, text := range []string{
		`{"type":"connection_init","payload":{"Authorization":7}}`, `{"type":"ping"}`, `{"type":"ping","payload":[]}`, `{"type":"complete","id":"x"}`, `{"Type":"PING"}`,
		`{"type":"subscribe","id":"1","payload":{"query":"{graph{sequence}}"}}`, `{"type":"subscribe","id":"1","payload":{"query":"subscription{changes{sequence}}"}}`,
		`{"type":"subscribe","id":"\ud800","payload":{"query":"{__typename}","operationName":"x","variables":{"a":[{}]},"extensions":{"persistedQuery":{}}}}`,
		`{"type":"subscribe","id":1}`, `[{"type":"ping"}]`, `{"type":"ping"}{"type":"ping"}`, "\xff", "", "null", `"x"`,
	} {
		f.Add(text)
	}
	s, ts := overHTTP(f, Options{})
	learn(f, s)
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		d := begun(t, ts)
		err := d.conn.Write(ctx, websocket.MessageText, []byte(text))
		// In any case, a ping after it is answered, or the socket was closed with a reason.
		if err == nil {
			err = d.conn.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`))
		}
		for err == nil {
			var answer []byte
			if _, answer, err = d.conn.Read(ctx); string(answer) == `{"type":"pong"}` {
				return
			}
		}
		var end websocket.CloseError
		if !errors.As(err, &end) {
			t.Fatalf("%q: the socket ended with %v", text, err)
		}
		switch end.Code {
		case 4400, 4403, 4409, 4429, websocket.StatusInvalidFramePayloadData, websocket.StatusProtocolError:
		default:
			t.Errorf("%q: closed with %v", text, end)
		}
	})
}
