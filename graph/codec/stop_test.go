package codec

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestDecodersStop checks that every decoder ends with the error of its caller, its context
// or its reader, and that the reader's error names the file.
func TestDecodersStop(t *testing.T) {
	g := &listedGraph{o: schema.MustDefault(), entities: []graph.Entity{{ID: "KAZ", Type: "Country"}, {ID: "UZB", Type: "Country"}}}
	for _, f := range Formats {
		var b strings.Builder
		if err := f.Encode(t.Context(), &b, g); err != nil {
			t.Fatal(err)
		}
		text, stop := b.String(), errors.New("enough")
		name := "x." + f.Name
		n := 0
		count := func(graph.Op) error { n++; return nil }
		err := f.Decode(t.Context(), name, strings.NewReader(text), func(graph.Op) error { n++; return stop })
		if !errors.Is(err, stop) || n != 1 {
			t.Errorf("%s: the caller's error: %v after %d", f.Name, err, n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.Decode(ctx, name, strings.NewReader(text), count); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a cancelled context: %v", f.Name, err)
		}
		broken := io.MultiReader(strings.NewReader(text[:len(text)/2]), iotest.ErrReader(stop))
		if err := f.Decode(t.Context(), name, broken, count); !errors.Is(err, stop) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: a broken reader: %v", f.Name, err)
		}
	}
}
