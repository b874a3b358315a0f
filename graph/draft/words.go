package draft

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// typeWords maps types to words that tables use for their entities, besides names and labels.
var typeWords = map[string][]string{
	"Country":       {"nation", "state", "economy", "territory", "land", "reporter", "partner", "origin", "destination", "exporter", "importer", "areas", "countries", "entity", "iso", "iso2", "iso3", "area", "location"},
	"City":          {"town", "settlement", "municipality", "capital", "cities", "place"},
	"Organisation":  {"organization", "igo", "agency", "company", "operator", "org", "institution", "bloc"},
	"Person":        {"leader", "president", "minister", "people", "head", "name of leader", "ruler", "monarch"},
	"Resource":      {"commodity", "mineral", "product", "good", "goods", "material", "fuel"},
	"TransportNode": {"port", "harbour", "harbor", "station", "airport", "terminal", "node", "seaport", "crossing"},
	"Facility":      {"plant", "refinery", "smelter", "terminal", "power plant", "factory", "project"},
	"Deposit":       {"mine", "field", "ore body", "mines"},
	"Segment":       {"pipeline", "railway", "line", "road", "leg", "pipelines"},
	"Corridor":      {"route"},
	"Passage":       {"strait", "chokepoint", "pass"},
	"WaterBody":     {"sea", "lake", "river", "water body"},
	"Polity":        {"polity", "historical state", "empire", "kingdom"},
	"Region":        {"continent"},
	"Policy":        {"sanction", "programme", "program", "tariff", "sanctions", "embargo"},
	"Agreement":     {"treaty", "accord", "agreement"},
	"OtherEvent":    {"incident", "conflict", "attack", "event", "events", "war"},
	"Pledge":        {"donation", "aid", "loan"},
}

// fieldWords maps fields to words that tables use for them, besides names and labels.
var fieldWords = map[string][]string{
	"name":           {"title", "label", "full name", "short name", "english name"},
	"aliases":        {"alias", "aka", "alternate name", "alternative name", "alt name", "other name", "other names", "also known as", "former names", "name alt", "abbreviation", "short"},
	"officialName":   {"formal name", "long name", "full official name"},
	"wikidata":       {"wikidata id", "qid", "wikidata qid"},
	"iso2":           {"iso alpha 2", "alpha 2", "alpha2", "iso a2", "iso3166 1 alpha 2", "iso 2", "country code 2"},
	"isoNumeric":     {"iso numeric", "iso 3166 numeric", "iso3166 1 numeric", "numeric", "un code", "m49"},
	"fips":           {"fips code", "gec", "fips 10 4"},
	"locode":         {"un locode", "unlocode", "port code"},
	"sameAs":         {"wikipedia", "wiki", "wiki url", "web page"},
	"population":     {"pop", "inhabitants", "total population", "population total"},
	"gdp":            {"gross domestic product", "gdp nominal"},
	"area":           {"surface area", "land area", "total area"},
	"currency":       {"currency code", "iso4217 currency alphabetic code"},
	"capital":        {"capital city"},
	"coastline":      {"coast length"},
	"governmentType": {"government", "form of government"},
	"incomeLevel":    {"income group", "income"},
	"independence":   {"independence date", "independent since", "date of independence", "ind date"},
	"founded":        {"established", "foundation", "inception", "founding date", "sdate", "founding year"},
	"dissolved":      {"dissolution", "deaddate", "disbanded"},
	"seat":           {"headquarters", "hq"},
	"born":           {"birth", "birth date", "date of birth", "birth year", "yrborn", "year of birth"},
	"died":           {"death", "death date", "date of death", "death year", "yrdied", "year of death"},
	"hsCodes":        {"hs code", "hscode", "hs", "commodity code"},
	"operator":       {"operated by", "operating company"},
	"owners":         {"owner", "parent", "ownership", "shareholders"},
	"status":         {"state of operation", "operating status", "phase"},
	"inServiceSince": {"start year", "opened", "opening year", "commissioned", "in service", "online", "startup", "first production", "commissioning year"},
	"capacity":       {"annual capacity", "nameplate capacity", "design capacity", "installed capacity"},
	"resource":       {"commodity", "mineral", "product", "fuel", "primary commodity"},
	"transits":       {"countries", "country"},
	"country":        {"countries", "country name", "location country", "host country", "state"},
	"kind":           {"type", "category", "class", "subtype"},
	"throughput":     {"annual throughput", "traffic"},
	"depth":          {"channel depth", "draft", "max draft", "water depth"},
	"distanceKm":     {"length", "distance"},
	"lengthKm":       {"length", "border length", "distance"},
	"start":          {"start date", "begin", "began", "from", "start year", "event date", "date"},
	"end":            {"end date", "ended", "to", "end year", "until"},
	"date":           {"signed", "signature", "date signed", "year"},
	"place":          {"location", "city", "venue"},
	"imposedBy":      {"issuer", "sender", "imposer", "sanctioning country"},
	"targets":        {"target", "targeted country", "sanctioned country"},
	"legalActs":      {"legal basis", "law"},
	"parties":        {"signatories", "members"},
	"participants":   {"attendees", "parties", "actors"},
	"produces":       {"production", "output", "mined", "mine production", "prod"},
	"reserves":       {"proven reserves", "proved reserves", "reserve"},
	"consumes":       {"consumption", "demand"},
	"exports":        {"exported"},
	"imports":        {"imported"},
	"exportsTo":      {"exports", "export", "trade", "flow"},
	"importsFrom":    {"imports", "import"},
	"borders":        {"border", "neighbour", "neighbor", "neighbours", "neighbors", "adjacent"},
	"memberOf":       {"membership", "member", "igo", "memberships", "organisation", "organization"},
	"partnerOf":      {"ally", "allies", "alliance", "partnership"},
	"holds":          {"office", "position", "post"},
	"partOf":         {"region", "continent", "subregion", "sub region"},
	"role":           {"status", "membership type", "member type", "membership status"},
	"share":          {"percentage", "percent", "share", "stake"},
	"value":          {"trade value", "amount", "usd"},
	"quantity":       {"production", "reserves", "amount", "volume", "output", "tonnes", "prod", "value"},
	"amounts":        {"amount", "value", "commitment"},
	"by":             {"donor", "lender"},
	"to":             {"recipient", "beneficiary"},
}

