package text

import "strings"

// Fit reports whether a text in the language have, a BCP 47 tag, suits readers of the language want by the
// lookup of RFC 4647. apart is the number of subtags that must be removed from want. A text without a language
// ("") suits no reader, but has a lower apart than a text in another language.
func Fit(have, want string) (fits bool, apart int) {
	const longer, none, other = 100, 200, 300
	if have == "" {
		return false, none
	}
	for tag := want; tag != ""; apart++ {
		if strings.EqualFold(have, tag) {
			return true, apart
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	if len(have) > len(want) && have[len(want)] == '-' && strings.EqualFold(have[:len(want)], want) {
		return true, longer
	}
	return false, other
}
