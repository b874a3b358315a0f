package factbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// notKnown reports whether a text means that there is no figure: empty, none, NA or NEGL (negligible).
func notKnown(text string) bool {
	return text == "" || text == "none" || text == "NA" || text == "NEGL"
}

var abbreviation = regexp.MustCompile(`^[A-Z][A-Za-z. ]*$`)

// named states the names of the country.
func (e *entry) named() {
	const at = "Government/Country name/"
	id, own := e.country.ID, e.country.Name
	short, long := e.text(at+"conventional short form"), e.text(at+"conventional long form")
	long, rest, _ := strings.Cut(long, ";")
	e.unread(at+"conventional long form", strings.TrimSpace(rest))
	if bare := facts.WithoutBrackets(long); bare != long && !strings.HasPrefix(long, "The Holy See") {
		e.unread(at+"conventional long form", long[len(bare):])
		long = bare
	}

	switch {
	case !notKnown(short) && strings.TrimPrefix(short, "The ") == own:
		e.claim(at+"conventional short form", id, "name", graph.StringValue(own))
	case !notKnown(short):
		e.claim(at+"conventional short form", id, "name", graph.StringValue(own), facts.AsInferred, facts.AsPrinted(short))
		if len(short) <= len("Falkland Islands (Islas Malvinas)") {
			e.claim(at+"conventional short form", id, "aliases", graph.StringValue(short))
		}
	default:
		e.claim(at+"conventional long form", id, "name", graph.StringValue(own), facts.AsInferred, facts.AsPrinted(long))
	}
	if !notKnown(long) {
		e.claim(at+"conventional long form", id, "officialName", graph.StringValue(long))
	}
	if abbr := e.text(at + "abbreviation"); !notKnown(abbr) {
		for _, a := range strings.Split(abbr, " or ") {
			if abbreviation.MatchString(a) {
				e.claim(at+"abbreviation", id, "aliases", graph.StringValue(a))
			} else {
				e.unread(at+"abbreviation", a)
			}
		}
	}
	if local := facts.WithoutBrackets(e.text(at + "local short form")); !notKnown(local) {
		for _, l := range strings.Split(strings.ReplaceAll(local, " or ", "/"), "/") {
			if l = strings.TrimSpace(l); l != "" && l != own && l != "none" {
				e.claim(at+"local short form", id, "aliases", graph.StringValue(l))
			}
		}
	}
}

// demonyms states the demonyms of the country: the adjective, then the nouns that differ from it. Plural forms in
// brackets, remarks and the demonyms of other states are left out.
func (e *entry) demonyms() {
	seen := []string{e.country.Name}
	for _, at := range []string{"People and Society/Nationality/adjective", "People and Society/Nationality/noun"} {
		text, rest, _ := strings.Cut(e.text(at), ";")
		e.unread(at, strings.TrimSpace(rest))
		switch {
		case notKnown(strings.TrimSpace(facts.WithoutBrackets(text))):
			continue
		case strings.Contains(text, "/"): // of two states, such as Chinese/Hong Konger
			e.unread(at, text)
			continue
		}
		for d := range strings.SplitSeq(demonymParts.Replace(text), ",") {
			d = strings.Trim(facts.WithoutBrackets(d), " )")
			if d != "" && !slices.Contains(seen, d) {
				seen = append(seen, d)
				e.claim(at, e.country.ID, "demonyms", graph.StringValue(d))
			}
		}
	}
}

// demonymParts replaces the words and brackets between alternatives by commas: Taiwan (or Taiwanese).
var demonymParts = strings.NewReplacer(", or ", ",", " (or ", ",", " or ", ",", "(s)", "")

// geography states the coordinates, area, coast and independence of the country.
func (e *entry) geography() {
	id := e.country.ID
	const point = "Geography/Geographic coordinates"
	if text := e.text(point); text != "" {
		if v, ok := parsePoint(text); ok {
			e.claim(point, id, "coordinates", v)
		} else if v, ok := parsePoint(labelledPoint(text, e.country.Name)); ok {
			e.claim(point, id, "coordinates", v, facts.AsInferred, facts.WithNote("the largest part"))
		} else {
			e.unread(point, text)
		}
	}
	e.area()
	const coast = "Geography/Coastline"
	if text := e.text(coast); !notKnown(text) {
		m := coastForm.FindStringSubmatch(text)
		switch {
		case m == nil:
			e.unread(coast, text)
		case strings.Contains(m[2], "landlocked"):
			e.claim(coast, id, "landlocked", graph.BoolValue(true))
		default:
			if km, ok := facts.ParseNumber(m[1], ""); ok {
				e.claim(coast, id, "coastline", graph.QuantityValue(km, "km"))
				if km > 0 {
					e.claim(coast, id, "landlocked", graph.BoolValue(false), facts.AsInferred)
				}
			}
		}
	}
	e.independence()
}

