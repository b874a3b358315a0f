package graph

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/text"
)

// Every text enters the graph through the functions below. They give it one form, so that texts that read alike
// make one claim, and refuse or remove what a reader cannot see.

// texts returns the texts of a claim other than its value and qualifiers.
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

// written checks a cleaned text, and normalizes a code.
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

// text refuses a cleaned text that is too long or has forbidden characters.
func (c *checker) text(at Position, what place, s string, most int, line bool) {
	if len(s) > most {
		c.problem(at, BadInput, "the %s has %d bytes; the limit is %d", what, len(s), most)
	} else if fault := text.Fault(s, line); fault != "" {
		c.problem(at, BadInput, "the %s %s", what, fault)
	}
}

// asGiven returns the id that a file may use for a claim: computed from the texts in the form in which the file
// wrote them. With it, later lines of the file can refer to the claim. It is id if the file wrote the texts in
// their final form.
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

// inForm returns a text in the form in which it was given; it returns other values unchanged.
func inForm(v, given Value) Value {
	if v.Kind() == StringKind {
		return StringValue(given.Text())
	}
	return v
}

// meant returns the id of the claim to which an id in the change refers.
func (c *checker) meant(id ClaimID) ClaimID {
	if _, _, ok := c.st.Claim(id); !ok {
		if now, ok := c.renamed[id]; ok {
			return now
		}
	}
	return c.now(id)
}
