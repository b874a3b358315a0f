// Package names is the index of names and the search in it: how names are found
// by how they are written, by how they sound in any script, and with letters
// wrong, and how what is found is scored.
//
// Read Index, Search and Graph first. An Index never changes: With makes the
// next one, sharing most of it. It knows names as texts of numbered claims and
// must not know how claims are stored or what a view shows; a search asks its
// Graph for that.
package names

import (
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/text"
)

// None is the number that means no claim.
const None = ^uint32(0)

// Name is a name, as a claim states it.
type Name struct {
	Claim uint32
	Text  string
	// Original is true where the text is the claim's original form.
	Original bool
	// Translated names in another script are found by how they sound from that script only: those of all languages
	// together sound like anything.
	Translated bool
}

// Index finds names. It never changes and may be read by any number of
// goroutines; the zero Index is empty.
type Index struct {
	labels labels
	sounds sounds
}

// With is the index with more names. It costs about as much as there are names
// to add, and sometimes as much as there are names in all.
func (x Index) With(list []Name) Index {
	return Index{x.labels.with(list), x.sounds.with(list)}
}

// Equal reports whether both indexes find the same names, however they came to
// have them.
func (x Index) Equal(y Index) bool {
	return slices.Equal(x.labels.Merged(compareLabels), y.labels.Merged(compareLabels))
}

// Check returns an error where the index is not in order.
func (x Index) Check() error {
	return x.labels.Check(compareLabels)
}

// labels finds names by how their words are written.
type labels struct{ layers.Index[label] }

// label is a name from the start of one of its words on.
type label struct {
	key   string
	claim uint32
	// word is 0 where the key is the whole name.
	word uint16
	// original is true where it is the claim's original form.
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
	if a.original { // where the original form is written as the name is
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

// maxLabelWords bounds how many words of a name can each be found separately.
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

// beginning yields, part by part, the labels whose key begins with the prefix.
func (x labels) beginning(prefix string) iter.Seq[[]label] {
	return x.Parts(func(l label) int {
		if strings.HasPrefix(l.key, prefix) {
			return 0
		}
		return strings.Compare(l.key, prefix)
	})
}
