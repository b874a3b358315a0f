package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caspian-kg/caspian/graph/internal/input"
	"github.com/caspian-kg/caspian/graph/packed"
)

// maxDepth is how deep the values of a record may be nested.
const maxDepth = 100

// node is a JSON value in memory.
type node struct {
	kind    jsontext.Kind // '{', '[', or the kind of a single value
	text    string        // the text of a single value
	list    []node        // the items of a list, or the values of an object
	members []string      // the names of the values of an object
}

// source is a JSON decoder that knows the lines of its text.
type source struct {
	dec   *jsontext.Decoder
	bound *input.Allowance
	lines *input.Lines
	steps []string
	t     *reading
}

// newSource returns a source that reads JSON from the given line on.
func (t *reading) newSource(r io.Reader, line int, steps []string) *source {
	s := &source{lines: input.NewLines(r, line), steps: steps, t: t}
	s.bound = &input.Allowance{R: s.lines, Left: MaxRow}
	s.dec = jsontext.NewDecoder(s.bound, jsontext.AllowInvalidUTF8(false), jsontext.AllowDuplicateNames(true))
	return s
}

// document reads one JSON document, or several in sequence.
func (t *reading) document(r *bufio.Reader) error {
	if begin, _ := r.Peek(3); bytes.Equal(begin, []byte("\ufeff")) {
		_, _ = r.Discard(3)
	}
	steps := t.steps()
	s := t.newSource(r, 1, steps)
	for {
		s.bound.Left = MaxRow
		if s.dec.PeekKind() == 0 {
			if _, err := s.dec.ReadToken(); err != io.EOF {
				return s.fault(err)
			}
			return nil
		}
		if err := s.walk(steps, nil); err != nil {
			return err
		}
	}
}

// lines reads a JSON value from each line. It reports a malformed line as a fault and continues with the next.
func (t *reading) lines(r *bufio.Reader) error {
	steps := t.steps()
	var text []byte
	for line := 1; ; line++ {
		text = text[:0]
		end := false
		for {
			part, err := r.ReadSlice('\n')
			if len(text)+len(part) > MaxRow {
				return t.end(line, 0, "the line has more than %d MB", MaxRow>>20)
			}
			text = append(text, part...)
			if err == nil || err == io.EOF {
				end = err == io.EOF
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return fmt.Errorf("reading %s: %w", t.name, err)
			}
		}
		one := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
		if len(one) > 0 {
			s := t.newSource(bytes.NewReader(one), line, steps)
			err := s.walk(steps, nil)
			if err == nil {
				if _, more := s.dec.ReadToken(); more != io.EOF {
					err = t.end(line, 0, "the line has more than one value")
				}
			}
			if err := t.reported(err); err != nil {
				return err
			}
		}
		if end {
			return nil
		}
	}
}

// steps returns the steps of the path to the records.
func (t *reading) steps() []string {
	switch {
	case t.Records != "":
		return strings.Split(t.Records, "/")
	case packed.Ext(t.name) == ".geojson" && !t.JSONLines:
		return []string{"features"}
	}
	return nil
}

