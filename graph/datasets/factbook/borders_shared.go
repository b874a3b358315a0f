package factbook

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// borderPair has the two countries of a border, in the order of their ids.
type borderPair [2]graph.ID

// wholeOfParts replaces what the entries of several parts of one country say of its border
// with the same neighbour by their sum: Gaza Strip 59 km and West Bank 330 km.
func wholeOfParts(byPair map[borderPair][]border) {
	for p, list := range byPair {
		whole := -1
		byPair[p] = nil
		for _, b := range list {
			if !b.entry.country.Part {
				byPair[p] = append(byPair[p], b)
				continue
			}
			if whole < 0 {
				whole = len(byPair[p])
				byPair[p] = append(byPair[p], b)
				continue
			}
			w := &byPair[p][whole]
			w.km = math.Round((w.km+b.km)*100) / 100
			w.parts += b.parts
		}
	}
}

// sharedBorder returns the conflict group of a border that a neighbour lists as its own too:
// Mauritania's is with Western Sahara in one entry and, at the same length, with Morocco in another. "" if there is none.
func sharedBorder(byPair map[borderPair][]border, p borderPair, km float64) string {
	for q, list := range byPair {
		if q == p || !slices.ContainsFunc(list, func(b border) bool { return b.km == km }) {
			continue
		}
		for i, common := range p {
			for j, other := range q {
				if common != other {
					continue
				}
				rest := borderPair{min(p[1-i], q[1-j]), max(p[1-i], q[1-j])}
				// A neighbour that lists both knows two borders of one length: Bolivia's with Argentina and Chile.
				both := listedBy(byPair[p], common) && listedBy(list, common)
				if byPair[rest] != nil && !both {
					return "border-" + string(common) + "-" + string(rest[0]) + "-or-" + string(rest[1])
				}
			}
		}
	}
	return ""
}

func listedBy(list []border, id graph.ID) bool {
	return slices.ContainsFunc(list, func(b border) bool { return b.entry.country.ID == id })
}
