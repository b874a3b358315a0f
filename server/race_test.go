//go:build race

package server

// raced tells that the race detector slows everything down.
const raced = true
