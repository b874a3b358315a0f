package codec

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// seedWidth is the most characters of a line of short claims.
const seedWidth = 118

// encodeSeed writes a seed file: entities by type and id, fields in the order of the ontology, claims in the
// order of the graph. A member that most claims of a file, an entity or a list share is written once, as a
// default. The withdrawn claims are listed at the end. A value that does not fit the ontology may be read
// differently, so the format is not lossless.
func encodeSeed(ctx context.Context, w io.Writer, from Graph) error {
	e := &seedEncoder{o: from.Ontology(), w: bufio.NewWriterSize(w, 64<<10), types: map[graph.ID]string{}, claims: map[graph.ID][]*graph.Claim{}}
	if err := e.collect(ctx, from); err != nil {
		return err
	}
	if err := e.write(ctx); err != nil {
		return err
	}
	return e.w.Flush()
}

type seedEncoder struct {
	o      *schema.Ontology
	w      *bufio.Writer
	types  map[graph.ID]string
	claims map[graph.ID][]*graph.Claim

	retracted  lapses // withdrawn, but not superseded
	reinstated lapses // superseded, but reinstated later
	merged     []graph.Merged
}

func (e *seedEncoder) collect(ctx context.Context, from Graph) error {
	err := from.Entities(func(x graph.Entity) error {
		e.types[x.ID] = x.Type
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if err := from.Merged(func(m graph.Merged) error { e.merged = append(e.merged, m); return nil }); err != nil {
		return err
	}
	superseded, err := supersededIn(ctx, from)
	if err != nil {
		return err
	}
	return from.Claims(func(c *graph.Claim, id graph.ClaimID, live bool) error {
		switch {
		case !live && !superseded[id]:
			e.retracted.add(id, from.ReasonOf(id))
		case live && superseded[id]:
			e.reinstated.add(id, from.ReasonOf(id))
		}
		if c.Predicate == "type" || c.Predicate == "_" {
			return graph.Errorf(graph.BadInput, "%s %s: the seed format keeps that word for itself; export to another format", c.Subject, c.Predicate)
		}
		for _, q := range c.Qualifiers {
			if _, meta := claimMeta[q.Name]; meta || q.Name == "to" || q.Name == "value" || q.Name == "_" {
				return graph.Errorf(graph.BadInput, "%s %s has a qualifier %q, a word that the seed format keeps for itself; export to another format", c.Subject, c.Predicate, q.Name)
			}
		}
		held := *c
		e.claims[c.Subject] = append(e.claims[c.Subject], &held)
		return ctx.Err()
	})
}

func (e *seedEncoder) write(ctx context.Context) error {
	var all []*graph.Claim
	ids := make([]graph.ID, 0, len(e.types))
	for id := range e.types {
		ids = append(ids, id)
	}
	for id, cs := range e.claims {
		all = append(all, cs...)
		if _, declared := e.types[id]; !declared {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b graph.ID) int {
		return cmp.Or(cmp.Compare(e.rank(a), e.rank(b)), cmp.Compare(a, b))
	})
	file := seedDefaults{}
	if len(all) > 0 {
		file.choose(all, []string{"source", "confidence"}, 0)
		fmt.Fprintf(e.w, "defaults: %s\n", file.flow())
	}
	if len(ids) == 0 {
		return nil
	}
	e.w.WriteString("entities:\n")
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.entity(id, file)
	}
	e.retracted.write(e.w, "retract")
	e.reinstated.write(e.w, "reinstate")
	for i, m := range e.merged {
		if i == 0 {
			e.w.WriteString("merge:\n")
		}
		fmt.Fprintf(e.w, "  %s: %s\n", seedScalar(string(m.From)), seedScalar(string(m.Into)))
	}
	return nil
}

// rank returns the position of an entity's type in the ontology. Entities that other files declare come last.
func (e *seedEncoder) rank(id graph.ID) int {
	t := e.o.Type(e.types[id])
	if t == nil {
		return len(e.o.Types)
	}
	return slices.Index(e.o.Types, t)
}

func (e *seedEncoder) entity(id graph.ID, inherited seedDefaults) {
	claims := e.claims[id]
	fmt.Fprintf(e.w, "  %s:", seedScalar(string(id)))
	if typ := e.types[id]; typ != "" {
		if len(claims) == 0 {
			fmt.Fprintf(e.w, " {type: %s}\n", typ)
			return
		}
		fmt.Fprintf(e.w, "\n    type: %s", typ)
	}
	e.w.WriteByte('\n')
	byField := map[string][]*graph.Claim{}
	var fields []string
	for _, c := range claims {
		if byField[c.Predicate] == nil {
			fields = append(fields, c.Predicate)
		}
		byField[c.Predicate] = append(byField[c.Predicate], c)
	}
	t := e.o.Type(e.types[id])
	slices.SortStableFunc(fields, func(a, b string) int { return cmp.Compare(fieldRank(t, a), fieldRank(t, b)) })

	own := inherited.with()
	if len(fields) > 1 {
		// A list has separate defaults, so each field counts once.
		firsts := make([]*graph.Claim, len(fields))
		for i, f := range fields {
			firsts[i] = byField[f][0]
		}
		own.choose(firsts, []string{"source", "at", "confidence", "attribution"}, len(fields)/2)
		own.choose(claims, []string{"valid", "rank", "attributedTo", "conflict", "note"}, len(claims)-1)
		if own["at"] != "" && slices.ContainsFunc(claims, func(c *graph.Claim) bool { return c.Locator == "" }) {
			delete(own, "at") // not a default, because a claim without a locator cannot override it
		}
	}
	if d := own.beyond(inherited); len(d) > 0 {
		fmt.Fprintf(e.w, "    _: %s\n", d.flow())
	}
	for _, f := range fields {
		e.field(f, byField[f], own)
	}
}

func fieldRank(t *schema.Type, name string) int {
	if t == nil {
		return 0
	}
	return slices.IndexFunc(t.Fields, func(f *schema.Field) bool { return f.Name == name })
}

func (e *seedEncoder) field(name string, claims []*graph.Claim, inherited seedDefaults) {
	if len(claims) == 1 {
		fmt.Fprintf(e.w, "    %s: %s\n", seedScalar(name), seedClaim(claims[0], inherited))
		return
	}
	own := inherited.with()
	own.choose(claims, []string{"valid", "source", "at", "confidence", "attribution"}, len(claims)/2)
	own.choose(claims, []string{"rank", "attributedTo", "conflict", "note"}, len(claims)-1)
	own.chooseQualifiers(claims)
	items := make([]string, 0, len(claims)+1)
	if d := own.beyond(inherited); len(d) > 0 {
		items = append(items, "_: "+d.flow())
	}
	short := 0
	for _, c := range claims {
		items = append(items, seedClaim(c, own))
		if !strings.HasPrefix(items[len(items)-1], "{") {
			short++
		}
	}
	if len(claims) < 6 || 2*short < len(claims) {
		fmt.Fprintf(e.w, "    %s:\n", seedScalar(name))
		for _, it := range items {
			fmt.Fprintf(e.w, "      - %s\n", it)
		}
		return
	}
	fmt.Fprintf(e.w, "    %s: [", seedScalar(name))
	column := seedWidth // so that the first item begins a line
	for i, it := range items {
		if strings.HasPrefix(it, "_: ") {
			it = "{" + it + "}"
		}
		end := ","
		if i == len(items)-1 {
			end = "]"
		}
		switch width := len([]rune(it)) + len(end); {
		case column+1+width > seedWidth:
			fmt.Fprintf(e.w, "\n      %s%s", it, end)
			column = 6 + width
		default:
			fmt.Fprintf(e.w, " %s%s", it, end)
			column += 1 + width
		}
	}
	e.w.WriteByte('\n')
}

// metaKeys lists the keys of a claim that can be defaults, in the order of writing.
var metaKeys = []string{"valid", "source", "at", "confidence", "rank", "attribution", "attributedTo", "original", "conflict", "note"}

// metaText returns the text of a claim's member with a key of claimMeta.
func metaText(c *graph.Claim, key string) string {
	switch key {
	case "valid":
		return c.Valid.String()
	case "source":
		return string(c.Source)
	case "at":
		return c.Locator
	case "confidence":
		return strconv.FormatFloat(c.Confidence, 'f', -1, 64)
	case "rank":
		return c.Rank.String()
	case "attribution":
		return c.Attribution.String()
	case "attributedTo":
		return c.AttributedTo
	case "original":
		return c.Original
	case "conflict":
		return c.Conflict
	}
	return c.Note
}

// unstated returns the value that a key has if it is not written.
var unstated = map[string]string{"confidence": "1", "rank": graph.Normal.String(), "attribution": graph.Asserted.String()}

// seedDefaults maps keys that need not be written to their default texts. The keys are metaKeys and, for a
// list, qualifiers.
type seedDefaults map[string]string

func (d seedDefaults) with() seedDefaults {
	own := make(seedDefaults, len(d)+2)
	for k, v := range d {
		own[k] = v
	}
	return own
}

func (d seedDefaults) text(key string) string {
	if v, ok := d[key]; ok {
		return v
	}
	return unstated[key]
}

// choose makes a text the default of a key if more than least claims share it.
func (d seedDefaults) choose(claims []*graph.Claim, keys []string, least int) {
	for _, k := range keys {
		counts := map[string]int{}
		for _, c := range claims {
			counts[metaText(c, k)]++
		}
		if best := mostCommon(counts); counts[best] > least && best != d.text(k) {
			d[k] = best
		}
	}
}

// chooseQualifiers makes a qualifier a default only if every claim has it, because a claim can override a
// default but not remove it.
func (d seedDefaults) chooseQualifiers(claims []*graph.Claim) {
	counts := map[string]map[string]int{}
	for _, c := range claims {
		for _, q := range c.Qualifiers {
			if counts[q.Name] == nil {
				counts[q.Name] = map[string]int{}
			}
			counts[q.Name][q.Value.String()]++
		}
	}
	for name, values := range counts {
		total := 0
		for _, n := range values {
			total += n
		}
		if best := mostCommon(values); total == len(claims) && 2*values[best] > total {
			d[name] = best
		}
	}
}

func mostCommon(counts map[string]int) string {
	best := ""
	for v, n := range counts {
		if n > counts[best] || n == counts[best] && v < best {
			best = v
		}
	}
	return best
}

// beyond returns the defaults that differ from the defaults one level up.
func (d seedDefaults) beyond(up seedDefaults) seedDefaults {
	own := seedDefaults{}
	for k, v := range d {
		if have, ok := up[k]; !ok || have != v {
			own[k] = v
		}
	}
	return own
}

// flow writes the defaults as {key: text, ...}, the keys of claims before the qualifiers.
func (d seedDefaults) flow() string {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(metaRank(a), metaRank(b)), cmp.Compare(a, b))
	})
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = seedScalar(k) + ": " + seedScalar(d[k])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func metaRank(key string) int {
	if i := slices.Index(metaKeys, key); i >= 0 {
		return i
	}
	return len(metaKeys)
}

