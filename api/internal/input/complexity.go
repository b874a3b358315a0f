package input

import (
	"regexp/syntax"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// A filter is evaluated for each entity or claim that a query visits, and a query can be stopped
// only between two of them. Therefore the complexity of a filter is bounded. A condition counts 1.
// A pattern counts the instructions that it compiles to. An item of a list counts 1 unless it is a
// text, because texts are found by binary search.
const (
	maxComplexity = 20_000
	maxPattern    = 1_000
)

// Bounded returns a Prepare that refuses a where argument above the limit of complexity, and then
// calls prepare. If prepare is nil, it returns the arguments unchanged.
func Bounded(prepare func(map[string]any) (any, error)) func(map[string]any) (any, error) {
	return func(args map[string]any) (any, error) {
		n, err := complexity("", args["where"])
		if err == nil && n > maxComplexity {
			err = graph.Errorf(graph.BadInput, "where: the filter has a complexity of at least %d, above the limit of %d; use fewer conditions, or one in with many texts", n, maxComplexity)
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

// complexity returns the complexity of the value of a key.
func complexity(key string, value any) (int, error) {
	total := 0
	switch v := value.(type) {
	case map[string]any:
		for k, x := range v {
			n, err := complexity(k, x)
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
			n, err := complexity(key, x)
			if total += max(n, 1); err != nil { // an empty condition is evaluated too
				return 0, err
			}
			if total > maxComplexity {
				return total, nil
			}
		}
		return total, nil
	case string:
		if key == "matches" {
			return patternComplexity(v)
		}
	}
	return 1, nil
}

// patternComplexity returns the complexity of a pattern. It refuses a pattern that would take long
// to compile, without compiling it.
func patternComplexity(pattern string) (int, error) {
	tooLong := func(n int) error {
		return graph.Errorf(graph.BadInput, "matches: the pattern has %d characters or steps, above the limit of %d; use a simpler one", n, maxPattern)
	}
	if len(pattern) > maxPattern {
		return 0, tooLong(len(pattern))
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1, nil // reading the filter reports the error
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
