// Package gql executes GraphQL documents over any graphql-go Schema whose fields are bound
// to readers: it follows the specification of September 2025, bounds hostile documents, and
// needs neither reflection nor allocations for a field.
//
// Read first: [Config] (what an engine is built from), [Binding] (how one field is read)
// and [Engine.Execute] (how a document becomes JSON).
//
// The path of a request: [Engine.Execute] looks up the plan of the document. For a new document,
// load calls gql/internal/document three times: to prescan the text (bytes, tokens, nesting) before
// anything recurses, to parse it with gqlparser, and to validate it by every rule of the
// specification. Variables are read and coerced by gql/internal/value. compile turns an operation
// into a plan (fragments, merging, @skip and @include resolved; each field with its reader), and
// run.execute calls the readers of the plan and appends JSON in selection order. Plans are cached,
// bounded by bytes.
//
// graphql-go serves as the type system only: New translates its types into gql/internal/typesys,
// once, and neither its lexer nor its validator nor its executor ever sees a request. Bindings and
// Meta name types and fields by strings, because graphql-go's types have no room for them; New
// resolves every string into a pointer. It refuses unknown names, fields without a reader, and
// readers that do not fit their field.
//
// The package must not know the domain that a schema describes, HTTP, or storage.
package gql
