package draft

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/table"
)

// The constants bound the memory of a survey.
const (
	maxDistinct = 20_000 // distinct values of a column
	maxColumns  = 2_000
	maxKept     = 5_000 // rows that are kept
	maxHead     = 256 << 10
)

// survey is what is known about the content of a file.
type survey struct {
	file    File
	form    table.Options
	columns []*column
	rows    int
	kept    [][]string // the first rows, by the number of the column
	empty   []string   // texts that stand for an empty cell
	notes   []string   // notes about the form of the file
}

// column is one column of the table.
type column struct {
	name   string
	number int
	header
	filled int
	values map[string]int // how often each value occurs; only the first maxDistinct values are counted
	kind   kind
}

// surveyed reads the file and returns its survey.
func surveyed(ctx context.Context, f File, o Options) (*survey, error) {
	s := &survey{file: f}
	if err := s.sniff(); err != nil {
		return nil, err
	}
	for {
		again, err := s.read(ctx, o.Rows)
		if err != nil {
			return nil, err
		}
		if !again {
			break
		}
	}
	if s.rows == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s has no row from which a mapping could be drafted", f.Name)
	}
	s.placeholders()
	s.sentinels()
	for _, c := range s.columns {
		c.header = headerOf(o.Ontology, c.name)
		c.classify()
	}
	return s, nil
}

// sniff finds the separator and the encoding of a text, and the line with the names of the columns.
func (s *survey) sniff() error {
	r, err := s.file.Open()
	if err != nil {
		return err
	}
	begin, err := io.ReadAll(io.LimitReader(r, maxHead))
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("reading %s: %w", s.file.Name, err)
	}
	begin = bytes.TrimPrefix(begin, []byte("\ufeff"))
	switch {
	case codec.IsRDF(s.file.Name):
		return graph.Errorf(graph.BadInput, "%s is RDF, whose predicates a mapping names; docs/mapping.md shows how", s.file.Name)
	case !table.IsCSV(s.file.Name, begin):
		return nil
	case bytes.HasPrefix(begin, []byte{0xff, 0xfe}), bytes.HasPrefix(begin, []byte{0xfe, 0xff}):
		return nil // the encoding is UTF-16
	}
	if i := bytes.LastIndexByte(begin, '\n'); i > 0 {
		begin = begin[:i+1]
	}
	best, lines, places := s.separator(string(begin))
	if best != table.SeparatorOf(s.file.Name) {
		s.form.Separator = best
		s.notes = append(s.notes, fmt.Sprintf("cells have %q between them", best))
	}
	s.header(lines, places)
	return nil
}

// separator returns the separator of the cells, the first rows that it gives, and the lines on which they
// begin.
func (s *survey) separator(text string) (best rune, rows [][]string, lines []int) {
	most := -1
	for _, sep := range []rune{',', '\t', ';', '|'} {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = sep, -1, true
		var cut [][]string
		var at []int
		for row, err := r.Read(); err == nil; row, err = r.Read() {
			line, _ := r.FieldPos(0)
			cut, at = append(cut, row), append(at, line)
		}
		counts := map[int]int{}
		for _, row := range cut {
			counts[len(row)]++
		}
		score := 0
		for n, rows := range counts {
			if n > 1 {
				score = max(score, rows*min(n, 8))
			}
		}
		if score > most {
			best, rows, lines, most = sep, cut, at, score
		}
	}
	return best, rows, lines
}

// header finds the line with the names of the columns: the first line that has as many cells as most lines. There is
// none if that line is like all others.
func (s *survey) header(lines [][]string, places []int) {
	counts := map[int]int{}
	for _, row := range lines {
		counts[len(row)]++
	}
	width := 0
	for n, rows := range counts {
		if rows > counts[width] {
			width = n
		}
	}
	first := slices.IndexFunc(lines, func(row []string) bool {
		filled := 0
		for _, cell := range row {
			if strings.TrimSpace(cell) != "" {
				filled++
			}
		}
		return len(row) == width && 2*filled > width
	})
	if first > 0 && first < 30 {
		s.form.Skip = places[first] - 1
		s.notes = append(s.notes, fmt.Sprintf("the columns are named on line %d", places[first]))
	}
	if first >= 0 && len(lines) > first+3 && nameless(lines[first], lines[first+1:]) {
		for i := range lines[first] {
			s.form.Head = append(s.form.Head, fmt.Sprintf("column%d", i+1))
		}
		s.notes = append(s.notes, "no line names the columns: put names here")
	}
}

// nameless reports whether a line has the same forms as the lines after it, so that it does not name columns. Examples
// are a number above numbers, or a code above codes with the same pattern of letters and digits.
func nameless(line []string, rest [][]string) bool {
	like := 0
	for i, cell := range line {
		form := formOf(cell)
		if form == "" {
			return false
		}
		rows, same := 0, 0
		for _, row := range rest[:min(len(rest), 200)] {
			if i < len(row) {
				rows++
				if formOf(row[i]) == form {
					same++
				}
			}
		}
		if 10*same >= 9*rows {
			like++
		}
	}
	return 2*like > len(line)
}

// formOf returns the form of a number, a date or a code: its letters and digits, whatever their number.
func formOf(cell string) string {
	var form strings.Builder
	digits := false
	last := rune(0)
	for _, c := range strings.TrimSpace(cell) {
		switch {
		case c >= '0' && c <= '9':
			c, digits = '0', true
		case c >= 'A' && c <= 'Z':
			c = 'A'
		case c > 127 || c == ' ':
			return ""
		}
		if c != last {
			form.WriteRune(c)
		}
		last = c
	}
	if !digits {
		return ""
	}
	return form.String()
}

