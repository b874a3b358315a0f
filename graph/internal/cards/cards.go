// Package cards caches what the fields of an entity show. Each entity has one card with the texts of its
// fields, so that a reader of many fields reads one place in memory.
//
// Read Memory and Card first. The package must not know what the texts mean, nor why a field shows them.
package cards

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Version identifies the claims from which a card was made, by how many claims there were about the entity and
// how many of these were withdrawn. Both numbers only grow.
type Version struct{ Claims, Withdrawn uint32 }

// ID is the number of the field whose text is the entity's id.
const ID = math.MaxUint16

// Card has the texts of an entity's fields. It never changes. A nil card is empty.
//
// A card consists of the version, the lowest confidence, and the number of fields; then, for each field, its
// number and where its text ends; then the texts.
type Card []byte

const (
	headBytes  = 12
	fieldBytes = 4
	mostText   = math.MaxUint16
)

// Text returns what a field shows, "" for nothing; ok is false if the card does not have the field.
func (c Card) Text(field uint16) (text string, ok bool) {
	if c == nil {
		return "", false
	}
	texts := c.texts()
	at := texts
	for i := headBytes; i < texts; i += fieldBytes {
		x := binary.LittleEndian.Uint32(c[i:])
		end := texts + int(x>>16)
		if uint16(x) == field {
			return unsafe.String(&c[at-1], end-at+1)[1:], true // so that an empty text at the end is within the card
		}
		at = end
	}
	return "", false
}

// Least returns the lowest confidence of the claims on the card.
func (c Card) Least() uint16 { return binary.LittleEndian.Uint16(c[8:]) }

func (c Card) version() Version {
	return Version{binary.LittleEndian.Uint32(c), binary.LittleEndian.Uint32(c[4:])}
}

// texts returns the offset of the texts.
func (c Card) texts() int { return headBytes + fieldBytes*int(binary.LittleEndian.Uint16(c[10:])) }

// len returns the length of the card in bytes.
func (c Card) len() int {
	texts := c.texts()
	if texts == headBytes {
		return headBytes
	}
	return texts + int(binary.LittleEndian.Uint16(c[texts-2:]))
}

// Writer writes a card.
type Writer struct {
	fields []byte
	texts  []byte
	least  uint16
	n      int
}

// NewWriter returns a writer of an empty card.
func NewWriter() *Writer { return &Writer{least: math.MaxUint16} }

// Add adds a field whose text add appends. confidence is that of the claim that the field shows. A field is
// left out if add returns an error or its text does not fit.
func (w *Writer) Add(field, confidence uint16, add func(dst []byte) ([]byte, error)) {
	texts, err := add(w.texts)
	if err != nil || len(texts) > mostText {
		return
	}
	w.texts, w.least, w.n = texts, min(w.least, confidence), w.n+1
	w.fields = binary.LittleEndian.AppendUint32(w.fields, uint32(field)|uint32(len(texts))<<16)
}

// append appends the card to dst.
func (w *Writer) append(dst []byte, at Version) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, at.Claims)
	dst = binary.LittleEndian.AppendUint32(dst, at.Withdrawn)
	dst = binary.LittleEndian.AppendUint16(dst, w.least)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(w.n))
	return append(append(dst, w.fields...), w.texts...)
}

func (w *Writer) len() int { return headBytes + len(w.fields) + len(w.texts) }
