// Package vocabulary numbers the names of an ontology. It has the ontology's rules for predicates and
// qualifiers in the form in which readers of claims need them.
//
// It must not know claims.
package vocabulary

import "strings"

// Names numbers the names of an ontology. Names in the log that the ontology no longer has come after these. A
// name can occur twice: the second time, under Aside, it is for claims that do not fit the ontology. Names
// never changes.
type Names struct {
	List []string
	no   map[string]uint16
}

// Aside is the prefix that a name has for claims that do not fit the ontology.
const Aside = "\x00"

// NamesOf returns the Names of a list. The second occurrence of a name in the list gets the prefix Aside.
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

// Number returns the number of a name.
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
