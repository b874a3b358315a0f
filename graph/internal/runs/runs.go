// Package runs sorts more records than memory should hold: full buffers are
// sorted and written to a temporary file as runs, which are merged when the
// records are read.
//
// Read Sorter. The package must not know what a record is.
package runs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unsafe"
)

// Sorter sorts records of type T, which must have no pointers. It is for one
// goroutine at a time.
type Sorter[T any] struct {
	dir     string
	compare func(a, b T) int
	buf     []T
	file    *os.File // nil until the buffer was full
	ends    []int64  // of each run in the file, in records
}

// New makes a Sorter that keeps this many records in memory and puts the others
// into a file in the folder.
func New[T any](dir string, most int, compare func(a, b T) int) *Sorter[T] {
	return &Sorter[T]{dir: dir, compare: compare, buf: make([]T, 0, most)}
}

// Add adds a record.
func (s *Sorter[T]) Add(r T) error {
	if len(s.buf) == cap(s.buf) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buf = append(s.buf, r)
	return nil
}

// spill writes the buffer to the file as a run.
func (s *Sorter[T]) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "run-")
		if err != nil {
			return err
		}
		s.file = f
	}
	slices.SortFunc(s.buf, s.compare)
	if _, err := s.file.Write(bytesOf(s.buf)); err != nil {
		return err
	}
	s.ends = append(s.ends, s.written()+int64(len(s.buf)))
	s.buf = s.buf[:0]
	return nil
}

func (s *Sorter[T]) written() int64 {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

// bytesOf returns the memory that the records take.
func bytesOf[T any](rs []T) []byte {
	var r T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(rs))), len(rs)*int(unsafe.Sizeof(r)))
}

// Each calls fn with all records in their order, once; equal ones in any order.
// It ends with the error of fn. Afterwards no record can be added.
func (s *Sorter[T]) Each(fn func(r T) error) error {
	slices.SortFunc(s.buf, s.compare)
	var m merge[T]
	m.compare = s.compare
	var from int64
	for _, end := range s.ends {
		var r T
		size := int64(unsafe.Sizeof(r))
		section := io.NewSectionReader(s.file, from*size, (end-from)*size)
		if err := m.add(&run[T]{r: bufio.NewReaderSize(section, readSize), left: end - from}); err != nil {
			return err
		}
		from = end
	}
	if err := m.add(&run[T]{rest: s.buf}); err != nil {
		return err
	}
	for len(m.heap) > 0 {
		top := m.heap[0]
		if err := fn(top.head); err != nil {
			return err
		}
		if err := m.next(top); err != nil {
			return err
		}
	}
	return nil
}

// readSize is the buffer of each run that is merged.
const readSize = 64 << 10

// Close lets go of the memory and removes the file.
func (s *Sorter[T]) Close() error {
	s.buf = nil
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}

// run is a sorted run that is being read.
type run[T any] struct {
	head T
	r    *bufio.Reader
	left int64 // in r
	rest []T   // in memory
}

// advance reads the next record into head; false at the end.
func (r *run[T]) advance() (bool, error) {
	switch {
	case len(r.rest) > 0:
		r.head, r.rest = r.rest[0], r.rest[1:]
		return true, nil
	case r.left == 0:
		return false, nil
	}
	r.left--
	if _, err := io.ReadFull(r.r, bytesOf(unsafe.Slice(&r.head, 1))); err != nil {
		return false, fmt.Errorf("reading a sorted run again: %w", err)
	}
	return true, nil
}

// merge is a heap of runs by their heads.
type merge[T any] struct {
	compare func(a, b T) int
	heap    []*run[T]
}

func (m *merge[T]) add(r *run[T]) error {
	more, err := r.advance()
	if !more || err != nil {
		return err
	}
	m.heap = append(m.heap, r)
	for i := len(m.heap) - 1; i > 0 && m.less(i, (i-1)/2); i = (i - 1) / 2 {
		m.swap(i, (i-1)/2)
	}
	return nil
}

// next goes on to the next record of the run at the top.
func (m *merge[T]) next(top *run[T]) error {
	more, err := top.advance()
	if err != nil {
		return err
	}
	if !more {
		last := len(m.heap) - 1
		m.heap[0], m.heap = m.heap[last], m.heap[:last]
	}
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.less(child, least) {
				least = child
			}
		}
		if least == i {
			return nil
		}
		m.swap(i, least)
		i = least
	}
}

func (m *merge[T]) less(i, j int) bool { return m.compare(m.heap[i].head, m.heap[j].head) < 0 }
func (m *merge[T]) swap(i, j int)      { m.heap[i], m.heap[j] = m.heap[j], m.heap[i] }
