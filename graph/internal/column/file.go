package column

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"
	"unsafe"
)

// sections begin at multiples of align.
const align = 64

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum returns the checksum that a Writer of the same bytes computes.
func Checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// NewWriter returns a Writer that writes to w.
func NewWriter(w *bufio.Writer) *Writer { return &Writer{w: w} }

// Sum returns the checksum of what was written.
func (w *Writer) Sum() uint32 { return w.crc }

// Err returns the first error of writing.
func (w *Writer) Err() error { return w.err }

// NewReader returns a Reader of the sections in buf from the offset at. buf must be aligned to words.
func NewReader(buf []byte, at int) *Reader { return &Reader{buf: buf, at: at} }

// Bad reports whether something read so far cannot be from a Writer.
func (r *Reader) Bad() bool { return r.bad }

// Fail makes the reader bad.
func (r *Reader) Fail() { r.bad = true }

// Writer writes sections, each after its length and at an aligned offset,
// and computes their checksum.
type Writer struct {
	w   *bufio.Writer
	at  int
	crc uint32
	err error
}

// Bytes writes bytes that are not part of a section.
func (w *Writer) Bytes(b []byte) {
	if w.err != nil {
		return
	}
	w.crc = crc32.Update(w.crc, castagnoli, b)
	w.at += len(b)
	_, w.err = w.w.Write(b)
}

func (w *Writer) section(size int) {
	var head [8]byte
	binary.LittleEndian.PutUint64(head[:], uint64(size))
	w.Bytes(head[:])
	w.pad()
}

func (w *Writer) pad() {
	if n := w.at % align; n != 0 {
		w.zeros(align - n)
	}
}

func (w *Writer) zeros(n int) {
	var zero [1024]byte
	for ; n > 0; n -= min(n, len(zero)) {
		w.Bytes(zero[:min(n, len(zero))])
	}
}

// WriteList writes a list as one section.
func WriteList[T any](w *Writer, list []T) {
	var x T
	size := len(list) * int(unsafe.Sizeof(x))
	w.section(size)
	if size > 0 {
		w.Bytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), size))
	}
	w.pad()
}

// Flat returns n elements as one slice.
func Flat[T any](n int, at func(i uint32) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = at(uint32(i))
	}
	return list
}

// WriteColumn writes whole chunks, so that a reader can use them in place. In the last chunk, the writer
// goroutine may be changing the memory after the column's end; WriteColumn writes zeros instead of it.
func WriteColumn[T any](w *Writer, c *Column[T]) {
	var x T
	size := int(unsafe.Sizeof(x))
	w.section(len(c.chunks) * chunkSize * size)
	for i, chunk := range c.chunks {
		used := min(chunkSize, c.n-i*chunkSize) * size
		w.Bytes(unsafe.Slice((*byte)(unsafe.Pointer(chunk)), used))
		w.zeros(chunkSize*size - used)
	}
	w.pad()
}

// WriteTexts writes n texts: first where each ends, then their bytes.
func WriteTexts(w *Writer, n int, at func(i int) string) {
	ends := make([]uint32, n)
	total := 0
	for i := range ends {
		total += len(at(i))
		ends[i] = uint32(total)
	}
	if total > 1<<32-1 {
		w.err = fmt.Errorf("texts have %d bytes, more than a snapshot file holds", total)
		return
	}
	WriteList(w, ends)
	w.section(total)
	for i := range ends {
		w.Bytes([]byte(at(i)))
	}
	w.pad()
}

// WriteLists writes n lists, each given in parts: first where each ends, then their elements.
func WriteLists[T any](w *Writer, n int, parts func(i uint32) iter.Seq[[]T]) {
	ends := make([]uint32, n)
	total := 0
	for i := range ends {
		for part := range parts(uint32(i)) {
			total += len(part)
		}
		ends[i] = uint32(total)
	}
	WriteList(w, ends)
	var x T
	w.section(total * int(unsafe.Sizeof(x)))
	for i := range ends {
		for part := range parts(uint32(i)) {
			w.Bytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(part))), len(part)*int(unsafe.Sizeof(x))))
		}
	}
	w.pad()
}

// Reader reads what Writer wrote. The columns use the bytes as their memory without copying.
type Reader struct {
	buf []byte
	at  int
	bad bool
}

// Aligned returns n bytes at an address that is aligned to words.
func Aligned(n int) []byte {
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// Section returns the next section, or nil if the reader is bad.
func (r *Reader) Section() []byte {
	if r.bad || r.at+8 > len(r.buf) {
		r.bad = true
		return nil
	}
	size := binary.LittleEndian.Uint64(r.buf[r.at:])
	r.at = aligned(r.at + 8)
	if size > uint64(len(r.buf)) || r.at+int(size) > len(r.buf) {
		r.bad = true
		return nil
	}
	b := r.buf[r.at : r.at+int(size) : r.at+int(size)]
	r.at = aligned(r.at + int(size))
	return b
}

func aligned(n int) int { return (n + align - 1) / align * align }

// ReadList reads what WriteList wrote.
func ReadList[T any](r *Reader) []T {
	b := r.Section()
	var x T
	size := int(unsafe.Sizeof(x))
	if len(b)%size != 0 {
		r.bad = true
	}
	if r.bad || len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/size)
}

// ReadColumn uses the chunks in place, except for the last, which it copies because later snapshots append to
// it.
func ReadColumn[T any](r *Reader, n int) Column[T] {
	list := ReadList[T](r)
	if len(list)%chunkSize != 0 || n > len(list) || len(list)-n >= chunkSize && len(list) > 0 {
		r.bad = true
		return Column[T]{}
	}
	c := Column[T]{n: n}
	for i := 0; i+chunkSize <= len(list); i += chunkSize {
		chunk := (*[chunkSize]T)(list[i : i+chunkSize])
		if i+chunkSize > n {
			last := *chunk
			chunk = &last
		}
		c.chunks = append(c.chunks, chunk)
	}
	return c
}

// ReadTexts reads what WriteTexts wrote.
func ReadTexts(r *Reader) []string {
	ends := ReadList[uint32](r)
	b := r.Section()
	list := make([]string, len(ends))
	from := uint32(0)
	for i, to := range ends {
		if to < from || int(to) > len(b) {
			r.bad = true
			return nil
		}
		if to > from {
			list[i] = unsafe.String(&b[from], to-from)
		}
		from = to
	}
	return list
}

// ReadTextColumn reads texts as a column.
func ReadTextColumn(r *Reader) Column[string] {
	var c Column[string]
	for _, t := range ReadTexts(r) {
		c.Append(t)
	}
	return c
}

// ReadLists yields what WriteLists wrote: the lists with their numbers.
func ReadLists[T any](r *Reader) iter.Seq2[uint32, []T] {
	ends, flat := ReadList[uint32](r), ReadList[T](r)
	return func(yield func(uint32, []T) bool) {
		from := uint32(0)
		for i, to := range ends {
			if to < from || int(to) > len(flat) {
				r.bad = true
				return
			}
			// The capacity ends with the list, so that appending to it copies the list.
			if !yield(uint32(i), flat[from:to:to]) {
				return
			}
			from = to
		}
	}
}
