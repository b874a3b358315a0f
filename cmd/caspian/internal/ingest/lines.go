package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// maxBatchBytes bounds one batch, in bytes.
const maxBatchBytes = 16 << 20

// batch is a sequence of lines that becomes one change.
type batch struct {
	first, lines int // the number of the first line, and how many lines there are
	ops          []graph.Op
	faults       []graph.Problem
}

// lineReader divides a stream of JSON lines into batches. It decodes a whole batch, so that all of it is well
// formed before any of it is committed.
type lineReader struct {
	scenario *graph.Op // the line that makes all lines after it those of a scenario; each batch repeats it
	name     string
	r        *bufio.Reader
	line     int // the number of the last line that was read
	text     bytes.Buffer
}

func newLineReader(name string, r io.Reader) *lineReader {
	return &lineReader{name: name, r: bufio.NewReaderSize(r, 256<<10)}
}

// ahead reads and decodes batches while earlier ones are checked and committed.
type ahead struct {
	batches chan read
	err     error  // why batches was closed before the last batch
	line    int    // the last line that next returned
	stop    func() // ends the reading and waits until it has ended
}

// read is a result of lineReader.next.
type read struct {
	batch batch
	err   error
}

// readAhead reads batches of at most most lines until the end of the input, an error, or stop.
func readAhead(ctx context.Context, lr *lineReader, most int) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{batches: make(chan read, 2)}
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(a.batches)
		for {
			b, err := lr.next(ctx, most)
			select {
			case a.batches <- read{b, err}:
			case <-ctx.Done():
				a.err = ctx.Err()
				return
			}
			if err != nil || b.lines == 0 {
				return
			}
		}
	})
	a.stop = func() {
		cancel()
		reading.Wait()
	}
	return a
}

// next returns the next batch. It must not be called after the last batch or an error.
func (a *ahead) next() (batch, error) {
	r, ok := <-a.batches
	if !ok {
		return batch{first: a.line + 1}, a.err
	}
	a.line = r.batch.first + r.batch.lines - 1
	return r.batch, r.err
}

// next reads and decodes at most most lines. The batch is empty at the end of the input.
func (lr *lineReader) next(ctx context.Context, most int) (batch, error) {
	b := batch{first: lr.line + 1}
	lr.text.Reset()
	for b.lines < most && lr.text.Len() < maxBatchBytes {
		more, err := lr.copyLine()
		if err != nil {
			return b, fmt.Errorf("reading %s: %w", lr.name, err)
		}
		if !more {
			break
		}
		b.lines++
	}
	lr.line += b.lines
	if b.lines == 0 {
		return b, nil
	}
	b.ops = make([]graph.Op, 0, b.lines+1)
	shift := b.first - 1
	if lr.scenario != nil {
		b.ops = append(b.ops, *lr.scenario)
	}
	err := codec.JSONLines.Decode(ctx, lr.name, &lr.text, func(op graph.Op) error {
		op.Position.Line += shift
		b.ops = append(b.ops, op)
		if op.Kind == graph.Suppose && len(b.ops) == 1 {
			named := op // a copy, so that not each operation is allocated for its address
			lr.scenario = &named
		}
		return nil
	})
	if len(b.ops) == 1 && lr.scenario != nil && b.lines == most {
		b.ops = b.ops[:0] // the lines of the scenario are in the next batch
	}
	var ps graph.Problems
	if errors.As(err, &ps) {
		for _, p := range ps {
			if p.Position.Line > 0 {
				p.Position.Line += shift
			}
			b.faults = append(b.faults, p)
		}
		return b, nil
	}
	return b, err
}

// copyLine appends the next line to the text. It returns false at the end of the input. It cuts off a line that
// is too long, but leaves it so long that the decoder refuses it.
func (lr *lineReader) copyLine() (bool, error) {
	length := 0
	for {
		part, err := lr.r.ReadSlice('\n')
		if keep := codec.MaxLine + 1 - length; len(part) > keep && len(part) > 0 {
			lr.text.Write(part[:max(keep, 0)])
			if part[len(part)-1] == '\n' {
				lr.text.WriteByte('\n')
			}
		} else {
			lr.text.Write(part)
		}
		length += len(part)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return length > 0, nil
		default:
			return false, err
		}
	}
}
