package streams

import (
	"io"
	"net/http"
	"time"
)

// A client must read each piece within Limits.WriteTimeout, and the whole answer within sendTime.
// So a client that reads nothing is disconnected soon, one that reads slowly is not, and no client
// keeps an answer in memory for long.
const (
	// Piece is the length of a piece, in bytes.
	Piece    = 64 << 10
	sendTime = time.Minute
)

// Write writes the parts in pieces. Each piece must be written within timeout.
func Write(w io.Writer, control *http.ResponseController, timeout time.Duration, parts ...[]byte) error {
	latest := time.Now().Add(sendTime)
	for _, part := range parts {
		for len(part) > 0 {
			piece := part[:min(len(part), Piece)]
			at := time.Now().Add(timeout)
			if at.After(latest) {
				at = latest
			}
			_ = control.SetWriteDeadline(at) // fails only for a recorder in a test
			if _, err := w.Write(piece); err != nil {
				return err
			}
			part = part[len(piece):]
		}
	}
	return nil
}
