package factbook

import (
	"regexp"
	"strconv"
)

// longTerm is for how many years a head of government may be in office before the start
// needs a row in names/terms.csv: 2005 may be a slip for 2025.
const longTerm = 15

var anyYear = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

// implausible reports whether the start of a head of government is much older than what else the entry
// dates, and nothing confirms it. Somebody who is also head of state may have held that office as
// long.
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
