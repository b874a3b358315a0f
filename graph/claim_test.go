package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func example() Claim {
	return Claim{
		Subject: "KAZ", Predicate: "exportsTo", Value: EntityValue("CHN"),
		Qualifiers: []QualifierValue{{"resource", EntityValue("uranium")}, {"share", FloatValue(0.49)}},
		Valid:      Interval{DayDate(2024, 1, 1), DayDate(2024, 12, 31)}, Source: "factbook", Locator: "kz.json/Economy",
		Confidence: 0.9,
	}
}

// TestClaimIDs pins the ids: stores, exports and citations hold them, so that
// another hash is a change of every store and never an accident.
func TestClaimIDs(t *testing.T) {
	plain := Claim{Subject: "KAZ", Predicate: "name", Value: StringValue("Kazakhstan"), Source: "factbook"}
	dated := plain
	dated.Valid, dated.Locator = Interval{mustDate(t, "1991-12-16"), OpenDate}, "p9"
	number := Claim{Subject: "KAZ", Predicate: "population", Value: IntValue(20432662), Valid: Interval{mustDate(t, "2025"), mustDate(t, "2025")}, Source: "factbook"}
	edge := example()
	for _, c := range []struct {
		claim Claim
		want  string
	}{
		{plain, "c5bhq7eevlzbn4owenvvlqzrqh4"},
		{dated, "c2aya3mpzl3sionq7qklpvio3oa"},
		{number, "cwxy5oqivgudc7x2q3atlnsfp4y"},
		{edge, "cxn3sxg6tzumylctxcizps63qme"},
	} {
		if got := c.claim.ID().String(); got != c.want {
			t.Errorf("%s %s: the id is %s, want %s", c.claim.Subject, c.claim.Predicate, got, c.want)
		}
	}
}

func TestWhatMakesAClaim(t *testing.T) {
	base := example()
	id := base.ID()
	for what, change := range map[string]func(*Claim){
		"subject":            func(c *Claim) { c.Subject = "UZB" },
		"predicate":          func(c *Claim) { c.Predicate = "importsFrom" },
		"object":             func(c *Claim) { c.Value = EntityValue("RUS") },
		"kind of value":      func(c *Claim) { c.Value = StringValue("CHN") },
		"no qualifiers":      func(c *Claim) { c.Qualifiers = nil },
		"fewer qualifiers":   func(c *Claim) { c.Qualifiers = c.Qualifiers[:1] },
		"qualifier's name":   func(c *Claim) { c.Qualifiers[1].Name = "worldShare" },
		"qualifier's value":  func(c *Claim) { c.Qualifiers[1].Value = FloatValue(0.5) },
		"kind of qualifier":  func(c *Claim) { c.Qualifiers[1].Value = StringValue("0.49") },
		"start":              func(c *Claim) { c.Valid.From = DayDate(2024, 1, 2) },
		"end":                func(c *Claim) { c.Valid.To = OpenDate },
		"unknown end":        func(c *Claim) { c.Valid.To = Date{} },
		"precision of start": func(c *Claim) { c.Valid.From = Date{year: 2024, precision: Year} },
		"doubt of start":     func(c *Claim) { c.Valid.From.doubt = '?' },
		"source":             func(c *Claim) { c.Source = "article" },
		"locator":            func(c *Claim) { c.Locator = "" },
		"parts run together": func(c *Claim) { c.Subject, c.Predicate = "KAZe", "xportsTo" },
	} {
		c := example()
		change(&c)
		if c.ID() == id {
			t.Errorf("%s: another claim has the same id", what)
		}
	}
	for what, change := range map[string]func(*Claim){
		"confidence":   func(c *Claim) { c.Confidence = 0.1 },
		"rank":         func(c *Claim) { c.Rank = Preferred },
		"attribution":  func(c *Claim) { c.Attribution = Reported },
		"attributedTo": func(c *Claim) { c.AttributedTo = "uba" },
		"original":     func(c *Claim) { c.Original = "x" },
		"conflict":     func(c *Claim) { c.Conflict = "x" },
		"note":         func(c *Claim) { c.Note = "x" },
		"supersedes":   func(c *Claim) { c.Supersedes = []ClaimID{id} },
	} {
		c := example()
		change(&c)
		if c.ID() != id {
			t.Errorf("%s: how a claim is held changes its id", what)
		}
	}
}

