package seeds_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
)

// The parts of the curated lists that the seeds must have.
type (
	curatedFigure struct {
		Period     string
		Value      float64
		Unit       string
		From       string `yaml:"valid_from"`
		To         string `yaml:"valid_to"`
		Status     string
		Source     string
		Confidence float64
	}
	curatedNode struct {
		ID, Locode, Name, Country, Opened string
		Aliases                           []string
		Lat, Lon                          float64
		CoordSource                       string `yaml:"coord_source"`
		GaugeBreak                        string `yaml:"gauge_break"`
		Confidence                        float64
		Capacity                          []curatedFigure
	}
	curatedSegment struct {
		ID, From, To, Mode, Gauge string
		Bidirectional             bool
		Countries, Waters         []string
		Status                    []curatedFigure `yaml:"status_periods"`
		DistanceKm                float64         `yaml:"distance_km"`
		DistanceSource            string          `yaml:"distance_source"`
		Distances                 []curatedFigure `yaml:"distance_claims"`
		Capacity                  []curatedFigure
		Sources                   []string
		Confidence                float64
	}
	curatedCorridor struct {
		ID              string
		Aliases, Avoids []string
		Start           []struct {
			Date, Source string
			Confidence   float64
		}
		Members  []struct{ Name, Source string }
		Variants []struct {
			ID       string
			Segments []string
			Nodes    []string
		}
		Volumes, Capacity []curatedFigure
		Lengths           []curatedFigure `yaml:"length_claims"`
		Shares            []curatedFigure `yaml:"share_claims"`
		Counts            []curatedFigure `yaml:"member_count"`
	}
	curatedPassage struct {
		ID         string
		Uses       []string `yaml:"nodes_or_segments"`
		Controlled []string `yaml:"controlled_by"`
		Affected   []string `yaml:"affected_corridors"`
		Sources    []string
	}
	curatedLists struct {
		Nodes       []curatedNode
		Segments    []curatedSegment
		Corridors   []curatedCorridor
		Chokepoints []curatedPassage
	}
)

