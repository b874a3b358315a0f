package questions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// nowhere is a Connect without settings, for questions that tests do not run.
func nowhere(*settings.Set) Endpoint { return nil }

// counting returns a service with a list of the numbers below n, which takes page
// cursors and grows by one commit between pages.
func counting(n int) *Backend {
	sequence := 0
	return &Backend{Answer: func(_ context.Context, _ string, raw json.RawMessage) ([]byte, error) {
		var v struct {
			First int
			After *string
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, err
		}
		from := 0
		if v.After != nil {
			if _, err := fmt.Sscan(*v.After, &from); err != nil {
				return nil, err
			}
		}
		to := min(n, from+v.First)
		var edges []string
		for i := from; i < to; i++ {
			edges = append(edges, fmt.Sprint(i))
		}
		sequence++
		return fmt.Appendf(nil, `{"data":{"list":{"totalCount":%d,"pageInfo":{"hasNextPage":%t,"endCursor":"%d"},"edges":[%s]}},"extensions":{"sequence":%d}}`,
			n, to < n, to, strings.Join(edges, ","), sequence), nil
	}}
}

func TestPagesJoin(t *testing.T) {
	for _, c := range []struct {
		n     int
		flags string
		from  int
		want  int
		note  string
	}{
		{0, "--all", 0, 0, ""},
		{pageSize, "--all", 0, pageSize, ""},
		{2*pageSize + 7, "--all", 0, 2*pageSize + 7, "the graph changed while its pages were read (sequence 1 to 2)"},
		{2*pageSize + 7, "--first 3", 0, 3, "these are 3 of 407; --all shows all, --after 3 the next"},
		{2*pageSize + 7, "--first 203", 0, 203, "these are 203 of 407; --all shows all, --after 203 the next"},
		{2*pageSize + 7, "--after 405", 405, 2, ""},
		{3, "--first 3", 0, 3, ""},
	} {
		var p *paging
		var q *question
		command, s := (&cli.Command{Name: "test", Setup: func(s *settings.Set) cli.Action {
			p, q = pagingSettings(s, 20), newQuestion(s, nowhere, "test", "list")
			return nil
		}}).Build(&cli.Environment{Lookup: func(string) (string, bool) { return "", false }})
		if err := command.ParseFlags(strings.Fields(c.flags)); err != nil {
			t.Fatal(err)
		}
		s.Read(command)
		a := &asker{question: q, backend: counting(c.n), e: &cli.Environment{Err: io.Discard}}
		raw, err := a.pages(t.Context(), p, "", map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Edges []int }
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Edges) != c.want || !strings.Contains(strings.Join(a.notes, "\n"), c.note) || c.note == "" && a.notes != nil {
			t.Errorf("%s of %d: %d items, notes %q", c.flags, c.n, len(got.Edges), a.notes)
		}
		for i, x := range got.Edges {
			if x != c.from+i {
				t.Fatalf("%s of %d: item %d is %d", c.flags, c.n, i, x)
			}
		}
	}
}

// TestErrorsNameTheCommandLine: the API's errors about arguments get the names of the command
// line.
func TestErrorsNameTheCommandLine(t *testing.T) {
	s := settings.New(func(string) (string, bool) { return "", false })
	new(wayFlags).carriage(s)
	s.Text("max-borders", "N", "", "")
	q := newQuestion(s, nowhere, "test", "list")
	q.positional([]string{"a", "b"}, []string{"FROM", "TO"})
	for message, want := range map[string]string{
		`from: there is none`:             `FROM: there is none`,
		`maxBorders: 3 is too few`:        `--max-borders: 3 is too few`,
		`view.asOf: it is not a date`:     `--as-of: it is not a date`,
		`view.minConfidence: 3 is above`:  `--min-confidence: 3 is above`,
		`unknown: this stays`:             `unknown: this stays`,
		`LIMIT_COST: too much: ask: less`: `LIMIT_COST: too much: ask: less`,
		`Variable "$modes" got invalid value "FOO" at "modes[0]"; Value "FOO" does not exist in "Mode" enum.`:   `--modes: Value "FOO" does not exist in "Mode" enum.`,
		`Variable "$view" got invalid value "x; y" at "view.knownAt"; "x; y" is not a time; write it otherwise`: `--known-at: "x; y" is not a time; write it otherwise`,
	} {
		if got := q.inCommandTerms(message); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
	// All errors are reported, and hints replace those about unknown ids.
	var words bytes.Buffer
	backend := &Backend{Answer: func(context.Context, string, json.RawMessage) ([]byte, error) {
		return []byte(`{"errors":[{"message":"from: no\nto: no","extensions":{"code":"UNKNOWN_ID","problems":[{"code":"BAD_USER_INPUT","place":"from","message":"no"},{"code":"UNKNOWN_ID","place":"to","message":"no"}]}},{"message":"avoid: no entity","extensions":{"code":"UNKNOWN_ID"}}]}`), nil
	}}
	a := &asker{question: q, backend: backend, e: &cli.Environment{Err: &words}, unknown: []string{"--avoid: did you mean x?"}}
	if _, err := a.once(t.Context(), "", nil); err != cli.ErrReported {
		t.Errorf("%v", err)
	}
	const want = "caspian test: --avoid: did you mean x?\ncaspian test: FROM: no\n"
	if words.String() != want {
		t.Errorf("got\n%swant\n%s", words.String(), want)
	}
}
