package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// New builds the command line for the commands. Each run needs a new one, because settings store what they were
// given.
func New(commands []*Command, e *Environment) *cobra.Command {
	root := newCobra("caspian", "a geopolitical knowledge graph of sourced claims, queried through GraphQL")
	root.CompletionOptions.DisableDefaultCmd = true // Completion replaces cobra's command, with our help
	root.SuggestionsMinimumDistance = 2
	root.SetIn(e.In)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if c.HasParent() {
			help(e.Out, c)
		} else {
			overview(e.Out, commands)
		}
	})
	version := new(toggle)
	root.Flags().VarPF(version, "version", "", "print the version").NoOptDefVal = "true"
	for _, c := range commands {
		child, _ := c.Build(e)
		root.AddCommand(child)
	}
	root.RunE = func(_ *cobra.Command, args []string) error {
		switch {
		case bool(*version):
			child, _ := Version.Build(e)
			return child.RunE(child, nil)
		case len(args) == 0:
			overview(e.Err, commands)
			return &settings.UsageError{}
		case settings.IsFlag(args[0]):
			return settings.Usagef("there is no flag %s before a command", args[0])
		}
		return unknownCommand(root, args[0])
	}
	root.SetHelpCommand(helpCommand(root))
	return root
}

// newCobra returns a command that leaves arguments, errors and unknown flags to our code.
func newCobra(use, short string) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		// Unknown flags become arguments, so that one run reports all of them.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlagsHandling: pflag.PassUnknownFlagToArgs},
	}
	c.Flags().VarPF(new(toggle), "help", "h", "print this help").NoOptDefVal = "true"
	return c
}

// toggle is a switch. Help shows only its name; for pflag's own type it would show "[=true|false]".
type toggle bool

func (t *toggle) String() string { return strconv.FormatBool(bool(*t)) }
func (t *toggle) Type() string   { return "bool" }

// Set implements pflag.Value.
func (t *toggle) Set(text string) error {
	on, err := strconv.ParseBool(text)
	*t = toggle(on)
	return err
}

// Build returns the cobra command and its settings.
func (c *Command) Build(e *Environment) (*cobra.Command, *settings.Set) {
	s := settings.New(e.Lookup)
	act := c.Setup(s)
	use := c.Name
	if len(s.All()) > 0 {
		use += " [FLAGS]"
	}
	built := newCobra(strings.TrimSpace(use+" "+c.Args), c.Short)
	built.Long, built.Example = strings.TrimSpace(c.About), strings.TrimRight(c.Examples, "\n")
	s.AddTo(built)
	if !c.Files {
		built.ValidArgsFunction = cobra.NoFileCompletions
		if c.Words != nil {
			built.ValidArgsFunction = cobra.FixedCompletions(c.Words, cobra.ShellCompDirectiveNoFileComp)
		}
	}
	built.RunE = func(cc *cobra.Command, _ []string) error {
		return act(cc.Context(), e, s.Read(cc))
	}
	built.SetFlagErrorFunc(func(cc *cobra.Command, err error) error {
		s.FlagFault(err)
		return cc.RunE(cc, nil) // finds the other faults and ends with all of them
	})
	return built, s
}

// twoDashes adds the second dash to long flags with a single one, because early versions accepted both.
func twoDashes(root *cobra.Command, args []string) []string {
	ran, _, err := root.Find(args)
	if err != nil {
		return args
	}
	args = append([]string(nil), args...)
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		if !settings.IsFlag(args[i]) {
			continue
		}
		name, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		f := ran.Flags().Lookup(name)
		if f == nil {
			continue
		}
		if len(name) > 1 && args[i][1] != '-' {
			args[i] = "-" + args[i]
		}
		if !joined && f.NoOptDefVal == "" {
			i++ // the flag's value
		}
	}
	return args
}

func unknownCommand(root *cobra.Command, name string) error {
	near := ""
	if like := root.SuggestionsFor(name); len(like) > 0 {
		near = "; did you mean " + strings.Join(like, " or ")
	}
	return settings.Usagef("there is no command %q%s; 'caspian help' lists them", name, near)
}

// helpCommand returns the command 'caspian help COMMAND', which equals 'caspian COMMAND --help'.
func helpCommand(root *cobra.Command) *cobra.Command {
	c := newCobra("help [COMMAND]", "print the help of a command")
	c.Long, c.Example = "Prints the help of a command, or the list of commands.", "  caspian help\n  caspian help import"
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
		for _, child := range root.Commands() {
			if len(args) == 0 && child.IsAvailableCommand() {
				names = append(names, cobra.CompletionWithDesc(child.Name(), child.Short))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	c.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return root.Help()
		}
		for _, child := range root.Commands() {
			if child.Name() == args[0] {
				return child.Help()
			}
		}
		return unknownCommand(root, args[0])
	}
	return c
}

func overview(w io.Writer, commands []*Command) {
	fmt.Fprint(w, "Caspian is a geopolitical knowledge graph of sourced claims, queried through GraphQL.\n\n"+
		"Usage: caspian COMMAND [FLAGS] [ARGUMENTS]\n\nCommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-11s  %s\n", c.Name, c.Short)
	}
	fmt.Fprint(w, "\nStart with 'caspian serve', and find ids with 'caspian search NAME'.\n"+
		"'caspian COMMAND --help' explains a command, with examples.\n"+
		"Exit codes: 0 done, 1 failed, 2 wrong usage.\n")
}

// helpWidth is the maximum length of a line about flags, in characters.
const helpWidth = 110

func help(w io.Writer, c *cobra.Command) {
	fmt.Fprintf(w, "%s.\n\nUsage: %s\n\n%s\n", strings.ToUpper(c.Short[:1])+c.Short[1:], c.UseLine(), c.Long)
	fmt.Fprintf(w, "\nFlags (each also as the environment variable in brackets):\n%s", c.LocalFlags().FlagUsagesWrapped(helpWidth))
	fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
}
