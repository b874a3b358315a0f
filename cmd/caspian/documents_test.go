package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var (
	// caspian COMMAND ... up to the end of the line, the code or the cell.
	called = regexp.MustCompile("(?m)(?:^|[ `'|])caspian ([a-z]+)([^`\n|]*)")
	flags  = regexp.MustCompile(`(?:^|\s)--([a-z][a-z-]*)`)
)

// TestDocumentsNameRealFlags: every command line in the documents and help texts has commands and
// flags that exist.
func TestDocumentsNameRealFlags(t *testing.T) {
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "docker-compose.yml", "examples/*.*", "examples/*/*"} {
		names, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	known := map[string]*settings.Set{}
	for _, c := range commands() {
		s := settings.New(func(string) (string, bool) { return "", false })
		c.Setup(s)
		known[c.Name] = s
		texts["help of "+c.Name] = c.Examples
	}
	checked := 0
	for name, text := range texts {
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			s := known[m[1]]
			if s == nil {
				// Prose may follow the program's name; a command line has flags.
				if strings.Contains(m[2], " --") && m[1] != "help" {
					t.Errorf("%s: there is no command %q", name, m[1])
				}
				continue
			}
			for _, f := range flags.FindAllStringSubmatch(m[2], -1) {
				checked++
				if !s.Has(f[1]) && f[1] != "help" {
					t.Errorf("%s: caspian %s has no flag --%s", name, m[1], f[1])
				}
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d flags were found; does the pattern still fit?", checked)
	}
}

// TestServingPage: docs/serving.md names all flags of serve, and no other.
func TestServingPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "serving.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("[` ]--([a-z][a-z-]*)").FindAllStringSubmatch(string(text), -1) {
		named[m[1]] = true
	}
	s := settings.New(func(string) (string, bool) { return "", false })
	serveCommand.Setup(s)
	for _, v := range s.All() {
		if !named[v.Name] {
			t.Errorf("the page does not name --%s", v.Name)
		}
		delete(named, v.Name)
	}
	for name := range named {
		if name != "help" {
			t.Errorf("the page names --%s, which serve does not have", name)
		}
	}
}

// TestContainerFiles: Dockerfile and docker-compose.yml use commands and flags that exist, and keep
// the container read-only and local.
func TestContainerFiles(t *testing.T) {
	compose, err := os.ReadFile(filepath.Join("..", "..", "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Build       string
			Ports       []string
			Volumes     []string
			ReadOnly    bool `yaml:"read_only"`
			Healthcheck struct{ Test []string }
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal(compose, &file); err != nil {
		t.Fatal(err)
	}
	s, ok := file.Services["caspian"]
	if !ok || !s.ReadOnly || s.Build != "." || len(s.Ports) != 1 || !strings.HasPrefix(s.Ports[0], "127.0.0.1:") {
		t.Errorf("the service is %+v", s)
	}
	for _, v := range s.Volumes {
		name, at, _ := strings.Cut(v, ":")
		if _, declared := file.Volumes[name]; !declared || at != "/data" {
			t.Errorf("volume %q", v)
		}
	}
	docker, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(docker)
	for _, want := range []string{"FROM golang:1.26", "USER 65532", "VOLUME /data", `HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/caspian", "health"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("Dockerfile has no %q", want)
		}
	}
	text += string(compose)
	for _, name := range []string{"nodes.yaml", "writers.yaml"} {
		manifest, err := os.ReadFile(filepath.Join("..", "..", "deploy", "kubernetes", name))
		if err != nil {
			t.Fatal(err)
		}
		text += string(manifest)
	}
	// The arguments of CMD, of the command that the compose file suggests, and of the nodes.
	lists := regexp.MustCompile(`(?:CMD|command:|args:) (\[[^\]]*\])`).FindAllStringSubmatch(text, -1)
	if len(lists) != 7 {
		t.Fatalf("found %v", lists)
	}
	for _, m := range lists {
		var args []string
		if err := yaml.Unmarshal([]byte(m[1]), &args); err != nil {
			t.Fatal(err)
		}
		if args[0] == "/caspian" {
			args = args[1:]
		}
		checkCommandLine(t, args)
	}
}

// checkCommandLine checks that a line has a command, its flags and no arguments.
func checkCommandLine(t *testing.T, args []string) {
	t.Helper()
	i := slices.IndexFunc(commands(), func(c *cli.Command) bool { return c.Name == args[0] })
	if i < 0 {
		t.Errorf("%v: no such command", args)
		return
	}
	built, s := commands()[i].Build(&cli.Environment{Lookup: func(string) (string, bool) { return "", false }})
	err := built.ParseFlags(args[1:])
	if rest := s.Read(built); err != nil || len(rest) > 0 || s.Err() != nil {
		t.Errorf("%v: %v %v %v", args, rest, err, s.Err())
	}
}
