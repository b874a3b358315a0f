package text

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Compare orders names and other texts for people, by the Unicode collation with its root locale. It compares
// letters, then accents, then case, so that Åland sorts with A, and é next to e. Texts that are equal in the
// collation are ordered by their bytes: only for identical texts is the result 0.
//
// Most texts differ in a letter of Latin, Greek or Cyrillic, which is compared with a table; other texts are
// compared by their keys (Key).
func Compare(a, b string) int {
	if c, decided := CompareLetters(a, b); decided {
		return c
	}
	return strings.Compare(Key(a), Key(b))
}

// CompareLetters is Compare if a table of letters can decide; decided is false if the keys must be compared. A
// caller that compares one text many times should cache its key.
func CompareLetters(a, b string) (c int, decided bool) {
	if a == b {
		return 0, true
	}
	table := weightsOfLetters()
	// Most names begin in ASCII, where each byte is a letter with one weight.
	for i := 0; ; i++ {
		if i == len(a) || i == len(b) || a[i] >= 0x80 || b[i] >= 0x80 {
			return table.compare(a, b, i)
		}
		if a[i] == b[i] {
			continue
		}
		if x, y := table.ascii[a[i]], table.ascii[b[i]]; x != y {
			if x == 0 || y == 0 || !table.ends(a, i+1) || !table.ends(b, i+1) {
				return table.compare(a, b, i)
			}
			if x < y {
				return -1, true
			}
			return 1, true
		}
	}
}

// compare is CompareLetters for texts that have the same letters before an index.
func (table *weightTable) compare(a, b string, from int) (c int, decided bool) {
	var x, y letter // the unread weights of the current letters
	i, j := from, from
	for {
		if x.n == 0 && i < len(a) {
			if x, i = table.at(a, i); x.n == 0 {
				return 0, false
			}
		}
		if y.n == 0 && j < len(b) {
			if y, j = table.at(b, j); y.n == 0 {
				return 0, false
			}
		}
		switch {
		case x.n == 0 && y.n == 0:
			return 0, false // the same letters, so accents or case decide
		case x.weights[0] != y.weights[0]:
			// The next character, such as a mark, may still change these letters.
			if !table.ends(a, i) || !table.ends(b, j) {
				return 0, false
			}
			if x.weights[0] < y.weights[0] {
				return -1, true
			}
			return 1, true
		}
		x, y = x.rest(), y.rest()
	}
}

// LeadingLetters returns the first four letters of a text as one number. If the numbers of two texts differ,
// they have the order of Compare. It returns 0 if the table lacks one of the letters.
func LeadingLetters(s string) (lead uint64) {
	table := weightsOfLetters()
	const most = 4
	i := 0
	for n := 0; n < most; {
		if i == len(s) {
			// The end of a text comes before every letter.
			return lead << (16 * (most - n))
		}
		var l letter
		if l, i = table.at(s, i); l.n == 0 || !table.ends(s, i) {
			return 0
		}
		for ; l.n > 0 && n < most; n++ {
			lead = lead<<16 | uint64(l.weights[0])
			l = l.rest()
		}
	}
	return lead
}

// AppendLetters appends to dst the part of a text's Key that is for letters, followed by the two zero bytes
// that separate it from accents and case. ok is false if the table lacks one of the letters. So the texts whose
// letters begin with those of another are consecutive in the order.
func AppendLetters(dst []byte, s string) (_ []byte, ok bool) {
	table := weightsOfLetters()
	for i := 0; i < len(s); {
		var l letter
		if l, i = table.at(s, i); l.n == 0 {
			return dst, false
		}
		for ; l.n > 0; l = l.rest() {
			dst = append(dst, byte(l.weights[0]>>8), byte(l.weights[0]))
		}
	}
	return append(dst, 0, 0), true
}

// Key returns the key of a text: keys compare byte by byte as Compare compares the texts. Recent keys are
// cached. Key is safe for concurrent use.
func Key(s string) string {
	if len(s) > longestKept {
		return makeKey(s)
	}
	slot := &keptKeys[maphash.String(keySeed, s)%uint64(len(keptKeys))]
	if k := slot.Load(); k != nil && k.text == s {
		return k.key
	}
	k := &textKey{strings.Clone(s), makeKey(s)}
	slot.Store(k)
	return k.key
}

type textKey struct{ text, key string }

// The cache of keys, by a hash of their text; each entry has the last key with that hash. It takes at most some
// 16 MB.
var (
	keptKeys [1 << 14]atomic.Pointer[textKey]
	keySeed  = maphash.MakeSeed()
)

const longestKept = 200

// collator computes keys. Only one goroutine may use it at a time.
type collator struct {
	*collate.Collator
	buf collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.Und)} }}

func makeKey(s string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buf.Reset()
	key := c.KeyFromString(&c.buf, s)
	// No weight of the last level is 0, so shorter keys come first.
	return string(key) + "\x00" + s
}

// letter has the primary weights of a letter, of which there are n.
type letter struct {
	weights [2]uint16
	n       uint8
}

func (l letter) rest() letter {
	if l.n < 2 {
		return letter{}
	}
	return letter{[2]uint16{l.weights[1]}, 1}
}

// weightTable has the weights of Latin, Greek and Cyrillic letters and of the signs used with them, by rune. It
// lacks characters that the collation treats differently depending on their neighbours, and those without
// weight.
type weightTable struct {
	ascii [0x80]uint16 // the weights of single bytes, 0 for none
	all   [lettersEnd]letter
}

const lettersEnd = 0x530

// at returns the letter at an index of a text, and the index after it.
func (t *weightTable) at(s string, i int) (letter, int) {
	c := s[i]
	if c < 0x80 {
		return t.all[c], i + 1
	}
	if c < 0xC2 || c > 0xDF || i+1 == len(s) || s[i+1]&0xC0 != 0x80 {
		return letter{}, i
	}
	r := uint(c&0x1F)<<6 | uint(s[i+1]&0x3F)
	if r >= lettersEnd {
		return letter{}, i
	}
	return t.all[r], i + 2
}

// ends reports whether the letter before an index certainly ends there.
func (t *weightTable) ends(s string, i int) bool {
	if i == len(s) {
		return true
	}
	if c := s[i]; c < 0x80 {
		return t.ascii[c] > 0
	}
	l, _ := t.at(s, i)
	return l.n > 0
}

var weightTables atomic.Pointer[weightTable]

// weightsOfLetters returns the table. The first call computes it, in some milliseconds.
func weightsOfLetters() *weightTable {
	if t := weightTables.Load(); t != nil {
		return t
	}
	return makeWeights()
}

func makeWeights() *weightTable {
	t := new(weightTable)
	for r := rune(1); r < lettersEnd; r++ {
		// Characters such as l· are separate letters.
		if r == 0xB7 || r == 0x387 {
			continue
		}
		key := makeKey(string(r))
		l := letter{}
		for ; len(key) > 1 && (key[0] != 0 || key[1] != 0); key = key[2:] {
			if key[0]&0x80 != 0 || int(l.n) == len(l.weights) {
				l.n = 0 // a long weight, or more weights than fit
				break
			}
			l.weights[l.n] = uint16(key[0])<<8 | uint16(key[1])
			l.n++
		}
		if t.all[r] = l; r < 0x80 && l.n == 1 {
			t.ascii[r] = l.weights[0]
		}
	}
	weightTables.Store(t) // harmless if another goroutine has stored one too
	return t
}