// area states the area. If the total is rounded to 0, as for the Vatican, the area of the land is used.
func (e *entry) area() {
	for _, at := range []string{"Geography/Area/total", "Geography/Area/land"} {
		text := e.text(at)
		if notKnown(text) {
			return
		}
		km2, rest, ok := parseArea(text)
		switch {
		case !ok:
			e.unread(at, text)
			return
		case km2 > 0:
			e.claim(at, e.country.ID, "area", graph.QuantityValue(km2, "km2"))
			e.unread(at, strings.Trim(rest, "; "))
			return
		}
		e.unread(at, text)
	}
}

// userAssigned matches a code that ISO 3166 reserves for its users.
var userAssigned = regexp.MustCompile(`^\.(x[a-z])\b`)

// assignedCode states the code of a country that has none in ISO 3166, from its Internet domain, such as XK.
func (e *entry) assignedCode() {
	const at = "Communications/Internet country code"
	if m := userAssigned.FindStringSubmatch(e.text(at)); m != nil {
		e.claim(at, e.country.ID, "iso2", graph.StringValue(strings.ToUpper(m[1])), facts.AsInferred, facts.AsPrinted("."+m[1]), facts.WithNote("user-assigned; ISO 3166 has no code for it"))
	}
}

var (
	coastForm = regexp.MustCompile(`^(` + facts.Number + `) km(?: \(([^)]*)\))?$`)
	partPoint = regexp.MustCompile(`([\p{L} ]+): ?(\d+ \d+ [NS], \d+ \d+ [EW])`)
)

// labelledPoint returns the coordinates of the part that represents the country, such as metropolitan France or
// Saint Helena.
func labelledPoint(text, country string) string {
	for _, m := range partPoint.FindAllStringSubmatch(text, -1) {
		if l := strings.TrimSpace(m[1]); l == "metropolitan "+country || strings.HasPrefix(country, l+",") {
			return m[2]
		}
	}
	return ""
}

var datedForm = regexp.MustCompile(`^((?:\d{1,2} )?(?:(?:` + months + `) )?\d{3,4})(?: ?\((.*?)\)?)?$`)

// independence states the date of independence if the entry gives one date for it. Other dates of the text are
// reported as unread.
func (e *entry) independence() {
	const at = "Government/Independence"
	text := e.text(at)
	if notKnown(text) || strings.HasPrefix(text, "none ") {
		return // "none (territory of ...)" means that there is no such date
	}
	type dated struct {
		date   graph.Date
		stated bool
	}
	var found []dated
	for _, seg := range splitOutside(text, ";") {
		if strings.HasPrefix(seg, "notable earlier date") {
			e.unread(at, seg)
			continue
		}
		m := datedForm.FindStringSubmatch(seg)
		if m == nil {
			e.unread(at, seg)
			continue
		}
		if d, ok := parseDay(m[1]); ok {
			stated := m[2] == "" || strings.HasPrefix(m[2], "from ") || strings.Contains(m[2], "independen") || strings.HasPrefix(m[2], "declared")
			found = append(found, dated{d, stated})
		} else {
			e.unread(at, seg)
		}
	}
	var stated []dated
	for _, d := range found {
		if d.stated {
			stated = append(stated, d)
		}
	}
	switch {
	case len(stated) == 1:
		e.claim(at, e.country.ID, "independence", graph.DateValue(stated[0].date))
	case len(stated) > 1:
		for _, d := range stated {
			e.claim(at, e.country.ID, "independence", graph.DateValue(d.date), facts.InConflict("independence-"+string(e.country.ID)))
		}
	case len(found) > 0:
		// The text says that the date is that of a founding or a proclamation, not of independence.
		e.claim(at, e.country.ID, "independence", graph.DateValue(found[0].date), facts.AsInferred, facts.AsConfidence(0.7))
	}
}

// regions states the regions of the country. They come from the name of its map and from the first words of its
// location.
func (e *entry) regions() {
	seen := map[graph.ID]bool{}
	part := func(at, printed string) bool {
		id, known := e.names.regions[printed]
		if known && !seen[id] {
			seen[id] = true
			e.Declare(id, "Region")
			if e.First("region " + string(id)) {
				e.State(e.place(at), at, id, "name", graph.StringValue(regionName(printed)))
			}
			e.claim(at, e.country.ID, "partOf", graph.EntityValue(id))
		}
		return known
	}
	const maps = "Geography/Map references"
	text := strings.TrimPrefix(e.text(maps), "metropolitan "+e.country.Name+": ")
	for rest := text; rest != ""; {
		found := ""
		for printed := range e.names.regions {
			if strings.HasPrefix(rest, printed) && len(printed) > len(found) {
				found = printed
			}
		}
		if found == "" {
			e.unread(maps, rest)
			break
		}
		part(maps, found)
		rest = strings.TrimSpace(rest[len(found):])
	}
	const location = "Geography/Location"
	head, _, _ := strings.Cut(e.text(location), ",")
	part(location, head)
}

