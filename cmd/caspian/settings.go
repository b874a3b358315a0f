package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/caspian-kg/caspian/graph"
)

// setting is one flag, with its environment variable and its key in the config file: all
// three have one check. A flag overrides the environment, which overrides the file.
type setting struct {
	name, value, help string   // value is the word for its value in the help; "" for a switch
	standard          string   // the default as the help shows it
	words             []string // some or all values, for completion
	set               func(text string) error
	given, byFlag     bool
	faults            *[]string
}

// Set implements pflag.Value. It keeps faults for later, so that all are reported at once.
func (v *setting) Set(text string) error {
	v.byFlag = true
	v.take("--"+v.name, text)
	return nil
}

// String implements pflag.Value; addTo gives the default.
func (v *setting) String() string { return "" }

// Type implements pflag.Value: the word for the value in the help.
func (v *setting) Type() string {
	if v.value == "" {
		return "bool"
	}
	return v.value
}

func (v *setting) take(origin, text string) {
	v.given = true
	if err := v.set(text); err != nil {
		*v.faults = append(*v.faults, fmt.Sprintf("%s: %v", origin, err))
	}
}

// variable is the name in the environment.
func (v *setting) variable() string {
	return "CASPIAN_" + strings.ToUpper(strings.ReplaceAll(v.name, "-", "_"))
}

// settings are all settings of one command.
type settings struct {
	list   []*setting
	faults []string
	lookup func(string) (string, bool)
	config *string // the file's path, where the command takes one
}

func newSettings(lookup func(string) (string, bool)) *settings { return &settings{lookup: lookup} }

func (s *settings) add(name, value, standard, help string, set func(string) error) {
	s.list = append(s.list, &setting{name: name, value: value, standard: standard, help: help, set: set, faults: &s.faults})
}

func (s *settings) text(name, value, standard, help string) *string {
	p := &standard
	s.add(name, value, standard, help, func(t string) error { *p = t; return nil })
	return p
}

func (s *settings) toggle(name, help string) *bool {
	p := new(bool)
	s.add(name, "", "", help, func(t string) (err error) {
		if *p, err = strconv.ParseBool(t); err != nil {
			return fmt.Errorf("%q is neither true nor false", t)
		}
		return nil
	})
	return p
}

func (s *settings) number(name string, standard, least int, help string) *int {
	p := &standard
	s.add(name, "N", strconv.Itoa(standard), help, func(t string) error {
		n, err := strconv.Atoi(t)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of at least %d", t, least)
		}
		*p = n
		return nil
	})
	return p
}

func (s *settings) duration(name string, standard time.Duration, help string) *time.Duration {
	p := &standard
	s.add(name, "TIME", standard.String(), help, func(t string) error {
		d, err := time.ParseDuration(t)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a duration above zero, such as 500ms, 30s or 2m", t)
		}
		*p = d
		return nil
	})
	return p
}

// many is a list: the flag is repeated, or its value has commas.
func (s *settings) many(name, value, help string) *[]string {
	p := new([]string)
	s.add(name, value, "", help, func(t string) error {
		for _, part := range strings.Split(t, ",") {
			if part = strings.TrimSpace(part); part != "" {
				*p = append(*p, part)
			}
		}
		return nil
	})
	return p
}

// choice takes one of a few words, in any case, and returns it in upper case.
func (s *settings) choice(name, standard, help string, words ...string) *string {
	p := new(strings.ToUpper(standard))
	s.add(name, "NAME", standard, help+": "+strings.Join(words, ", "), func(t string) error {
		for _, w := range words {
			if strings.EqualFold(w, t) {
				*p = strings.ToUpper(w)
				return nil
			}
		}
		return fmt.Errorf("%q is not one of %s", t, strings.Join(words, ", "))
	})
	s.offer(name, words...)
	return p
}

// offer gives completion some or all values of a setting.
func (s *settings) offer(name string, words ...string) { s.find(name).words = words }

// either returns which of two settings that exclude each other was set, "" for
// neither. A flag overrides the environment.
func (s *settings) either(a, b string) string {
	va, vb := s.find(a), s.find(b)
	switch {
	case va.given && vb.given && va.byFlag == vb.byFlag:
		s.fault("--%s and --%s: give one of the two", a, b)
	case va.given && (va.byFlag || !vb.given):
		return a
	case vb.given:
		return b
	}
	return ""
}

