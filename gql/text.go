package gql

import "github.com/caspian-kg/caspian/gql/internal/document"

// Mutates reports whether the document has a mutation of that name, or any mutation if the
// name is empty. It does not check that the document is valid, and is cheap for most
// documents without mutations.
func Mutates(text, operationName string) bool { return document.Mutates(text, operationName) }

// Redact returns a document without what may be private in it, for logs and traces: every
// string becomes "", every number 0, and comments and layout are left out. It ends where the
// text cannot be read as GraphQL, or at the given length in bytes; "…" replaces the rest.
func Redact(text string, length int) string { return document.Redact(text, length) }
