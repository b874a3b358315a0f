package gql

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/graphql-go/graphql"
)

// faults gathers what is wrong with a Config, so that New can say all of it.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }
func (f faults) err() error                      { return errors.Join(f...) }

// readers says how the fields and types of a schema are read.
type readers struct {
	fields map[*fieldDef]*boundField
	typeOf map[*typeDef]func(Ref) string // by interface or union
}

// boundField is a field's binding.
type boundField struct {
	Binding
	class int // of Config.Classes, counted from 1; 0 for none
}

// builder translates a graphql.Schema and its Meta, and attaches the readers.
type builder struct {
	s        *schema
	source   graphql.Schema
	readers  readers
	cfg      *Config
	faults   faults
	defaults map[*inputDef]*pendingDefault // coerced last, when all types are known
	// defaultOrder holds the keys of defaults, so that faults come in a stable order.
	defaultOrder []*inputDef
	used         map[string]bool // coordinates of Meta that were found
}

type pendingDefault struct {
	coord string
	value any // graphql-go's DefaultValue, or a literal of Meta.Defaults
	text  bool
	done  bool
}

func buildSchema(cfg *Config) (*schema, readers, error) {
	s := &schema{
		description:     cfg.Meta.Description,
		byName:          map[string]*typeDef{},
		directiveByName: map[string]*directiveDef{},
	}
	b := &builder{
		s: s, source: cfg.Schema, cfg: cfg, used: map[string]bool{}, defaults: map[*inputDef]*pendingDefault{},
		readers: readers{map[*fieldDef]*boundField{}, map[*typeDef]func(Ref) string{}},
	}
	if b.source.QueryType() == nil {
		return nil, b.readers, errors.New("gql: Config.Schema has no query type: build it with graphql.NewSchema")
	}
	if err := b.loadIntrospection(); err != nil {
		return nil, b.readers, err
	}
	typeMap := b.source.TypeMap()
	names := slices.Sorted(maps.Keys(typeMap))
	for _, name := range names { // first the names, so that references resolve
		if !strings.HasPrefix(name, "__") {
			b.declare(name, typeMap[name])
		}
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "__") {
			b.define(s.byName[name], typeMap[name])
		}
	}
	b.roots()
	b.directives()
	b.finish()
	b.bindings()
	b.unknownMeta()
	return s, b.readers, b.faults.err()
}

func (b *builder) declare(name string, source graphql.Type) {
	if b.s.byName[name] != nil || specifiedScalars[name] != scalarCustom {
		b.specifiedScalar(name)
		return
	}
	t := &typeDef{name: name, description: strings.TrimSpace(source.Description())}
	t.ref = newRef(t)
	switch source.(type) {
	case *graphql.Scalar:
		t.kind = kindScalar
	case *graphql.Object:
		t.kind = kindObject
	case *graphql.Interface:
		t.kind = kindInterface
	case *graphql.Union:
		t.kind = kindUnion
	case *graphql.Enum:
		t.kind = kindEnum
	case *graphql.InputObject:
		t.kind = kindInput
	default:
		b.faults.add("type %s: unknown kind %T", name, source)
	}
	b.s.byName[name] = t
}

func (b *builder) define(t *typeDef, source graphql.Type) {
	if err := source.Error(); err != nil {
		b.faults.add("type %s: %w", t.name, err)
	}
	switch src := source.(type) {
	case *graphql.Scalar:
		t.specifiedBy = b.cfg.Meta.SpecifiedBy[t.name]
		if t.scalarCode != scalarCustom {
			break
		}
		t.serialize = src.Serialize
		if t.parse = b.cfg.Meta.Scalars[t.name]; t.parse == nil {
			t.parse = parseValue(src)
		}
	case *graphql.Object:
		b.fields(t, src.Fields())
		for _, i := range src.Interfaces() {
			t.interfaces = append(t.interfaces, b.s.byName[i.Name()])
		}
		t.possible = []*typeDef{t}
	case *graphql.Interface:
		b.fields(t, src.Fields())
		for _, name := range b.cfg.Meta.Interfaces[t.name] {
			if i := b.s.byName[name]; i != nil && i.kind == kindInterface {
				t.interfaces = append(t.interfaces, i)
			} else {
				b.faults.add("Meta.Interfaces[%q]: %q is not an interface of the schema", t.name, name)
			}
		}
	case *graphql.Union:
		for _, o := range src.Types() {
			t.possible = append(t.possible, b.s.byName[o.Name()])
		}
	case *graphql.Enum:
		b.enum(t, src)
	case *graphql.InputObject:
		t.oneOf = slices.Contains(b.cfg.Meta.OneOf, t.name)
		t.inputByName = map[string]*inputDef{}
		for _, f := range src.Fields() {
			coord := t.name + "." + f.PrivateName
			d := b.inputDef(coord, f.PrivateName, f.PrivateDescription, f.Type, f.DefaultValue)
			if t.oneOf && (d.typ.nonNull || d.hasDefault) {
				b.faults.add("%s: a field of a oneOf input must be nullable and without default", coord)
			}
			t.inputs = append(t.inputs, d)
		}
		sortInputs(t.inputs, t.inputByName)
	}
	sort.Slice(t.interfaces, func(i, j int) bool { return t.interfaces[i].name < t.interfaces[j].name })
}

