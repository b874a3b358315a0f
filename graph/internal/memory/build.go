package memory

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/ends"
	"github.com/caspian-kg/caspian/graph/internal/values"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// writer is the state of the single writer of a line of snapshots.
type writer struct {
	tip    *Graph // the newest snapshot
	texts  map[string]uint32
	times  map[graph.Interval]uint32
	values *values.Line                          // the state of the indexes of values
	kinds  atomic.Pointer[vocabulary.Predicates] // every view reads it
	ends   ends.Memory[End]
	stating
	// The relations of the ontology, by their names and by those of their inverses.
	relations map[string][]vocabulary.Relation
	// The budget for what readers cache for long lists, for all snapshots of the line.
	beside *dense.Budget
	cards  *cards.Memory
	base   *Graph // the graph from which the line was forked; nil if it was not
	layers []string
}

// maxInterned bounds the memory for finding repeated texts. Beyond it a text may be stored twice, which only
// costs memory.
const maxInterned = 1 << 16

// Empty returns the snapshot of an empty store.
func Empty(o *schema.Ontology) *Graph {
	s := &Graph{o: o, w: &writer{relations: vocabulary.RelationsOf(o), beside: dense.NewBudget(denseMost), cards: cards.New(cardsMost)}}
	s.w.forget()
	for _, t := range o.Types {
		if !t.Abstract {
			s.TypeNames = s.TypeNames.With(t.Name)
		}
	}
	for _, p := range o.Predicates() {
		s.Predicates = s.Predicates.With(p)
		fields := o.Predicate(p)
		s.fields = append(s.fields, fields[0])
		s.divided = append(s.divided, slices.ContainsFunc(fields, func(f *schema.Field) bool {
			return f.Scalar != fields[0].Scalar || f.Enum != fields[0].Enum
		}))
	}
	s.NamePredicate = s.PredicateNumber("name")
	s.DatePredicate, s.CoversPredicate = s.PredicateNumber("date"), s.PredicateNumber("coversUntil")
	s.CompletePredicate, s.PartialPredicate, s.MaintainsPredicate = s.PredicateNumber("completeFor"), s.PredicateNumber("partialFor"), s.PredicateNumber("maintains")
	s.QualifierNames, s.Rules = vocabulary.NamesOf(o.Qualifiers()), vocabulary.RulesOf(o)
	s.Labels, s.Through = labelWords(o), vocabulary.ThroughOf(o)
	s.LangQualifier = -1
	if n, ok := s.QualifierNames.Number("lang"); ok {
		s.LangQualifier = int(n)
	}
	s.nameTypes()
	s.AllLive, s.facts = graph.AllDays, math.MaxUint32
	s.Extras.Append(graph.Details{}) // number 0 means no details
	s.Texts.Append("")
	s.Times.Append(periodOf(graph.Interval{}))
	s.w.tip = s
	s.w.values, s.ValueIndexes = values.NewLine(indexed{s})
	return s
}

// Apply returns the snapshot after one more commit. It shares everything unchanged with s; its cost is
// proportional to the commit. Only the newest snapshot may be advanced, by one goroutine at a time.
func (s *Graph) Apply(c *graph.Commit) (*Graph, error) {
	return s.Replay(func(g graph.Growth) error { return g.Add(c) })
}

// Replay returns the snapshot after the commits that feed adds in their order, or s if feed adds none. It is
// faster for many commits than calling Apply for each. feed must return the error of Add. After any error, s
// remains the newest snapshot.
func (s *Graph) Replay(feed func(g graph.Growth) error) (*Graph, error) {
	b := s.change()
	if err := feed(growing{b}); err != nil {
		// The next change assigns the numbers of what this change interned again.
		s.w.forget()
		return nil, err
	}
	if b.s.seq == s.seq {
		return s, nil
	}
	return b.finish(), nil
}

// Rewind makes s the newest snapshot again. Later snapshots must not be used any more.
func (s *Graph) Rewind() {
	s.w.tip = s
	s.w.values.Rewind(s.ValueIndexes)
	s.w.stating.forget()
	s.w.cards.Forget()
	s.w.forget()
}

// change is the construction of the next snapshot.
type change struct {
	s *Graph // the next snapshot, while it grows

	ended       *column.Edit[uint32]
	lost        *column.Edit[uint32] // nil until a claim is withdrawn
	gone        []reasoned           // the claims that the current commit withdraws
	dates       *column.Edit[graph.Date]
	firstEntity int
	firstClaim  int
	// How many entities and claims are indexed; newIDs and newClaims have the rest.
	indexedEntities, indexedClaims int
	keyed                          []uint32 // claims of keys that are not indexed yet
	named                          []uint32
	newIDs                         map[graph.ID]uint32
	newClaims                      map[graph.ClaimID]uint32
	asked                          map[uint16]map[uint32][]uint32
	touchedDates                   map[uint32]bool
	touchedLives                   map[uint32]bool
}

