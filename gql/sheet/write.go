package sheet

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// separator separates the values of a list of leaves, as in the tables of an export.
const separator = "|"

// writer writes one answer.
type writer struct {
	s     *Sheet
	dec   *jsontext.Decoder
	out   *bufio.Writer
	cells []cell
	first bool // true for the first pass, which reads the fields outside the list
}

// cell is a value of a row.
type cell struct {
	text  string
	there bool // false for null
}

// Write writes the table with its header, in the format of RFC 4180. A null is an empty cell, an empty text is
// an empty pair of quotes, and the values of a list are separated by a vertical bar. Body is the JSON of an
// answer without errors.
func (s *Sheet) Write(to io.Writer, body []byte) error {
	w := &writer{s: s, out: bufio.NewWriterSize(to, 64<<10), cells: make([]cell, len(s.Columns))}
	for i, name := range s.Columns {
		w.cells[i] = cell{name, true}
	}
	if err := w.line(); err != nil {
		return err
	}
	clear(w.cells)
	if err := w.pass(body, true); err != nil {
		return err
	}
	if s.rows != nil {
		if err := w.pass(body, false); err != nil {
			return err
		}
	} else if err := w.line(); err != nil {
		return err
	}
	return w.out.Flush()
}

// pass reads the whole answer. The first pass reads the fields outside the list, the second the
// list.
func (w *writer) pass(body []byte, first bool) error {
	w.first = first
	w.dec = jsontext.NewDecoder(bytes.NewReader(body))
	answer := &node{fields: map[string]*node{"data": w.s.root}}
	if err := w.object(answer); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return nil
}

// object reads the members of an object that have columns.
func (w *writer) object(n *node) error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	for w.dec.PeekKind() != '}' {
		name, err := w.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := w.value(n.fields[name.String()]); err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

func (w *writer) value(n *node) error {
	switch {
	case n == nil || w.dec.PeekKind() == 'n':
		return w.dec.SkipValue()
	case n == w.s.rows && w.first:
		return w.dec.SkipValue()
	case n == w.s.rows:
		return w.list(n)
	case n.fields != nil:
		return w.object(n)
	}
	text, err := w.leaf(n)
	if err == nil {
		w.cells[n.column] = cell{text, true}
	}
	return err
}

// list writes a row for each item.
func (w *writer) list(n *node) error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	for w.dec.PeekKind() != ']' {
		w.forget(n)
		var err error
		if w.dec.PeekKind() == 'n' {
			err = w.dec.SkipValue()
		} else {
			err = w.object(n)
		}
		if err == nil {
			err = w.line()
		}
		if err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

// forget empties the cells of a row.
func (w *writer) forget(n *node) {
	if n.fields == nil {
		w.cells[n.column] = cell{}
	}
	for _, f := range n.fields {
		w.forget(f)
	}
}

// leaf reads a leaf as a text.
func (w *writer) leaf(n *node) (string, error) {
	if !n.list || w.dec.PeekKind() != '[' {
		return w.single()
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return "", err
	}
	var list []string
	for w.dec.PeekKind() != ']' {
		text, err := w.single()
		if err != nil {
			return "", err
		}
		list = append(list, text)
	}
	_, err := w.dec.ReadToken()
	return strings.Join(list, separator), err
}

// single reads one value and returns it as a text: a JSON string unquoted, any other value as it is
// in the JSON.
func (w *writer) single() (string, error) {
	raw, err := w.dec.ReadValue()
	if err != nil || raw.Kind() == 'n' {
		return "", err
	}
	if raw.Kind() != '"' {
		return string(raw), nil
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err
}

// line writes the cells of one row.
func (w *writer) line() error {
	for i, c := range w.cells {
		if i > 0 {
			w.out.WriteByte(',')
		}
		text := c.text
		if !w.s.Raw && formula(text) {
			text = "'" + text
		}
		switch {
		case c.there && text == "", len(w.cells) == 1 && text == "": // quoted, because readers of CSV skip empty lines
			w.out.WriteString(`""`)
		case strings.ContainsAny(text, "\",\r\n") || strings.TrimSpace(text) != text:
			w.out.WriteByte('"')
			w.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
			w.out.WriteByte('"')
		default:
			w.out.WriteString(text)
		}
	}
	_, err := w.out.WriteString("\r\n")
	return err
}

// formula reports whether a spreadsheet would take a text for a formula.
func formula(text string) bool {
	if first, _ := utf8.DecodeRuneInString(text); text == "" || !strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
		return false
	}
	_, err := strconv.ParseFloat(text, 64)
	return err != nil || strings.ContainsAny(text, "nNxX_pP") // spreadsheets take Inf, NaN and hexadecimal numbers for texts
}