func TestNormalise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := example()
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,4}`), rapid.ID).Draw(t, "names")
		c.Qualifiers = nil
		for _, n := range names {
			c.Qualifiers = append(c.Qualifiers, QualifierValue{n, anyValue.Draw(t, "value")})
		}
		c.Confidence = rapid.Float64Range(0, 1).Draw(t, "confidence")
		d := c
		d.Qualifiers = rapid.Permutation(c.Qualifiers).Draw(t, "order")
		c.Qualifiers = slices.Clone(c.Qualifiers)
		c.Normalise()
		d.Normalise()
		if c.ID() != d.ID() {
			t.Fatalf("the order of qualifiers matters: %v and %v", c.Qualifiers, d.Qualifiers)
		}
		once := c.Confidence
		if c.Normalise(); c.Confidence != once || once < 0 || once > 1 {
			t.Fatalf("the confidence %v becomes %v", once, c.Confidence)
		}
		for _, q := range c.Qualifiers {
			if c.Qualifier(q.Name) != q.Value {
				t.Fatalf("%s is %v", q.Name, c.Qualifier(q.Name))
			}
		}
		if c.Qualifier("Absent") != (Value{}) {
			t.Fatal("a qualifier that is not there")
		}
	})
	c := Claim{Qualifiers: []QualifierValue{}, Supersedes: []ClaimID{}}
	if c.Normalise(); c.Qualifiers != nil || c.Supersedes != nil {
		t.Error("none is nil")
	}
}

func TestParseClaimID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id ClaimID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		back, err := ParseClaimID(id.String())
		if err != nil || back != id {
			t.Fatalf("%s reads as %s, %v", id, back, err)
		}
	})
	c := example()
	good := c.ID().String()
	for _, s := range []string{
		"", "c", good[1:], good + "a", good[:26], "C" + good[1:], "x" + good[1:], good[:26] + "1", good[:26] + "A",
		good[:20] + "\n" + good[21:], good[:26] + "b", "c77777777777777777777777777",
	} {
		if id, err := ParseClaimID(s); err == nil && s != good {
			t.Errorf("%q is the id %s", s, id)
		}
	}
}

func TestRanksAndAttributions(t *testing.T) {
	for i, name := range RankNames {
		if r, err := ParseRank(name); err != nil || int(r) != i || r.String() != name {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	for i, name := range AttributionNames {
		if a, err := ParseAttribution(name); err != nil || int(a) != i || a.String() != name {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	if r, err := ParseRank(""); r != Normal || err != nil {
		t.Error("no rank is NORMAL")
	}
	if a, err := ParseAttribution(""); a != Asserted || err != nil {
		t.Error("no attribution is ASSERTED")
	}
	for _, s := range []string{"normal", "BEST", " NORMAL", "ASSERTED,"} {
		if _, err := ParseRank(s); err == nil {
			t.Errorf("the rank %q", s)
		}
		if _, err := ParseAttribution(s); err == nil {
			t.Errorf("the attribution %q", s)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		place Position
		want  string
	}{
		{Position{}, "x"}, {Position{File: "a.yaml"}, "a.yaml: x"}, {Position{File: "a.yaml", Line: 3}, "a.yaml:3: x"},
		{Position{File: "a.yaml", Path: "KAZ.name"}, "a.yaml: KAZ.name: x"}, {Position{Path: "operations[0]"}, "operations[0]: x"},
		{Position{File: "a.yaml", Line: 3, Path: "KAZ.name"}, "a.yaml:3: KAZ.name: x"}, {Position{Line: 3}, "x"},
	} {
		if got := (Problem{Position: c.place, Code: BadInput, Message: "x"}).String(); got != c.want {
			t.Errorf("%#v: %q, want %q", c.place, got, c.want)
		}
	}
	ps := Problems{{Position: Position{File: "a", Line: 1}, Code: Cycle, Message: "one"}, {Code: BadInput, Message: "two"}}
	if ps.Error() != "a:1: one\ntwo" {
		t.Errorf("several: %q", ps.Error())
	}
	if x := ps.Extensions(); x["code"] != "CYCLE" || len(x["problems"].([]map[string]any)) != 2 {
		t.Errorf("extensions: %v", x)
	}
	if x := Errorf(NoSource, "a %d", 1); x.Error() != "a 1" || x.Extensions()["code"] != "NO_SOURCE" {
		t.Errorf("an error: %v", x)
	}
	if c := (&Commit{}); !c.Empty() {
		t.Error("a commit of nothing")
	}
	if c := (&Commit{Retractions: make([]Retraction, 1)}); c.Empty() {
		t.Error("a commit of a retraction")
	}
}
