// Package metamorphic compares the graph with a naive model of itself over long random histories: changes,
// restarts, kills, damage to its files, and faults of its log, its disk and its clock.
//
// The package has only tests. Read notation_test.go for the notation of a history, model_test.go for the
// expected results, and run_test.go for how a history is executed. Histories that failed once are in testdata.
// The model must not share code with the writer, the snapshot or the store.
package metamorphic