// read reads the rows. again is true if the file has another form than was assumed, so that it must be read
// again.
func (s *survey) read(ctx context.Context, most int) (again bool, err error) {
	s.columns, s.rows, s.kept = nil, 0, nil
	r, err := s.file.Open()
	if err != nil {
		return false, err
	}
	of := map[string]*column{}
	var faults graph.Problems
	below := ""
	form := s.form
	form.Uneven = true
	err = table.Read(ctx, s.file.Name, r, form, func(row *table.Row) bool {
		if s.form.Encoding == "" && slices.ContainsFunc(row.Cells, func(cell string) bool { return !utf8.ValidString(cell) }) {
			s.form.Encoding, again = "windows-1252", true
			s.notes = append(s.notes, "not UTF-8; if letters look wrong, name another encoding")
			return false
		}
		if s.rows == 0 && s.form.Records == "" {
			below = row.Below()
		}
		s.row(row, of)
		return s.rows < most
	}, func(p graph.Problem) { faults = append(faults, p) })
	if err = errors.Join(err, r.Close()); err != nil {
		return false, err
	}
	if s.rows == 0 && len(faults) > 0 && !again {
		return false, faults[:1]
	}
	if s.rows == 1 && below != "" {
		s.form.Records, again = below, true
	}
	return again, nil
}

// row counts the values of a row.
func (s *survey) row(row *table.Row, of map[string]*column) {
	s.rows++
	var kept []string
	for _, name := range row.Columns() {
		c := of[name]
		if c == nil {
			if len(s.columns) >= maxColumns {
				continue
			}
			c = &column{name: name, number: len(s.columns), values: map[string]int{}}
			of[name], s.columns = c, append(s.columns, c)
		}
		values := row.Values(name)
		filled := false
		for _, v := range values {
			if v = strings.Trim(v, " \t\r\n\u00a0\u202f"); v == "" {
				continue
			}
			filled = true
			if _, known := c.values[v]; known || len(c.values) < maxDistinct {
				c.values[v]++
			}
		}
		if filled {
			c.filled++
		}
		if s.rows <= maxKept && len(values) > 0 {
			for len(kept) <= c.number {
				kept = append(kept, "")
			}
			kept[c.number] = values[0]
		}
	}
	if s.rows <= maxKept {
		s.kept = append(s.kept, kept)
	}
}

// nothings are texts that stand for an empty cell in many tables.
var nothings = []string{"NA", "N/A", "n/a", "na", "-", "--", "—", "–", "..", "...", "…", "NULL", "null", "None", "none", "NaN", "nan", "#N/A", "Unknown", "unknown", "?", "(null)"}

// placeholders finds the texts that stand for an empty cell, and removes them from the values. A text of two letters
// may be a code, such as NA for Namibia.
func (s *survey) placeholders() {
	codes := func(c *column) bool {
		two := 0
		for v := range c.values {
			if len(v) == 2 && v[0] >= 'A' && v[0] <= 'Z' && v[1] >= 'A' && v[1] <= 'Z' {
				two++
			}
		}
		return 2*two > len(c.values) && len(c.values) > 2
	}
	for _, nothing := range nothings {
		with := slices.DeleteFunc(slices.Clone(s.columns), func(c *column) bool { return c.values[nothing] == 0 })
		if len(with) == 0 || slices.ContainsFunc(with, codes) {
			continue
		}
		s.empty = append(s.empty, nothing)
		s.without(nothing)
	}
}

// without removes a value from all columns.
func (s *survey) without(value string) {
	for _, c := range s.columns {
		c.filled -= c.values[value]
		delete(c.values, value)
	}
}

// sentinels are numbers and dates that may stand for an empty cell.
var sentinels = []string{"-9", "-99", "-999", "-9999", "-777", "-888", "9999-12-31"}

// sentinels finds the sentinels that stand for an empty cell: those below zero, or far in the future, in a
// column where no other value is.
func (s *survey) sentinels() {
	for _, sentinel := range sentinels {
		found := false
		for _, c := range s.columns {
			if c.values[sentinel] == 0 || len(c.values) < 3 {
				continue
			}
			others := slices.DeleteFunc(slices.Collect(maps.Keys(c.values)), func(v string) bool {
				return slices.Contains(sentinels, v)
			})
			found = found || !slices.ContainsFunc(others, func(v string) bool { return strings.HasPrefix(v, "-") || v > "9000-" && len(v) == 10 })
		}
		if found {
			s.empty = append(s.empty, sentinel)
			s.without(sentinel)
		}
	}
}

// column returns the column with the name, or nil.
func (s *survey) column(name string) *column {
	for _, c := range s.columns {
		if c.name == name {
			return c
		}
	}
	return nil
}

// unique reports whether no two of the kept rows have the same values in the columns. For one column whose values
// are all counted, it covers all rows.
func (s *survey) unique(columns ...*column) bool {
	if c := columns[0]; len(columns) == 1 && len(c.values) < min(c.filled, maxDistinct) {
		return false
	}
	seen := map[string]bool{}
	for _, row := range s.kept {
		var key strings.Builder
		for _, c := range columns {
			if c.number < len(row) {
				key.WriteString(row[c.number])
			}
			key.WriteByte(0)
		}
		if seen[key.String()] || key.Len() == len(columns) {
			return false
		}
		seen[key.String()] = true
	}
	return true
}

// usable reports whether a mapping can name the column.
func (c *column) usable() bool {
	return c.name != "" && !strings.ContainsAny(c.name, "{}\n") && !strings.Contains(c.name, " | ") && !strings.Contains(c.name, " ?? ") && !strings.ContainsAny(c.name[:1], "?#@")
}
