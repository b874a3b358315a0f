package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/server/owner"
)

// TestOwnerTasks checks that tasks are accepted over the owner's socket only, that exports are for every reader, a few at a
// time, and that an answer that ends early is never taken for the whole.
func TestOwnerTasks(t *testing.T) {
	s := started(t, Options{})
	b := *s.backend.Load()
	b.Owner = &OwnerTasks{
		Backup: func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "the log"); return err },
		Verify: func(context.Context) (any, error) { return map[string]int{"sequence": 7}, nil },
	}
	b.Export = func(asked url.Values) (*Export, error) {
		format := asked.Get("format")
		if format == "none" {
			return nil, errors.New("there is no format none")
		}
		return &Export{Media: "text/plain", Write: func(_ context.Context, w io.Writer) error {
			if format == "broken" {
				_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
				return errors.New("the disk\nhas failed")
			}
			_, err := io.WriteString(w, "all of it")
			return err
		}}, nil
	}
	s.Publish(&b)
	ask := func(url string, client *http.Client) (int, string, error) {
		t.Helper()
		res, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body), ReadFault(res)
	}

	dir := t.TempDir()
	l, err := owner.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	owner := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, "socket"))
	}}}
	for _, c := range []struct {
		path   string
		status int
		body   string
		fault  string
	}{
		{"/export?format=short", 200, "all of it", ""},
		{"/export?format=broken", 200, "xxx", "the disk has failed"},
		{"/export?format=none", 400, "there is no format none", ""},
		{"/backup", 200, "the log", ""},
		{"/verify", 200, `{"sequence":7}`, ""},
	} {
		status, body, fault := ask("http://localhost"+c.path, owner)
		if status != c.status || !strings.Contains(body, c.body) || (fault == nil) != (c.fault == "") || fault != nil && !strings.Contains(fault.Error(), c.fault) {
			t.Errorf("%s: %d %.100s, %v", c.path, status, body, fault)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}

	tcp := httptest.NewServer(s)
	defer tcp.Close()
	if status, body, _ := ask(tcp.URL+"/verify", tcp.Client()); status != http.StatusForbidden || !strings.Contains(body, "OWNER_ONLY") {
		t.Errorf("verify over TCP: %d %s", status, body)
	}
	if status, body, _ := ask(tcp.URL+"/export?format=short", tcp.Client()); status != http.StatusOK || body != "all of it" {
		t.Errorf("export over TCP: %d %s", status, body)
	}
	for range maxExports {
		s.exports <- struct{}{}
	}
	if status, body, _ := ask(tcp.URL+"/export?format=short", tcp.Client()); status != http.StatusServiceUnavailable || !strings.Contains(body, "other exports are running") {
		t.Errorf("one export more: %d %s", status, body)
	}
}
