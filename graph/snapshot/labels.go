package snapshot

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// labels finds names by how their words are written. Like index it is a stack
// of sorted layers, the largest first; sounds finds them by how they sound.
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

// namePredicates are the properties whose values are names.
var namePredicates = [...]string{"name", "aliases", "officialName"}

func isName(predicate string) bool { return slices.Contains(namePredicates[:], predicate) }

// eachName calls fn with the names that the claims state: names and aliases,
// and the forms that sources print for them and for the objects of relations.
func (s *Snapshot) eachName(claims []uint32, fn func(claim uint32, name string, original bool)) {
	for _, n := range claims {
		r := s.rows.ref(n)
		named := isName(s.predicates.list[r.predicate])
		if named {
			fn(n, s.value(r.cell()).Text(), false)
		}
		if o := s.extras.ref(r.extra).original; o != "" && (named || r.kind == graph.EntityKind) {
			fn(n, o, true)
		}
	}
}

// nameOf is the name of a label, and the entity that it names.
func (s *Snapshot) nameOf(claim uint32, original bool) (name string, entity uint32) {
	r := s.rows.ref(claim)
	if !original {
		return s.value(r.cell()).Text(), r.subject
	}
	if r.kind == graph.EntityKind {
		entity = uint32(r.value)
	} else {
		entity = r.subject
	}
	return s.extras.ref(r.extra).original, entity
}

func (x labels) with(s *Snapshot, claims []uint32) labels {
	var added []label
	s.eachName(claims, func(claim uint32, name string, original bool) {
		added = appendLabels(added, Fold(name), claim, original)
	})
	if len(added) == 0 {
		return x
	}
	slices.SortFunc(added, compareLabels)
	layers := append([][]label(nil), x.layers...)
	for len(layers) > 0 && len(layers[len(layers)-1]) <= 2*len(added) {
		last := layers[len(layers)-1]
		added = mergeInto(make([]label, 0, len(last)+len(added)), last, added, compareLabels)
		layers = layers[:len(layers)-1]
	}
	return labels{append(layers, added)}
}

// maxLabelWords bounds how many words of a name can be found each by itself.
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

// Fold makes names comparable by their words.
func Fold(s string) string { return text.Fold(s) }

// Base is what filters compare of names and prose.
func Base(s string) string { return text.Base(s) }
