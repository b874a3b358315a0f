package schema_test

import (
	"testing"

	"github.com/caspian-kg/caspian/schema"
)

// TestCodes reads codes in the forms in which people have them.
func TestCodes(t *testing.T) {
	o := schema.MustDefault()
	for _, c := range []struct{ predicate, given, want string }{
		{"wikidata", "Q42", "Q42"}, {"wikidata", " q42 ", "Q42"},
		{"wikidata", "https://www.wikidata.org/wiki/Q42", "Q42"}, {"wikidata", "http://www.wikidata.org/entity/Q42", "Q42"},
		{"wikidata", "https://m.wikidata.org/wiki/Q42", "Q42"}, {"wikidata", "https://www.m.wikidata.org/wiki/Q42#P31", "Q42"},
		{"wikidata", "wikidata.org/wiki/Q42?uselang=kk", "Q42"}, {"wikidata", "//www.wikidata.org/wiki/q42/", "Q42"}, {"wikidata", "HTTPS://WWW.Wikidata.org/wiki/Q42", "Q42"},
		{"wikidata", "https://www.wikidata.org/wiki/Special:EntityData/Q42.json", "Q42"},
		{"wikidata", "Q042", ""}, {"wikidata", "P42", ""}, {"wikidata", "42", ""}, {"wikidata", "https://www.wikidata.org/wiki/Property:P31", ""}, {"wikidata", "https://example.org/wiki/Q42", ""},
		{"iso2", "kz", "KZ"}, {"iso2", "KZ", "KZ"}, {"iso2", "y", ""}, {"iso2", "KAZ", ""}, {"iso2", "KZ\n", "KZ"}, {"iso2", "", ""}, {"iso2", "ıs", ""},
		{"isoNumeric", "004", "004"}, {"isoNumeric", "4", ""}, {"locode", "kzaau", "KZAAU"}, {"locode", "KZ1AU", ""},
		{"sameAs", "https://Example.org/A", "https://Example.org/A"}, {"hsCodes", "2844", "2844"}, {"hsCodes", "284", ""},
	} {
		code := o.Predicate(c.predicate)[0].Code
		got, err := code.Read(c.given)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q is read as %q (%v) instead of %q", c.predicate, c.given, got, err, c.want)
		}
		if again, err := code.Read(got); c.want != "" && (err != nil || again != got) {
			t.Errorf("%s %q is read as %q and that as %q (%v)", c.predicate, c.given, got, again, err)
		}
	}
}
