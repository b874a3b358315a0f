package metamorphic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// model is the graph as a list of what it learned: slow and obvious.
type model struct {
	entries []entry

	// Derived from the entries.
	types map[graph.ID]string
	facts map[graph.ClaimID]*fact
	order []*fact
	keys  map[string]graph.Seq
}

// entry is one commit.
type entry struct {
	at       time.Time
	key      string
	ops      string // as the change stated them, under a key
	ids      []graph.ClaimID
	count    int // of the operations
	entities []graph.Entity
	claims   []graph.Claim
	gone     []graph.Retraction
	back     []graph.Reinstatement
}

// fact is a claim with the numbers of the commits that made and withdrew it. A claim that was
// reinstated is another fact from then on.
type fact struct {
	graph.Claim
	id         graph.ClaimID
	seq, ended graph.Seq
}

func newModel(entries []entry) *model {
	m := &model{types: map[graph.ID]string{}, facts: map[graph.ClaimID]*fact{}, keys: map[string]graph.Seq{}}
	for _, e := range entries {
		m.push(e)
	}
	return m
}

func (m *model) head() graph.Seq { return graph.Seq(len(m.entries)) }

// upTo returns the model at an earlier number.
func (m *model) upTo(n graph.Seq) *model { return newModel(m.entries[:n:n]) }

func (m *model) push(e entry) {
	m.entries = append(m.entries, e)
	n := m.head()
	if e.key != "" {
		m.keys[e.key] = n
	}
	for _, x := range e.entities {
		m.types[x.ID] = x.Type
	}
	hold := func(c graph.Claim) {
		f := &fact{Claim: c, id: c.ID(), seq: n}
		m.facts[f.id] = f
		m.order = append(m.order, f)
	}
	for _, c := range e.claims {
		hold(c)
	}
	for _, c := range e.claims {
		for _, old := range c.Supersedes {
			m.facts[old].ended = n
		}
	}
	for _, r := range e.gone {
		m.facts[r.Claim].ended = n
	}
	for _, r := range e.back {
		hold(m.facts[r.Claim].Claim)
	}
}

// answer is the expected answer to a change.
type answer struct {
	seq                           graph.Seq
	entities, claims, retractions int
	reinstatements                int
	known                         int
	ids                           []graph.ClaimID
	replayed                      bool
	// codes are the codes of the change's faults; the graph may report any of them first.
	codes map[graph.Code]bool
}

// decide returns the expected answer to a change, and the entry that it makes, if any.
func (m *model) decide(ch change) (answer, *entry) {
	if n := m.keys[ch.key]; ch.key != "" && n != 0 {
		first := m.entries[n-1]
		if first.ops != writtenOps(ch.ops) {
			return answer{codes: map[graph.Code]bool{graph.KeyReused: true}}, nil
		}
		return answer{seq: n, ids: first.ids, known: first.count, replayed: true}, nil
	}
	if ch.at != nil && *ch.at != m.head() {
		return answer{codes: map[graph.Code]bool{graph.SeqMismatch: true}}, nil
	}
	d := decision{m: m, declared: map[graph.ID]string{}, stated: map[graph.ClaimID]bool{}, fresh: map[graph.ClaimID]bool{},
		withdrawn: map[graph.ClaimID]bool{}, retracted: map[graph.ClaimID]bool{}, back: map[graph.ClaimID]bool{}, a: answer{codes: map[graph.Code]bool{}}}
	for kind, fn := range []func(*graph.Op){d.declare, d.assert, d.retract, d.reinstate} {
		for i := range ch.ops {
			if op := &ch.ops[i]; op.Kind == []graph.OpKind{graph.Declare, graph.Assert, graph.Retract, graph.Reinstate}[kind] {
				fn(op)
			}
		}
	}
	if len(d.a.codes) > 0 {
		return answer{codes: d.a.codes}, nil
	}
	a, e := d.a, &d.e
	a.seq, a.entities, a.claims = m.head(), len(e.entities), len(e.claims)
	a.retractions, a.reinstatements = len(d.withdrawn), len(e.back)
	if a.entities+a.claims+a.retractions+a.reinstatements == 0 {
		return a, nil
	}
	a.seq++
	e.key, e.ids, e.count = ch.key, a.ids, len(ch.ops)
	if ch.key != "" {
		e.ops = writtenOps(ch.ops)
	}
	return a, e
}

// resolve sets the number that the option ifseq comes to.
func (m *model) resolve(ch *change) {
	if by, err := strconv.Atoi(ch.ifSeq); err == nil {
		at := graph.Seq(max(0, len(m.entries)+by))
		ch.at = &at
	}
}

// decision is a change on its way through the rules.
type decision struct {
	m         *model
	declared  map[graph.ID]string
	stated    map[graph.ClaimID]bool // in this change
	fresh     map[graph.ClaimID]bool // and new
	withdrawn map[graph.ClaimID]bool
	retracted map[graph.ClaimID]bool // with success or without
	back      map[graph.ClaimID]bool
	a         answer
	e         entry
}

func (d *decision) fault(c graph.Code) { d.a.codes[c] = true }

