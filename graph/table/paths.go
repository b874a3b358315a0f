package table

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxPaths is the most columns that a record of JSON has.
const maxPaths = 400

// Columns returns the names of the row's columns. In JSON they are first the names in braces of the path to the
// record, such as key of {key}, then the paths to single values and to lists of them, in the order of the record.
func (r *Row) Columns() []string {
	if r.record == nil {
		return r.head.names
	}
	paths := slices.Sorted(maps.Keys(r.extra))
	if r.record.kind != '{' && r.record.kind != '[' {
		return append(paths, value)
	}
	return r.record.paths(paths, "")
}

// paths appends the paths to the values in an object.
func (n *node) paths(dst []string, to string) []string {
	for i, name := range n.members {
		path, below := to+name, &n.list[i]
		for below.kind == '[' && len(below.list) > 0 {
			below = &below.list[0]
		}
		switch {
		case len(dst) >= maxPaths:
			return dst
		case below.kind == '{':
			dst = below.paths(dst, path+"/")
		default:
			dst = append(dst, path)
		}
	}
	return dst
}

// Below returns the path of the rows in a document that was read as one row, guessed from its form. The path leads to
// the longest list of objects, or to an object whose members are alike. In the second case, the column key has the
// names of the members, and the column name has those of their members. Below returns "" if the document is a row.
func (r *Row) Below() string {
	if r.record == nil {
		return ""
	}
	path, _ := r.record.rows("", 3)
	return path
}

// rows returns the path to the longest list of rows within a value, and the number of its rows.
func (n *node) rows(to string, depth int) (path string, most int) {
	if n.kind != '{' || depth == 0 {
		return "", 0
	}
	if len(n.list) > 20 && n.alike() {
		if first := &n.list[0]; first.kind == '{' && len(first.list) > 20 && first.alike() {
			return to + "{key}/{name}", len(n.list) * len(first.list)
		}
		return to + "{key}", len(n.list)
	}
	for i, name := range n.members {
		below := &n.list[i]
		if below.kind == '[' && len(below.list) > max(most, 1) && below.list[0].kind == '{' {
			path, most = to+name, len(below.list)
		}
		if deeper, rows := below.rows(to+name+"/", depth-1); rows > most {
			path, most = deeper, rows
		}
	}
	return path, most
}

// alike reports whether all members have values of the same kind.
func (n *node) alike() bool {
	kind := func(of jsontext.Kind) jsontext.Kind {
		if of == 't' {
			return 'f'
		}
		return of
	}
	for i := range n.list {
		if kind(n.list[i].kind) != kind(n.list[0].kind) {
			return false
		}
	}
	return true
}
