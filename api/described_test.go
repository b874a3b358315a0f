package api_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/schema"
)

// A described is anything of the API that has a name and a description.
type described struct{ Name, Description string }

// byName matches the description of a type whose members are explained by their names.
var byName = regexp.MustCompile(`(of|with) its name|name to group|GroupKey`)

// TestEverythingIsDescribed checks that each type, field, argument and enum value that the
// generator adds has a description. The types of the ontology are described in its file.
func TestEverythingIsDescribed(t *testing.T) {
	body := execute(t, seeded(t), `{ __schema { types { name kind description
		fields { name description args { name description } } inputFields { name description } enumValues { name description } } } }`, "")
	var answer struct {
		Data struct {
			Schema struct {
				Types []struct {
					described
					Kind   string
					Fields []struct {
						described
						Args []described
					}
					InputFields, EnumValues []described
				}
			} `json:"__schema"`
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	o := schema.MustDefault()
	check := func(where, description string) {
		if description == "" || strings.ToUpper(description[:1]) != description[:1] || !strings.HasSuffix(description, ".") {
			t.Errorf("%s is described by %q, not by a sentence", where, description)
		}
	}
	for _, typ := range answer.Data.Schema.Types {
		if strings.HasPrefix(typ.Name, "__") || o.Enum(typ.Name) != nil || o.Type(typ.Name) != nil {
			continue
		}
		check(typ.Name, typ.Description)
		if byName.MatchString(typ.Description) || strings.HasSuffix(typ.Name, "GroupKey") {
			continue
		}
		for _, f := range typ.Fields {
			check(typ.Name+"."+f.Name, f.Description)
			for _, a := range f.Args {
				check(typ.Name+"."+f.Name+"("+a.Name+":)", a.Description)
			}
		}
		for _, f := range append(typ.InputFields, typ.EnumValues...) {
			check(typ.Name+"."+f.Name, f.Description)
		}
	}
}
