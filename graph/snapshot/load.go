package snapshot

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"unsafe"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/schema"
)

var errDamaged = errors.New("the file is damaged")

// ErrOutdated marks the error of a file that is sound and of no use to this
// program with this ontology.
var ErrOutdated = errors.New("the file is outdated")

// fileReader reads what fileWriter wrote; the bytes stay where they are and
// become the memory of the columns.
type fileReader struct {
	buf []byte
	at  int
	bad bool
}

func (r *fileReader) section() []byte {
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

func listOf[T any](r *fileReader) []T {
	b := r.section()
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

// readColumn uses the chunks where they lie, but for the last, which a later
// snapshot will go on filling.
func readColumn[T any](r *fileReader, n int) column[T] {
	list := listOf[T](r)
	if len(list)%chunkSize != 0 || n > len(list) || len(list)-n >= chunkSize && len(list) > 0 {
		r.bad = true
		return column[T]{}
	}
	c := column[T]{n: n}
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

func readTexts(r *fileReader) []string {
	ends := listOf[uint32](r)
	b := r.section()
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

func readTextColumn(r *fileReader) column[string] {
	var c column[string]
	for _, t := range readTexts(r) {
		c.append(t)
	}
	return c
}

func readLists[T any](r *fileReader) table[[]T] {
	ends, flat := listOf[uint32](r), listOf[T](r)
	e := (&edit[[]T]{t: &table[[]T]{}})
	from := uint32(0)
	for i, to := range ends {
		if to < from || int(to) > len(flat) {
			r.bad = true
			return table[[]T]{}
		}
		// The capacity ends with the list, so that appending to it copies.
		e.set(uint32(i), flat[from:to:to])
		from = to
	}
	return *e.t
}

// readRuns works out the runs of long lists.
func readRuns(lists *table[[]link]) table[[]run] {
	e := &edit[[]run]{t: &table[[]run]{}}
	for i := range uint32(lists.n) {
		if rs := runsOf(lists.at(i)); rs != nil {
			e.set(i, rs)
		}
	}
	return *e.t
}

func load(buf []byte, o *schema.Ontology) (_ *Snapshot, of graph.Identity, err error) {
	if string(buf[:len(fileMagic)]) != fileMagic {
		return nil, of, errors.New("it is no snapshot file")
	}
	body := buf[:len(buf)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(buf[len(buf)-4:]) {
		return nil, of, errDamaged
	}
	if binary.LittleEndian.Uint64(buf[8:]) != layout {
		return nil, of, fmt.Errorf("%w: it was written by another version", ErrOutdated)
	}
	r := &fileReader{buf: body, at: 16}
	var h header
	if err := json.Unmarshal(r.section(), &h); err != nil {
		return nil, of, errDamaged
	}
	if h.Ontology != o.Hash() {
		return nil, of, fmt.Errorf("%w: it was written for another ontology", ErrOutdated)
	}
	s := Empty(o)
	s.seq, s.sum = h.Seq, h.Sum
	if !begins(h.Predicates, s.predicates.list) || !begins(h.QualifierNames, s.qualifierNames.list) {
		return nil, of, errDamaged
	}
	s.typeNames, s.predicates, s.qualifierNames = numbered(h.TypeNames), numbered(h.Predicates), numbered(h.QualifierNames)
	s.nameTypes()
	s.ids = readTextColumn(r)
	s.types = readColumn[uint16](r, h.Entities)
	s.rows = readColumn[row](r, h.Claims)
	s.quals = readColumn[qualifier](r, h.Qualifiers)
	s.texts = readTextColumn(r)
	s.times = column[period]{}
	for _, t := range listOf[[2]uint64](r) {
		s.times.append(periodOf(graph.Interval{From: graph.UnpackDate(t[0]), To: graph.UnpackDate(t[1])}))
	}
	s.extras = column[extra]{}
	var extras []fileExtra
	if err := json.Unmarshal(r.section(), &extras); err != nil {
		return nil, of, errDamaged
	}
	for _, x := range extras {
		s.extras.append(extra{x.A, x.O, x.C, x.N, x.S})
	}
	ended := &edit[uint32]{t: &table[uint32]{}}
	var gone []uint32
	for i, seq := range listOf[uint32](r) {
		ended.grow(i + 1)
		if seq != 0 {
			ended.set(uint32(i), seq)
			gone = append(gone, uint32(i))
		}
	}
	s.ended = *ended.t
	slices.SortStableFunc(gone, func(a, b uint32) int { return cmp.Compare(s.ended.at(a), s.ended.at(b)) })
	for _, n := range gone {
		s.gone.append(n)
	}
	s.out, s.in = readLists[link](r), readLists[link](r)
	s.cited, s.byType = readLists[uint32](r), readLists[uint32](r)
	s.named = s.nameEntities(table[naming]{}, 0)
	s.outRuns, s.inRuns = readRuns(&s.out), readRuns(&s.in)
	dates := &edit[graph.Date]{t: &table[graph.Date]{}}
	for i, d := range listOf[uint64](r) {
		dates.set(uint32(i), graph.UnpackDate(d))
	}
	s.dates = *dates.t
	for _, at := range listOf[int64](r) {
		s.commits.append(at)
	}
	s.names = readNames(r)
	if r.bad || s.ids.len() != h.Entities || s.ended.n != h.Claims || s.commits.len() != int(h.Seq) {
		return nil, of, errDamaged
	}
	s.rivals = s.readRivals()
	s.entities = s.entities.with(span(0, s.ids.len()), func(n uint32) uint64 { return hashText(s.ids.at(n)) })
	s.claims = s.claims.with(span(0, s.rows.len()), func(n uint32) uint64 { return hashClaim(s.rows.ref(n).id) })
	s.keys = s.keys.with(h.Keyed, s.keyHash)
	s.w.forget()
	return s, h.Store, nil
}

// begins tells whether a list begins with the names that the ontology has.
func begins(list, known []string) bool {
	return len(list) >= len(known) && slices.Equal(list[:len(known)], known)
}

func numbered(list []string) numbering {
	n := numbering{no: make(map[string]uint16, len(list))}
	for i, name := range list {
		if _, twice := n.no[name]; twice {
			name = aside + name
		}
		n.no[name] = uint16(i)
	}
	n.list = list
	return n
}

func readNames(r *fileReader) names.Index {
	x, err := names.FromArrays(names.Arrays{
		Keys: readTexts(r), Claims: listOf[uint32](r), Words: listOf[uint16](r),
		Shared: listOf[uint8](r), Ends: listOf[uint32](r), Text: listOf[byte](r), SoundClaims: listOf[uint32](r), SoundWords: listOf[uint16](r),
	})
	if err != nil {
		r.bad = true
	}
	return x
}
