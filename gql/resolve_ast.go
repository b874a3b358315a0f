package gql

import (
	gqlast "github.com/graphql-go/graphql/language/ast"
	"github.com/vektah/gqlparser/v2/ast"
)

// sourceFields converts field nodes into graphql-go's AST, for resolvers that look into
// ResolveInfo.FieldASTs: names, aliases, arguments and selections. Fragment spreads and
// directives stay as they are named.
func sourceFields(nodes []*ast.Field) []*gqlast.Field {
	out := make([]*gqlast.Field, len(nodes))
	for i, n := range nodes {
		out[i] = sourceField(n)
	}
	return out
}

func sourceName(s string) *gqlast.Name { return gqlast.NewName(&gqlast.Name{Value: s}) }

func sourceField(n *ast.Field) *gqlast.Field {
	f := &gqlast.Field{Name: sourceName(n.Name)}
	if n.Alias != n.Name {
		f.Alias = sourceName(n.Alias)
	}
	for _, a := range n.Arguments {
		f.Arguments = append(f.Arguments, gqlast.NewArgument(&gqlast.Argument{Name: sourceName(a.Name), Value: sourceLiteral(a.Value)}))
	}
	if n.SelectionSet != nil {
		f.SelectionSet = sourceSet(n.SelectionSet)
	}
	return gqlast.NewField(f)
}

func sourceLiteral(v *ast.Value) gqlast.Value {
	if v.Kind == ast.Variable {
		return gqlast.NewVariable(&gqlast.Variable{Name: sourceName(v.Raw)})
	}
	return sourceAST(v, nil)
}

func sourceSet(set ast.SelectionSet) *gqlast.SelectionSet {
	out := &gqlast.SelectionSet{}
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			out.Selections = append(out.Selections, sourceField(sel))
		case *ast.InlineFragment:
			f := &gqlast.InlineFragment{SelectionSet: sourceSet(sel.SelectionSet)}
			if sel.TypeCondition != "" {
				f.TypeCondition = gqlast.NewNamed(&gqlast.Named{Name: sourceName(sel.TypeCondition)})
			}
			out.Selections = append(out.Selections, gqlast.NewInlineFragment(f))
		case *ast.FragmentSpread:
			out.Selections = append(out.Selections, gqlast.NewFragmentSpread(&gqlast.FragmentSpread{Name: sourceName(sel.Name)}))
		}
	}
	return gqlast.NewSelectionSet(out)
}
