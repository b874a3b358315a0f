package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Result is the outcome of Check.
type Result struct {
	// Commit has what is new in the change. The writer sets its Seq and At.
	Commit Commit
	// IDs are the ids of the asserted claims, in the order of the operations.
	IDs []ClaimID
	// Known counts the operations that change nothing.
	Known int
	// Notices are remarks for people that stop nothing.
	Notices Problems
}

// Check checks a change against the ontology and the state of the graph. It returns every problem, in the order
// of the operations. If there is any, nothing of the change may be applied.
func Check(o *schema.Ontology, st State, ch *Change) (*Result, Problems) {
	if ch.IfSeq != nil && *ch.IfSeq != st.Seq() {
		return nil, Problems{{Code: SeqMismatch, Message: fmt.Sprintf(
			"the store is at sequence %d, not %d; read again and decide again", st.Seq(), *ch.IfSeq)}}
	}
	return newChecker(o, st, ch).check(ch)
}

func (c *checker) check(ch *Change) (*Result, Problems) {
	c.state()
	for i := range c.ops {
		c.op = i
		switch op := &c.ops[i]; op.Kind {
		case Declare, Assert:
		case Retract:
			c.retract(op)
		case Notice:
			c.notice(op.Position, BadInput, "%s", op.Notice)
		case Suppose, Rewrite, Forget, Override, Remove:
			c.problem(op.Position, BadInput, "the operation is for a scenario; name the scenario first")
		case Reinstate, Merge: // reported after the problems of the operations before it
		default:
			c.problem(op.Position, BadInput, "the operation does nothing; assert, retract, reinstate, declare, merge, unmerge or undo")
		}
	}
	c.each(Reinstate, c.reinstate)
	c.sync(ch)
	c.each(Merge, c.merge)
	c.circles()
	c.res.Commit.Import = c.importOf(ch)
	if len(c.problems) > 0 {
		return nil, inOrder(c.problems)
	}
	c.res.Notices = inOrder(c.notices)
	c.res.Commit.Key = ch.Key
	return c.res, nil
}

// ClaimIDs returns the ids of the claims that a change states, in the order of its operations, without those
// that do not fit the ontology. They equal Result.IDs, even if the change was made before and would have
// problems now.
func ClaimIDs(o *schema.Ontology, st State, ch *Change) []ClaimID {
	c := newChecker(o, st, ch)
	c.state()
	return c.res.IDs
}

func newChecker(o *schema.Ontology, st State, ch *Change) *checker {
	c := &checker{
		o: o, st: st, ops: ch.Ops, res: &Result{},
		declared: map[ID]declaration{}, refused: map[ID]bool{}, stated: map[ClaimID]statement{}, withdrawn: map[ClaimID]Position{}, retracted: map[ClaimID]Position{}, back: map[ClaimID]bool{}, reinstated: map[ClaimID]bool{},
		keys: map[string]ID{}, caps: map[ID]float64{}, leaving: map[ClaimID]bool{}, gone: map[link][]Value{},
		links: map[link][]ID{}, edges: map[edge]int{}, renamed: map[ClaimID]ClaimID{}, accepts: ch.AsIs, syncs: ch.Sync != "",
	}
	c.st.Merges(0, st.Seq(), func(Merged, Seq) bool { c.merging = true; return false })
	c.expand(ch)
	if ch.Sync != "" {
		c.compare(ch)
	}
	// A claim that the change withdraws restricts nothing in the change, before or after the retraction.
	c.recordWithdrawals()
	return c
}

// state processes what the change declares and states: first the entities, so that claims may mention entities
// declared after them; then the caps on confidence, which also apply to claims before them; then the claims.
func (c *checker) state() {
	c.each(Declare, c.declare)
	c.each(Assert, c.collectCaps)
	c.each(Reinstate, c.collectCap)
	if c.accepts || c.inOne || len(c.ops) < 2*opsOfPart {
		c.each(Assert, c.assert)
	} else {
		c.assertParts()
	}
}

// each calls fn with the operations of a kind.
func (c *checker) each(kind OpKind, fn func(op *Op)) {
	for i := range c.ops {
		if c.ops[i].Kind == kind {
			c.op = i
			fn(&c.ops[i])
		}
	}
}

// found is a problem or a notice with the number of its operation.
type found struct {
	op      int
	problem Problem
}

func inOrder(fs []found) Problems {
	slices.SortStableFunc(fs, func(a, b found) int { return a.op - b.op })
	var ps Problems
	for _, f := range fs {
		ps = append(ps, f.problem)
	}
	return ps
}

type declaration struct {
	typ      string
	position Position
}

