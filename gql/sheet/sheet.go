// Package sheet writes answers of GraphQL as CSV tables.
//
// Read Sheet first. An answer may have at most one list of objects. The table has a row for each object of the
// list, or one row if there is none. It has a column for each leaf of the answer. The column of a leaf in the list
// is named by the path within the object, such as capital.name; any other column by the path within the answer.
// The package must not know how documents are executed, nor where the bytes go.
package sheet

import (
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/gql"
)

// Sheet is the layout of a table.
type Sheet struct {
	// Columns are the names of the columns. No two are equal.
	Columns []string
	// Raw writes every text as it is. Otherwise an apostrophe precedes a text that a spreadsheet would take for a
	// formula; numbers remain as they are.
	Raw bool

	root *node
	rows *node // the list of objects; nil if the answer has none
}

// node is a field of the answer.
type node struct {
	fields map[string]*node // by response name; nil for a leaf
	column int              // the index of a leaf's column
	list   bool             // true for a list of leaves
}

// New lays out answers of the given shape. The error says why such answers do not fit into a table, and how to
// change the query.
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

// listsOf returns the paths of the lists of objects; an outer list precedes the lists in it.
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

// single returns an error if there are several lists.
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
			s.rows, at = n, nil // columns in the list are named by their paths within an item
		}
		s.lay(n, f.Fields, at)
	}
}
