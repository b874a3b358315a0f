//go:build race

package gql

// raced says that the race detector is on: sync.Pool then drops values at random, and
// everything takes ten times as long.
const raced = true
