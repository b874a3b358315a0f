// Package table reads the rows of files in CSV, Excel and JSON. It recognizes the format by the name and the
// content of a file.
//
// Read Read and Row first. A row has cells by the names of its columns; in JSON, the name of a column is a
// path. The package bounds the memory that a file can take: the length of a row, its depth and, for Excel, the
// whole file. It must not know what rows mean: mappings in graph/codec define that.
package table

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/packed"
)

// MaxRow is the most bytes of one row.
const MaxRow = 16 << 20

// Options describes the form of a file as far as the file does not show it. The zero value is for files as most
// programs write them.
type Options struct {
	// CSV means that the file is CSV, whatever its name and its content.
	CSV bool
	// JSONLines means that each line of the file is a JSON document, whatever its name and its content.
	JSONLines bool
	// Separator is the character between the cells of CSV. 0 means a tab for files named .tsv or .tab, and a
	// comma for others.
	Separator rune
	// Comment is the first character of lines of CSV that are not rows; 0 means that there are none.
	Comment rune
	// Skip is the number of CSV lines, or Excel rows, above the names of the columns.
	Skip int
	// Head has the names of the columns of a table that does not contain them.
	Head []string
	// Encoding is the encoding of CSV, by its name in HTML. "" means UTF-8, or UTF-16 if the file has a byte
	// order mark.
	Encoding string
	// Sheet is the name of a sheet in Excel; "" means the first.
	Sheet string
	// Records is the path to the rows in a JSON document. A step is the name of a member, * for every member,
	// or {name} for every member, with the member's own name in the column of that name. The path leads to a
	// row or to a list of rows.
	Records string
	// Uneven accepts rows of CSV with fewer or more cells than columns. Without it, they are faults.
	Uneven bool
	// Need lists the columns that a table of CSV or Excel must have. Give is the advice in the error if one is
	// missing.
	Need []string
	Give string
}

// Row is one row of a file. Its position is valid until the next row is read.
type Row struct {
	// Number is the number of the row, counted from 1.
	Number int
	// Cells has the cells of CSV and Excel in the order of the columns. It is nil for JSON.
	Cells []string

	at     graph.Position
	place  func(i int) (line, column int) // returns where cell i begins
	raw    []byte                         // the text of a JSON record
	steps  []string                       // the path to the record
	head   *head
	record *node             // the record in JSON, which has no head
	member *node             // the item of a list in the record, from Members
	extra  map[string]string // the columns that the path to the record names in braces
}

// head has the columns of a table.
type head struct {
	names []string
	index map[string]int // the first place of each column
}

// Names returns the columns of the row: those of the table, or the members of the JSON record.
func (r *Row) Names() []string {
	if r.record != nil {
		return r.record.members
	}
	return r.head.names
}

// Index maps each column to its index in Cells.
func (r *Row) Index() map[string]int { return r.head.index }

// Position returns where the row's cell in the column begins, or where the row begins.
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

// Values returns the row's values in a column. In CSV and Excel, it is at most one text, without white space at
// its ends. In JSON, it is all values at the path. The texts may have any encoding.
func (r *Row) Values(column string) []string {
	if r.record != nil {
		if text, ok := r.extra[column]; ok {
			return []string{text}
		}
		if rest, ok := strings.CutPrefix(column, value); ok && r.member != nil && (rest == "" || rest[0] == '/') {
			return r.member.texts(nil, strings.TrimPrefix(rest, "/"))
		}
		if slices.Contains(GeometryColumns, column) {
			return r.record.geometry(column)
		}
		return r.record.texts(nil, column)
	}
	if i, ok := r.head.index[column]; ok && i < len(r.Cells) {
		return []string{strings.TrimSpace(r.Cells[i])}
	}
	return nil
}

// Members returns a row for each item of the list in the column. It is the same row with the item in the column
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

// The kinds of files that have rows.
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

// IsCSV reports whether Read would read a file as CSV, by its name or by its first bytes.
func IsCSV(name string, begin []byte) bool { return kindOf(name, begin) == csvKind }

// reading is the state of reading a file.
type reading struct {
	Options
	ctx    context.Context
	name   string
	row    func(*Row) bool
	faults func(graph.Problem)
	number int
}

// errStop ends the reading after row has returned false.
var errStop = errors.New("stop")

// Read calls row with each row of a file until row returns false. It calls fault with each fault of form, and continues
// with the next row if it can find its beginning. The error is an error of reading, or a bound that the file exceeds. r
// must not be compressed.
func Read(ctx context.Context, name string, r io.Reader, o Options, row func(*Row) bool, fault func(graph.Problem)) error {
	t := &reading{Options: o, ctx: ctx, name: name, row: row, faults: fault}
	br := bufio.NewReaderSize(r, 64<<10)
	begin, err := br.Peek(512)
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	kind := kindOf(name, begin)
	switch {
	case o.CSV:
		kind = csvKind
	case o.JSONLines:
		kind = jsonLinesKind
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

// reported reports an error that consists of faults, and returns any other error.
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

// end returns a fault that ends the reading.
func (t *reading) end(line, column int, format string, a ...any) error {
	return graph.Problems{{Position: graph.Position{File: t.name, Line: line, Column: column}, Code: graph.BadInput, Message: fmt.Sprintf(format, a...)}}
}

// emit passes a row to the caller of Read.
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

// head returns the places of the columns, by their names without white space at the ends. Each missing column is a
// fault.
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