// statement is a claim stated in this change. claim is its number in the commit, or -1 if the commit does not
// have it.
type statement struct {
	position Position
	claim    int
}

type checker struct {
	o        *schema.Ontology
	st       State
	res      *Result
	ops      []Op
	inOne    bool   // checks the change as a whole and not in parts; for tests
	op       int    // the number of the operation being checked
	formed   formed // the claim of that operation
	problems []found
	notices  []found

	declared   map[ID]declaration
	accepts    bool        // accepts claims that do not fit the ontology
	refused    map[ID]bool // refused entities, whose claims are not reported too
	stated     map[ClaimID]statement
	withdrawn  map[ClaimID]Position
	retracted  map[ClaimID]Position // whether or not they were withdrawn before
	reinstated map[ClaimID]bool
	unstated   []unstated       // of the source to be synced
	returns    map[ClaimID]bool // the withdrawn claims that the source to be synced states again
	back       map[ClaimID]bool // the claims that the change reinstates
	keys       map[string]ID
	caps       map[ID]float64 // the confidence caps that the change states, by source

	leaving map[ClaimID]bool // the claims that the change withdraws
	gone    map[link][]Value // the values of the withdrawn claims in the state
	links   map[link][]ID    // the transitive relations that the change states
	edges   map[edge]int     // the operations that state them

	renamed map[ClaimID]ClaimID // by the ids of the claims with their texts, and the names of merged entities, as given

	merging bool              // whether any entity was ever merged, or the change merges some
	merged  map[ID]ID         // by the change
	parted  map[ID]bool       // merged before, and not any more
	merges  map[ID][]mergedAt // in the state, by the entity that was merged; nil until it is needed
	syncs   bool
}

func (c *checker) problem(at Position, code Code, format string, a ...any) {
	c.problems = append(c.problems, found{c.op, Problem{Position: at, Code: code, Message: fmt.Sprintf(format, a...)}})
}

func (c *checker) notice(at Position, code Code, format string, a ...any) {
	c.notices = append(c.notices, found{c.op, Problem{Position: at, Code: code, Message: fmt.Sprintf(format, a...)}})
}

func (c *checker) declare(op *Op) {
	e := op.Entity
	before := len(c.problems)
	defer func() {
		if len(c.problems) > before {
			c.refused[e.ID] = true
		}
	}()
	if err := CheckID(e.ID); err != nil {
		c.problem(op.Position, BadInput, "%v", err)
		return
	}
	t := c.o.Type(e.Type)
	switch {
	case c.accepts:
	case t == nil:
		c.problem(op.Position, UnknownName, "%s has the type %q, which the ontology does not declare%s", e.ID, Clip(e.Type), c.suggestType(e.Type))
		return
	case t.Abstract:
		c.problem(op.Position, WrongType, "%s has the type %s, which is abstract; use one of %s", e.ID, t.Name, names(t.Concrete))
		return
	case t.ID != nil && !t.ID.MatchString(string(e.ID)):
		c.problem(op.Position, BadInput, "the id %s does not fit %s, whose ids match %s", e.ID, t.Name, t.ID)
		return
	}
	if first, ok := c.declared[e.ID]; ok {
		if first.typ != e.Type {
			c.problem(op.Position, Duplicate, "%s is declared a %s here and a %s at %s; an entity has one type", e.ID, e.Type, first.typ, first.position)
		}
		c.res.Known++
		return
	}
	if have, ok := c.st.TypeOf(e.ID); ok {
		if have != e.Type {
			c.problem(op.Position, Duplicate, "%s is a %s in the store and cannot become a %s; choose another id", e.ID, have, e.Type)
		} else {
			c.res.Known++
		}
		c.declared[e.ID] = declaration{have, op.Position}
		return
	}
	c.declared[e.ID] = declaration{e.Type, op.Position}
	c.res.Commit.Entities = append(c.res.Commit.Entities, e)
}

func names(ts []*schema.Type) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		s[i] = t.Name
	}
	return strings.Join(s, ", ")
}

func (c *checker) typeOf(id ID) *schema.Type {
	id = c.resolve(id)
	if d, ok := c.declared[id]; ok {
		return c.o.Type(d.typ)
	}
	if name, ok := c.st.TypeOf(id); ok {
		return c.o.Type(name)
	}
	return nil
}

func (c *checker) assert(op *Op) {
	if c.accepts {
		if own := cloned(&op.Claim); c.asIs(op, &own) {
			return
		}
	}
	if c.form(op, &c.formed) {
		c.admit(op, &c.formed)
	}
}

