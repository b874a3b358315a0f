package seeds_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
)

// readCurated reads one of the curated lists, or skips the test.
func readCurated(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(shared(t, "data/curated/"+name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func TestCuratedSourcesAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	var list struct {
		Sources []struct{ ID, Title, Publisher, URL, Date, Licence, Reliability, Note string }
	}
	readCurated(t, "sources.yaml", &list)
	if len(list.Sources) < 200 {
		t.Fatalf("%d curated sources; there were more", len(list.Sources))
	}
	for _, c := range list.Sources {
		if typ, _ := s.snap.State().TypeOf(graph.ID(c.ID)); typ != "Source" {
			t.Errorf("the source %s is missing", c.ID)
			continue
		}
		want := map[string]string{
			"title": c.Title, "publisher": c.Publisher, "url": c.URL, "date": c.Date,
			"licence": c.Licence, "reliability": strings.ToUpper(c.Reliability),
		}
		if c.ID == "general-knowledge" {
			want = map[string]string{"reliability": "LOW", "unsourced": "true", "confidenceCap": "0.6"}
		}
		for field, value := range want {
			have := ""
			for _, cl := range s.of(c.ID, field) {
				have = cl.Value.String()
			}
			if have != value {
				t.Errorf("%s of the source %s is %q, want %q", field, c.ID, have, value)
			}
		}
		if c.Note != "" && len(s.of(c.ID, "description")) == 0 {
			t.Errorf("the source %s has a note and no description", c.ID)
		}
	}
}

// personID returns the id of a curated name; names with the family name first are listed.
func personID(name string) string {
	if id, ok := map[string]string{
		"Noda Yoshihiko": "yoshihiko-noda", "Abe Shinzo": "shinzo-abe", "Suga Yoshihide": "yoshihide-suga",
		"Kishida Fumio": "fumio-kishida", "Ishiba Shigeru": "shigeru-ishiba", "Takaichi Sanae": "sanae-takaichi",
		"Kawaguchi Yoriko": "yoriko-kawaguchi", "Aso Taro": "taro-aso",
	}[name]; ok {
		return id
	}
	return strings.ReplaceAll(strings.ToLower(name), " ", "-")
}

func TestCuratedLeadersAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	var list struct {
		Leaders []struct {
			ID, Name, Country, Position, Start, End, Source string
			Confidence                                      float64
			Conflict                                        string   `yaml:"conflict_group"`
			More                                            []string `yaml:"corroborating_sources"`
		}
	}
	readCurated(t, "leaders.yaml", &list)
	for _, c := range list.Leaders {
		valid := c.Start + "/" + c.End
		if c.End == "" {
			valid = c.Start + "/.."
		}
		source := c.Source
		if c.ID == "L-08" { // its note calls the start unsourced
			source, c.Confidence = "general-knowledge", 0.6
			c.More = append(c.More, c.Source)
		}
		position := strings.ReplaceAll(strings.ToLower(c.Position), " ", "-")
		find := func(fits func(*graph.Claim) bool) bool {
			return slices.ContainsFunc(s.of(personID(c.Name), "holds"), func(cl graph.Claim) bool {
				return string(cl.Value.Entity()) == position && fits(&cl)
			})
		}
		if !find(func(cl *graph.Claim) bool {
			return string(cl.Source) == source && cl.Valid.String() == valid && cl.Confidence == c.Confidence && (c.Conflict != "") == (cl.Conflict != "")
		}) {
			t.Errorf("%s: %s holds %s, %s, by %s is missing", c.ID, personID(c.Name), position, valid, source)
		}
		for _, more := range c.More {
			if !find(func(cl *graph.Claim) bool { return string(cl.Source) == more }) {
				t.Errorf("%s: %s says nothing of %s", c.ID, more, personID(c.Name))
			}
		}
	}
}

var summitIDs = map[string]string{
	"SM-JPN-2025": "jca-summit-2025", "SM-JPN-2004": "jca-foreign-ministers-meeting-2004", "SM-JPN-2006": "jca-foreign-ministers-meeting-2006",
	"SM-EU-2025": "eu-ca-summit-2025", "SM-CHN-2025": "china-ca-summit-2025", "SM-CHN-2023": "china-ca-summit-2023",
	"SM-RUS-2025": "russia-ca-summit-2025", "SM-RUS-2022": "russia-ca-summit-2022", "SM-USA-2025": "c5-plus-1-summit-2025",
	"SM-USA-2023": "c5-plus-1-summit-2023", "SM-CA-2025": "consultative-meeting-2025", "SM-KOR-2026": "korea-ca-summit-2026",
}

func TestCuratedSummitsAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	var list struct {
		Summits []struct {
			ID, Start, End, Place, Host string
			Participants, Leaders       []string
			Outcomes                    []struct{ Claim, Source string }
			Sources                     []string
		}
	}
	readCurated(t, "summits.yaml", &list)
	for _, c := range list.Summits {
		id := summitIDs[c.ID]
		want := func(predicate, value string) {
			t.Helper()
			if value == "" {
				return
			}
			if !slices.ContainsFunc(s.of(id, predicate), func(cl graph.Claim) bool { return cl.Value.String() == value && cl.Source != article }) {
				t.Errorf("%s: %s %s %s is missing", c.ID, id, predicate, value)
			}
		}
		want("start", c.Start)
		want("end", c.End)
		if c.Place != "" {
			place := strings.NewReplacer("'", "", " ", "-", "washington", "washington-dc").Replace(strings.ToLower(c.Place))
			want("place", place)
		}
		if c.Host != "" {
			want("host", personID(c.Host))
		}
		for _, p := range c.Participants {
			want("participants", strings.Replace(p, "EUU", "eu", 1))
		}
		for _, p := range c.Leaders {
			want("participants", personID(p))
		}
		// An outcome is a separate entity: its source must have a claim about it or about the summit.
		about := slices.Clone(s.commit.Claims)
		about = slices.DeleteFunc(about, func(cl graph.Claim) bool {
			return string(cl.Subject) != id && !slices.ContainsFunc(s.of(id, "outcomes"), func(o graph.Claim) bool { return o.Value.Entity() == cl.Subject }) &&
				!slices.ContainsFunc(s.of(id, "series"), func(o graph.Claim) bool {
					return slices.ContainsFunc(s.of(string(cl.Subject), "series"), func(x graph.Claim) bool { return x.Value == o.Value })
				})
		})
		cited := func(source string) bool {
			return slices.ContainsFunc(about, func(cl graph.Claim) bool { return string(cl.Source) == source })
		}
		for _, o := range c.Outcomes {
			if !cited(o.Source) {
				t.Errorf("%s: nothing cites %s for: %s", c.ID, o.Source, o.Claim)
			}
		}
		for _, source := range c.Sources {
			if !cited(source) {
				t.Errorf("%s: nothing cites %s", c.ID, source)
			}
		}
	}
}

