package codec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// template is a text of a mapping in which cells are inserted: {Column | filter | filter}. After ?? it has an
// alternative, which is used if the first text has an empty cell.
type template []alternative

type alternative []piece

// piece is a fixed text, or the cell of a column with its filters.
type piece struct {
	text    string
	fixed   []string // the text alone, which nothing may change
	column  string
	filters []filter
}

// values returns the texts of the template for a row, of which there may be none, one or several. column is the
// column of the first cell, or of the cell with the fault.
func (t template) values(row *mapped) (values []string, column string, err error) {
	for i, a := range t {
		last := i+1 == len(t)
		row.optional = !last
		values, column, err = a.values(row)
		var unknown *Unknown
		if errors.As(err, &unknown) && !last {
			continue
		}
		if err != nil || len(values) > 0 {
			return values, column, err
		}
	}
	return nil, column, nil
}

func (a alternative) values(row *mapped) (values []string, column string, err error) {
	if len(a) == 1 && a[0].column == "" {
		if a[0].text == "" {
			return nil, "", nil
		}
		return a[0].fixed, "", nil
	}
	var text strings.Builder
	for i := range a {
		p := &a[i]
		if p.column == "" {
			text.WriteString(p.text)
			continue
		}
		if column == "" {
			column = p.column
		}
		one, err := p.values(row)
		if err != nil {
			return nil, p.column, err
		}
		if len(a) == 1 || len(one) == 0 {
			return one, column, nil
		}
		text.WriteString(one[0])
	}
	if text.Len() == 0 {
		return nil, column, nil
	}
	return []string{text.String()}, column, nil
}

// values returns the values of the cell in a row after its filters, without empty ones.
func (p *piece) values(row *mapped) ([]string, error) {
	values, err := row.cell(p.column)
	for i := -1; ; i++ {
		if i >= 0 {
			values, err = p.filters[i](row, values)
		}
		if err != nil {
			return nil, err
		}
		for j := range values {
			values[j] = trimmed(values[j])
		}
		values = slices.DeleteFunc(values, row.nothing)
		if len(values) == 0 || i == len(p.filters)-1 {
			return values, nil
		}
	}
}

// readTemplate parses a template and records the columns that it names.
func (m *Mapping) readTemplate(text string) (template, error) {
	var t template
	for _, part := range strings.Split(text, " ?? ") {
		var a alternative
		for part != "" {
			fixed, rest, found := strings.Cut(part, "{")
			if fixed != "" || !found && len(a) == 0 {
				a = append(a, piece{text: fixed, fixed: []string{fixed}})
			}
			if !found {
				break
			}
			end := closing(rest)
			if end < 0 {
				return nil, fmt.Errorf("%q has a { without a }", graph.Clip(text))
			}
			p, err := m.readPiece(rest[:end])
			if err != nil {
				return nil, err
			}
			a = append(a, p)
			part = rest[end+1:]
		}
		t = append(t, a)
	}
	return t, nil
}

// closing returns the index of the } that ends the place of a cell. A regular expression within the place may
// contain pairs of braces.
func closing(rest string) int {
	depth := 0
	for i, c := range rest {
		switch {
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

func (m *Mapping) readPiece(inside string) (piece, error) {
	words := strings.Split(inside, " | ")
	p := piece{column: strings.TrimSpace(words[0])}
	if p.column == "" {
		return p, fmt.Errorf("{%s} names no column", graph.Clip(inside))
	}
	if may, ok := strings.CutPrefix(p.column, "?"); ok {
		p.column = may
	} else {
		m.need(p.column)
	}
	for _, w := range words[1:] {
		f, err := m.readFilter(w)
		if err != nil {
			return p, err
		}
		p.filters = append(p.filters, f)
	}
	return p, nil
}

func (m *Mapping) readFilter(words string) (filter, error) {
	name, argument, _ := strings.Cut(strings.TrimSpace(words), " ")
	of, known := filters[name]
	if !known {
		return nil, fmt.Errorf("there is no filter %q; the filters are %s", graph.Clip(name), strings.Join(filterNames, ", "))
	}
	f, err := of(m, argument)
	if err != nil {
		return nil, fmt.Errorf("the filter %s: %w", name, err)
	}
	return f, nil
}

// Try returns a function that applies filters, written as in a mapping (such as "date D Month YYYY"), to a single
// value. It returns "" if the filters leave nothing. Filters that need a table of the mapping or the graph find
// nothing.
func Try(words string) (func(value string) (string, error), error) {
	m := &Mapping{}
	f, err := m.readFilter(words)
	if err != nil {
		return nil, err
	}
	return func(value string) (string, error) {
		made, err := f(&mapped{Mapping: m}, []string{value})
		if err != nil || len(made) == 0 {
			return "", err
		}
		return made[0], nil
	}, nil
}

// need records that the table must have a column, unless the mapping creates it.
func (m *Mapping) need(column string) {
	if !m.made[column] && !slices.Contains(m.file.Need, column) {
		m.file.Need = append(m.file.Need, column)
	}
}