// atURL reports whether a command uses the service of --url, and not the store of --store.
// Where both are given, it uses the service, which runs on that store; but a flag overrides
// the environment.
func (s *settings) atURL() bool {
	url, store := s.find("url"), s.find("store")
	return url.given && (url.byFlag || !store.byFlag)
}

// fault adds a fault that a command finds in its settings.
func (s *settings) fault(format string, a ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, a...))
}

// err is every fault so far as a usage error.
func (s *settings) err() error {
	switch len(s.faults) {
	case 0:
		return nil
	case 1:
		return &usageError{s.faults[0]}
	}
	return &usageError{fmt.Sprintf("%d faults in the settings:\n  %s", len(s.faults), strings.Join(s.faults, "\n  "))}
}

// addTo declares every setting as a flag.
func (s *settings) addTo(fs *pflag.FlagSet) {
	fs.SortFlags = false
	for _, v := range s.list {
		short := ""
		if len(v.name) == 1 {
			short = v.name
		}
		f := fs.VarPF(v, v.name, short, v.help+" ["+v.variable()+"]")
		f.DefValue = v.standard
		if v.value == "" {
			f.NoOptDefVal = "true"
		}
	}
}

// read takes the flags, which are parsed already, then the environment, then
// the config file, and returns the arguments. Faults wait for err, so that a
// command can add its own.
func (s *settings) read(fs *pflag.FlagSet) []string {
	var args []string
	end := fs.ArgsLenAtDash() // "--" ends the flags
	for i, arg := range fs.Args() {
		if (end < 0 || i < end) && isFlag(arg) {
			s.unknown(arg)
			continue
		}
		args = append(args, arg)
	}
	for _, v := range s.list {
		if text, ok := s.lookup(v.variable()); ok && !v.byFlag && text != "" {
			v.take(v.variable(), text)
		}
	}
	if s.config != nil && *s.config != "" {
		if err := s.readFile(*s.config); err != nil {
			s.fault("--config: %v", err)
		}
	}
	return args
}

func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// unknown is the fault of a flag that does not exist.
func (s *settings) unknown(arg string) {
	flag, _, _ := strings.Cut(arg, "=")
	s.fault("there is no flag %s%s", flag, s.near("--", strings.TrimLeft(flag, "-")))
}

// near suggests the setting whose name is nearest to a misspelt one, if any is near.
func (s *settings) near(prefix, name string) string {
	best, least := "", 3
	for _, v := range s.list {
		if d := levenshtein.ComputeDistance(name, v.name); d < least && d < len(v.name) {
			best, least = v.name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}

// readFile reads a YAML mapping of setting names to values.
func (s *settings) readFile(path string) error {
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
		return fmt.Errorf("%s:%d: the file must be settings, one a line, such as listen: 127.0.0.1:8080", path, root.Line)
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		at := fmt.Sprintf("%s:%d: %s", path, key.Line, key.Value)
		v := s.find(key.Value)
		switch {
		case v == nil || key.Value == "config":
			s.fault("%s: there is no such setting%s", at, s.near("", key.Value))
		case v.given: // by a flag or the environment, or twice
		case value.Kind == yaml.ScalarNode:
			v.take(at, value.Value)
		case value.Kind == yaml.SequenceNode:
			for _, item := range value.Content {
				v.take(at, item.Value)
			}
		default:
			s.fault("%s: it needs a value or a list", at)
		}
	}
	return nil
}

func (s *settings) find(name string) *setting {
	for _, v := range s.list {
		if v.name == name {
			return v
		}
	}
	return nil
}

// noArguments refuses arguments.
func (s *settings) noArguments(args []string) {
	if len(args) > 0 {
		s.fault("the command takes no arguments, but got %q", args[0])
	}
}

// Settings that several commands have.

// standardStore is the folder of the store where none is named.
const standardStore = "data"

func (s *settings) storeDir() *string {
	return s.text("store", "DIR", standardStore, "folder of the store")
}

func (s *settings) ontologyFile() *string {
	return s.text("ontology", "FILE", "", "an ontology other than the built-in one")
}

func (s *settings) jsonOutput() *bool { return s.toggle("json", "print JSON") }

// parseDate reads an --as-of date.
func parseDate(text string) error {
	_, err := graph.ParseDate(text)
	return err
}
