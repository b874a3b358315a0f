// Package draft drafts a mapping of a table: what its rows may mean, judged by the names of its columns, their values
// and the ontology. If there is a graph, it also uses what the values name in it.
//
// Read Mapping first. It surveys the file (survey.go), finds the columns that name entities (entities.go), chooses the
// subject of a row (subject.go), assigns fields to the other columns (fields.go) and writes the mapping with its
// reasons (write.go). What is uncertain becomes a comment, never a claim. The package must not know how mappings are
// applied, nor where files are.
package draft

import (
	"context"
	"fmt"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/schema"
)

// File is the file with the table. Mapping calls Open more than once.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Graph finds the entities that values name.
type Graph interface {
	// Key returns the entity that has the value of a key, such as iso2, or "" if no entity has it.
	Key(ctx context.Context, key, value string) (graph.ID, error)
	// Candidates returns the entities that a text may name, the best first.
	Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error)
}

// Options configures a draft.
type Options struct {
	Ontology *schema.Ontology
	// Graph may be nil. Then only the form of the values and the name of the column are used.
	Graph Graph
	// Rows is the most rows that are read; 0 means 100,000.
	Rows int
}

const defaultRows = 100_000

// Mapping drafts the mapping of a table, as text with comments. It returns an error if the file cannot be read as a
// table.
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

// drafting is the state of drafting a mapping.
type drafting struct {
	ctx context.Context
	o   Options
	*survey

	wide  *family   // the columns that are years; nil if there are none
	value *column   // the column with the figures, if another column or the file name says what they measure
	of    *column   // the column that says what the figures measure; nil if there is none
	found []*naming // the columns that name entities
	about *naming   // the column that names the subject of a row, if the subject is in the graph
	label *column   // the column with the name of the subject, if each row creates the subject
	typ   *schema.Type
	id    string // the id of the subject, as a template
	why   string // why it is the subject

	year, begin, end *column

	fields []*line  // fields of the subject
	others []string // comments on possible uses of other columns, from which a person can choose
	lets   []*let
	tables map[string][]entry
	order  []string // names of the tables in order
	used   map[*column]bool
	asked  map[string][]match.Candidate
	made   []*making
	until  string // the last day that the table covers, or "" if unknown
}

// line is one field in the draft.
type line struct {
	name  string
	parts []part // the value and the qualifiers
	note  string // the reason
}

// part is one key of a claim with its text. The key of the value has a text or an entity.
type part struct {
	key, text string
	entity    *naming
}

// making is an entity that a row creates besides its subject.
type making struct {
	id, typ, note string
	parts         []*line
}

// let is a text with a name, in the part let of the mapping.
type let struct {
	name string
	of   *naming
	text string // the alternative if the text names nothing
}

// entry is one word in a table of the mapping, and its replacement.
type entry struct{ from, to, note string }

// table adds a table to the draft, and returns its name.
func (d *drafting) table(name string, entries []entry) string {
	base := name
	for i := 2; d.tables[name] != nil; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	d.tables[name], d.order = entries, append(d.order, name)
	return name
}
