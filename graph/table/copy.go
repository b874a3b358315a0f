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

// Copy writes rows to a file from which Read reads the same rows: of CSV and Excel as CSV, of JSON as JSON lines.
// The options with which the rows were read fit the copy, too.
type Copy struct {
	o     Options
	w     io.Writer // of JSON lines
	csv   *csv.Writer
	coded io.Closer // what encodes CSV; nil for UTF-8
	names []string  // of the columns
	err   error
}

// NewCopy begins a copy. The options are those of the file that is copied.
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

// Row writes a row. Flush returns the error, if there is one.
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
	// The value may take several lines, but no text in it may contain a line break.
	raw := slices.DeleteFunc(slices.Clone(r.raw), func(b byte) bool { return b == '\n' || b == '\r' })
	_, err := fmt.Fprintf(c.w, "%s%s%s\n", before, raw, after)
	c.err = errors.Join(c.err, err)
}

// cells writes a row of CSV, and before the first one the lines that Read skips and the names of the
// columns.
func (c *Copy) cells(r *Row) {
	if c.names == nil {
		c.names = r.head.names
		for range c.o.Skip {
			_ = c.csv.Write([]string{"", ""}) // Flush keeps the error
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

// Flush writes what is left.
func (c *Copy) Flush() error {
	c.csv.Flush()
	err := errors.Join(c.err, c.csv.Error())
	if c.coded != nil {
		err = errors.Join(err, c.coded.Close())
	}
	return err
}
