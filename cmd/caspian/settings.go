package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/caspian-kg/caspian/graph"
)

// errHelp is returned where the help was asked for.
var errHelp = errors.New("help")

// setting is one flag, which may also come from the environment and the config
// file. A flag wins over the environment, that over the file.
type setting struct {
	name, value, help string // value names what it takes; "" for a switch
	standard          string // the default as the help shows it
	set               func(text string) error
	given, byFlag     bool
	faults            *[]string
}

// Set implements flag.Value. It keeps faults for later, so that all are told at once.
func (v *setting) Set(text string) error {
	v.byFlag = true
	v.take("--"+v.name, text)
	return nil
}

func (v *setting) String() string   { return "" }
func (v *setting) IsBoolFlag() bool { return v.value == "" }

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

// settings are all of one command.
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
			return fmt.Errorf("%q is no whole number of at least %d", t, least)
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
			return fmt.Errorf("%q is no time above zero, such as 500ms, 30s or 2m", t)
		}
		*p = d
		return nil
	})
	return p
}

// many is given several times, or once with commas.
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

// choice takes one of a few words, in any case, and gives it in upper case.
func (s *settings) choice(name, standard, help string, words ...string) *string {
	p := new(strings.ToUpper(standard))
	s.add(name, "NAME", standard, help+": "+strings.Join(words, ", "), func(t string) error {
		for _, w := range words {
			if strings.EqualFold(w, t) {
				*p = strings.ToUpper(w)
				return nil
			}
		}
		return fmt.Errorf("%q is none of %s", t, strings.Join(words, ", "))
	})
	return p
}

// either tells which of two settings that exclude each other was set, "" for
// neither. A flag wins over the environment.
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

// atURL tells whether a command works on the service of --url, and not on the store of
// --store by itself. With both, the service is meant, which runs on that store; a flag wins over
// the environment.
func (s *settings) atURL() bool {
	url, store := s.find("url"), s.find("store")
	return url.given && (url.byFlag || !store.byFlag)
}

// fault adds what a command finds wrong with its settings.
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

// read takes the command line, then the environment, then the config file, and
// returns the arguments. Faults wait for err, so that a command can add its own.
func (s *settings) read(args []string) ([]string, error) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, v := range s.list {
		fs.Var(v, v.name, v.help)
	}
	var rest []string
	// Flags may stand behind arguments; "--" ends them.
	for len(args) > 0 {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, errHelp
		}
		left := fs.Args()
		if err != nil {
			s.fault("%s", strings.Replace(err.Error(), "provided but not defined: -", "there is no flag --", 1))
			args = left
			continue
		}
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			rest = append(rest, left...)
			break
		}
		if len(left) > 0 {
			rest = append(rest, left[0])
			left = left[1:]
		}
		args = left
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
	return rest, nil
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
			s.fault("%s: there is no such setting", at)
		case v.given: // by a flag or the environment, or twice
		case value.Kind == yaml.ScalarNode:
			v.take(at, value.Value)
		case value.Kind == yaml.SequenceNode:
			for _, item := range value.Content {
				v.take(at, item.Value)
			}
		default:
			s.fault("%s: a value or a list is needed", at)
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

func (s *settings) describe(w io.Writer) {
	for _, v := range s.list {
		head := "--" + v.name
		if len(v.name) == 1 {
			head = "-" + v.name
		}
		if v.value != "" {
			head += " " + v.value
		}
		standard := ""
		if v.standard != "" {
			standard = " (default " + v.standard + ")"
		}
		fmt.Fprintf(w, "  %-22s %s%s [%s]\n", head, v.help, standard, v.variable())
	}
}

// needNone refuses arguments.
func needNone(args []string) error {
	if len(args) > 0 {
		return usagef("takes no arguments, but got %q", args[0])
	}
	return nil
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