func (s *Graph) change() *change {
	if s.w.tip != s {
		panic("snapshot: only the newest snapshot of a line can be advanced")
	}
	s.guard.check(s)
	next := *s
	b := &change{
		s: &next, ended: s.Ended.Begin(), dates: s.Dates.Begin(),
		firstEntity: s.IDs.Len(), firstClaim: s.Rows.Len(), indexedEntities: s.IDs.Len(), indexedClaims: s.Rows.Len(),
		newIDs: map[graph.ID]uint32{}, newClaims: map[graph.ClaimID]uint32{}, asked: map[uint16]map[uint32][]uint32{}, touchedDates: map[uint32]bool{},
	}
	return b
}

// add adds one commit. After an error the change must be discarded; the snapshot from which it began is
// unchanged.
func (b *change) add(c *graph.Commit) error {
	err := b.take(c)
	if len(b.newClaims)+len(b.newIDs) > maxInterned {
		b.index()
	}
	return err
}

func (w *writer) forget() {
	// Number 0 is the empty text and the empty interval in every snapshot.
	w.texts, w.times = map[string]uint32{"": 0}, map[graph.Interval]uint32{{}: 0}
}

func (b *change) take(c *graph.Commit) error {
	s := b.s
	if c.Seq != s.seq+1 {
		return fmt.Errorf("snapshot: commit %d follows %d", c.Seq, s.seq)
	}
	if uint64(c.Seq) > math.MaxUint32 {
		return fmt.Errorf("snapshot: sequence number %d is beyond 32 bits", c.Seq)
	}
	for _, e := range c.Entities {
		if err := b.entity(e); err != nil {
			return err
		}
	}
	for i := range c.Claims {
		if err := b.claim(&c.Claims[i], c.Seq); err != nil {
			return err
		}
	}
	for _, r := range c.Retractions {
		if err := b.withdraw(r.Claim, c.Seq, b.text(r.Reason)); err != nil {
			return err
		}
	}
	for _, r := range c.Reinstatements {
		if err := b.reinstate(r.Claim, c.Seq, b.text(r.Reason)); err != nil {
			return err
		}
	}
	for _, m := range c.Merges {
		if err := b.merge(m, c.Seq); err != nil {
			return err
		}
	}
	slices.SortFunc(b.gone, func(x, y reasoned) int { return cmp.Compare(x.row, y.row) })
	for _, n := range b.gone {
		s.gone.Append(n)
	}
	b.gone = b.gone[:0]
	b.imported(c)
	s.suppose(c.Scenario)
	s.commits.Append(c.At.UnixMicro())
	s.seq = c.Seq
	if c.Digest != "" && c.Digest != s.Digest() {
		return fmt.Errorf("snapshot: commit %d leads to the digest %s, and not to %s as when it was made; the log is damaged, or this is another version of the program",
			c.Seq, s.Digest(), c.Digest)
	}
	return nil
}

func (b *change) number(id graph.ID) (uint32, bool) {
	if n, ok := b.newIDs[id]; ok {
		return n, true
	}
	return b.s.Number(id)
}

func (b *change) claimNumber(id graph.ClaimID) (uint32, bool) {
	if n, ok := b.newClaims[id]; ok {
		return n, true
	}
	return b.s.ClaimNumber(id)
}

func (b *change) entity(e graph.Entity) error {
	s := b.s
	if _, ok := b.number(e.ID); ok {
		return fmt.Errorf("snapshot: entity %s is declared twice in the log", e.ID)
	}
	t, ok := s.TypeNames.Number(e.Type)
	if !ok {
		s.TypeNames = s.TypeNames.With(e.Type)
		s.nameTypes()
		t = uint16(len(s.TypeNames.List) - 1)
	}
	n := s.IDs.Append(string(e.ID))
	s.Types.Append(t)
	b.newIDs[e.ID] = n
	s.sum.Entity(e)
	return nil
}

func (b *change) text(t string) uint32 {
	w := b.s.w
	if n, ok := w.texts[t]; ok {
		return n
	}
	if len(w.texts) >= maxInterned {
		clear(w.texts)
		w.texts[""] = 0
	}
	n := b.s.Texts.Append(t)
	w.texts[t] = n
	return n
}

