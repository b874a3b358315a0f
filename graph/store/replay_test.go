package store

import "testing"

// FuzzDecodeNode must not panic on any bytes, and must agree with pquads.
func FuzzDecodeNode(f *testing.F) {
	f.Add([]byte{2<<3 | 2, 1, 'a'})
	f.Add([]byte{3<<3 | 2, 1, 'a'})
	f.Add([]byte{7 << 3, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := decodeNode(raw)
		if err == nil && v == nil {
			t.Fatalf("%x: neither a value nor an error", raw)
		}
	})
}
