// Package document reads documents of requests: it bounds the text before anything recurses,
// parses it, and validates it by every rule of the specification and every limit.
//
// Read first: [Prescan], [Parse] and [Validate], which a request passes in this order, and
// [Document], their result. The package must not know how documents are executed.
package document

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// Limits are those of gql.Limits that bound documents, without its defaults.
type Limits struct {
	Bytes, Tokens, Nesting, Operations, Depth, Aliases, RootFields, Directives, Fields, Introspection, Errors int
	NoIntrospection                                                                                           bool
}

// Document is a parsed document that is valid.
type Document struct {
	AST       *ast.QueryDocument
	Fragments map[string]*ast.FragmentDefinition
	info      map[any]*definitionInfo // by operation or fragment definition
}

// definitionInfo is what one operation or fragment uses directly, without the fragments that
// it spreads.
type definitionInfo struct {
	usages  []usage
	spreads []*ast.FragmentSpread
}

// usage is the use of one variable in one position.
type usage struct {
	value      *ast.Value
	typ        *typesys.TypeRef // nil where the position is unknown
	hasDefault bool             // of the position
	oneOf      *typesys.Type    // the oneOf input whose field it is
}
