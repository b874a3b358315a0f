// Package vocabulary has the names of an ontology by number, and what the ontology
// states about its predicates and qualifiers in the form that reading claims needs.
//
// It must not know claims.
package vocabulary

import "strings"

// Names numbers the names of an ontology. Names of the log that the ontology no longer
// has come after the others. A name can be there twice: the second one, under Aside, is
// for claims of that name that do not fit the ontology. It never changes.
type Names struct {
	List []string
	no   map[string]uint16
}

// Aside, put before a name, makes it the name of claims that do not fit the ontology.
const Aside = "\x00"

// NamesOf are the names of a list. A name that it has twice is there aside as well.
func NamesOf(list []string) Names {
	n := Names{List: list, no: make(map[string]uint16, len(list))}
	for i, name := range list {
		if _, twice := n.no[name]; twice {
			name = Aside + name
		}
		n.no[name] = uint16(i)
	}
	return n
}

// Number is the number of a name.
func (n Names) Number(name string) (uint16, bool) {
	i, ok := n.no[name]
	return i, ok
}

// With returns the names with one more.
func (n Names) With(name string) Names {
	no := make(map[string]uint16, len(n.no)+1)
	for k, v := range n.no {
		no[k] = v
	}
	no[name] = uint16(len(n.List))
	return Names{append(append([]string(nil), n.List...), strings.TrimPrefix(name, Aside)), no}
}
