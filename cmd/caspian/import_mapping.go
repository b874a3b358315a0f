package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/foreign"
	"github.com/caspian-kg/caspian/graph/match"
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

// preview returns what the first rows of a table become, for a dry run.
func (t *tables) preview(ctx context.Context, inputs []ingest.Input, dry bool) ([]ingest.Shown, error) {
	if !dry || t.mapping == nil {
		return nil, nil
	}
	return ingest.Preview(ctx, inputs)
}

// finish adds to the report of an import what its tables show, and what a person has to decide about them. present is the sequence
// number of the graph where nothing was committed.
func (t *tables) finish(r *ingest.Report, shown []ingest.Shown, dry bool, present graph.Seq) {
	r.Preview = shown
	if t.mapping != nil {
		r.Review, r.Undecided = t.review.Text()
	}
	if dry {
		r.Import = 0
	}
	if dry || r.Seq == 0 {
		r.Seq = present
	}
}

// printPreview prints what the first rows of a table become.
func printPreview(shown []ingest.Shown, out io.Writer) error {
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