// regionName returns the usual name of a region for which the Factbook has an unusual one.
func regionName(printed string) string {
	return strings.NewReplacer("Southern Asia", "South Asia", "Southeastern Asia", "Southeast Asia", "Eastern Asia", "East Asia").Replace(printed)
}

var capitalForm = regexp.MustCompile(`^(\p{Lu}[\p{L}'’. -]*?(?:, D\.C\.)?)(?: \((.*)\))?$`)

// capital states the capital, or each capital if the entry names several.
func (e *entry) capital() {
	const at, pointAt = "Government/Capital/name", "Government/Capital/geographic coordinates"
	text := e.text(at)
	if notKnown(text) {
		return
	}
	all := e.capitals(at, text)
	point, pointOf := e.text(pointAt), ""
	if len(all) > 0 {
		pointOf = all[0].name
	}
	slices.SortStableFunc(all, func(a, b capitalText) int {
		switch {
		case a.recognised == b.recognised:
			return 0
		case a.recognised:
			return 1
		}
		return -1
	})
	for i, f := range all {
		city := e.names.City(e.country.ID, f.name)
		if city == "" || !e.Declare(city, "City") {
			e.Remark(e.place(at), "there is no free id for the city %q; add it to names/cities.csv", f.name)
			continue
		}
		opts := []facts.Option{}
		if len(all) > 1 {
			opts = append(opts, facts.InConflict("capital-"+string(e.country.ID)), facts.WithNote(f.remark))
			switch {
			case f.recognised:
				opts = append(opts, facts.AsConfidence(facts.PossibleConfidence))
			case i > 0:
				opts = append(opts, facts.AsConfidence(facts.InferredConfidence))
			}
		}
		e.claim(at, e.country.ID, "capital", graph.EntityValue(city), opts...)
		e.claim(at, city, "name", graph.StringValue(f.name))
		for _, a := range f.aliases {
			e.claim(at, city, "aliases", graph.StringValue(a))
		}
		e.claim(at, city, "country", graph.EntityValue(e.country.ID))
		if v, ok := parsePoint(point); ok && f.name == pointOf {
			e.claim(pointAt, city, "coordinates", v)
			point = "" // the coordinates belong to the first city
		}
	}
	e.unread(pointAt, point)
}

// capitalText is the text about one city, as a part of the text about the capital.
type capitalText struct {
	name, remark string
	aliases      []string
	recognised   bool // as the capital, by the government of the publisher only
}

// capitals parses the text about the capital.
func (e *entry) capitals(at, text string) []capitalText {
	var all []capitalText
	for _, seg := range splitOutside(strings.ReplaceAll(text, "), ", "); "), ";") {
		if cut, ok := strings.CutSuffix(seg, " is the administrative capital"); ok {
			seg = cut + " (administrative capital)"
		}
		m := capitalForm.FindStringSubmatch(seg)
		if m == nil {
			e.unread(at, seg)
			continue
		}
		f := capitalText{name: strings.TrimSuffix(m[1], " in Romanian")}
		switch {
		case otherNames.MatchString(m[2]):
			f.aliases = betweenNames.Split(m[2], -1)
		case strings.Contains(m[2], "continues to be recognized"):
			f.recognised, f.remark = true, "recognised as the capital by the United States only"
			if aka := alsoKnown.FindStringSubmatch(m[2]); aka != nil {
				f.aliases = []string{aka[1]}
			}
		case strings.HasSuffix(m[2], "capital") || m[2] == "seat of government":
			f.remark = m[2]
		default:
			e.unread(at, m[2])
		}
		all = append(all, f)
	}
	return all
}

// The patterns distinguish other names, such as "Baki, Baky", from a remark.
var (
	otherNames   = regexp.MustCompile(`^\p{Lu}[\p{L}'’-]*(?: de)?(?: \p{Lu}[\p{L}'’-]*)*(?:[,/] ?\p{Lu}[\p{L}'’-]*)*$`)
	alsoKnown    = regexp.MustCompile(`^aka (\p{Lu}[\p{L}'’-]*)`)
	betweenNames = regexp.MustCompile(`[,/] ?`)
)

