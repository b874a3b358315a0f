package names

import "github.com/caspian-kg/caspian/graph/text"

// pattern is what a scan looks for: some letters with at most so many edits
// (a letter left out, added or changed, or two neighbours exchanged). It is an
// automaton with a bit for each number of letters matched, and a row of them
// for each number of edits.
type pattern struct {
	// masks has, for each byte, bit i+1 set where letter i is that byte.
	masks [256]uint64
	// free are the bytes that count for nothing wherever they stand.
	free  [256]bool
	n     int // letters
	edits int
}

const (
	maxEdits   = 2
	maxPattern = 62
	// far is the number of edits of what does not match.
	far = maxEdits + 1
)

// soundPattern matches names that sound like the words, whose spaces count for
// nothing; ok is false where they have too many letters to look for.
func soundPattern(sound string, edits int) (p *pattern, ok bool) {
	p = &pattern{edits: edits}
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
	}
	return p, p.n > 0
}

// skeletonPattern matches the skeletons of the names in the spare scripts.
func skeletonPattern(skeleton string, edits int) (p *pattern, ok bool) {
	p, ok = soundPattern(skeleton, edits)
	if ok {
		p.free[skeletonMark[0]] = true
	}
	return p, ok
}

// vowellessPattern matches names whose consonants are of the skeleton's
// classes, whatever vowels they have.
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

// hit is how a label matches: with how many edits its whole key, some words
// at its beginning, or any beginning of it; far where not.
type hit struct {
	whole, words, prefix uint8
	// How many words of the key those of the same name take.
	nWhole, nWords, nPrefix uint8
}

// scanState is the automaton behind some bytes of a key.
type scanState struct {
	rows   [maxEdits + 1]uint64
	before [maxEdits]uint64 // the rows one letter ago
	last   byte             // the letter, for exchanged neighbours
	spaces uint8
	hit
}

func (p *pattern) start() scanState {
	var s scanState
	for d := range p.edits + 1 {
		s.rows[d] = 1<<(d+1) - 1 // the first d letters left out
	}
	s.whole, s.words, s.prefix = far, far, far
	return s
}

// step is the state one byte further. In a beginning of a key the last letter
// must be the one typed: what follows it is not known to be wrong.
func (p *pattern) step(s *scanState, c byte) scanState {
	next := *s
	if p.free[c] {
		if c == ' ' {
			if d := p.accepts(s); d < next.words {
				next.words, next.nWords = d, s.spaces+1
			}
			next.spaces++
		}
		return next
	}
	mask := p.masks[c]
	all := uint64(1)<<(p.n+1) - 1
	next.rows[0] = s.rows[0] << 1 & mask
	for d := 1; d <= p.edits; d++ {
		exchanged := s.before[d-1] << 2 & (mask << 1) & p.masks[s.last]
		next.rows[d] = (s.rows[d]<<1&mask | s.rows[d-1] | s.rows[d-1]<<1 | next.rows[d-1]<<1 | exchanged) & all
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
	return next
}

// accepts is with how many edits all letters are matched.
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

// match is how a key matches by itself.
func (p *pattern) match(key string) hit {
	s := p.start()
	for i := 0; i < len(key); i++ {
		s = p.step(&s, key[i])
	}
	return p.ended(&s)
}

// ended is the hit of a key that ends in the state.
func (p *pattern) ended(s *scanState) hit {
	h := s.hit
	if h.whole = p.accepts(s); h.whole < far {
		h.nWhole = s.spaces + 1
	}
	return h
}

// scan calls fn with each label that matches. It ends early where stop says so.
func (l *soundLayer) scan(p *pattern, stop func() bool, fn func(i int, h hit)) {
	// states[i] is the state behind i bytes of the key at hand. Behind dead
	// bytes, where not 0, no more can match; a beginning may have.
	states := make([]scanState, 1, 64)
	states[0] = p.start()
	dead := 0
	for i := 0; i < len(l.shared); i++ {
		if i%16 == 0 && stop() {
			return
		}
		shared := int(l.shared[i])
		if dead > 0 && shared >= dead {
			if h := states[dead-1].hit; h.words < far || h.prefix < far {
				fn(i, h)
			} else if i%soundBlock == 0 && int(l.low[i/soundBlock]) >= dead {
				i += soundBlock - 1
			}
			continue
		}
		dead = 0
		states = states[:shared+1]
		for _, c := range l.rest(i) {
			s := p.step(&states[len(states)-1], c)
			if p.dead(&s) {
				dead = len(states)
				break
			}
			states = append(states, s)
		}
		h := states[len(states)-1].hit
		if dead == 0 {
			h = p.ended(&states[len(states)-1])
		}
		if h.whole < far || h.words < far || h.prefix < far {
			fn(i, h)
		}
	}
}
