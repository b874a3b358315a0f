package gql

import (
	"maps"
	"slices"
)

// Shape is the form that the document of a request gives to an answer, or to a field in it, whatever the values are.
type Shape struct {
	// Name is the response name; empty for the whole answer.
	Name string
	// List says that the value is a list, of leaves or of objects.
	List bool
	// Fields are those of the objects, of every concrete type that they may have; nil for leaves.
	Fields []*Shape
}

// Shape returns the form of the data, or nil where the request was refused. It is valid until Release.
func (r *Response) Shape() *Shape {
	if r.run == nil || r.run.plan == nil || r.RequestError {
		return nil
	}
	return &Shape{Fields: shapesOf([]*selection{r.run.plan.root})}
}

// shapesOf merges the fields that objects of several types have at one place. Each selection counts once there,
// however many types share it, so that the work is bounded by the plan.
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
				list[at].Fields = []*Shape{} // it is no leaf, although it may have no fields
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

// selections are those of every type that an object may have, in the order of the names of the types.
func (s *subselection) selections() (list []*selection) {
	if s.single != nil {
		return []*selection{s.single}
	}
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		list = append(list, s.byName[name])
	}
	return list
}
