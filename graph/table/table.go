// Package table reads files as rows: CSV, Excel and JSON, as their content and their names show.
//
// Read Read and Row first. A row has cells by the names of its columns; in JSON, the name of a column
// is a path. The package bounds what a file may make it hold in memory: a row, its depth, and for Excel
// the file. It must not know what rows mean: mappings of graph/codec do.
package table

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/packed"
)

// MaxRow bounds one row, in bytes.
const MaxRow = 16 << 20

// Options say how a file is written, where it does not show that itself. The zero value is for files as
// most programs write them.
type Options struct {
	// CSV says that the file is CSV, whatever its name and its content.
	CSV bool
	// Separator is between the cells of CSV; 0 is a tab in files named .tsv or .tab, and a comma in others.
	Separator rune
	// Comment begins the lines of CSV that are not rows; 0 if there are none.
	Comment rune
	// Skip is how many lines of CSV, or rows of Excel, are above the names of the columns.
	Skip int
	// Head names the columns of a table that does not.
	Head []string
	// Encoding is that of CSV, by its name in HTML; "" is UTF-8, or UTF-16 with a byte order mark.
	Encoding string
	// Sheet is that of Excel; "" is the first.
	Sheet string
	// Records is the path of the rows in a JSON document: names of members, * for every one, {name} for
	// every one whose own name becomes the column name. What it leads to is a row, or a list of rows.
	Records string
	// Uneven takes rows of CSV that have fewer or more cells than the table has columns; else they are faults.
	Uneven bool
	// Need are the columns that a table of CSV or Excel must have; Give is the advice of the error if one is
	// missing.
	Need []string
	Give string
}

// Row is one row of a file. Position is valid until the next one is read.
type Row struct {
	// Number counts the rows from 1.
	Number int
	// Cells are the cells of CSV and Excel in the order of the columns; nil for JSON.
	Cells []string

	at     graph.Position
	place  func(i int) (line, column int) // where cell i begins
	raw    []byte                         // of JSON
	steps  []string                       // to a record
	head   *head
	record *node             // of JSON, which has no head
	member *node             // of a list of it
	extra  map[string]string // columns of the path to a record
}

// head are the columns of a table.
type head struct {
	names []string
	index map[string]int // the first place of each
}

// Names are the columns of the row: those of the table, or the members of the record.
func (r *Row) Names() []string {
	if r.record != nil {
		return r.record.members
	}
	return r.head.names
}

// Index is where each column is in Cells.
func (r *Row) Index() map[string]int { return r.head.index }

// Position is where the row begins, or its cell in the column.
func (r *Row) Position(column string) graph.Position {
	at := r.at
	at.Row = r.Number
	if r.record != nil {
		return at
	}
	if i, ok := r.head.index[column]; ok && i < len(r.Cells) {
		at.Line, at.Column = r.place(i)
	}
	return at
}

// Values are what the row has in a column: at most one text in CSV and Excel, without white space at its
// ends, and all that the path leads to in JSON. Texts are in no particular encoding.
func (r *Row) Values(column string) []string {
	if r.record != nil {
		if text, ok := r.extra[column]; ok {
			return []string{text}
		}
		if rest, ok := strings.CutPrefix(column, value); ok && r.member != nil && (rest == "" || rest[0] == '/') {
			return r.member.texts(nil, strings.TrimPrefix(rest, "/"))
		}
		return r.record.texts(nil, column)
	}
	if i, ok := r.head.index[column]; ok && i < len(r.Cells) {
		return []string{strings.TrimSpace(r.Cells[i])}
	}
	return nil
}

// Members returns a row for each member of the list in the column: the same row, with the member in the column
// value. A single value counts as a list of one.
func (r *Row) Members(column string) (rows []*Row) {
	if r.record == nil {
		return nil
	}
	list := r.record.under(column)
	if list == nil {
		return nil
	}
	members := []node{*list}
	if list.kind == '[' {
		members = list.list
	}
	for i := range members {
		one := *r
		one.member = &members[i]
		rows = append(rows, &one)
	}
	return rows
}

