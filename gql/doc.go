// Package gql executes GraphQL documents over any graphql-go Schema whose fields are bound
// to readers: it follows the specification of September 2025, bounds hostile documents, and
// needs neither reflection nor allocations for a field.
//
// Read first: [Config] (what an engine is built from), [Binding] (how one field is read)
// and [Engine.Execute] (how a document becomes JSON).
//
// The path of a request: [Engine.Execute] looks up its plan. For a new document, load has
// gql/internal/document prescan the text (bytes, tokens, nesting) before anything recurses,
// parse it with gqlparser, and validate it by every rule of the specification. Variables are
// read and coerced by gql/internal/value. compile turns an operation into a plan (fragments,
// merging, @skip and @include resolved; each field with its reader), and run.execute walks
// the plan, calls the readers, and appends JSON in selection order. Plans are cached, bounded
// by bytes.
//
// graphql-go serves as the type system only: New translates its types into
// gql/internal/typesys, once, and neither its lexer nor its validator nor its executor ever
// sees a request. Bindings and Meta name types and fields by strings, because graphql-go's
// types have no room for them; New resolves every string into a pointer, and refuses a name
// that the schema does not have, a field without a reader and a reader that does not fit.
//
// The package must not know the domain that a schema describes, HTTP, or storage.
package gql
