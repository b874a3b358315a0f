package seeds_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/text"
)

// namesakes have a name or an alias in common with another entity of their type, as they should.
var namesakes = []string{
	"SYR united arab republic",         // with Egypt, until 1961
	"mary merv",                        // the town beside the ruins
	"kingston-norfolk-island kingston", // with Jamaica's
	"khalifa-bin-hamad-al-thani al bin hamad khalifa thani", // with his son, in another order
}

// TestNamesOfOthers looks for aliases that are the name of another entity of the same type.
func TestNamesOfOthers(t *testing.T) {
	s := loadSeeds(t)
	named := map[string]graph.ID{}
	each := func(predicate string, do func(c *graph.Claim, key string)) {
		for i := range s.commit.Claims {
			c := &s.commit.Claims[i]
			kind, _ := s.snap.State().TypeOf(c.Subject)
			if c.Predicate == predicate && len(c.Qualifiers) == 0 && slices.Contains([]string{"Country", "City", "Person", "Organisation", "Resource"}, kind) {
				do(c, kind+" "+text.Fold(c.Value.String()))
			}
		}
	}
	each("name", func(c *graph.Claim, key string) {
		if c.Rank != graph.Deprecated {
			named[key] = c.Subject
		}
	})
	each("aliases", func(c *graph.Claim, key string) {
		_, folded, _ := strings.Cut(key, " ")
		if other := named[key]; other != "" && other != c.Subject && !slices.Contains(namesakes, string(c.Subject)+" "+folded) {
			t.Errorf("the alias %q of %s (%s, %s) is the name of %s", c.Value, c.Subject, c.Source, c.Locator, other)
		}
	})
}

// TestPeopleAreOne looks for two people of one name who have held offices of one state.
func TestPeopleAreOne(t *testing.T) {
	s := loadSeeds(t)
	o := officesOf(s.commit.Claims)
	for state, list := range o.terms {
		called := map[string]graph.ID{} // by the words of a name, in the order of the alphabet
		list = slices.SortedFunc(slices.Values(list), func(a, b *term) int { return cmp.Compare(a.claim.Subject, b.claim.Subject) })
		for _, x := range list {
			for _, name := range o.names[x.claim.Subject] {
				words := strings.Fields(text.Fold(name))
				if len(words) < 2 { // many leaders of the past have a family name only
					continue
				}
				slices.Sort(words)
				key := strings.Join(words, " ")
				if other := called[key]; other != "" && other != x.claim.Subject && !slices.Contains(namesakes, string(x.claim.Subject)+" "+key) {
					t.Errorf("%s and %s have held offices of %s, and both are called %q", other, x.claim.Subject, state, name)
				}
				called[key] = x.claim.Subject
			}
		}
	}
}
