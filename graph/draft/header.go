package draft

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// header is the meaning of a column's name.
type header struct {
	words   []string
	scale   string // the factor of its numbers; "" for 1
	unit    string // a unit of the ontology; "" if the name has none
	percent bool
	lang    string // the language of its names
}

var (
	bracketed = regexp.MustCompile(`[(\[]([^)\]]*)[)\]]`)
	// camel matches the places where a word begins within a name: between a and B in aB, and before the last
	// capital in ABc.
	camel  = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
	yearIn = regexp.MustCompile(`^(1[5-9]|20)\d\d$`)
)

// headerOf parses the name of a column.
func headerOf(o *schema.Ontology, name string) header {
	var h header
	if i := strings.LastIndexByte(name, '/'); i > 0 && !strings.ContainsAny(name, "( ") && !strings.HasSuffix(name, "/0") && !strings.HasSuffix(name, "/1") {
		name = name[i+1:] // for a path in JSON, only the last name
	}
	for _, in := range bracketed.FindAllStringSubmatch(name, -1) {
		if h.measure(o, wordsOf(in[1])) {
			name = strings.Replace(name, in[0], " ", 1)
		}
	}
	h.words = wordsOf(name)
	if h.unit == "" && h.scale == "" {
		for n := min(3, len(h.words)-1); n > 0; n-- {
			if h.measure(o, h.words[len(h.words)-n:]) {
				h.words = h.words[:len(h.words)-n]
				break
			}
		}
	}
	if n := len(h.words); n > 1 && languages[h.words[n-1]] != "" {
		h.lang, h.words = languages[h.words[n-1]], h.words[:n-1]
	} else if n > 1 && languages[h.words[0]] != "" && len(h.words[0]) > 2 {
		h.lang, h.words = languages[h.words[0]], h.words[1:]
	}
	return h
}

// wordsOf returns the words of a name, in lower case.
func wordsOf(name string) []string {
	for _, sign := range signs {
		name = strings.ReplaceAll(name, sign.from, sign.to)
	}
	name = camel.ReplaceAllString(name, "$1$3 $2$4")
	return strings.FieldsFunc(strings.ToLower(text.Base(name)), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '%' && c != '\''
	})
}

// signs maps signs to words.
var signs = []struct{ from, to string }{
	{"US$", " usd "}, {"$", " usd "}, {"€", " eur "}, {"£", " gbp "}, {"¥", " jpy "}, {"²", "2"}, {"³", "3"}, {"km^2", "km2"}, {"'000", " thousand "}, {"’000", " thousand "}, {"000s", " thousand "}, {"bbl/d", "bblperday"}, {"b/d", "bblperday"}, {"%", " % "},
}

// scales maps words to powers of ten.
var scales = map[string]string{"thousand": "1000", "thousands": "1000", "k": "1000", "million": "1000000", "millions": "1000000", "mn": "1000000", "mln": "1000000", "mio": "1000000", "mm": "1000000",
	"billion": "1000000000", "billions": "1000000000", "bn": "1000000000", "bln": "1000000000", "trillion": "1000000000000", "trillions": "1000000000000", "tn": "1000000000000"}

