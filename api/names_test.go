package api_test

import (
	"regexp"
	"testing"

	"github.com/caspian-kg/caspian/schema"
)

var declaration = regexp.MustCompile(`(?m)^(?:type|interface|union|enum|input|scalar) (\w+)`)

// TestNamesAreTaken: an ontology cannot declare a type with the name of one of the API's own types,
// so that an addition to the ontology never breaks the API.
func TestNamesAreTaken(t *testing.T) {
	o := schema.MustDefault()
	n := 0
	for _, m := range declaration.FindAllStringSubmatch(seeded(t).SDL(), -1) {
		name := m[1]
		if o.Type(name) != nil || o.Enum(name) != nil {
			continue
		}
		n++
		text := schema.Default + "\ntype " + name + " implements Entity @entity(plural: \"thingsOfATest\") { thing: String @time(kind: STATE) }\n"
		if _, err := schema.Load("ontology.graphql", text); err == nil {
			t.Errorf("an ontology may declare %s, which is a type of the API", name)
		}
	}
	if n < 100 {
		t.Errorf("only %d types of the API were seen", n)
	}
}