// seedClaim writes one claim without the members that equal the defaults.
func seedClaim(c *graph.Claim, defaults seedDefaults) string {
	value := seedScalar(c.Value.String())
	var parts []string
	for _, q := range c.Qualifiers {
		if have, ok := defaults[q.Name]; !ok || have != q.Value.String() {
			parts = append(parts, seedScalar(q.Name)+": "+seedScalar(q.Value.String()))
		}
	}
	for _, k := range metaKeys {
		if text := metaText(c, k); text != defaults.text(k) {
			parts = append(parts, k+": "+seedScalar(text))
		}
	}
	if len(c.Supersedes) > 0 {
		old := make([]string, len(c.Supersedes))
		for i, id := range c.Supersedes {
			old[i] = id.String()
		}
		parts = append(parts, "supersedes: ["+strings.Join(old, ", ")+"]")
	}
	if c.Value.Kind() == graph.NoneKind {
		return "{" + strings.Join(append([]string{"none: true"}, parts...), ", ") + "}"
	}
	if len(parts) == 0 {
		return value
	}
	key := "value: "
	if c.Value.Kind() == graph.EntityKind {
		key = "to: "
	}
	return "{" + key + value + ", " + strings.Join(parts, ", ") + "}"
}

// seedScalar writes a text without quotes if YAML can only read it as that text, and in quotes otherwise. The
// decoder takes every scalar as text, so NO and 1.0 need no quotes.
func seedScalar(s string) string {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return strconv.Quote(s)
	}
	last := rune(0)
	for i, r := range s {
		alnum := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case alnum, i > 0 && strings.ContainsRune("_./+()&%°;-–", r), i > 0 && (r == '\'' || r == '’'):
		case r == ' ' && i > 0 && i < len(s)-1 && last != ' ':
		case r == '#' && i > 0 && last != ' ':
		case r == '_' && len(s) == 1:
		default:
			return QuoteYAML(s)
		}
		last = r
	}
	return s
}

// QuoteYAML returns a text as a double-quoted YAML scalar.
func QuoteYAML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Zs, r) && r != '\ufeff':
			b.WriteRune(r)
		case r < 1<<16:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
