package factbook

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// resource is one good in a list of natural resources, with the words about it.
type resource struct {
	printed   string
	abundance string // a value of the enum Abundance, or ""
	possible  bool   // the text says that the good may be there
}

// The patterns match the words before and after a good in a list of natural resources. A remark also applies to
// the goods that follow, until a stronger punctuation mark: "unexploited deposits of uranium, coal, and
// bauxite".
var (
	untapped = regexp.MustCompile(`^(?:largely )?unexploited (?:deposits|reserves) of `)
	abundant = regexp.MustCompile(`^(?:abundant|extensive|major deposits of) `)
	possible = regexp.MustCompile(`^(?:possibly|possible|potential for|potential|likely|undetermined) `)
	plain    = regexp.MustCompile(`^(?:and |some |few |minor |limited |small offshore |small amounts of |small quantities of |small deposits of |small reserves of |small |locally exploitable |other deposits of |many strategic |reserves of |deposits of |low-grade |poor quality )+`)
	after    = regexp.MustCompile(` (?:deposits|reserves|reserves declining)$`)
	maybe    = regexp.MustCompile(`^(?:offshore )?(.+) potential$`)
	wideBase = regexp.MustCompile(`^wide natural-resource base including `)
)

// parseNaturalResources parses a list of natural resources. unread has the items that
// the table does not have as goods.
func parseNaturalResources(text string, known func(string) bool) (found []resource, unread []string) {
	text = strings.NewReplacer("metropolitan France:", ";", "French Guiana :", ";", "French Guiana:", ";").Replace(text)
	for _, part := range splitOutside(text, ";") {
		var carried resource
		for _, item := range splitOutside(part, ",") {
			r := carried
			words := strings.TrimPrefix(strings.ToLower(facts.WithoutBrackets(item)), "and ")
			words = wideBase.ReplaceAllString(words, "")
			// "uranium and largely unexploited reserves of iron ore" is two items.
			if before, after, two := strings.Cut(words, " and largely "); two && known(before) {
				found = append(found, resource{printed: before})
				words = "largely " + after
			}
			switch {
			case untapped.MatchString(words):
				words = untapped.ReplaceAllString(words, "")
				r.abundance = "UNTAPPED"
				carried = r
			case abundant.MatchString(words):
				if strings.HasPrefix(words, "major deposits of ") {
					carried.abundance = "ABUNDANT"
				}
				words = abundant.ReplaceAllString(words, "")
				r.abundance = "ABUNDANT"
			case possible.MatchString(words):
				words = possible.ReplaceAllString(words, "")
				r.possible = true
			}
			words = after.ReplaceAllString(plain.ReplaceAllString(words, ""), "")
			if m := maybe.FindStringSubmatch(words); m != nil {
				// "Hydropower potential" is a resource, but a potential of oil is possible only.
				words = m[1]
				r.possible = words != "hydropower" && words != "hydroelectric" && words != "arable land"
			}
			r.printed = words
			switch {
			case notKnown(item) || words == "none" || words == "negl":
			case known(words):
				found = append(found, r)
			default:
				unread = append(unread, item)
			}
		}
	}
	return found, unread
}

// naturalResources states which natural resources the country has.
func (e *entry) naturalResources() {
	const at = "Geography/Natural resources"
	text := e.text(at)
	if notKnown(text) {
		return
	}
	found, unread := parseNaturalResources(text, func(s string) bool { return e.names.goods[s] != nil })
	for _, r := range found {
		for _, id := range e.names.goods[r.printed].ids {
			if !e.good(id, r.printed, at) || !e.First("good "+string(e.country.ID)+" "+string(id)) {
				continue // one list names the good twice
			}
			var opts []facts.Option
			if r.abundance != "" {
				opts = append(opts, facts.Qualified("abundance", graph.EnumOf(r.abundance)))
			}
			if r.possible {
				opts = append(opts, facts.AsConfidence(facts.PossibleConfidence))
			}
			e.claim(at, e.country.ID, "naturalResources", graph.EntityValue(id), opts...)
		}
	}
	for _, u := range unread {
		e.unread(at, u)
	}
}

