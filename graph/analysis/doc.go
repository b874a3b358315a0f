// Package analysis answers questions that no list of claims answers: who depends on whom, how two entities are
// connected, where sources disagree, what changed. Package routes answers those about networks.
//
// Each question is one file: a plain struct of options whose Validate lists every fault, and a function over a
// snapshot.View that returns plain structs of entity and claim numbers. Read Conflicts first. Everything is
// read through the view, so a claim that the view does not show never affects an answer. Long loops check their
// context. An analysis that reaches its limit of work returns an error, or a result that is marked as partial.
// The package must not know GraphQL, HTTP or the store.
package analysis
