package server

import (
	"bytes"
	"net/http"
	"time"

	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/tracing"
)

// responseRecorder records the status of an answer, and has the state of the request.
type responseRecorder struct {
	http.ResponseWriter
	start    time.Time    // when the request began
	by       *http.Server // the server that received the request; nil in tests
	status   int
	bytes    int64
	refusal  string              // the code of the refusal, if one was written
	streamed bool                // the length of the answer is not known
	quota    admission.BodyQuota // the quota of the request's body
	slot     admission.Slot      // the slot in which the request runs
	caller   caller              // who sent the request
	span     *tracing.Span       // the span of the request; nil if it is not traced
	values   [3]string           // values of headers, see header
	headers  int                 // how many of values are used
	watched  bool                // Lasts will be called if the request runs long
	hurried  bool                // the deadline that net/http set for reading the request still applies
	body     *bytes.Buffer       // the body of the request, from Server.buffers; nil if it is not pooled
}

// header sets a header to a value that is particular to this answer. The key must be in canonical
// form.
func (t *responseRecorder) header(key, value string) {
	h := t.Header()
	if t.headers == len(t.values) {
		h[key] = []string{value}
		return
	}
	i := t.headers
	t.headers++
	t.values[i] = value
	h[key] = t.values[i : i+1 : i+1]
}

// Lasts implements deadline.Lasting. It removes net/http's deadline for reading the request, which
// must not end the work on it. Only long requests call Lasts, so short ones need not change the
// deadline twice.
func (t *responseRecorder) Lasts() {
	if t.hurried {
		_ = http.NewResponseController(t.ResponseWriter).SetReadDeadline(time.Time{}) // fails only for a recorder in a test
	}
}

func (t *responseRecorder) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *responseRecorder) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	n, err := t.ResponseWriter.Write(b)
	t.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (t *responseRecorder) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// Values of headers that many answers share. These slices must not be modified; Header.Set and
// Header.Add do not modify them.
var (
	noSniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	noCache    = []string{"no-cache"}
	noStore    = []string{"no-store"}
	byAccept   = []string{"Accept"}
	byBoth     = []string{"Accept, Accept-Encoding"}
	typeOf     = map[string][]string{content.JSON: {content.JSON + "; charset=utf-8"}, content.Response: {content.Response + "; charset=utf-8"}}
)

// varies sets Vary: answers depend on the header Accept and, if encoded is set, on Accept-Encoding.
func varies(h http.Header, encoded bool) {
	switch had := h["Vary"]; {
	case len(had) == 0 && !encoded:
		h["Vary"] = byAccept
	case len(had) == 1 && had[0] == "Accept" && encoded:
		h["Vary"] = byBoth
	case encoded:
		h.Add("Vary", "Accept-Encoding")
	default:
		h.Add("Vary", "Accept")
	}
}
