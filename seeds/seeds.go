// Package seeds embeds the files with which an empty store is filled.
// People write and review them; their format is codec.Seed.
package seeds

import "embed"

// Files has every seed file.
//
//go:embed *.yaml
var Files embed.FS