// memberWords maps members of enums to words that tables use for them, besides names.
var memberWords = map[string][]string{
	"OPERATIONAL": {"operating", "active", "in operation", "open", "in service", "existing", "producing", "online"}, "UNDER_CONSTRUCTION": {"construction", "in construction", "building"},
	"PLANNED": {"proposed", "planning", "prospective", "pre construction"}, "ANNOUNCED": {"announcement"}, "ABANDONED": {"cancelled", "canceled"}, "RETIRED": {"decommissioned"},
	"SUSPENDED": {"stopped", "halted"}, "ENDED": {"expired", "lifted", "revoked", "terminated"}, "IN_FORCE": {"effective", "active"},
	"MEMBER": {"full", "full member"}, "ASSOCIATE": {"associate member", "associated"}, "OBSERVER": {"observer status"},
	"PORT": {"seaport", "sea port", "coastal natural", "coastal breakwater", "coastal tide gate", "coastal"}, "RIVER_PORT": {"river natural", "river basin", "river tide gate", "river", "inland port"},
	"RAIL": {"railway", "train"}, "ROAD": {"truck", "highway"}, "SEA": {"maritime", "ship"}, "PIPELINE": {"pipe"},
	"SANCTION": {"sanctions", "asset freeze"}, "EXPORT_CONTROL": {"export controls"},
}

// phrases returns the phrases, as words, that may name a field or a qualifier in the name of a column.
func phrases(name, label string) [][]string {
	list := [][]string{wordsOf(name)}
	if label != "" {
		list = append(list, wordsOf(label))
	}
	for _, p := range fieldWords[name] {
		list = append(list, wordsOf(p))
	}
	return list
}

// likeness returns how similar the words of a column are to the best of the phrases. It is 100 for the same
// words, and less for a part.
func likeness(words []string, list [][]string) int {
	best := 0
	for i, p := range list {
		score := 0
		switch {
		case len(p) == 0 || len(words) == 0:
		case slices.Equal(words, p):
			score = 100
		case contains(words, p):
			score = 60 + 12*len(p) - 6*(len(words)-len(p))
		case contains(p, words) && len(words[0]) > 3:
			score = 55 - 5*(len(p)-len(words))
		}
		if i > 0 {
			score -= 2 // the name is better than other phrases
		}
		best = max(best, score)
	}
	return best
}

// contains reports whether words contains part as adjacent words in the same order. A plural counts as its singular.
func contains(words, part []string) bool {
	for i := 0; i+len(part) <= len(words); i++ {
		same := true
		for j := range part {
			same = same && strings.TrimSuffix(words[i+j], "s") == strings.TrimSuffix(part[j], "s")
		}
		if same {
			return true
		}
	}
	return false
}

// named returns how well words name a type.
func named(words []string, t *schema.Type) int {
	list := [][]string{wordsOf(t.Name), wordsOf(t.Label), wordsOf(t.Plural)}
	for _, w := range typeWords[t.Name] {
		list = append(list, wordsOf(w))
	}
	best := 0
	for _, p := range list {
		if len(p) > 0 && contains(words, p) {
			best = max(best, 60+10*len(p)-3*(len(words)-len(p)))
		}
	}
	return best
}
