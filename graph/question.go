package graph

import (
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// Question names what a claim of a field answers, among the claims of its subject and predicate: two claims
// that answer the same question differ because one corrects the other, or because they contradict each other.
//
//   - Of a field that has one value at a time, it is the qualifiers;
//   - of an observation, the period, the object and the qualifiers that distinguish;
//   - of a list, the object or the value, and the qualifiers that distinguish.
func (c *Claim) Question(f *schema.Field) string {
	var b strings.Builder
	observation := f.Time == schema.Observation
	if observation {
		b.WriteString(c.Valid.String())
	}
	if f.Many && (f.Kind == schema.Relation || !observation) {
		b.WriteString("\x00" + c.Value.String())
	}
	for _, q := range f.Qualifiers {
		// For a field with one value at a time, every qualifier distinguishes. Otherwise
		// a figure or a detail, such as a role, is what may have changed.
		if f.Many && !q.Distinct && (!observation || q.Target == nil) || !f.Many && observation && !q.Distinct && q.Target == nil {
			continue
		}
		b.WriteString("\x00")
		for i := range c.Qualifiers {
			if v := &c.Qualifiers[i]; v.Name == q.Name {
				b.WriteString(v.Value.String())
			}
		}
	}
	return b.String()
}
