package graph

import (
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// What a writer may have meant by a name that the ontology does not have.

func (c *checker) suggestType(name string) string {
	for _, t := range c.o.Types {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.Plural, name) {
			return "; did you mean " + t.Name + "?"
		}
	}
	return ""
}

func suggestField(t *schema.Type, name string) string {
	best, least := "", 3
	for _, f := range t.Fields {
		if d := distance(strings.ToLower(f.Name), strings.ToLower(name), least); d < least {
			best, least = f.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the Levenshtein distance, or most where it is at least that.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return min(row[len(b)], most)
}
