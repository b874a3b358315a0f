// Package document reads the documents of requests. It bounds the text before anything recurses,
// parses it, and validates the result against every rule of the specification and every limit.
//
// Read first: [Prescan], [Parse] and [Validate], which a request passes in this order, and
// [Document], their result. The package must not know how documents are executed.
package document

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// Limits are the gql.Limits that bound documents. A zero means zero here, not a default.
type Limits struct {
	Bytes, Tokens, Nesting, Operations, Depth, Aliases, RootFields, Directives, Fields, Introspection, Errors int
	NoIntrospection                                                                                           bool
}

// Document is a parsed and valid document.
type Document struct {
	AST       *ast.QueryDocument
	Fragments map[string]*ast.FragmentDefinition
	info      map[any]*definitionInfo // by operation or fragment definition
}

// definitionInfo lists what one operation or fragment uses directly, not through the fragments that
// it spreads.
type definitionInfo struct {
	usages  []usage
	spreads []*ast.FragmentSpread
}

// usage is the use of one variable in one position.
type usage struct {
	value      *ast.Value
	typ        *typesys.TypeRef // nil if the type of the position is unknown
	hasDefault bool             // whether the position has a default
	oneOf      *typesys.Type    // the OneOf input object if the position is one of its fields, else nil
}
