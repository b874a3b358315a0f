// Package seeds embeds the files from which an empty store is filled. People write and review them. Their
// formats are codec.Seed and, for tables of names, datasets.Labels.
package seeds

import "embed"

// Files has every seed file.
//
//go:embed *.yaml *.names
var Files embed.FS
