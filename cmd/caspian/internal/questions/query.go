package questions

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Query returns the command query.
func Query(at Connect) *cli.Command {
	return &cli.Command{
		Name: "query", Short: "query a running service or a store", Args: "'QUERY'|-",
		About: `Sends a GraphQL query to a running service (--url), or queries a store (--store),
through the service that runs on it if one does, and prints the answer as JSON. Without
either it asks the service on the store data, or else the one at 127.0.0.1:8080. The
exit code is 1 when the answer has errors. --var gives a variable: JSON if it parses as
JSON, a string otherwise. The flags of the view, such as --as-of, set the variable $view,
so declare it: ($view: View).`,
		Examples: `  caspian query '{country(id:"KAZ"){name capital{name}}}'
  caspian query 'query($id:ID!){country(id:$id){name}}' --var id=KAZ
  caspian query --as-of 1996 'query($view:View){country(id:"KAZ",view:$view){capital{name}}}'
  caspian query --format csv '{countries{nodes{id name capital{name}}}}' > countries.csv
  caspian query --store data -f question.graphql`,
		Setup: func(s *settings.Set) cli.Action {
			file := s.Text("f", "FILE", "", "read the query from a file")
			format := s.Choice("format", "json", "json, or csv for an answer with one list: a row for each item", "json", "csv")
			compact := s.Toggle("compact", "print the answer on one line")
			vars := map[string]json.RawMessage{}
			s.Add("var", "NAME=VALUE", "", "variable; may be repeated", func(t string) error { return addVariable(vars, t) })
			view := ViewSettings(s)
			endpoint := at(s)
			return func(ctx context.Context, e *cli.Environment, args []string) (err error) {
				query, err := queryText(e, *file, args)
				if err != nil {
					s.Fault("%v", err)
				}
				if err := setView(vars, view.Value()); err != nil {
					s.Fault("%v", err)
				}
				endpoint.Check()
				if err := s.Err(); err != nil {
					return err
				}
				variables, err := json.Marshal(vars)
				if err != nil {
					return err
				}
				backend, err := endpoint.Open(ctx, e)
				if err != nil {
					return err
				}
				defer func() {
					if cerr := backend.Close(); err == nil {
						err = cerr
					}
				}()
				if *format == "CSV" {
					return printTable(ctx, e, backend, query, variables)
				}
				body, err := backend.Answer(ctx, query, variables)
				if err != nil {
					return err
				}
				return printAnswer(e, body, *compact)
			}
		},
	}
}

func queryText(e *cli.Environment, file string, args []string) (string, error) {
	switch {
	case len(args) > 1:
		return "", fmt.Errorf("one query is expected, but there are %d arguments; put it in quotes", len(args))
	case len(args) == 1 && file != "":
		return "", fmt.Errorf("the query is given twice, as an argument and with -f")
	case file != "":
		text, err := os.ReadFile(file)
		return string(text), err
	case len(args) == 0:
		return "", fmt.Errorf("the query is missing: '{...}', -f FILE, or - for the standard input")
	case args[0] == "-":
		text, err := io.ReadAll(e.In)
		return string(text), err
	}
	return args[0], nil
}

func addVariable(vars map[string]json.RawMessage, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	if json.Valid([]byte(value)) {
		vars[name] = json.RawMessage(value)
		return nil
	}
	raw, err := json.Marshal(value)
	vars[name] = raw
	return err
}

// setView sets the variable $view, unless the view is empty.
func setView(vars map[string]json.RawMessage, view map[string]any) error {
	if len(view) == 0 {
		return nil
	}
	if vars["view"] != nil {
		return fmt.Errorf("both the variable \"view\" and a flag of the view are given; put the whole view into the variable")
	}
	raw, err := json.Marshal(view)
	vars["view"] = raw
	return err
}

// printTable writes the answer as CSV, or its errors.
func printTable(ctx context.Context, e *cli.Environment, b *Backend, query string, variables json.RawMessage) error {
	table, answer, err := b.Table(ctx, query, variables)
	if err != nil {
		return err
	}
	if answer != nil {
		return reportErrors(e, answer)
	}
	_, err = e.Out.Write(table)
	return err
}

// printAnswer writes the answer. It returns an error if the answer has errors.
func printAnswer(e *cli.Environment, body []byte, compact bool) error {
	if err := printJSON(e.Out, body, compact); err != nil {
		return err
	}
	return reportErrors(e, body)
}

// reportErrors returns an error if the answer has errors, and prints them.
func reportErrors(e *cli.Environment, body []byte) error {
	var answer struct {
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		for _, x := range answer.Errors {
			e.Say("caspian query: %s", x.Message)
		}
		return cli.ErrReported
	}
	return nil
}
