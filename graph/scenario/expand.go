package scenario

import (
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// always is the valid time of a hypothetical state without dates.
var always = must(graph.ParseInterval("0001-01-01/.."))

// endless is the day until which the source of a scenario attests its claims.
var endless = must(graph.ParseDate("9999-12-31"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// expander turns the operations of one scenario into those of an ordinary change on the state below it.
type expander struct {
	layer
	s        *snapshot.Snapshot // with the scenarios below
	ops      []graph.Op
	claims   []graph.Claim // of the asserting operations and of removals of a value, as the ontology has them
	hidden   map[graph.ClaimID]bool
	misfit   map[graph.Position]bool // of claims that do not fit the ontology, of which nothing more is said
	problems graph.Problems
	owned    int // how many claims describe the source of the scenario
	op       int // the number of the operation that is expanded
}

// check returns the commit of a scenario on top of s, or its problems.
func (l layer) check(s *snapshot.Snapshot) (*graph.Result, graph.Problems) {
	x := &expander{layer: l, s: s, hidden: map[graph.ClaimID]bool{}, misfit: map[graph.Position]bool{}}
	x.own()
	problems := x.form()
	for i := range problems {
		x.misfit[problems[i].Position] = true
	}
	x.expand()
	if problems = append(problems, x.problems...); len(problems) > 0 {
		return nil, problems
	}
	res, problems := graph.Check(s.Ontology(), s.State(), &graph.Change{Ops: x.ops})
	if problems == nil {
		res.IDs = res.IDs[min(x.owned, len(res.IDs)):]
	}
	return res, problems
}

func (x *expander) problem(at graph.Position, code graph.Code, format string, a ...any) {
	x.problems = append(x.problems, graph.Problem{Position: at, Code: code, Message: fmt.Sprintf(format, a...)})
}

// own declares and describes the source of the claims that name none, if there are any.
func (x *expander) own() {
	id, at := SourceOf(x.name), graph.Position{Path: "scenario " + x.name}
	needed := false
	for i := range x.layer.ops {
		op := &x.layer.ops[i]
		needed = needed || (op.Kind == graph.Assert || op.Kind == graph.Override) && op.Claim.Source == ""
	}
	t := x.s.Ontology().Type(schema.SourceType)
	if !needed || t == nil {
		return
	}
	title := x.title
	if title == "" {
		title = x.name
	}
	x.ops = append(x.ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: schema.SourceType}, Position: at})
	state := func(predicate string, v graph.Value) {
		if t.Field(predicate) != nil {
			x.ops = append(x.ops, graph.Op{Kind: graph.Assert, Position: at, Claim: graph.Claim{Subject: id, Predicate: predicate, Value: v, Source: id, Confidence: 1}})
			x.owned++
		}
	}
	state("name", graph.StringValue("Scenario: "+title))
	state("coversUntil", graph.DateValue(endless))
}

// stated returns the claim of an operation with what a scenario need not say: its source, and that a state without
// dates always holds.
func (x *expander) stated(op *graph.Op) graph.Claim {
	c := op.Claim
	if c.Source != "" {
		return c
	}
	c.Source = SourceOf(x.name)
	if f := x.field(c.Subject, c.Predicate); f != nil && f.Time == schema.State && c.Valid.Empty() {
		c.Valid = always
	}
	return c
}

// field returns the stored field of a claim, or nil. The subject may be an entity that the scenario declares.
func (x *expander) field(subject graph.ID, predicate string) *schema.Field {
	if t := x.typeOf(subject); t != nil {
		return t.Field(predicate)
	}
	return nil
}

func (x *expander) typeOf(id graph.ID) *schema.Type {
	if n, ok := x.s.Meant(id, x.s.Seq()); ok {
		return x.s.Type(n)
	}
	for i := range x.layer.ops {
		if op := &x.layer.ops[i]; op.Kind == graph.Declare && op.Entity.ID == id {
			return x.s.Ontology().Type(op.Entity.Type)
		}
	}
	return nil
}

// form checks the claims that overrides and removals give, and brings them into the form in which claims are
// recorded, so that they can be compared with these.
func (x *expander) form() graph.Problems {
	x.claims = make([]graph.Claim, len(x.layer.ops))
	ch := graph.Change{Ops: append([]graph.Op(nil), x.ops...)}
	var at []int
	compared := false
	for i := range x.layer.ops {
		op := x.layer.ops[i]
		switch {
		case op.Kind == graph.Declare:
			ch.Ops = append(ch.Ops, op)
		case op.Kind == graph.Assert, op.Kind == graph.Override:
			compared = compared || op.Kind == graph.Override
			x.claims[i] = x.stated(&op)
		case op.Kind == graph.Remove && op.Claim.Value.Kind() != graph.NoKind:
			compared = true
			c := op.Claim
			c.Source, c.Confidence = SourceOf(x.name), 1
			x.claims[i] = c
		default:
			continue
		}
		if op.Kind != graph.Declare {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: x.claims[i], Position: op.Position})
			at = append(at, i)
		}
	}
	if !compared {
		return nil
	}
	if len(x.ops) == 0 { // for the removals
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: SourceOf(x.name), Type: schema.SourceType}})
	}
	res, problems := graph.Check(x.s.Ontology(), x.s.State(), &ch)
	if problems != nil {
		return problems
	}
	formed := map[graph.ClaimID]*graph.Claim{}
	for i := range res.Commit.Claims {
		formed[res.Commit.Claims[i].ID()] = &res.Commit.Claims[i]
	}
	ids := res.IDs[x.owned:]
	for k, i := range at {
		if c := formed[ids[k]]; c != nil {
			x.claims[i] = *c
		} else if c, _, ok := x.s.State().Claim(ids[k]); ok {
			x.claims[i] = c
		}
	}
	return nil
}

