//go:build race

package admission

// raced reports that the race detector slows everything down.
const raced = true
