package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestExportLeft: a client that goes away ends its export, which gives way to others and logs no error.
func TestExportLeft(t *testing.T) {
	var log bytes.Buffer // written before the handler ends
	s := started(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	begun, ended := make(chan struct{}), make(chan error)
	s.backend.Load().Export = func(url.Values) (*Export, error) {
		return &Export{Media: "text/plain", Write: func(ctx context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}}, nil
	}
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		ended <- r.Context().Err()
	}))
	defer ts.Close()
	for range maxExports + 1 {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, ts.URL+"/export", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("an export after others were left: %v", err)
		}
		<-begun
		leave()
		res.Body.Close()
		if err := <-ended; err == nil {
			t.Error("the export went on")
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log has\n%s", &log)
	}
}
