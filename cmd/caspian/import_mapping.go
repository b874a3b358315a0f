package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/foreign"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/schema"
)

// mappingChoice has the settings of how an import reads tables.
type mappingChoice struct {
	tables
	file, onError, quarantine, reviewed *string
	threshold                           *int
	// given has the files that the mapping names, for a service.
	given []string
}

// tables is how an import reads tables.
type tables struct {
	mapping *codec.Mapping // nil if the inputs are not tables
	review  *ingest.Review // nil if there is no mapping
	finder                 // nil until the graph is available
}

type finder = ingest.Finder

// use says where to find what rows and documents name.
func (t *tables) use(f finder) {
	t.finder = f
	if t.review != nil {
		t.review.Find = f.Candidates
	}
}

// Named is that of the review.
func (t *tables) Named(ctx context.Context, n codec.Named) (graph.ID, error) {
	return t.review.Named(ctx, n)
}

func mappingSettings(s *settings.Set) *mappingChoice {
	return &mappingChoice{
		file:       s.Text("mapping", "FILE", "", "read tables, whose rows mean what this file says"),
		onError:    s.Choice("on-error", "stop", "what to do about rows of tables with faults", "stop", "skip"),
		reviewed:   s.Text("review", "FILE", "", "decisions about names of tables that are not sure; those to be made are written to it"),
		threshold:  s.Number("threshold", match.Threshold, 1, "score (of 100) from which a name of a table is taken for an entity"),
		quarantine: s.Text("quarantine", "FILE", "", "skip rows of tables with faults, and write them to this file"),
	}
}

func (m *mappingChoice) check(s *settings.Set, args []string) {
	if *m.quarantine != "" && slices.Contains(args, ingest.Stdin) {
		s.Fault("--quarantine reads the tables again, so they cannot come from the standard input: name their file")
	}
	if *m.file == "" && (m.skips() || *m.reviewed != "" || s.Given("threshold")) {
		s.Fault("--on-error, --quarantine, --review and --threshold are for tables: name their mapping with --mapping")
	}
	if m.skips() && s.Given("sync") {
		s.Fault("--sync withdraws what the files do not state, so rows with faults cannot be left out: correct them first")
	}
	if *m.file != "" && s.Given("format") {
		s.Fault("--mapping says what the format is: leave out --format")
	}
}

// skips reports whether rows with faults are left out.
func (m *mappingChoice) skips() bool { return *m.onError == "SKIP" || *m.quarantine != "" }

// inputs returns the inputs that the arguments name, as tables if there is a mapping.
func (m *mappingChoice) inputs(args []string, format string, e *cli.Environment) ([]ingest.Input, error) {
	if *m.file == "" {
		inputs, err := inputsOf(args, format, e)
		for i := range inputs {
			inputs[i].Format = foreign.Bind(inputs[i].Format, m)
		}
		return inputs, err
	}
	text, err := os.ReadFile(*m.file)
	if err != nil {
		return nil, err
	}
	if m.mapping, err = codec.ReadMapping(*m.file, text, func(file string) ([]byte, error) {
		m.given = append(m.given, file)
		return os.ReadFile(filepath.Join(filepath.Dir(*m.file), filepath.FromSlash(file)))
	}); err != nil {
		return nil, err
	}
	if m.review, err = ingest.ReadReview(*m.reviewed); err != nil {
		return nil, err
	}
	m.review.Threshold = *m.threshold
	return ingest.Find(args, m.mapping.Format(m), e.In, e.Say)
}

// preview prints what the first rows of a table become.
func preview(shown []ingest.Shown, out io.Writer) error {
	if len(shown) == 0 {
		return nil
	}
	table := console.NewTable("", "LINE", "ENTITY", "FIELD", "VALUE", "QUALIFIERS", "VALID", "LOCATOR")
	for _, x := range shown {
		table.Row(fmt.Sprint(x.Line), x.Entity, x.Field, x.Value, x.Qualifiers, x.Valid, x.Locator)
	}
	var text strings.Builder
	table.Write(&text)
	_, err := io.WriteString(out, text.String())
	return err
}