// good declares a resource. The first call for an id also states its name and its broader resource. printed is
// its form in the text, or "".
func (e *entry) good(id graph.ID, printed, at string) bool {
	if !e.Declare(id, "Resource") {
		e.Remark(e.place(at), "the good %q has the id of another thing; add it to names/resources.csv", printed)
		return false
	}
	// The locator is the list and no file, because any file may be the first with the good.
	known := e.names.goodsByID[id]
	name := strings.ReplaceAll(string(id), "-", " ")
	if known == nil && printed != "" {
		name = printed
	}
	if e.First("name " + string(id)) {
		e.State(e.place(at), at, id, "name", graph.StringValue(sentenceCase(name)), facts.AsInferred)
	}
	if known != nil && e.First("facts "+string(id)) {
		if known.broader != "" && e.good(known.broader, "", at) {
			e.State(e.place(at), at, id, "broader", graph.EntityValue(known.broader), facts.AsInferred)
		}
		if known.hs != "" {
			e.State(e.place(at), at, id, "hsCodes", graph.StringValue(known.hs), facts.AsInferred)
		}
	}
	if g := e.names.goods[printed]; g != nil && len(g.ids) == 1 && printed != name && e.First("alias "+string(id)+printed) {
		e.State(e.place(at), at, id, "aliases", graph.StringValue(sentenceCase(printed)), facts.AsInferred)
	}
	return true
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var (
	listYear  = regexp.MustCompile(`^(.*?)(?: ?\((\d{4})(?: est\.)?\))?$`)
	goodForm  = regexp.MustCompile(`^([\p{L}][\p{L}\d /'’.-]*?)(?: (\d+(?:\.\d+)?)%)?$`)
	mostWords = 6
)

// commodities states a claim for each main export or import in the list at a path. If a note says that the list
// is ordered by value, each claim has its rank as the qualifier ranking.
func (e *entry) commodities(predicate, at string) {
	text := e.text(at)
	if notKnown(text) {
		return
	}
	m := listYear.FindStringSubmatch(text)
	ranked := strings.Contains(e.text(at+"/note"), "based on value")
	for i, item := range splitOutside(m[1], ",;") {
		g := goodForm.FindStringSubmatch(item)
		if g == nil || len(strings.Fields(g[1])) > mostWords {
			e.unread(at, item)
			continue
		}
		opts := []facts.Option{}
		if m[2] != "" {
			opts = append(opts, facts.During(facts.Year(m[2])))
		}
		if g[2] != "" {
			opts = append(opts, facts.Qualified("share", graph.FloatValue(share(g[2]))))
		}
		if ranked {
			opts = append(opts, facts.Qualified("ranking", graph.IntValue(int64(i+1))))
		}
		printed := strings.ToLower(g[1])
		ids := []graph.ID{facts.Slug(printed)}
		if known := e.names.goods[printed]; known != nil {
			ids = known.ids
		}
		for _, id := range ids {
			if id != "" && e.good(id, printed, at) {
				e.claim(at, e.country.ID, predicate, graph.EntityValue(id), opts...)
			}
		}
	}
}

// share converts a percentage to a fraction, without the rounding error of the division.
func share(percent string) float64 {
	f, _ := strconv.ParseFloat(percent, 64)
	return math.Round(f*1e4) / 1e6
}

// partner is one item of a list of trade partners.
type partner struct {
	printed string
	percent string
}

var partnerForm = regexp.MustCompile(`^([\p{L}][^%]*?) (\d+(?:\.\d+)?)%(?:,\s*|;\s*|$)`)

// parsePartners parses a list such as China 28%, Gambia, The 4%. Names contain commas, so an item ends with its
// percentage. rest is the part that cannot be parsed.
func parsePartners(text string) (found []partner, rest string) {
	for rest = text; rest != ""; {
		m := partnerForm.FindStringSubmatch(rest)
		if m == nil {
			return found, rest
		}
		found = append(found, partner{m[1], m[2]})
		rest = rest[len(m[0]):]
	}
	return found, ""
}

// partners states the largest trade partners of the country and the share of each.
func (e *entry) partners(predicate, at string) {
	text := e.text(at)
	if notKnown(text) {
		return
	}
	m := listYear.FindStringSubmatch(text)
	if note := e.text(at + "/note"); strings.Contains(note, "entry includes") {
		e.unread(at, text+" "+note)
		return
	}
	found, rest := parsePartners(m[1])
	e.unread(at, rest)
	for _, p := range found {
		id, known := e.names.Country(p.printed)
		if !known {
			e.Remark(e.place(at), "the partner %q is in no row of names/countries.csv", p.printed)
			continue
		}
		e.Declare(id, "Country")
		opts := []facts.Option{facts.Qualified("share", graph.FloatValue(share(p.percent)))}
		if m[2] != "" {
			opts = append(opts, facts.During(facts.Year(m[2])))
		}
		e.claim(at, e.country.ID, predicate, graph.EntityValue(id), opts...)
	}
}

// member is one item of a list of organisations.
type member struct {
	printed string
	roles   []string
}

var (
	inBrackets = regexp.MustCompile(`\(([^()]*)\)`)
	tightComma = regexp.MustCompile(`,(\S)`)
)

// parseMembers parses a list such as UN, SCO (dialogue member), EITI (compliant country) (suspended).
func parseMembers(text string) []member {
	if before, after, found := strings.Cut(text, ":"); found && strings.Contains(before, "following organizations") {
		text = after
	}
	var all []member
	// The list has some commas without a space, and no numbers.
	text = tightComma.ReplaceAllString(text, ", $1")
	for _, item := range splitOutside(text, ",;") {
		m := member{printed: facts.WithoutBrackets(item)}
		for _, b := range inBrackets.FindAllStringSubmatch(item, -1) {
			m.roles = append(m.roles, b[1])
		}
		if m.printed != "" && m.printed != "none" {
			all = append(all, m)
		}
	}
	return all
}

// memberships states the organisations in which the country participates.
func (e *entry) memberships() {
	const at = "Government/International organization participation"
	text := e.text(at)
	if notKnown(text) {
		return
	}
	for _, m := range parseMembers(text) {
		o := e.names.organisations[e.base+" "+m.printed]
		if o == nil {
			o = e.names.organisations[m.printed]
		}
		if o == nil {
			e.Remark(e.place(at), "the organisation %q is in no row of names/organisations.csv", m.printed)
			continue
		}
		if !e.organisation(o, at) {
			continue
		}
		role, opts := "MEMBER", []facts.Option{}
		for _, printed := range m.roles {
			// Words after a comma only explain the role, and a year is the date of the list.
			printed, rest, _ := strings.Cut(printed, ",")
			mapped, known := e.names.roles[printed]
			if !known && facts.Year(printed).Empty() {
				e.unread(at, m.printed+" ("+printed+")")
				role = ""
				break
			}
			e.unread(at, strings.TrimSpace(rest))
			if known {
				role = mapped
				if !strings.EqualFold(printed, mapped) {
					opts = append(opts, facts.AsPrinted(printed))
				}
			}
		}
		if role == "" {
			continue
		}
		opts = append(opts, facts.Qualified("role", graph.EnumOf(role)))
		e.claim(at, e.country.ID, "memberOf", graph.EntityValue(o.id), opts...)
	}
}

// organisation declares an organisation. The first call for it also states the full form of its abbreviation.
func (e *entry) organisation(o *organisation, at string) bool {
	if !e.Declare(o.id, "Organisation") {
		e.Remark(e.place(at), "the organisation %q has the id of another thing; change names/organisations.csv", o.abbreviation)
		return false
	}
	if e.First("organisation " + string(o.id)) {
		e.State(e.place(at), at, o.id, "name", graph.StringValue(o.name), facts.AsInferred)
		e.State(e.place(at), at, o.id, "kind", graph.EnumOf(o.kind), facts.AsInferred)
		if p := e.names.organisationsByID[o.parent]; p != nil && e.organisation(p, at) {
			e.State(e.place(at), at, o.id, "parent", graph.EntityValue(o.parent), facts.AsInferred)
		}
	}
	if o.abbreviation != o.name && !strings.Contains(o.abbreviation, ".json ") && e.First("abbreviation "+o.abbreviation) {
		e.State(e.place(at), at, o.id, "aliases", graph.StringValue(o.abbreviation))
	}
	return true
}
