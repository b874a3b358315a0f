package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestQuestions puts the questions of testdata/questions to the seeds, with 2026-01-15 as today. The answers
// were written by hand from the sources and are never rewritten. In a file, a question is
//
//	# the question, and what is known about it
//	{ a query }
//	> a.path.into.the.answer = one, value after another
//	> a.path has some, values among others
//	> a.path lacks some, values
//	> a.path is empty
//
// A path passes through lists: it stands for all values that it leads to, in order. A question without a query
// has "> unknown: why" in its place: nothing in the graph answers it.
func TestQuestions(t *testing.T) {
	files, err := filepath.Glob("testdata/questions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no questions", err)
	}
	a := seeded(t)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range readQuestions(t, file, string(text)) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+q.name, func(t *testing.T) {
				for _, fault := range q.put(t, a) {
					t.Errorf("%s:%d: %s", file, q.line, fault)
				}
			})
		}
	}
}

// question is one of a file: its query, and what the answer must be like.
type question struct {
	name  string
	line  int
	query string
	wants []string
}

func readQuestions(t *testing.T, file, text string) []question {
	t.Helper()
	var list []question
	for n, line := range strings.Split(text, "\n") {
		switch q := len(list) - 1; {
		case strings.HasPrefix(line, "# "):
			if q < 0 || len(list[q].wants) > 0 {
				name, _, _ := strings.Cut(line[2:], " ")
				list = append(list, question{name: strings.TrimSuffix(name, "."), line: n + 1})
			}
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case q < 0:
			t.Fatalf("%s:%d: %q is before the first question", file, n+1, line)
		case strings.HasPrefix(line, "> "):
			list[q].wants = append(list[q].wants, line[2:])
		case len(list[q].wants) > 0:
			t.Fatalf("%s:%d: %q is after the expectations of a question", file, n+1, line)
		default:
			list[q].query += line + "\n"
		}
	}
	return list
}

// put asks the question, and returns what is wrong with the answer.
func (q *question) put(t *testing.T, a *api.API) (faults []string) {
	if len(q.wants) == 0 {
		return []string{"nothing is expected of the answer"}
	}
	if q.query == "" {
		if !strings.HasPrefix(q.wants[0], "unknown: ") {
			return []string{"neither a query nor a reason why it has none"}
		}
		return nil
	}
	r := a.Begin().Execute(t.Context(), &api.Request{Query: q.query})
	var answer struct {
		Data   any
		Errors []struct{ Message string }
	}
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	dec.UseNumber()
	if err := dec.Decode(&answer); err != nil || len(answer.Errors) > 0 {
		return []string{fmt.Sprintf("%v %v", err, answer.Errors)}
	}
	for _, want := range q.wants {
		if fault := expect(answer.Data, want); fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults
}

// expect compares an answer with one expectation, and returns how they differ.
func expect(answer any, want string) string {
	for _, word := range []string{" = ", " has ", " lacks ", " is empty"} {
		path, list, ok := strings.Cut(want, word)
		if !ok {
			continue
		}
		got, err := follow(answer, strings.Split(path, "."))
		if err != nil {
			return fmt.Sprintf("%s: %v", path, err)
		}
		values := strings.Split(list, ", ")
		absent := func(v string) bool { return !slices.Contains(got, v) }
		switch word {
		case " = ":
			ok = slices.Equal(got, values)
		case " has ":
			ok = !slices.ContainsFunc(values, absent)
		case " lacks ":
			ok = !slices.ContainsFunc(values, func(v string) bool { return !absent(v) })
		default:
			ok = len(got) == 0
		}
		if !ok {
			return fmt.Sprintf("%s\n\tis %s", want, strings.Join(got, ", "))
		}
		return ""
	}
	return fmt.Sprintf("%q expects nothing", want)
}

// follow collects the values to which a path leads. A step that no object on the way has is an error, so that
// nothing is empty by a slip of the pen.
func follow(v any, path []string) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []any:
		var all []string
		for _, x := range v {
			got, err := follow(x, path)
			if err != nil {
				return nil, err
			}
			all = append(all, got...)
		}
		return all, nil
	case map[string]any:
		if len(path) == 0 {
			return nil, fmt.Errorf("ends at an object")
		}
		next, ok := v[path[0]]
		if !ok {
			return nil, fmt.Errorf("the query does not ask for %s", path[0])
		}
		return follow(next, path[1:])
	}
	if len(path) > 0 {
		return nil, fmt.Errorf("%s is below %v", path[0], v)
	}
	return []string{fmt.Sprint(v)}, nil
}
