package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"sync/atomic"
)

// Part is one part of an import that is sent to a service: a value, or a file.
type Part struct {
	Name, Value string
	// File is the name of a file, for messages, and Open opens it. Once says that it can be read only once.
	File, Media string
	Open        func() (io.ReadCloser, error)
	Once        bool
}

// Import sends files to the service, and calls progress with each report of what is imported so far. It returns the report, which may
// say that the import is not complete. The service's own refusal, before anything was imported, is an error.
func (s *Service) Import(ctx context.Context, parts []Part, progress func(report json.RawMessage)) (report json.RawMessage, err error) {
	var consumed atomic.Bool // a part that can be read only once
	refused, err := s.patiently(ctx, func() (*response, error) {
		var refused *response
		report, refused, err = s.upload(ctx, parts, &consumed, progress)
		if err == nil && refused != nil && consumed.Load() {
			return nil, &final{refused.refusal(s.Name)}
		}
		if err != nil && consumed.Load() {
			err = &final{err}
		}
		return refused, err
	})
	switch {
	case err != nil:
		return nil, err
	case refused != nil:
		return nil, refused.refusal(s.Name)
	}
	return report, nil
}

// upload sends the parts once. It returns the report or a refusal.
func (s *Service) upload(ctx context.Context, parts []Part, consumed *atomic.Bool, progress func(json.RawMessage)) (json.RawMessage, *response, error) {
	body, to := io.Pipe()
	form := multipart.NewWriter(to)
	written := make(chan error, 1)
	reading := &firstRead{r: body, begin: func() {
		go func() {
			err := writeParts(form, parts, consumed)
			written <- err
			_ = to.CloseWithError(err)
		}()
	}}
	req, err := s.request(ctx, http.MethodPost, "/import", reading)
	if err != nil {
		return nil, nil, err
	}
	defer body.Close()
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("Expect", "100-continue")
	patient := *s.http
	patient.Timeout = 0
	res, err := patient.Do(req)
	if err != nil {
		select {
		case werr := <-written: // a file that cannot be read is the cause
			if werr != nil && !errors.Is(werr, io.ErrClosedPipe) {
				return nil, nil, &final{werr}
			}
		default:
		}
		return nil, nil, fmt.Errorf("sending to %s: %w (is the service running? 'caspian serve' starts one; --store DIR opens a store without one)", s.Name, err)
	}
	defer res.Body.Close()
	if media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); media != "application/x-ndjson" {
		text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		return nil, &response{res.StatusCode, res.Header, text}, err
	}
	report, err := reportOf(res.Body, progress)
	if err != nil {
		err = fmt.Errorf("%s: %w", s.Name, err)
	}
	return report, nil, err
}

// final is an error after which a request cannot be sent again, such as that of a file that cannot be read.
type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// firstRead calls begin when it is first read, so that nothing is read for a request that is refused before.
type firstRead struct {
	r     io.ReadCloser
	begin func()
}

func (f *firstRead) Read(p []byte) (int, error) {
	if f.begin != nil {
		f.begin()
		f.begin = nil
	}
	return f.r.Read(p)
}

func (f *firstRead) Close() error { return f.r.Close() }

func writeParts(form *multipart.Writer, parts []Part, consumed *atomic.Bool) error {
	for i := range parts {
		p := &parts[i]
		disposition := map[string]string{"name": p.Name}
		h := textproto.MIMEHeader{}
		if p.Open != nil {
			disposition["filename"] = p.File
			if p.Media != "" {
				h.Set("Content-Type", p.Media)
			}
		}
		h.Set("Content-Disposition", mime.FormatMediaType("form-data", disposition))
		to, err := form.CreatePart(h)
		if err != nil {
			return err
		}
		if p.Open == nil {
			_, err = io.WriteString(to, p.Value)
		} else {
			if p.Once {
				consumed.Store(true)
			}
			err = copyFrom(to, p.Open)
		}
		if err != nil {
			return err
		}
	}
	return form.Close()
}

func copyFrom(to io.Writer, open func() (io.ReadCloser, error)) error {
	from, err := open()
	if err != nil {
		return err
	}
	defer from.Close() // an error of closing does not change what was read
	_, err = io.Copy(to, from)
	return err
}

// reportOf reads the lines of an answer up to the report.
func reportOf(answer io.Reader, progress func(json.RawMessage)) (json.RawMessage, error) {
	lines := bufio.NewReaderSize(answer, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("the connection ended before the report of the import; 'caspian imports' lists what is imported, and the same import may be run again: %w", err)
		}
		var event struct{ Progress, Report json.RawMessage }
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("reading the report of the import: %w", err)
		}
		if event.Report != nil {
			return event.Report, nil
		}
		if progress != nil && event.Progress != nil {
			progress(event.Progress)
		}
	}
}

// FileAt returns a part for a file on the disk.
func FileAt(name, file, path string) Part {
	return Part{Name: name, File: file, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}
