package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
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
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/schema"
)

// mappingChoice has the settings of how an import reads tables.
type mappingChoice struct {
	file, onError, quarantine, reviewed *string
	threshold                           *int
	mapping                             *codec.Mapping // nil if the inputs are not tables
	review                              *ingest.Review
	finder                              // nil until the graph is available
}

// finder finds what rows and documents name, in a graph.
type finder interface {
	foreign.Graph
	Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error)
}

// use says where to find what rows and documents name.
func (m *mappingChoice) use(f finder) {
	m.finder = f
	if m.review != nil {
		m.review.Find = f.Candidates
	}
}

// Named is that of the review.
func (m *mappingChoice) Named(ctx context.Context, n codec.Named) (graph.ID, error) {
	return m.review.Named(ctx, n)
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

// shownRows is how many rows a dry run shows.
const shownRows = 3

var errShown = errors.New("enough rows are shown")

// preview prints the operations that the first rows of the first table become.
func (m *mappingChoice) preview(ctx context.Context, inputs []ingest.Input, out io.Writer) error {
	if m.mapping == nil || inputs[0].Name == ingest.StandardInput {
		return nil
	}
	table := console.NewTable("", "LINE", "ENTITY", "FIELD", "VALUE", "QUALIFIERS", "VALID", "LOCATOR")
	rows := map[int]bool{}
	err := inputs[0].Decode(ctx, func(op graph.Op) error {
		if rows[op.Position.Row] = true; len(rows) > shownRows {
			return errShown
		}
		line := fmt.Sprint(op.Position.Line)
		if op.Kind == graph.Declare {
			table.Row(line, string(op.Entity.ID), "type", op.Entity.Type)
			return nil
		}
		c := &op.Claim
		var qualifiers []string
		for _, q := range c.Qualifiers {
			qualifiers = append(qualifiers, q.Name+" "+q.Value.String())
		}
		table.Row(line, string(c.Subject), c.Predicate, c.Value.String(), strings.Join(qualifiers, ", "), c.Valid.String(), c.Locator)
		return nil
	})
	var faults graph.Problems // ignored, because the import reports them
	if err != nil && !errors.Is(err, errShown) && !errors.As(err, &faults) {
		return err
	}
	var text strings.Builder
	table.Write(&text)
	_, err = io.WriteString(out, text.String())
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
func (m *mappingChoice) undecided(e *cli.Environment) error {
	if m.review == nil {
		return nil
	}
	open, err := m.review.Write(*m.reviewed)
	if err != nil || open == 0 {
		return err
	}
	to := cmp.Or(*m.reviewed, "a file, with --review FILE")
	e.Say("caspian import: %s to be decided, written to %s: put an id, or - for none, in the column decision, and import again", console.Count(open, "name"), to)
	return nil
}

// inStore finds entities in the graph, on any date.
type inStore struct{ *live.Graph }

// Candidates returns the candidates for a name.
func (g inStore) Candidates(_ context.Context, q match.Question) ([]match.Candidate, error) {
	v, err := match.Always(g.Snapshot())
	if err != nil {
		return nil, err
	}
	return match.Find(v, q)
}

func (g inStore) Key(_ context.Context, key, value string) (found graph.ID, _ error) {
	s := g.Snapshot()
	s.Keyed(key, value, func(claim uint32) {
		if found == "" && s.Live(claim) {
			found = s.ID(s.Subject(claim))
		}
	})
	return found, nil
}

// TypeOf is the type of an entity; "" if there is none.
func (g inStore) TypeOf(_ context.Context, id graph.ID) (string, error) {
	name, _ := g.Snapshot().State().TypeOf(id)
	return name, nil
}

// Ontology is that of the store.
func (g inStore) Ontology() *schema.Ontology { return g.Snapshot().Ontology() }

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