// loadCurated reads the lists and the table of ids; it skips the test if the lists are absent.
func loadCurated(t *testing.T) (curatedLists, map[string]graph.ID) {
	t.Helper()
	var lists curatedLists
	for _, name := range []string{"nodes.yaml", "segments.yaml", "corridors.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "curated", name))
		if err != nil {
			t.Skipf("the curated lists are not beside the repository: %v", err)
		}
		if err := yaml.Unmarshal(text, &lists); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open("curated-ids.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]graph.ID{}
	for _, row := range rows[1:] {
		ids[row[1]] = graph.ID(row[2])
	}
	return lists, ids
}

// unit returns our unit for a curated one, and the size of the curated unit in it.
func unit(curated string) (name string, factor float64) {
	for _, u := range []struct {
		prefix, name string
		factor       float64
	}{
		{"Mt/y", "MtPerYear", 1}, {"TEU/y", "TEUPerYear", 1}, {"bcm/y", "bcmPerYear", 1}, {"million barrels/day", "bblPerDay", 1e6},
		{"Mt", "Mt", 1}, {"TEU", "TEU", 1}, {"bcm", "bcm", 1}, {"container trains", "trains", 1},
		{"companies", "companies", 1}, {"countries", "countries", 1}, {"participants", "countries", 1},
		{"km", "", 1}, {"%", "", 0.01}, {"", "", 1},
	} {
		if strings.HasPrefix(curated, u.prefix) {
			return u.name, u.factor
		}
	}
	return curated, 1
}

// meant reports whether our date is the curated one, or the month or year around it.
func meant(ours graph.Date, curated string) bool {
	if curated == "" {
		return !ours.Known()
	}
	d, err := graph.ParseDate(curated)
	return err == nil && ours.Known() && ours.First() <= d.First() && d.Last() <= ours.Last()
}

// states reports whether a claim states the figure, at its source and confidence.
func (f curatedFigure) states(c graph.Claim) bool {
	name, factor := unit(f.Unit)
	return c.Source == graph.ID(f.Source) && c.Confidence == f.Confidence && c.Value.Text() == name &&
		math.Abs(c.Value.Float()-f.Value*factor) < 1e-9*math.Abs(f.Value*factor)
}

func wantFigures(t *testing.T, tr *transport, what string, figures []curatedFigure, claims ...[]graph.Claim) {
	t.Helper()
	all := slices.Concat(claims...)
	for _, f := range figures {
		found := slices.ContainsFunc(all, func(c graph.Claim) bool {
			if !f.states(c) {
				return false
			}
			if from, to, two := strings.Cut(f.Period, "/"); two {
				if len(to) == 2 { // 2024-01/11 ends in a month of the same year
					to = from[:5] + to
				}
				return meant(c.Valid.From, from) && meant(c.Valid.To, to)
			}
			if f.Period != "" {
				return meant(c.Valid.From, f.Period) && meant(c.Valid.To, f.Period)
			}
			planned := c.Qualifier("planned").Bool() // its period is the year it is meant for
			return planned || meant(c.Valid.From, f.From) && meant(c.Valid.To, f.To)
		})
		if !found {
			t.Errorf("%s: lost %+v", what, f)
		}
	}
}

func TestCuratedNodesAreSeeded(t *testing.T) {
	lists, ids := loadCurated(t)
	tr := loadTransport(t)
	if got := len(tr.ids("TransportNode")); got < len(lists.Nodes) {
		t.Errorf("%d nodes, %d in the curated list", got, len(lists.Nodes))
	}
	for _, n := range lists.Nodes {
		id := ids[n.ID]
		if tr.types[id] != "TransportNode" {
			t.Errorf("no node for %s", n.ID)
			continue
		}
		at := graph.CoordinatesValue(n.Lat, n.Lon)
		if !slices.ContainsFunc(tr.of(id, "coordinates"), func(c graph.Claim) bool {
			return c.Value == at && c.Source == graph.ID(n.CoordSource) && c.Confidence == n.Confidence
		}) {
			t.Errorf("%s: lost its coordinates", id)
		}
		if tr.one(t, id, "name").Text() != n.Name || !tr.has(id, "country", graph.ID(n.Country)) || len(tr.of(id, "kind")) == 0 {
			t.Errorf("%s: lost its name, country or kind", id)
		}
		if n.Locode != "" && tr.one(t, id, "locode").Text() != n.Locode || n.Locode == "" && len(tr.of(id, "locode")) > 0 {
			t.Errorf("%s: not its UN/LOCODE", id)
		}
		if got := len(tr.of(id, "aliases")); got < len(n.Aliases) {
			t.Errorf("%s: %d aliases of %d", id, got, len(n.Aliases))
		}
		if n.GaugeBreak != "" && !strings.HasPrefix(n.GaugeBreak, tr.one(t, id, "gaugeBreak").Text()) {
			t.Errorf("%s: not its gauge break", id)
		}
		if n.Opened != "" && !meant(tr.one(t, id, "opened").Date(), n.Opened) {
			t.Errorf("%s: not its opening", id)
		}
		wantFigures(t, tr, string(id), n.Capacity, tr.of(id, "capacity"))
	}
}

func TestCuratedSegmentsAreSeeded(t *testing.T) {
	lists, ids := loadCurated(t)
	tr := loadTransport(t)
	if got := len(tr.ids("Segment")); got < len(lists.Segments) {
		t.Errorf("%d segments, %d in the curated list", got, len(lists.Segments))
	}
	for _, s := range lists.Segments {
		id := ids[s.ID]
		if tr.one(t, id, "from").Entity() != ids[s.From] || tr.one(t, id, "to").Entity() != ids[s.To] ||
			tr.one(t, id, "mode").Text() != strings.ToUpper(s.Mode) || tr.one(t, id, "bidirectional").Bool() != s.Bidirectional {
			t.Errorf("%s: not its ends, mode or direction", id)
		}
		if got := len(tr.of(id, "from")); got != len(s.Sources) {
			t.Errorf("%s: %d sources of %d", id, got, len(s.Sources))
		}
		for _, c := range s.Countries {
			if !tr.has(id, "transits", graph.ID(c)) {
				t.Errorf("%s: does not transit %s", id, c)
			}
		}
		for _, w := range s.Waters {
			slug := strings.ToLower(strings.ReplaceAll(w, " ", "-"))
			if !tr.has(id, "transits", graph.ID(slug)) {
				t.Errorf("%s: does not transit %s", id, w)
			}
		}
		if s.Gauge != "" && len(tr.of(id, "gauge")) == 0 {
			t.Errorf("%s: lost its gauge", id)
		}
		for _, p := range s.Status {
			status := strings.TrimSuffix(strings.ToUpper(p.Status), "_START") // a planned start is planned
			if !slices.ContainsFunc(tr.of(id, "status"), func(c graph.Claim) bool {
				exact := meant(c.Valid.From, p.From) && meant(c.Valid.To, p.To)
				// If the curator knows the start and the source does not, there are two claims.
				return c.Value.Text() == status && exact && (c.Source == graph.ID(p.Source) || c.Source == "general-knowledge")
			}) {
				t.Errorf("%s: lost the status %+v", id, p)
			}
		}
		wantFigures(t, tr, string(id), s.Capacity, tr.of(id, "capacity"))
		wantDistances(t, tr, id, s)
	}
}

// wantDistances looks for the distances of a leg, among them those of the lines it belongs to.
func wantDistances(t *testing.T, tr *transport, id graph.ID, s curatedSegment) {
	lengths := slices.Concat(tr.of(id, "distanceKm"), tr.of(id, "lengthKm"))
	for _, corridor := range tr.ids("Corridor") {
		if tr.has(corridor, "segments", id) {
			lengths = append(lengths, tr.of(corridor, "lengthKm")...)
		}
	}
	wantFigures(t, tr, string(id), s.Distances, lengths)
	if s.DistanceKm == 0 {
		return
	}
	if !slices.ContainsFunc(tr.of(id, "distanceKm"), func(c graph.Claim) bool {
		return c.Value.Float() == s.DistanceKm && c.Source == graph.ID(s.DistanceSource) && c.Confidence <= max(s.Confidence, 0.6)
	}) {
		t.Errorf("%s: lost the distance of %v km of %s", id, s.DistanceKm, s.DistanceSource)
	}
}

func TestCuratedCorridorsAreSeeded(t *testing.T) {
	lists, ids := loadCurated(t)
	tr := loadTransport(t)
	if got := len(tr.ids("Corridor")); got < len(lists.Corridors) {
		t.Errorf("%d corridors, %d in the curated list", got, len(lists.Corridors))
	}
	for _, x := range lists.Corridors {
		id := ids[x.ID]
		if len(tr.of(id, "name")) == 0 || len(tr.of(id, "status")) == 0 || len(tr.of(id, "aliases")) != len(x.Aliases) ||
			len(tr.of(id, "avoids")) != len(x.Avoids) {
			t.Errorf("%s: lost its name, status, an alias or what it avoids", id)
		}
		for _, s := range x.Start {
			if !slices.ContainsFunc(tr.of(id, "start"), func(c graph.Claim) bool {
				return c.Value.Date().String() == s.Date && c.Source == graph.ID(s.Source) && c.Confidence == s.Confidence
			}) {
				t.Errorf("%s: lost the start %+v", id, s)
			}
		}
		if got := len(tr.of(id, "members")) + len(tr.of(id, "operators")); got < len(x.Members) {
			t.Errorf("%s: %d members of %d", id, got, len(x.Members))
		}
		for _, m := range x.Members {
			if tr.types[graph.ID(m.Name)] == "Country" && !tr.has(id, "members", graph.ID(m.Name)) {
				t.Errorf("%s: lost the member %s", id, m.Name)
			}
		}
		for _, v := range x.Variants {
			legs := tr.legs(id, ids[v.ID])
			if got, want := len(legs), len(v.Segments); got != want {
				t.Errorf("%s: %d legs of %d", v.ID, got, want)
				continue
			}
			nodes, err := tr.walk(t, ids[v.Nodes[0]], legs)
			if err != nil {
				t.Errorf("%s: %v", v.ID, err)
				continue
			}
			for i, n := range v.Nodes {
				if nodes[i] != ids[n] {
					t.Errorf("%s: the node %d is %s, not %s", v.ID, i, nodes[i], n)
				}
			}
		}
		wantFigures(t, tr, string(id), x.Volumes, tr.of(id, "volume"))
		wantFigures(t, tr, string(id), x.Capacity, tr.of(id, "capacity"))
		wantFigures(t, tr, string(id), x.Lengths, tr.of(id, "lengthKm"))
		for _, f := range x.Shares {
			if !slices.ContainsFunc(tr.of(id, "shareOf"), f.states) {
				t.Errorf("%s: lost the share %+v", id, f)
			}
		}
		for _, f := range x.Counts {
			if !slices.ContainsFunc(tr.of(id, "memberCount"), f.states) {
				t.Errorf("%s: lost the count %+v", id, f)
			}
		}
	}
}

func TestCuratedPassagesAreSeeded(t *testing.T) {
	lists, ids := loadCurated(t)
	tr := loadTransport(t)
	if got := len(tr.ids("Passage")); got != len(lists.Chokepoints) {
		t.Errorf("%d passages, %d in the curated list", got, len(lists.Chokepoints))
	}
	for _, p := range lists.Chokepoints {
		id := ids[p.ID]
		for _, u := range p.Uses {
			if !tr.has(id, "uses", ids[u]) {
				t.Errorf("%s: lost %s", id, u)
			}
		}
		for _, x := range p.Affected {
			if !tr.has(id, "affects", ids[x]) {
				t.Errorf("%s: lost %s", id, x)
			}
		}
		for _, country := range p.Controlled {
			for _, source := range p.Sources {
				if !slices.ContainsFunc(tr.of(id, "controlledBy"), func(c graph.Claim) bool {
					return c.Value.Entity() == graph.ID(country) && c.Source == graph.ID(source)
				}) {
					t.Errorf("%s: lost the control of %s by %s", id, country, source)
				}
			}
		}
	}
}

func TestCuratedIDsAreKnown(t *testing.T) {
	tr := loadTransport(t)
	_, ids := loadCurated(t)
	for curated, id := range ids {
		variant := false
		for _, x := range tr.ids("Corridor") {
			variant = variant || len(tr.legs(x, id)) > 0
		}
		if tr.types[id] == "" && !variant {
			t.Errorf("%s: %s is neither an entity nor a variant", curated, id)
		}
	}
}
