package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table is rows of cells that are written as aligned columns, the first row as
// the head. A column that is empty below the head is left out.
type table struct {
	indent string
	rows   [][]string
}

func newTable(indent string, head ...string) *table { return &table{indent, [][]string{head}} }

func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = printable(strings.ReplaceAll(cells[i], "\n", " "))
	}
	t.rows = append(t.rows, cells)
}

// write writes the table; without rows, nothing.
func (t *table) write(out *strings.Builder) {
	if len(t.rows) < 2 {
		return
	}
	widths := make([]int, len(t.rows[0]))
	said := make([]bool, len(widths))
	for n, cells := range t.rows {
		for i, c := range cells {
			widths[i] = max(widths[i], columns(c))
			said[i] = said[i] || n > 0 && c != ""
		}
	}
	for _, cells := range t.rows {
		line := t.indent
		for i, c := range cells {
			if said[i] {
				line += c + strings.Repeat(" ", widths[i]-columns(c)+2)
			}
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// columns is how many columns of a terminal a text takes.
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

// printable is a text without control characters, which a terminal would execute.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, text)
}
