package gql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/caspian-kg/caspian/codes"
)

// parse runs gqlparser and refuses what it takes beyond the grammar of executable
// documents: variables of fragments, and variables in the directives of variables.
func parse(text *scanned) (doc *ast.QueryDocument, fail *requestError) {
	defer func() {
		if p := recover(); p != nil {
			doc, fail = nil, refuse(codes.GraphQLParseFailed, "Syntax Error: the document cannot be parsed.")
		}
	}()
	doc, err := parser.ParseQuery(&ast.Source{Input: text.text})
	if err != nil {
		out := refuse(codes.GraphQLParseFailed, "Syntax Error: %s", err.Error())
		if g, ok := err.(*gqlerror.Error); ok {
			out.errs[0].message = "Syntax Error: " + g.Message
			for _, l := range g.Locations {
				if strings.Contains(g.Message, "found String") {
					l.Column-- // as in positions
				}
				out.errs[0].locations = append(out.errs[0].locations, text.original(l.Line, l.Column))
			}
		}
		return nil, out
	}
	if len(doc.Operations)+len(doc.Fragments) == 0 {
		return nil, refuse(codes.GraphQLParseFailed, "Syntax Error: Unexpected <EOF>: the document has no operation.")
	}
	text.positions(doc)
	syntax := func(pos *ast.Position, msg string) (*ast.QueryDocument, *requestError) {
		e := refuse(codes.GraphQLParseFailed, "Syntax Error: %s", msg)
		e.errs[0].locations = at(pos)
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
					if hasVariable(a.Value) {
						return syntax(a.Position, "Unexpected variable in constant value.")
					}
				}
			}
		}
	}
	return doc, nil
}
