// Package routes finds routes through networks of transport or of borders. It finds the best routes under
// constraints, what blocks them, and what they all must pass.
//
// Read Network first, then FindRoutes and FindChokepoints. A Network is compiled from a snapshot.View and
// cached for later questions; the searches use its numbers instead of entities. Everything is read through the
// view, so a claim that the view does not show never affects an answer. A search that reaches its limit of work
// returns an error, or a result that is marked as partial. The package must not know GraphQL, HTTP or the
// store.
package routes
