package graph

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/schema"
)

// Suggestions for names that the ontology does not have.

func (c *checker) suggestType(name string) string {
	for _, t := range c.o.Types {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.Plural, name) {
			return "; did you mean " + t.Name + "?"
		}
	}
	return ""
}

func suggestField(t *schema.Type, name string) string { return suggest(t.Fields, name) }

// suggest returns a suggestion of the field with the most similar name, or "" if none is similar.
func suggest(fields []*schema.Field, name string) string {
	best, least := "", 3
	name = strings.ToLower(name)
	for _, f := range fields {
		// Texts differ at least by the difference of their lengths.
		known := strings.ToLower(f.Name)
		if max(len(known)-len(name), len(name)-len(known)) >= least {
			continue
		}
		if d := levenshtein.ComputeDistance(known, name); d < least {
			best, least = f.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