// formed is a claim in its final form, after the part of the check that needs only the types of entities.
type formed struct {
	claim Claim
	field *schema.Field
	id    ClaimID
	was   ClaimID // the id of the claim with its texts as given
	raw   ClaimID // and of that which names the entities as given
}

// cloned returns a copy of a claim that shares no slice with it.
func cloned(cl *Claim) Claim {
	own := *cl
	own.Qualifiers, own.Supersedes = slices.Clone(cl.Qualifiers), slices.Clone(cl.Supersedes)
	return own
}

// form brings the claim of an operation into its final form. It returns true if the claim has no problem so
// far.
func (c *checker) form(op *Op, out *formed) bool {
	before := len(c.problems)
	out.claim = cloned(&op.Claim)
	cl := &out.claim
	f := c.field(op.Position, cl)
	c.source(op.Position, cl)
	c.holding(op.Position, cl)
	if f != nil {
		c.valueOf(op.Position, f, cl)
		c.qualifiers(op.Position, f, cl)
		if f.Time == schema.Eternal && !cl.Valid.Empty() {
			c.problem(op.Position, BadInput, "%s of %s always holds; leave out its valid time %s", cl.Predicate, cl.Subject, cl.Valid)
		}
	}
	if f == nil || len(c.problems) > before {
		return false
	}
	cl.Normalise()
	out.field, out.id = f, cl.ID()
	out.was = asGiven(op, cl, out.id)
	return c.inMerged(op.Position, out)
}

// admit checks a formed claim against everything else that is stated, and adds it.
func (c *checker) admit(op *Op, f *formed) {
	for _, given := range [...]ClaimID{f.was, f.raw} {
		if given != f.id {
			c.renamed[given] = f.id
		}
	}
	for i, old := range f.claim.Supersedes {
		if old = c.meant(old); old != f.id { // what a merge restated supersedes what it was
			f.claim.Supersedes[i] = old
		}
	}
	c.accept(op.Position, f)
}

// field returns the ontology's field for the claim, or nil after a problem.
func (c *checker) field(at Position, cl *Claim) *schema.Field {
	if err := CheckID(cl.Subject); err != nil {
		c.problem(at, BadInput, "subject: %v", err)
		return nil
	}
	t := c.typeOf(cl.Subject)
	if t == nil && c.refused[cl.Subject] {
		return nil
	}
	if t == nil {
		c.problem(at, UnknownID, "%s is not in the graph; declare it with its type first", cl.Subject)
		return nil
	}
	f := t.Field(cl.Predicate)
	switch {
	case f == nil:
		c.problem(at, UnknownName, "%s is a %s, which has no field %q%s", cl.Subject, t.Name, Clip(cl.Predicate), suggestField(t, cl.Predicate))
	case f.Kind == schema.Inverse:
		o := f.InverseOf[0]
		c.problem(at, BadInput, "%s.%s is read from %s; state %s of the %s instead", t.Name, f.Name, o.Name, o.Name, o.Owner.Name)
		return nil
	case f.Kind == schema.Derived:
		c.problem(at, BadInput, "%s.%s is read along %s and %s; state those instead", t.Name, f.Name, f.Path.Through.Name, f.Path.Then.Name)
		return nil
	}
	return f
}

func (c *checker) source(at Position, cl *Claim) {
	if cl.Source == "" {
		c.problem(at, NoSource, "%s of %s has no source; every claim needs one", Clip(cl.Predicate), Clip(string(cl.Subject)))
		return
	}
	t := c.typeOf(cl.Source)
	switch {
	case t == nil && c.refused[cl.Source]:
	case t == nil:
		c.problem(at, NoSource, "the source %q is not in the graph; declare it as a %s first", Clip(string(cl.Source)), schema.SourceType)
	case t.Name != schema.SourceType:
		c.problem(at, WrongType, "the source %s is a %s, not a %s", cl.Source, t.Name, schema.SourceType)
	}
}

// holding checks the details of a claim: confidence, texts, valid time, and the claims that it supersedes.
func (c *checker) holding(at Position, cl *Claim) {
	if !(cl.Confidence >= 0 && cl.Confidence <= 1) {
		c.problem(at, BadInput, "the confidence %v is not between 0 and 1", cl.Confidence)
	}
	if int(cl.Rank) >= len(RankNames) {
		c.problem(at, BadInput, "the rank %d does not exist", cl.Rank)
	}
	if int(cl.Attribution) >= len(AttributionNames) {
		c.problem(at, BadInput, "the attribution %d does not exist", cl.Attribution)
	}
	for _, t := range texts(cl) {
		*t.text = text.Clean(*t.text)
		c.text(at, place{field: t.what}, *t.text, t.most, t.line)
	}
	if err := cl.Valid.Check(); err != nil {
		c.problem(at, BadInput, "%v", err)
	}
}

