// Package datasets reads known public data sets, each in its original layout: the table of
// country codes, the effective leaders of states, the production of minerals, pipelines,
// sanctions, and, in package factbook, the World Factbook; also tables of names.
//
// Read Formats first. A data set is a codec.Format that only reads; names/ maps
// what it prints to ids of the graph. As in package codec, whether an
// entity exists or a value fits is for graph.Check. The package must not know
// the store, the snapshot or HTTP.
package datasets

import (
	"embed"
	"slices"

	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
)

// Formats lists every format that Caspian reads or writes: those of package
// codec, then the data sets. Help texts and imports walk it.
var Formats = slices.Concat(codec.Formats, codec.List{Archigos, factbook.Entries, factbook.Energy, factbook.Offices, factbook.Trade, GEM, ISO, Minerals, Labels, Sanctions})

// names/ has tables for single data sets; those of countries and cities are in internal/facts.
//
//go:embed names/archigos.csv names/minerals.csv names/pipelines.csv
var tables embed.FS
