package names

import (
	"errors"

	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/layers"
)

// Write writes the index as sections of a file.
func (x Index) Write(w *column.Writer) {
	a := x.arrays()
	column.WriteTexts(w, len(a.keys), func(i int) string { return a.keys[i] })
	column.WriteList(w, a.claims)
	column.WriteList(w, a.words)
	column.WriteList(w, a.shared)
	column.WriteList(w, a.ends)
	column.WriteList(w, a.text)
	column.WriteList(w, a.soundClaims)
	column.WriteList(w, a.soundWords)
}

// Read reads an index that Write wrote. The index uses the memory of the sections. If the sections do not make
// an index, the reader is bad afterwards.
func Read(r *column.Reader) Index {
	x, err := fromArrays(arrays{
		keys: column.ReadTexts(r), claims: column.ReadList[uint32](r), words: column.ReadList[uint16](r),
		shared: column.ReadList[uint8](r), ends: column.ReadList[uint32](r), text: column.ReadList[byte](r),
		soundClaims: column.ReadList[uint32](r), soundWords: column.ReadList[uint16](r),
	})
	if err != nil {
		r.Fail()
	}
	return x
}

// arrays is an index in the layout of a file. keys, claims and words have an element for each label; shared,
// ends, soundClaims and soundWords have one for each sound, whose text is in text.
type arrays struct {
	keys   []string
	claims []uint32
	words  []uint16 // the number of the word, shifted by one, and in the lowest bit whether it is the original form

	shared      []uint8
	ends        []uint32
	text        []byte
	soundClaims []uint32
	soundWords  []uint16
}

// arrays returns the index in the layout of a file.
func (x Index) arrays() arrays {
	labels := x.labels.Merged(compareLabels)
	a := arrays{keys: make([]string, len(labels)), claims: make([]uint32, len(labels)), words: make([]uint16, len(labels))}
	for i, l := range labels {
		a.keys[i], a.claims[i], a.words[i] = l.key, l.claim, l.word<<1
		if l.original {
			a.words[i] |= 1
		}
	}
	s := x.sounds.merged()
	a.shared, a.ends, a.text, a.soundClaims, a.soundWords = s.shared, s.ends, s.text, s.claims, s.words
	return a
}

var errArrays = errors.New("the arrays are not those of one index of names")

// fromArrays returns the index with these arrays. It uses their memory.
func fromArrays(a arrays) (Index, error) {
	if len(a.keys) != len(a.claims) || len(a.keys) != len(a.words) {
		return Index{}, errArrays
	}
	var x Index
	if len(a.keys) > 0 {
		list := make([]label, len(a.keys))
		for i := range list {
			list[i] = label{a.keys[i], a.claims[i], a.words[i] >> 1, a.words[i]&1 == 1}
		}
		x.labels = labels{layers.Sorted(list)}
	}
	l := &soundLayer{shared: a.shared, ends: a.ends, text: a.text, claims: a.soundClaims, words: a.soundWords}
	if !l.sound() {
		return Index{}, errArrays
	}
	if len(l.shared) > 0 {
		l.findLow()
		x.sounds.layers = []*soundLayer{l}
	}
	return x, nil
}
