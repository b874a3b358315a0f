// Package datasets reads known public data sets in their original layouts: the table of country codes, the
// effective leaders of states, the production of minerals, pipelines, sanctions, tables of names, and, in
// package factbook, the World Factbook.
//
// Read Formats first. A data set is a codec.Format that can only read. names/ maps printed names to ids of the
// graph. As in package codec, graph.Check decides whether an entity exists and whether a value is valid. The
// package must not know the store, the snapshot or HTTP.
package datasets

import (
	"embed"
	"slices"

	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/factbook"
	"github.com/caspian-kg/caspian/graph/foreign"
)

// Formats lists every format that Caspian reads or writes: those of package
// codec, other vocabularies, then the data sets. Help texts and imports walk it.
var Formats = slices.Concat(codec.Formats, foreign.Formats, codec.List{Archigos, factbook.Entries, factbook.Energy, factbook.Offices, factbook.Trade, GEM, ISO, Minerals, Labels, Sanctions})

// names/ contains tables that belong to one data set. The tables of countries and cities are in internal/facts.
//
//go:embed names/archigos.csv names/minerals.csv names/pipelines.csv
var tables embed.FS