// expand appends the operations of an ordinary change.
func (x *expander) expand() {
	for i := range x.layer.ops {
		op := x.layer.ops[i]
		if x.op = i; x.misfit[op.Position] {
			continue
		}
		switch op.Kind {
		case graph.Declare:
			x.ops = append(x.ops, op)
		case graph.Assert, graph.Override:
			if op.Kind == graph.Override {
				x.replace(&op, &x.claims[i])
			}
			x.assert(op.Position, x.claims[i])
		case graph.Remove:
			x.remove(&op, &x.claims[i])
		case graph.Retract:
			if _, live, ok := x.s.State().Claim(op.Retract.Claim); ok && live {
				x.hide(op.Position, op.Retract.Claim)
			} else if x.op >= x.fresh {
				x.problem(op.Position, graph.UnknownID, "there is no claim %s that could be removed", op.Retract.Claim)
			}
		default:
			x.problem(op.Position, graph.BadInput, "a scenario declares, asserts, overrides, removes and retracts, and does nothing else")
		}
	}
}

// assert appends a claim. One that was withdrawn from the facts holds again.
func (x *expander) assert(at graph.Position, c graph.Claim) {
	id := c.ID()
	if _, live, ok := x.s.State().Claim(id); ok && !live {
		x.ops = append(x.ops, graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id, Reason: "supposed by the scenario " + x.name}, Position: at})
		return
	}
	x.ops = append(x.ops, graph.Op{Kind: graph.Assert, Claim: c, Position: at})
}

// hide appends the retraction of a claim, once.
func (x *expander) hide(at graph.Position, id graph.ClaimID) {
	if x.hidden[id] {
		return
	}
	if len(x.hidden) == mostRemoved {
		x.problem(at, graph.LimitWork, "the scenario %s removes more than %d claims", x.name, mostRemoved)
	}
	if len(x.hidden) >= mostRemoved {
		return
	}
	x.hidden[id] = true
	x.ops = append(x.ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: "removed by the scenario " + x.name}, Position: at})
}

// each calls fn with the claims below the scenario that have a subject and a predicate; of a symmetric relation also
// with those that state it from the other end.
func (x *expander) each(subject graph.ID, f *schema.Field, fn func(id graph.ClaimID, c *graph.Claim, mirrored bool)) {
	n, ok := x.s.Meant(subject, x.s.Seq())
	for _, inverse := range [...]bool{false, true} {
		if !ok || inverse && !f.Symmetric {
			return
		}
		x.s.Touching(n, f.Name, inverse, func(part []memory.Link) {
			for i := range part {
				if m := part[i].Claim; x.s.Live(m) {
					c := x.s.ClaimAt(m)
					fn(x.s.ClaimID(m), &c, inverse)
				}
			}
		})
	}
}

// replace hides the claims that answer the same question as an override.
func (x *expander) replace(op *graph.Op, c *graph.Claim) {
	f, own := x.field(c.Subject, c.Predicate), c.ID()
	if f == nil {
		return // the check of the change reports it
	}
	question := c.Question(f)
	x.each(c.Subject, f, func(id graph.ClaimID, other *graph.Claim, mirrored bool) {
		if mirrored {
			turned := *other
			turned.Value = graph.EntityValue(other.Subject)
			other = &turned
		}
		if id != own && other.Question(f) == question {
			x.hide(op.Position, id)
		}
	})
}

// remove hides the claims that a removal describes.
func (x *expander) remove(op *graph.Op, like *graph.Claim) {
	subject, predicate := op.Claim.Subject, op.Claim.Predicate
	t, f := x.typeOf(subject), x.field(subject, predicate)
	switch {
	case t == nil:
		x.problem(op.Position, graph.UnknownID, "%s is not in the graph", graph.Clip(string(subject)))
		return
	case f == nil:
		x.problem(op.Position, graph.UnknownName, "%s is a %s, which has no field %q", subject, t.Name, graph.Clip(predicate))
		return
	case f.Kind == schema.Inverse || f.Kind == schema.Derived:
		x.problem(op.Position, graph.BadInput, "%s.%s is read from other fields; remove the claims of those", t.Name, f.Name)
		return
	}
	found := false
	x.each(subject, f, func(id graph.ClaimID, c *graph.Claim, mirrored bool) {
		v := c.Value
		if mirrored {
			v = graph.EntityValue(c.Subject)
		}
		if want := like.Value; want.Kind() == graph.NoKind || want == v {
			found = true
			x.hide(op.Position, id)
		}
	})
	if !found && x.op >= x.fresh {
		what := predicate + " of " + string(subject)
		if v := like.Value; v.Kind() != graph.NoKind {
			what += " with the value " + graph.Clip(v.String())
		}
		x.problem(op.Position, graph.UnknownID, "the removal matches nothing: no claim states %s", what)
	}
}
