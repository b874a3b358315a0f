// Package console writes what a person reads on a terminal: counts, tables, and progress.
//
// Read Table, Progress and Printable first. The package must not know the content.
package console

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Table has rows of cells that are written as aligned columns; the first row is the head. A column that is
// empty below the head is left out.
type Table struct {
	indent string
	rows   [][]string
}

// NewTable returns a table with this head; each line begins with indent.
func NewTable(indent string, head ...string) *Table { return &Table{indent, [][]string{head}} }

// Row adds a row of at most as many cells as the head. It replaces control characters in the cells.
func (t *Table) Row(cells ...string) {
	for i := range cells {
		cells[i] = Printable(strings.ReplaceAll(cells[i], "\n", " "))
	}
	t.rows = append(t.rows, cells)
}

// Write writes the table, or nothing if there are no rows.
func (t *Table) Write(out *strings.Builder) {
	if len(t.rows) < 2 {
		return
	}
	widths := make([]int, len(t.rows[0]))
	filled := make([]bool, len(widths))
	for n, cells := range t.rows {
		for i, c := range cells {
			widths[i] = max(widths[i], columns(c))
			filled[i] = filled[i] || n > 0 && c != ""
		}
	}
	for _, cells := range t.rows {
		line := t.indent
		for i, c := range cells {
			if filled[i] {
				line += c + strings.Repeat(" ", widths[i]-columns(c)+2)
			}
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// columns returns how many columns of a terminal a text takes.
func columns(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Printable returns a text without control characters, which a terminal would
// execute.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, text)
}

// Count writes a number with its noun, given in the singular.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%s %sies", Thousands(n), stem)
	}
	return fmt.Sprintf("%s %ss", Thousands(n), noun)
}

// Thousands writes a number with a comma between thousands.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
