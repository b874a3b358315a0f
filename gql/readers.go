package gql

import (
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// readers holds the functions that read the fields and types of a schema.
type readers struct {
	fields []*boundField                      // by Field.ID; nil for __typename and for fields of interfaces
	typeOf map[*typesys.Type]func(Ref) string // by interface or union
}

// boundField is a Binding whose workload is a number.
type boundField struct {
	Binding
	workload uint8 // the position in Config.Workloads, from 1; 0 for none
}

// bindings attaches the readers to the fields and checks that each fits.
func (b *builder) bindings() {
	for typeName, fields := range b.cfg.Bindings {
		t := b.s.ByName[typeName]
		if t == nil || t.Kind != typesys.KindObject || strings.HasPrefix(typeName, "__") {
			b.faults.add("Bindings[%q]: the schema has no object type of that name", typeName)
			continue
		}
		for name, binding := range fields {
			f := t.FieldByName[name]
			if f == nil {
				b.faults.add("Bindings[%q][%q]: the type has no such field", typeName, name)
				continue
			}
			bound := &boundField{Binding: binding}
			b.readers.fields[f.ID] = bound
			if binding.Workload != "" {
				n := slices.Index(b.cfg.Workloads, binding.Workload) + 1
				if bound.workload = uint8(n); n == 0 || n > math.MaxUint8 {
					b.faults.add("Bindings[%q][%q]: Workloads does not list %q among its first 255", typeName, name, binding.Workload)
				}
			}
			if msg := misfit(f, &binding, b.s); msg != "" {
				b.faults.add("Bindings[%q][%q]: %s", typeName, name, msg)
			}
		}
	}
	for _, t := range b.s.Types {
		if t.Kind != typesys.KindObject {
			continue
		}
		for _, f := range t.Fields {
			if b.readers.fields[f.ID] == nil {
				b.faults.add("Bindings[%q][%q]: missing: every field of an object type needs a reader", t.Name, f.Name)
			}
		}
	}
	for name := range b.cfg.TypeOf {
		if t := b.s.ByName[name]; name != "" && (t == nil || !t.Abstract()) {
			b.faults.add("TypeOf[%q]: the schema has no interface or union of that name", name)
		}
	}
}

// misfit says why a binding does not fit its field, or "" if it does.
func misfit(f *typesys.Field, binding *Binding, s *typesys.Schema) string {
	n := 0
	for _, set := range []bool{binding.Leaf != nil, binding.Object != nil, binding.List != nil} {
		if set {
			n++
		}
	}
	if binding.Stream != nil {
		if f.Parent != s.Subscription {
			return "Stream is for fields of the subscription root"
		}
		if n == 0 && (f.Type.Base().Leaf() || f.Type.Elem != nil) {
			return "a Stream alone gives objects: its type " + f.Type.Text + " needs another reader as well"
		}
		if n == 0 {
			return ""
		}
	}
	if f.Parent == s.Subscription && binding.Stream == nil {
		return "a field of the subscription root needs a Stream"
	}
	if n != 1 {
		return "set exactly one of Leaf, Object and List"
	}
	isList := f.Type.Elem != nil
	switch leaf := f.Type.Base().Leaf(); {
	case leaf && binding.Leaf == nil:
		return "its type " + f.Type.Text + " needs a Leaf reader"
	case !leaf && !isList && binding.Object == nil:
		return "its type " + f.Type.Text + " needs an Object reader"
	case !leaf && isList && binding.List == nil:
		return "its type " + f.Type.Text + " needs a List reader"
	case !leaf && isList && f.Type.Elem.Elem != nil:
		return "a list of lists of objects cannot be bound"
	}
	return ""
}