func (d *decision) declare(op *graph.Op) {
	x := op.Entity
	have, known := d.declared[x.ID]
	if !known {
		have, known = d.m.types[x.ID]
	}
	switch {
	case fieldsOf[x.Type] == nil:
		d.fault(graph.UnknownName)
	case known && have != x.Type:
		d.fault(graph.Duplicate)
	case known:
		d.a.known++
		d.declared[x.ID] = have
	default:
		d.declared[x.ID] = x.Type
		d.e.entities = append(d.e.entities, x)
	}
}

func (d *decision) typeOf(id graph.ID) string {
	if t, ok := d.declared[id]; ok {
		return t
	}
	return d.m.types[id]
}

func (d *decision) assert(op *graph.Op) {
	c := op.Claim
	want, ok := fieldsOf[d.typeOf(c.Subject)][c.Predicate]
	switch {
	case d.typeOf(c.Subject) == "":
		d.fault(graph.UnknownID)
		return
	case !ok:
		d.fault(graph.UnknownName)
		return
	}
	before := len(d.a.codes)
	switch d.typeOf(c.Source) {
	case "":
		d.fault(graph.NoSource)
	case "Source":
	default:
		d.fault(graph.WrongType)
	}
	if want != "text" && want != "number" {
		switch d.typeOf(c.Value.Entity()) {
		case "":
			d.fault(graph.UnknownID)
		case want:
		default:
			d.fault(graph.WrongType)
		}
	}
	if c.Confidence < 0 || c.Confidence > 1 {
		d.fault(graph.BadInput)
	}
	if c.Predicate == "near" && c.Value.Entity() == c.Subject {
		d.fault(graph.Cycle)
	}
	if len(d.a.codes) > before {
		return
	}
	d.accept(c)
}

// accept takes a claim that fits the ontology.
func (d *decision) accept(c graph.Claim) {
	id := c.ID()
	d.a.ids = append(d.a.ids, id)
	if d.stated[id] || d.m.facts[id] != nil {
		d.stated[id] = true
		d.a.known++
		for _, old := range c.Supersedes {
			f := d.m.facts[old]
			before := d.m.facts[id] != nil && slices.Contains(d.m.facts[id].Supersedes, old)
			if (f != nil && f.ended == 0 || d.fresh[old]) && !d.withdrawn[old] && !before {
				d.fault(graph.BadInput) // it changes nothing, and so replaces nothing
			}
		}
		return
	}
	d.stated[id] = true
	for _, old := range c.Supersedes {
		switch f := d.m.facts[old]; {
		case old == id:
			d.fault(graph.BadInput)
			return
		case f == nil && !d.stated[old]:
			d.fault(graph.UnknownID)
			return
		case f != nil && f.ended != 0:
			d.fault(graph.BadInput)
			return
		case d.withdrawn[old]:
			d.fault(graph.Duplicate)
			return
		}
		d.withdrawn[old] = true
	}
	d.fresh[id] = true
	d.e.claims = append(d.e.claims, c)
}

func (d *decision) retract(op *graph.Op) {
	id := op.Retract.Claim
	d.retracted[id] = true
	f := d.m.facts[id]
	switch {
	case f == nil && !d.stated[id]:
		d.fault(graph.UnknownID)
	case f != nil && f.ended != 0, d.withdrawn[id]:
		d.a.known++
	default:
		d.withdrawn[id] = true
		d.e.gone = append(d.e.gone, op.Retract)
	}
}

func (d *decision) reinstate(op *graph.Op) {
	id := op.Reinstate.Claim
	f := d.m.facts[id]
	switch {
	case f == nil && !d.fresh[id]:
		d.fault(graph.UnknownID)
	case d.retracted[id]:
		d.fault(graph.Duplicate)
	case (f == nil || f.ended == 0) && !d.withdrawn[id], d.back[id]:
		d.a.known++
	default:
		d.back[id] = true
		d.e.back = append(d.e.back, op.Reinstate)
	}
}

// text writes the entry without its time: what a commit of the log must be.
func (e *entry) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "key %q\n", e.key)
	for _, x := range e.entities {
		fmt.Fprintf(&b, "entity %s %s\n", x.ID, x.Type)
	}
	for i := range e.claims {
		fmt.Fprintf(&b, "claim %s\n", written(&e.claims[i]))
	}
	for _, r := range e.gone {
		fmt.Fprintf(&b, "gone %s %q\n", r.Claim, r.Reason)
	}
	for _, r := range e.back {
		fmt.Fprintf(&b, "back %s %q\n", r.Claim, r.Reason)
	}
	return b.String()
}

// entryOf returns a commit of the log as an entry.
func entryOf(c *graph.Commit) entry {
	return entry{at: c.At, key: c.Key, entities: c.Entities, claims: c.Claims, gone: c.Retractions, back: c.Reinstatements}
}

// content writes all that the graph holds, as it is held: the model's own idea
// of a digest.
func (m *model) content() string {
	lines := make([]string, 0, len(m.types)+len(m.order))
	for id, t := range m.types {
		lines = append(lines, fmt.Sprintf("entity %s %s", id, t))
	}
	for _, f := range m.facts {
		lines = append(lines, fmt.Sprintf("claim %s live=%v", written(&f.Claim), f.ended == 0))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// knownAt returns the last number made at or before a time.
func (m *model) knownAt(t time.Time) graph.Seq {
	n := graph.Seq(0)
	for i, e := range m.entries {
		if !e.at.After(t) {
			n = graph.Seq(i + 1)
		}
	}
	return n
}
