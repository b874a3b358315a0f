package gql

import "github.com/caspian-kg/caspian/gql/internal/document"

// Mutates reports whether the document has a mutation with the name operationName, or any mutation
// if operationName is empty. It does not validate the document. It is fast for most documents
// without mutations.
func Mutates(text, operationName string) bool { return document.Mutates(text, operationName) }

// Redact returns the document without possibly private parts, for logs and traces: every string
// becomes "", every number 0, and comments and layout are left out. The result ends where the text
// stops being valid tokens of GraphQL, or at length bytes; "…" replaces the rest.
func Redact(text string, length int) string { return document.Redact(text, length) }
