package graphtest

import (
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/caspian-kg/caspian/graph"
)

// Decoded returns the lines that line makes of the operations in a text, those without one left out; if
// the text is refused, the error alone. decode is that of a codec.Format.
func Decoded[E ~func(graph.Op) error](decode func(context.Context, string, io.Reader, E) error, file, text string, line func(graph.Op) string) []string {
	var lines []string
	err := decode(context.Background(), file, strings.NewReader(text), func(op graph.Op) error {
		if l := line(op); l != "" {
			lines = append(lines, l)
		}
		return nil
	})
	if err != nil {
		return []string{err.Error()}
	}
	return lines
}

// Sentences are the notices of a text and its claims about anything but their sources, one in a line, or the error.
// Confidences are left out where they are the usual one.
func Sentences[E ~func(graph.Op) error](decode func(context.Context, string, io.Reader, E) error, file, text string, usual float64) string {
	return strings.Join(Decoded(decode, file, text, func(op graph.Op) string {
		switch {
		case op.Kind == graph.Notice:
			return "notice " + op.Notice
		case op.Kind == graph.Assert && op.Claim.Subject != op.Claim.Source:
			return Sentence(&op.Claim, usual)
		}
		return ""
	}), "\n")
}

// Files is a folder of files by their paths.
func Files(texts map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range texts {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// Original is the path of an original file of a data set, which is beside the repository. The test is skipped
// if it is not there.
func Original(t testing.TB, name string) string {
	t.Helper()
	root := "."
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Join(root, "..")
	}
	path := filepath.Join(root, "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: the original file is not at %s", path)
	}
	return path
}

// WantLocators expects each claim of want, as a sentence, with its locator.
func WantLocators(t testing.TB, usual float64, claims []graph.Claim, want map[string]string) {
	t.Helper()
	missing := maps.Clone(want)
	for i := range claims {
		c := &claims[i]
		s := Sentence(c, usual)
		at, ok := want[s]
		if ok && at != c.Locator {
			t.Errorf("%s is at %q, want %q", s, c.Locator, at)
		}
		delete(missing, s)
	}
	for s := range missing {
		t.Errorf("missing: %s", s)
	}
}
