// Package gql executes GraphQL documents over any graphql-go Schema: right by the
// specification of September 2025, bounded against hostile documents, and without
// reflection or per-field allocation where the schema's fields are bound to readers.
//
// Read first: [Config] (what an engine is built from), [Binding] (how one field is read)
// and [Engine.Execute] (how a document becomes JSON).
//
// The path of a request: the prescan checks the text (bytes, tokens, nesting) before
// anything recurses, gqlparser parses it, the validator checks it by every rule of the
// specification, the compiler turns it into a plan (fragments, merging, @skip and
// @include resolved), and the executor runs the plan and appends JSON in selection
// order. Plans are cached, bounded by bytes. graphql-go serves as the type system only:
// its lexer, validator and executor never see a request.
//
// The package must not know the domain that a schema describes, HTTP, or storage.
package gql
