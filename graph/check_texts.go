package graph

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/text"
)

// Every text comes into the graph through here: in one form, so that what reads
// alike is one claim, and without what a reader cannot see.

// texts are the texts of a claim besides its value and qualifiers.
func texts(cl *Claim) []struct {
	what string
	text *string
	most int
	line bool
} {
	return []struct {
		what string
		text *string
		most int
		line bool
	}{
		{"locator", &cl.Locator, MaxLocator, true}, {"attributedTo", &cl.AttributedTo, MaxLocator, true},
		{"original", &cl.Original, MaxText, false}, {"conflict", &cl.Conflict, MaxLocator, true}, {"note", &cl.Note, MaxText, false},
	}
}

// written checks a text, which is clean, and gives a code its one form.
func (c *checker) written(at Position, what place, w wanted, v Value) Value {
	if v.Text() == "" {
		c.problem(at, BadInput, "%s shows nothing; leave the claim out instead", what)
		return v
	}
	before := len(c.problems)
	c.text(at, what, v.Text(), MaxText, w.line || w.code != nil)
	if w.code == nil || len(c.problems) > before {
		return v
	}
	code, err := w.code.Read(v.Text())
	if err != nil {
		c.problem(at, BadInput, "%s %v", what, err)
	}
	return StringValue(code)
}

// text refuses a text, which is clean, that is too long or holds what none may.
func (c *checker) text(at Position, what place, s string, most int, line bool) {
	if len(s) > most {
		c.problem(at, BadInput, "the %s has %d bytes; the limit is %d", what, len(s), most)
	} else if fault := text.Fault(s, line); fault != "" {
		c.problem(at, BadInput, "the %s %s", what, fault)
	}
}

// asGiven is the id that a file may use for a claim whose texts it wrote in another form, so that
// later lines about that claim find it: the claim's own, id, where it wrote them in the same.
func asGiven(op *Op, cl *Claim, id ClaimID) ClaimID {
	was := *cl
	was.Locator = op.Claim.Locator
	was.Value = inForm(cl.Value, op.Claim.Value)
	same := was.Locator == cl.Locator && was.Value == cl.Value
	for _, q := range cl.Qualifiers {
		same = same && q.Value == inForm(q.Value, op.Claim.Qualifier(q.Name))
	}
	if same {
		return id
	}
	was.Qualifiers = slices.Clone(cl.Qualifiers)
	for i, q := range was.Qualifiers {
		was.Qualifiers[i].Value = inForm(q.Value, op.Claim.Qualifier(q.Name))
	}
	return was.ID()
}

// inForm is a text as it was given; other values are as they are.
func inForm(v, given Value) Value {
	if v.Kind() == StringKind {
		return StringValue(given.Text())
	}
	return v
}

// meant is the claim that an id of the change means.
func (c *checker) meant(id ClaimID) ClaimID {
	if _, _, ok := c.st.Claim(id); !ok {
		if now, ok := c.renamed[id]; ok {
			return now
		}
	}
	return id
}
