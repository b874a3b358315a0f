package main

import (
	"context"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionCommand returns a function: a variable would depend on itself, because the completions
// list all commands of the program.
func completionCommand() *command {
	return &command{
		name: "completion", short: "print a script that completes commands and flags in a shell", args: strings.Join(shells, "|"), words: shells,
		about: `Prints a script for your shell. With it, Tab completes commands, flags and
their values. Load it in each new shell, or write it once to the folder from
which the shell loads its completions.`,
		examples: `  source <(caspian completion bash)
  caspian completion bash > /etc/bash_completion.d/caspian
  caspian completion zsh > "${fpath[1]}/_caspian"
  caspian completion fish > ~/.config/fish/completions/caspian.fish`,
		setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
			return func(_ context.Context, e *environment, args []string) error {
				if len(args) != 1 {
					s.Fault("name one shell: %s", strings.Join(shells, ", "))
				}
				if err := s.Err(); err != nil {
					return err
				}
				root := program(e)
				switch args[0] {
				case "bash":
					return root.GenBashCompletionV2(e.out, true)
				case "zsh":
					return root.GenZshCompletion(e.out)
				case "fish":
					return root.GenFishCompletion(e.out, true)
				case "powershell":
					return root.GenPowerShellCompletionWithDesc(e.out)
				}
				return settings.Usagef("%q is not one of %s", args[0], strings.Join(shells, ", "))
			}
		},
	}
}