// parseValue is graphql-go's own coercion of a scalar, for literals as well.
func parseValue(s *graphql.Scalar) func(any) (any, error) {
	return func(v any) (any, error) {
		if out := s.ParseValue(v); out != nil {
			return out, nil
		}
		return nil, fmt.Errorf("Expected value of type %q, found %s.", s.Name(), inspect(v))
	}
}

func (b *builder) fields(t *typeDef, defs graphql.FieldDefinitionMap) {
	t.fieldByName = make(map[string]*fieldDef, len(defs))
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		src := defs[name]
		f := &fieldDef{
			name: name, description: src.Description, parent: t, typ: b.ref(t.name+"."+name, src.Type),
			argByName: map[string]*inputDef{},
		}
		if src.DeprecationReason != "" {
			f.deprecated = &src.DeprecationReason
		}
		for _, a := range src.Args {
			coord := fmt.Sprintf("%s.%s(%s:)", t.name, name, a.PrivateName)
			f.args = append(f.args, b.inputDef(coord, a.PrivateName, a.PrivateDescription, a.Type, a.DefaultValue))
		}
		sortInputs(f.args, f.argByName)
		t.fields = append(t.fields, f)
		t.fieldByName[name] = f
	}
}

func sortInputs(defs []*inputDef, byName map[string]*inputDef) {
	sort.Slice(defs, func(i, j int) bool { return defs[i].name < defs[j].name })
	for _, d := range defs {
		byName[d.name] = d
	}
}

func (b *builder) inputDef(coord, name, description string, typ graphql.Input, value any) *inputDef {
	d := &inputDef{name: name, description: description, typ: b.ref(coord, typ)}
	if reason, ok := b.cfg.Meta.Deprecated[coord]; ok {
		b.used["Deprecated "+coord] = true
		d.deprecated = &reason
	}
	if text, ok := b.cfg.Meta.Defaults[coord]; ok {
		b.used["Defaults "+coord] = true
		d.hasDefault = true
		b.defaults[d] = &pendingDefault{coord: coord, value: text, text: true}
	} else if value != nil {
		d.hasDefault = true
		b.defaults[d] = &pendingDefault{coord: coord, value: value}
	}
	if d.hasDefault {
		b.defaultOrder = append(b.defaultOrder, d)
	} else if d.deprecated != nil && d.typ.nonNull {
		b.faults.add("%s: a required argument or field cannot be deprecated: make it nullable or give it a default", coord)
	}
	return d
}

func (b *builder) enum(t *typeDef, src *graphql.Enum) {
	t.enumByName, t.enumByValue = map[string]*enumValue{}, map[any]*enumValue{}
	for _, v := range src.Values() {
		e := &enumValue{name: v.Name, description: v.Description, value: v.Value}
		if v.DeprecationReason != "" {
			e.deprecated = &v.DeprecationReason
		}
		t.enumValues = append(t.enumValues, e)
		t.enumByName[e.name] = e
		if hashable(v.Value) {
			t.enumByValue[v.Value] = e
		}
	}
	sort.Slice(t.enumValues, func(i, j int) bool { return t.enumValues[i].name < t.enumValues[j].name })
}