// people states the population.
func (e *entry) people() {
	const at = "People and Society/Population/total"
	text := e.text(at)
	if notKnown(text) {
		return
	}
	fig, ok := parseFigure(text)
	if !ok || fig.unit != "" || fig.dollars || fig.value != float64(int64(fig.value)) {
		e.unread(at, text)
		return
	}
	e.claim(at, e.country.ID, "population", graph.IntValue(int64(fig.value)), ofFigure(fig))
}

var currencyForm = regexp.MustCompile(`\(([A-Z]{3})\) per US dollar`)

// economy states the product, currency, goods and trade partners of the country.
func (e *entry) economy() {
	const gdp, gdpNote, currency = "Economy/GDP (official exchange rate)", "Economy/GDP (official exchange rate)/note", "Economy/Exchange rates/Currency"
	if text := e.text(gdp); !notKnown(text) {
		fig, ok := parseFigure(text)
		switch {
		case !ok || !fig.dollars || fig.unit != "":
			e.unread(gdp, text)
		case strings.Contains(e.text(gdpNote), "entry includes") || strings.Contains(e.text(gdpNote), "Dollar (NZD)"):
			// The figure covers more than this country, or is not in US dollars.
			e.unread(gdp, text+" "+e.text(gdpNote))
		default:
			e.claim(gdp, e.country.ID, "gdp", graph.QuantityValue(fig.value, "USD"), ofFigure(fig))
		}
	}
	if text := e.text(currency); !notKnown(text) {
		switch m := currencyForm.FindStringSubmatch(text); {
		case m == nil:
			e.unread(currency, text)
		case m[1] == "RMB":
			e.claim(currency, e.country.ID, "currency", graph.StringValue("CNY"), facts.AsInferred, facts.AsPrinted("RMB"))
		default:
			e.claim(currency, e.country.ID, "currency", graph.StringValue(m[1]))
		}
	}
	e.commodities("exports", "Economy/Exports - commodities")
	e.commodities("imports", "Economy/Imports - commodities")
	e.partners("exportsTo", "Economy/Exports - partners")
	e.partners("importsFrom", "Economy/Imports - partners")
}

// energyFigures lists the figures of the section Energy that are about a good.
var energyFigures = []struct {
	at, predicate string
	resource      graph.ID
	measure       string
}{
	{"Energy/Coal/production", "produces", "coal", "PRODUCTION"},
	{"Energy/Coal/exports", "exports", "coal", ""},
	{"Energy/Coal/imports", "imports", "coal", ""},
	{"Energy/Coal/proven reserves", "reserves", "coal", "RESERVES"},
	{"Energy/Petroleum/total petroleum production", "produces", "petroleum", "PRODUCTION"},
	{"Energy/Petroleum/crude oil estimated reserves", "reserves", "petroleum", "RESERVES"},
	{"Energy/Natural gas/production", "produces", "natural-gas", "PRODUCTION"},
	{"Energy/Natural gas/exports", "exports", "natural-gas", ""},
	{"Energy/Natural gas/imports", "imports", "natural-gas", ""},
	{"Energy/Natural gas/proven reserves", "reserves", "natural-gas", "RESERVES"},
	{"Energy/Natural gas/consumption", "consumes", "natural-gas", ""},
	{"Energy/Coal/consumption", "consumes", "coal", ""},
	{"Energy/Electricity/consumption", "consumes", "electricity", ""},
	{"Energy/Electricity/exports", "exports", "electricity", ""},
	{"Energy/Electricity/imports", "imports", "electricity", ""},
}

// energyUnits maps each unit of the Factbook to a unit of the ontology and the factor of the conversion.
var energyUnits = map[string]struct {
	unit string
	per  float64 // a divisor: dividing 28.769 by a whole number gives no rounding error
}{
	"metric tons": {"t", 1}, "bbl/day": {"bblPerDay", 1}, "barrels": {"bbl", 1}, "cubic meters": {"bcm", 1e9}, "kWh": {"TWh", 1e9},
}

func (e *entry) energy() {
	for _, f := range energyFigures {
		text := e.text(f.at)
		if notKnown(text) {
			continue
		}
		fig, ok := parseFigure(text)
		unit, known := energyUnits[fig.unit]
		if !ok || !known || fig.value == 0 {
			e.unread(f.at, text) // a country that produces nothing has no such relation to the good
			continue
		}
		value := fig.value / unit.per
		if !e.good(f.resource, "", f.at) {
			continue
		}
		opts := []facts.Option{ofFigure(fig), facts.Qualified("quantity", graph.QuantityValue(value, unit.unit))}
		if f.measure != "" {
			opts = append(opts, facts.Qualified("measure", graph.EnumOf(f.measure)))
		}
		e.claim(f.at, e.country.ID, f.predicate, graph.EntityValue(f.resource), opts...)
	}
}
