package text

import "strings"

// Fit reports whether a text in the language have, a tag of BCP 47, fits readers of the language want,
// as RFC 4647 looks languages up, and how far the two are apart: how many subtags of want must be cut.
// A text without a language ("") fits no reader, but is nearer than a text in another language.
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
