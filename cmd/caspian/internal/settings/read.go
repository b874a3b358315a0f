package settings

import (
	"fmt"
	"os"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"
)

// AddTo declares every setting as a flag of the command, with completion.
func (s *Set) AddTo(c *cobra.Command) {
	flags := c.Flags()
	flags.SortFlags = false
	for _, v := range s.list {
		short := ""
		if len(v.Name) == 1 {
			short = v.Name
		}
		f := flags.VarPF(v, v.Name, short, v.help+" ["+v.Variable()+"]")
		f.DefValue = v.standard
		if v.value == "" {
			f.NoOptDefVal = "true"
		}
		_ = c.RegisterFlagCompletionFunc(v.Name, v.complete) // fails only for an unknown or repeated name
	}
}

// Read reads the flags, which the command has parsed, then the environment, then the config file. It returns
// the arguments. Err reports the faults, so that a command can add its own.
func (s *Set) Read(c *cobra.Command) []string {
	var args []string
	flags := c.Flags()
	end := flags.ArgsLenAtDash() // "--" ends the flags
	for i, arg := range flags.Args() {
		if (end < 0 || i < end) && IsFlag(arg) {
			s.unknown(arg)
			continue
		}
		args = append(args, arg)
	}
	for _, v := range s.list {
		if text, ok := s.lookup(v.Variable()); ok && !v.byFlag && text != "" {
			v.take(v.Variable(), text)
		}
	}
	if s.config != nil && *s.config != "" {
		if err := s.readFile(*s.config); err != nil {
			s.Fault("--config: %v", err)
		}
	}
	return args
}

// IsFlag reports whether an argument has the form of a flag; "-" is the standard input.
func IsFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// unknown adds the fault of a flag that does not exist.
func (s *Set) unknown(arg string) {
	flag, _, _ := strings.Cut(arg, "=")
	s.Fault("there is no flag %s%s", flag, s.near("--", strings.TrimLeft(flag, "-")))
}

// near returns a suggestion of the setting with the most similar name, or "" if none is similar.
func (s *Set) near(prefix, name string) string {
	best, least := "", 3
	for _, v := range s.list {
		if d := levenshtein.ComputeDistance(name, v.Name); d < least && d < len(v.Name) {
			best, least = v.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}

// readFile reads a YAML mapping of setting names to values.
func (s *Set) readFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: the file must be settings, one per line, such as listen: 127.0.0.1:8080", path, root.Line)
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		at := fmt.Sprintf("%s:%d: %s", path, key.Line, key.Value)
		v := s.find(key.Value)
		switch {
		case v == nil || key.Value == "config":
			s.Fault("%s: there is no such setting%s", at, s.near("", key.Value))
		case v.given: // set by a flag or the environment, or twice
		case value.Kind == yaml.ScalarNode:
			v.take(at, value.Value)
		case value.Kind == yaml.SequenceNode:
			for _, item := range value.Content {
				v.take(at, item.Value)
			}
		default:
			s.Fault("%s: it needs a value or a list", at)
		}
	}
	return nil
}
