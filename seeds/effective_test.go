package seeds_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// term is one holder of an office of a state, or a spell of its effective leader.
type term struct {
	claim    *graph.Claim
	state    graph.ID
	from, to graph.Day // what its dates or its source attest
	main     bool      // of a head of state or of government
}

// offices are who held what, of several sets of claims.
type offices struct {
	of    map[graph.ID]graph.ID        // the state of a position
	roles map[graph.ID]map[string]bool // of a position
	names map[graph.ID][]string        // of a person
	terms map[graph.ID][]*term         // by state
}

func officesOf(sets ...[]graph.Claim) *offices {
	o := &offices{of: map[graph.ID]graph.ID{}, roles: map[graph.ID]map[string]bool{}, names: map[graph.ID][]string{}, terms: map[graph.ID][]*term{}}
	each := func(do func(c *graph.Claim)) {
		for _, set := range sets {
			for i := range set {
				if set[i].Rank != graph.Deprecated {
					do(&set[i])
				}
			}
		}
	}
	each(func(c *graph.Claim) {
		switch c.Predicate {
		case "of":
			o.of[c.Subject] = c.Value.Entity()
		case "role":
			if o.roles[c.Subject] == nil {
				o.roles[c.Subject] = map[string]bool{}
			}
			o.roles[c.Subject][c.Value.String()] = true
		case "name", "aliases":
			o.names[c.Subject] = append(o.names[c.Subject], c.Value.String())
		}
	})
	each(func(c *graph.Claim) {
		position := c.Value.Entity()
		if state := o.of[position]; c.Predicate == "holds" && state != "" {
			roles := o.roles[position]
			x := &term{claim: c, state: state, main: roles["HEAD_OF_STATE"] || roles["HEAD_OF_GOVERNMENT"]}
			x.from, x.to = attested(c)
			o.terms[state] = append(o.terms[state], x)
		}
	})
	for _, list := range o.terms {
		slices.SortStableFunc(list, func(a, b *term) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	}
	return o
}

// editionOf is the year of the edition that states a claim, or 2026 where another source does.
func editionOf(c *graph.Claim) int {
	year := 2026
	fmt.Sscanf(string(c.Source), "factbook-%d", &year)
	return year
}

// day reads a date of the form 2006-01-02.
func day(text string) graph.Day {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d.First()
}

// attested are the days from the beginning of a term, or of the edition that has it, to its end or that edition.
func attested(c *graph.Claim) (from, to graph.Day) {
	year := fmt.Sprint(editionOf(c))
	from, to = day(year+"-01-01"), day(year+"-12-31")
	if c.Source == effectiveSource {
		to = day("2015-12-31")
	}
	if c.Valid.From.Known() {
		from = c.Valid.From.First()
	}
	if c.Valid.To.Known() {
		to = c.Valid.To.Last()
	}
	return from, to
}

func (x *term) common(y *term) int64 { return int64(min(x.to, y.to)) - int64(max(x.from, y.from)) }

// links finds, for each effective leader, the person who held an office of the same state at the same time under the same family
// name. Where two people may be meant, nobody is, but by hand.
func links(t *testing.T, spells, held *offices, byHand map[string]graph.ID) map[graph.ID]graph.ID {
	found := map[graph.ID]map[graph.ID]int64{} // the days in common, and more where more words of the name are
	for state, list := range spells.terms {
		for _, s := range list {
			leader := s.claim.Subject
			for _, x := range held.terms[state] {
				days, person := x.common(s), x.claim.Subject
				if name := spells.names[leader][0]; days > 0 && sameLeader(name, held.names[person]) {
					if found[leader] == nil {
						found[leader] = map[graph.ID]int64{}
					}
					found[leader][person] += days << (8 * wordsOf(name, held.names[person]))
				}
			}
			if id, ok := byHand[s.claim.Locator]; ok {
				found[leader] = map[graph.ID]int64{id: math.MaxInt64}
			}
		}
	}
	all := map[graph.ID]graph.ID{}
	for _, leader := range slices.Sorted(maps.Keys(found)) {
		people := slices.SortedFunc(maps.Keys(found[leader]), func(a, b graph.ID) int { return cmp.Compare(found[leader][b], found[leader][a]) })
		if len(people) > 1 && found[leader][people[0]]/10 < found[leader][people[1]] {
			t.Logf("%s may be any of %v: not linked", leader, people)
			continue
		}
		all[leader] = people[0]
	}
	return all
}

// wordsOf is how many words of a leader's name are in one of the others, at most 4.
func wordsOf(leader string, names []string) (most int) {
	for _, name := range names {
		words, n := strings.Fields(leaderKey(name)), 0
		for _, w := range strings.Fields(leaderKey(leader)) {
			if slices.Contains(words, w) {
				n++
			}
		}
		most = max(most, n)
	}
	return min(most, 4)
}

// noteArchigos is on the ends of terms that Archigos has.
const noteArchigos = "the end is that of the effective leader, by Archigos"

// endTerms ends the terms of which an edition says the beginning, and at most the successor's: where somebody else began to hold the
// office before that, and where the holder ceased to be the effective leader, if that is not much before an edition that has the term still. It
// returns how many it ended.
func endTerms(claims []graph.Claim, held, spells *offices, linked map[graph.ID]graph.ID) (n int) {
	for i := range claims {
		c := &claims[i]
		if c.Predicate != "holds" || !c.Valid.From.Known() {
			continue
		}
		end, note := held.successor(c), "the end is the successor's beginning"
		from, to := attested(c)
		limit := graph.LastDay
		if c.Valid.To.Known() {
			limit = to
		}
		if end.Known() {
			limit = min(limit, end.First())
		}
		if left := spells.left(c, held.of[c.Value.Entity()], linked); left.Known() && left.First() > from && left.First()+7 < limit && to-left.First() < 2*366 && left.First()-to < 3*366 {
			end, note = left, noteArchigos
		}
		if end.Known() {
			c.Valid.To, c.Attribution, c.Confidence, c.Note = end, graph.Inferred, min(c.Confidence, 0.8), note
			n++
		}
	}
	for i := range claims {
		if c := &claims[i]; c.Predicate == "holds" && c.Valid.From.Known() && c.Valid.To.Known() {
			if end := held.together(c); end.Known() {
				c.Valid.To, c.Attribution, c.Confidence, c.Note = end, graph.Inferred, min(c.Confidence, 0.8), "the end is that of the head of state, who was both"
			}
		}
	}
	return n
}

// together is when a head of government ceased to be head of state, having been both since the same day, if that is before the term is said to
// end; a head of state may leave the government to somebody else.
func (o *offices) together(c *graph.Claim) (end graph.Date) {
	if o.roles[c.Value.Entity()]["HEAD_OF_STATE"] {
		return end
	}
	for _, x := range o.terms[o.of[c.Value.Entity()]] {
		other := x.claim
		if o.roles[other.Value.Entity()]["HEAD_OF_STATE"] && other.Subject == c.Subject && other.Valid.From == c.Valid.From && other.Valid.To.Known() && other.Valid.To.Last() < c.Valid.To.First() {
			end = other.Valid.To
		}
	}
	return end
}

// successor is when somebody else began to hold the office of a term, or another office of a head of state if it is one, before it is said to end or within a year after the last edition
// that has it; unknown if nobody did.
func (o *offices) successor(c *graph.Claim) (begin graph.Date) {
	from, to := attested(c)
	if !c.Valid.To.Known() {
		to += 366
	}
	for _, x := range o.terms[o.of[c.Value.Entity()]] {
		office, other := c.Value.Entity(), x.claim.Value.Entity()
		if (office == other || o.roles[office]["HEAD_OF_STATE"] && o.roles[other]["HEAD_OF_STATE"]) && x.claim.Subject != c.Subject && x.claim.Valid.From.Known() && from < x.from && x.from < to && (!begin.Known() || x.from < begin.First()) {
			begin = x.claim.Valid.From
		}
	}
	return begin
}

// left is when the holder of a term ceased to be the effective leader, for the last time in that term; unknown if the holder was none
// or still is.
func (o *offices) left(c *graph.Claim, state graph.ID, linked map[graph.ID]graph.ID) (end graph.Date) {
	from, to := attested(c)
	for _, s := range o.terms[state] {
		if linked[s.claim.Subject] == c.Subject && s.from <= to && from <= s.to {
			end = s.claim.Valid.To
		}
	}
	if end == graph.OpenDate {
		return graph.Date{}
	}
	return end
}

// between finds leaders of whom no list says the office, between two leaders of whom the same office is stated: they will have held
// it too. The spells must follow each other within two months.
func between(spells, held *offices, linked map[graph.ID]graph.ID) []graph.Claim {
	const gap, most = 62, 6
	var all []graph.Claim
	for _, state := range slices.Sorted(maps.Keys(spells.terms)) {
		list := spells.terms[state]
		var last []graph.ID // the offices of the last leader of whom they are known
		var open []*term    // the leaders since
		for i, s := range list {
			if i > 0 && s.from-list[i-1].to > gap {
				last, open = nil, nil
			}
			now := held.during(s, linked[s.claim.Subject])
			if len(now) == 0 {
				open = append(open, s)
				continue
			}
			for _, position := range last {
				if !slices.Contains(now, position) || len(open) > most {
					continue
				}
				for _, x := range open {
					if _, none := linked[x.claim.Subject]; !held.taken(position, x) && (!none || linked[x.claim.Subject] != "") {
						c := *x.claim
						c.Value = graph.EntityValue(position)
						c.Attribution, c.Confidence, c.Note = graph.Inferred, 0.6, "the office of the leaders before and after"
						all = append(all, c)
					}
				}
			}
			last, open = now, nil
		}
	}
	return all
}

// taken reports whether somebody else is stated to have held the office for most of a spell.
func (o *offices) taken(position graph.ID, s *term) bool {
	days := int64(0)
	for _, x := range o.terms[s.state] {
		if x.claim.Value.Entity() == position && x.claim.Valid.From.Known() && x.common(s) > 0 {
			days += x.common(s)
		}
	}
	return days*2 > int64(s.to-s.from)
}

// during are the highest offices that a person held for most of a spell.
func (o *offices) during(s *term, person graph.ID) (positions []graph.ID) {
	days := map[graph.ID]int64{}
	for _, x := range o.terms[s.state] {
		if x.main && x.claim.Subject == person && x.common(s) > 0 {
			days[x.claim.Value.Entity()] += x.common(s)
		}
	}
	for position, n := range days {
		if n*2 >= int64(s.to-s.from) {
			positions = append(positions, position)
		}
	}
	slices.Sort(positions)
	return positions
}

// sameLeader reports whether a family name as Archigos has it is in one of the names.
func sameLeader(family string, shown []string) bool {
	for _, word := range strings.Fields(leaderKey(family)) {
		for _, name := range shown {
			for _, w := range strings.Fields(leaderKey(name)) {
				if w == word || len(word) > 5 && near(w, word) || len(word) > 3 && (strings.Contains(w, word) || len(w) > 3 && strings.Contains(word, w)) {
					return true
				}
			}
		}
	}
	return false
}

// leaderKey has the words of a name by their sound.
func leaderKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r == ' ' {
			return r
		}
		return -1
	}, text.Sound(text.Fold(s)))
}

// near reports whether two words differ by two letters at most.
func near(a, b string) bool {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)] <= 2
}
