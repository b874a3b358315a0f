package factbook

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// borderPair is the ids of two neighbours in ascending order.
type borderPair [2]graph.ID

// wholeOfParts adds up the borders of several parts of one country with the same neighbour, and replaces them
// by the sum: Gaza Strip 59 km and West Bank 330 km.
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

// sharedBorder returns the conflict group of a border that another entry lists, at the same length, with another
// neighbour; "" if there is none. For example, Mauritania has a border with Western Sahara in one entry and, at the
// same length, with Morocco in another.
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
				// A country that lists both neighbours has two borders of the same length, such as Bolivia with
				// Argentina and with Chile.
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
