package questions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
)

// lookupDocument searches for what a text may mean that is not a known id.
const lookupDocument = `query Lookup($text: String!, $types: [String!], $view: View) {
  search(text: $text, types: $types, first: 20, view: $view) { edges { kind matched node { id type name } } didYouMean { node { id type name } } }
}`

// knownDocument asks whether an entity has the id, on the date of the view or today.
const knownDocument = `query Known($id: ID!, $view: View, $now: View) {
  node(id: $id, view: $view) { id type name }
  now: node(id: $id, view: $now) { id type name }
}`

// resolve replaces names by ids, and reports each on the error output. If no entity has a name, or several have
// it, resolve leaves the name unchanged and returns a message: the API decides whether it is an id.
func (q *question) resolve(ctx context.Context, e *cli.Environment, backend *Backend) (unknown []string, err error) {
	// Names are looked up in all sources, even if the view selects few. The dates of the view decide which
	// entities exist.
	now, view := map[string]any{}, map[string]any{}
	if *q.knownAt != "" {
		now["knownAt"], view["knownAt"] = *q.knownAt, *q.knownAt
	}
	if *q.asOf != "" {
		view["asOf"] = *q.asOf
	}
	if *q.during != "" {
		view["during"] = *q.during
	}
	for _, a := range q.names {
		for _, id := range a.ids {
			found, hint, err := lookUp(ctx, backend, now, view, *id, a.types)
			if err != nil {
				return nil, err
			}
			switch {
			case found != nil && found.ID == *id:
				q.called[*id] = found.Name
			case found != nil:
				q.called[found.ID] = found.Name
				e.Say("caspian %s: %s: %q is taken for %s", q.name, a.label, *id, answers.Describe(*found))
				*id = found.ID
			case hint != "":
				unknown = append(unknown, a.label+": "+hint)
			}
		}
	}
	return unknown, nil
}

// lookUp returns the entity that has a text as its id or name, or else a hint of what the text may mean. It
// returns neither if the view is invalid, which the question itself reports.
func lookUp(ctx context.Context, backend *Backend, now, view map[string]any, text string, types []string) (*answers.Named, string, error) {
	r, err := backend.ask(ctx, knownDocument, map[string]any{"id": text, "view": view, "now": now})
	if err != nil {
		return nil, "", err
	}
	if len(r.Errors) > 0 {
		return nil, "", nil
	}
	for _, field := range []string{"node", "now"} {
		var known *answers.Named
		if err := json.Unmarshal(r.Data[field], &known); err != nil || known != nil {
			return known, "", err
		}
	}
	r, err = backend.ask(ctx, lookupDocument, map[string]any{"text": text, "types": types, "view": view})
	if err != nil || len(r.Errors) > 0 {
		return nil, "", err
	}
	var search struct {
		Edges []struct {
			Kind, Matched string
			Node          answers.Named
		}
		DidYouMean []struct{ Node answers.Named }
	}
	if err := json.Unmarshal(r.Data["search"], &search); err != nil {
		return nil, "", fmt.Errorf("reading what %q may mean: %w", text, err)
	}
	var ids, byName, byAlias, near []answers.Named
	for _, x := range search.Edges {
		// Titles of documents contain many names, so sources are left out.
		if x.Node.Type != "Source" || types != nil {
			near = append(near, x.Node)
		}
		switch {
		case x.Kind == "ID" || strings.EqualFold(x.Node.ID, text):
			ids = append(ids, x.Node)
		case x.Kind == "EXACT" && x.Matched == x.Node.Name:
			byName = append(byName, x.Node)
		case x.Kind == "EXACT":
			byAlias = append(byAlias, x.Node)
		}
	}
	for _, x := range search.DidYouMean {
		near = append(near, x.Node)
	}
	for _, same := range [][]answers.Named{ids, byName, byAlias} {
		switch {
		case len(same) == 1:
			return &same[0], "", nil
		case len(same) > 1:
			return nil, fmt.Sprintf("several entities are called %q: give the id of one of %s", text, answers.List(same, " and ")), nil
		}
	}
	return nil, noneHint(text, types, near), nil
}

// noneHint returns the hint that no entity has a text as its id or name, with entities that may be meant.
func noneHint(text string, types []string, near []answers.Named) string {
	hint := fmt.Sprintf("nothing in view has the id or the name %q", text)
	if types != nil {
		hint = fmt.Sprintf("nothing in view of the type %s has the id or the name %q", strings.Join(types, " or "), text)
	}
	if len(near) > 0 {
		return hint + "; did you mean " + answers.List(near[:min(3, len(near))], " or ") + "?"
	}
	return hint + "; 'caspian search' finds ids by parts of names"
}

// call returns the name of an entity in the arguments, or its id if it has no name in the view.
func (q *question) call(id string) string {
	if name := q.called[id]; name != "" {
		return name
	}
	return id
}
