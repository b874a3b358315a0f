package memory

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"iter"
	"unsafe"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/digest"
	"github.com/caspian-kg/caspian/graph/text"
)

const (
	fileMagic   = "CASPSNAP"
	fileVersion = 16
)

// layout is a number that depends on the memory layout of the columns and on how names are folded. It differs
// for files from other builds and other kinds of machines.
var layout = func() uint64 {
	order := [2]byte{1, 0}
	return uint64(fileVersion)<<56 | uint64(text.Version)<<48 | uint64(unsafe.Sizeof(Row{}))<<32 | uint64(unsafe.Sizeof(Qualifier{}))<<24 | uint64(unsafe.Sizeof(Link{}))<<16 |
		uint64(*(*uint16)(unsafe.Pointer(&order)))
}()

// header is the first section, which is needed to read the others.
type header struct {
	Store                 graph.Identity
	Seq                   graph.Seq
	Ontology              string
	TypeNames, Predicates []string
	QualifierNames        []string
	Sum                   digest.Sum
	Entities, Claims      int
	Qualifiers            int
	Keyed                 []uint32
	Scenarios             []graph.Scenario `json:",omitempty"`
}

// Encode writes the snapshot of a store: its columns and adjacency lists as they are in memory, with a
// checksum. The snapshot may be advanced at the same time.
func (s *Graph) Encode(to io.Writer, of graph.Identity) error {
	out := bufio.NewWriterSize(to, 1<<20)
	w := column.NewWriter(out)
	w.Bytes([]byte(fileMagic))
	w.Bytes(binary.LittleEndian.AppendUint64(nil, layout))
	head, err := json.Marshal(header{
		Store: of, Seq: s.seq, Ontology: s.o.Hash(), TypeNames: s.TypeNames.List, Predicates: s.Predicates.List, QualifierNames: s.QualifierNames.List, Sum: s.sum,
		Entities: s.IDs.Len(), Claims: s.Rows.Len(), Qualifiers: s.QualifierRows.Len(), Keyed: s.keys.Numbers(), Scenarios: s.scenarios,
	})
	if err != nil {
		return err
	}
	column.WriteList(w, head)
	if err := s.writeSections(w); err != nil {
		return err
	}
	w.Bytes(binary.LittleEndian.AppendUint32(nil, w.Sum()))
	if err := w.Err(); err != nil {
		return err
	}
	return out.Flush()
}

// writeSections writes the sections after the header.
func (s *Graph) writeSections(w *column.Writer) error {
	column.WriteTexts(w, s.IDs.Len(), func(i int) string { return s.IDs.At(uint32(i)) })
	column.WriteColumn(w, &s.Types)
	column.WriteColumn(w, &s.Rows)
	column.WriteColumn(w, &s.QualifierRows)
	column.WriteTexts(w, s.Texts.Len(), func(i int) string { return s.Texts.At(uint32(i)) })
	column.WriteList(w, column.Flat(s.Times.Len(), func(i uint32) [2]uint64 {
		iv := s.Times.Ref(i).Interval
		return [2]uint64{iv.From.Pack(), iv.To.Pack()}
	}))
	packed, err := json.Marshal(column.Flat(s.Extras.Len(), func(i uint32) fileExtra {
		x := s.Extras.Ref(i)
		return fileExtra{x.AttributedTo, x.Original, x.Conflict, x.Note, x.Supersedes}
	}))
	if err != nil {
		return err
	}
	column.WriteList(w, packed)
	column.WriteList(w, column.Flat(s.Rows.Len(), func(i uint32) uint32 { return s.Ended.At(i) }))
	column.WriteList(w, column.Flat(s.gone.Len(), func(i uint32) uint32 { return s.gone.Ref(i).reason }))
	column.WriteList(w, column.Flat(s.back.Len(), func(i uint32) reasoned { return s.back.At(i) }))
	imports, err := json.Marshal(s.importCommits())
	if err != nil {
		return err
	}
	column.WriteList(w, imports)
	column.WriteList(w, s.mergeList())
	for _, t := range []*column.Table[Adjacency]{&s.Out, &s.In} {
		column.WriteLists(w, t.Len(), func(i uint32) iter.Seq[[]Link] { return t.Ref(i).Parts() })
	}
	for _, t := range []*column.Table[Numbers]{&s.Cited, &s.ByType} {
		column.WriteLists(w, t.Len(), func(i uint32) iter.Seq[[]uint32] { return t.At(i).Parts() })
	}
	column.WriteList(w, column.Flat(s.Dates.Len(), func(i uint32) uint64 { return s.Dates.At(i).Pack() }))
	column.WriteList(w, s.mortals())
	column.WriteList(w, column.Flat(s.commits.Len(), func(i uint32) int64 { return s.commits.At(i) }))
	s.Names.Write(w)
	return nil
}

// fileExtra is a graph.Details in the file.
type fileExtra struct {
	A, O, C, N string          `json:",omitempty"`
	S          []graph.ClaimID `json:",omitempty"`
}
