package gql

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/document"
)

// ourPlaces lists the errors of a document: the rule, and the line and column of each
// location.
func ourPlaces(e *Engine, query string) refAnswer {
	text, err := document.Prescan(query, e.limits.document())
	if err == nil {
		doc, fail := document.Parse(text)
		if err = fail; err == nil {
			_, err = document.Validate(e.schema, text, doc, e.limits.document())
		}
	}
	if err == nil {
		return refAnswer{Syntax: true}
	}
	out := refAnswer{Syntax: err.Code != codes.GraphQLParseFailed}
	for _, f := range err.Errors {
		line := f.Rule
		if !out.Syntax {
			line = "Syntax"
		}
		for _, l := range f.Locations {
			line += fmt.Sprintf(" %d:%d", l.Line, l.Column)
		}
		out.Places = append(out.Places, line)
	}
	slices.Sort(out.Places)
	return out
}

// TestReferencePlaces compares the positions of the errors of each document, written on one
// line and with every other kind of line end and blank.
func TestReferencePlaces(t *testing.T) {
	e := worldEngine(t, Limits{Introspection: -1})
	_, docs := rulesDocuments(t)
	docs = slices.DeleteFunc(docs, func(d string) bool { return deviations[d] != "" })
	var requests []refRequest
	for _, d := range docs {
		for _, edit := range []*strings.Replacer{
			strings.NewReplacer(),
			strings.NewReplacer(" ", "\r\n\t", ",", "\r"),
		} {
			requests = append(requests, refRequest{Mode: "places", Query: edit.Replace(d)})
		}
	}
	for i, want := range reference(t, "places", e.SDL(), requests) {
		if slices.ContainsFunc(want.Places, func(r string) bool { return strings.HasPrefix(r, "ExecutableDefinitions") }) {
			continue // no part of our grammar
		}
		// For fields that cannot be merged, we name only the two at fault for each reason;
		// the reference also names the fields above them.
		others := func(r string) bool {
			return strings.HasPrefix(r, "MaxIntrospectionDepth") || strings.HasPrefix(r, "OverlappingFields")
		}
		got := ourPlaces(e, requests[i].Query)
		if want.Digest != "" {
			if !same(got, want) {
				t.Errorf("%q: %v is not what is stored", requests[i].Query, got.Places)
			}
			continue
		}
		got.Places, want.Places = slices.DeleteFunc(got.Places, others), slices.DeleteFunc(want.Places, others)
		if describe(got) != describe(want) {
			t.Errorf("%q\n ours   %v\n theirs %v", requests[i].Query, got.Places, want.Places)
		}
	}
}

// faultyLiterals are values of the type Filter, and of other types, with one fault each, at
// the token after the mark.
var faultyLiterals = []struct{ field, literal, rule string }{
	{"filter", `{not: {and: [{}, {sizes: [1, ¶"x", 2]}]}}`, "ValuesOfCorrectType"},
	{"filter", `{not: {and: [{}, {sizes: [1, ¶"""x""", 2]}]}}`, "ValuesOfCorrectType"},
	{"filter", `{not: {and: [{}, {sizes: [1, ¶null]}]}}`, "ValuesOfCorrectType"},
	{"filter", `{not: {and: [{}, {sizes: ¶"x"}]}}`, "ValuesOfCorrectType"},
	{"filter", `{and: ¶"x"}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{name: "a"}, {¶nope: {deep: ["x"]}}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{name: "a", color: ¶PURPLE}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{name: "a", color: ¶"RED"}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{name: ¶{a: "b"}}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{name: ¶["b"]}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{near: ¶{unit: "km"}}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{near: {x: 1, y: ¶null}}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{near: {x: ¶"1"}}]}`, "ValuesOfCorrectType"},
	{"filter", `{and: [{near: ¶"here"}]}`, "ValuesOfCorrectType"},
	{"filter", `{not: {sizes: [¶$nope]}}`, "NoUndefinedVariables"},
	{"filter", `{not: {name: ¶$nope}}`, "NoUndefinedVariables"},
	{"filter", `{not: {sizes: [1, ¶$v]}}`, "VariablesInAllowedPosition"},
	{"filter", `{not: {near: {x: ¶$v}}}`, "VariablesInAllowedPosition"},
	{"filter", `{not: {near: {x: 1, ¶x: 2}}}`, "UniqueInputFieldNames"},
	{"anything", `[{a: [{b: "x", ¶b: "y"}]}]`, "UniqueInputFieldNames"},
	{"pick", `¶{byId: "a", byName: "b"}`, "ValuesOfCorrectType"},
	{"pick", `¶{byId: null}`, "ValuesOfCorrectType"},
	{"pick", `{byPoint: {x: ¶"1"}}`, "ValuesOfCorrectType"},
	{"pick", `{byId: ¶$v}`, "VariablesInAllowedPosition"},
	{"matrix", `[[1, 2], [3, ¶"4"]]`, "ValuesOfCorrectType"},
	{"matrix", `[[1, 2], ¶"4"]`, "ValuesOfCorrectType"},
	{"matrix", `¶"4"`, "ValuesOfCorrectType"},
	{"listInt", `¶"4"`, "ValuesOfCorrectType"},
	{"listColor", `[RED, ¶"BLUE"]`, "ValuesOfCorrectType"},
	{"listPoint", `[{x: 1}, {x: 2, unit: ¶3}]`, "ValuesOfCorrectType"},
}

