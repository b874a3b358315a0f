// Package words has what the pages know of an ontology: labels, kinds of values and themes.
//
// Read Of and Text first. The package must not know HTTP, nor the graph.
package words

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/schema"
)

// Text is the JSON form of the words, which the pages read.
type Text struct {
	// Fields are the predicates in the order in which a page shows them: the relations of concrete types, their
	// properties, the fields that interfaces declare, and last the fields of every entity. Within each group
	// they have the order of the ontology.
	Fields []Word `json:"fields"`
	// Qualifiers are the qualifiers that claims can have.
	Qualifiers []Word `json:"qualifiers"`
	// Units maps each unit to its symbol, if the symbol differs from the code.
	Units map[string]string `json:"units"`
	// Types are the types that may have entities.
	Types []Type `json:"types"`
	// Themes are the sections of an entity's page, in the order of the ontology.
	Themes []string `json:"themes"`
}

// Word is a predicate or a qualifier.
type Word struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	// Kind is the scalar of the values, such as Long or Enum, or "" for entities.
	Kind string `json:"kind,omitempty"`
	// Unit is the unit of values that are plain numbers.
	Unit  string `json:"unit,omitempty"`
	Time  string `json:"time,omitempty"`
	Theme string `json:"theme,omitempty"`
	// Inverse maps a type of the objects to the label and the theme of the relation in that direction, and "" to
	// those for all other types.
	Inverse map[string]Inverse `json:"inverse,omitempty"`
	// Symmetric is true if the relation holds in both directions with one label.
	Symmetric bool `json:"symmetric,omitempty"`
}

// Inverse is a relation as read from its object.
type Inverse struct {
	Label string `json:"label"`
	Theme string `json:"theme,omitempty"`
}

// Type is a type that may have entities.
type Type struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Plural string `json:"plural"`
	// Fields are the fields that can be columns of a table: those with a value, and those that lead to one
	// entity.
	Fields []Column `json:"fields"`
}

// Column is a field of a type, as a column of a table.
type Column struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Kind  string `json:"kind,omitempty"` // empty for entities
	Many  bool   `json:"many,omitempty"`
	// Inverse is true if the column is a relation, read from its object.
	Inverse bool `json:"inverse,omitempty"`
}

// Of returns the words of an ontology.
func Of(o *schema.Ontology) Text {
	all := Text{Units: map[string]string{}}
	for _, t := range o.Types {
		if t.Abstract {
			continue
		}
		all.Types = append(all.Types, typeOf(o, t))
		all.Themes = append(all.Themes, t.Theme)
	}
	for _, t := range o.Types {
		all.Themes = append(all.Themes, t.Theme)
		for _, f := range t.Fields {
			all.Themes = append(all.Themes, f.Theme)
		}
	}
	all.Themes = distinct(all.Themes)
	all.Fields, all.Qualifiers = wordsOfFields(o, inversesOf(o))
	for code, u := range o.Units {
		if u.Symbol != "" && u.Symbol != code {
			all.Units[code] = u.Symbol
		}
	}
	return all
}

// distinct returns the non-empty texts without repetitions, in the order of first occurrence.
func distinct(texts []string) []string {
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(texts, func(text string) bool {
		again := seen[text]
		seen[text] = true
		return again
	})
}

func typeOf(o *schema.Ontology, t *schema.Type) Type {
	w := Type{Name: t.Name, Label: t.Label, Plural: t.Plural}
	for _, f := range t.Fields {
		label := f.Label
		if code := unitOf(f.Scalar, f.Unit); code != "" {
			label += " (" + cmp.Or(o.Units[code].Symbol, code) + ")"
		}
		w.Fields = append(w.Fields, Column{f.Name, label, f.Scalar.String(), f.Many, f.Kind == schema.Inverse})
	}
	return w
}

// unitOf returns the unit of plain numbers. Quantities have theirs in their text.
func unitOf(kind schema.Scalar, unit string) string {
	if kind == schema.Quantity {
		return ""
	}
	return unit
}

// inversesOf returns the label and theme of each relation as read from its object, by relation and type. Those for
// types that have no inverse are under "".
func inversesOf(o *schema.Ontology) map[string]map[string]Inverse {
	inverse := map[string]map[string]Inverse{}
	set := func(relation, of string, w Inverse) {
		if inverse[relation] == nil {
			inverse[relation] = map[string]Inverse{}
		}
		inverse[relation][of] = w
	}
	for _, t := range o.Types {
		for _, f := range t.Fields {
			if f.InverseLabel != "" {
				theme := f.Theme
				if theme == f.Target.Theme { // of what it leads to; from there it leads to its owner
					theme = cmp.Or(f.Owner.Theme, theme)
				}
				set(f.Name, "", Inverse{f.InverseLabel, theme})
			}
			for _, of := range f.InverseOf {
				set(of.Name, t.Name, Inverse{f.Label, f.Theme})
			}
		}
	}
	return inverse
}

func wordsOfFields(o *schema.Ontology, inverse map[string]map[string]Inverse) (fields, qualifiers []Word) {
	seen, seenQualifiers := map[string]bool{}, map[string]bool{}
	for group := range 4 {
		for _, t := range o.Types {
			for _, f := range t.Fields {
				if !f.Stored() || seen[f.Name] || groupOf(f) != group {
					continue
				}
				seen[f.Name] = true
				fields = append(fields, Word{f.Name, f.Label, f.Scalar.String(), unitOf(f.Scalar, f.Unit), f.Time.String(), f.Theme, inverse[f.Name], f.Symmetric})
				for _, q := range f.Qualifiers {
					if !seenQualifiers[q.Name] {
						seenQualifiers[q.Name] = true
						qualifiers = append(qualifiers, Word{Name: q.Name, Label: q.Label, Kind: q.Scalar.String(), Unit: unitOf(q.Scalar, q.Unit)})
					}
				}
			}
		}
	}
	return fields, qualifiers
}

// groupOf returns the place of a stored field's group, see Text.Fields.
func groupOf(f *schema.Field) int {
	switch {
	case f.Owner.Name == schema.EntityType:
		return 3
	case f.Owner.Abstract:
		return 2
	case f.Kind == schema.Property:
		return 1
	}
	return 0
}
