package api_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/schema"
)

var declaration = regexp.MustCompile(`(?m)^(?:type|interface|union|enum|input|scalar) (\w+)`)

// TestNamesAreTaken: an ontology cannot declare a type with the name of one of the API's own types,
// so that an addition to the ontology never breaks the API.
func TestNamesAreTaken(t *testing.T) {
	o := schema.MustDefault()
	var taken []string
	text := strings.Builder{}
	text.WriteString(schema.Default)
	for i, m := range declaration.FindAllStringSubmatch(seeded(t).SDL(), -1) {
		if name := m[1]; o.Type(name) == nil && o.Enum(name) == nil {
			taken = append(taken, name)
			fmt.Fprintf(&text, "\ntype %s implements Entity @entity(plural: \"thingsOfATest%d\") { thing: String @time(kind: STATE) }\n", name, i)
		}
	}
	_, err := schema.Load("ontology.graphql", text.String())
	if err == nil {
		t.Fatal("an ontology may declare every type of the API")
	}
	for _, name := range taken {
		if !strings.Contains(err.Error(), " "+name+" ") {
			t.Errorf("an ontology may declare %s, which is a type of the API", name)
		}
	}
	n := len(taken)
	if n < 100 {
		t.Errorf("only %d types of the API were seen", n)
	}
}
