package datasets

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// gemGroup is a group of units that are one entity.
type gemGroup struct {
	id   graph.ID
	name string // an alias to state if the graph already has the entity
	rows []*gemRow
	old  bool
}

// gemNumber matches the name of a unit that is only a number, such as "Line 2" or "Phase I".
var gemNumber = regexp.MustCompile(`(?i)^(?:(?:line|phase|pipeline|string|train|unit|no\.?|cac-?)[ -]*)?(?:t?\d+|[ivx]+|[a-h])$`)

// groups groups the units that are one entity. The groups are in the order of their first units.
func (t *gemTable) groups() []*gemGroup {
	byKey := map[string]*gemGroup{}
	var all []*gemGroup
	for i := range t.rows {
		r := &t.rows[i]
		unit := r.unit
		if gemKinds[r.kind].terminal != "" || gemNumber.MatchString(unit) {
			unit = ""
		}
		key := fmt.Sprint(r.project, "|", r.kind, "|", unit, "|", r.countries, "|", r.status)
		if r.known.id != "" {
			key = string(r.known.id)
		}
		if byKey[key] == nil {
			byKey[key] = &gemGroup{id: r.known.id, old: r.known.id != "", name: r.project}
			all = append(all, byKey[key])
		}
		byKey[key].rows = append(byKey[key].rows, r)
	}
	t.identify(all)
	return all
}

// identify gives each group of a project its name and id. The group of main units whose status is nearest to operation
// gets the name of the project alone. The names of the others also contain what distinguishes them.
func (t *gemTable) identify(all []*gemGroup) {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b *gemGroup) int { return cmp.Compare(a.rows[0].status, b.rows[0].status) })
	taken := map[graph.ID]bool{}
	for _, g := range order {
		if g.old {
			taken[g.id] = true
		}
	}
	for _, g := range order {
		if g.old {
			continue
		}
		for _, name := range g.candidates() {
			if id := facts.Slug(name); id != "" && !taken[id] {
				taken[id], g.id, g.name = true, id, name
				break
			}
		}
	}
}

// candidates returns possible names of the group, the shortest first.
func (g *gemGroup) candidates() []string {
	var units []string
	main := true
	for _, r := range g.rows {
		if r.unit != "" && !slices.Contains(units, r.unit) {
			units = append(units, r.unit)
		}
		main = main && (r.unit == "" || gemNumber.MatchString(r.unit) || gemKinds[r.kind].terminal != "")
	}
	first := g.rows[0]
	var names []string
	if main {
		names = append(names, first.project)
	}
	long := first.project
	if kind := gemKinds[first.kind].terminal; kind != "" {
		long = first.project + ", " + strings.TrimPrefix(strings.TrimSuffix(kind, " terminal"), "LNG ")
		names = append(names, long)
	}
	if len(units) > 0 && len(units) < 4 {
		long += ", " + strings.Join(units, " and ")
		names = append(names, long)
	}
	status := gemStatuses[first.status].printed
	names = append(names, long+", "+status)
	for i := 2; i < 100; i++ {
		names = append(names, long+", "+status+" "+strconv.Itoa(i))
	}
	return names
}

// group states the claims of a group about its entity.
func (t *gemTable) group(g *gemGroup) {
	r := g.rows[0]
	kind := gemKinds[r.kind]
	typ := "Segment"
	if kind.terminal != "" {
		typ = "Facility"
	}
	if g.id == "" || !t.Declare(g.id, typ) {
		t.Remark(r.at, "%s has a name of which no id can be made", r.project)
		return
	}
	state := func(r *gemRow, predicate string, v graph.Value, opts ...facts.Option) {
		t.State(r.at, r.page, g.id, predicate, v, append([]facts.Option{facts.AsConfidence(gemConfidence)}, opts...)...)
	}
	if g.old && len(g.rows) == 1 && r.unit != "" {
		g.name += ", " + r.unit
	}
	if g.old {
		state(r, "aliases", graph.StringValue(g.name))
	} else {
		state(r, "name", graph.StringValue(g.name))
	}
	for _, r := range g.rows {
		for i, c := range r.countries {
			t.Declare(c, "Country")
			if typ == "Facility" {
				state(r, "country", graph.EntityValue(c))
				break
			}
			var opts []facts.Option
			if !r.known.leaves("order") {
				opts = append(opts, facts.Qualified("order", graph.IntValue(int64(i+1))))
			}
			state(r, "transits", graph.EntityValue(c), opts...)
		}
	}
	t.Declare(graph.ID(kind.carries), "Resource")
	if typ == "Facility" {
		state(r, "kind", graph.StringValue(kind.terminal))
		state(r, "resource", graph.EntityValue(graph.ID(kind.carries)))
		if r.point != (graph.Value{}) {
			state(r, "coordinates", r.point)
		}
	} else {
		state(r, "mode", graph.EnumOf("PIPELINE"))
		state(r, "carries", graph.EntityValue(graph.ID(kind.carries)))
	}
	if r.owner != "" {
		state(r, "owners", graph.StringValue(r.owner))
	}
	t.times(g, state)
	t.capacities(g, state)
}

type gemState func(r *gemRow, predicate string, v graph.Value, opts ...facts.Option)

// times states the status of the group, and since when it has been in service or when it is to be.
func (t *gemTable) times(g *gemGroup, state gemState) {
	first := slices.MinFunc(g.rows, func(a, b *gemRow) int { return cmp.Compare(a.status, b.status) })
	status := gemStatuses[first.status]
	var start *gemRow
	for _, r := range g.rows {
		if r.status == first.status && r.start > 0 && (start == nil || r.start < start.start) {
			start = r
		}
	}
	sinceEdition := facts.During(facts.Since(t.edition))
	opts := []facts.Option{sinceEdition}
	if start != nil && status.built && start.start <= t.year {
		year := strconv.Itoa(start.start)
		state(start, "inServiceSince", graph.LooseValue(year))
		if status.status == "OPERATIONAL" {
			opts = []facts.Option{facts.During(facts.Since(year)), facts.AsInferred}
		}
	}
	if start != nil && !status.built && start.start >= t.year && gemKinds[start.kind].terminal == "" {
		state(start, "completion", graph.LooseValue(strconv.Itoa(start.start)), sinceEdition)
	}
	if !first.known.leaves("status") {
		state(first, "status", graph.EnumOf(status.status), opts...)
	}
}

// capacities states the capacity of each unit.
func (t *gemTable) capacities(g *gemGroup, state gemState) {
	for _, r := range g.rows {
		if r.capacity == (graph.Value{}) {
			continue
		}
		var opts []facts.Option
		if r.unit != "" && (g.old || len(g.rows) > 1) {
			name := "scope"
			if gemKinds[r.kind].terminal != "" {
				name = "measure"
			}
			opts = append(opts, facts.Qualified(name, graph.StringValue(r.unit)))
		}
		if !gemStatuses[r.status].built {
			opts = append(opts, facts.Qualified("planned", graph.BoolValue(true)))
		}
		state(r, "capacity", r.capacity, opts...)
	}
}

// describe sets the edition of the tracker as the source of the claims that follow.
func (t *gemTable) describe(tracker string) {
	title := map[string]string{"ggit": "Global Gas Infrastructure Tracker", "goit": "Global Oil Infrastructure Tracker"}[tracker]
	name := title + ", edition of " + t.edition
	t.Source(graph.ID("gem-"+tracker+"-"+t.edition), "Global Energy Monitor", "https://globalenergymonitor.org", "CC BY 4.0, by its site",
		[2]string{"name", name}, [2]string{"title", name}, [2]string{"date", t.edition})
}
