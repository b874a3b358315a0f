package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// A merge lets one entity stand for another (decision-merge.md). Claims that hold never name an entity that is merged into
// another: the merge restates them, and a later change that names the one is read as if it named the other.

// Merged is a merge of From into Into, or the end of one where Into is empty.
type Merged struct{ From, Into ID }

// label is the label of an import that only merges.
func (m Merged) label() string {
	if m.Into == "" {
		return fmt.Sprintf("%s is itself again", m.From)
	}
	return fmt.Sprintf("%s merged into %s", m.From, m.Into)
}

// resolve is the entity that stands for another now; most stand for themselves.
func (c *checker) resolve(id ID) ID {
	for c.merging {
		into, ok := c.merged[id]
		if !ok && !c.parted[id] {
			into, ok = c.st.Into(id)
		}
		if !ok {
			break
		}
		id = into
	}
	return id
}

// restated is the claim with the entities that stand for those that it names, and whether it is another one.
func (c *checker) restated(cl *Claim) (Claim, bool) {
	to := *cl
	to.Subject, to.Source = c.resolve(cl.Subject), c.resolve(cl.Source)
	changed := to.Subject != cl.Subject || to.Source != cl.Source
	value := func(v Value) Value {
		if v.Kind() == EntityKind && c.resolve(v.Entity()) != v.Entity() {
			v, changed = EntityValue(c.resolve(v.Entity())), true
		}
		return v
	}
	to.Value = value(cl.Value)
	if len(cl.Qualifiers) > 0 {
		to.Qualifiers = slices.Clone(cl.Qualifiers)
		for i := range to.Qualifiers {
			to.Qualifiers[i].Value = value(to.Qualifiers[i].Value)
		}
	}
	return to, changed
}

// inMerged reads a claim that names merged entities as one of those that stand for them. A claim that was withdrawn before
// the merge stays what it was, so that the same file may state and withdraw it again. It reports whether the claim has no problem.
func (c *checker) inMerged(at Position, f *formed) bool {
	if f.raw = f.id; !c.merging {
		return true
	}
	was := &f.claim
	to, changed := c.restated(was)
	if !changed {
		return true
	}
	id := to.ID()
	_, _, recorded := c.st.Claim(f.id)
	if _, _, known := c.st.Claim(id); known || !recorded || c.syncs {
		if to.Value.Kind() == EntityKind && to.Value.Entity() == to.Subject && (f.field.Symmetric || f.field.Transitive) {
			c.problem(at, Cycle, "%s and %s are merged, so that neither is %s of the other", was.Subject, was.Value, was.Predicate)
			return false
		}
		f.claim, f.id = to, id
	}
	return true
}

// now is the claim that a merge put in the place of another, or else the claim itself.
func (c *checker) now(id ClaimID) ClaimID {
	if !c.merging {
		return id
	}
	cl, live, ok := c.st.Claim(id)
	if !ok || live {
		return id
	}
	if to, changed := c.restated(&cl); changed && c.restates(to.ID(), id) {
		return to.ID()
	}
	return id
}

// restates reports whether a claim took the place of another by merges.
func (c *checker) restates(by, id ClaimID) bool {
	cl, _, _ := c.st.Claim(by)
	return slices.ContainsFunc(cl.Supersedes, func(old ClaimID) bool {
		was, _, ok := c.st.Claim(old)
		if !ok {
			return false
		}
		_, changed := c.restated(&was)
		return changed && (old == id || c.restates(old, id))
	})
}

