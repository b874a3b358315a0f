package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
)

// Patience limits how often and for how long a rejected request is sent again.
type Patience struct {
	attempts int
	total    time.Duration // of all waits together
	// once says that the request may be sent again even if it may have been executed, because its idempotency
	// key prevents a second effect.
	once bool
}

// The patience by kind of request.
var (
	ForQueries = Patience{attempts: 4, total: 15 * time.Second}
	ForImports = Patience{attempts: 12, total: 5 * time.Minute, once: true}
	// Many nodes that start together wait for each other.
	ForSnapshots = Patience{attempts: 30, total: 5 * time.Minute}
)

// patiently sends a request, again with the token of the store if it needs one, and again while it is rejected temporarily.
// It returns what send returned last: nil, and no error, for an answer that send keeps to itself.
func (s *Service) patiently(ctx context.Context, send func() (*response, error)) (*response, error) {
	waited := time.Duration(0)
	for attempt := 1; ; attempt++ {
		got, err := send()
		if got != nil && err == nil && s.Token == "" && s.StoreToken != "" && wantsToken(got.body) {
			s.Token = s.StoreToken
			got, err = send()
		}
		if got == nil && err == nil {
			return nil, nil
		}
		wait, again := s.Patience.next(attempt, waited, got, err)
		if !again || ctx.Err() != nil {
			return got, err
		}
		if err := s.pause(ctx, wait, got, err); err != nil {
			return nil, err
		}
		waited += wait
	}
}

// next returns how long to wait before the request is sent again; false means that it is not sent again. waited
// is the sum of the previous waits.
func (p Patience) next(attempt int, waited time.Duration, got *response, err error) (time.Duration, bool) {
	least := time.Duration(0)
	switch {
	case attempt >= p.attempts:
		return 0, false
	case err != nil:
		if f := (*final)(nil); !p.once || errors.As(err, &f) {
			return 0, false
		}
	default:
		if !p.temporary(got) {
			return 0, false
		}
		least = retryAfter(got.header)
	}
	// Clients that were rejected at the same time must not all return at the same time.
	wait := max(least, min(time.Second<<(attempt-1)/2, 30*time.Second))
	wait += rand.N(wait/2 + 1)
	return wait, waited+wait <= p.total
}

// temporary reports whether a request was rejected only temporarily, and had no effect.
func (p Patience) temporary(got *response) bool {
	code := got.code()
	switch {
	case code == codes.Overloaded || code == string(graph.Unavailable) && (p.once || got.status == http.StatusServiceUnavailable):
		return true
	case code != "": // any other error of the service is final
		return false
	case got.status == http.StatusTooManyRequests:
		return true
	case got.status == http.StatusServiceUnavailable: // from a proxy
		return p.once || got.header.Get("Retry-After") != ""
	}
	return p.once && (got.status == http.StatusBadGateway || got.status == http.StatusGatewayTimeout)
}

// retryAfter reads the header Retry-After, in either form, and returns 0 if it is missing or malformed.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(n, 86_400))*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// pause waits. It reports a wait that is long enough for a person to notice.
func (s *Service) pause(ctx context.Context, wait time.Duration, got *response, err error) error {
	if s.Say != nil && wait >= time.Second {
		why := fmt.Sprint(err)
		if err == nil {
			why = got.refusal(s.Name).Error()
		}
		s.Say("%s; trying again in %s", why, wait.Round(time.Second))
	}
	if s.sleep != nil {
		return s.sleep(ctx, wait)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
