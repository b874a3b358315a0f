package snapshot

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// File keeps a snapshot in one file, its columns and adjacency as they lie in
// memory. It is a cache: whatever is wrong with it, the log has everything.
type File struct{ Path string }

const (
	fileMagic   = "CASPSNAP"
	fileVersion = 7
	align       = 64
)

// layout changes with the memory layout of the columns and with how names are
// made comparable, and with it a file
// written by another build or on another kind of machine is of no use.
var layout = func() uint64 {
	order := [2]byte{1, 0}
	return uint64(fileVersion)<<56 | uint64(text.Version)<<48 | uint64(unsafe.Sizeof(row{}))<<32 | uint64(unsafe.Sizeof(qualifier{}))<<24 | uint64(unsafe.Sizeof(link{}))<<16 |
		uint64(*(*uint16)(unsafe.Pointer(&order)))
}()

// header is the first section: what is needed to read the others.
type header struct {
	Store                 graph.Identity
	Seq                   graph.Seq
	Ontology              string
	TypeNames, Predicates []string
	QualifierNames        []string
	Sum                   digest
	Entities, Claims      int
	Qualifiers            int
	Keyed                 []uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Clean removes what was left where the process ended in the middle of a Save.
// Nobody else may be saving: the lock of the store beside the file sees to that.
func (f File) Clean() error {
	dir, prefix := filepath.Dir(f.Path), f.temporary()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), prefix)
		if ok && number != "" && strings.Trim(number, "0123456789") == "" && e.Type().IsRegular() {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// temporary is how the names of files begin that become the snapshot file; a number follows.
func (f File) temporary() string { return filepath.Base(f.Path) + "." }

// Save writes the snapshot of a store to the file, whole or not at all. The
// snapshot may be advanced meanwhile.
func (f File) Save(s *Snapshot, of graph.Identity) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(f.Path), f.temporary()+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	w := &fileWriter{w: bufio.NewWriterSize(tmp, 1<<20)}
	if err := s.write(w, of); err != nil {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), f.Path)
}

// Load reads the snapshot and the store that it was written for. The error
// says why there is none of use.
func (f File) Load(o *schema.Ontology) (*Snapshot, graph.Identity, error) {
	buf, err := f.read()
	if err != nil {
		return nil, graph.Identity{}, err
	}
	s, of, err := load(buf, o)
	if err != nil {
		return nil, of, fmt.Errorf("%s: %w", f.Path, err)
	}
	return s, of, nil
}

func (f File) read() ([]byte, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() < 64 || st.Size() > 1<<40 {
		return nil, fmt.Errorf("%s is damaged: it has %d bytes", f.Path, st.Size())
	}
	buf := alignedBytes(int(st.Size()))
	if _, err := io.ReadFull(file, buf); err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Path, err)
	}
	return buf, nil
}

// alignedBytes are bytes that may be read as whole words.
func alignedBytes(n int) []byte {
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// fileWriter writes sections, each behind its length and at an aligned place,
// and sums them up.
type fileWriter struct {
	w   *bufio.Writer
	at  int
	crc uint32
	err error
}

func (w *fileWriter) bytes(b []byte) {
	if w.err != nil {
		return
	}
	w.crc = crc32.Update(w.crc, castagnoli, b)
	w.at += len(b)
	_, w.err = w.w.Write(b)
}

func (w *fileWriter) section(size int) {
	var head [8]byte
	binary.LittleEndian.PutUint64(head[:], uint64(size))
	w.bytes(head[:])
	w.pad()
}

func (w *fileWriter) pad() {
	if n := w.at % align; n != 0 {
		w.zeros(align - n)
	}
}

func (w *fileWriter) zeros(n int) {
	var zero [1024]byte
	for ; n > 0; n -= min(n, len(zero)) {
		w.bytes(zero[:min(n, len(zero))])
	}
}

func sectionOf[T any](w *fileWriter, list []T) {
	var x T
	size := len(list) * int(unsafe.Sizeof(x))
	w.section(size)
	if size > 0 {
		w.bytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), size))
	}
	w.pad()
}