// merge merges two entities, after all else that the change does.
func (c *checker) merge(op *Op) {
	from, into, at := op.Merge.From, c.resolve(op.Merge.Into), op.Position
	for _, id := range []ID{from, into} {
		if c.typeOf(id) == nil {
			if !c.refused[id] {
				c.problem(at, UnknownID, "there is no entity %q to merge", Clip(string(id)))
			}
			return
		}
	}
	stands, a, b := c.resolve(from), c.typeOf(from), c.typeOf(into)
	switch {
	case stands == into && from != into:
		c.res.Known++
		return
	case from == into:
		c.problem(at, BadInput, "%s cannot be merged with itself", from)
		return
	case stands != from:
		c.problem(at, BadInput, "%s is merged into %s; unmerge it first, or merge %s", from, stands, stands)
		return
	case a != b:
		c.problem(at, WrongType, "%s is a %s and %s a %s; only entities of one type can be merged", from, a.Name, into, b.Name)
		return
	}
	named := c.naming(from)
	if c.merged == nil {
		c.merged = map[ID]ID{}
	}
	c.merged[from], c.merging = into, true
	c.res.Commit.Merges = append(c.res.Commit.Merges, Merged{from, into})
	c.compete(at, from, into, named)
	for i := range named {
		c.restate(at, &named[i], from, into)
	}
}

// held is a claim that holds after the change so far.
type held struct {
	id    ClaimID
	claim Claim
	again bool // the change reinstates it
}

// naming are the claims that hold after the change so far and name an entity.
func (c *checker) naming(id ID) (list []held) {
	c.st.Naming(id, func(id ClaimID, cl *Claim) {
		if _, gone := c.withdrawn[id]; !gone {
			list = append(list, held{id, *cl, false})
		}
	})
	for i := range c.res.Commit.Claims {
		cl := &c.res.Commit.Claims[i]
		if _, gone := c.withdrawn[cl.ID()]; !gone && cl.Names(id) {
			list = append(list, held{cl.ID(), *cl, false})
		}
	}
	for _, r := range c.res.Commit.Reinstatements {
		if cl, _, ok := c.claim(r.Claim); ok && cl.Names(id) {
			list = append(list, held{r.Claim, cl, true})
		}
	}
	return list
}

// Names reports whether the claim names the entity: as its subject, its object, its source or in a qualifier.
func (c *Claim) Names(id ID) bool {
	is := func(v Value) bool { return v.Kind() == EntityKind && v.Entity() == id }
	return c.Subject == id || c.Source == id || is(c.Value) || slices.ContainsFunc(c.Qualifiers, func(q QualifierValue) bool { return is(q.Value) })
}

// restate puts the claim of the entity that stands for another in the place of one that names that other.
func (c *checker) restate(at Position, old *held, from, into ID) {
	to, _ := c.restated(&old.claim)
	id := to.ID()
	to.Supersedes = nil
	why := ""
	have, live, known := c.st.Claim(id)
	_, gone := c.withdrawn[id]
	_, here := c.stated[id]
	switch {
	case to.Value.Kind() == EntityKind && to.Value.Entity() == to.Subject && old.claim.Value.Entity() != old.claim.Subject:
		why = fmt.Sprintf("%s is merged into %s, which cannot be related with itself", from, into)
	case here && !known, live && !gone, c.reinstated[id]:
		why = fmt.Sprintf("%s is merged into %s, of which the source says the same", from, into)
	case known && slices.Contains(have.Supersedes, old.id):
		why = fmt.Sprintf("%s is merged into %s again", from, into)
		c.reinstated[id] = true
		c.res.Commit.Reinstatements = append(c.res.Commit.Reinstatements, Reinstatement{id, why})
	case known:
		why = fmt.Sprintf("%s is merged into %s, of which the same was withdrawn", from, into)
		c.notice(at, Duplicate, "%s of %s ends, since the claim %s, which says the same of %s, was withdrawn", to.Predicate, from, id, into)
	}
	switch {
	case old.again: // it would hold again, and holds under the other name instead
		list := &c.res.Commit.Reinstatements
		*list = slices.DeleteFunc(*list, func(r Reinstatement) bool { return r.Claim == old.id })
		delete(c.reinstated, old.id)
	case why != "":
		c.withdrawn[old.id] = at
		c.res.Commit.Retractions = append(c.res.Commit.Retractions, Retraction{old.id, why})
	default:
		c.withdrawn[old.id] = at
		to.Supersedes = []ClaimID{old.id}
	}
	if why == "" {
		c.link(c.fieldOf(&to), &to)
		c.stated[id] = statement{at, len(c.res.Commit.Claims)}
		c.res.Commit.Claims = append(c.res.Commit.Claims, to)
	}
}

