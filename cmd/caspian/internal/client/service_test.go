package client

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestClientReadsEveryStatus: with each status that the specification has, the body of an answer
// says what happened to the request.
func TestClientReadsEveryStatus(t *testing.T) {
	for _, status := range []int{200, 294, 400, 401, 403, 405, 408, 413, 422, 500, 503} {
		ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", r.Header.Get("Accept")+"; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"errors":[{"message":"x"}]}`)) // the client will miss it
		}))
		answer, err := At(ts.URL).Ask(t.Context(), "{a}", nil)
		if err != nil || string(answer) != `{"errors":[{"message":"x"}]}` {
			t.Errorf("%d: %v %s", status, err, answer)
		}
		ts.Close()
	}
}
