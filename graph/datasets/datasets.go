// Package datasets reads known public data sets, each in its original layout:
// the World Factbook, the leaders, trade partners and energy of its editions, the table of country codes,
// the effective leaders of states, the production of minerals, pipelines, and sanctions.
//
// Read Formats first. A data set is a codec.Format that only reads; names/ maps
// the names it prints to ids of the graph. As in package codec, whether an
// entity exists or a value fits is for graph.Check. The package must not know
// the store, the snapshot or HTTP.
package datasets

import (
	"embed"
	"slices"

	"github.com/caspian-kg/caspian/graph/codec"
)

// Formats lists every format that Caspian reads or writes: those of package
// codec, then the data sets. Help texts and imports walk it.
var Formats = slices.Concat(codec.Formats, codec.List{Archigos, Factbook, FactbookEnergy, FactbookOffices, FactbookTrade, GEM, ISO, Minerals, Labels, Sanctions})

// names/ has the tables that map what data sets print to ids of the graph, one for each of some sets.
//
//go:embed names/archigos.csv names/minerals.csv names/pipelines.csv
var tables embed.FS
