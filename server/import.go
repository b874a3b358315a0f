package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/upload"
)

// importPath is the address to which files are sent.
const importPath = "/import"

// maxImports bounds the imports that run at once, because each takes the disk and the memory of its files.
const maxImports = 2

// importPatience is how long an import waits in all for room among the writes.
const importPatience = 5 * time.Minute

// ImportRequest is what a client asks to import.
type ImportRequest struct {
	// Asked has the parameters of the address, and the parts of a form that are not files.
	Asked url.Values
	Files []ImportFile
	// Write runs a write when the service has room for one. It fails once the service is stopping.
	Write func(ctx context.Context, write func() error) error
	// Progress, if not nil, must be called after each batch with the report so far.
	Progress func(report any)
}

// ImportFile is one file of a request.
type ImportFile = upload.File

// Imported is the outcome of an import, complete or not.
type Imported struct {
	// Report is sent as JSON.
	Report   any
	Complete bool
	// Err is why it is not complete, if the reason is not a fault of the input.
	Err error
}

// serveImport imports the files of a POST. The same callers may use it who may write. The deadlines of requests do not apply.
// The import stops between two batches if the client disconnects.
func (s *Server) serveImport(w http.ResponseWriter, r *http.Request, b *Backend) {
	if bad := s.mayImport(w, r, b); bad != nil {
		w.Header().Set("Connection", "close") // because the body is not read
		s.refuse(w, r, jsonType, bad)
		return
	}
	if !oneOf(w, s.imports, "imports are running") {
		return
	}
	defer func() { <-s.imports }()
	media := content.Reports(r.Header.Get("Accept"))
	sent, bad := s.receive(w.(*responseRecorder), r)
	if bad != nil {
		w.Header().Set("Connection", "close")
		s.refuse(w, r, jsonType, bad)
		return
	}
	defer sent.Remove()
	req := &ImportRequest{Asked: r.URL.Query(), Files: sent.Files, Write: s.writes(w.(*responseRecorder))}
	for name, values := range sent.Values {
		req.Asked[name] = append(req.Asked[name], values...)
	}
	out := &importAnswer{s: s, w: w, r: r, media: media}
	if media != jsonType {
		req.Progress = func(report any) { out.event("progress", report) }
	}
	got, err := b.Import(r.Context(), req)
	if err != nil {
		writeError(w, http.StatusBadRequest, jsonType, codes.BadUserInput, err.Error())
		return
	}
	if r.Context().Err() != nil {
		text, _ := json.Marshal(got.Report) // for the log only
		s.log.Warn("import_left", "report", string(text))
		return
	}
	if got.Err != nil {
		s.log.Error("import_failed", "error", got.Err.Error())
	}
	out.end(got)
}

// mayImport returns why a request may not import, or nil.
func (s *Server) mayImport(w http.ResponseWriter, r *http.Request, b *Backend) *requestError {
	var known *graph.Error
	switch refusal := callerOf(w).refusal; {
	case b.Import == nil:
		return &requestError{status: http.StatusNotFound, code: codes.NotFound, message: "this service imports nothing"}
	case errors.As(refusal, &known):
		return &requestError{status: http.StatusForbidden, code: string(known.Code), message: known.Message}
	case !byOwner(r) && s.opts.DocumentsOnly:
		return &requestError{status: http.StatusForbidden, code: codes.OwnerOnly, message: "the service accepts only its trusted documents; its owner can import with 'caspian import --store DIR' on its machine"}
	case content.Reports(r.Header.Get("Accept")) == "":
		return &requestError{status: http.StatusNotAcceptable, code: codes.NotAcceptable, message: "accept application/json for the report, or text/event-stream or " + content.Lines + " for the progress and the report"}
	}
	return nil
}

