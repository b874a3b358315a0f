package agents

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// described is a type as introspection describes it.
type described struct {
	Kind, Name, Description   string
	Fields, InputFields       []member
	PossibleTypes, EnumValues []named
	Interfaces                []named
}

type named struct{ Name, Description string }

// member is a field, an argument or a field of an input.
type member struct {
	named
	DefaultValue *string
	Type         reference
	Args         []member
}

// reference is the use of a type.
type reference struct {
	Kind, Name string
	OfType     *reference
}

func (r *reference) String() string {
	switch {
	case r == nil:
		return "?" // deeper than the document asks
	case r.Kind == "NON_NULL":
		return r.OfType.String() + "!"
	case r.Kind == "LIST":
		return "[" + r.OfType.String() + "]"
	}
	return r.Name
}

// paging are the arguments that all lists have; a description names them once.
var paging = map[string]bool{"after": true, "before": true, "first": true, "last": true}

func (m *member) String() string {
	var args []string
	pages := false
	for i := range m.Args {
		if paging[m.Args[i].Name] {
			pages = true
			continue
		}
		args = append(args, m.Args[i].String())
	}
	if pages {
		args = append(args, "first/after/last/before")
	}
	text := m.Name
	if len(args) > 0 {
		text += "(" + strings.Join(args, ", ") + ")"
	}
	text += ": " + m.Type.String()
	if m.DefaultValue != nil {
		text += " = " + *m.DefaultValue
	}
	return text
}

// describe answers the tool schema: one line for each field, which an agent reads at less cost than introspection.
func describe(ctx context.Context, ask Ask, in schemaArguments) (json.RawMessage, error) {
	name := in.Type
	if name == "" {
		name = "Entity"
	}
	data, err := read(ctx, ask, document("type"), map[string]any{"name": name})
	if err != nil {
		return nil, err
	}
	var found struct {
		Type *described `json:"__type"`
	}
	if err := json.Unmarshal(data, &found); err != nil {
		return nil, err
	}
	if found.Type == nil {
		return nil, fmt.Errorf("the API has no type %q; without a name, this tool lists the types of entities, and Query has the root fields", name)
	}
	if in.Type == "" {
		found.Type.Fields = nil // the list of types is asked for
	}
	return json.Marshal(struct {
		Type        string   `json:"type"`
		Kind        string   `json:"kind"`
		Description string   `json:"description,omitempty"`
		Members     []string `json:"members"`
	}{name, found.Type.Kind, found.Type.Description, found.Type.lines(strings.ToLower(in.Contains))})
}

// lines returns a line for each member of the type whose name contains the part, which is in lower case.
func (t *described) lines(part string) []string {
	lines := []string{}
	line := func(n named, text string) {
		if strings.Contains(strings.ToLower(n.Name), part) {
			lines = append(lines, about(text, n.Description))
		}
	}
	for _, list := range [][]member{t.Fields, t.InputFields} {
		for i := range list {
			line(list[i].named, list[i].String())
		}
	}
	for _, list := range [][]named{t.PossibleTypes, t.EnumValues} {
		for _, n := range list {
			line(n, n.Name)
		}
	}
	return lines
}

// about adds the first sentence of a description.
func about(text, description string) string {
	first, _, more := strings.Cut(strings.ReplaceAll(description, "\n", " "), ". ")
	if first == "" {
		return text
	}
	if more {
		first += "."
	}
	return text + "  # " + first
}
