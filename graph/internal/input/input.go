// Package input has what readers of files share: a bound on what they read at once, and the lines
// of a text that is read ahead.
//
// Read Allowance and Lines first. It must not know what the files contain.
package input

import (
	"errors"
	"io"
	"slices"
)

// ErrTooLong is the error of an Allowance that is spent.
var ErrTooLong = errors.New("more than the allowance")

// Allowance is a reader that fails with ErrTooLong after Left bytes. What is buffered ahead of a parser
// counts too, so a bound on one record is not exact.
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

// Lines is a reader that knows the lines of offsets in a text that is read ahead.
type Lines struct {
	r      io.Reader
	read   int64
	line   int     // of the last place asked for
	breaks []int64 // the line breaks after it
}

// NewLines reads a text that begins on a line.
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

// Last returns the line of the end of what was read.
func (l *Lines) Last() int { return l.At(l.read) }
