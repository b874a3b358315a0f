package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"
)

// Digest distinguishes changes: two changes are the same if their digests are. It is computed from all content of the
// operations, in their order: entities with their types, claims with all their fields, retractions, reinstatements and
// undos with their reasons, merges, and the source to sync. It does not depend on the import, positions, a reader's notices,
// the key, the required sequence number, or the order of a claim's qualifiers.
func (ch *Change) Digest() string {
	d := digester{h: sha256.New()}
	if ch.Sync != "" {
		d.text("sync")
		d.text(string(ch.Sync))
	}
	for i := range ch.Ops {
		switch op := &ch.Ops[i]; op.Kind {
		case Notice:
		case Declare:
			d.text("declare")
			d.text(string(op.Entity.ID))
			d.text(op.Entity.Type)
		case Retract:
			d.text("retract")
			d.bytes(op.Retract.Claim[:])
			d.text(op.Retract.Reason)
		case Reinstate:
			d.text("reinstate")
			d.bytes(op.Reinstate.Claim[:])
			d.text(op.Reinstate.Reason)
		case Undo:
			d.text("undo")
			d.number(uint64(op.Undo.Import))
			d.text(string(op.Undo.Source))
			d.text(op.Undo.Reason)
		case Merge, Unmerge:
			d.text("merge")
			d.text(string(op.Merge.From))
			d.text(string(op.Merge.Into))
		case Suppose, Rewrite, Forget:
			d.text([...]string{"suppose", "rewrite", "forget"}[op.Kind-Suppose])
			d.text(op.Scenario.Name)
			d.text(op.Scenario.Title)
		default:
			d.text(map[OpKind]string{Override: "override", Remove: "remove"}[op.Kind] + "assert")
			d.claim(&op.Claim)
		}
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(d.h.Sum(sum[:0])[:16])
}

// digester hashes parts, each after its length, so that different lists of parts never hash the same bytes.
type digester struct {
	h   hash.Hash
	buf []byte
}

func (d *digester) number(n uint64) {
	d.write(binary.AppendUvarint(d.buf[:0], n))
}

func (d *digester) text(s string) { d.write(appendField(d.buf[:0], s)) }

func (d *digester) bytes(b []byte) {
	d.number(uint64(len(b)))
	d.h.Write(b)
}

func (d *digester) value(v Value) { d.write(appendKind(d.buf[:0], v)) }

func (d *digester) write(b []byte) {
	d.buf = b
	d.h.Write(b)
}

func (d *digester) claim(c *Claim) {
	d.text(string(c.Subject))
	d.text(c.Predicate)
	d.value(c.Value)
	byName := func(a, b QualifierValue) int { return strings.Compare(a.Name, b.Name) }
	qs := c.Qualifiers
	if !slices.IsSortedFunc(qs, byName) {
		qs = slices.Clone(qs)
		slices.SortStableFunc(qs, byName)
	}
	d.number(uint64(len(qs)))
	for _, q := range qs {
		d.text(q.Name)
		d.value(q.Value)
	}
	d.text(c.Valid.String())
	d.text(string(c.Source))
	d.text(c.Locator)
	d.number(math.Float64bits(roundConfidence(c.Confidence)))
	d.number(uint64(c.Rank))
	d.number(uint64(c.Attribution))
	for _, s := range [...]string{c.AttributedTo, c.Original, c.Conflict, c.Note} {
		d.text(s)
	}
	d.number(uint64(len(c.Supersedes)))
	for i := range c.Supersedes {
		d.bytes(c.Supersedes[i][:])
	}
}

// difference describes how the details of two claims with one id differ; "" if they are equal.
func difference(have, other *Claim) string {
	var d []string
	if have.Confidence != other.Confidence {
		d = append(d, fmt.Sprintf("confidence %v, not %v", have.Confidence, other.Confidence))
	}
	if have.Rank != other.Rank {
		d = append(d, fmt.Sprintf("rank %s, not %s", have.Rank, other.Rank))
	}
	if have.Attribution != other.Attribution {
		d = append(d, fmt.Sprintf("attribution %s, not %s", have.Attribution, other.Attribution))
	}
	for _, t := range []struct{ what, a, b string }{
		{"attributedTo", have.AttributedTo, other.AttributedTo}, {"original", have.Original, other.Original},
		{"conflict", have.Conflict, other.Conflict}, {"note", have.Note, other.Note},
	} {
		if t.a != t.b {
			d = append(d, "another "+t.what)
		}
	}
	return strings.Join(d, ", ")
}
