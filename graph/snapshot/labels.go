package snapshot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/caspian-kg/caspian/graph"
)

// labels finds entities by the words of their names, aliases and original
// forms. Like index it is a stack of sorted layers, the largest first.
type labels struct{ layers [][]label }

// label is a name from the start of one of its words on, folded.
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
	return int(a.claim) - int(b.claim)
}

func (x labels) with(s *Snapshot, claims []uint32) labels {
	if len(claims) == 0 {
		return x
	}
	var added []label
	for _, n := range claims {
		r := s.rows.ref(n)
		if p := s.predicates.list[r.predicate]; p == "name" || p == "aliases" {
			added = appendLabels(added, s.value(r.cell()).Text(), n, false)
		}
		if o := s.extras.ref(r.extra).original; o != "" {
			added = appendLabels(added, o, n, true)
		}
	}
	layers := append([][]label(nil), x.layers...)
	for len(layers) > 0 && len(layers[len(layers)-1]) <= 2*len(added) {
		added = append(added, layers[len(layers)-1]...)
		layers = layers[:len(layers)-1]
	}
	slices.SortFunc(added, compareLabels)
	return labels{append(layers, added)}
}

const maxLabelWords = 12

func appendLabels(list []label, name string, claim uint32, original bool) []label {
	folded := Fold(name)
	word := uint16(0)
	for at := 0; at < len(folded) && word < maxLabelWords; {
		list = append(list, label{folded[at:], claim, word, original})
		next := strings.IndexByte(folded[at:], ' ')
		if next < 0 {
			break
		}
		at += next + 1
		word++
	}
	return list
}

// Fold makes names comparable: lower case, without diacritics, every run of
// spaces and punctuation one space.
func Fold(s string) string {
	if b, ok := foldASCII(make([]byte, 0, len(s)), s); ok {
		return string(b)
	}
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsNumber(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’' || r == 'ʼ':
			// Apostrophes inside a name (Xi'an) part no words.
		default:
			space = true
		}
	}
	return b.String()
}

// folded is Fold, in dst where the text needs no tables.
func folded(dst []byte, s string) []byte {
	if b, ok := foldASCII(dst, s); ok {
		return b
	}
	return []byte(Fold(s))
}

// foldASCII appends the folded form of a text that needs no tables.
func foldASCII(dst []byte, s string) ([]byte, bool) {
	space := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return nil, false
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '\'':
			continue
		default:
			space = len(dst) > 0
			continue
		}
		if space {
			dst = append(dst, ' ')
			space = false
		}
		dst = append(dst, c)
	}
	return dst, true
}

// Match is one entity found by a name.
type Match struct {
	Entity uint32
	// Claim is the claim whose name or original form matched.
	Claim uint32
	// Matched is that name.
	Matched string
	// Score is from 0 to 1, the higher the better.
	Score float64
}

// Search finds the entities of the view one of whose names, aliases or
// original forms has a word that begins with the text, best first: the whole
// name, then the beginning of one, then a later word. types, where not nil,
// keeps the concrete types for which it is true.
func (v *View) Search(text string, types func(name string) bool) []Match {
	key := Fold(text)
	if key == "" {
		return nil
	}
	best := map[uint32]Match{}
	for _, layer := range v.s.labels.layers {
		from, _ := slices.BinarySearchFunc(layer, label{key: key}, func(a, b label) int { return strings.Compare(a.key, b.key) })
		for _, l := range layer[from:] {
			if v.stop() || !strings.HasPrefix(l.key, key) {
				break
			}
			v.consider(l, key, types, best)
		}
	}
	if n, ok := v.s.Number(graph.ID(text)); ok && v.Exists(n) && (types == nil || types(v.s.TypeName(n))) {
		best[n] = Match{Entity: n, Claim: None, Matched: text, Score: 1}
	}
	found := make([]Match, 0, len(best))
	for _, m := range best {
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(v.s.ids.at(a.Entity), v.s.ids.at(b.Entity))
	})
	return found
}

func (v *View) consider(l label, key string, types func(string) bool, best map[uint32]Match) {
	r := v.s.rows.ref(l.claim)
	if types != nil && !types(v.s.TypeName(r.subject)) {
		return
	}
	// Names of other dates find their entity too; the record time, the
	// confidence and the source must be in view.
	if !v.sees(l.claim) || !v.chosen(r) || !v.Exists(r.subject) {
		return
	}
	score := 0.5 + 0.4*float64(len(key))/float64(len(l.key))
	switch {
	case l.word > 0:
		score -= 0.3
	case len(l.key) == len(key):
		score = 1
	}
	if v.Holds(l.claim) == graph.HoldsNo {
		score -= 0.05
	}
	if m, ok := best[r.subject]; ok && m.Score >= score {
		return
	}
	matched := v.s.extras.ref(r.extra).original
	if !l.original {
		matched = v.s.value(r.cell()).Text()
	}
	best[r.subject] = Match{r.subject, l.claim, matched, score}
}
