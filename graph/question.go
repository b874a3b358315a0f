package graph

import (
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// Question returns a text that identifies the question that a claim answers, among the claims with its subject
// and predicate. If two claims answer the same question differently, one corrects the other, or they contradict
// each other.
//
//   - For a field that has one value at a time, it consists of the qualifiers;
//   - for an observation, of the period, the object and the distinct qualifiers;
//   - for a list, of the object or the value, and the distinct qualifiers.
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
		// For a field with one value at a time, every qualifier distinguishes. Otherwise a figure or a detail,
		// such as a role, may be what has changed.
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