// setAside reports the rows that were left out, and writes them to the quarantine file.
func (m *mappingChoice) setAside(ctx context.Context, e *cli.Environment, inputs []ingest.Input, r *ingest.Report) error {
	n := r.LeftOut()
	if n == 0 {
		return nil
	}
	e.Say("%v", r.Faults)
	where := ""
	if *m.quarantine != "" {
		var rows bytes.Buffer
		if err := r.Quarantine(ctx, inputs, m.mapping, &rows); err != nil {
			return err
		}
		if err := os.WriteFile(*m.quarantine, rows.Bytes(), 0o666); err != nil {
			return err
		}
		where = " and written to " + *m.quarantine
	}
	e.Say("caspian import: %s left out%s, for %s", console.Count(n, "row"), where, console.Count(len(r.Faults), "fault"))
	return nil
}

// undecided reports the names about which a person has to decide, and writes them to the review file.
func (m *mappingChoice) undecided(e *cli.Environment, r *ingest.Report) error {
	if *m.reviewed != "" && r.Review != "" {
		if err := os.WriteFile(*m.reviewed, []byte(r.Review), 0o666); err != nil {
			return err
		}
	}
	if r.Undecided == 0 {
		return nil
	}
	to := cmp.Or(*m.reviewed, "a file, with --review FILE")
	e.Say("caspian import: %s to be decided, written to %s: put an id, or - for none, in the column decision, and import again", console.Count(r.Undecided, "name"), to)
	return nil
}

// atService finds entities at a service, each value once.
type atService struct {
	at    *client.Service
	mu    sync.Mutex // guards known and types
	known map[[2]string]graph.ID
	types map[graph.ID]string
}

func newAtService(at *client.Service) *atService {
	return &atService{at: at, known: map[[2]string]graph.ID{}, types: map[graph.ID]string{}}
}

func (s *atService) Key(ctx context.Context, key, value string) (graph.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, asked := s.known[[2]string{key, value}]
	if asked {
		return id, nil
	}
	id, err := askForKey(ctx, s.at, key, value)
	if err == nil {
		s.known[[2]string{key, value}] = id
	}
	return id, err
}

// Candidates returns an error, because a service finds entities only by key.
func (s *atService) Candidates(context.Context, match.Question) ([]match.Candidate, error) {
	return nil, graph.Errorf(graph.BadInput, "a service finds entities by key only; import into its store with --store DIR")
}

// TypeOf is the type of an entity; "" if there is none.
func (s *atService) TypeOf(ctx context.Context, id graph.ID) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name := s.types[id]; name != "" {
		return name, nil
	}
	name, err := askForType(ctx, s.at, string(id))
	if err == nil {
		s.types[id] = name
	}
	return name, err
}

// Ontology is the one that Caspian ships with: a service does not give out the one that it has.
func (s *atService) Ontology() *schema.Ontology { return schema.MustDefault() }

// askForKey asks a service for the entity that has the value of the key; "" if there is none.
func askForKey(ctx context.Context, at *client.Service, key, value string) (graph.ID, error) {
	var found struct {
		Claims struct {
			Nodes []struct{ Subject struct{ ID graph.ID } }
		}
	}
	err := ask(ctx, at, `query ($key: String!, $value: String!) {
		claims(where: {predicate: {eq: $key}, value: {eq: $value}}, first: 1, view: {during: "0001/9999"}) { nodes { subject { id } } }
	}`, map[string]string{"key": key, "value": value}, &found)
	if nodes := found.Claims.Nodes; err == nil && len(nodes) > 0 {
		return nodes[0].Subject.ID, nil
	}
	return "", err
}

// askForType requests from a service the type of an entity; "" if there is none.
func askForType(ctx context.Context, at *client.Service, id string) (string, error) {
	var found struct{ Entity struct{ Type string } }
	err := ask(ctx, at, `query ($id: ID!) { entity(id: $id) { type } }`, map[string]string{"id": id}, &found)
	return found.Entity.Type, err
}

// ask sends a query to a service and decodes the answer into found.
func ask(ctx context.Context, at *client.Service, query string, variables map[string]string, found any) error {
	given, err := json.Marshal(variables)
	if err != nil {
		return err
	}
	body, err := at.Ask(ctx, query, given)
	if err != nil {
		return err
	}
	answer := struct {
		Data   any
		Errors []struct{ Message string }
	}{Data: found}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("looking up %s: %s", given, answer.Errors[0].Message)
	}
	return nil
}
