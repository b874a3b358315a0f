package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// nameField returns the field name of an entity, which is never null in any view.
func (b *builder) nameField(f *schema.Field) output.Field {
	out := output.Field{Name: f.Name, About: f.Description, Type: output.Must(graphql.String)}
	inLanguage(&out, f, "The language to read it in, such as fr or pt-BR; fr-CA also finds a name in fr. If there is none in it, the field shows the name that it shows without.")
	out.Read.Leaf = func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		v, n := viewOf(src)
		if lang, ok := c.Args.(string); ok {
			return gql.AppendString(dst, v.NameIn(n, lang)), nil
		}
		if text, ok := v.WrittenName(n); ok {
			return append(dst, text...), nil
		}
		return gql.AppendString(dst, v.Name(n)), nil
	}
	return out
}

// inLanguage adds the argument lang to a field if its claims can state their language. The prepared
// arguments of the reader are then the language, or nil.
func inLanguage(out *output.Field, f *schema.Field, about string) {
	q := f.Qualifier("lang")
	if q == nil || q.Scalar != schema.String {
		return
	}
	out.Args = graphql.FieldConfigArgument{"lang": {Type: graphql.String, Description: about}}
	out.Read.Prepare = func(args map[string]any) (any, error) {
		lang, given := args["lang"].(string)
		if !given {
			return nil, nil
		}
		if q.Code != nil {
			tag, err := q.Code.Read(lang)
			if err != nil {
				return nil, &gql.ArgumentError{Argument: "lang", Err: graph.Errorf(graph.BadInput, "lang: %v", err)}
			}
			lang = tag
		}
		return lang, nil
	}
}
