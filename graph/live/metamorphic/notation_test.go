package metamorphic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// change is a change as a history writes it: options, then what it states.
//
//	key=k1 ifseq=+0 ctx=cancelled ; declare c1 City ; assert c1.name=n2@s1/l1 conf=0.7 ; retract c1.name=n2@s1/l1 reason=r
type change struct {
	key   string
	ifSeq string     // relative to the head: +0, -1; "" for none
	at    *graph.Seq // what ifSeq comes to when the change is made
	ctx   string     // cancelled: before it begins; late: while it runs; reading: once the log is read
	ops   []graph.Op
	read  []graph.Op // the same as a codec read them; nil where none did
}

// fieldsOf are the predicates by the subject's type, with the kind of the value
// or the type of the object.
var fieldsOf = map[string]map[string]string{
	"City":   {"name": "text", "population": "number", "mayor": "Person", "near": "City"},
	"Person": {"name": "text", "visited": "City"},
	"Source": {"name": "text"},
}

// parseChange reads a change; the first part has its options.
func parseChange(parts []string) (change, error) {
	var ch change
	for _, w := range strings.Fields(parts[0]) {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "key":
			ch.key = value
		case "ifseq":
			ch.ifSeq = value
		case "ctx":
			ch.ctx = value
		case "-", "commit", "elsewhere", "import", "batch":
		default:
			return ch, fmt.Errorf("a change has no option %q", w)
		}
	}
	for _, p := range parts[1:] {
		op, err := parseOp(p)
		if err != nil {
			return ch, fmt.Errorf("%q: %w", p, err)
		}
		ch.ops = append(ch.ops, op)
	}
	return ch, nil
}

func parseOp(text string) (graph.Op, error) {
	words := strings.Fields(text)
	switch {
	case len(words) == 3 && words[0] == "declare":
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(words[1]), Type: words[2]}}, nil
	case len(words) >= 2 && words[0] == "assert":
		c, err := parseClaim(words[1:])
		return graph.Op{Kind: graph.Assert, Claim: c}, err
	case len(words) >= 2 && words[0] == "retract":
		c, err := parseSaid(words[1])
		op := graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: c.ID()}}
		for _, w := range words[2:] {
			op.Retract.Reason = strings.TrimPrefix(w, "reason=")
		}
		return op, err
	case len(words) >= 2 && words[0] == "reinstate":
		c, err := parseSaid(words[1])
		op := graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: c.ID()}}
		for _, w := range words[2:] {
			op.Reinstate.Reason = strings.TrimPrefix(w, "reason=")
		}
		return op, err
	}
	return graph.Op{}, fmt.Errorf("declare, assert, retract or reinstate?")
}

// parseClaim reads what the claim says and then how it is held.
func parseClaim(words []string) (graph.Claim, error) {
	c, err := parseSaid(words[0])
	if err != nil {
		return c, err
	}
	c.Confidence = 1
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "conf":
			c.Confidence, err = strconv.ParseFloat(value, 64)
		case "rank":
			c.Rank, err = graph.ParseRank(value)
		case "att":
			c.Attribution, err = graph.ParseAttribution(value)
		case "to":
			c.AttributedTo = value
		case "orig":
			c.Original = value
		case "group":
			c.Conflict = value
		case "note":
			c.Note = value
		case "over":
			var old graph.Claim
			old, err = parseSaid(value)
			c.Supersedes = append(c.Supersedes, old.ID())
		default:
			err = fmt.Errorf("a claim has no %q", w)
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// parseSaid reads c1.name=n2@s1/l1[2010/2012].
func parseSaid(text string) (graph.Claim, error) {
	var c graph.Claim
	said, when, dated := strings.Cut(strings.TrimSuffix(text, "]"), "[")
	subject, rest, ok1 := strings.Cut(said, ".")
	predicate, rest, ok2 := strings.Cut(rest, "=")
	value, rest, ok3 := strings.Cut(rest, "@")
	source, locator, ok4 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return c, fmt.Errorf("%q is not subject.predicate=value@source/locator", text)
	}
	c.Subject, c.Predicate, c.Source, c.Locator = graph.ID(subject), predicate, graph.ID(source), locator
	switch predicate {
	case "name", "founder":
		c.Value = graph.StringValue(value)
	case "population":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return c, err
		}
		c.Value = graph.IntValue(n)
	default:
		c.Value = graph.EntityValue(graph.ID(value))
	}
	if dated {
		from, to, _ := strings.Cut(when, "/")
		var err error
		if c.Valid.From, err = graph.ParseDate(from); err == nil {
			c.Valid.To, err = graph.ParseDate(to)
		}
		return c, err
	}
	return c, nil
}

// said writes what parseSaid reads.
func said(c *graph.Claim) string {
	value := c.Value.Text()
	if c.Value.Kind() == graph.IntKind {
		value = strconv.FormatInt(c.Value.Int(), 10)
	}
	text := fmt.Sprintf("%s.%s=%s@%s/%s", c.Subject, c.Predicate, value, c.Source, c.Locator)
	if !c.Valid.Empty() {
		text += fmt.Sprintf("[%s/%s]", c.Valid.From, c.Valid.To)
	}
	return text
}