// curatedUnit returns our unit for a curated one, and the factor for the figure.
func curatedUnit(unit string) (string, float64) {
	switch unit {
	case "%":
		return "", 0.01
	case "billion USD":
		return "USD", 1e9
	case "million USD":
		return "USD", 1e6
	case "trillion m3":
		return "tcm", 1
	case "t LEU/y":
		return "tLEUPerYear", 1
	}
	return strings.ReplaceAll(unit, " ", ""), 1
}

// curatedPeriod returns our valid time for a curated period.
func curatedPeriod(p string) string {
	if odd, ok := map[string]string{
		"2022 or 2023": "2022/2023", "past ten years to 2020": "2011/2020", "2025 (commentary)": "2025", "2025 first year": "2025",
	}[p]; ok {
		return odd
	}
	// 2025-01/06 is short for 2025-01/2025-06.
	if from, to, ok := strings.Cut(p, "/"); ok && len(to) == 2 {
		return from + "/" + from[:5] + to
	}
	return p
}

func TestCuratedObservationsAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	var list struct {
		Observations []struct {
			ID, Commodity, Country, Measure, Period, Unit, Source, Destination, Origin string
			Value                                                                      float64
			Confidence                                                                 float64
			Conflict                                                                   string `yaml:"conflict_group"`
			Kind                                                                       string
		}
	}
	readCurated(t, "resources.yaml", &list)
	bySource := s.bySource()
	// Where the figure of an observation may be: the value or a qualifier.
	states := func(cl *graph.Claim, unit string, want float64) bool {
		values := []graph.Value{cl.Value}
		for _, q := range cl.Qualifiers {
			values = append(values, q.Value)
		}
		return slices.ContainsFunc(values, func(v graph.Value) bool {
			if unit == "" {
				return v.Kind() == graph.FloatKind && math.Abs(v.Float()-want) < 1e-9
			}
			return v.Kind() == graph.QuantityKind && v.Text() == unit && math.Abs(v.Float()-want) <= 1e-9*want
		})
	}
	for _, o := range list.Observations {
		unit, factor := curatedUnit(o.Unit)
		found := slices.ContainsFunc(bySource[graph.ID(o.Source)], func(cl *graph.Claim) bool {
			if cl.Confidence != o.Confidence {
				return false
			}
			switch o.ID {
			case "R-077": // routes, no figure
				return cl.Predicate == "exports" && cl.Qualifier("through").Entity() == "RULED"
			case "R-162": // no producer yet: not a quantity of 0
				return cl.Predicate == "naturalResources" && cl.Value.Entity() == "rare-earths"
			}
			period := cl.Valid.String()
			return period == curatedPeriod(o.Period) && states(cl, unit, o.Value*factor) &&
				(o.Conflict == "" || cl.Conflict == strings.ToLower(o.Conflict)) &&
				(o.Origin == "" || string(cl.Subject) == o.Country && string(cl.Value.Entity()) == o.Origin) &&
				(o.Kind != "plan" || cl.Qualifier("planned").Bool())
		})
		if !found {
			t.Errorf("%s: %s of %s, %s %s, %v %s by %s is missing", o.ID, o.Measure, o.Commodity, o.Country, o.Period, o.Value, o.Unit, o.Source)
		}
	}
}

