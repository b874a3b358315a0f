package metamorphic

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// shrinkFor bounds how long a failing history is made shorter.
const shrinkFor = 40 * time.Second

// shrink drops lines, and then parts of lines, as long as the history fails in
// the same manner.
func shrink(t *testing.T, ops []op, cause error) ([]op, error) {
	until := time.Now().Add(shrinkFor)
	last := cause
	fails := func(try []op) bool {
		if time.Now().After(until) {
			return false
		}
		n, err := playOnce(t, try)
		if err == nil || manner(err) != manner(cause) || n >= len(try) {
			return false
		}
		last = err
		return true
	}
	for size := len(ops) / 2; size > 0; size /= 2 {
		for from := len(ops) - size; from >= 0; from -= size {
			if try := slices.Delete(slices.Clone(ops), from, from+size); fails(try) {
				ops = try
				from = min(from, len(ops))
			}
		}
	}
	for i := 0; i < len(ops); i++ {
		for g := len(ops[i].groups) - 1; g >= 0; g-- {
			if g > 0 && len(ops[i].groups) > 2 {
				try := slices.Clone(ops)
				try[i] = op{slices.Delete(slices.Clone(ops[i].groups), g, g+1)}
				if fails(try) {
					ops = try
					continue
				}
			}
			for p := len(ops[i].groups[g]) - 1; p > 0; p-- {
				try := slices.Clone(ops)
				if try[i] = ops[i].without(g, p); fails(try) {
					ops = try
				}
			}
		}
	}
	return ops, last
}

// manner returns what an error begins with, without the numbers.
func manner(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, text[:min(len(text), 24)])
}
