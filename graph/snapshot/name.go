package snapshot

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// The qualifier lang may state the language of a text (BCP 47). A field prefers a text without a stated language
// unless a language is requested. A text in another language is shown only if there is nothing else, English first.

// Name returns the name of the entity in the view. If no claim of its name is visible, it returns the latest label
// in the store, except labels of sources that were published later than the view permits; if there is none, the id.
func (v *View) Name(entity uint32) string {
	if n := v.s.Named.Ref(entity); v.showsName(entity, n) {
		return n.Name
	}
	if n := v.label(entity); n != memory.None {
		return v.s.Texts.At(uint32(v.s.Rows.Ref(n).Value))
	}
	return v.s.IDs.At(entity)
}

// NameIn returns the name in a language that the view shows, or Name if there is none. Languages match as in RFC
// 4647: fr-CA also finds a name in fr. pt also finds one in pt-BR if there is none in pt.
func (v *View) NameIn(entity uint32, lang string) string {
	if n := v.bestIn(entity, v.s.NamePredicate, lang); n != memory.None {
		if fit, _ := text.Fit(v.s.Language(v.s.Rows.Ref(n)), lang); fit {
			return v.s.Texts.At(uint32(v.s.Rows.Ref(n).Value))
		}
	}
	return v.Name(entity)
}

// OneIn returns the claim that a property of one value shows to readers of a language, or None if the property
// shows nothing. If no claim is in the language, it is the claim that the field shows without a language.
func (v *View) OneIn(entity uint32, f *schema.Field, lang string) uint32 {
	return v.bestIn(entity, memory.PredicateOf(f), lang)
}

// ValuesIn appends to dst the claims of a property of many values whose texts are in the language:
// the best claim for each text.
func (v *View) ValuesIn(entity uint32, f *schema.Field, lang string, dst []uint32) []uint32 {
	best := map[string]int{}
	for l := range v.s.OutRun(entity, memory.PredicateOf(f)).All() {
		if v.stop() {
			break
		}
		r := v.s.Rows.Ref(l.Claim)
		if ok, _ := text.Fit(v.s.Language(r), lang); !ok || !l.Plain() || !v.Shows(entity, l) {
			continue
		}
		value := v.s.ValueOf(r.Cell()).Text()
		switch i, known := best[value]; {
		case !known:
			best[value] = len(dst)
			dst = append(dst, l.Claim)
		case v.better(l.Claim, dst[i]):
			dst[i] = l.Claim
		}
	}
	return dst
}

// bestIn does the work of best for readers of a language.
func (v *View) bestIn(entity uint32, p uint16, lang string) uint32 {
	best, least := memory.None, 0
	for l := range v.s.OutRun(entity, p).All() {
		if !l.Plain() || !v.Shows(entity, l) {
			continue
		}
		_, apart := text.Fit(v.s.Language(v.s.Rows.Ref(l.Claim)), lang)
		if best == memory.None || apart < least || apart == least && v.better(l.Claim, best) {
			best, least = l.Claim, apart
		}
	}
	return best
}

// foreign ranks claims by their language, for readers who request none; lower ranks precede.
func (v *View) foreign(r *memory.Row) int {
	switch lang := v.s.Language(r); {
	case lang == "":
		return 0
	case strings.EqualFold(lang, "en"):
		return 1
	}
	return 2
}

// label returns the claim whose value Name returns, or None if Name returns the id.
func (v *View) label(entity uint32) uint32 {
	n := v.s.Named.Ref(entity)
	if v.showsName(entity, n) {
		return n.Claim - 1
	}
	if n != nil && n.Claim == memory.ManyNames {
		if best := v.best(entity, v.s.NamePredicate); best != memory.None && v.foreign(v.s.Rows.Ref(best)) == 0 {
			return best
		}
	}
	latest := memory.None
	for l := range v.s.OutRun(entity, v.s.NamePredicate).All() {
		n := l.Claim
		if r := v.s.Rows.Ref(n); v.held(n, r) && !v.later[r.Source] && (latest == memory.None || v.precedes(n, latest, true)) {
			latest = n
		}
	}
	if latest != memory.None && v.foreign(v.s.Rows.Ref(latest)) > 0 {
		if best := v.best(entity, v.s.NamePredicate); best != memory.None {
			return best
		}
	}
	return latest
}

// showsName reports whether the entity has exactly one claim of its name, and the view shows that claim.
func (v *View) showsName(entity uint32, n *memory.Naming) bool {
	return n.One() && n.Rank != graph.Deprecated && v.Shows(entity, n.Link(v.s.NamePredicate))
}
