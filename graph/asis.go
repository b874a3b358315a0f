package graph

import (
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// withDeclared is the state together with the entities that the change declares.
type withDeclared struct {
	State
	c *checker
}

func (s withDeclared) TypeOf(id ID) (string, bool) {
	if d, ok := s.c.declared[id]; ok {
		return d.typ, true
	}
	return s.State.TypeOf(id)
}

// asIs accepts a claim that does not fit the ontology, if the change says AsIs. It returns true if the claim is
// such a claim. Its values must be of a known kind, and the entities that it names must exist.
func (c *checker) asIs(op *Op, cl *Claim) bool {
	st := withDeclared{c.st, c}
	name, ok := st.TypeOf(cl.Subject)
	if !ok || !c.kinds(st, cl, name) || Misfit(c.o, st, cl) == "" {
		return false
	}
	before := len(c.problems)
	c.source(op.Position, cl)
	c.holding(op.Position, cl)
	if len(c.problems) == before {
		cl.Normalise()
		id := cl.ID()
		f := &formed{claim: *cl, field: new(schema.Field), id: id, was: asGiven(op, cl, id)}
		if c.inMerged(op.Position, f) {
			c.admit(op, f)
		}
	}
	return true
}

// kinds gives loose values the kind that the ontology has for them in some type.
func (c *checker) kinds(st State, cl *Claim, typ string) bool {
	var f *schema.Field
	if t := c.o.Type(typ); t != nil {
		f = t.Field(cl.Predicate)
	}
	if fs := c.o.Predicate(cl.Predicate); f == nil && len(fs) > 0 {
		f = fs[0]
	}
	settle := func(v *Value, scalar schema.Scalar, declared bool) bool {
		if v.Kind() == LooseKind {
			parsed, err := ParseValue(KindOf(scalar), v.Text())
			if !declared || err != nil {
				return false
			}
			*v = parsed
		}
		if v.Kind() == EntityKind {
			_, ok := st.TypeOf(v.Entity())
			return ok
		}
		return v.fault() == "" && (v.Kind() != StringKind || v.Text() != "" && text.Fault(v.Text(), false) == "")
	}
	scalar := schema.NoScalar
	if f != nil {
		scalar = f.Scalar
	}
	if !settle(&cl.Value, scalar, f != nil) {
		return false
	}
	for i := range cl.Qualifiers {
		q := &cl.Qualifiers[i]
		var def *schema.Qualifier
		if f != nil {
			def = f.Qualifier(q.Name)
		}
		if def == nil {
			if !settle(&q.Value, schema.NoScalar, false) {
				return false
			}
		} else if !settle(&q.Value, def.Scalar, true) {
			return false
		}
	}
	return true
}
