package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

const graphqlMedia = "application/graphql-response+json"

// turn is one answer of a service that refuses requests.
type turn struct {
	status       int
	media, retry string
	body         string
}

// turning returns a service that gives these answers, then repeats the last one, and a client
// whose waits it records.
func turning(t *testing.T, p Patience, turns ...turn) (s *Service, asked *int, waits *[]time.Duration) {
	t.Helper()
	asked, waits = new(int), new([]time.Duration)
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the client will miss it
		a := turns[min(*asked, len(turns)-1)]
		*asked++
		w.Header().Set("Content-Type", a.media)
		if a.retry != "" {
			w.Header().Set("Retry-After", a.retry)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(ts.Close)
	s = At(ts.URL)
	s.Patience = p
	s.sleep = func(_ context.Context, wait time.Duration) error {
		*waits = append(*waits, wait)
		return nil
	}
	return s, asked, waits
}

var (
	overloadedTurn = turn{503, graphqlMedia, "3", `{"errors":[{"message":"too many","extensions":{"code":"OVERLOADED"}}]}`}
	answered       = turn{200, graphqlMedia, "", `{"data":{"transact":{"sequence":7}}}`}
)

// TestRefused: how often a request is sent again depends on the refusal.
func TestRefused(t *testing.T) {
	lateTurn := turn{503, graphqlMedia, "", `{"errors":[{"message":"late","extensions":{"code":"TIMEOUT"}}]}`}
	proxy := turn{502, "text/html", "", "<title>502 Bad Gateway</title>"}
	for _, tc := range []struct {
		name  string
		p     Patience
		turns []turn
		asked int
		err   string // a part of it, "" for none
	}{
		{"answered", ForQueries, []turn{answered}, 1, ""},
		{"overloaded, then answered", ForQueries, []turn{overloadedTurn, overloadedTurn, answered}, 3, ""},
		{"429 of a proxy", ForQueries, []turn{{429, "text/plain", "1", "slow down"}, answered}, 2, ""},
		{"503 of a proxy that asks to come again", ForQueries, []turn{{503, "text/html", "1", ""}, answered}, 2, ""},
		{"503 of a proxy that does not", ForQueries, []turn{{503, "text/html", "", "<html><title>Down\n for now</title>"}}, 1, `503 Service Unavailable with a page of HTML ("Down for now")`},
		{"starting", ForQueries, []turn{{503, "application/json", "1", `{"errors":[{"message":"starting","extensions":{"code":"UNAVAILABLE"}}]}`}, answered}, 2, ""},
		{"forever", ForQueries, []turn{overloadedTurn}, 4, ""}, // GraphQL's own answer
		{"refused for an hour", ForQueries, []turn{{503, "text/plain", "3600", "maintenance"}}, 1, "503 Service Unavailable: maintenance"},
		{"ran out of time", ForImports, []turn{lateTurn}, 1, ""},
		{"bad gateway for a question", ForQueries, []turn{proxy}, 1, `502 Bad Gateway with a page of HTML ("502 Bad Gateway")`},
		{"bad gateway for an import", ForImports, []turn{proxy, answered}, 2, ""},
		{"not found", ForImports, []turn{{404, "text/plain; charset=utf-8", "", "404 page not found\n"}}, 1, "404 Not Found: 404 page not found"},
		{"another kind", ForImports, []turn{{200, "image/png", "", "x"}}, 1, "with image/png instead of GraphQL; is it Caspian?"},
		{"refused in JSON", ForImports, []turn{{421, "application/json", "", `{"errors":[{"message":"not this host"}]}`}}, 1, "421 Misdirected Request: not this host"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, asked, waits := turning(t, tc.p, tc.turns...)
			_, err := s.Ask(t.Context(), "{a}", nil)
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("the error is %v", err)
			}
			if *asked != tc.asked {
				t.Errorf("it was sent %d times, not %d", *asked, tc.asked)
			}
			total := time.Duration(0)
			for i, wait := range *waits {
				total += wait
				if tc.turns[min(i, len(tc.turns)-1)].retry == "3" && (wait < 3*time.Second || wait > 4500*time.Millisecond) {
					t.Errorf("it waited %s", wait)
				}
			}
			if total > tc.p.total {
				t.Errorf("it waited %s in all", total)
			}
		})
	}
}

// TestWaitsSpread: clients that were refused at the same time do not return at the same time.
func TestWaitsSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		wait, again := ForImports.next(3, 0, nil, errors.New("lost"))
		if !again || wait < 2*time.Second || wait > 3*time.Second {
			t.Errorf("%s, %v", wait, again)
		}
		seen[wait] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d waits differ of 20", len(seen))
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "2": 2 * time.Second, "-5": 0, "soon": 0, "99999999999": 24 * time.Hour, "1000000": 24 * time.Hour,
		"Wed, 21 Oct 2015 07:28:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {text}}); got != want {
			t.Errorf("%q is %s, not %s", text, got, want)
		}
	}
	at := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	if got := retryAfter(http.Header{"Retry-After": {at}}); got < 50*time.Second || got > time.Minute {
		t.Errorf("%q is %s", at, got)
	}
}

// TestChange: the notices of a change come with its receipt.
func TestChange(t *testing.T) {
	noticed := answered
	noticed.body = `{"data":{"transact":{"sequence":7,"notices":["operations[0]: left out"]}}}`
	s, _, _ := turning(t, ForImports, noticed)
	got, err := s.Change(t.Context(), graph.Op{Kind: graph.Unmerge, Merge: graph.Merged{From: "x"}}, false)
	if err != nil || got.Seq != 7 || len(got.Notices) != 1 || got.Notices[0].Message != "left out" {
		t.Errorf("%+v, %v", got, err)
	}
}