// unitWords maps words that tables use to units of the ontology. Words without a meaning were removed before.
var unitWords = map[string]string{
	"usd": "USD", "dollars": "USD", "dollar": "USD", "us dollars": "USD", "us dollar": "USD", "euro": "EUR", "euros": "EUR", "yen": "JPY", "yuan": "CNY", "rmb": "CNY", "roubles": "RUB", "rubles": "RUB", "tenge": "KZT", "pounds sterling": "GBP",
	"sq km": "km2", "square km": "km2", "square kilometres": "km2", "square kilometers": "km2", "sqkm": "km2", "sq mi": "mi2", "square miles": "mi2", "hectares": "ha", "hectare": "ha",
	"metres": "m", "meters": "m", "metre": "m", "meter": "m", "feet": "ft", "foot": "ft", "kilometres": "km", "kilometers": "km", "kms": "km", "miles": "mi", "nautical miles": "nmi",
	"tonnes": "t", "tons": "t", "metric tons": "t", "metric tonnes": "t", "tonne": "t", "kilotonnes": "kt", "kilotons": "kt", "megatonnes": "Mt", "million tonnes": "Mt", "kilograms": "kg", "grams": "g", "carats": "ct", "troy ounces": "troyOz",
	"bcm": "bcm", "billion cubic metres": "bcm", "billion cubic meters": "bcm", "billion cu m": "bcm", "million cubic metres": "mcm", "million cubic meters": "mcm", "billion cubic feet": "Bcf", "trillion cubic feet": "Tcf",
	"barrels": "bbl", "million barrels": "Mbbl", "barrels per day": "bblPerDay", "bpd": "bblPerDay", "bopd": "bblPerDay", "bblperday": "bblPerDay", "boed": "bblPerDay", "barrels day": "bblPerDay",
	"mtpa": "MtPerYear", "million tonnes per year": "MtPerYear", "bcm y": "bcmPerYear", "bcm year": "bcmPerYear", "bcm per year": "bcmPerYear", "teu": "TEU", "teus": "TEU", "teu per year": "TEUPerYear",
	"megawatts": "MW", "gigawatts": "GW", "kilowatts": "kW", "terawatt hours": "TWh", "gigawatt hours": "GWh", "megawatt hours": "MWh", "kilowatt hours": "kWh", "petajoules": "PJ", "exajoules": "EJ",
}

// beside are words in the names of units that do not change the unit.
var beside = []string{"in", "current", "constant", "nominal", "prices", "price", "at", "of", "us", "estimated", "est", "total", "number", "number of", "persons", "people", "inhabitants", "ppp", "international", "the"}

// measure parses words as a scale and a unit. It returns false if they are anything else.
func (h *header) measure(o *schema.Ontology, words []string) bool {
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(beside, w) || yearIn.MatchString(w) })
	if len(words) == 0 || len(rest) == 0 {
		return false
	}
	if joined := strings.Join(rest, " "); joined == "%" || joined == "percent" || joined == "per cent" || joined == "pct" {
		h.percent = true
		return true
	}
	if unit := unitOf(o, rest); unit != "" {
		h.unit = unit
		return true
	}
	for i, w := range rest {
		scale, ok := scales[w]
		other := slices.Delete(slices.Clone(rest), i, i+1)
		unit := unitOf(o, other)
		if w == "m" && unit != "" && o.Units[unit].Dimension == "currency" {
			scale, ok = scales["million"], true
		}
		if ok && w == "k" && len(other) == 0 {
			continue
		}
		if ok && (len(other) == 0 || unit != "") {
			h.scale, h.unit = scale, unit
			return true
		}
	}
	return false
}

// unitOf returns the unit that the words name, or "".
func unitOf(o *schema.Ontology, words []string) string {
	joined := strings.Join(words, " ")
	if code := unitWords[joined]; o.Units[code] != nil {
		return code
	}
	found := ""
	for code := range o.Units {
		if (strings.EqualFold(code, joined) || strings.EqualFold(o.Units[code].Symbol, joined) && len(joined) > 2) && (found == "" || code == joined) {
			found = code
		}
	}
	return found
}

// languages maps words in names of columns to languages.
var languages = map[string]string{
	"english": "en", "french": "fr", "russian": "ru", "spanish": "es", "german": "de", "arabic": "ar", "chinese": "zh", "japanese": "ja", "kazakh": "kk", "turkish": "tr", "persian": "fa", "portuguese": "pt", "italian": "it", "ukrainian": "uk", "uzbek": "uz", "korean": "ko",
	"en": "en", "fr": "fr", "ru": "ru", "es": "es", "de": "de", "ar": "ar", "cn": "zh", "zh": "zh", "ja": "ja", "jp": "ja", "kk": "kk", "tr": "tr", "fa": "fa", "pt": "pt", "it": "it", "uk": "uk", "uz": "uz", "ko": "ko",
}
