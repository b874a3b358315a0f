package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/server/roles"
	"github.com/caspian-kg/caspian/server/tokens"
)

var tokenCommand = &cli.Command{
	Name: "token", Short: "make, list and remove tokens", Args: "add NAME | list | remove NAME", Words: []string{"add", "list", "remove"},
	About: `Makes a token for somebody, prints it once, and adds its hash to the file of tokens that
'caspian serve --auth' reads. The file has the name, the role, the groups and the end of
each token, and not the token. A running service reads the file again when it changes.
Roles: reader, contributor (also proposes changes), editor (also makes them), admin (also
sees everything). A role includes those before it.`,
	Examples: `  caspian token add dashboards --role reader --expires 90d
  caspian token add ana --role editor --group analysts --auth /etc/caspian/tokens
  caspian token list
  caspian token remove dashboards`,
	Setup: func(s *settings.Set) cli.Action {
		file := s.Text("auth", "FILE", "tokens.txt", "the file of tokens")
		role := s.Text("role", "ROLE", "reader", "what the holder may do")
		s.Offer("role", roles.Names()...)
		groups := s.Many("group", "NAME", "group to which the holder belongs; may be repeated")
		expires := s.Text("expires", "TIME", "", "until when it is valid: a number of days, such as 90d, or a date")
		return func(_ context.Context, e *cli.Environment, args []string) error {
			h := tokens.Holder{Role: *role, Groups: *groups}
			verb := checkTokenArguments(s, args, &h)
			now := time.Now()
			if e.Now != nil {
				now = e.Now()
			}
			var err error
			if h.Expires, err = expiry(*expires, now); err != nil {
				s.Fault("--expires: %v", err)
			}
			if err := s.Err(); err != nil {
				return err
			}
			switch verb {
			case "add":
				return addToken(e, *file, h)
			case "remove":
				return removeToken(e, *file, h.Name)
			}
			return listTokens(e, *file, now)
		}
	},
}

// checkTokenArguments checks the arguments, and sets the name of the holder.
func checkTokenArguments(s *settings.Set, args []string, h *tokens.Holder) (verb string) {
	if len(args) > 0 {
		verb = args[0]
	}
	named := verb == "add" || verb == "remove"
	switch {
	case verb != "list" && !named:
		s.Fault("what to do is missing: add NAME, list or remove NAME")
	case named && len(args) != 2:
		s.Fault("%s takes the name of one holder, as in: %s dashboards", verb, verb)
	case !named && len(args) > 1:
		s.Fault("list takes no names")
	case named:
		h.Name = args[1]
		if err := tokens.CheckName("name", h.Name); err != nil {
			s.Fault("%v", err)
		}
	}
	if _, err := roles.Parse(h.Role); err != nil {
		s.Fault("--role: %v", err)
	}
	for _, g := range h.Groups {
		if err := tokens.CheckName("group", g); err != nil {
			s.Fault("--group: %v", err)
		}
	}
	return verb
}

// expiry reads a time until which a token is valid.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 36_500 {
			return now.UTC().Truncate(time.Second).AddDate(0, 0, n), nil
		}
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, fmt.Errorf("%q is neither a number of days, such as 90d, nor a date, such as 2027-06-30", text)
	}
	if !at.After(now) {
		return at, fmt.Errorf("%s is in the past", text)
	}
	return at, nil
}

// lines returns the lines of the file, of which each is checked; none if the file does not exist.
func tokenLines(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(strings.TrimSpace(string(text))) > 0 {
		if _, err := connect.ReadTokens(file); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func holderOf(line string) (tokens.Holder, bool) {
	h, _, ok, err := tokens.Hashed(line)
	return h, ok && err == nil
}

func addToken(e *cli.Environment, file string, h tokens.Holder) error {
	lines, err := tokenLines(file)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if has, ok := holderOf(line); ok && has.Name == h.Name {
			return fmt.Errorf("%s has a token of %s already; remove that one first, or choose another name", file, h.Name)
		}
	}
	token, line := tokens.Make(h)
	if err := connect.ReplaceFile(file, strings.TrimLeft(strings.Join(append(lines, line), "\n"), "\n")+"\n"); err != nil {
		return err
	}
	e.Say("caspian token: added %s (%s) to %s; this is the only time that the token is shown", h.Name, h.Role, file)
	_, err = fmt.Fprintln(e.Out, token)
	return err
}

func removeToken(e *cli.Environment, file, name string) error {
	lines, err := tokenLines(file)
	if err != nil {
		return err
	}
	kept := lines[:0:0]
	for _, line := range lines {
		if has, ok := holderOf(line); !ok || has.Name != name {
			kept = append(kept, line)
		}
	}
	if len(kept) == len(lines) {
		return fmt.Errorf("%s has no token of %s; 'caspian token list' shows whose it has", file, name)
	}
	if err := connect.ReplaceFile(file, strings.Join(kept, "\n")+"\n"); err != nil {
		return err
	}
	e.Say("caspian token: removed the token of %s from %s", name, file)
	return nil
}

func listTokens(e *cli.Environment, file string, now time.Time) error {
	lines, err := tokenLines(file)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tGROUPS\tEXPIRES")
	plain := 0
	for _, line := range lines {
		h, ok := holderOf(line)
		if !ok {
			if t := strings.TrimSpace(line); t != "" && t[0] != '#' {
				plain++
			}
			continue
		}
		until := "never"
		if !h.Expires.IsZero() {
			until = h.Expires.UTC().Format(time.RFC3339)
		}
		if h.Expired(now) {
			until += " (expired)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", h.Name, h.Role, strings.Join(h.Groups, ","), until)
	}
	if plain > 0 {
		e.Say("caspian token: %s also has %d tokens as they are, without names, which are those of admins", file, plain)
	}
	return w.Flush()
}
