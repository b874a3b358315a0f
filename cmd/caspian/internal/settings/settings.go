// Package settings declares and reads the settings of a command.
//
// Read Set and Setting first. A setting is a flag, an environment variable and a key of the
// config file at once, with one check for all three. A flag overrides the environment, which
// overrides the file. All faults are reported together. The package must not know what a
// setting is for.
package settings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// UsageError is the error of a wrong command line. An empty message means that the user was already informed.
type UsageError struct{ Message string }

func (u *UsageError) Error() string { return u.Message }

// Usagef returns a UsageError.
func Usagef(format string, a ...any) error { return &UsageError{fmt.Sprintf(format, a...)} }

// Setting is one setting. It is a pflag.Value.
type Setting struct {
	Name string

	value, help   string   // value is the word for the value in the help; "" for a switch
	standard      string   // the default, as the help shows it
	words         []string // some or all possible values, for completion
	set           func(text string) error
	given, byFlag bool
	faults        *[]string
}

// Set implements pflag.Value. It stores faults for Err, which reports all of them at once.
func (v *Setting) Set(text string) error {
	v.byFlag = true
	v.take("--"+v.Name, text)
	return nil
}

// String implements pflag.Value; AddTo gives the default.
func (v *Setting) String() string { return "" }

// Type implements pflag.Value. It returns the word for the value in the help.
func (v *Setting) Type() string {
	if v.value == "" {
		return "bool"
	}
	return v.value
}

func (v *Setting) take(origin, text string) {
	v.given = true
	if err := v.set(text); err != nil {
		*v.faults = append(*v.faults, fmt.Sprintf("%s: %v", origin, err))
	}
}

// Variable returns the name of the environment variable.
func (v *Setting) Variable() string {
	return "CASPIAN_" + strings.ToUpper(strings.ReplaceAll(v.Name, "-", "_"))
}

// complete returns the values for completion in the shell.
func (v *Setting) complete(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch {
	case v.words != nil:
		return v.words, cobra.ShellCompDirectiveNoFileComp
	case v.value == "DIR":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case v.value == "FILE":
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// Set has all settings of one command, and their faults. It is read once, by one goroutine.
type Set struct {
	list   []*Setting
	faults []string
	lookup func(string) (string, bool)
	config *string // the path of the config file; nil if the command has none
}

// New returns an empty set. lookup looks up environment variables.
func New(lookup func(string) (string, bool)) *Set { return &Set{lookup: lookup} }

// All returns the settings in the order in which they were added. The caller must not change it.
func (s *Set) All() []*Setting { return s.list }

// Add declares a setting: value is the word for its value in the help ("" for a switch), standard is the
// default in the help. The function set checks a text and stores its value.
func (s *Set) Add(name, value, standard, help string, set func(string) error) {
	s.list = append(s.list, &Setting{Name: name, value: value, standard: standard, help: help, set: set, faults: &s.faults})
}

// Text declares a setting that accepts any text.
func (s *Set) Text(name, value, standard, help string) *string {
	p := &standard
	s.Add(name, value, standard, help, func(t string) error { *p = t; return nil })
	return p
}

// Toggle declares a switch, which is off by default.
func (s *Set) Toggle(name, help string) *bool {
	p := new(bool)
	s.Add(name, "", "", help, func(t string) (err error) {
		if *p, err = strconv.ParseBool(t); err != nil {
			return fmt.Errorf("%q is neither true nor false", t)
		}
		return nil
	})
	return p
}

// JSON declares the switch that prints JSON instead of a table.
func (s *Set) JSON() *bool { return s.Toggle("json", "print JSON") }

// Number declares a setting that is a whole number of at least least.
func (s *Set) Number(name string, standard, least int, help string) *int {
	p := &standard
	s.Add(name, "N", strconv.Itoa(standard), help, func(t string) error {
		n, err := strconv.Atoi(t)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of at least %d", t, least)
		}
		*p = n
		return nil
	})
	return p
}

// Duration declares a setting that is a positive duration.
func (s *Set) Duration(name string, standard time.Duration, help string) *time.Duration {
	p := &standard
	s.Add(name, "TIME", standard.String(), help, func(t string) error {
		d, err := time.ParseDuration(t)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a duration above zero, such as 500ms, 30s or 2m", t)
		}
		*p = d
		return nil
	})
	return p
}

// Many declares a list: the flag may be repeated, and a value may contain several, separated
// by commas.
func (s *Set) Many(name, value, help string) *[]string {
	p := new([]string)
	s.Add(name, value, "", help, func(t string) error {
		for _, part := range strings.Split(t, ",") {
			if part = strings.TrimSpace(part); part != "" {
				*p = append(*p, part)
			}
		}
		return nil
	})
	return p
}

// Choice declares a setting that accepts one of a few words, in any case. Its value is in upper case.
func (s *Set) Choice(name, standard, help string, words ...string) *string {
	p := new(strings.ToUpper(standard))
	s.Add(name, "NAME", standard, help+": "+strings.Join(words, ", "), func(t string) error {
		for _, w := range words {
			if strings.EqualFold(w, t) {
				*p = strings.ToUpper(w)
				return nil
			}
		}
		return fmt.Errorf("%q is not one of %s", t, strings.Join(words, ", "))
	})
	s.Offer(name, words...)
	return p
}

// Config declares the setting "config", which names the config file.
func (s *Set) Config(help string) { s.config = s.Text("config", "FILE", "", help) }

// Offer sets some or all values of a setting, for completion.
func (s *Set) Offer(name string, words ...string) { s.find(name).words = words }

// Has reports whether the command has the setting.
func (s *Set) Has(name string) bool { return s.find(name) != nil }

// Given reports whether a setting was set: by a flag, the environment or the config file.
func (s *Set) Given(name string) bool { return s.find(name).given }

// ByFlag reports whether a setting was set by a flag.
func (s *Set) ByFlag(name string) bool { return s.find(name).byFlag }

// Either returns which of two mutually exclusive settings was set, or "" if neither was. A
// flag overrides the environment.
func (s *Set) Either(a, b string) string {
	va, vb := s.find(a), s.find(b)
	switch {
	case va.given && vb.given && va.byFlag == vb.byFlag:
		s.Fault("--%s and --%s: give one of the two", a, b)
	case va.given && (va.byFlag || !vb.given):
		return a
	case vb.given:
		return b
	}
	return ""
}

// Fault adds a fault that a command finds in its settings.
func (s *Set) Fault(format string, a ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, a...))
}

// FlagFault adds the fault of a flag that pflag could not parse.
func (s *Set) FlagFault(err error) {
	var missing *pflag.ValueRequiredError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &missing):
		s.Fault("--%s: %s is missing after it", missing.GetFlag().Name, missing.GetFlag().Value.Type())
	case errors.As(err, &syntax):
		s.Fault("%q is not a flag", syntax.GetSpecifiedFlag())
	default:
		s.Fault("%v", err)
	}
}

// NoArguments adds a fault if there are arguments.
func (s *Set) NoArguments(args []string) {
	if len(args) > 0 {
		s.Fault("the command takes no arguments, but got %q", args[0])
	}
}

// Err returns all faults so far as a *UsageError, or nil if there are none.
func (s *Set) Err() error {
	switch len(s.faults) {
	case 0:
		return nil
	case 1:
		return &UsageError{s.faults[0]}
	}
	return Usagef("%d faults in the settings:\n  %s", len(s.faults), strings.Join(s.faults, "\n  "))
}

func (s *Set) find(name string) *Setting {
	for _, v := range s.list {
		if v.Name == name {
			return v
		}
	}
	return nil
}
