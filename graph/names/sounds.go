package names

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/layers"
	"github.com/caspian-kg/caspian/graph/text"
)

// sounds finds names by sound, with letters changed, left out or added. Like labels it is a stack of sorted
// layers, the largest first, but its layers are packed: a scan reads all keys, and is many times faster if it
// reads only once what neighbouring keys share.
type sounds struct{ layers []*soundLayer }

// soundLayer has sorted labels. For each it stores only the part that it does not share with the previous
// label. So a scan reads a beginning that many names share once, and skips the names with a wrong beginning.
type soundLayer struct {
	shared []uint8  // how many bytes it shares with the previous key, at most maxShared
	ends   []uint32 // where the rest of the key ends in text
	text   []byte
	claims []uint32
	words  []uint16 // the number of the word, shifted by one, and in the lowest bit whether it is the original form
	low    []uint8  // for each block of soundBlock labels, the least number of shared bytes
}

const (
	maxShared  = 255
	soundBlock = 64
)

// skeletonMark precedes the skeletons of names in a script that omits vowels. It sorts before every letter.
const skeletonMark = "\x01"

// marks has all bytes that can precede a key.
const marks = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"

// scriptMark returns the byte that precedes the sounds of translated names in a script other than Latin.
func scriptMark(script int) string { return string(rune(skeletonMark[0]) + rune(script)) }

func (x sounds) with(list []Name) sounds {
	var added []label
	for _, n := range list {
		sound := text.Sound(n.Text)
		if n.Translated {
			if script := text.Script(n.Text); script > 0 {
				added = appendMarked(added, scriptMark(script), sound, n)
				continue
			}
		}
		added = appendLabels(added, sound, n.Claim, n.Original)
		if text.Spare(n.Text) {
			added = appendMarked(added, skeletonMark, text.Skeleton(sound), n)
		}
	}
	if len(added) == 0 {
		return x
	}
	slices.SortFunc(added, compareLabels)
	stay, _ := layers.Stay(x.layers, len(added))
	for i := len(x.layers) - 1; i >= stay; i-- {
		last := x.layers[i].labels()
		added = layers.Merge(make([]label, 0, len(last)+len(added)), last, added, compareLabels)
	}
	return sounds{append(slices.Clip(x.layers[:stay]), newSoundLayer(added))}
}

func appendMarked(list []label, mark, key string, n Name) []label {
	from := len(list)
	list = appendLabels(list, key, n.Claim, n.Original)
	for i := from; i < len(list); i++ {
		list[i].key = mark + list[i].key
	}
	return list
}

// Len returns the number of labels.
func (l *soundLayer) Len() int { return len(l.shared) }

func newSoundLayer(list []label) *soundLayer {
	l := &soundLayer{
		shared: make([]uint8, len(list)), ends: make([]uint32, len(list)),
		claims: make([]uint32, len(list)), words: make([]uint16, len(list)),
	}
	before, size := "", 0
	for i, x := range list {
		n := 0
		for n < len(before) && n < len(x.key) && n < maxShared && before[n] == x.key[n] {
			n++
		}
		size += len(x.key) - n
		l.shared[i], l.ends[i], l.claims[i], l.words[i] = uint8(n), uint32(size), x.claim, x.word<<1
		if x.original {
			l.words[i] |= 1
		}
		before = x.key
	}
	l.text = make([]byte, 0, size)
	for i, x := range list {
		l.text = append(l.text, x.key[l.shared[i]:]...)
	}
	l.findLow()
	return l
}

func (l *soundLayer) findLow() {
	l.low = make([]uint8, 0, len(l.shared)/soundBlock+1)
	for block := range slices.Chunk(l.shared, soundBlock) {
		l.low = append(l.low, slices.Min(block))
	}
}

// rest returns the end of a label's key that differs from the previous key.
func (l *soundLayer) rest(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.text[from:l.ends[i]]
}

// labels returns the labels of the layer with their whole keys.
func (l *soundLayer) labels() []label {
	size := 0
	for i := range l.shared {
		size += int(l.shared[i]) + len(l.rest(i))
	}
	all := make([]byte, 0, size)
	list := make([]label, len(l.shared))
	ends := make([]int, len(l.shared))
	start := 0
	for i := range list {
		before := start
		start = len(all)
		all = append(append(all, all[before:before+int(l.shared[i])]...), l.rest(i)...)
		ends[i] = len(all)
	}
	whole, from := string(all), 0
	for i, to := range ends {
		list[i] = label{whole[from:to], l.claims[i], l.words[i] >> 1, l.words[i]&1 == 1}
		from = to
	}
	return list
}

// merged returns all layers as one.
func (x *sounds) merged() *soundLayer {
	if len(x.layers) == 1 {
		return x.layers[0]
	}
	var all []label
	for _, l := range x.layers {
		all = append(all, l.labels()...)
	}
	slices.SortFunc(all, compareLabels)
	return newSoundLayer(all)
}

// sound reports whether the arrays of the layer are consistent.
func (l *soundLayer) sound() bool {
	n := len(l.shared)
	if len(l.ends) != n || len(l.claims) != n || len(l.words) != n {
		return false
	}
	from, length := uint32(0), uint32(0)
	for i, to := range l.ends {
		if to < from || int(to) > len(l.text) || uint32(l.shared[i]) > length {
			return false
		}
		from, length = to, uint32(l.shared[i])+to-from
	}
	return true
}
