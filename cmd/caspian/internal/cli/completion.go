package cli

import (
	"context"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

// Completion returns the command completion. Its script completes the commands that the function returns.
func Completion(commands func() []*Command) *Command {
	return &Command{
		Name: "completion", Short: "print a script that completes commands and flags in a shell", Args: strings.Join(shells, "|"), Words: shells,
		About: `Prints a script for your shell. With it, Tab completes commands, flags and
their values. Load it in each new shell, or write it once to the folder from
which the shell loads its completions.`,
		Examples: `  source <(caspian completion bash)
  caspian completion bash > /etc/bash_completion.d/caspian
  caspian completion zsh > "${fpath[1]}/_caspian"
  caspian completion fish > ~/.config/fish/completions/caspian.fish`,
		Setup: func(s *settings.Set) Action {
			return func(_ context.Context, e *Environment, args []string) error {
				if len(args) != 1 {
					s.Fault("name one shell: %s", strings.Join(shells, ", "))
				}
				if err := s.Err(); err != nil {
					return err
				}
				root := New(commands(), e)
				switch args[0] {
				case "bash":
					return root.GenBashCompletionV2(e.Out, true)
				case "zsh":
					return root.GenZshCompletion(e.Out)
				case "fish":
					return root.GenFishCompletion(e.Out, true)
				case "powershell":
					return root.GenPowerShellCompletionWithDesc(e.Out)
				}
				return settings.Usagef("%q is not one of %s", args[0], strings.Join(shells, ", "))
			}
		},
	}
}