// TestPlacesInLiterals checks the positions of faults in nested literals, with everything
// between the tokens that may be there. It counts the expected position from the text alone.
func TestPlacesInLiterals(t *testing.T) {
	e := worldEngine(t, Limits{})
	fills := []string{" ", "  ", "\t", "\n", "\r", "\r\n", ",", "\ufeff", "\n# é😀\x07 \" }\n", "\r\n#\r\n", " \n\n\t"}
	// Another field with values comes first, some of which the prescan edits.
	befores := []string{
		`""`, `"a"`, `"é😀"`, `"\u00e9\ud83d\ude00\u{1F600}\n"`, "\"\x07\x01\"", `"""a"""`, `"""a\\\\\\\\\\\\ """`, "\"\"\"\r\n  é\n   \"😀\"\r  \x07\t\"\"\"",
		`"""` + "\n" + `\"""\\\\\\\\ """`, "\"\"\"\x01\x02\"\"\"",
	}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		for _, c := range faultyLiterals {
			var doc strings.Builder
			place := ""
			put := func(text string) { // token by token, with a fill before each
				for _, token := range literalTokens(text) {
					doc.WriteString(fills[rng.IntN(len(fills))])
					token, fault := strings.CutPrefix(token, "¶")
					if fault {
						place = countPlace(doc.String())
					}
					doc.WriteString(token)
				}
			}
			put("query Q ( $v : Int ) { a : int ( v : $v ) b : string ( v :")
			doc.WriteString(" " + befores[rng.IntN(len(befores))])
			put(") c : " + c.field + " ( v : " + c.literal + " ) }")
			got := ourPlaces(e, doc.String())
			found := false
			for _, line := range got.Places {
				rest, ok := strings.CutPrefix(line, c.rule+" ")
				found = ok && slices.Contains(strings.Fields(rest), place)
				if !found {
					break
				}
			}
			if !found {
				t.Fatalf("seed %d: %q\n%s at %s, got %v", seed, doc.String(), c.rule, place, got.Places)
			}
		}
	}
}

// literalTokens splits a text, whose strings have no blanks, into tokens. The mark stays
// with the token that follows.
func literalTokens(text string) []string {
	for _, p := range []string{"{", "}", "[", "]", "(", ")", ":"} {
		text = strings.ReplaceAll(text, p, " "+p+" ")
	}
	text = strings.ReplaceAll(text, "¶ ", "¶")
	return strings.Fields(strings.ReplaceAll(text, ",", " "))
}

// countPlace returns the line and column after a text.
func countPlace(before string) string {
	before = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(before)
	lines := strings.Split(before, "\n")
	return fmt.Sprintf("%d:%d", len(lines), len([]rune(lines[len(lines)-1]))+1)
}