// walk follows the steps to the records.
func (s *source) walk(steps []string, names map[string]string) error {
	if len(steps) == 0 {
		return s.records(names)
	}
	step, kind := steps[0], s.dec.PeekKind()
	if kind != '{' && kind != '[' || kind == '[' && step != "*" {
		if kind == 0 {
			_, err := s.dec.ReadToken()
			return s.fault(err)
		}
		return s.fault(s.dec.SkipValue()) // the object has no such member
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return s.fault(err)
	}
	for s.dec.PeekKind() != '}' && s.dec.PeekKind() != ']' {
		s.bound.Left = MaxRow
		below, of := step == "*", names
		if kind == '{' {
			name, err := s.dec.ReadToken()
			if err != nil {
				return s.fault(err)
			}
			member := name.String()
			if column, named := strings.CutPrefix(step, "{"); named {
				of = map[string]string{strings.TrimSuffix(column, "}"): member}
				for k, v := range names {
					of[k] = v
				}
				below = true
			}
			below = below || member == step
		}
		var err error
		if below {
			err = s.walk(steps[1:], of)
		} else {
			err = s.fault(s.dec.SkipValue())
		}
		if err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return s.fault(err)
}

// records emits the next value as a record or, if it is a list, each of its items.
func (s *source) records(names map[string]string) error {
	if s.dec.PeekKind() != '[' {
		return s.record(names)
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return s.fault(err)
	}
	for s.dec.PeekKind() != ']' {
		if err := s.record(names); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return s.fault(err)
}

func (s *source) record(names map[string]string) error {
	s.bound.Left = MaxRow
	s.dec.PeekKind() // reads up to the value
	v, err := s.dec.ReadValue()
	if err != nil {
		return s.fault(err)
	}
	line := s.lines.At(s.dec.InputOffset() - int64(len(v)))
	n, err := read(jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true)), 0)
	if err != nil {
		return s.t.end(line, 0, "%v", err)
	}
	return s.t.emit(&Row{record: &n, extra: names, raw: v, steps: s.steps}, line)
}

// fault converts an error of the decoder to a fault of the file. It returns nil for nil.
func (s *source) fault(err error) error {
	var bad *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, input.ErrTooLong):
		return s.t.end(0, 0, "row %d has more than %d MB; the mapping's records may lead to smaller ones", s.t.number+1, MaxRow>>20)
	case errors.As(err, &bad) && !errors.Is(err, io.ErrUnexpectedEOF):
		return s.t.end(s.lines.At(bad.ByteOffset), 0, "not well-formed JSON: %v", bad.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return s.t.end(s.lines.Last(), 0, "not well-formed JSON: the file ends too soon")
	}
	return fmt.Errorf("reading %s: %w", s.t.name, err)
}

// read reads a value into memory.
func read(d *jsontext.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fmt.Errorf("the record is nested deeper than %d levels", maxDepth)
	}
	tok, err := d.ReadToken()
	if err != nil {
		return node{}, err
	}
	n := node{kind: tok.Kind()}
	switch n.kind {
	case '{':
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return n, err
			}
			n.members = append(n.members, name.String())
			v, err := read(d, depth+1)
			if err != nil {
				return n, err
			}
			n.list = append(n.list, v)
		}
		_, err = d.ReadToken()
	case '[':
		for d.PeekKind() != ']' {
			v, err := read(d, depth+1)
			if err != nil {
				return n, err
			}
			n.list = append(n.list, v)
		}
		_, err = d.ReadToken()
	default:
		n.text = tok.String()
	}
	return n, err
}

// step follows the first name of a path: the name of a member of an object, or the index of an item in a list.
// rest is the rest of the path.
func (n *node) step(path string) (below *node, rest string) {
	if n.kind == '{' {
		// A name may contain a slash.
		for i, name := range n.members {
			if after, ok := strings.CutPrefix(path, name); ok && (after == "" || after[0] == '/') {
				return &n.list[i], strings.TrimPrefix(after, "/")
			}
		}
		return nil, ""
	}
	number, rest, _ := strings.Cut(path, "/")
	if i, err := strconv.Atoi(number); err == nil && n.kind == '[' && i >= 0 && i < len(n.list) {
		return &n.list[i], rest
	}
	return nil, ""
}

// under returns the value at a path, or nil if there is none.
func (n *node) under(path string) *node {
	for path != "" {
		if n, path = n.step(path); n == nil {
			return nil
		}
	}
	return n
}

// value is the name of the only column of a record that is a single value.
const value = "value"

// texts appends the single values at a path. It enters every item of the lists on the path.
func (n *node) texts(dst []string, path string) []string {
	switch n.kind {
	case 'n':
		return dst
	case '{', '[':
	default:
		if path == "" || path == value {
			dst = append(dst, n.text)
		}
		return dst
	}
	if path != "" {
		if below, rest := n.step(path); below != nil {
			return below.texts(dst, rest)
		}
	}
	if n.kind == '[' {
		for i := range n.list {
			dst = n.list[i].texts(dst, path)
		}
	}
	return dst
}
