package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/caspian-kg/caspian/graph/text"
)

// words has the forms of a text by which it is compared and searched.
type words struct {
	fold     string
	sound    string
	sorted   string   // the words in alphabetical order, without empty ones
	list     []string // the same words in the order of the text
	variants []string // the texts to search for
}

// empty has the words that only some lists of names write.
var empty = map[string]bool{"the": true, "of": true, "and": true, "la": true, "le": true, "el": true}

// written maps the short forms of words to the full ones.
var written = map[string]string{
	"st": "saint", "ste": "sainte", "rep": "republic", "dem": "democratic", "fed": "federation", "is": "islands", "isl": "islands", "mt": "mount", "univ": "university", "intl": "international", "org": "organization", "organisation": "organization",
	"labour": "labor", "defence": "defense", "centre": "center", "programme": "program"}

func wordsOf(s string) words {
	w := words{fold: text.Fold(s), sound: text.Sound(s), variants: []string{s}}
	for word := range strings.FieldsSeq(w.fold) {
		if long, ok := written[word]; ok {
			word = long
		}
		if !empty[word] {
			w.list = append(w.list, word)
		}
	}
	sorted := slices.Sorted(slices.Values(w.list))
	w.sorted = strings.Join(sorted, " ")
	if long := strings.Join(w.list, " "); long != w.fold && long != "" {
		w.variants = append(w.variants, long)
	}
	return w
}

// like returns how similar a name is to the text, and in what way.
func (w *words) like(name string) (score int, reason string) {
	n := wordsOf(name)
	switch {
	case w.fold == "" || n.fold == "":
		return 0, ""
	case n.fold == w.fold:
		return same, "its name"
	case n.sorted == w.sorted && w.sorted != "":
		return reordered, "the same words"
	case strings.Join(n.list, "") == strings.Join(w.list, ""):
		return reordered, "the same letters"
	case w.counts(n):
		return elsewhere, "another number"
	}
	a, b := strings.Join(w.list, " "), strings.Join(n.list, " ")
	if w.sound != "" && n.sound == w.sound {
		return sounds, "it sounds the same"
	}
	length := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	edits := levenshtein.ComputeDistance(a, b)
	score = sounds * (length - edits) / max(length, 1)
	switch {
	case edits == 1 && length >= 8:
		return alike, "one letter differs"
	case w.within(n) || n.within(*w):
		return max(score, partial), "a part of the name"
	}
	return score, "some letters differ"
}

// counts reports whether the numbers in the two names differ. Then they name different things, such as two berths or
// two kings, although only one letter differs.
func (w *words) counts(n words) bool {
	return !slices.Equal(numbers(w.list), numbers(n.list))
}

func numbers(list []string) (found []string) {
	for _, word := range list {
		if strings.ContainsFunc(word, unicode.IsDigit) || strings.Trim(word, "ivx") == "" {
			found = append(found, word)
		}
	}
	return found
}

// within reports whether all words are also words of the other.
func (w *words) within(other words) bool {
	return len(w.list) > 0 && !slices.ContainsFunc(w.list, func(word string) bool { return !slices.Contains(other.list, word) })
}
