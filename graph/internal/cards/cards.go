// Package cards keeps what the fields of an entity show, written once as text, on one card for each
// entity, so that a reader of many fields reads one place in memory.
//
// Read Memory and Card first. The package must not know what is written on a card, nor why a field
// shows it.
package cards

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Version says of which claims a card was made: how many there were about the entity, and how many
// of these were withdrawn. Both only grow.
type Version struct{ Claims, Withdrawn uint32 }

// ID is the field whose text is the entity's id.
const ID = math.MaxUint16

// Card is what an entity shows. It never changes. A nil card is empty.
//
// It has the version, the least confidence and the number of fields, then for each field its number
// and where its text ends, then the texts.
type Card []byte

const (
	headBytes  = 12
	fieldBytes = 4
	mostText   = math.MaxUint16
)

// Text is what a field shows, "" for nothing; ok is false if the card does not have the field.
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
			return unsafe.String(&c[at-1], end-at+1)[1:], true // a text may be empty, at the end
		}
		at = end
	}
	return "", false
}

// Least is the least confidence of the claims on the card.
func (c Card) Least() uint16 { return binary.LittleEndian.Uint16(c[8:]) }

func (c Card) version() Version {
	return Version{binary.LittleEndian.Uint32(c), binary.LittleEndian.Uint32(c[4:])}
}

// texts is where the texts begin.
func (c Card) texts() int { return headBytes + fieldBytes*int(binary.LittleEndian.Uint16(c[10:])) }

// len is how many bytes the card has.
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

// NewWriter begins an empty card.
func NewWriter() *Writer { return &Writer{least: math.MaxUint16} }

// Add adds a field, whose text add appends, and the confidence of the claim that it shows. A field
// whose text is an error, or has no place, is left out.
func (w *Writer) Add(field, confidence uint16, add func(dst []byte) ([]byte, error)) {
	texts, err := add(w.texts)
	if err != nil || len(texts) > mostText {
		return
	}
	w.texts, w.least, w.n = texts, min(w.least, confidence), w.n+1
	w.fields = binary.LittleEndian.AppendUint32(w.fields, uint32(field)|uint32(len(texts))<<16)
}

// append appends the card.
func (w *Writer) append(dst []byte, at Version) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, at.Claims)
	dst = binary.LittleEndian.AppendUint32(dst, at.Withdrawn)
	dst = binary.LittleEndian.AppendUint16(dst, w.least)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(w.n))
	return append(append(dst, w.fields...), w.texts...)
}

func (w *Writer) len() int { return headBytes + len(w.fields) + len(w.texts) }
