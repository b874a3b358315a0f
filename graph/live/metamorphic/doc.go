// Package metamorphic holds the graph to a naive model of itself over long
// random histories: changes, restarts, kills, damage to its files, faults of
// its log, its disk and its clock.
//
// It is tests only. Read notation_test.go for the notation of a history,
// model_test.go for what must come of it and run_test.go for how it is run; a
// history that once failed is kept under testdata. The model must not share
// code with the writer, the snapshot or the store.
package metamorphic
