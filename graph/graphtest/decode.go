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

// Decoded decodes a text and returns the line that line makes from each operation, without empty ones. If
// decode refuses the text, it returns only the error. decode is the Decode of a codec.Format.
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

// Sentences returns the notices of a text and its claims, one in a line, or the error. Claims about sources are
// left out, and so is a confidence equal to usual.
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

// Files returns a folder of files by their paths.
func Files(texts map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range texts {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// Original returns the path of an original file of a data set, in a folder next to the repository. It skips the
// test if the file does not exist.
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

// WantLocators checks that each claim of want, given as a sentence, has the locator.
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