// ref translates a type in a position. The type of a coordinate that graphql-go has not
// registered is a fault, and String stands in for it, so that the search for faults goes on.
func (b *builder) ref(coord string, typ graphql.Type) *typeRef {
	switch typ := typ.(type) {
	case *graphql.List:
		return listOf(b.ref(coord, typ.OfType))
	case *graphql.NonNull:
		return nonNull(b.ref(coord, typ.OfType))
	case nil:
	default:
		if t := b.s.byName[typ.Name()]; t != nil {
			return t.ref
		}
	}
	b.faults.add("%s: its type %v is not part of the schema", coord, typ)
	return b.s.byName["String"].ref
}

func (b *builder) roots() {
	root := func(o *graphql.Object) *typeDef {
		if o == nil {
			return nil
		}
		return b.s.byName[o.Name()]
	}
	b.s.query = root(b.source.QueryType())
	b.s.mutation = root(b.source.MutationType())
	b.s.subscription = root(b.source.SubscriptionType())
}

func (b *builder) directives() {
	add := func(name, description string, locations []string, args []*graphql.Argument, repeatable bool) {
		if old := b.s.directiveByName[name]; old != nil && old.specified {
			return // graphql-go's copies of the specified directives are older
		}
		d := &directiveDef{name: name, description: description, repeatable: repeatable, argByName: map[string]*inputDef{}}
		d.locations = slices.Sorted(slices.Values(locations))
		for _, a := range args {
			coord := fmt.Sprintf("@%s(%s:)", name, a.PrivateName)
			d.args = append(d.args, b.inputDef(coord, a.PrivateName, a.PrivateDescription, a.Type, a.DefaultValue))
		}
		sortInputs(d.args, d.argByName)
		b.s.directiveByName[name] = d
	}
	for _, d := range b.cfg.Meta.Directives {
		if !graphql.NameRegExp.MatchString(d.Name) || len(d.Locations) == 0 {
			b.faults.add("Meta.Directives: %q needs a valid name and at least one location", d.Name)
			continue
		}
		var args []*graphql.Argument
		for name, a := range d.Args {
			args = append(args, &graphql.Argument{PrivateName: name, PrivateDescription: a.Description, Type: a.Type, DefaultValue: a.DefaultValue})
		}
		add(d.Name, d.Description, d.Locations, args, d.Repeatable)
	}
	for _, d := range b.source.Directives() {
		if b.s.directiveByName[d.Name] == nil {
			add(d.Name, d.Description, d.Locations, d.Args, false)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.s.directiveByName)) {
		b.s.directives = append(b.s.directives, b.s.directiveByName[name])
	}
}

// finish computes what needs all types: possible types, type order, defaults.
func (b *builder) finish() {
	for _, name := range slices.Sorted(maps.Keys(b.s.byName)) {
		t := b.s.byName[name]
		b.s.types = append(b.s.types, t)
		if t.kind == kindObject {
			for _, i := range t.interfaces {
				i.possible = append(i.possible, t)
			}
		}
	}
	for _, t := range b.s.types {
		sort.Slice(t.possible, func(i, j int) bool { return t.possible[i].name < t.possible[j].name })
		t.possibleSet = make(map[*typeDef]bool, len(t.possible))
		for _, p := range t.possible {
			t.possibleSet[p] = true
		}
		if t.abstract() {
			typeOf := b.cfg.TypeOf[t.name]
			if typeOf == nil {
				typeOf = b.cfg.TypeOf[""]
			}
			if typeOf == nil {
				b.faults.add("TypeOf: the %s %s has none, and there is no entry \"\" for all", kindWords[t.kind], t.name)
			}
			b.readers.typeOf[t] = typeOf
		}
	}
	for _, d := range b.defaultOrder {
		b.setDefault(d)
	}
}

// setDefault brings a default into both of its forms, literal and coerced. The literal is
// the master, so that defaults of nested input fields apply as in any other literal;
// those are therefore set first.
func (b *builder) setDefault(d *inputDef) {
	p := b.defaults[d]
	if p == nil || p.done {
		return
	}
	p.done = true // before the nested ones: input types may be recursive
	for _, nested := range d.typ.base().inputs {
		b.setDefault(nested)
	}
	var err error
	if text, ok := p.value.(string); ok && p.text {
		d.defaultAST, err = parseLiteral(text)
	} else {
		d.defaultAST, err = literalOf(p.value, d.typ)
	}
	if err == nil {
		d.defaultValue, err = coerceLiteral(d.defaultAST, d.typ)
	}
	if err != nil {
		b.faults.add("%s: default value: %w", p.coord, err)
	}
}

