package server

import (
	"encoding/json"
	"net/http"
)

// words are the labels of the ontology that the pages show: of fields, qualifiers and units,
// and the kinds of their values.
type words struct {
	// Fields are the predicates in the order in which a page shows them: the relations of
	// concrete types, their properties, what interfaces declare, and last what every
	// entity has; among these as the ontology declares them.
	Fields []word `json:"fields"`
	// Qualifiers are all qualifiers that claims may have.
	Qualifiers []word `json:"qualifiers"`
	// Units are the symbols of units that are not written as their code.
	Units map[string]string `json:"units"`
}

type word struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	// Kind is the scalar of the values, such as Long or Enum; empty for entities.
	Kind string `json:"kind,omitempty"`
	// Inverse is, by type, what the relation is called from its object's side.
	Inverse map[string]string `json:"inverse,omitempty"`
	// Symmetric is true of a relation that holds in both directions, under one label.
	Symmetric bool `json:"symmetric,omitempty"`
}

// ontologyWords serves the words of the graph's ontology.
func (s *Server) ontologyWords(w http.ResponseWriter, r *http.Request, b *Backend) {
	text, err := json.Marshal(wordsOf(b))
	if err != nil {
		panic(err) // strings and maps of them
	}
	s.sendPage(w, r, "ontology.json", text)
}

func wordsOf(b *Backend) words {
	o := b.Graph.Ontology()
	all := words{Units: map[string]string{}}
	inverse := map[string]map[string]string{}
	for _, t := range o.Types {
		for _, f := range t.Fields {
			for _, of := range f.InverseOf {
				if inverse[of.Name] == nil {
					inverse[of.Name] = map[string]string{}
				}
				inverse[of.Name][t.Name] = f.Label
			}
		}
	}
	seen := map[string]bool{}
	for group := range 4 {
		for _, t := range o.Types {
			for _, f := range t.Fields {
				if !f.Stored() || seen[f.Name] || groupOf(f.Owner.Name == "Entity", f.Owner.Abstract, f.Scalar.String() != "") != group {
					continue
				}
				seen[f.Name] = true
				all.Fields = append(all.Fields, word{f.Name, f.Label, f.Scalar.String(), inverse[f.Name], f.Symmetric})
				for _, q := range f.Qualifiers {
					if !seen["("+q.Name] {
						seen["("+q.Name] = true
						all.Qualifiers = append(all.Qualifiers, word{q.Name, q.Label, q.Scalar.String(), nil, false})
					}
				}
			}
		}
	}
	for code, u := range o.Units {
		if u.Symbol != "" && u.Symbol != code {
			all.Units[code] = u.Symbol
		}
	}
	return all
}

func groupOf(ofAll, abstract, property bool) int {
	switch {
	case ofAll:
		return 3
	case abstract:
		return 2
	case property:
		return 1
	}
	return 0
}
