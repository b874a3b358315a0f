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
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/column"
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
func (x Index) Equal(y Index) bool { return slices.Equal(x.labels.merged(), y.labels.merged()) }

// Check returns an error where the index is not in order.
func (x Index) Check() error {
	for _, layer := range x.labels.layers {
		if !slices.IsSortedFunc(layer, compareLabels) {
			return fmt.Errorf("a layer of %d labels is out of order", len(layer))
		}
	}
	return nil
}

// labels finds names by how their words are written: a stack of sorted layers,
// the largest first.
type labels struct{ layers [][]label }

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
	if len(added) == 0 {
		return x
	}
	slices.SortFunc(added, compareLabels)
	layers := append([][]label(nil), x.layers...)
	for len(layers) > 0 && len(layers[len(layers)-1]) <= 2*len(added) {
		last := layers[len(layers)-1]
		added = merge(last, added)
		layers = layers[:len(layers)-1]
	}
	return labels{append(layers, added)}
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

// beginning is the labels of one layer whose key begins with the prefix.
func beginning(layer []label, prefix string) []label {
	from, _ := slices.BinarySearchFunc(layer, prefix, func(l label, p string) int { return strings.Compare(l.key, p) })
	n, _ := slices.BinarySearchFunc(layer[from:], prefix, func(l label, p string) int {
		if strings.HasPrefix(l.key, p) {
			return -1
		}
		return 1
	})
	return layer[from : from+n]
}

// merged is every layer as one.
func (x *labels) merged() []label {
	var all []label
	for _, l := range x.layers {
		all = append(all, l...)
	}
	if len(x.layers) > 1 {
		slices.SortFunc(all, compareLabels)
	}
	return all
}

// merge makes one sorted list from two.
func merge(a, b []label) []label {
	return column.MergeInto(make([]label, 0, len(a)+len(b)), a, b, compareLabels)
}
