package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra/doc"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var manDir = flag.String("man", "", "write the man pages to this folder")

// TestManPages writes the man pages, one for each command. It is a test, so that the packages
// that format them are not linked into the program; 'make man' runs it.
func TestManPages(t *testing.T) {
	dir := *manDir
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	root := cli.New(commands(), &cli.Environment{Lookup: func(string) (string, bool) { return "", false }})
	root.DisableAutoGenTag = true // which names the day
	header := &doc.GenManHeader{Section: "1", Source: "Caspian " + version, Manual: "Caspian"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range commands() {
		text, err := os.ReadFile(filepath.Join(dir, "caspian-"+c.Name+".1"))
		if err != nil {
			t.Fatal(err)
		}
		s := settings.New(nil)
		c.Setup(s)
		for _, v := range s.All() {
			// Dashes are escaped there.
			if page := strings.ReplaceAll(string(text), `\-`, "-"); !strings.Contains(page, "--"+v.Name) || !strings.Contains(page, v.Variable()) {
				t.Errorf("the page of %s has no --%s with %s", c.Name, v.Name, v.Variable())
			}
		}
		if !strings.Contains(string(text), ".SH EXAMPLE") || !strings.Contains(string(text), ".SH SYNOPSIS") {
			t.Errorf("the page of %s has no examples or no synopsis", c.Name)
		}
	}
}