// accept adds the claim to the commit unless it is recorded already.
func (c *checker) accept(at Position, f *formed) {
	cl, id := &f.claim, f.id
	c.res.IDs = append(c.res.IDs, id)
	if first, ok := c.stated[id]; ok {
		again := ""
		if first.claim >= 0 {
			if d := difference(&c.res.Commit.Claims[first.claim], cl); d != "" {
				again = "; the first one stays, with " + d
			}
		}
		c.notice(at, Duplicate, "%s %s %s is stated twice (first at %s)%s", cl.Subject, cl.Predicate, Clip(cl.Value.String()), first.position, again)
		c.known(at, id, cl)
		return
	}
	c.stated[id] = statement{at, -1}
	if have, live, ok := c.st.Claim(id); ok {
		if !live && c.returns[id] {
			c.capped(at, &have)
			c.holdAgain(at, Reinstatement{Claim: id, Reason: fmt.Sprintf("%s states it again", have.Source)}, &have)
			return
		}
		if !live {
			if !c.back[id] {
				c.notice(at, Duplicate, "the claim %s was withdrawn and stays withdrawn; reinstate it if it holds again", id)
			}
		} else if d := difference(&have, cl); d != "" {
			c.notice(at, Duplicate, "the claim %s is known with %s; it stays as it is: to hold it otherwise, supersede it by one with another locator", id, d)
		}
		c.known(at, id, cl)
		return
	}
	if !c.leaving[id] {
		c.capped(at, cl)
		c.bound(at, f.field, cl)
	}
	for _, old := range cl.Supersedes {
		if old == id {
			c.problem(at, BadInput, "the claim %s cannot supersede itself", id)
			return
		}
		if !c.withdraw(at, old, false) {
			return
		}
	}
	c.stated[id] = statement{at, len(c.res.Commit.Claims)}
	if c.res.Commit.Claims == nil { // allocated for all claims, because most changes have only new ones
		c.res.Commit.Claims = make([]Claim, 0, len(c.ops)-c.op)
	}
	c.res.Commit.Claims = append(c.res.Commit.Claims, *cl)
}

// known counts a claim that is recorded already. Such a claim changes nothing, so it cannot supersede another.
func (c *checker) known(at Position, id ClaimID, cl *Claim) {
	c.res.Known++
	have, _, _ := c.st.Claim(id) // the claims that it superseded may hold again
	for _, old := range cl.Supersedes {
		_, live, _ := c.st.Claim(old)
		if first, ok := c.stated[old]; ok && first.claim >= 0 {
			live = true
		}
		if _, taken := c.withdrawn[old]; live && !taken && !slices.Contains(have.Supersedes, old) {
			c.problem(at, BadInput, "the claim %s is known and cannot supersede %s any more; retract that one instead", id, old)
		}
	}
}

// capped checks a new claim against the confidence cap of its source.
func (c *checker) capped(at Position, cl *Claim) {
	if most, ok := c.cap(cl.Source); ok && cl.Confidence > most {
		c.problem(at, BadInput, "the confidence %v is above %v, the limit for claims of %s", cl.Confidence, most, cl.Source)
	}
}

// bound checks a claim that begins to hold: its key must be free, and it must not close a circle.
func (c *checker) bound(at Position, f *schema.Field, cl *Claim) {
	if f.Key != "" && cl.Value.Kind() != NoneKind {
		c.key(at, f, cl)
	}
	c.link(f, cl)
}

// link records a relation that may close a circle.
func (c *checker) link(f *schema.Field, cl *Claim) {
	if f.Transitive && cl.Value.Kind() == EntityKind {
		l := link{cl.Subject, cl.Predicate}
		e := edge{l, cl.Value.Entity()}
		if _, ok := c.edges[e]; !ok {
			c.edges[e] = c.op
			c.links[l] = append(c.links[l], e.to)
		}
	}
}

// key refuses a second entity with the same value of a key.
func (c *checker) key(at Position, f *schema.Field, cl *Claim) {
	k := f.Name + "\x00" + cl.Value.String()
	other, taken := c.keys[k]
	if !taken {
		other, taken = c.st.Holder(f.Name, cl.Value)
		taken = taken && slices.Contains(c.values(link{other, f.Name}), cl.Value)
	}
	if taken && other != cl.Subject {
		c.problem(at, Duplicate, "%s %s of %s is already that of %s; merge them or correct one", f.Label, Clip(cl.Value.String()), cl.Subject, other)
		return
	}
	c.keys[k] = cl.Subject
}
