// Package seeds holds the files that an empty store is filled from, embedded.
// People write and review them; their format is codec.Seed.
package seeds

import "embed"

// Files has every seed file.
//
//go:embed *.yaml
var Files embed.FS
