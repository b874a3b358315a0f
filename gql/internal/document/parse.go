package document

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// Parse parses a document with gqlparser, and refuses what gqlparser accepts beyond the grammar of
// executable documents: fragments that declare variables, and variables in the directives of a
// variable declaration.
func Parse(text *Text) (doc *ast.QueryDocument, fail *failure.Refusal) {
	defer func() {
		if p := recover(); p != nil {
			doc, fail = nil, failure.Refuse(codes.GraphQLParseFailed, "Syntax Error: the document cannot be parsed.")
		}
	}()
	doc, err := parser.ParseQuery(&ast.Source{Input: text.Text})
	if err != nil {
		out := failure.Refuse(codes.GraphQLParseFailed, "Syntax Error: %s", err.Error())
		if g, ok := err.(*gqlerror.Error); ok {
			out.Errors[0].Message = "Syntax Error: " + g.Message
			for _, l := range g.Locations {
				if strings.Contains(g.Message, "found String") {
					l.Column-- // because gqlparser's columns of strings are one too high
				}
				out.Errors[0].Locations = append(out.Errors[0].Locations, text.original(l.Line, l.Column))
			}
		}
		return nil, out
	}
	if len(doc.Operations)+len(doc.Fragments) == 0 {
		return nil, failure.Refuse(codes.GraphQLParseFailed, "Syntax Error: Unexpected <EOF>: the document has no operation.")
	}
	text.correct(doc)
	syntax := func(pos *ast.Position, msg string) (*ast.QueryDocument, *failure.Refusal) {
		e := failure.Refuse(codes.GraphQLParseFailed, "Syntax Error: %s", msg)
		e.Errors[0].Locations = failure.At(pos)
		return nil, e
	}
	for _, f := range doc.Fragments {
		if len(f.VariableDefinition) > 0 {
			return syntax(f.Position, "Expected \"on\", found \"(\": fragments take no variables.")
		}
	}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			for _, d := range v.Directives {
				for _, a := range d.Arguments {
					if value.HasVariable(a.Value) {
						return syntax(a.Position, "Unexpected variable in constant value.")
					}
				}
			}
		}
	}
	return doc, nil
}

// ParseValue parses one constant GraphQL value.
func ParseValue(text string, limits Limits) (*ast.Value, error) {
	if _, err := Prescan(text, limits); err != nil {
		return nil, err
	}
	// gqlparser cannot parse a lone value. The default of a variable is constant too, so the value
	// is parsed as a default.
	doc, err := parser.ParseQuery(&ast.Source{Input: "query($v:T=" + text + "\n){a}"})
	if err != nil {
		return nil, fmt.Errorf("not a GraphQL value: %s", text)
	}
	defs := doc.Operations[0].VariableDefinitions
	if len(doc.Operations) != 1 || len(defs) != 1 || len(defs[0].Directives) != 0 || defs[0].DefaultValue == nil {
		return nil, fmt.Errorf("not a single GraphQL value: %s", text)
	}
	return defs[0].DefaultValue, nil
}
