package factbook

import (
	"regexp"
	"strconv"
)

// longTerm is the most years that a head of government can be in office without a row in names/terms.csv. A
// longer term may be a misprint, such as 2005 for 2025.
const longTerm = 15

var anyYear = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

// implausible reports whether the start of a head of government is much earlier than the other dates of the
// entry, and names/terms.csv does not confirm it. A person who is also head of state may have held that office
// as long.
func (e *entry) implausible(h holder) bool {
	if h.since.Empty() || h.represents || e.names.terms[e.base+" "+h.name] {
		return false
	}
	const branch = "Government/Executive branch/"
	heads, _ := parseHolders(e.text(branch+"chief of state"), e.names.titles)
	for _, s := range heads {
		if s.name == h.name {
			return false
		}
	}
	latest := 0
	for _, at := range []string{"chief of state", "head of government", "most recent election date"} {
		for _, y := range anyYear.FindAllString(e.text(branch+at), -1) {
			n, _ := strconv.Atoi(y)
			latest = max(latest, n)
		}
	}
	from, err := strconv.Atoi(h.since.From.String()[:4])
	return err == nil && latest-from > longTerm
}
