// Package store stores commits in Cayley: it is the append-only log of everything ever recorded.
//
// Read Log first, the contract of every backend, which package storetest tests, and then
// internal/commits, which defines the quads of a commit. Open gives the embedded backend: Cayley's
// own key-value layout over LevelDB, written through Cayley's ApplyDeltas and read by
// scanning its log of primitives, which is ten times faster than its iterators.
//
// A claim is the quad <subject> <predicate> <value> <claim>, labelled with the
// claim's own address, and one quad <claim> <meta> "{...}" <claim> with the
// rest of the claim. Nothing is deleted.
//
// The package must not know snapshots, views, the ontology or GraphQL. No
// other package may know Cayley.
package store
