// Package draft drafts a mapping of a table: what its rows may mean, by the names of its columns, their values and the
// ontology, and where there is a graph by what the values name in it.
//
// Read Mapping first. It surveys the file (survey.go), finds the columns that name entities (entities.go), chooses what
// a row is about (subject.go), gives the other columns fields (fields.go) and writes it all down with its reasons (write.go).
// What is unsure becomes a comment, never a claim. The package must not know how mappings are carried out, nor where files are.
package draft

import (
	"context"
	"fmt"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/schema"
)

// File is the table. Open is called more than once.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Graph finds what values name.
type Graph interface {
	// Key returns the entity that has the value of a key, such as iso2; "" where none has.
	Key(ctx context.Context, key, value string) (graph.ID, error)
	// Candidates are the entities that a text may name, the best first.
	Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error)
}

// Options say what to draft by.
type Options struct {
	Ontology *schema.Ontology
	// Graph may be nil: then values are only what their form and their column say.
	Graph Graph
	// Rows is how many rows are read; 0 is 100,000.
	Rows int
}

const defaultRows = 100_000

// Mapping drafts the mapping of a table, as text with comments. Where the file cannot be read as a table, the error says why.
func Mapping(ctx context.Context, f File, o Options) (string, error) {
	if o.Rows == 0 {
		o.Rows = defaultRows
	}
	s, err := surveyed(ctx, f, o)
	if err != nil {
		return "", err
	}
	d := &drafting{ctx: ctx, o: o, survey: s, used: map[*column]bool{}, tables: map[string][]entry{}, asked: map[string][]match.Candidate{}}
	d.years()
	if err := d.entities(); err != nil {
		return "", err
	}
	d.dates()
	if err := d.subject(); err != nil {
		return "", err
	}
	d.describe()
	if err := d.doubts(); err != nil {
		return "", err
	}
	return d.write(), nil
}

// drafting is a mapping while it is drafted.
type drafting struct {
	ctx context.Context
	o   Options
	*survey

	wide  *family   // columns that are years; nil if there are none
	value *column   // the figures, where another column or the file says what they are
	of    *column   // that column; nil if there is none
	found []*naming // the columns that name entities
	about *naming   // what a row is about, where that is in the graph
	label *column   // the name of what a row is about, where the row makes it
	typ   *schema.Type
	id    string // of the subject, as a template
	why   string // it is about that

	year, begin, end *column

	fields []*line  // of the subject
	others []string // what may be done with other columns, for a person to choose
	lets   []*let
	tables map[string][]entry
	order  []string // of tables
	used   map[*column]bool
	asked  map[string][]match.Candidate
	made   []*making
	until  string // the last day that the table covers; "" where it does not show
}

// line is a field of the draft.
type line struct {
	name  string
	parts []part // what stands for the value, and qualifiers
	note  string // why
}

// part is one key of a claim with its text, or the entity that is its value.
type part struct {
	key, text string
	entity    *naming
}

// making is an entity that a row makes besides what it is about.
type making struct {
	id, typ, note string
	parts         []*line
}

// let is a text by a name.
type let struct {
	name string
	of   *naming
	text string // what to take where it is not found
}

// entry is a word of a table and what it becomes.
type entry struct{ from, to, note string }

// table notes a table of the draft, and returns its name.
func (d *drafting) table(name string, entries []entry) string {
	base := name
	for i := 2; d.tables[name] != nil; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	d.tables[name], d.order = entries, append(d.order, name)
	return name
}
