//go:build race

package admission

// raced tells that the race detector slows everything down.
const raced = true
