package snapshot

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
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
	out := bufio.NewWriterSize(tmp, 1<<20)
	w := column.NewWriter(out)
	if err := s.write(w, of); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
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

func (s *Snapshot) write(w *column.Writer, of graph.Identity) error {
	w.Bytes([]byte(fileMagic))
	w.Bytes(binary.LittleEndian.AppendUint64(nil, layout))
	h := header{
		Store: of, Seq: s.seq, Ontology: s.o.Hash(), TypeNames: s.typeNames.list, Predicates: s.predicates.list, QualifierNames: s.qualifierNames.list, Sum: s.sum,
		Entities: s.ids.Len(), Claims: s.rows.Len(), Qualifiers: s.quals.Len(),
	}
	h.Keyed = s.keys.Numbers()
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	column.WriteList(w, head)
	column.WriteTexts(w, s.ids.Len(), func(i int) string { return s.ids.At(uint32(i)) })
	column.WriteColumn(w, &s.types)
	column.WriteColumn(w, &s.rows)
	column.WriteColumn(w, &s.quals)
	column.WriteTexts(w, s.texts.Len(), func(i int) string { return s.texts.At(uint32(i)) })
	times := make([][2]uint64, s.times.Len())
	for i := range times {
		iv := s.times.Ref(uint32(i)).Interval
		times[i] = [2]uint64{iv.From.Pack(), iv.To.Pack()}
	}
	column.WriteList(w, times)
	extras := make([]fileExtra, s.extras.Len())
	for i := range extras {
		x := s.extras.Ref(uint32(i))
		extras[i] = fileExtra{x.AttributedTo, x.Original, x.Conflict, x.Note, x.Supersedes}
	}
	packed, err := json.Marshal(extras)
	if err != nil {
		return err
	}
	column.WriteList(w, packed)
	flat := func(n int, at func(i int) uint32) []uint32 {
		list := make([]uint32, n)
		for i := range list {
			list[i] = at(i)
		}
		return list
	}
	column.WriteList(w, flat(s.rows.Len(), func(i int) uint32 { return s.ended.At(uint32(i)) }))
	column.WriteLists(w, &s.out)
	column.WriteLists(w, &s.in)
	column.WriteLists(w, &s.cited)
	column.WriteLists(w, &s.byType)
	dates := make([]uint64, s.dates.Len())
	for i := range dates {
		dates[i] = s.dates.At(uint32(i)).Pack()
	}
	column.WriteList(w, dates)
	commits := make([]int64, s.commits.Len())
	for i := range commits {
		commits[i] = s.commits.At(uint32(i))
	}
	column.WriteList(w, commits)
	writeNames(w, s.names)
	sum := binary.LittleEndian.AppendUint32(nil, w.Sum())
	w.Bytes(sum)
	return w.Err()
}

// fileExtra is an extra as the file has it.
type fileExtra struct {
	A, O, C, N string          `json:",omitempty"`
	S          []graph.ClaimID `json:",omitempty"`
}

func writeNames(w *column.Writer, x names.Index) {
	a := x.Arrays()
	column.WriteTexts(w, len(a.Keys), func(i int) string { return a.Keys[i] })
	column.WriteList(w, a.Claims)
	column.WriteList(w, a.Words)
	column.WriteList(w, a.Shared)
	column.WriteList(w, a.Ends)
	column.WriteList(w, a.Text)
	column.WriteList(w, a.SoundClaims)
	column.WriteList(w, a.SoundWords)
}