func (b *change) claim(c *graph.Claim, seq graph.Seq) error {
	s := b.s
	id := c.ID()
	if _, ok := b.claimNumber(id); ok {
		return fmt.Errorf("snapshot: claim %s is twice in the log", id)
	}
	subject, ok1 := b.number(c.Subject)
	source, ok2 := b.number(c.Source)
	if !ok1 || !ok2 {
		return fmt.Errorf("snapshot: claim %s speaks of %s by %s, which are not both declared", id, c.Subject, c.Source)
	}
	p := b.predicate(c, subject)
	r := Row{
		ID: id, Subject: subject, Source: source, Seq: uint32(seq), locator: b.text(c.Locator), Predicate: p,
		Confidence: uint16(math.Round(c.Confidence * 1e4)), Rank: c.Rank, Attribution: c.Attribution, Kind: c.Value.Kind(),
		NumQualifiers: uint8(len(c.Qualifiers)), Qualifiers: uint32(s.QualifierRows.Len()),
	}
	var err error
	if r.Value, r.unit, err = b.encode(c.Value); err != nil {
		return fmt.Errorf("snapshot: claim %s: %w", id, err)
	}
	for _, q := range c.Qualifiers {
		v := Qualifier{Kind: q.Value.Kind()}
		if v.value, v.unit, err = b.encode(q.Value); err != nil {
			return fmt.Errorf("snapshot: claim %s: %w", id, err)
		}
		var ok bool
		if v.Name, ok = s.QualifierNames.Number(q.Name); !ok {
			s.QualifierNames = s.QualifierNames.With(q.Name)
			v.Name, _ = s.QualifierNames.Number(q.Name)
		}
		s.QualifierRows.Append(v)
	}
	if n, ok := s.w.times[c.Valid]; ok {
		r.Valid = n
	} else {
		r.Valid = s.Times.Append(periodOf(c.Valid))
		s.w.times[c.Valid] = r.Valid
	}
	if c.AttributedTo != "" || c.Original != "" || c.Conflict != "" || c.Note != "" || len(c.Supersedes) > 0 {
		r.Extra = s.Extras.Append(graph.Details{AttributedTo: c.AttributedTo, Original: c.Original, Conflict: c.Conflict, Note: c.Note, Supersedes: c.Supersedes})
	}
	b.row(&r, c)
	s.sum.Claim(c, id, true)
	for _, old := range c.Supersedes {
		if err := b.withdraw(old, seq, 0); err != nil {
			return err
		}
	}
	return nil
}

// row appends the row of a claim and returns its number.
func (b *change) row(r *Row, c *graph.Claim) uint32 {
	n := b.s.Rows.Append(*r)
	b.newClaims[r.ID] = n
	b.ended.Grow(int(n) + 1)
	b.note(n, c)
	return n
}

// predicate returns the number of the claim's predicate. If no field of the ontology can show the value, it is
// the number of the name under vocabulary.Aside.
func (b *change) predicate(c *graph.Claim, subject uint32) uint16 {
	s, name := b.s, c.Predicate
	p, ok := s.Predicates.Number(name)
	if ok && !s.shown(p, subject, c.Value) {
		name = vocabulary.Aside + name
		p, ok = s.Predicates.Number(name)
	}
	if !ok {
		s.Predicates = s.Predicates.With(name)
		p = uint16(len(s.Predicates.List) - 1)
	}
	return p
}

// shown reports whether the field of the subject's type can show a value of the predicate: the value has the
// field's kind, and is a member of its enum. Fields with one name may differ in both between types.
func (s *Graph) shown(p uint16, subject uint32, v graph.Value) bool {
	if int(p) >= len(s.fields) || v.Kind() == graph.NoneKind {
		return true
	}
	f := s.fields[p]
	if s.divided[p] {
		if t := s.Type(subject); t != nil && t.Field(f.Name) != nil {
			f = t.Field(f.Name)
		}
	}
	return v.Fits(graph.KindOf(f.Scalar)) && (f.Enum == nil || f.Enum.Has(v.Text()))
}

// note records what must be added to the indexes for the claim.
func (b *change) note(n uint32, c *graph.Claim) {
	s := b.s
	if schema.IsName(c.Predicate) || c.Original != "" {
		b.named = append(b.named, n)
	}
	t := s.TypeNames.List[s.Types.At(s.Rows.Ref(n).Subject)]
	if typ := s.o.Type(t); typ != nil && c.Value.Kind() != graph.NoneKind {
		if f := typ.Field(c.Predicate); f != nil && f.Search {
			b.keyed = append(b.keyed, n)
		}
	}
	b.noteStated(s.Rows.Ref(n).Predicate, n)
	b.noteLife(s.Rows.Ref(n))
	if t == schema.SourceType {
		b.noteDate(s.Rows.Ref(n))
		s.noteKeeper(s.Rows.Ref(n).Subject, s.Rows.Ref(n).Predicate)
	}
}

