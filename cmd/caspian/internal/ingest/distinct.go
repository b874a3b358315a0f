package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// distinct leaves out what a row of a table states again in the same words: rows that share a source or an organisation
// each declare it.
func distinct(ops []graph.Op) []graph.Op {
	seen := map[[16]byte]bool{}
	var text []byte
	kept := ops[:0]
	for i := range ops {
		op := &ops[i]
		if op.Position.Row > 0 {
			text = words(text[:0], op)
			sum := sha256.Sum256(text)
			key := [16]byte(sum[:16])
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		kept = append(kept, *op)
	}
	return kept
}

// words appends all that an operation says, with its length before each part.
func words(b []byte, op *graph.Op) []byte {
	add := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	value := func(v graph.Value) {
		b = append(b, byte(v.Kind()))
		add(v.String())
	}
	b = append(b, byte(op.Kind))
	add(string(op.Entity.ID))
	add(op.Entity.Type)
	c := &op.Claim
	add(string(c.Subject))
	add(c.Predicate)
	value(c.Value)
	for _, q := range c.Qualifiers {
		add(q.Name)
		value(q.Value)
	}
	for _, s := range []string{c.Valid.String(), string(c.Source), c.Locator, c.AttributedTo, c.Original, c.Conflict, c.Note} {
		add(s)
	}
	b = append(b, byte(c.Rank), byte(c.Attribution))
	return binary.BigEndian.AppendUint64(b, math.Float64bits(c.Confidence))
}
