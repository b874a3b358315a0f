package names

import (
	"strings"

	"github.com/caspian-kg/caspian/graph/text"
)

// pattern is what a scan searches: some letters with a bounded number of edits. An edit is a letter left out,
// added or changed, or two exchanged neighbours. The pattern is an automaton with a row of bits for each number
// of edits, and in a row a bit for each number of matched letters.
type pattern struct {
	// masks has, for each byte, bit i+1 set if letter i is that byte.
	masks [256]uint64
	// free marks the bytes that are ignored at any position.
	free [256]bool
	// solid has bit i+1 set if letter i must not be left out or changed, such as a digit or a mark.
	solid uint64
	// rigid has bit i set if no letter may be added after letter i.
	rigid uint64
	n     int // how many letters there are
	edits int
	// sought is the sound of the text without spaces, or "" if only its consonants are searched.
	sought string
	spare  bool // the text is in a script that omits vowels
}

const (
	maxEdits   = 2
	maxPattern = 62
	// far is the number of edits that means no match.
	far = maxEdits + 1
)

// soundPattern returns a pattern for names that sound like the words; spaces are ignored. ok is false if there
// is no letter or there are too many.
func soundPattern(sound string, edits int) (p *pattern, ok bool) {
	p = &pattern{edits: edits, sought: strings.TrimLeft(strings.ReplaceAll(sound, " ", ""), marks)}
	p.free[' '] = true
	for i := 0; i < len(sound); i++ {
		if sound[i] == ' ' {
			continue
		}
		if p.n == maxPattern {
			return nil, false
		}
		p.n++
		p.masks[sound[i]] |= 1 << p.n
		if isSolid(sound[i]) {
			p.solid |= 1 << p.n
		}
	}
	return p, p.sought != ""
}

// fix forbids edits in the first n letters of the pattern.
func (p *pattern) fix(n int) {
	p.solid |= 1<<(n+1) - 2
	p.rigid = 1<<n - 1
}

// skeletonPattern returns a pattern for the skeletons of names in the scripts that omit vowels.
func skeletonPattern(skeleton string, edits int) (p *pattern, ok bool) {
	p, ok = soundPattern(skeleton, edits)
	if ok {
		p.free[skeletonMark[0]], p.sought = true, ""
	}
	return p, ok
}

// vowellessPattern returns a pattern for names with the consonant classes of the skeleton and any vowels.
func vowellessPattern(skeleton string, edits int) (p *pattern, ok bool) {
	classes, ok := soundPattern(skeleton, edits)
	if !ok {
		return nil, false
	}
	p = &pattern{n: classes.n, edits: edits}
	for b := range 256 {
		switch c := text.Class(byte(b)); {
		case c != 0:
			p.masks[b] = classes.masks[c]
		case b == ' ' || b >= 'a' && b <= 'z':
			p.free[b] = true
		}
	}
	return p, true
}

// isSolid reports whether a letter of a sound is a digit or the mark of a script.
func isSolid(c byte) bool { return c >= '0' && c <= '9' || c < ' ' }

// hit is how a label matches: the number of edits for its whole key, for its first words, and for any beginning
// of it; far means no match.
type hit struct {
	whole, words, prefix uint8
	// How many words of the key the respective match takes.
	nWhole, nWords, nPrefix uint8
}

// scanState is the state of the automaton after some bytes of a key.
type scanState struct {
	rows   [maxEdits + 1]uint64
	before [maxEdits]uint64 // the rows one letter earlier
	last   byte             // the last letter, for exchanged neighbours
	spaces uint8
	hit
}

func (p *pattern) start() scanState {
	var s scanState
	s.rows[0] = 1
	for d := 1; d <= p.edits; d++ {
		s.rows[d] = s.rows[d-1] | s.rows[d-1]<<1&^p.solid // the first d letters are left out
	}
	s.whole, s.words, s.prefix = far, far, far
	return s
}

