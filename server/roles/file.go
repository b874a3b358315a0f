package roles

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/server/tokens"
)

// maxFile bounds the file of a policy, in bytes.
const maxFile = 1 << 20

// Read reads a policy. The error names every line that is wrong.
func Read(name string, from io.Reader) (*Policy, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	f := &file{name: name, policy: &Policy{}}
	if len(text) > maxFile {
		return nil, graph.Errorf(graph.BadInput, "%s is longer than %d bytes", name, maxFile)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, graph.Errorf(graph.BadInput, "%s: %s", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if len(doc.Content) > 0 {
		f.pairs(doc.Content[0], "the file", map[string]func(*yaml.Node){
			"anonymous": f.anonymous,
			"embargoes": func(n *yaml.Node) { f.each(n, "embargoes", f.embargo) },
		})
	}
	if f.faults != nil {
		return nil, f.faults
	}
	return f.policy, nil
}

// file is a policy that is being read.
type file struct {
	name   string
	policy *Policy
	faults graph.Problems
}

func (f *file) fault(at *yaml.Node, format string, a ...any) {
	f.faults = append(f.faults, graph.Problem{Position: graph.Position{File: f.name, Line: at.Line}, Code: graph.BadInput, Message: fmt.Sprintf(format, a...)})
}

// pairs reads the keys of a mapping.
func (f *file) pairs(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		f.fault(n, "%s has names with values, such as anonymous: none", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		read := known[key.Value]
		switch {
		case read == nil:
			var list []string
			for name := range known {
				list = append(list, name)
			}
			slices.Sort(list)
			f.fault(key, "%s has no %q; it has %s", what, graph.Clip(key.Value), strings.Join(list, ", "))
		case seen[key.Value]:
			f.fault(key, "%s has %s twice", what, key.Value)
		default:
			read(n.Content[i+1])
		}
		seen[key.Value] = true
	}
}

func (f *file) each(n *yaml.Node, what string, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		f.fault(n, "%s is a list", what)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

// text reads a word.
func (f *file) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		f.fault(n, "%s is a text", what)
		return ""
	}
	return n.Value
}

func (f *file) anonymous(n *yaml.Node) {
	switch text := f.text(n, "anonymous"); text {
	case "none":
		f.policy.Closed = true
	case "reader", "":
	default:
		f.fault(n, "anonymous is reader or none, not %q", graph.Clip(text))
	}
}

func (f *file) embargo(n *yaml.Node) {
	e := Embargo{at: graph.Position{File: f.name, Line: n.Line}}
	rules := 0
	word := func(what string, to *string) func(*yaml.Node) {
		return func(n *yaml.Node) {
			*to = f.text(n, what)
			rules++
		}
	}
	var source string
	f.pairs(n, "an embargo", map[string]func(*yaml.Node){
		"source": word("source", &source), "type": word("type", &e.Type), "relation": word("relation", &e.Relation),
		"visibleTo": func(n *yaml.Node) {
			f.each(n, "visibleTo", func(n *yaml.Node) { e.VisibleTo = f.audience(n, e.VisibleTo) })
		},
	})
	e.Rule = lens.Rule{Source: graph.ID(source), Type: e.Type, Relation: e.Relation}
	if n.Kind == yaml.MappingNode && rules != 1 {
		f.fault(n, "an embargo names one source, one type or one relation")
	}
	f.policy.embargoes = append(f.policy.embargoes, e)
}

// audience reads a role or a group.
func (f *file) audience(n *yaml.Node, list []string) []string {
	name := f.text(n, "a role or group")
	if name == "" {
		return list
	}
	if err := tokens.CheckName("group", name); err != nil {
		f.fault(n, "%v", err)
	}
	return append(list, name)
}
