// Package names has the index of names and the search in it. It finds names by their spelling, by their sound
// in any script, and with misspelt letters, and scores the matches.
//
// Read Index, Search and Graph first. An Index never changes: With returns the next one, which shares most of
// it. A name is the text of a numbered claim. The package must not know how claims are stored or what a view
// shows; a search gets that from its Graph.
package names

import (
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/text"
)

// None is the number that no claim has.
const None = ^uint32(0)

// Name is a name stated by a claim.
type Name struct {
	Claim uint32
	Text  string
	// Original is true if the text is the claim's original form.
	Original bool
	// Translated is true for a name in another language. In another script such names are found by sound only from
	// that script, because the names of all languages together sound like any text.
	Translated bool
}

// Index finds names. It never changes, and any number of goroutines may read it; the zero Index is empty.
type Index struct {
	labels labels
	sounds sounds
}

// With returns the index with more names. The cost is usually proportional to the number of added names, and
// sometimes to the number of all names.
func (x Index) With(list []Name) Index {
	return Index{x.labels.with(list), x.sounds.with(list)}
}

// Equal reports whether both indexes find the same names, even if they were built differently.
func (x Index) Equal(y Index) bool {
	return slices.Equal(x.labels.Merged(compareLabels), y.labels.Merged(compareLabels))
}

// Check returns an error if the index is not sorted.
func (x Index) Check() error {
	return x.labels.Check(compareLabels)
}

// labels finds names by the spelling of their words.
type labels struct{ layers.Index[label] }

// label is the part of a name that begins with one of its words.
type label struct {
	key   string
	claim uint32
	// word is the number of that word; 0 means that key is the whole name.
	word uint16
	// original is true for the claim's original form.
	original bool
}

func compareLabels(a, b label) int {
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	if a.word != b.word {
		return int(a.word) - int(b.word)
	}
	if a.claim != b.claim || a.original == b.original {
		return int(int64(a.claim) - int64(b.claim))
	}
	if a.original { // equal keys: the original form comes last
		return 1
	}
	return -1
}

func (x labels) with(list []Name) labels {
	var added []label
	for _, n := range list {
		added = appendLabels(added, text.Fold(n.Text), n.Claim, n.Original)
	}
	return labels{x.Index.With(added, compareLabels)}
}

// maxLabelWords bounds how many words of a name can be found separately.
const maxLabelWords = 12

func appendLabels(list []label, key string, claim uint32, original bool) []label {
	word := uint16(0)
	for at := 0; at < len(key) && word < maxLabelWords; {
		list = append(list, label{key[at:], claim, word, original})
		next := strings.IndexByte(key[at:], ' ')
		if next < 0 {
			break
		}
		at += next + 1
		word++
	}
	return list
}

// beginning yields, in parts, the labels whose key begins with the prefix.
func (x labels) beginning(prefix string) iter.Seq[[]label] {
	return x.Parts(func(l label) int {
		if strings.HasPrefix(l.key, prefix) {
			return 0
		}
		return strings.Compare(l.key, prefix)
	})
}