// step sets next, a copy of s, to the state one byte after s. If only the beginning of a key matches, its last
// letter must be the typed one, because nothing says that the following letter is wrong. next is a parameter
// because a state is large: returning it made a search with edits a twentieth slower.
func (p *pattern) step(s, next *scanState, c byte) {
	if p.free[c] {
		if c == ' ' {
			if d := p.accepts(s); d < next.words {
				next.words, next.nWords = d, s.spaces+1
			}
			next.spaces++
		}
		return
	}
	mask := p.masks[c]
	all := uint64(1)<<(p.n+1) - 1
	next.rows[0] = s.rows[0] << 1 & mask
	if isSolid(c) {
		for d := 1; d <= p.edits; d++ {
			next.rows[d] = (s.rows[d]<<1&mask | next.rows[d-1]<<1&^p.solid) & all
		}
	} else {
		for d := 1; d <= p.edits; d++ {
			exchanged := s.before[d-1] << 2 & (mask << 1) & p.masks[s.last]
			next.rows[d] = (s.rows[d]<<1&mask | s.rows[d-1]&^p.rigid | (s.rows[d-1]<<1|next.rows[d-1]<<1|exchanged)&^p.solid) & all
		}
	}
	next.before = [maxEdits]uint64{s.rows[0], s.rows[1]}
	next.last = c
	for d := range p.edits + 1 {
		if s.rows[d]<<1&mask>>p.n&1 == 1 {
			if uint8(d) < next.prefix {
				next.prefix, next.nPrefix = uint8(d), s.spaces+1
			}
			break
		}
	}
}

// accepts returns the lowest number of edits with which all letters match.
func (p *pattern) accepts(s *scanState) uint8 {
	for d := range p.edits + 1 {
		if s.rows[d]>>p.n&1 == 1 {
			return uint8(d)
		}
	}
	return far
}

func (p *pattern) dead(s *scanState) bool {
	all := uint64(0)
	for d := range p.edits + 1 {
		all |= s.rows[d]
	}
	return all == 0
}

// match returns how one key matches.
func (p *pattern) match(key string) hit {
	s := p.start()
	for i := 0; i < len(key); i++ {
		next := s
		p.step(&s, &next, key[i])
		s = next
	}
	return p.ended(&s)
}

// ended returns the hit of a key that ends in state s.
func (p *pattern) ended(s *scanState) hit {
	h := s.hit
	if h.whole = p.accepts(s); h.whole < far {
		h.nWhole = s.spaces + 1
	}
	return h
}

// scan calls fn with each label that matches and with the matching beginning of its key, which is valid until
// fn returns. It ends when stop returns true.
func (l *soundLayer) scan(p *pattern, stop func() bool, fn func(i int, h hit, key []byte)) {
	// states[i] is the state after i bytes of the current key. If dead is not 0, nothing after that many bytes
	// can match, although a beginning may have matched.
	states := make([]scanState, 1, 64)
	states[0] = p.start()
	key := make([]byte, 0, 64) // the bytes that led to the states
	dead := 0
	for i, looked := 0, 0; i < len(l.shared); i++ {
		if looked++; looked%4 == 0 && stop() {
			return
		}
		shared := int(l.shared[i])
		if dead > 0 && shared >= dead {
			if h := states[dead-1].hit; h.words < far || h.prefix < far {
				fn(i, h, key)
				continue
			}
			if i = l.next(i, dead); i == len(l.shared) {
				return
			}
			shared = int(l.shared[i])
		}
		dead = 0
		states, key = states[:shared+1], key[:shared]
		for _, c := range l.rest(i) {
			n := len(states)
			states = append(states, states[n-1])
			if p.step(&states[n-1], &states[n], c); p.dead(&states[n]) {
				states, dead = states[:n], n
				break
			}
			key = append(key, c)
		}
		h := states[len(states)-1].hit
		if dead == 0 {
			h = p.ended(&states[len(states)-1])
		}
		if h.whole < far || h.words < far || h.prefix < far {
			fn(i, h, key)
		}
	}
}

// next returns the first label from i on that shares fewer than shared bytes with the previous label, or the
// number of labels if there is none.
func (l *soundLayer) next(i, shared int) int {
	for ; i < len(l.shared); i++ {
		if i%soundBlock == 0 {
			for i/soundBlock < len(l.low) && int(l.low[i/soundBlock]) >= shared {
				i += soundBlock
			}
			if i >= len(l.shared) {
				break
			}
		}
		if int(l.shared[i]) < shared {
			return i
		}
	}
	return len(l.shared)
}
