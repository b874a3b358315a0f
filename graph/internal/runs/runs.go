// Package runs sorts more records than fit into memory. It sorts each full buffer and writes it to a temporary
// file as a run; reading the records merges the runs.
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

// Sorter sorts records of type T, which must not contain pointers. Only one goroutine may use it at a time.
type Sorter[T any] struct {
	dir     string
	compare func(a, b T) int
	buf     []T
	file    *os.File // nil until the buffer was full once
	ends    []int64  // the end of each run in the file, in records
}

// New returns a Sorter that has up to most records in memory and writes the others to a file in the folder.
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

// bytesOf returns the memory of the records as bytes.
func bytesOf[T any](rs []T) []byte {
	var r T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(rs))), len(rs)*int(unsafe.Sizeof(r)))
}

// Each calls fn once with every record in order; equal records come in any order. It returns the first error of
// fn. Afterwards no record can be added.
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

// readSize is the size of the read buffer of each run.
const readSize = 64 << 10

// Close releases the memory and removes the file.
func (s *Sorter[T]) Close() error {
	s.buf = nil
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}

// run is a sorted run being read.
type run[T any] struct {
	head T
	r    *bufio.Reader
	left int64 // records left in r
	rest []T   // records in memory
}

// advance reads the next record into head. It returns false at the end.
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

// merge is a heap of runs, ordered by their heads.
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

// next moves the run at the top to its next record.
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