// kinds of files with rows.
type kind uint8

const (
	csvKind kind = iota
	excelKind
	jsonKind
	jsonLinesKind
)

// kindOf returns the kind of a file, by its name or by its first bytes.
func kindOf(name string, begin []byte) kind {
	if bytes.HasPrefix(begin, []byte("PK\x03\x04")) {
		return excelKind
	}
	switch packed.Ext(name) {
	case ".csv", ".tsv", ".tab":
		return csvKind
	case ".json", ".geojson":
		return jsonKind
	case ".jsonl", ".ndjson":
		return jsonLinesKind
	case ".xlsx", ".xlsm":
		return excelKind
	}
	begin = bytes.TrimLeft(bytes.TrimPrefix(begin, []byte("\ufeff")), " \t\r\n")
	switch {
	case bytes.HasPrefix(begin, []byte("[")), bytes.HasPrefix(begin, []byte("{\n")), bytes.HasPrefix(begin, []byte("{\r")):
		return jsonKind
	case bytes.HasPrefix(begin, []byte("{")):
		return jsonLinesKind
	}
	return csvKind
}

// IsCSV reports whether Read takes a file for CSV, by its name or by its first bytes.
func IsCSV(name string, begin []byte) bool { return kindOf(name, begin) == csvKind }

// reading is a file while it is read.
type reading struct {
	Options
	ctx    context.Context
	name   string
	row    func(*Row) bool
	faults func(graph.Problem)
	number int
}

// errStop ends the reading after row returned false.
var errStop = errors.New("stop")

// Read calls row with each row of a file, until it returns false. It calls fault with each fault of form, and continues
// with the next row if its beginning can be found. The error is of the reading itself. Read refuses a file that exceeds
// its bounds. Unpack r before.
func Read(ctx context.Context, name string, r io.Reader, o Options, row func(*Row) bool, fault func(graph.Problem)) error {
	t := &reading{Options: o, ctx: ctx, name: name, row: row, faults: fault}
	br := bufio.NewReaderSize(r, 64<<10)
	begin, err := br.Peek(512)
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	kind := csvKind
	if !o.CSV {
		kind = kindOf(name, begin)
	}
	switch kind {
	case excelKind:
		err = t.excel(br)
	case jsonKind:
		err = t.document(br)
	case jsonLinesKind:
		err = t.lines(br)
	default:
		err = t.csv(br)
	}
	if errors.Is(err, errStop) {
		return nil
	}
	return t.reported(err)
}

// reported reports an error that is faults, and returns any other.
func (t *reading) reported(err error) error {
	var bad graph.Problems
	if !errors.As(err, &bad) {
		return err
	}
	for _, p := range bad {
		t.faults(p)
	}
	return nil
}

// end is a fault with which the reading ends.
func (t *reading) end(line, column int, format string, a ...any) error {
	return graph.Problems{{Position: graph.Position{File: t.name, Line: line, Column: column}, Code: graph.BadInput, Message: fmt.Sprintf(format, a...)}}
}

// emit passes a row on.
func (t *reading) emit(r *Row, line int) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	t.number++
	r.Number = t.number
	r.at = graph.Position{File: t.name, Line: line}
	if !t.row(r) {
		return errStop
	}
	return nil
}

// head gives the columns their places, by their names without white space at the ends. Every one that is missing is a fault.
func (t *reading) head(names []string, line int) (*head, error) {
	h := &head{index: make(map[string]int, len(names))}
	for i, c := range names {
		c = strings.TrimSpace(c)
		h.names = append(h.names, c)
		if _, twice := h.index[c]; !twice {
			h.index[c] = i
		}
	}
	var missing graph.Problems
	for _, c := range t.Need {
		if _, ok := h.index[c]; !ok {
			missing = append(missing, graph.Problem{Position: graph.Position{File: t.name, Line: line}, Code: graph.BadInput,
				Message: fmt.Sprintf("the column %q is missing; give %s", graph.Clip(c), t.Give)})
		}
	}
	if missing == nil {
		return h, nil
	}
	return h, missing
}
