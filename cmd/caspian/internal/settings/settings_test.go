package settings

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestPrecedence: a flag overrides the environment, which overrides the config file.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		flags, environment, file string
		want, faults             string
	}{
		{want: "standard"},
		{file: "name: file", want: "file"},
		{environment: "variable", file: "name: file", want: "variable"},
		{flags: "--name flag", environment: "variable", file: "name: file", want: "flag"},
		{flags: "--name=flag", want: "flag"},
		{file: "listen: a\nname: [x, y]", want: "y", faults: "c.yaml:1: listen: there is no such setting"},
		{file: "nam: x", want: "standard", faults: "c.yaml:1: nam: there is no such setting; did you mean name?"},
		{file: "config: x", want: "standard", faults: "c.yaml:1: config: there is no such setting"},
		{file: "name: {a: b}", want: "standard", faults: "c.yaml:1: name: it needs a value or a list"},
		{file: "- name", want: "standard", faults: "--config: c.yaml:1: the file must be settings"},
		{flags: "--nam x", want: "standard", faults: "there is no flag --nam; did you mean --name?"},
		{flags: "--number x --on=maybe", want: "standard",
			faults: "2 faults in the settings:\n  --number: \"x\" is not a whole number of at least 1\n  --on: \"maybe\" is neither true nor false"},
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("c.yaml", []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		environment := map[string]string{"CASPIAN_NAME": c.environment, "CASPIAN_CONFIG": "c.yaml"}
		s := New(func(name string) (string, bool) { text, ok := environment[name]; return text, ok })
		name := s.Text("name", "NAME", "standard", "")
		s.Number("number", 1, 1, "")
		s.Toggle("on", "")
		s.Config("")
		command := &cobra.Command{FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlagsHandling: pflag.PassUnknownFlagToArgs}}
		s.AddTo(command)
		if err := command.ParseFlags(strings.Fields(c.flags)); err != nil {
			t.Fatal(err)
		}
		s.Read(command)
		faults := ""
		if err := s.Err(); err != nil {
			faults = err.Error()
		}
		if *name != c.want || !strings.HasPrefix(faults, c.faults) || c.faults == "" && faults != "" {
			t.Errorf("%+v: %q, faults %q", c, *name, faults)
		}
	}
}

// TestEither: a flag overrides the variable of the setting that excludes it.
func TestEither(t *testing.T) {
	for _, c := range []struct{ flags, variable, want, fault string }{
		{"", "", "", ""}, {"--a 1", "", "a", ""}, {"--a 1", "2", "a", ""}, {"", "2", "b", ""},
		{"--a 1 --b 2", "", "", "--a and --b: give one of the two"},
	} {
		s := New(func(name string) (string, bool) { return c.variable, name == "CASPIAN_B" })
		s.Text("a", "A", "", "")
		s.Text("b", "B", "", "")
		command := new(cobra.Command)
		s.AddTo(command)
		if err := command.ParseFlags(strings.Fields(c.flags)); err != nil {
			t.Fatal(err)
		}
		s.Read(command)
		got, fault := s.Either("a", "b"), ""
		if err := s.Err(); err != nil {
			fault = err.Error()
		}
		if got != c.want || fault != c.fault {
			t.Errorf("%+v: %q, fault %q", c, got, fault)
		}
	}
}
