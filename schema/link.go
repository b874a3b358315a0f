package schema

import (
	"slices"
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// inherit determines the interfaces of each type, including inherited ones, and the types in each union.
func (l *loader) inherit() {
	l.interfaces()
	concrete := l.members()
	for _, t := range l.o.Types {
		t.within = make([]bool, concrete)
		for _, c := range t.Concrete {
			t.within[c.number] = true
		}
		if t.Abstract && len(t.Concrete) == 0 && len(l.defs[t.Name].Types) == 0 {
			l.fail(l.defs[t.Name].Position, "no type implements %s", t.Name)
		}
	}
}

// interfaces finds the interfaces of each type, the nearest first.
func (l *loader) interfaces() {
	for _, t := range l.o.Types {
		seen := map[string]bool{}
		var walk func(d *ast.Definition)
		walk = func(d *ast.Definition) {
			for _, name := range d.Interfaces {
				i := l.o.types[name]
				switch {
				case i == nil || !i.Abstract || i.Union:
					l.fail(d.Position, "%s implements %s, which is not an interface of this ontology", d.Name, name)
				case name == t.Name:
					l.fail(d.Position, "%s implements itself", t.Name)
				case !seen[name]:
					seen[name] = true
					t.Interfaces = append(t.Interfaces, i)
					walk(l.defs[name])
				}
			}
		}
		walk(l.defs[t.Name])
		if twice := repeated(l.defs[t.Name].Interfaces); twice != "" {
			l.fail(l.defs[t.Name].Position, "%s names %s twice", t.Name, twice)
		}
		if !t.Union && t.Name != EntityType && !seen[EntityType] {
			l.fail(l.defs[t.Name].Position, "%s must implement %s", t.Name, EntityType)
		}
	}
}

// members numbers the concrete types, finds those that each type includes, and returns their number.
func (l *loader) members() (concrete int) {
	for _, t := range l.o.Types {
		if t.Abstract {
			continue
		}
		t.number = concrete
		concrete++
		t.Concrete = []*Type{t}
		for _, i := range t.Interfaces {
			i.Concrete = append(i.Concrete, t)
		}
	}
	for _, t := range l.o.Types {
		if !t.Union {
			continue
		}
		if twice := repeated(l.defs[t.Name].Types); twice != "" {
			l.fail(l.defs[t.Name].Position, "the union %s names %s twice", t.Name, twice)
		}
		for _, name := range l.defs[t.Name].Types {
			m := l.o.types[name]
			if m == nil || m.Abstract {
				l.fail(l.defs[t.Name].Position, "the union %s names %s, which is not a concrete type of this ontology", t.Name, name)
				continue
			}
			t.Concrete = append(t.Concrete, m)
		}
	}
	return concrete
}

// repeated returns the first name that is listed twice, or "".
func repeated(names []string) string {
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return n
		}
	}
	return ""
}

// links resolves the fields that inverse and derived fields read.
func (l *loader) links() {
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner != t {
				continue
			}
			if f.Stored() {
				l.o.predicates[f.Name] = append(l.o.predicates[f.Name], f)
			}
			if f.Search {
				l.o.searched = append(l.o.searched, f)
			}
		}
	}
	for name := range l.o.predicates {
		l.o.names = append(l.o.names, name)
	}
	sort.Strings(l.o.names)
	for i, name := range l.o.names {
		for _, f := range l.o.predicates[name] {
			f.Number = i
		}
	}
	l.numberQualifiers()
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t && f.Kind == Inverse && f.Target != nil && f.inverseRef != "" {
				l.linkInverse(f)
			}
		}
	}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t && f.Kind == Derived && f.Target != nil && f.Path.through != "" && f.Path.then != "" {
				l.linkDerived(f)
			}
			if f.Owner == t {
				l.linkConsistency(f)
				l.linkMirror(f)
			}
		}
	}
}

