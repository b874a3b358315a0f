package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/input"
	"github.com/caspian-kg/caspian/graph/packed"
)

// csv reads a file of rows separated by line breaks, with cells separated by a character.
func (t *reading) csv(r *bufio.Reader) error {
	decoded, err := t.decoded(r)
	if err != nil {
		return err
	}
	skipped := 0
	if skipped, err = skipLines(decoded, t.Skip); err != nil {
		return t.broken(err, skipped)
	}
	bounded := &input.Allowance{R: decoded, Left: MaxRow}
	cr := csv.NewReader(bounded)
	cr.Comma, cr.Comment, cr.FieldsPerRecord = t.separator(), t.Comment, -1
	names := t.Head
	if names == nil {
		first, err := cr.Read()
		if err == io.EOF {
			return t.end(1, 0, "the table has no header line")
		}
		if err != nil {
			return t.broken(err, skipped)
		}
		names = append(names, first...)
		names[0] = strings.TrimPrefix(names[0], "\ufeff")
	}
	h, err := t.head(names, skipped+1)
	if err != nil {
		return err
	}
	place := func(i int) (int, int) { line, column := cr.FieldPos(i); return line + skipped, column }
	for {
		bounded.Left = MaxRow
		cells, err := cr.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return t.broken(err, skipped)
		}
		line, _ := place(0)
		if len(cells) != len(names) && !t.Uneven {
			t.number++
			t.faults(graph.Problem{Position: graph.Position{File: t.name, Line: line, Row: t.number}, Code: graph.BadInput,
				Message: fmt.Sprintf("the row has %d cells where the table has %d columns", len(cells), len(names))})
			continue
		}
		if err := t.emit(&Row{Cells: cells, head: h, place: place}, line); err != nil {
			return err
		}
	}
}

func (t *reading) separator() rune {
	if t.Separator != 0 {
		return t.Separator
	}
	return SeparatorOf(t.name)
}

// SeparatorOf returns the character between the cells of a CSV file, by its name.
func SeparatorOf(name string) rune {
	switch packed.Ext(name) {
	case ".tsv", ".tab":
		return '\t'
	}
	return ','
}

// broken returns the error for a table whose remaining rows cannot be read.
func (t *reading) broken(err error, skipped int) error {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad) && !errors.Is(bad.Err, input.ErrTooLong):
		return t.end(bad.Line+skipped, bad.Column, "not well-formed CSV: %v", bad.Err)
	case errors.Is(err, input.ErrTooLong):
		return t.end(0, 0, "row %d has more than %d MB; is a quotation mark left open?", t.number+1, MaxRow>>20)
	}
	return fmt.Errorf("reading %s: %w", t.name, err)
}

// decoded returns a reader of the text in UTF-8.
func (t *reading) decoded(r *bufio.Reader) (*bufio.Reader, error) {
	var from encoding.Encoding
	begin, _ := r.Peek(2)
	switch {
	case t.Encoding != "":
		var err error
		if from, err = encodingOf(t.Encoding); err != nil {
			return nil, err
		}
	case bytes.Equal(begin, []byte{0xff, 0xfe}), bytes.Equal(begin, []byte{0xfe, 0xff}):
		from = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	default:
		return r, nil
	}
	return bufio.NewReaderSize(transform.NewReader(r, from.NewDecoder()), 64<<10), nil
}

func encodingOf(name string) (encoding.Encoding, error) {
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "there is no encoding %q; name it as web pages do, such as windows-1252", graph.Clip(name))
	}
	return e, nil
}

// skipLines skips the first n lines of a file.
func skipLines(r *bufio.Reader, n int) (skipped int, err error) {
	for skipped < n {
		switch _, err := r.ReadSlice('\n'); {
		case err == nil:
			skipped++
		case err == io.EOF:
			return skipped, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return skipped, err
		}
	}
	return skipped, nil
}
