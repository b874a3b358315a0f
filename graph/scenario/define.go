package scenario

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Of reports whether a change is of a scenario, and not of facts.
func Of(ch *graph.Change) bool {
	return len(ch.Ops) > 0 && ch.Ops[0].Scenario != nil
}

// Check is graph.Check for a change of a scenario: its commit has what the scenario has from then on, and no facts.
// The operations must fit the facts, and a removal must match some.
func Check(s *snapshot.Snapshot, ch *graph.Change) (*graph.Result, graph.Problems) {
	if ch.IfSeq != nil && *ch.IfSeq != s.Seq() {
		return graph.Check(s.Ontology(), s.State(), ch) // it reports that
	}
	head, ops := &ch.Ops[0], slices.Clone(ch.Ops[1:])
	name, title := head.Scenario.Name, head.Scenario.Title
	if err := checkName(name); err != nil {
		return refuse(head.Position, graph.BadInput, "%v", err)
	}
	if !utf8.ValidString(title) || len(title) > mostTitle || strings.ContainsFunc(title, func(r rune) bool { return r < ' ' }) {
		return refuse(head.Position, graph.BadInput, "the title of a scenario is one line of at most %d bytes", mostTitle)
	}
	if ch.Sync != "" {
		return refuse(head.Position, graph.BadInput, "a scenario cannot sync a source; leave out sync")
	}
	old, have := s.Scenario(name)
	switch {
	case head.Kind == graph.Forget && !have:
		return refuse(head.Position, graph.UnknownID, "there is no scenario %q; the field scenarios lists them", name)
	case head.Kind == graph.Forget && len(ops) > 0:
		return refuse(head.Position, graph.BadInput, "the scenario %s is deleted as a whole; leave out the operations", name)
	case head.Kind == graph.Forget:
		return &graph.Result{Commit: graph.Commit{Key: ch.Key, Scenario: &graph.Scenario{Name: name}}}, nil
	case !have && len(s.Scenarios()) >= MostScenarios:
		return refuse(head.Position, graph.LimitWork, "there are %d scenarios, and no more are possible; delete some", MostScenarios)
	}
	for i := range ops {
		if sc := ops[i].Scenario; sc != nil {
			if ops[i].Kind != graph.Suppose || sc.Name != name {
				return refuse(ops[i].Position, graph.BadInput, "a change is of one scenario, and this one is of %s", name)
			}
			title = cmp.Or(title, sc.Title)
		}
	}
	ops = slices.DeleteFunc(ops, func(op graph.Op) bool { return op.Scenario != nil })
	title = cmp.Or(title, old.Title)
	before := ""
	if have && head.Kind == graph.Suppose {
		before = old.Lines
	}
	return extend(s, ch, graph.Scenario{Name: name, Title: title, Lines: before}, old, ops)
}

// extend adds operations to a scenario, without those that it has already.
func extend(s *snapshot.Snapshot, ch *graph.Change, sc, old graph.Scenario, ops []graph.Op) (*graph.Result, graph.Problems) {
	at := ch.Ops[0].Position
	all, err := saved(sc)
	if err != nil {
		return refuse(at, graph.BadInput, "the scenario %s cannot be read: %v", sc.Name, err)
	}
	had := map[string]bool{}
	for line := range strings.Lines(sc.Lines) {
		had[line] = true
	}
	res := &graph.Result{}
	var lines strings.Builder
	lines.WriteString(sc.Lines)
	for i := range ops {
		if ops[i].Kind == graph.Notice {
			res.Notices = append(res.Notices, graph.Problem{Position: ops[i].Position, Code: graph.BadInput, Message: ops[i].Notice})
			continue
		}
		line, err := codec.EncodeScenario(s.Ontology(), ops[i:i+1])
		if err != nil {
			return refuse(ops[i].Position, graph.BadInput, "%v", err)
		}
		if had[line] {
			res.Known++
			continue
		}
		had[line] = true
		lines.WriteString(line)
		all.ops = append(all.ops, ops[i])
	}
	switch sc.Lines = lines.String(); {
	case sc.Lines == "":
		return refuse(at, graph.BadInput, "the scenario %s would state nothing; give operations, or delete it", sc.Name)
	case len(all.ops) > MostSaved || len(sc.Lines) > MostBytes:
		return refuse(at, graph.LimitWork, "the scenario %s would have %d operations in %d bytes; the limits are %d and %d", sc.Name, len(all.ops), len(sc.Lines), MostSaved, MostBytes)
	}
	checked, problems := all.check(s)
	if problems != nil {
		return nil, problems
	}
	res.IDs = checked.IDs
	if sc != old {
		res.Commit = graph.Commit{Key: ch.Key, Scenario: &sc}
	}
	return res, nil
}

func refuse(at graph.Position, code graph.Code, format string, a ...any) (*graph.Result, graph.Problems) {
	return nil, graph.Problems{{Position: at, Code: code, Message: graph.Errorf(code, format, a...).Message}}
}
