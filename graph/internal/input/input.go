// Package input has what readers of files share: a bound on the bytes of one record, and the line numbers of a
// text that a parser buffers.
//
// Read Allowance and Lines first. The package must not know what the files contain.
package input

import (
	"errors"
	"io"
	"slices"
)

// ErrTooLong is the error of an Allowance that is exhausted.
var ErrTooLong = errors.New("more than the allowance")

// Allowance is a reader that fails with ErrTooLong after Left bytes. Bytes that a parser buffers in advance
// count too, so a bound on one record is not exact.
type Allowance struct {
	R    io.Reader
	Left int
}

func (a *Allowance) Read(p []byte) (int, error) {
	if a.Left <= 0 {
		return 0, ErrTooLong
	}
	n, err := a.R.Read(p)
	a.Left -= n
	return n, err
}

// Lines is a reader that knows the line of each offset in a text that a parser buffers.
type Lines struct {
	r      io.Reader
	read   int64
	line   int     // the line of the last offset of At
	breaks []int64 // the line breaks after it
}

// NewLines returns a reader of a text whose first line has the given number.
func NewLines(r io.Reader, line int) *Lines { return &Lines{r: r, line: line} }

func (l *Lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			l.breaks = append(l.breaks, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// At returns the line of an offset; offsets must not decrease.
func (l *Lines) At(offset int64) int {
	n := 0
	for n < len(l.breaks) && l.breaks[n] < offset {
		n++
	}
	l.line += n
	l.breaks = slices.Delete(l.breaks, 0, n)
	return l.line
}

// Last returns the line at the end of the bytes that were read.
func (l *Lines) Last() int { return l.At(l.read) }
