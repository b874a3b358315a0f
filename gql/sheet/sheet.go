// Package sheet writes answers of GraphQL as CSV tables.
//
// Read Sheet first. A table has a row for each object of the one list in the answer, and a column for each leaf:
// of the objects of the list by its path in them, such as capital.name, and of what surrounds the list by its path
// in the answer. Without a list, it has one row. The package must not know how documents are executed, nor where
// the bytes go.
package sheet

import (
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/gql"
)

// Sheet is the layout of a table.
type Sheet struct {
	// Columns are the names of the columns, each different.
	Columns []string
	// Raw writes every text as it is. Otherwise an apostrophe precedes a text that a spreadsheet would take for a
	// formula; numbers remain as they are.
	Raw bool

	root *node
	rows *node // the list; nil for none
}

// node is a field of the answer.
type node struct {
	fields map[string]*node // by response name; nil for a leaf
	column int              // of a leaf
	list   bool             // a list of leaves
}

// New lays out answers of the shape. The error says why they do not fit into a table, and what to ask instead.
func New(shape *gql.Shape) (*Sheet, error) {
	s := &Sheet{root: &node{fields: map[string]*node{}}}
	if err := single(listsOf(shape, nil, nil)); err != nil {
		return nil, err
	}
	s.lay(s.root, shape.Fields, nil)
	seen := map[string]bool{}
	for _, name := range s.Columns {
		if seen[name] {
			return nil, fmt.Errorf("a table cannot have two columns %q: give one of the fields another alias", name)
		}
		seen[name] = true
	}
	return s, nil
}

// listsOf are the paths of the lists of objects, the outer before those in it.
func listsOf(shape *gql.Shape, path []string, lists [][]string) [][]string {
	for _, f := range shape.Fields {
		if f.Fields == nil {
			continue
		}
		at := append(path[:len(path):len(path)], f.Name)
		if f.List {
			lists = append(lists, at)
		}
		lists = listsOf(f, at, lists)
	}
	return lists
}

// single refuses more lists than one.
func single(lists [][]string) error {
	if len(lists) < 2 {
		return nil
	}
	first, second := strings.Join(lists[0], "."), strings.Join(lists[1], ".")
	if strings.HasPrefix(second, first+".") {
		return fmt.Errorf("a table has one list, and each of %s has another, %s: leave that out, or ask for it alone, of one entity or from a root field", first, second)
	}
	return fmt.Errorf("a table has one list, and the answer has %s and %s: select one of them, or ask for JSON", first, second)
}

// lay adds the columns of the fields to the node.
func (s *Sheet) lay(to *node, fields []*gql.Shape, path []string) {
	for _, f := range fields {
		at := append(path[:len(path):len(path)], f.Name)
		n := &node{list: f.List && f.Fields == nil}
		to.fields[f.Name] = n
		if f.Fields == nil {
			n.column = len(s.Columns)
			s.Columns = append(s.Columns, strings.Join(at, "."))
			continue
		}
		n.fields = map[string]*node{}
		if f.List {
			s.rows, at = n, nil // names are paths in its items
		}
		s.lay(n, f.Fields, at)
	}
}