func (b *change) encode(v graph.Value) (bits uint64, unit uint32, err error) {
	switch v.Kind() {
	case graph.EntityKind:
		n, ok := b.number(v.Entity())
		if !ok {
			return 0, 0, fmt.Errorf("%s is not declared", v.Entity())
		}
		return uint64(n), 0, nil
	case graph.StringKind, graph.EnumKind:
		return uint64(b.text(v.Text())), 0, nil
	case graph.RangeKind: // counted separately, because few claims state a range
		return uint64(b.text(v.String())), 0, nil
	case graph.QuantityKind:
		unit = b.text(v.Text())
	}
	if bits, ok := v.Bits(); ok {
		return bits, unit, nil
	}
	return 0, 0, fmt.Errorf("a value of kind %s cannot be held", v.Kind())
}

// finish adds what is new to the indexes and returns the snapshot.
func (b *change) finish() *Graph {
	s := b.s
	old := s.w.tip
	b.index()
	s.Ended = b.ended.Table()
	if b.lost != nil {
		s.Lost = b.lost.Table()
	}
	s.Names = s.Names.With(s.namesOf(b.named))
	b.adjacency(old)
	b.sortTypes(old)
	for n := range b.touchedDates {
		b.dates.Set(n, s.AttestedOn(n, s.Live))
	}
	s.Dates = b.dates.Table()
	b.live()
	s.w.tip = s
	s.ValueIndexes = s.w.values.Next(old.ValueIndexes, indexed{s})
	s.guard.seal(s)
	return s
}

// index makes the new entities and claims findable by id.
func (b *change) index() {
	s := b.s
	s.index(b.indexedEntities, b.indexedClaims)
	b.indexKeys()
	b.indexedEntities, b.indexedClaims = s.IDs.Len(), s.Rows.Len()
	clear(b.newIDs)
	clear(b.newClaims)
}

// index makes the entities and the claims from the given numbers on findable by id.
func (s *Graph) index(entities, claims int) {
	s.entityNumbers = s.entityNumbers.WithRange(entities, s.IDs.Len(), func(n uint32) uint64 { return hashText(s.IDs.At(n)) })
	s.claimNumbers = s.claimNumbers.WithRange(claims, s.Rows.Len(), func(n uint32) uint64 { return hashClaim(s.Rows.Ref(n).ID) })
}

// sortTypes adds the new entities to the lists of their types.
func (b *change) sortTypes(old *Graph) {
	s := b.s
	var added []column.Entry[uint32]
	for n := uint32(b.firstEntity); int(n) < s.IDs.Len(); n++ {
		added = append(added, column.Entry[uint32]{List: uint32(s.Types.At(n)), Item: n})
	}
	s.ByType = column.Merge(old.ByType, added, column.Order[uint32]{
		Compare: func(x, y uint32) int { return strings.Compare(s.IDs.At(x), s.IDs.At(y)) },
	})
}

// noteDate records a source whose date the claim may change.
func (b *change) noteDate(r *Row) {
	if p := r.Predicate; p == b.s.DatePredicate || p == b.s.CoversPredicate {
		b.touchedDates[r.Subject] = true
	}
}

// AttestedOn returns the date on which a source attests its claims: the day until which it covers, or else its
// date of publication. Only claims about the source for which counts returns true are used.
func (s *Graph) AttestedOn(source uint32, counts func(n uint32) bool) graph.Date {
	if until := s.BestDate(source, s.CoversPredicate, counts); until.Known() {
		return until
	}
	return s.BestDate(source, s.DatePredicate, counts)
}

// BestDate returns a date of a source, from the claim of the highest confidence for which counts returns true.
func (s *Graph) BestDate(source uint32, p uint16, counts func(n uint32) bool) graph.Date {
	best := None
	for l := range s.OutRun(source, p).All() {
		c := l.Claim
		if counts(c) && (best == None || s.Rows.Ref(c).Confidence >= s.Rows.Ref(best).Confidence) {
			best = c
		}
	}
	if best == None {
		return graph.Date{}
	}
	return graph.UnpackDate(s.Rows.Ref(best).Value)
}

// lose records that a claim was withdrawn.
func (s *Graph) lose(lost *column.Edit[uint32], n uint32) {
	if int(n) >= s.Rows.Len() {
		return // from a damaged file
	}
	r := s.Rows.Ref(n)
	lost.Set(r.Subject, s.losses(lost.At(r.Subject)))
	if to := s.Object(n); to != None && to != r.Subject {
		lost.Set(to, s.losses(lost.At(to)))
	}
}
