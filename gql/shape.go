package gql

import (
	"maps"
	"slices"
)

// Shape is the form of an answer, or of a field in it, as the document of the request determines it, independent of
// the values.
type Shape struct {
	// Name is the response name; empty for the whole answer.
	Name string
	// List is true if the value is a list of leaves or of objects.
	List bool
	// Fields lists the fields of the objects, of every concrete type they may have; nil for leaves.
	Fields []*Shape
}

// Shape returns the form of the data, or nil if the request was refused. It is valid until Release.
func (r *Response) Shape() *Shape {
	if r.run == nil || r.run.plan == nil || r.RequestError {
		return nil
	}
	return &Shape{Fields: shapesOf([]*selection{r.run.plan.root})}
}

// shapesOf merges the fields that objects of several types have at one position of the answer. A selection
// counts once there even if several types share it, so that the plan bounds the work.
func shapesOf(selections []*selection) (list []*Shape) {
	below := map[string][]*selection{}
	for _, sel := range selections {
		for i := range sel.fields {
			f := &sel.fields[i]
			at := slices.IndexFunc(list, func(s *Shape) bool { return s.Name == f.name })
			if at < 0 {
				at = len(list)
				list = append(list, &Shape{Name: f.name, List: f.def.Type.Elem != nil})
			}
			if f.sub != nil {
				list[at].Fields = []*Shape{} // not nil, because an object without fields is not a leaf
				for _, s := range f.sub.selections() {
					if !slices.Contains(below[f.name], s) {
						below[f.name] = append(below[f.name], s)
					}
				}
			}
		}
	}
	for _, s := range list {
		if s.Fields != nil {
			s.Fields = append(s.Fields, shapesOf(below[s.Name])...)
		}
	}
	return list
}

// selections returns the selection of every type that an object may have, sorted by type name.
func (s *subselection) selections() (list []*selection) {
	if s.single != nil {
		return []*selection{s.single}
	}
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		list = append(list, s.byName[name])
	}
	return list
}
