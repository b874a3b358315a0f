package store

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/cayleygraph/cayley/graph/proto"

	"github.com/caspian-kg/caspian/graph/internal/tables"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// logBits groups ids into tables: ids that differ only in their last two bytes share one. Within a table, the
// keys have another order than the ids (ranks).
const logBits = 16

// logSpan collects the primitives of one table of the log.
type logSpan struct {
	first uint64 // the id of its first primitive
	ends  []uint32
	data  []byte
}

// logTables writes the log of primitives, table by table, in a separate goroutine.
type logTables struct {
	of     *tables.Database
	now    int64
	span   *logSpan
	full   chan *logSpan
	spare  chan *logSpan // spans to be reused
	val    []byte        // buffer for the value of a node
	writer sync.WaitGroup
	failed chan struct{} // closed when a table was not written, for the reason in err
	err    error
}

func newLogTables(of *tables.Database, now int64) *logTables {
	l := &logTables{of: of, now: now, full: make(chan *logSpan), spare: make(chan *logSpan, 1), failed: make(chan struct{})}
	l.span = &logSpan{first: 1}
	l.writer.Go(l.run)
	return l
}

func (l *logTables) run() {
	for span := range l.full {
		if l.err == nil {
			if l.err = span.write(l.of); l.err != nil {
				close(l.failed)
			}
		}
		select {
		case l.spare <- span:
		default:
		}
	}
}

func (l *logTables) node(n *bulkNode) error {
	var err error
	if l.val, err = terms.Append(l.val[:0], n.val); err != nil {
		return err
	}
	return l.add(&proto.Primitive{ID: n.id, Value: l.val})
}

// add adds the primitive with the next id.
func (l *logTables) add(p *proto.Primitive) error {
	if p.ID>>logBits != l.span.first>>logBits {
		if err := l.pass(); err != nil {
			return err
		}
		l.span.first = p.ID
	}
	p.Timestamp = l.now
	from, size := len(l.span.data), p.ProtoSize()
	l.span.data = slices.Grow(l.span.data, size)[:from+size]
	n, err := p.MarshalTo(l.span.data[from:])
	if err != nil {
		return err
	}
	l.span.data = l.span.data[:from+n]
	l.span.ends = append(l.span.ends, uint32(from+n))
	return nil
}

// pass passes the span to the writer and begins an empty one.
func (l *logTables) pass() error {
	select {
	case l.full <- l.span:
	case <-l.failed:
		return l.err
	}
	select {
	case s := <-l.spare:
		l.span = s
		s.ends, s.data = s.ends[:0], s.data[:0]
	default:
		l.span = &logSpan{}
	}
	return nil
}

// close writes the last span and waits for the writer.
func (l *logTables) close() error {
	err := l.pass()
	close(l.full)
	l.writer.Wait()
	if err == nil {
		err = l.err
	}
	return err
}

// write writes the span as a table.
func (s *logSpan) write(of *tables.Database) (err error) {
	defer caught(&err)
	out := of.Stretch()
	defer out.Abandon()
	var id [8]byte
	var key []byte
	for rank := range 1 << logBits {
		at := s.first>>logBits<<logBits | uint64(bytesByRank[rank>>8])<<8 | uint64(bytesByRank[rank&255])
		i := int(at - s.first) // a negative difference becomes a large number
		if at < s.first || i >= len(s.ends) {
			continue
		}
		from := uint32(0)
		if i > 0 {
			from = s.ends[i-1]
		}
		binary.BigEndian.PutUint64(id[:], at)
		key = appendKeyPart(append(key[:0], "log/"...), id[:])
		if err := out.Put(key, s.data[from:s.ends[i]]); err != nil {
			return err
		}
	}
	return out.End()
}