// columnOf writes whole chunks, so that they can be used where they are. What
// follows the column's end in the last one is the writer's, who may be at it
// now, so that zeros are written instead.
func columnOf[T any](w *fileWriter, c *column[T]) {
	var x T
	size := int(unsafe.Sizeof(x))
	w.section(len(c.chunks) * chunkSize * size)
	for i, chunk := range c.chunks {
		used := min(chunkSize, c.n-i*chunkSize) * size
		w.bytes(unsafe.Slice((*byte)(unsafe.Pointer(chunk)), used))
		w.zeros(chunkSize*size - used)
	}
	w.pad()
}

func textsOf(w *fileWriter, n int, at func(i int) string) {
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
	sectionOf(w, ends)
	w.section(total)
	for i := range ends {
		w.bytes([]byte(at(i)))
	}
	w.pad()
}

// listsOf writes adjacency lists: where each ends, and their elements.
func listsOf[T any](w *fileWriter, t *table[[]T]) {
	ends := make([]uint32, t.n)
	total := 0
	for i := range ends {
		total += len(t.at(uint32(i)))
		ends[i] = uint32(total)
	}
	sectionOf(w, ends)
	flat := make([]T, 0, total)
	for i := range ends {
		flat = append(flat, t.at(uint32(i))...)
	}
	sectionOf(w, flat)
}

func (s *Snapshot) write(w *fileWriter, of graph.Identity) error {
	w.bytes([]byte(fileMagic))
	w.bytes(binary.LittleEndian.AppendUint64(nil, layout))
	h := header{
		Store: of, Seq: s.seq, Ontology: s.o.Hash(), TypeNames: s.typeNames.list, Predicates: s.predicates.list, QualifierNames: s.qualifierNames.list, Sum: s.sum,
		Entities: s.ids.len(), Claims: s.rows.len(), Qualifiers: s.quals.len(),
	}
	for _, l := range s.keys.layers {
		for _, n := range l.slots {
			if n != 0 {
				h.Keyed = append(h.Keyed, n-1)
			}
		}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	sectionOf(w, head)
	textsOf(w, s.ids.len(), func(i int) string { return s.ids.at(uint32(i)) })
	columnOf(w, &s.types)
	columnOf(w, &s.rows)
	columnOf(w, &s.quals)
	textsOf(w, s.texts.len(), func(i int) string { return s.texts.at(uint32(i)) })
	times := make([][2]uint64, s.times.len())
	for i := range times {
		iv := s.times.ref(uint32(i)).Interval
		times[i] = [2]uint64{iv.From.Pack(), iv.To.Pack()}
	}
	sectionOf(w, times)
	extras := make([]fileExtra, s.extras.len())
	for i := range extras {
		x := s.extras.ref(uint32(i))
		extras[i] = fileExtra{x.attributedTo, x.original, x.conflict, x.note, x.supersedes}
	}
	packed, err := json.Marshal(extras)
	if err != nil {
		return err
	}
	sectionOf(w, packed)
	flat := func(n int, at func(i int) uint32) []uint32 {
		list := make([]uint32, n)
		for i := range list {
			list[i] = at(i)
		}
		return list
	}
	sectionOf(w, flat(s.rows.len(), func(i int) uint32 { return s.ended.at(uint32(i)) }))
	listsOf(w, &s.out)
	listsOf(w, &s.in)
	listsOf(w, &s.cited)
	listsOf(w, &s.byType)
	dates := make([]uint64, s.dates.n)
	for i := range dates {
		dates[i] = s.dates.at(uint32(i)).Pack()
	}
	sectionOf(w, dates)
	commits := make([]int64, s.commits.len())
	for i := range commits {
		commits[i] = s.commits.at(uint32(i))
	}
	sectionOf(w, commits)
	writeNames(w, s.names)
	sum := binary.LittleEndian.AppendUint32(nil, w.crc)
	w.bytes(sum)
	return w.err
}

// fileExtra is an extra as the file has it.
type fileExtra struct {
	A, O, C, N string          `json:",omitempty"`
	S          []graph.ClaimID `json:",omitempty"`
}

func writeNames(w *fileWriter, x names.Index) {
	a := x.Arrays()
	textsOf(w, len(a.Keys), func(i int) string { return a.Keys[i] })
	sectionOf(w, a.Claims)
	sectionOf(w, a.Words)
	sectionOf(w, a.Shared)
	sectionOf(w, a.Ends)
	sectionOf(w, a.Text)
	sectionOf(w, a.SoundClaims)
	sectionOf(w, a.SoundWords)
}