// bindings attaches the readers and checks that each fits its field.
func (b *builder) bindings() {
	for typeName, fields := range b.cfg.Bindings {
		t := b.s.byName[typeName]
		if t == nil || t.kind != kindObject || strings.HasPrefix(typeName, "__") {
			b.faults.add("Bindings[%q]: the schema has no object type of that name", typeName)
			continue
		}
		for name, binding := range fields {
			f := t.fieldByName[name]
			if f == nil {
				b.faults.add("Bindings[%q][%q]: the type has no such field", typeName, name)
				continue
			}
			bound := &boundField{Binding: binding}
			b.readers.fields[f] = bound
			if binding.Class != "" {
				if bound.class = slices.Index(b.cfg.Classes, binding.Class) + 1; bound.class == 0 {
					b.faults.add("Bindings[%q][%q]: Classes does not list the class %q", typeName, name, binding.Class)
				}
			}
			if msg := misfit(f, &binding, b.s); msg != "" {
				b.faults.add("Bindings[%q][%q]: %s", typeName, name, msg)
			}
		}
	}
	for _, t := range b.s.types {
		if t.kind != kindObject {
			continue
		}
		for _, f := range t.fields {
			if b.readers.fields[f] == nil {
				b.faults.add("Bindings[%q][%q]: missing: every field of an object type needs a reader", t.name, f.name)
			}
		}
	}
	for name := range b.cfg.TypeOf {
		if t := b.s.byName[name]; name != "" && (t == nil || !t.abstract()) {
			b.faults.add("TypeOf[%q]: the schema has no interface or union of that name", name)
		}
	}
}

// misfit says why a binding does not fit its field, "" where it does.
func misfit(f *fieldDef, binding *Binding, s *schema) string {
	n := 0
	for _, set := range []bool{binding.Leaf != nil, binding.Object != nil, binding.List != nil} {
		if set {
			n++
		}
	}
	if binding.Stream != nil {
		if f.parent != s.subscription {
			return "Stream is for fields of the subscription root"
		}
		if n == 0 && (f.typ.base().leaf() || f.typ.elem != nil) {
			return "a Stream alone gives objects: its type " + f.typ.text + " needs a reader beside it"
		}
		if n == 0 {
			return ""
		}
	}
	if f.parent == s.subscription && binding.Stream == nil {
		return "a field of the subscription root needs a Stream"
	}
	if n != 1 {
		return "set exactly one of Leaf, Object and List"
	}
	isList := f.typ.elem != nil
	switch leaf := f.typ.base().leaf(); {
	case leaf && binding.Leaf == nil:
		return "its type " + f.typ.text + " needs a Leaf reader"
	case !leaf && !isList && binding.Object == nil:
		return "its type " + f.typ.text + " needs an Object reader"
	case !leaf && isList && binding.List == nil:
		return "its type " + f.typ.text + " needs a List reader"
	case !leaf && isList && f.typ.elem.elem != nil:
		return "a list of lists of objects cannot be bound"
	}
	return ""
}

// unknownMeta reports metadata that names nothing, which is a spelling mistake.
func (b *builder) unknownMeta() {
	m := &b.cfg.Meta
	is := func(field, name string, k kind) {
		if t := b.s.byName[name]; t == nil || t.kind != k {
			b.faults.add("Meta.%s: the schema has no %s %q", field, kindWords[k], name)
		}
	}
	for _, n := range m.OneOf {
		is("OneOf", n, kindInput)
	}
	for n := range m.SpecifiedBy {
		is("SpecifiedBy", n, kindScalar)
	}
	for n := range m.Scalars {
		is("Scalars", n, kindScalar)
	}
	for n := range m.Interfaces {
		is("Interfaces", n, kindInterface)
	}
	for c := range m.Deprecated {
		if !b.used["Deprecated "+c] {
			b.faults.add("Meta.Deprecated: %q names no argument or input field", c)
		}
	}
	for c := range m.Defaults {
		if !b.used["Defaults "+c] {
			b.faults.add("Meta.Defaults: %q names no argument or input field", c)
		}
	}
}
