package graph

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/schema"
)

// State is the graph so far, as Check needs it. A snapshot is one.
type State interface {
	// Seq is the sequence number of the state.
	Seq() Seq
	// TypeOf is the type of an entity.
	TypeOf(ID) (string, bool)
	// Claim returns a claim by its id and whether it still stands.
	Claim(ClaimID) (c Claim, live, ok bool)
	// Values are the values of the live claims of one predicate of a subject.
	Values(subject ID, predicate string) []Value
	// Holder is the entity whose live claim gives the key's value.
	Holder(predicate string, v Value) (ID, bool)
}

// Nothing is the state of an empty store.
var Nothing State = nothing{}

type nothing struct{}

func (nothing) Seq() Seq                           { return 0 }
func (nothing) TypeOf(ID) (string, bool)           { return "", false }
func (nothing) Claim(ClaimID) (c Claim, _, _ bool) { return c, false, false }
func (nothing) Values(ID, string) []Value          { return nil }
func (nothing) Holder(string, Value) (ID, bool)    { return "", false }

// Result is what Check made of a change.
type Result struct {
	// Commit is what is new in the change; its Seq and At are the writer's to set.
	Commit Commit
	// IDs are the ids of the claims asserted, in the order of the operations.
	IDs []ClaimID
	// Known counts the operations that change nothing.
	Known int
	// Notices are things that a person may want to know and that stop nothing.
	Notices Problems
}

// The longest texts that a claim may hold, in bytes.
const (
	MaxText    = 16 << 10
	MaxLocator = 1 << 10
)

// Check holds a change against the ontology and the graph so far. It returns
// every problem it finds, in the order of the operations; where there is one,
// nothing of the change may be applied.
func Check(o *schema.Ontology, st State, ch *Change) (*Result, Problems) {
	c := &checker{
		o: o, st: st, res: &Result{},
		declared: map[ID]declaration{}, stated: map[ClaimID]Place{}, retracted: map[ClaimID]Place{},
		keys: map[string]ID{}, caps: map[ID]Value{}, links: map[link][]ID{},
	}
	if ch.IfSeq != nil && *ch.IfSeq != st.Seq() {
		return nil, Problems{{Code: SeqMismatch, Message: fmt.Sprintf(
			"the store is at sequence %d, not %d; read again and decide anew", st.Seq(), *ch.IfSeq)}}
	}
	// Entities first, so that claims may speak of entities declared after them.
	for i := range ch.Ops {
		if ch.Ops[i].Kind == Declare {
			c.declare(&ch.Ops[i])
		}
	}
	for i := range ch.Ops {
		// A cap binds the claims before it as well.
		if cl := &ch.Ops[i].Claim; ch.Ops[i].Kind == Assert && cl.Predicate == "confidenceCap" {
			if v, err := ParseValue(FloatKind, cl.Value.String()); err == nil {
				c.caps[cl.Subject] = v
			}
		}
	}
	for i := range ch.Ops {
		if ch.Ops[i].Kind == Assert {
			c.assert(&ch.Ops[i])
		}
	}
	for i := range ch.Ops {
		switch ch.Ops[i].Kind {
		case Declare, Assert:
		case Retract:
			c.retract(&ch.Ops[i])
		case Remark:
			c.notice(ch.Ops[i].Place, BadInput, "%s", ch.Ops[i].Remark)
		default:
			c.problem(ch.Ops[i].Place, BadInput, "the operation does nothing; assert, retract or declare")
		}
	}
	c.cycles()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	c.res.Commit.Key = ch.Key
	return c.res, nil
}

type declaration struct {
	typ   string
	place Place
}

type link struct {
	subject   ID
	predicate string
}

type checker struct {
	o         *schema.Ontology
	st        State
	res       *Result
	problems  Problems
	declared  map[ID]declaration
	stated    map[ClaimID]Place
	retracted map[ClaimID]Place
	keys      map[string]ID
	caps      map[ID]Value // confidence caps stated in this change
	links     map[link][]ID
	edges     []cycleEdge
}

