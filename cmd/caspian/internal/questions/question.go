// Package questions has the commands that query the graph: the flags that they share, names
// instead of ids, pages, and the errors of the API in the words of the command line.
//
// Read question and its run first; each command is a file. It must not know where the graph is (Connect does),
// nor how an answer is printed (package answers does).
package questions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/codes"
)

// Connect declares a command's settings for where it finds the graph, and returns the endpoint.
type Connect func(s *settings.Set) Endpoint

// Endpoint is where a command sends its queries: a service or a store.
type Endpoint interface {
	// Check adds the faults of the endpoint's settings to the set.
	Check()
	// Open connects to the service or store that the settings name. Check must be called first.
	Open(ctx context.Context, e *cli.Environment) (*Backend, error)
}

// Backend answers GraphQL requests until it is closed.
type Backend struct {
	Answer func(ctx context.Context, query string, variables json.RawMessage) ([]byte, error)
	// Read is like Answer, but refuses whatever does not only read.
	Read func(ctx context.Context, query string, variables json.RawMessage) ([]byte, error)
	// Table is like Read, and returns the answer as CSV, or GraphQL's answer where it has errors or is not a table.
	Table func(ctx context.Context, query string, variables json.RawMessage) (table, answer []byte, err error)
	Close func() error
}

// question is the common part of the commands that query the graph: it has the endpoint and the view, and
// prints the answer or the errors.
type question struct {
	s     *settings.Set
	name  string // the name of the command
	field string // the API's field
	// labels are the command line's names for those arguments of the API that are not flags of the same name.
	labels map[string]string
	// called has the names of entities in the arguments, by their ids.
	called map[string]string
	// names are the arguments that name entities.
	names []argument

	*View
	asJSON   *bool
	endpoint Endpoint
}

// argument is a list of ids, or of names that resolve replaces by ids.
type argument struct {
	label string
	ids   []*string
	types []string // the types of entities that a name may mean; nil means all except Source
}

// newQuestion declares the settings that all questions share. It must be called after the command's own
// settings are declared, so that these come first in the help.
func newQuestion(s *settings.Set, at Connect, name, field string) *question {
	q := &question{s: s, name: name, field: field, labels: map[string]string{}, called: map[string]string{}}
	q.View = ViewSettings(s)
	q.asJSON = s.JSON()
	q.endpoint = at(s)
	return q
}

// positional returns a text for each of the required and extra arguments. An error of the API about the argument
// from is reported as one about FROM.
func (q *question) positional(args []string, required []string, extra ...string) []string {
	all := append(required[:len(required):len(required)], extra...)
	if len(args) < len(required) || len(args) > len(all) {
		usage := strings.Join(required, " ")
		if len(extra) > 0 {
			usage = strings.TrimSpace(usage + " [" + strings.Join(extra, "] [") + "]")
		}
		given := ""
		for _, a := range args {
			given += fmt.Sprintf(" %q", a)
		}
		q.s.Fault("the arguments are %s, but there are %d:%s", usage, len(args), given)
	}
	texts := make([]string, len(all))
	for i, name := range all {
		q.labels[strings.ToLower(name)] = name
		if i >= len(args) {
			continue
		}
		texts[i] = args[i]
		if strings.TrimSpace(args[i]) == "" {
			q.s.Fault("%s is empty", name)
		}
	}
	return texts
}

// ends returns the arguments FROM and TO, which name entities.
func (q *question) ends(args []string) []string {
	ids := q.positional(args, []string{"FROM", "TO"})
	q.entity("FROM", &ids[0])
	q.entity("TO", &ids[1])
	return ids
}

// entity declares that a positional argument names an entity.
func (q *question) entity(label string, id *string, types ...string) {
	if *id != "" {
		q.names = append(q.names, argument{label, []*string{id}, types})
	}
}

// entities declares that the values of a flag name entities.
func (q *question) entities(flag string, ids *[]string, types ...string) {
	a := argument{label: "--" + flag, types: types}
	for i := range *ids {
		a.ids = append(a.ids, &(*ids)[i])
	}
	q.names = append(q.names, a)
}

// view returns the view that the flags describe, in the form of the API. Its sources may be given by name.
func (q *question) view() map[string]any {
	q.entities("sources", q.sources, "Source")
	return q.View.Value()
}

// withoutView adds a fault for each of these flags that is given, and for each flag of a cursor or a view; who has none
// of them.
func (q *question) withoutView(who string, flags ...string) {
	for _, name := range append(append(flags, "after"), viewFlagNames...) {
		if q.s.ByFlag(name) {
			q.s.Fault("%s no view and no cursor: leave out --%s", who, name)
		}
	}
}

// upper converts the values of a flag to enum values of the API.
func upper(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.ToUpper(strings.ReplaceAll(v, "-", "_"))
	}
	return out
}

