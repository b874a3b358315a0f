package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Copy writes rows to a file from which Read reads the same rows: of CSV and Excel as CSV, of JSON as JSON lines.
type Copy struct {
	w    io.Writer
	csv  *csv.Writer
	head *head
	err  error
}

// NewCopy begins a copy. The options are those of the file that is copied.
func NewCopy(w io.Writer, name string, o Options) *Copy {
	c := &Copy{w: w, csv: csv.NewWriter(w)}
	t := reading{Options: o, name: name}
	c.csv.Comma = t.separator()
	return c
}

// Row writes a row. Flush returns the error, if there is one.
func (c *Copy) Row(r *Row) {
	if r.record == nil {
		if c.head != r.head {
			c.head = r.head
			_ = c.csv.Write(r.head.names) // Flush keeps the error
		}
		_ = c.csv.Write(r.Cells)
		return
	}
	before, after := "", ""
	for _, step := range r.steps {
		name, named := strings.CutPrefix(step, "{")
		switch {
		case named:
			step = r.extra[strings.TrimSuffix(name, "}")]
			fallthrough
		case step != "*":
			before, after = before+"{"+strconv.Quote(step)+":", "}"+after
		default:
			before, after = before+"[", "]"+after
		}
	}
	// The value may be on several lines, but no text in it.
	raw := slices.DeleteFunc(slices.Clone(r.raw), func(b byte) bool { return b == '\n' || b == '\r' })
	_, err := fmt.Fprintf(c.w, "%s%s%s\n", before, raw, after)
	c.err = errors.Join(c.err, err)
}

// Flush writes what is left.
func (c *Copy) Flush() error {
	c.csv.Flush()
	return errors.Join(c.err, c.csv.Error())
}