// written writes all of a claim, with the ids of what it replaces: two claims
// that differ in anything are written differently.
func written(c *graph.Claim) string {
	text := fmt.Sprintf("%s conf=%v rank=%v att=%v to=%q orig=%q group=%q note=%q", said(c), c.Confidence, c.Rank, c.Attribution,
		c.AttributedTo, c.Original, c.Conflict, c.Note)
	for _, old := range c.Supersedes {
		text += " over=" + old.String()
	}
	if len(c.Qualifiers) > 0 {
		text += fmt.Sprint(" qualifiers=", c.Qualifiers)
	}
	return text
}

// writtenOps writes what a change states, in its order.
func writtenOps(ops []graph.Op) string {
	lines := make([]string, len(ops))
	for i := range ops {
		switch op := &ops[i]; op.Kind {
		case graph.Declare:
			lines[i] = fmt.Sprintf("declare %s %s", op.Entity.ID, op.Entity.Type)
		case graph.Assert:
			lines[i] = "assert " + written(&op.Claim)
		case graph.Retract:
			lines[i] = fmt.Sprintf("retract %s %q", op.Retract.Claim, op.Retract.Reason)
		case graph.Reinstate:
			lines[i] = fmt.Sprintf("reinstate %s %q", op.Reinstate.Claim, op.Reinstate.Reason)
		}
	}
	return strings.Join(lines, "\n")
}

// jsonLines writes a change as the lines of an import file.
func jsonLines(ops []graph.Op) string {
	var b strings.Builder
	for i := range ops {
		switch op := &ops[i]; op.Kind {
		case graph.Declare:
			fmt.Fprintf(&b, `{"entity":%q,"type":%q}`, op.Entity.ID, op.Entity.Type)
		case graph.Retract:
			fmt.Fprintf(&b, `{"retract":%q,"reason":%q}`, op.Retract.Claim, op.Retract.Reason)
		case graph.Reinstate:
			fmt.Fprintf(&b, `{"reinstate":%q,"reason":%q}`, op.Reinstate.Claim, op.Reinstate.Reason)
		case graph.Assert:
			c := &op.Claim
			fmt.Fprintf(&b, `{"subject":%q,"predicate":%q,`, c.Subject, c.Predicate)
			switch c.Value.Kind() {
			case graph.IntKind:
				fmt.Fprintf(&b, `"value":%d`, c.Value.Int())
			case graph.EntityKind:
				fmt.Fprintf(&b, `"object":%q`, c.Value.Text())
			default:
				fmt.Fprintf(&b, `"value":%q`, c.Value.Text())
			}
			fmt.Fprintf(&b, `,"source":%q,"locator":%q,"confidence":%v,"rank":%q,"attribution":%q`, c.Source, c.Locator, c.Confidence, c.Rank, c.Attribution)
			for _, t := range []struct{ name, text string }{
				{"attributedTo", c.AttributedTo}, {"original", c.Original}, {"conflict", c.Conflict}, {"note", c.Note}, {"valid", valid(c)},
			} {
				if t.text != "" {
					fmt.Fprintf(&b, `,%q:%q`, t.name, t.text)
				}
			}
			if len(c.Supersedes) > 0 {
				olds := make([]string, len(c.Supersedes))
				for i, old := range c.Supersedes {
					olds[i] = strconv.Quote(old.String())
				}
				b.WriteString(`,"supersedes":[` + strings.Join(olds, ",") + "]")
			}
			b.WriteString("}")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func valid(c *graph.Claim) string {
	if c.Valid.Empty() {
		return ""
	}
	return c.Valid.From.String() + "/" + c.Valid.To.String()
}

// op is one line of a history: groups of parts. The first word of all names
// it; step in run_test.go lists the names.
type op struct{ groups [][]string }

func (o op) String() string {
	groups := make([]string, len(o.groups))
	for i, g := range o.groups {
		groups[i] = strings.Join(g, " ; ")
	}
	return strings.Join(groups, " || ")
}

func line(text string) op {
	var o op
	for _, g := range strings.Split(text, " || ") {
		o.groups = append(o.groups, strings.Split(strings.TrimSpace(g), " ; "))
	}
	return o
}

// name returns the first word.
func (o op) name() string { return strings.Fields(o.groups[0][0])[0] }

// args returns the other words of the first part, by name.
func (o op) args() map[string]string { return words(o.groups[0][0]) }

func words(part string) map[string]string {
	args := map[string]string{}
	for _, w := range strings.Fields(part) {
		name, value, _ := strings.Cut(w, "=")
		args[name] = value
	}
	return args
}

// changes returns the changes of a line: of each group after the first, or of the
// first.
func (o op) changes() ([]change, error) {
	groups := o.groups
	if len(groups) > 1 {
		groups = groups[1:]
	}
	var chs []change
	for _, g := range groups {
		ch, err := parseChange(g)
		if err != nil {
			return nil, err
		}
		chs = append(chs, ch)
	}
	return chs, nil
}

// parseHistory reads a history: a line each operation; a line that begins with
// # is a remark.
func parseHistory(text string) (ops []op, remarks []string) {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		switch {
		case l == "":
		case strings.HasPrefix(l, "#"):
			remarks = append(remarks, strings.TrimSpace(strings.TrimPrefix(l, "#")))
		default:
			ops = append(ops, line(l))
		}
	}
	return ops, remarks
}

func printHistory(ops []op) string {
	lines := make([]string, len(ops))
	for i, o := range ops {
		lines[i] = o.String()
	}
	return strings.Join(lines, "\n") + "\n"
}

// without drops one part of one group.
func (o op) without(group, part int) op {
	c := op{slices.Clone(o.groups)}
	c.groups[group] = slices.Delete(slices.Clone(o.groups[group]), part, part+1)
	return c
}
