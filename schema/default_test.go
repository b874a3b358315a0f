package schema

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func defaultOntology(t *testing.T) *Ontology {
	t.Helper()
	o, err := Load("ontology.graphql", Default)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestTypesOfTheContract: every type that the design promises is there, and its
// plural is the one that English wants.
func TestTypesOfTheContract(t *testing.T) {
	o := defaultOntology(t)
	plurals := map[string]string{
		"Country": "countries", "Region": "regions", "Organisation": "organisations", "City": "cities",
		"WaterBody": "waterBodies", "Person": "people", "Position": "positions", "Resource": "resources",
		"Deposit": "deposits", "Facility": "facilities", "Corridor": "corridors", "Segment": "segments",
		"TransportNode": "transportNodes", "Passage": "passages", "Summit": "summits", "Event": "events",
		"Agreement": "agreements", "Pledge": "pledges", "Policy": "policies", "Source": "sources",
		"Polity": "polities", "Site": "sites", "Topic": "topics", "EventSeries": "series", "Visit": "visits",
		"Meeting": "meetings", "OtherEvent": "otherEvents",
	}
	for name, plural := range plurals {
		switch typ := o.Type(name); {
		case typ == nil:
			t.Errorf("there is no type %s", name)
		case typ.Plural != plural:
			t.Errorf("%s: plural %s, want %s", name, typ.Plural, plural)
		case typ.Abstract != (name == "Event"):
			t.Errorf("%s: abstract is %v", name, typ.Abstract)
		}
	}
	for _, typ := range o.Types {
		if typ.Plural == "" && !typ.Union {
			t.Errorf("%s has no plural", typ.Name)
		}
		if !typ.Union && typ.Label == "" {
			t.Errorf("%s has no label", typ.Name)
		}
		for _, name := range []string{"name", "aliases", "description", "sameAs"} {
			if !typ.Union && typ.Field(name) == nil {
				t.Errorf("%s has no %s", typ.Name, name)
			}
		}
	}
}

// TestVocabulary compares the ontology with the contract's table of fields:
// testdata/vocabulary.txt has a line for each field.
func TestVocabulary(t *testing.T) {
	o := defaultOntology(t)
	text, err := os.ReadFile("testdata/vocabulary.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var fault string
		switch head, rest, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(rest, "= "):
			fault = membersFault(o, head, strings.Fields(rest[2:]))
		case strings.Contains(head, "."):
			typ, field, _ := strings.Cut(strings.TrimSuffix(head, ":"), ".")
			fault = fieldFault(o, typ, field, rest)
		default:
			e := o.Enum(strings.TrimSuffix(head, ":"))
			for _, v := range strings.Fields(rest) {
				if e == nil || !e.Has(v) {
					fault += "lacks " + v + "; "
				}
			}
		}
		if fault != "" {
			t.Errorf("vocabulary.txt:%d: %s: the ontology has %s", i+1, line, fault)
		}
	}
}

func membersFault(o *Ontology, name string, members []string) (fault string) {
	typ := o.Type(name)
	if typ == nil || !typ.Abstract {
		return "no interface or union of that name"
	}
	for _, m := range members {
		if c := o.Type(m); c == nil || !typ.Includes(c) {
			fault += "no " + m + " in it; "
		}
	}
	return fault
}

var vocabularyLine = regexp.MustCompile(`^(\[?)(\w+)\]? (?:(< )(\S+)|(~)|([A-Z]+))((?: symmetric| transitive| key)*)(?: \((.*)\))?$`)

func fieldFault(o *Ontology, typ, name, want string) string {
	m := vocabularyLine.FindStringSubmatch(want)
	if m == nil {
		return "(the line is not understood)"
	}
	t := o.Type(typ)
	if t == nil || t.Field(name) == nil {
		return "no such field"
	}
	f := t.Field(name)
	value := f.Scalar.String()
	switch {
	case f.Target != nil:
		value = f.Target.Name
	case f.Enum != nil:
		value = f.Enum.Name
	}
	got := value
	if f.Many {
		got = "[" + value + "]"
	}
	switch f.Kind {
	case Inverse:
		got += " < " + f.InverseOf[0].Owner.Name + "." + f.InverseOf[0].Name
	case Derived:
		got += " ~"
	default:
		got += " " + f.Time.String()
	}
	for _, x := range []struct {
		is   bool
		word string
	}{{f.Symmetric, " symmetric"}, {f.Transitive, " transitive"}, {f.Key != "", " key"}} {
		if x.is {
			got += x.word
		}
	}
	if head, _, _ := strings.Cut(want, " ("); got != head {
		return got
	}
	for _, q := range strings.Fields(m[8]) {
		if f.Qualifier(q) == nil {
			return "no qualifier " + q
		}
	}
	return ""
}

