package snapshot_test

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// distance is the number of edits from a to b, computed in a full table. Exchanging
// two neighbours counts as one edit.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				same := 1
				if a[i-1] == b[j-1] {
					same = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+same)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

// plainly is the distance in characters without exchanges.
func plainly(x, y string) int {
	a, b := []rune(x), []rune(y)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			before, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, before+same)
		}
	}
	return row[len(b)]
}

// naiveKey is a name from one of its words on, spaces and all.
type naiveKey struct {
	key  string
	word int
}

func naiveKeys(name string) []naiveKey {
	var keys []naiveKey
	for at, word := 0, 0; at < len(name) && word < 12; word++ {
		keys = append(keys, naiveKey{name[at:], word})
		next := strings.IndexByte(name[at:], ' ')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return keys
}

// naiveHit is the least edits with which a text is the whole key, words at its
// beginning, or a beginning that ends in the text's last letter.
func naiveHit(sought, key string, edits int, letter func(c byte) (byte, bool)) (whole, words, prefix int, nWhole, nWords, nPrefix int) {
	whole, words, prefix = 9, 9, 9
	take := func(best, n *int, d, spaces int) {
		if d <= edits && d < *best {
			*best, *n = d, spaces+1
		}
	}
	var b strings.Builder
	spaces := 0
	for i := 0; i < len(key); i++ {
		if key[i] == ' ' {
			take(&words, &nWords, distance(sought, b.String()), spaces)
			spaces++
		}
		c, counts := letter(key[i])
		if !counts {
			continue
		}
		if last := len(sought) - 1; sought[last] == c {
			take(&prefix, &nPrefix, distance(sought[:last], b.String()), spaces)
		}
		b.WriteByte(c)
	}
	take(&whole, &nWhole, distance(sought, b.String()), spaces)
	return
}

func asSounds(c byte) (byte, bool) { return c, c != ' ' }

func asClasses(c byte) (byte, bool) {
	if k := text.Class(c); k != 0 {
		return k, true
	}
	return '?', c != ' ' && (c < 'a' || c > 'z')
}

// naiveMatch is how the model says that an entity matches.
type naiveMatch struct {
	id    graph.ID
	kind  string
	score int
}

// naiveBy is an entity, found by its own names or by what sources write for it.
type naiveBy struct {
	id      graph.ID
	wording bool
}

type naiveSearch struct {
	l      *lens
	query  string
	types  []string
	best   map[naiveBy]naiveMatch
	all    map[naiveMatch]bool
	exists map[graph.ID]bool
}

// each calls fn with each name that the view may find entities by, and with a
// function that records a match of it, with the deductions from its score.
func (n *naiveSearch) each(fn func(name string, offer func(kind string, score int))) {
	n.stated(fn, false)
}

// stated does what each does, or, with keys, does so for the codes of entities.
func (n *naiveSearch) stated(fn func(text string, offer func(kind string, score int)), keys bool) {
	for _, f := range n.l.m.claims {
		if !n.l.recorded(f) || f.Confidence < n.l.view.MinConfidence || !n.l.selected(f.Source) {
			continue
		}
		offer := func(id graph.ID, wording bool) func(string, int) {
			less := 0
			if wording {
				less = 100
			}
			if !n.exists[id] || n.types != nil && !slices.Contains(n.types, n.l.m.types[id]) {
				return nil
			}
			if n.l.m.types[id] == "Source" {
				less += 100
			}
			if n.l.holds(f) == graph.HoldsNo || f.Rank == graph.Deprecated {
				less += 30
			}
			return func(kind string, score int) {
				n.all[naiveMatch{id, kind, score - less}] = true
				if bySound(kind) { // of something of which the view shows nothing else
					n.all[naiveMatch{id, kind, score - less - 5}] = true
				}
				by := naiveBy{id, wording}
				if was, ok := n.best[by]; score-less > 0 && (!ok || score-less > was.score) {
					n.best[by] = naiveMatch{id, kind, score - less}
				}
			}
		}
		if keys {
			if o := offer(f.Subject, false); f.Predicate == "iso2" && o != nil {
				fn(f.Value.Text(), o)
			}
			continue
		}
		named := f.Predicate == "name" || f.Predicate == "aliases" || f.Predicate == "officialName"
		if named {
			if o := offer(f.Subject, false); o != nil {
				fn(f.Value.Text(), o)
			}
		}
		id, wording := f.Subject, f.Value.Kind() == graph.EntityKind
		if wording {
			id = f.Value.Entity()
		}
		if f.Original != "" && (named || wording) {
			if o := offer(id, wording); o != nil {
				fn(f.Original, o)
			}
		}
	}
}

func long(more int) int {
	switch {
	case more <= 0:
		return 0
	case more <= 2:
		return []int{20, 35}[more-1]
	case more <= 4:
		return 60
	}
	return 110
}

func different(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

func editsOf(letters int) int { return min(letters/4, 2) }

func (n *naiveSearch) written() {
	key := text.Fold(n.query)
	n.each(func(name string, offer func(string, int)) {
		folded := text.Fold(name)
		total := len(strings.Fields(folded))
		sought := strings.Fields(key)
		for _, k := range naiveKeys(folded) {
			less := long(total - len(sought))
			switch {
			case k.key == key && k.word == 0:
				offer("EXACT", 1000)
			case !strings.HasPrefix(k.key, key):
			case k.word == 0 && k.key[len(key)] == ' ':
				offer("PREFIX", 900-less)
			case k.word == 0:
				offer("PREFIX", 850-less)
			case k.key == key || k.key[len(key)] == ' ':
				offer("WORD", 870-less)
			default:
				offer("WORD", 810-less)
			}
		}
		sought = different(sought)
		if len(sought) < 2 || len(sought) > 12 {
			return
		}
		score := 840
		for _, w := range sought {
			best := 0
			for i, x := range strings.Fields(folded) {
				switch {
				case i >= 12:
				case x == w:
					best = 840
				case strings.HasPrefix(x, w):
					best = max(best, 800)
				}
			}
			score = min(score, best)
		}
		if score > 0 {
			offer("WORD", score-long(total-len(sought)))
		}
	})
}

// sounding finds names by how they sound. Where some letters of the text's beginning are fixed, only
// names that begin with these count, and only by their whole sound.
func (n *naiveSearch) sounding(edits, fixed int) {
	sound := text.Sound(n.query)
	words := different(strings.Fields(sound))
	joined := strings.ReplaceAll(sound, " ", "")
	skeleton := strings.ReplaceAll(text.Skeleton(sound), " ", "")
	spare := text.Spare(n.query)
	byConsonants := len(skeleton) >= 2 && (spare || len(skeleton) >= 3) && (edits == 0 || len(skeleton) >= 5)
	n.each(func(name string, offer func(string, int)) {
		nameSound := text.Sound(name)
		total := len(strings.Fields(text.Fold(name)))
		scan := func(sought, full string, edits int, consonants int, letter func(byte) (byte, bool)) {
			for _, k := range naiveKeys(full) {
				if !strings.HasPrefix(strings.ReplaceAll(k.key, " ", ""), joined[:fixed]) {
					continue
				}
				whole, words, prefix, nWhole, nWords, nPrefix := naiveHit(sought, k.key, edits, letter)
				if consonants > 0 && consonants < 4 {
					prefix = 9
					if consonants < 3 {
						words = 9
						if k.word > 0 {
							continue
						}
					}
				}
				best, at, taken := naiveScore(k.word > 0, [...]int{whole, words, prefix}, [...]int{nWhole, nWords, nPrefix})
				if best <= 0 {
					continue
				}
				if consonants > 0 {
					list := strings.Fields(nameSound)
					part := strings.Join(list[min(k.word, len(list)):min(k.word+taken, len(list))], " ")
					best -= 50 + 30*min(plainly(sound, part), 5)
					if part != "" && (text.Class(part[0]) == 0) != (text.Class(sound[0]) == 0) {
						best -= 100
					}
				}
				offer(soundKind(at), best-long(total-taken))
			}
		}
		if scan(joined, nameSound, edits, 0, asSounds); fixed > 0 {
			return
		}
		if byConsonants && spare {
			scan(skeleton, nameSound, min(edits, 1), len(skeleton), asClasses)
		}
		if byConsonants && !spare && text.Spare(name) {
			scan(skeleton, text.Skeleton(nameSound), min(edits, 1), len(skeleton), asSounds)
		}
		if len(words) < 2 || len(words) > 12 {
			return
		}
		sum, begun, all := naiveWords(words, nameSound, edits)
		if !all {
			return
		}
		score := 840
		if begun {
			score = 800
		}
		offer(soundKind(edits), score-150*sum-80-long(total-len(words)))
	})
}

// soundKind is how a name matches by sound, with that many letters wrong.
func soundKind(edits int) string {
	if edits > 0 {
		return "FUZZY"
	}
	return "TRANSLITERATED"
}

// naiveScore is the best score of a name found whole, by words or by a beginning, each with
// its edits and words: the score, and the edits and words of what has it.
func naiveScore(inside bool, edits, found [3]int) (best, at, taken int) {
	places := []int{1000, 900, 850}
	if inside {
		places = []int{870, 870, 810}
	}
	for i, d := range edits {
		if score := places[i] - 80 - 150*d; d < 9 && score > best {
			best, at, taken = score, d, found[i]
		}
	}
	return best, at, taken
}

// naiveWords finds each word among those of a name: with how many edits in all, and
// whether some only begin a word.
func naiveWords(words []string, nameSound string, edits int) (sum int, begun, all bool) {
	for _, w := range words {
		least, begins := 9, false
		for _, k := range naiveKeys(nameSound) {
			whole, whileWords, prefix, _, _, _ := naiveHit(w, k.key, min(edits, editsOf(len(w))), asSounds)
			if d := min(whole, whileWords); d < least || d == least && begins {
				least, begins = d, false
			}
			if prefix < least {
				least, begins = prefix, true
			}
		}
		if least == 9 {
			return 0, false, false
		}
		sum, begun = sum+least, begun || begins
	}
	return sum, begun, true
}

func (n *naiveSearch) run() []naiveMatch {
	n.best, n.all = map[naiveBy]naiveMatch{}, map[naiveMatch]bool{}
	if text.Fold(n.query) == "" {
		return nil
	}
	for _, id := range []string{n.query, strings.ToUpper(n.query)} {
		if id := graph.ID(id); n.exists[id] && (n.types == nil || slices.Contains(n.types, n.l.m.types[id])) {
			n.best[naiveBy{id: id}] = naiveMatch{id, "ID", 990}
		}
	}
	n.stated(func(code string, offer func(string, int)) {
		if code == strings.TrimSpace(n.query) {
			offer("KEY", 985-1)
		}
	}, true)
	n.written()
	letters := len(strings.ReplaceAll(text.Sound(n.query), " ", ""))
	if len(n.best) < 10 && (letters > 2 || strings.ContainsFunc(text.Fold(n.query), func(r rune) bool { return r >= 0x250 || unicode.IsNumber(r) })) {
		n.sounding(0, 0)
	}
	exact := false
	for _, m := range n.best {
		exact = exact || m.kind == "EXACT" || m.kind == "KEY"
	}
	switch edits := editsOf(letters); {
	case edits == 0 || len(n.best) >= 10:
	case exact: // what is one slip away from it
		n.sounding(1, 2)
	default:
		n.sounding(edits, 0)
	}
	list := n.counting()
	slices.SortFunc(list, n.order)
	return list
}

// counting are the best matches: those by a wording only where no other entity has the text as its name,
// or one that does is linked with what the wording is for.
func (n *naiveSearch) counting() []naiveMatch {
	best := map[graph.ID]naiveMatch{}
	for by, m := range n.best {
		others, linked := false, false
		for other, x := range n.best {
			if by.wording && !other.wording && x.kind == "EXACT" && x.id != m.id {
				others, linked = true, linked || n.linked(x.id, m.id)
			}
		}
		if others && !linked {
			reached["a wording that is the name of another"]++
			if _, ok := n.best[naiveBy{id: m.id}]; ok {
				reached["such a wording of what has a name as well"]++
			}
			continue
		}
		if was, ok := best[m.id]; !ok || m.score > was.score {
			best[m.id] = m
		}
	}
	return slices.Collect(maps.Values(best))
}

// reached counts how often the drawn searches reach some cases.
var reached = map[string]int{}

// linked reports whether a claim in view has both entities.
func (n *naiveSearch) linked(a, b graph.ID) bool {
	return slices.ContainsFunc(n.l.visible(), func(f *fact) bool {
		return f.Subject == a && f.Value.Entity() == b || f.Subject == b && f.Value.Entity() == a
	})
}

// order is the order of the matches of a search.
func (n *naiveSearch) order(a, b naiveMatch) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(n.prominence(b.id), n.prominence(a.id)), strings.Compare(string(a.id), string(b.id)))
}

// prominence is the order of the type, then the magnitude of the claims that
// have the entity as subject or object, whether they are withdrawn or not.
func (n *naiveSearch) prominence(id graph.ID) int {
	order := -1
	for _, t := range n.l.m.o.Types {
		if !t.Abstract {
			order++
		}
		if t.Name == n.l.m.types[id] {
			break
		}
	}
	about := 0
	for _, f := range n.l.m.claims {
		if f.Subject == id {
			about++
		}
		if f.Value.Entity() == id {
			about++
		}
	}
	return -order*1000 + bits.Len(uint(about))
}