// numberQualifiers numbers the names of qualifiers; qualifiers with one name share a number.
func (l *loader) numberQualifiers() {
	numbers := map[string]int{}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			for _, q := range f.Qualifiers {
				n, ok := numbers[q.Name]
				if !ok {
					n = len(numbers)
					numbers[q.Name] = n
					l.o.qualifiers = append(l.o.qualifiers, q.Name)
				}
				q.Number = n
			}
		}
	}
}

func (l *loader) linkInverse(f *Field) {
	pos := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position
	owner, name, qualified := strings.Cut(f.inverseRef, ".")
	if !qualified {
		owner, name = f.Target.Name, f.inverseRef
	}
	reads := l.o.types[owner]
	if t := reads; t != nil {
		if target := t.fields[name]; target != nil && target.Kind == Relation {
			f.InverseOf = []*Field{target}
		}
		// The members of an interface or union may each declare the relation.
		if f.InverseOf == nil && t.Abstract {
			for _, c := range t.Concrete {
				if target := c.fields[name]; target != nil && target.Kind == Relation {
					f.InverseOf = append(f.InverseOf, target)
				}
			}
		}
	}
	if f.InverseOf == nil {
		l.fail(pos, "%s.%s is the inverse of %s.%s, which is not a relation", f.Owner.Name, f.Name, owner, name)
		return
	}
	if !f.Many {
		l.fail(pos, "%s.%s: an inverse is a list, since any number may point here", f.Owner.Name, f.Name)
	}
	if !overlaps(reads, f.Target) {
		l.fail(pos, "%s.%s leads to %s, but is the inverse of a relation of %s", f.Owner.Name, f.Name, f.Target.Name, owner)
	}
	for _, of := range f.InverseOf {
		if !overlaps(of.Target, f.Owner) {
			l.fail(pos, "%s.%s is the inverse of %s.%s, which leads to %s and never to %s", f.Owner.Name, f.Name, of.Owner.Name, name, of.Target.Name, f.Owner.Name)
		}
		if of.Time != f.InverseOf[0].Time {
			l.fail(pos, "%s.%s is the inverse of %s.%s and %s.%s, which differ in their time kind", f.Owner.Name, f.Name, f.InverseOf[0].Owner.Name, name, of.Owner.Name, name)
		}
	}
}

func (l *loader) linkDerived(f *Field) {
	pos := l.defs[f.Owner.Name].Fields.ForName(f.Name).Position
	p := f.Path
	if p.Through = f.Owner.fields[p.through]; p.Through == nil || p.Through.Target == nil || p.Through.Kind == Derived {
		l.fail(pos, "%s.%s goes through %q, which is not a relation or inverse of %s", f.Owner.Name, f.Name, p.through, f.Owner.Name)
		return
	}
	mid := p.Through.Target
	if p.Then = mid.fields[p.then]; p.Then == nil || p.Then.Target == nil || p.Then.Kind == Derived {
		l.fail(pos, "%s.%s then takes %q, which is not a relation or inverse of %s", f.Owner.Name, f.Name, p.then, mid.Name)
		return
	}
	if !overlaps(p.Then.Target, f.Target) {
		l.fail(pos, "%s.%s leads to %s, but %s.%s to %s", f.Owner.Name, f.Name, f.Target.Name, mid.Name, p.then, p.Then.Target.Name)
	}
	if p.Where != "" {
		w := mid.fields[p.Where]
		if w == nil || w.Kind != Property {
			l.fail(pos, "%s.%s filters by %q, which is not a property of %s", f.Owner.Name, f.Name, p.Where, mid.Name)
		} else if w.Enum != nil && !w.Enum.Has(p.Equals) {
			l.fail(pos, "%s.%s: %s is not a value of %s", f.Owner.Name, f.Name, p.Equals, w.Enum.Name)
		}
	}
}

func overlaps(a, b *Type) bool {
	for _, c := range b.Concrete {
		if a.Includes(c) {
			return true
		}
	}
	return false
}

// words splits a camel-case name into words for people.
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
