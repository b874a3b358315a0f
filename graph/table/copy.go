package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"golang.org/x/text/transform"
)

// Copy writes rows to a file that Read can read with the same options. Rows of CSV and Excel become CSV, and rows
// of JSON become JSON lines.
type Copy struct {
	o     Options
	w     io.Writer // the writer of JSON lines
	csv   *csv.Writer
	coded io.Closer // the encoder of CSV; nil for UTF-8
	names []string  // the names of the columns
	err   error
}

// NewCopy begins a copy. o has the options of the original file.
func NewCopy(w io.Writer, name string, o Options) (*Copy, error) {
	c := &Copy{o: o, w: w}
	text := w
	if o.Encoding != "" {
		to, err := encodingOf(o.Encoding)
		if err != nil {
			return nil, err
		}
		coded := transform.NewWriter(w, to.NewEncoder())
		text, c.coded = coded, coded
	}
	c.csv = csv.NewWriter(text)
	t := reading{Options: o, name: name}
	c.csv.Comma = t.separator()
	return c, nil
}

// Row writes a row. Flush returns the error, if any.
func (c *Copy) Row(r *Row) {
	if r.record == nil {
		c.cells(r)
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
	// The value may span several lines, but no text in it may contain a line break.
	raw := slices.DeleteFunc(slices.Clone(r.raw), func(b byte) bool { return b == '\n' || b == '\r' })
	_, err := fmt.Fprintf(c.w, "%s%s%s\n", before, raw, after)
	c.err = errors.Join(c.err, err)
}

// cells writes a row of CSV. Before the first row, it writes the lines that Read skips and the names of the
// columns.
func (c *Copy) cells(r *Row) {
	if c.names == nil {
		c.names = r.head.names
		for range c.o.Skip {
			_ = c.csv.Write([]string{"", ""}) // Flush returns the error, if any
		}
		if c.o.Head == nil {
			_ = c.csv.Write(c.names)
		}
	}
	if !slices.Equal(c.names, r.head.names) && c.err == nil {
		c.err = graph.Errorf(graph.BadInput, "%s has other columns than the table before it, so that their rows do not fit into one file", r.at.File)
	}
	_ = c.csv.Write(r.Cells)
}

// Flush writes the buffered rows.
func (c *Copy) Flush() error {
	c.csv.Flush()
	err := errors.Join(c.err, c.csv.Error())
	if c.coded != nil {
		err = errors.Join(err, c.coded.Close())
	}
	return err
}