// TestFiveLines: a new type is an edit to the file and to nothing else.
func TestFiveLines(t *testing.T) {
	const five = `
"A way for ships that people have dug."
type Waterway implements Located & Entity @entity(label: "Waterway", icon: "canal") {
  joins: [WaterBody!] @time(kind: STATE)
  depth: Quantity @time(kind: OBSERVATION) @unit(code: "m")
}
`
	o, err := Load("ontology.graphql", Default+five)
	if err != nil {
		t.Fatal(err)
	}
	w := o.Type("Waterway")
	if w == nil || w.Plural != "waterways" || w.Singular() != "waterway" || w.Label != "Waterway" || w.Description == "" {
		t.Fatalf("the type reads %+v", w)
	}
	var names []string
	for _, f := range w.Fields {
		names = append(names, f.Name)
	}
	if got := fmt.Sprint(names); got != "[name aliases description sameAs wikidata country coordinates joins depth]" {
		t.Errorf("its fields are %s", got)
	}
	if f := w.Field("joins"); f.Kind != Relation || !f.Many || f.Target != o.Type("WaterBody") || f.Time != State || f.Label != "joins" {
		t.Errorf("joins reads %+v", f)
	}
	if f := w.Field("depth"); f.Kind != Property || f.Scalar != Quantity || f.Unit != "m" || f.Time != Observation {
		t.Errorf("depth reads %+v", f)
	}
	if !o.Type("Entity").Includes(w) || !o.Type("Located").Includes(w) || o.Type("Actor").Includes(w) {
		t.Errorf("it belongs to the wrong interfaces")
	}
	if o.Predicate("joins")[0] != w.Field("joins") || !slices.Contains(o.Predicates(), "joins") {
		t.Errorf("joins is not a predicate")
	}
	if d := defaultOntology(t); d.Hash() == o.Hash() || d.Type("Waterway") != nil {
		t.Errorf("the default ontology has it as well")
	}
}

// TestShapesOfTheDefault checks that what the checker derives for each field is consistent.
func TestShapesOfTheDefault(t *testing.T) {
	o := defaultOntology(t)
	for _, typ := range o.Types {
		for _, f := range typ.Fields {
			if f.Stored() == (f.Time == NoTime) {
				t.Errorf("%s.%s: stored %v with time kind %q", typ.Name, f.Name, f.Stored(), f.Time)
			}
			if f.Kind != Property && f.Target == nil || f.Kind == Property && f.Scalar == NoScalar {
				t.Errorf("%s.%s has no value", typ.Name, f.Name)
			}
			if f.Kind == Inverse && (len(f.InverseOf) == 0 || !f.Many) || f.Kind == Derived && (f.Path.Through == nil || f.Path.Then == nil) {
				t.Errorf("%s.%s is not linked", typ.Name, f.Name)
			}
			if typ.Field(f.Name) != f {
				t.Errorf("%s.%s is not found by its name", typ.Name, f.Name)
			}
		}
		if !typ.Abstract && (len(typ.Concrete) != 1 || typ.Concrete[0] != typ) {
			t.Errorf("%s: concrete types %v", typ.Name, typ.Concrete)
		}
	}
	for _, id := range []struct {
		id string
		ok bool
	}{{"KAZ", true}, {"kaz", false}, {"KAZA", false}, {"XKAZ", false}, {"KAZ\n", false}, {"", false}} {
		if got := o.Type("Country").ID.MatchString(id.id); got != id.ok {
			t.Errorf("the id %q of a country: %v", id.id, got)
		}
	}
	if u := o.Units["m"]; u.Factor != 0.001 || u.Dimension != "length" || u.Symbol != "m" {
		t.Errorf("m is %+v", u)
	}
	if u := o.Units["JPY"]; u.Factor != 0 || u.Symbol != "¥" {
		t.Errorf("JPY is %+v", u)
	}
	if q := o.Type("Country").Field("exportsTo").Qualifier("resource"); q == nil || !q.Distinct || q.Target != o.Type("Resource") {
		t.Errorf("a qualifier that is an entity keeps claims separate: %+v", q)
	}
	if MustDefault().Hash() != o.Hash() {
		t.Error("two readings of one text differ in their hash")
	}
}