// optional sets a variable unless the list is empty, because the API distinguishes an empty list from a missing
// one.
func optional(variables map[string]any, name string, list []string) {
	if len(list) > 0 {
		variables[name] = list
	}
}

// reply is an answer of the API.
type reply struct {
	Data   map[string]json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct {
			Code     string
			Problems []struct{ Code, Message, Place string }
		}
	}
	Extensions struct{ Sequence int64 }
}

func (b *Backend) ask(ctx context.Context, document string, variables map[string]any) (*reply, error) {
	raw, err := json.Marshal(variables)
	if err != nil {
		return nil, err
	}
	body, err := b.Answer(ctx, document, raw)
	if err != nil {
		return nil, err
	}
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	return &r, nil
}

// run fetches the answer, at once or page by page, and passes it to show or prints it as JSON. The document's
// root field must be the question's field.
func (q *question) run(ctx context.Context, e *cli.Environment, fetch func(a *asker) (json.RawMessage, error), show func(out *strings.Builder, answer json.RawMessage) error) (err error) {
	q.endpoint.Check()
	if err := q.s.Err(); err != nil {
		return err
	}
	backend, err := q.endpoint.Open(ctx, e)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := backend.Close(); err == nil {
			err = cerr
		}
	}()
	a := &asker{question: q, backend: backend, e: e}
	if a.unknown, err = q.resolve(ctx, e, backend); err != nil {
		return err
	}
	answer, err := fetch(a)
	if err != nil {
		return err
	}
	if *q.asJSON {
		err = printJSON(e.Out, answer, false)
	} else {
		var out strings.Builder
		if err = show(&out, answer); err == nil {
			_, err = io.WriteString(e.Out, console.Printable(out.String()))
		}
	}
	for _, note := range a.notes {
		e.Say("caspian %s: %s", q.name, note)
	}
	return err
}

// asker sends the requests of one question.
type asker struct {
	*question
	backend *Backend
	e       *cli.Environment
	unknown []string // faults about names that no entity has
	notes   []string // printed after the answer
}

func (a *asker) note(format string, args ...any) {
	a.notes = append(a.notes, fmt.Sprintf(format, args...))
}

// once sends the document and returns the value of the question's field.
func (a *asker) once(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error) {
	value, _, err := a.ask(ctx, document, variables)
	return value, err
}

func (a *asker) ask(ctx context.Context, document string, variables map[string]any) (json.RawMessage, int64, error) {
	r, err := a.backend.ask(ctx, document, variables)
	if err != nil {
		return nil, 0, err
	}
	if len(r.Errors) == 0 && r.Data != nil {
		return r.Data[a.field], r.Extensions.Sequence, nil
	}
	for _, hint := range a.unknown {
		a.e.Say("caspian %s: %s", a.name, hint)
	}
	report := func(code, message string) {
		// The hints say more about unknown ids than the API's error.
		if a.unknown == nil || code != codes.UnknownID {
			a.e.Say("caspian %s: %s", a.name, a.inCommandTerms(message))
		}
	}
	for _, x := range r.Errors {
		for _, p := range x.Extensions.Problems {
			report(p.Code, p.Place+": "+p.Message)
		}
		if x.Extensions.Problems == nil {
			report(x.Extensions.Code, x.Message)
		}
	}
	return nil, 0, cli.ErrReported
}

var (
	badVariable = regexp.MustCompile(`^Variable "\$\w+" got invalid value .*? at "([\w.]+)(?:\[\d+\])*"; (.*)$`)
	badArgument = regexp.MustCompile(`^([A-Za-z][\w.]*): (.*)$`)
	capitals    = regexp.MustCompile(`[A-Z]`)
)

// inCommandTerms replaces, in an error, the API's name of an argument by the command line's.
func (q *question) inCommandTerms(message string) string {
	for _, pattern := range []*regexp.Regexp{badVariable, badArgument} {
		if m := pattern.FindStringSubmatch(message); m != nil {
			if label := q.label(m[1]); label != "" {
				return label + ": " + m[2]
			}
		}
	}
	return message
}

// label returns the command line's name for an argument of the API, or "" if there is
// none.
func (q *question) label(argument string) string {
	if l := q.labels[argument]; l != "" {
		return l
	}
	flag := strings.TrimPrefix(argument, "view.")
	flag = capitals.ReplaceAllStringFunc(flag, func(c string) string { return "-" + strings.ToLower(c) })
	if q.s.Has(flag) {
		return "--" + flag
	}
	return ""
}

// printJSON writes JSON, indented or on one line. The order of members is unchanged.
func printJSON(w io.Writer, raw json.RawMessage, compact bool) error {
	var out bytes.Buffer
	form := func() error { return json.Indent(&out, raw, "", "  ") }
	if compact {
		form = func() error { return json.Compact(&out, raw) }
	}
	if err := form(); err != nil {
		return fmt.Errorf("the answer is not JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}