// bySource are the seeds' claims of each source.
func (s *seeded) bySource() map[graph.ID][]*graph.Claim {
	bySource := map[graph.ID][]*graph.Claim{}
	for i := range s.commit.Claims {
		c := &s.commit.Claims[i]
		bySource[c.Source] = append(bySource[c.Source], c)
	}
	return bySource
}

func TestCuratedMeasuresAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	var list struct {
		Measures []struct {
			ID, Source string
			From       string   `yaml:"valid_from"`
			To         string   `yaml:"valid_to"`
			By         string   `yaml:"imposed_by"`
			More       []string `yaml:"corroborating_sources"`
		} `yaml:"trade_measures"`
	}
	readCurated(t, "resources.yaml", &list)
	bySource := s.bySource()
	for _, m := range list.Measures {
		for _, source := range append(m.More, m.Source) {
			if !slices.ContainsFunc(bySource[graph.ID(source)], func(cl *graph.Claim) bool {
				typ, _ := s.snap.State().TypeOf(cl.Subject)
				return typ == "Policy"
			}) {
				t.Errorf("%s: no policy cites %s", m.ID, source)
			}
		}
		if !slices.ContainsFunc(s.commit.Claims, func(cl graph.Claim) bool { return policySays(s, &cl, "start", "deniedBy", m.From) }) {
			t.Errorf("%s: no policy begins, or is denied, on %s", m.ID, m.From)
		}
		if m.To != "" && !slices.ContainsFunc(s.commit.Claims, func(cl graph.Claim) bool { return policySays(s, &cl, "end", "", m.To) }) {
			t.Errorf("%s: no policy ends on %s", m.ID, m.To)
		}
	}
}

// curatedConflicts are the groups of competing claims that have other names in the seeds than in the curated lists.
var curatedConflicts = map[string]string{
	"L-ISHIBA-END": "ishiba-end", "L-IRN-SL": "iran-supreme-leader", "L-IRN-SL2": "iran-succession", "SM-JPN-YEN": "jca-pledge-amount",
}

func TestCuratedConflictsAreSeeded(t *testing.T) {
	s := loadSeeds(t)
	claims := map[string]int{}
	for i := range s.commit.Claims {
		claims[s.commit.Claims[i].Conflict]++
	}
	for _, name := range []string{"leaders.yaml", "resources.yaml", "summits.yaml"} {
		text, err := os.ReadFile(shared(t, "data/curated/"+name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			_, group, ok := strings.Cut(line, "conflict_group: ")
			if !ok || group == "null" || strings.HasPrefix(line, "#") {
				continue
			}
			seeded := strings.ToLower(group)
			if other := curatedConflicts[group]; other != "" {
				seeded = other
			}
			if claims[seeded] < 2 {
				t.Errorf("%s: %d claims of the group %s", name, claims[seeded], group)
			}
		}
	}
}

// policySays reports whether a claim of the policy states the day, as its value or as the time of an event.
func policySays(s *seeded, cl *graph.Claim, value, event, day string) bool {
	typ, _ := s.snap.State().TypeOf(cl.Subject)
	return typ == "Policy" && (cl.Predicate == value && cl.Value.String() == day || cl.Predicate == event && cl.Valid.String() == day)
}
