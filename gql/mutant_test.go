package gql

import (
	"flag"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

const mutants = 4000

var tokenPattern = regexp.MustCompile(`"""(?s:.*?[^\\])"""|"(?:[^"\\]|\\.)*"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|\s+|.`)

// mutate changes one to three tokens of a document: dropped, doubled, swapped, or a name
// replaced by another one of the schema or the document.
func mutate(r *rand.Rand, s *typesys.Schema, doc string) string {
	tokens := slices.DeleteFunc(tokenPattern.FindAllString(doc, -1), func(t string) bool { return strings.TrimSpace(t) == "" })
	names := []string{"id", "name", "Q", "F0", "F1", "v0", "v1", "skip", "include", "mark", "once", "if", "on", "query", "fragment", "true", "null", "RED", "__typename", "__schema", "nothing", "1", "1.5", `"x"`}
	for _, t := range s.Types {
		names = append(names, t.Name)
		for _, f := range t.Fields {
			if !t.Builtin {
				names = append(names, f.Name)
			}
		}
		for _, d := range t.Inputs {
			names = append(names, d.Name)
		}
	}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(tokens))
		switch r.IntN(6) {
		case 0:
			tokens = slices.Delete(tokens, i, i+1)
		case 1:
			tokens = slices.Insert(tokens, i, tokens[i])
		case 2:
			j := r.IntN(len(tokens))
			tokens[i], tokens[j] = tokens[j], tokens[i]
		default: // names make documents that still parse
			for !nameStart(tokens[i][0]) && r.IntN(20) > 0 {
				i = r.IntN(len(tokens))
			}
			tokens[i] = names[r.IntN(len(names))]
			if r.IntN(3) == 0 {
				tokens[i] = tokens[r.IntN(len(tokens))]
			}
		}
		if len(tokens) < 3 {
			break
		}
	}
	return strings.Join(tokens, " ")
}

var mutantSeed = flag.Uint64("mutant-seed", 3, "seed of the random faults")

// TestReferenceMutants compares which rules refuse documents with random faults.
func TestReferenceMutants(t *testing.T) {
	if raced {
		t.Skip("too slow with the race detector, for which TestConcurrent is there")
	}
	e := worldEngine(t, Limits{Introspection: -1, Errors: 10000})
	r := rand.New(rand.NewPCG(*mutantSeed, 1))
	var requests []refRequest
	n := mutants
	if *documents != randomDocuments {
		n = *documents
	}
	for i := range n {
		doc := randomDocument(e.schema, uint64(i)).Query
		requests = append(requests, refRequest{Mode: "rules", Query: mutate(r, e.schema, doc)})
	}
	var answers []refAnswer
	if n == mutants {
		answers = reference(t, "mutants", e.SDL(), requests)
	} else if answers, _ = ask(t, e.SDL(), requests); answers == nil {
		t.Skip("more documents than are stored need Node and testdata/js/node_modules")
	}
	classes := map[string]int{}
	for i, want := range answers {
		want.Rules = slices.DeleteFunc(want.Rules, func(r string) bool { return r == "MaxIntrospectionDepth" })
		got := ourRules(e, requests[i].Query)
		if notExecutable(want) {
			want = refAnswer{}
		}
		for _, r := range want.Rules {
			classes[r]++
		}
		// Both refuse the document, and begin with the same reasons. The reference continues
		// where we stop: it compares fields in documents with cycles, and checks variables
		// in a list where no list is allowed.
		for with, also := range map[string]string{"NoFragmentCycles": "OverlappingFieldsCanBeMerged", "ValuesOfCorrectType": "VariablesInAllowedPosition"} {
			if slices.Contains(got.Rules, with) && slices.Contains(want.Rules, also) && !slices.Contains(got.Rules, also) {
				want.Rules = slices.DeleteFunc(want.Rules, func(r string) bool { return r == also })
			}
		}
		if slices.Contains(got.Rules, "UniqueFragmentNames") && slices.Contains(want.Rules, "UniqueFragmentNames") {
			continue // of two fragments of a name we go on with the first, the reference with the last
		}
		if describe(got) != describe(want) {
			t.Errorf("%s\n ours %s\ntheirs %s", requests[i].Query, describe(got), describe(want))
		}
	}
	t.Logf("rules broken: %v", classes)
}

func nameStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
