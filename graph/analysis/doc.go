// Package analysis answers the questions that no list of claims answers: who
// depends on whom, how two entities are connected, where sources disagree,
// what changed. Package routes has those about networks.
//
// Each question is one file: a plain struct of options whose Validate lists every fault, and
// a function over a snapshot.View that returns plain structs of entity and claim numbers.
// Read Conflicts first. Everything is read through the view, so that a claim which the view
// does not show never has a part in an answer. Long loops check their context. Beyond a
// budget of work, an analysis returns an error, or a result that says that it is partial.
// The package must not know GraphQL, HTTP or the store.
package analysis