// receive stores the files of a request. Each piece must arrive within BodyTimeout.
func (s *Server) receive(t *responseRecorder, r *http.Request) (*upload.Upload, *requestError) {
	if r.ContentLength > s.opts.MaxUpload {
		return nil, s.uploadTooLarge()
	}
	body := &arrival{src: r.Body, of: s, to: t}
	body.limit()
	sent, err := upload.Receive("", r.Header.Get("Content-Type"), paced{body}, s.opts.MaxUpload)
	var form *upload.FormError
	switch {
	case err == nil:
		s.endReading(t, true)
		_ = http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Time{}) // fails only for a recorder in a test
		return sent, nil
	case errors.As(err, &form):
		return nil, unreadable("%s", form.Error())
	case errors.Is(err, upload.ErrTooLarge):
		return nil, s.uploadTooLarge()
	case errors.Is(err, upload.ErrStore):
		s.log.Error("import_not_stored", "error", err.Error())
		return nil, &requestError{status: http.StatusServiceUnavailable, code: codes.Unavailable, message: "the service cannot store the files: is the disk of its folder for temporary files (TMPDIR) full?"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, s.unread(err)
	}
	return nil, &requestError{status: http.StatusBadRequest, code: codes.RequestIncomplete, message: "the body ended too soon; nothing was imported"}
}

func (s *Server) uploadTooLarge() *requestError {
	return &requestError{status: http.StatusRequestEntityTooLarge, code: codes.RequestTooLarge,
		message: fmt.Sprintf("the files have more than %d bytes together; send less in one request, pack them with gzip or zstd, or start the service with a larger --max-upload", s.opts.MaxUpload)}
}

// paced sets a new deadline for each piece of a body.
type paced struct{ *arrival }

func (p paced) Read(b []byte) (int, error) {
	p.limit()
	return p.src.Read(b)
}

// writes returns the function that runs one write of an import in a slot.
func (s *Server) writes(t *responseRecorder) func(context.Context, func() error) error {
	waited := time.Duration(0)
	return func(ctx context.Context, write func() error) error {
		for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
			if s.draining.Load() {
				return graph.Errorf(graph.Unavailable, "the service is stopping")
			}
			err := t.slot.Enter(ctx, &s.admission.Writes)
			if err == nil {
				defer t.slot.Leave()
				return write()
			}
			if !errors.Is(err, admission.ErrOverloaded) {
				return err
			}
			if waited += wait; waited > importPatience {
				return graph.Errorf(graph.Unavailable, "the service was overloaded for %s in all", importPatience)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(wait):
			}
		}
	}
}

// importAnswer writes the answer to an import: the report, or before it events with what is imported so far.
type importAnswer struct {
	s     *Server
	w     http.ResponseWriter
	r     *http.Request
	media string
	begun bool
}

// event sends one event of a stream, or a line. The import goes on if the client does not read them.
func (a *importAnswer) event(name string, report any) {
	text, err := json.Marshal(report)
	if err != nil {
		panic(err) // cannot fail, because a report has no types that JSON lacks
	}
	if !a.begun {
		a.begun = true
		h := a.w.Header()
		h.Set("Content-Type", a.media+"; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // else nginx delays events
		a.w.WriteHeader(http.StatusOK)
	}
	var line bytes.Buffer
	if a.media == content.Stream {
		fmt.Fprintf(&line, "event: %s\ndata: %s\n\n", name, text)
	} else {
		fmt.Fprintf(&line, "{%q:%s}\n", name, text)
	}
	control := http.NewResponseController(a.w)
	_, err = io.Copy(&patient{w: a.w, control: control}, &line)
	if err = errors.Join(err, control.Flush()); err != nil {
		a.s.log.Debug("import_progress_not_sent", "error", err.Error())
	}
	_ = control.SetWriteDeadline(time.Time{}) // fails only for a recorder in a test
}

// end sends the report.
func (a *importAnswer) end(got *Imported) {
	if a.media != jsonType {
		a.event("report", got.Report)
		return
	}
	text, err := json.Marshal(got.Report)
	if err != nil {
		panic(err) // as in event
	}
	h := a.w.Header()
	h.Set("Content-Type", jsonType+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	var known *graph.Error
	status := http.StatusOK
	switch {
	case got.Complete:
	case got.Err == nil:
		status = http.StatusUnprocessableEntity
	case errors.As(got.Err, &known) && known.Code == graph.Unavailable:
		h.Set("Retry-After", a.s.admission.RetryAfter())
		status = http.StatusServiceUnavailable
	default:
		status = http.StatusInternalServerError
	}
	a.s.send(a.w, a.r, status, text)
}
