package reconcile

import (
	"net/url"
	"strings"

	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

const (
	suggestions  = 20   // the most suggestions in one answer
	maxCursor    = 1000 // the most suggestions that a cursor can skip
	maxProposals = 1000
)

type suggested struct {
	Result []named `json:"result"`
}

// page returns the part of a list that a suggest request selects.
func page(list []named, asked url.Values) (*suggested, error) {
	skip, err := number(asked, "cursor", 0, maxCursor)
	if err != nil {
		return nil, err
	}
	list = list[min(skip, len(list)):]
	return &suggested{append([]named{}, list[:min(suggestions, len(list))]...)}, nil
}

// prefixOf returns the prefix that a suggest request completes.
func prefixOf(asked url.Values) (string, error) {
	text := asked.Get("prefix")
	return text, short("prefix", text)
}

// suggestEntities returns entities whose name or id begins with the prefix.
func (a *answering) suggestEntities(asked url.Values) (any, error) {
	prefix, err := prefixOf(asked)
	if err != nil {
		return nil, err
	}
	skip, err := number(asked, "cursor", 0, maxCursor)
	if err != nil {
		return nil, err
	}
	wanted, err := a.typesOf(asked["type"])
	if err != nil {
		return nil, err
	}
	wants := func(name string) bool { return match.Wants(a.Snapshot.Ontology(), wanted, name) }
	found, err := search.Entities(a.now, &names.Search{Text: prefix, Types: wants, First: skip + suggestions})
	if err != nil {
		return nil, err
	}
	list := []named{}
	for _, m := range found.List {
		list = append(list, named{ID: m.ID, Name: a.now.Name(m.Entity), Description: a.description(m.Entity), Notable: a.typeOf(m.Entity)})
	}
	return page(list, asked)
}

// begins reports whether one of the texts, or a word of it, begins with the prefix.
func begins(prefix string, texts ...string) bool {
	prefix = text.Fold(prefix)
	for _, t := range texts {
		if folded := text.Fold(t); strings.HasPrefix(folded, prefix) || strings.Contains(folded, " "+prefix) {
			return true
		}
	}
	return false
}

func (a *answering) suggestTypes(asked url.Values) (any, error) {
	prefix, err := prefixOf(asked)
	if err != nil {
		return nil, err
	}
	list := []named{}
	for _, t := range a.Snapshot.Ontology().Types {
		if begins(prefix, t.Name, t.Label, t.Plural) {
			list = append(list, describedType(t))
		}
	}
	return page(list, asked)
}

// suggestProperties returns properties whose name begins with the prefix. If the request gives a type, they are
// properties of that type.
func (a *answering) suggestProperties(asked url.Values) (any, error) {
	prefix, err := prefixOf(asked)
	if err != nil {
		return nil, err
	}
	types, err := a.typesOf(asked["type"])
	if err != nil {
		return nil, err
	}
	if types == nil {
		types = a.Snapshot.Ontology().Types
	}
	list, seen := []named{}, map[string]bool{}
	for _, t := range types {
		for _, f := range t.Fields {
			if !seen[f.Name] && begins(prefix, f.Name, f.Label) {
				seen[f.Name] = true
				list = append(list, ofField(f))
			}
		}
	}
	return page(list, asked)
}

func ofField(f *schema.Field) named {
	return named{ID: f.Name, Name: f.Label, Description: firstLine(f.Description)}
}

// propose returns the properties of a type that a data extension query can fetch.
func (a *answering) propose(asked url.Values) (any, error) {
	limit, err := number(asked, "limit", maxProposals, maxProposals)
	if err != nil {
		return nil, err
	}
	name := asked.Get("type")
	if name == "" {
		name = schema.EntityType
	}
	types, err := a.typesOf([]string{name})
	if err != nil {
		return nil, err
	}
	list := []named{}
	for _, f := range types[0].Fields {
		if len(list) < limit {
			list = append(list, ofField(f))
		}
	}
	return map[string]any{"type": name, "properties": list, "limit": limit}, nil
}
