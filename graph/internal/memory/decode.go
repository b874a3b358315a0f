package memory

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

var errDamaged = errors.New("the file is damaged")

// errOutdated is the error for a sound file that this program cannot use with this ontology.
var errOutdated = fmt.Errorf("the file is outdated (%w)", errors.ErrUnsupported)

// readLinks reads adjacencies.
func (s *Graph) readLinks(r *column.Reader) column.Table[Adjacency] {
	e, o := column.NewEdit[Adjacency](), s.order()
	for i, links := range column.ReadLists[Link](r) {
		e.Set(i, column.DividedOf[Link, Beside](links, o))
	}
	return e.Table()
}

// readNumbers reads lists of entities or claims.
func readNumbers(r *column.Reader) column.Table[Numbers] {
	e := column.NewEdit[Numbers]()
	for i, list := range column.ReadLists[uint32](r) {
		e.Set(i, column.ListOf[uint32, column.None](list, column.Order[uint32]{}))
	}
	return e.Table()
}

// Decode reads a snapshot that Encode wrote in size bytes, and the identity of the store for which it was
// written. The error says why the snapshot cannot be used. It wraps errors.ErrUnsupported if the data is sound,
// but from another version of the program or for another ontology.
func Decode(from io.Reader, size int64, o *schema.Ontology) (*Graph, graph.Identity, error) {
	if size < 64 || size > 1<<40 {
		return nil, graph.Identity{}, fmt.Errorf("%w: it has %d bytes", errDamaged, size)
	}
	buf := column.Aligned(int(size))
	if _, err := io.ReadFull(from, buf); err != nil {
		return nil, graph.Identity{}, err
	}
	return decode(buf, o)
}

func decode(buf []byte, o *schema.Ontology) (_ *Graph, of graph.Identity, err error) {
	if string(buf[:len(fileMagic)]) != fileMagic {
		return nil, of, errors.New("it is not a snapshot file")
	}
	body := buf[:len(buf)-4]
	if column.Checksum(body) != binary.LittleEndian.Uint32(buf[len(buf)-4:]) {
		return nil, of, errDamaged
	}
	if binary.LittleEndian.Uint64(buf[8:]) != layout {
		return nil, of, fmt.Errorf("%w: it was written by another version", errOutdated)
	}
	r := column.NewReader(body, 16)
	var h header
	if err := json.Unmarshal(r.Section(), &h); err != nil {
		return nil, of, errDamaged
	}
	if h.Ontology != o.Hash() {
		return nil, of, fmt.Errorf("%w: it was written for another ontology", errOutdated)
	}
	s := Empty(o)
	s.seq, s.sum, s.scenarios = h.Seq, h.Sum, h.Scenarios
	if !begins(h.Predicates, s.Predicates.List) || !begins(h.QualifierNames, s.QualifierNames.List) {
		return nil, of, errDamaged
	}
	s.TypeNames, s.Predicates, s.QualifierNames = vocabulary.NamesOf(h.TypeNames), vocabulary.NamesOf(h.Predicates), vocabulary.NamesOf(h.QualifierNames)
	s.nameTypes()
	s.IDs = column.ReadTextColumn(r)
	s.Types = column.ReadColumn[uint16](r, h.Entities)
	s.Rows = column.ReadColumn[Row](r, h.Claims)
	indexed := make(chan struct{})
	go func() {
		defer close(indexed)
		s.index(0, 0) // concurrently with reading the rest, which takes as long
	}()
	err = s.readSections(r, &h)
	if <-indexed; err != nil {
		return nil, of, err
	}
	if r.Bad() || s.IDs.Len() != h.Entities || s.Ended.Len() != h.Claims || s.commits.Len() != int(h.Seq) {
		return nil, of, errDamaged
	}
	s.rivals = s.readRivals()
	s.keys = s.keys.With(h.Keyed, s.keyHash)
	s.w.forget()
	s.guard.seal(s)
	return s, h.Store, nil
}

// readSections reads the remaining sections, in the order of writeSections.
func (s *Graph) readSections(r *column.Reader, h *header) error {
	s.QualifierRows = column.ReadColumn[Qualifier](r, h.Qualifiers)
	s.Texts = column.ReadTextColumn(r)
	s.Times = column.Column[Period]{}
	for _, t := range column.ReadList[[2]uint64](r) {
		s.Times.Append(periodOf(graph.Interval{From: graph.UnpackDate(t[0]), To: graph.UnpackDate(t[1])}))
	}
	s.Extras = column.Column[graph.Details]{}
	var extras []fileExtra
	if err := json.Unmarshal(r.Section(), &extras); err != nil {
		return errDamaged
	}
	for _, x := range extras {
		s.Extras.Append(graph.Details{AttributedTo: x.A, Original: x.O, Conflict: x.C, Note: x.N, Supersedes: x.S})
	}
	s.readWithdrawals(r)
	var imports []Imported
	if err := json.Unmarshal(r.Section(), &imports); err != nil {
		return errDamaged
	}
	for _, i := range imports {
		s.imports.Append(i)
	}
	if !s.readMerges(column.ReadList[[3]uint32](r)) {
		return errDamaged
	}
	s.Out, s.In = s.readLinks(r), s.readLinks(r)
	s.Cited, s.ByType = readNumbers(r), readNumbers(r)
	s.Named = s.nameEntities(column.Table[Naming]{}, 0)
	s.readKeepers()
	dates := column.NewEdit[graph.Date]()
	for i, d := range column.ReadList[uint64](r) {
		dates.Set(uint32(i), graph.UnpackDate(d))
	}
	s.Dates = dates.Table()
	mortals := column.ReadList[uint32](r)
	if s.Ended.Len() == h.Claims && s.IDs.Len() == h.Entities && !slices.ContainsFunc(mortals, func(n uint32) bool { return int(n) >= h.Entities }) {
		s.Lives = s.readLives(column.NewEdit[validity.ShortLifetime](), slices.Values(mortals))
	}
	for _, at := range column.ReadList[int64](r) {
		s.commits.Append(at)
	}
	s.Names = names.Read(r)
	return nil
}

// readWithdrawals reads the sequence numbers that withdrew claims.
func (s *Graph) readWithdrawals(r *column.Reader) {
	ended := column.NewEdit[uint32]()
	var gone []uint32
	for i, seq := range column.ReadList[uint32](r) {
		ended.Grow(i + 1)
		if seq != 0 {
			ended.Set(uint32(i), seq)
			gone = append(gone, uint32(i))
		}
	}
	s.Ended = ended.Table()
	slices.SortStableFunc(gone, func(a, b uint32) int { return cmp.Compare(s.Ended.At(a), s.Ended.At(b)) })
	reasons := column.ReadList[uint32](r)
	lost := column.NewEdit[uint32]()
	for i, n := range gone {
		withdrawn := reasoned{row: n}
		if i < len(reasons) && int(reasons[i]) < s.Texts.Len() {
			withdrawn.reason = reasons[i]
		}
		s.gone.Append(withdrawn)
		s.lose(lost, n)
	}
	for _, b := range column.ReadList[reasoned](r) {
		if int(b.row) < s.Rows.Len() && int(b.reason) < s.Texts.Len() { // else the file is damaged
			s.back.Append(b)
		}
	}
	s.Lost = lost.Table()
}

// begins reports whether a list begins with the names of the ontology.
func begins(list, known []string) bool {
	return len(list) >= len(known) && slices.Equal(list[:len(known)], known)
}