type cycleEdge struct {
	link  link
	place Place
}

func (c *checker) problem(at Place, code Code, format string, a ...any) {
	c.problems = append(c.problems, Problem{at, code, fmt.Sprintf(format, a...)})
}

func (c *checker) notice(at Place, code Code, format string, a ...any) {
	c.res.Notices = append(c.res.Notices, Problem{at, code, fmt.Sprintf(format, a...)})
}

func (c *checker) declare(op *Op) {
	e := op.Entity
	if err := CheckID(e.ID); err != nil {
		c.problem(op.Place, BadInput, "%v", err)
		return
	}
	t := c.o.Type(e.Type)
	switch {
	case t == nil:
		c.problem(op.Place, UnknownName, "%s has the type %q, which the ontology does not declare%s", e.ID, clip(e.Type), c.suggestType(e.Type))
		return
	case t.Abstract:
		c.problem(op.Place, WrongType, "%s has the type %s, which is abstract; use one of %s", e.ID, t.Name, names(t.Concrete))
		return
	case t.ID != nil && !t.ID.MatchString(string(e.ID)):
		c.problem(op.Place, BadInput, "the id %s does not fit %s, whose ids match %s", e.ID, t.Name, t.ID)
		return
	}
	if first, ok := c.declared[e.ID]; ok {
		if first.typ != e.Type {
			c.problem(op.Place, Duplicate, "%s is declared a %s here and a %s at %s; an entity has one type", e.ID, e.Type, first.typ, first.place)
		}
		return
	}
	if have, ok := c.st.TypeOf(e.ID); ok {
		if have != e.Type {
			c.problem(op.Place, Duplicate, "%s is a %s in the store and cannot become a %s; choose another id", e.ID, have, e.Type)
		} else {
			c.res.Known++
		}
		c.declared[e.ID] = declaration{have, op.Place}
		return
	}
	c.declared[e.ID] = declaration{e.Type, op.Place}
	c.res.Commit.Entities = append(c.res.Commit.Entities, e)
}

func names(ts []*schema.Type) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		s[i] = t.Name
	}
	return strings.Join(s, ", ")
}

func (c *checker) suggestType(name string) string {
	for _, t := range c.o.Types {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.Plural, name) {
			return "; did you mean " + t.Name + "?"
		}
	}
	return ""
}

func (c *checker) typeOf(id ID) *schema.Type {
	if d, ok := c.declared[id]; ok {
		return c.o.Type(d.typ)
	}
	if name, ok := c.st.TypeOf(id); ok {
		return c.o.Type(name)
	}
	return nil
}

func (c *checker) assert(op *Op) {
	before := len(c.problems)
	cl := op.Claim
	cl.Qualifiers = append([]QualifierValue(nil), cl.Qualifiers...)
	f := c.field(op.Place, &cl)
	c.source(op.Place, &cl)
	c.holding(op.Place, &cl)
	if f != nil {
		c.valueOf(op.Place, f, &cl)
		c.qualifiers(op.Place, f, &cl)
		if f.Time == schema.Eternal && !cl.Valid.Empty() {
			c.problem(op.Place, BadInput, "%s of %s holds always; drop its valid time %s", cl.Predicate, cl.Subject, cl.Valid)
		}
	}
	if len(c.problems) > before {
		return
	}
	cl.Normalise()
	c.accept(op.Place, f, cl)
}

