package factbook

import (
	"math"
	"regexp"
	"sort"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// border is the statement of one file about the border between two countries.
type border struct {
	entry *entry
	at    string
	with  graph.ID
	km    float64
	parts int
}

var borderItem = regexp.MustCompile(`^(\p{L}[\p{L} .'’-]*?(?: \([^)]*\))?) (` + facts.Number + `) km(?: \(.*\))?$`)

// parseBorders parses a text such as Libya 989 km; Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km.
func parseBorders(text string, country func(string) (graph.ID, bool)) (found []border, unread []string) {
	index := map[graph.ID]int{}
	for _, item := range splitOutside(strings.ReplaceAll(text, " km and ", " km; "), ";,") {
		m := borderItem.FindStringSubmatch(item)
		if m == nil {
			unread = append(unread, item)
			continue
		}
		id, known := country(m[1])
		if !known {
			id, known = country(facts.WithoutBrackets(m[1])) // such as China (southeast)
		}
		km, ok := facts.ParseNumber(m[2], "")
		if !known || !ok {
			unread = append(unread, item)
			continue
		}
		// If a border is listed in several stretches, its length is their sum.
		if i, twice := index[id]; twice {
			found[i].km = math.Round((found[i].km+km)*100) / 100
			found[i].parts++
			continue
		}
		index[id] = len(found)
		found = append(found, border{with: id, km: km, parts: 1})
	}
	return found, unread
}

// land collects the borders of an entry. writeBorders states them after all entries are read.
func (e *entry) land() {
	for _, at := range []string{"Geography/Land boundaries/border countries", "Geography/Land boundaries/regional borders"} {
		text := e.text(at)
		if notKnown(text) {
			continue
		}
		found, unread := parseBorders(text, e.names.Country)
		for _, b := range found {
			if b.with == e.country.ID {
				continue // Gaza Strip and West Bank have the same id here
			}
			b.entry, b.at = e, at
			e.borders = append(e.borders, b)
		}
		for _, u := range unread {
			e.unread(at, u)
		}
	}
	const bases = "Geography/Land boundaries/border sovereign base areas"
	e.unread(bases, e.text(bases))
}

// writeBorders states each border once if both files agree on its length. Otherwise it states it once for each
// file, as a conflict. The relation is symmetric.
func (r *factbook) writeBorders() {
	of := func(b border) borderPair {
		p := borderPair{b.entry.country.ID, b.with}
		if p[0] > p[1] {
			p[0], p[1] = p[1], p[0]
		}
		return p
	}
	byPair := map[borderPair][]border{}
	var pairs []borderPair
	for _, b := range r.borders {
		p := of(b)
		if byPair[p] == nil {
			pairs = append(pairs, p)
		}
		byPair[p] = append(byPair[p], b)
	}
	wholeOfParts(byPair)
	sort.Slice(pairs, func(i, j int) bool {
		return pairs[i][0] < pairs[j][0] || pairs[i][0] == pairs[j][0] && pairs[i][1] < pairs[j][1]
	})
	for _, p := range pairs {
		said := map[float64]bool{}
		var distinct []border
		files := map[string]bool{}
		for _, b := range byPair[p] {
			if !said[b.km] {
				said[b.km] = true
				distinct = append(distinct, b)
			}
			files[b.entry.base] = true
		}
		for _, b := range distinct {
			opts := []facts.Option{facts.Qualified("lengthKm", graph.FloatValue(b.km))}
			if b.parts > 1 {
				opts = append(opts, facts.AsInferred, facts.WithNote("the sum of the stretches that the text lists"))
			}
			// Two entries about parts of one country each have their own border.
			if len(distinct) > 1 && !b.entry.country.Part && !r.names.ByID[b.with].Part {
				opts = append(opts, facts.InConflict("border-"+string(p[0])+"-"+string(p[1])))
			}
			if group := sharedBorder(byPair, p, b.km); group != "" {
				opts = append(opts, facts.AsInferred, facts.InConflict(group), facts.WithNote("two countries list it as theirs, at the same length"))
			}
			b.entry.Declare(b.with, "Country")
			b.entry.claim(b.at, b.entry.country.ID, "borders", graph.EntityValue(b.with), opts...)
		}
	}
}

// waters states on which waters the country has a shore.
func (e *entry) waters() {
	const location, coast, note = "Geography/Location", "Geography/Coastline", "Geography/Coastline/note"
	seen := map[graph.ID]bool{}
	shore := func(at string, w water, opts ...facts.Option) {
		if seen[w.id] || !e.Declare(w.id, "WaterBody") {
			return
		}
		seen[w.id] = true
		if e.First("water " + string(w.id)) {
			if w.name == "" {
				e.State(e.place(at), at, w.id, "name", graph.StringValue(w.printed))
			} else {
				e.State(e.place(at), at, w.id, "name", graph.StringValue(w.name), facts.AsInferred, facts.AsPrinted(w.printed))
			}
			e.State(e.place(at), at, w.id, "kind", graph.EnumOf(w.kind), facts.AsInferred)
		}
		e.claim(at, e.country.ID, "littoralOf", graph.EntityValue(w.id), opts...)
	}
	for _, at := range []string{note, coast} {
		for _, s := range parseShores(e.text(at), e.names.waters) {
			shore(at, s.water, facts.Qualified("coastKm", graph.FloatValue(s.km)))
		}
	}
	for _, at := range []string{"Geography/Major lakes (area sq km)/salt water lake(s)", "Geography/Major lakes (area sq km)/fresh water lake(s)"} {
		e.lakes(at, shore)
	}
	for _, w := range parseLocation(e.text(location), e.names.waters) {
		shore(location, w)
	}
	for _, at := range []string{"Geography/Climate", "Geography/Natural hazards", "Geography/Population distribution"} {
		for _, w := range coasts(e.text(at), e.names.waters) {
			shore(at, w, facts.AsInferred)
		}
	}
}

type shoreLength struct {
	water water
	km    float64
}

// parseShores finds waters with the length of the shore on them, such as the Caspian Sea (1,894 km), Caribbean
// Sea 669 km, the Aral Sea with a 420 km shoreline.
func parseShores(text string, waters []water) []shoreLength {
	var found []shoreLength
	for _, w := range waters {
		if !strings.Contains(text, w.printed) {
			continue
		}
		for _, form := range w.shores {
			if m := form.FindStringSubmatch(text); m != nil {
				if km, ok := facts.ParseNumber(m[1], ""); ok {
					found = append(found, shoreLength{w, km})
					break
				}
			}
		}
	}
	return found
}

// shoreForms returns patterns that match the length of the shore on a water.
func shoreForms(water string) []*regexp.Regexp {
	var forms []*regexp.Regexp
	for _, form := range []string{
		`borders the WATER \((NUMBER) km\)`,
		`and the WATER \((NUMBER) km\)`,
		`borders the WATER, [^();]*\((NUMBER) km\)`,
		`[(;,] ?WATER (NUMBER) km`,
		`of the WATER with a (NUMBER) km shoreline`,
	} {
		form = strings.NewReplacer("WATER", regexp.QuoteMeta(water), "NUMBER", facts.Number).Replace(form)
		forms = append(forms, regexp.MustCompile(form))
	}
	return forms
}

// parseLocation returns the waters on which the country has a shore: the first waters that the text about its
// location names.
func parseLocation(text string, waters []water) []water {
	text = strings.TrimPrefix(text, "metropolitan France: ")
	if m := partLabel.FindStringIndex(text); m != nil {
		text = text[:m[0]]
	}
	var kept []string
	for i, part := range splitOutside(text, ";") {
		if i == 0 || strings.HasPrefix(part, "bordering ") {
			kept = append(kept, part)
		}
	}
	text = strings.Join(kept, "; ")
	// The country has no shore on waters that the text locates off another country.
	for _, end := range []string{", which links", " off the "} {
		if i := strings.Index(text, end); i >= 0 {
			text = text[:i]
		}
	}
	type hit struct {
		at int
		w  water
	}
	var hits []hit
	if !shoreWords.MatchString(text) {
		return nil
	}
	for _, w := range waters { // longest name first, so that a shorter name within it is not matched
		if i := strings.Index(text, w.printed); i >= 0 {
			hits = append(hits, hit{i, w})
			text = text[:i] + strings.Repeat(" ", len(w.printed)) + text[i+len(w.printed):]
		}
	}
	sort.Slice(hits, func(i, j int) bool { return hits[i].at < hits[j].at })
	found := make([]water, len(hits))
	for i, h := range hits {
		found[i] = h.w
	}
	return found
}

var (
	partLabel  = regexp.MustCompile(` \p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?:`)
	shoreWords = regexp.MustCompile(`\b(?:bordering|borders|islands?|archipelago|atolls?|continent|peninsula|extending|reefs?|on the southern coast|along the|between the)\b`)
	lakeForm   = regexp.MustCompile(`^(\p{L}[\p{L} .'’*/-]*?)(?: \(([^)]*)\))?(?: [-–])? (` + facts.Number + `)(-[\d,]+)?(?: sq km)?(?: \(([^)]*)\))?$`)
)

// lakes states the lakes of a list, the area of each, and that the country has a shore on it.
func (e *entry) lakes(at string, shore func(string, water, ...facts.Option)) {
	text := e.text(at)
	text, note, _ := strings.Cut(text, " note - ")
	e.unread(at, note)
	for _, item := range splitOutside(text, ";") {
		m := lakeForm.FindStringSubmatch(item)
		if m == nil {
			e.unread(at, item)
			continue
		}
		w, known := e.names.lakes[m[1]]
		if !known {
			w = water{id: facts.Slug(m[1]), printed: m[1], kind: "LAKE"}
		}
		if w.id == "" || !e.Declare(w.id, "WaterBody") {
			e.unread(at, item)
			continue
		}
		shore(at, w)
		km2, ok := facts.ParseNumber(m[3], "")
		if m[4] != "" || strings.HasSuffix(m[1], "*") {
			// The area varies or, for the Great Lakes, is only the share of the country.
			e.unread(at, item)
			continue
		}
		if remark := m[2] + m[5]; remark != "" && !strings.Contains(remark, "shared with") && !strings.Contains(remark, "endorheic") {
			e.unread(at, item) // a part of a lake, or a lake that is sometimes dry
			continue
		}
		if ok && e.First("lake "+string(w.id)) {
			e.claim(at, w.id, "area", graph.QuantityValue(km2, "km2"))
		}
	}
}
