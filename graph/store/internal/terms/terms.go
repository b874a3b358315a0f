// Package terms writes, reads and hashes single terms of quads in Cayley's format.
//
// The package must not know commits, or where terms are stored.
package terms

import (
	"crypto/sha1"
	"encoding/binary"
	"errors"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/pquads"
)

// The fields of the protocol buffer of a term that is a text or an address, with their wire type. Most terms
// are texts or addresses; this package reads, writes and hashes them itself, in a third of pquads' time.
const text, iri = 2<<3 | 2, 3<<3 | 2

// Append writes a term in the format of pquads.
func Append(b []byte, v quad.Value) ([]byte, error) {
	kind, s := byte(0), ""
	switch v := v.(type) {
	case quad.String:
		kind, s = text, string(v)
	case quad.IRI:
		kind, s = iri, string(v)
	default:
		raw, err := pquads.MarshalValue(v)
		return append(b, raw...), err
	}
	return append(binary.AppendUvarint(append(b, kind), uint64(len(s))), s...), nil
}

// Hash returns Cayley's hash of a term, which is the hash of its text in N-Quads.
func Hash(v quad.Value) cgraph.ValueHash {
	var room [512]byte
	switch v := v.(type) {
	case quad.String:
		b := append(room[:0], '"')
		for i := range len(v) {
			switch c := v[i]; c {
			case '\\', '"':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, `\n`...)
			case '\r':
				b = append(b, `\r`...)
			case '\t':
				b = append(b, `\t`...)
			default:
				b = append(b, c)
			}
		}
		return sha1.Sum(append(b, '"'))
	case quad.IRI:
		return sha1.Sum(append(append(append(room[:0], '<'), v...), '>'))
	}
	return cgraph.HashOf(v)
}

// Read reads a term that Append or pquads wrote.
func Read(raw []byte) (quad.Value, error) {
	if len(raw) > 1 && (raw[0] == text || raw[0] == iri) {
		if size, n := binary.Uvarint(raw[1:]); n > 0 && size == uint64(len(raw)-1-n) {
			if raw[0] == text {
				return quad.String(raw[1+n:]), nil
			}
			return quad.IRI(raw[1+n:]), nil
		}
	}
	var v pquads.Value
	if err := v.Unmarshal(raw); err != nil {
		return nil, err
	}
	if v.Value == nil { // ToNative would panic
		return nil, errors.New("a link is where a value should be")
	}
	return v.ToNative(), nil
}

// AppendQuad writes the terms of a quad, each after its length.
func AppendQuad(b []byte, q quad.Quad) ([]byte, error) {
	for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
		var room [256]byte
		term, err := Append(room[:0], v)
		if err != nil {
			return nil, err
		}
		b = append(binary.AppendUvarint(b, uint64(len(term))), term...)
	}
	return b, nil
}

// ReadQuad reads a quad that AppendQuad wrote, and returns the rest of b.
func ReadQuad(b []byte) (q quad.Quad, rest []byte, err error) {
	for _, to := range []*quad.Value{&q.Subject, &q.Predicate, &q.Object, &q.Label} {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return q, nil, errors.New("a quad ends too soon")
		}
		if *to, err = Read(b[n : n+int(size)]); err != nil {
			return q, nil, err
		}
		b = b[n+int(size):]
	}
	return q, b, nil
}