// field finds the ontology field that the claim is about.
func (c *checker) field(at Place, cl *Claim) *schema.Field {
	if err := CheckID(cl.Subject); err != nil {
		c.problem(at, BadInput, "subject: %v", err)
		return nil
	}
	t := c.typeOf(cl.Subject)
	if t == nil {
		c.problem(at, UnknownID, "%s is not in the graph; declare it with its type first", cl.Subject)
		return nil
	}
	f := t.Field(cl.Predicate)
	switch {
	case f == nil:
		c.problem(at, UnknownName, "%s is a %s, which has no field %q%s", cl.Subject, t.Name, clip(cl.Predicate), suggestField(t, cl.Predicate))
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

func suggestField(t *schema.Type, name string) string {
	best, least := "", 3
	for _, f := range t.Fields {
		if d := distance(strings.ToLower(f.Name), strings.ToLower(name), least); d < least {
			best, least = f.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the Levenshtein distance, or most where it is at least that.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return min(row[len(b)], most)
}

func (c *checker) source(at Place, cl *Claim) {
	if cl.Source == "" {
		c.problem(at, NoSource, "%s %s has no source; every claim needs one", cl.Subject, cl.Predicate)
		return
	}
	t := c.typeOf(cl.Source)
	switch {
	case t == nil:
		c.problem(at, NoSource, "the source %q is not in the graph; declare it as a %s first", clip(string(cl.Source)), schema.SourceType)
	case t.Name != schema.SourceType:
		c.problem(at, WrongType, "the source %s is a %s, not a %s", cl.Source, t.Name, schema.SourceType)
	}
}

// holding checks how the claim is held: confidence, texts, valid time, what it supersedes.
func (c *checker) holding(at Place, cl *Claim) {
	if !(cl.Confidence >= 0 && cl.Confidence <= 1) {
		c.problem(at, BadInput, "the confidence %v is not between 0 and 1", cl.Confidence)
	} else if most, ok := c.cap(cl.Source); ok && cl.Confidence > most {
		c.problem(at, BadInput, "the confidence %v is above %v, the most that a claim of %s may have", cl.Confidence, most, cl.Source)
	}
	if int(cl.Rank) >= len(RankNames) {
		c.problem(at, BadInput, "the rank %d does not exist", cl.Rank)
	}
	if int(cl.Attribution) >= len(AttributionNames) {
		c.problem(at, BadInput, "the attribution %d does not exist", cl.Attribution)
	}
	for _, t := range []struct {
		what, text string
		most       int
	}{
		{"locator", cl.Locator, MaxLocator}, {"attributedTo", cl.AttributedTo, MaxLocator},
		{"original", cl.Original, MaxText}, {"conflict", cl.Conflict, MaxLocator}, {"note", cl.Note, MaxText},
	} {
		c.text(at, t.what, t.text, t.most)
	}
	if err := cl.Valid.Check(); err != nil {
		c.problem(at, BadInput, "%v", err)
	}
}

func (c *checker) text(at Place, what, s string, most int) {
	switch {
	case len(s) > most:
		c.problem(at, BadInput, "the %s has %d bytes; the most is %d", what, len(s), most)
	case !utf8.ValidString(s):
		c.problem(at, BadInput, "the %s is not valid UTF-8", what)
	case strings.ContainsRune(s, 0):
		c.problem(at, BadInput, "the %s holds a zero character", what)
	}
}

// cap is the most that a claim of the source may be trusted.
func (c *checker) cap(source ID) (float64, bool) {
	if v, ok := c.caps[source]; ok {
		return v.Float(), true
	}
	for _, v := range c.st.Values(source, "confidenceCap") {
		return v.Float(), true
	}
	return 0, false
}

func (c *checker) valueOf(at Place, f *schema.Field, cl *Claim) {
	what := fmt.Sprintf("%s of %s", cl.Predicate, cl.Subject)
	cl.Value = c.typed(at, what, f.Scalar, f.Enum, f.Target, f.Unit, f.Dimension, cl.Value)
	if cl.Value.Kind() == EntityKind && ID(cl.Value.Text()) == cl.Subject && (f.Symmetric || f.Transitive) {
		c.problem(at, Cycle, "%s is %s itself", cl.Subject, f.Label)
	}
}

func (c *checker) qualifiers(at Place, f *schema.Field, cl *Claim) {
	seen := map[string]bool{}
	for i := range cl.Qualifiers {
		q := &cl.Qualifiers[i]
		def := f.Qualifier(q.Name)
		if def == nil {
			have := make([]string, len(f.Qualifiers))
			for j, d := range f.Qualifiers {
				have[j] = d.Name
			}
			known := "it takes none"
			if len(have) > 0 {
				known = "it takes " + strings.Join(have, ", ")
			}
			c.problem(at, UnknownName, "%s of %s has no qualifier %q; %s", cl.Predicate, cl.Subject, clip(q.Name), known)
			continue
		}
		if seen[q.Name] {
			c.problem(at, Duplicate, "%s of %s has the qualifier %s twice", cl.Predicate, cl.Subject, q.Name)
		}
		seen[q.Name] = true
		q.Value = c.typed(at, fmt.Sprintf("%s(%s) of %s", cl.Predicate, q.Name, cl.Subject), def.Scalar, def.Enum, def.Target, def.Unit, def.Dimension, q.Value)
	}
}

// typed makes the value one of the ontology's type, or states why it is none.
func (c *checker) typed(at Place, what string, s schema.Scalar, e *schema.Enum, target *schema.Type, unit, dimension string, v Value) Value {
	want := KindOf(s)
	switch have := v.Kind(); {
	case have == NoKind:
		c.problem(at, BadInput, "%s has no value", what)
		return v
	case have == want:
	case have == LooseKind,
		have == IntKind && want == FloatKind,
		have == StringKind && (want == EnumKind || want == DateKind):
		parsed, err := ParseValue(want, v.String())
		if err != nil {
			c.problem(at, WrongType, "%s: %v", what, err)
			return v
		}
		v = parsed
	default:
		c.problem(at, WrongType, "%s is a value of kind %s; the ontology wants %s", what, have, want)
		return v
	}
	switch want {
	case EntityKind:
		c.object(at, what, target, v.Entity())
	case StringKind:
		if v.Text() == "" {
			c.problem(at, BadInput, "%s is an empty text; leave the claim out instead", what)
		}
		c.text(at, what, v.Text(), MaxText)
	case EnumKind:
		if !e.Has(v.Text()) {
			c.problem(at, WrongType, "%s is %q; %s has %s", what, clip(v.Text()), e.Name, e.Names())
		}
	case QuantityKind:
		u := c.o.Units[v.Text()]
		switch {
		case u == nil:
			c.problem(at, UnknownName, "%s has the unit %q, which is not in the ontology's enum Unit", what, clip(v.Text()))
		case unit != "" && u.Code != unit:
			c.problem(at, WrongType, "%s is in %s; give it in %s", what, u.Code, unit)
		case dimension != "" && u.Dimension != dimension:
			c.problem(at, WrongType, "%s is in %s, which measures %s; a unit of %s is needed", what, u.Code, u.Dimension, dimension)
		}
	}
	return v
}

func (c *checker) object(at Place, what string, target *schema.Type, id ID) {
	t := c.typeOf(id)
	if t == nil {
		c.problem(at, UnknownID, "%s is %s, which is not in the graph; declare it with its type first", what, id)
	} else if !target.Includes(t) {
		c.problem(at, WrongType, "%s is %s, a %s; the ontology wants a %s", what, id, t.Name, target.Name)
	}
}

// accept adds the claim to the commit unless it is known.
func (c *checker) accept(at Place, f *schema.Field, cl Claim) {
	id := cl.ID()
	c.res.IDs = append(c.res.IDs, id)
	if first, ok := c.stated[id]; ok {
		c.notice(at, Duplicate, "%s %s %s is stated twice (first at %s)", cl.Subject, cl.Predicate, clip(cl.Value.String()), first)
		c.res.Known++
		return
	}
	c.stated[id] = at
	if f.Key != "" && !c.key(at, f, &cl) {
		return
	}
	if have, live, ok := c.st.Claim(id); ok {
		c.res.Known++
		if !live {
			c.notice(at, Duplicate, "the claim %s was withdrawn and stays so; state it with another locator or valid time to hold it again", id)
		} else if held(&have) != held(&cl) {
			c.notice(at, Duplicate, "the claim %s is known with %s; here it has %s: kept as it is, supersede it to change that", id, held(&have), held(&cl))
		}
		return
	}
	for _, old := range cl.Supersedes {
		if !c.withdraw(at, old, "supersede") {
			return
		}
	}
	if f.Transitive {
		l := link{cl.Subject, cl.Predicate}
		c.links[l] = append(c.links[l], cl.Value.Entity())
		c.edges = append(c.edges, cycleEdge{l, at})
	}
	c.res.Commit.Claims = append(c.res.Commit.Claims, cl)
}

// held describes how a claim is held, to tell two holdings of one claim apart.
func held(c *Claim) string {
	return fmt.Sprintf("confidence %v, rank %s, attribution %s", c.Confidence, c.Rank, c.Attribution)
}

// key refuses two entities under one name of an outside scheme.
func (c *checker) key(at Place, f *schema.Field, cl *Claim) bool {
	k := f.Name + "\x00" + cl.Value.String()
	other, taken := c.keys[k]
	if !taken {
		other, taken = c.st.Holder(f.Name, cl.Value)
	}
	if taken && other != cl.Subject {
		c.problem(at, Duplicate, "%s %s of %s is already that of %s; merge them or correct one", f.Label, cl.Value, cl.Subject, other)
		return false
	}
	c.keys[k] = cl.Subject
	return true
}

func (c *checker) retract(op *Op) {
	c.text(op.Place, "reason", op.Retract.Reason, MaxText)
	if c.withdraw(op.Place, op.Retract.Claim, "retract") {
		c.res.Commit.Retractions = append(c.res.Commit.Retractions, op.Retract)
	}
}

// withdraw tells whether the claim is there and still stands.
func (c *checker) withdraw(at Place, id ClaimID, verb string) bool {
	_, live, ok := c.st.Claim(id)
	_, here := c.stated[id]
	switch {
	case here && !ok:
		// Stated before it in the same change, as a copied store has it: it is
		// recorded and withdrawn at once, and answers for itself ever after.
	case !ok:
		c.problem(at, UnknownID, "there is no claim %s to %s", id, verb)
		return false
	case !live:
		if verb == "supersede" {
			c.problem(at, BadInput, "the claim %s was withdrawn already and cannot be superseded", id)
		} else {
			c.res.Known++
		}
		return false
	}
	if first, twice := c.retracted[id]; twice {
		if verb == "supersede" {
			c.problem(at, Duplicate, "the claim %s is withdrawn twice in this change (first at %s)", id, first)
		} else {
			c.res.Known++
		}
		return false
	}
	c.retracted[id] = at
	return true
}

// cycles refuses transitive relations that the change would close to a circle.
func (c *checker) cycles() {
	for _, e := range c.edges {
		if path := c.pathBack(e.link); path != nil {
			c.problem(e.place, Cycle, "%s %s would run in a circle: %s", e.link.subject, e.link.predicate, strings.Join(path, " → "))
			return // one circle has many edges; the first is enough to see it
		}
	}
}

// pathBack looks for a way from the subject to itself along the predicate.
func (c *checker) pathBack(from link) []string {
	prev := map[ID]ID{}
	queue := []ID{from.subject}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		next := append([]ID(nil), c.links[link{at, from.predicate}]...)
		for _, v := range c.st.Values(at, from.predicate) {
			next = append(next, v.Entity())
		}
		for _, n := range next {
			if _, seen := prev[n]; seen {
				continue
			}
			prev[n] = at
			if n == from.subject {
				path := []string{string(n)}
				for x := at; x != from.subject; x = prev[x] {
					path = append([]string{string(x)}, path...)
				}
				return append([]string{string(from.subject)}, path...)
			}
			queue = append(queue, n)
		}
	}
	return nil
}
