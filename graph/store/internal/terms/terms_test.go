package terms

import (
	"bytes"
	"strings"
	"testing"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/pquads"
	"pgregory.net/rapid"
)

// TestAsCayley writes and hashes values as Cayley does.
func TestAsCayley(t *testing.T) {
	same := func(t rapid.TB, v quad.Value) {
		want, err := pquads.MarshalValue(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Append([]byte("before"), v)
		if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
			t.Fatalf("%#v is written as %q, %v, not as %q", v, got, err, want)
		}
		if got, want := Hash(v), cgraph.HashOf(v); got != want {
			t.Fatalf("the hash of %#v is %x, not %x", v, got, want)
		}
	}
	for _, v := range []quad.Value{
		quad.Int(-3), quad.Float(0.5), quad.Bool(true), quad.TypedString{Value: "a\n", Type: "b"},
		quad.String(""), quad.IRI(""), quad.String(strings.Repeat("\"ä", 300)), quad.IRI(strings.Repeat("ж", 300)),
	} {
		same(t, v)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringOf(rapid.SampledFrom([]rune("a\\\"\n\r\t<>ä\x00\ufffd"))), rapid.String()).Draw(t, "text")
		same(t, quad.String(s))
		same(t, quad.IRI(s))
	})
}

// FuzzRead must not panic on any bytes, and must agree with pquads.
func FuzzRead(f *testing.F) {
	f.Add([]byte{2<<3 | 2, 1, 'a'})
	f.Add([]byte{3<<3 | 2, 1, 'a'})
	f.Add([]byte{7 << 3, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := Read(raw)
		if err == nil && v == nil {
			t.Fatalf("%x: neither a value nor an error", raw)
		}
	})
}
