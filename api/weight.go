package api

import (
	"regexp/syntax"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// A filter is asked of everything that a query looks at, and only between two of them can
// the query be stopped: so its weight is bounded. A condition weighs 1, a pattern as much as
// it has steps when compiled, a value of a list 1 unless it is a text, which is found by search.
const (
	maxWeight  = 20_000
	maxPattern = 1_000
)

// bounded holds the argument where to its weight.
func bounded(prepare func(map[string]any) (any, error)) func(map[string]any) (any, error) {
	return func(args map[string]any) (any, error) {
		n, err := weight("", args["where"])
		if err == nil && n > maxWeight {
			err = graph.Errorf(graph.BadInput, "where: its conditions weigh at least %d, above the limit of %d; ask for less, or put many texts into one in", n, maxWeight)
		}
		if err != nil {
			return nil, &gql.ArgumentError{Argument: "where", Err: err}
		}
		if prepare == nil {
			return args, nil
		}
		return prepare(args)
	}
}

// weight is that of a value under a key.
func weight(key string, value any) (int, error) {
	total := 0
	switch v := value.(type) {
	case map[string]any:
		for k, x := range v {
			n, err := weight(k, x)
			if total += n; err != nil {
				return 0, err
			}
		}
		return total, nil
	case []any:
		for _, x := range v {
			if _, ok := x.(string); ok {
				total = max(total, 1)
				continue
			}
			n, err := weight(key, x)
			if total += max(n, 1); err != nil { // also a condition that holds of everything is asked
				return 0, err
			}
			if total > maxWeight {
				return total, nil
			}
		}
		return total, nil
	case string:
		if key == "matches" {
			return patternWeight(v)
		}
	}
	return 1, nil
}

// patternWeight compiles no pattern that would be long to compile.
func patternWeight(pattern string) (int, error) {
	tooLong := func(n int) error {
		return graph.Errorf(graph.BadInput, "matches: the pattern has %d characters or steps, above the limit of %d; use a simpler one", n, maxPattern)
	}
	if len(pattern) > maxPattern {
		return 0, tooLong(len(pattern))
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1, nil // told when the filter is made
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 1, nil
	}
	if n := len(compiled.Inst); n > maxPattern {
		return 0, tooLong(n)
	}
	return len(compiled.Inst), nil
}
