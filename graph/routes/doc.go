// Package routes finds ways through networks of transport or of borders: the
// best routes under constraints, what closes them, and what they all pass.
//
// Read Network first, then FindRoutes and FindChokepoints. A Network is
// compiled from a snapshot.View and kept for the next question; the searches
// work on its numbers. Everything is read through the view, so that a claim
// which the view does not show never has a part in an answer. Work beyond a
// budget gives a clear error or a result that says it is partial. The package
// must not know GraphQL, HTTP or the store.
package routes
