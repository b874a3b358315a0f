package failure

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

const (
	Suggestions       = 5
	suggestNameLength = 64 // longer names are unlikely to be typing mistakes, and comparing takes quadratic time
)

// DidYouMean returns the sentence of graphql-js that suggests the candidates most similar to a name,
// or "" if none is similar.
func DidYouMean(name string, candidates []string) string {
	if len(name) > suggestNameLength {
		return ""
	}
	type near struct {
		name     string
		distance int
	}
	var found []near
	threshold := len(name)*2/5 + 1
	lower := strings.ToLower(name)
	for _, c := range candidates {
		if len(c) > suggestNameLength || len(c) > len(name)+threshold || len(name) > len(c)+threshold {
			continue
		}
		d := levenshtein.ComputeDistance(lower, strings.ToLower(c))
		if d <= threshold {
			found = append(found, near{c, d})
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.SortStableFunc(found, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	found = found[:min(len(found), Suggestions)]
	var b strings.Builder
	b.WriteString(" Did you mean ")
	for i, f := range found {
		switch {
		case i > 0 && i == len(found)-1 && i == 1:
			b.WriteString(" or ")
		case i > 0 && i == len(found)-1:
			b.WriteString(", or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(f.name))
	}
	b.WriteByte('?')
	return b.String()
}

const (
	ValueBytes  = 120
	InspectKeys = 16 // the number of keys above which an object is shown unsorted
)

// Abbreviate cuts a client's text to a length fit for a message.
func Abbreviate(s string) string {
	if len(s) <= ValueBytes {
		return s
	}
	cut := ValueBytes
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
