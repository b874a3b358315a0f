package packed

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func gzipped(text string) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.Bytes()
}

func zstded(text string) []byte {
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	return z.EncodeAll([]byte(text), nil)
}

func TestOpen(t *testing.T) {
	text := strings.Repeat("Aktau, Kazakhstan\n", 10000)
	bomb := strings.Repeat("\x00", freeUnpacked+1<<20)
	for _, c := range []struct {
		name   string
		packed []byte
		want   string
		fault  string
	}{
		{"plain", []byte(text), text, ""},
		{"short", []byte("a"), "a", ""},
		{"empty", nil, "", ""},
		{"gzip", gzipped(text), text, ""},
		{"two gzips", append(gzipped("a"), gzipped("b")...), "ab", ""},
		{"zstd", zstded(text), text, ""},
		{"cut off", gzipped(text)[:100], "", "f is packed, but damaged or cut off: unexpected EOF"},
		{"damaged", []byte("\x1f\x8bxxxx"), "", "f is packed, but damaged or cut off"},
		{"damaged zstd", []byte("\x28\xb5\x2f\xfdxxxxxxx"), "", "f is packed, but damaged or cut off"},
		{"a bomb", gzipped(bomb), "", "f unpacks to more than 200 times its size"},
		{"a bomb of zstd", zstded(bomb), "", "f unpacks to more than 200 times its size"},
	} {
		r, err := Open("f", io.NopCloser(bytes.NewReader(c.packed)))
		var got []byte
		if err == nil {
			got, err = io.ReadAll(r)
			if cerr := r.Close(); cerr != nil {
				t.Errorf("%s: closing: %v", c.name, cerr)
			}
		}
		if c.fault == "" && (err != nil || string(got) != c.want) || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %d bytes, %v", c.name, len(got), err)
		}
	}
}

func TestName(t *testing.T) {
	for name, want := range map[string]string{"a.csv.gz": "a.csv", "a.jsonl.ZST": "a.jsonl", "a.csv": "a.csv"} {
		if got := Name(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// FuzzOpen unpacks any bytes: it ends.
func FuzzOpen(f *testing.F) {
	f.Add(gzipped("a"))
	f.Add(zstded("a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Open("f", io.NopCloser(bytes.NewReader(b)))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r)
		_ = r.Close()
	})
}
