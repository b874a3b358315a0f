// Package answers has the GraphQL documents of the analyses, and writes their answers as text.
//
// Read routes.go first: a document selects what its function writes. claims.go writes claims, for all
// documents. The package must not know who answers, nor which flags set the variables.
package answers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph/figures"
)

// claimFragment selects the fields of a claim that are written, and that the JSON contains.
const claimFragment = `
fragment ClaimRow on Claim {
  id subject { id type name } predicate value object { id type name }
  qualifiers { name value object { id type name } }
  source { id name } locator attribution attributedTo confidence rank holds validFrom validTo
}`

// Named is an entity in an answer.
type Named struct{ ID, Type, Name string }

func names(list []Named, between string) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Name
	}
	return strings.Join(out, between)
}

// Describe returns an entity's id, name and type as a text.
func Describe(n Named) string { return fmt.Sprintf("%s (%s, %s)", n.ID, n.Name, n.Type) }

// List writes a list of entities in words, with the text last before the last one.
func List(list []Named, last string) string {
	var b strings.Builder
	for i, n := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			b.WriteString(last)
		default:
			b.WriteString(", ")
		}
		b.WriteString(Describe(n))
	}
	return b.String()
}

// together writes a list of names in words: "A, B and C".
func together(list []Named) string {
	if len(list) < 2 {
		return names(list, "")
	}
	last := len(list) - 1
	return names(list[:last], ", ") + " and " + list[last].Name
}

// claimRow is a claim in an answer.
type claimRow struct {
	ID         string
	Subject    Named
	Predicate  string
	Value      *string
	Object     *Named
	Qualifiers []struct {
		Name   string
		Value  *string
		Object *Named
	}
	Source             Named
	Locator            *string
	Confidence         float64
	Holds              string
	ValidFrom, ValidTo *string
}

// longest is the number of characters of a literal that a table shows.
const longest = 80

func shorten(text string) string {
	if r := []rune(text); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return text
}

// machineNumber matches a number, perhaps with a unit, in the form in which the API writes very large and very
// small ones.
var machineNumber = regexp.MustCompile(`^(-?[0-9.]+e[+-][0-9]{2,})( [A-Za-z0-9]+)?$`)

// readable returns the value of a claim, with its number in the form that people use.
func readable(value string) string {
	m := machineNumber.FindStringSubmatch(value)
	if m == nil {
		return value
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return value
	}
	return figures.Number(x, 0) + m[2]
}

// statement returns what the claim states, without its subject.
func (c *claimRow) statement() string {
	text := c.Predicate
	switch {
	case c.Object != nil:
		text += " " + c.Object.Name
	case c.Value != nil:
		text += " " + shorten(readable(*c.Value))
	}
	var qualified []string
	for _, q := range c.Qualifiers {
		switch {
		case q.Object != nil:
			qualified = append(qualified, q.Name+" "+q.Object.Name)
		case q.Value != nil:
			qualified = append(qualified, q.Name+" "+shorten(readable(*q.Value)))
		}
	}
	if qualified != nil {
		text += " (" + strings.Join(qualified, ", ") + ")"
	}
	return text
}

// sentence returns the claim on one line: its subject, then its statement.
func (c *claimRow) sentence() string { return c.Subject.Name + " " + c.statement() }

func (c *claimRow) when() string { return span(c.ValidFrom, c.ValidTo) }

// span writes a period of time in words; empty if none is stated.
func span(from, to *string) string {
	text := func(s *string) string {
		if s == nil || *s == ".." {
			return ""
		}
		return *s
	}
	switch a, b := text(from), text(to); {
	case a == b:
		return a
	case b == "":
		return "since " + a
	case a == "":
		return "until " + b
	default:
		return a + " to " + b
	}
}

// cite returns the source's id and the locator in it.
func (c *claimRow) cite() string {
	if c.Locator == nil {
		return c.Source.ID
	}
	return c.Source.ID + ", " + *c.Locator
}

func (c *claimRow) confidence() string { return fmt.Sprintf("%.2f", c.Confidence) }

// claimColumns are the column headings for a claim.
var claimColumns = []string{"CLAIM", "WHEN", "HOLDS", "CONF.", "SOURCE"}

func (c *claimRow) cells() []string {
	return []string{c.sentence(), c.when(), c.Holds, c.confidence(), c.cite()}
}

// writeWeakest writes the weakest claim of an answer.
func writeWeakest(out *strings.Builder, indent string, c *claimRow) {
	if c == nil {
		return
	}
	holds := ""
	if c.Holds != "YES" {
		holds = ", holds " + c.Holds
	}
	fmt.Fprintf(out, "%sweakest claim: %s, confidence %s%s, %s\n", indent, c.sentence(), c.confidence(), holds, c.cite())
}
