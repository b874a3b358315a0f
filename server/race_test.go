//go:build race

package server

// raced reports that the race detector slows everything down.
const raced = true