// fieldOf is the field of a claim; one without rules where the ontology lost it.
func (c *checker) fieldOf(cl *Claim) *schema.Field {
	if t := c.typeOf(cl.Subject); t != nil && t.Field(cl.Predicate) != nil {
		return t.Field(cl.Predicate)
	}
	return new(schema.Field)
}

// compete reports what two entities to be merged state differently, where only one of it can be so.
func (c *checker) compete(at Position, from, into ID, named []held) {
	t := c.typeOf(into)
	first := map[*schema.Field]bool{}
	var fields []string
	for i := range named {
		cl := &named[i].claim
		f := t.Field(cl.Predicate)
		if cl.Subject != from || f == nil || f.Many || f.Time == schema.Observation || first[f] {
			continue
		}
		if vs := c.values(link{into, f.Name}); len(vs) > 0 && !slices.Contains(vs, cl.Value) {
			first[f] = true
			fields = append(fields, fmt.Sprintf("%s (%s, and %s)", f.Name, Clip(cl.Value.String()), Clip(vs[0].String())))
		}
	}
	if len(fields) > 0 {
		c.notice(at, Duplicate, "%s and %s differ in %s; conflicts shows which of it cannot both be so", from, into, strings.Join(fields, ", "))
	}
}

// unmerge takes the last merge of an entity back.
func (c *checker) unmerge(op *Op) {
	from := op.Merge.From
	into, ok := c.st.Into(from)
	if !ok || c.parted[from] {
		if _, known := c.st.TypeOf(from); !known {
			c.problem(op.Position, UnknownID, "there is no entity %q to unmerge", Clip(string(from)))
			return
		}
		c.res.Known++
		return
	}
	merges := c.mergesOf(from)
	at := merges[len(merges)-1].seq
	u := newUndoing(c, op, fmt.Sprintf("%s is not merged into %s any more", from, into))
	u.commits = []Seq{at}
	u.cancel(at)
	u.part(Merged{from, into}, at)
	u.takeBack(func(id ClaimID) bool {
		cl, _, _ := c.st.Claim(id)
		return cl.Names(from) || c.supersedesOf(&cl, from)
	})
	c.ops = append(c.ops, u.ops...)
}

// supersedesOf reports whether a claim superseded one that names the entity.
func (c *checker) supersedesOf(cl *Claim, id ID) bool {
	return slices.ContainsFunc(cl.Supersedes, func(old ClaimID) bool {
		was, _, _ := c.st.Claim(old)
		return was.Names(id)
	})
}

// mergedAt is a merge in the state, or the end of one, with its commit.
type mergedAt struct {
	Merged
	seq Seq
}

// mergesOf returns the merges of an entity in the state, in order. The first call reads those of all entities.
func (c *checker) mergesOf(id ID) []mergedAt {
	if c.merges == nil {
		c.merges = map[ID][]mergedAt{}
		c.st.Merges(0, c.st.Seq(), func(m Merged, seq Seq) bool {
			c.merges[m.From] = append(c.merges[m.From], mergedAt{m, seq})
			return true
		})
	}
	return c.merges[id]
}

// part takes back what a commit merged, or merges again what it took apart, unless others did so since.
func (u *undoing) part(m Merged, seq Seq) {
	c, was := u.c, Merged{From: m.From}
	merges := c.mergesOf(m.From)
	for _, x := range merges {
		if x.seq < seq {
			was = x.Merged
		}
	}
	switch into, merged := c.st.Into(m.Into); {
	case merges[len(merges)-1].seq != seq:
	case m.Into == "" && was.Into != "":
		u.again[m.From] = true
		u.ops = append(u.ops, Op{Kind: Merge, Merge: was, Position: u.op.Position})
	case m.Into == "":
	case merged && !c.parted[m.Into]:
		c.problem(u.op.Position, BadInput, "%s, into which %s is merged, is merged into %s; take that back first", m.Into, m.From, into)
	default:
		if c.parted == nil {
			c.parted = map[ID]bool{}
		}
		c.parted[m.From] = true
		c.res.Commit.Merges = append(c.res.Commit.Merges, Merged{From: m.From})
	}
}
