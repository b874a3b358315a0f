package gql

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// faults collects the faults of a Config, so that New can report all of them.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }
func (f faults) err() error                      { return errors.Join(f...) }

// builder translates a graphql.Schema and its Meta, and attaches the readers.
type builder struct {
	s        *typesys.Schema
	source   graphql.Schema
	readers  readers
	cfg      *Config
	faults   faults
	defaults map[*typesys.Input]*pendingDefault // coerced when all types are known
	// defaultOrder holds the keys of defaults, so that faults come in a stable order.
	defaultOrder []*typesys.Input
	used         map[string]bool // the coordinates in Meta that exist in the schema
}

type pendingDefault struct {
	coord string
	value any // graphql-go's DefaultValue, or a literal of Meta.Defaults
	text  bool
	done  bool
}

func buildSchema(cfg *Config) (*typesys.Schema, readers, error) {
	s := &typesys.Schema{
		Description:     cfg.Meta.Description,
		ByName:          map[string]*typesys.Type{},
		DirectiveByName: map[string]*typesys.Directive{},
	}
	b := &builder{
		s: s, source: cfg.Schema, cfg: cfg, used: map[string]bool{}, defaults: map[*typesys.Input]*pendingDefault{},
		readers: readers{nil, map[*typesys.Type]func(Ref) string{}},
	}
	if b.source.QueryType() == nil {
		return nil, b.readers, errors.New("gql: Config.Schema has no query type: build it with graphql.NewSchema")
	}
	if err := b.loadIntrospection(); err != nil {
		return nil, b.readers, err
	}
	typeMap := b.source.TypeMap()
	names := slices.Sorted(maps.Keys(typeMap))
	for _, name := range names { // names first, so that references resolve
		if !strings.HasPrefix(name, "__") {
			b.declare(name, typeMap[name])
		}
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "__") {
			b.define(s.ByName[name], typeMap[name])
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
	if b.s.ByName[name] != nil || typesys.SpecifiedScalars[name] != typesys.ScalarCustom {
		b.specifiedScalar(name)
		return
	}
	t := &typesys.Type{Name: name, Description: strings.TrimSpace(source.Description())}
	t.Ref = typesys.NewRef(t)
	switch source.(type) {
	case *graphql.Scalar:
		t.Kind = typesys.KindScalar
	case *graphql.Object:
		t.Kind = typesys.KindObject
	case *graphql.Interface:
		t.Kind = typesys.KindInterface
	case *graphql.Union:
		t.Kind = typesys.KindUnion
	case *graphql.Enum:
		t.Kind = typesys.KindEnum
	case *graphql.InputObject:
		t.Kind = typesys.KindInput
	default:
		b.faults.add("type %s: unknown kind %T", name, source)
	}
	b.s.ByName[name] = t
}

func (b *builder) define(t *typesys.Type, source graphql.Type) {
	if err := source.Error(); err != nil {
		b.faults.add("type %s: %w", t.Name, err)
	}
	switch src := source.(type) {
	case *graphql.Scalar:
		t.SpecifiedBy = b.cfg.Meta.SpecifiedBy[t.Name]
		if t.ScalarCode != typesys.ScalarCustom {
			break
		}
		t.Serialize = src.Serialize
		if t.Parse = b.cfg.Meta.Scalars[t.Name]; t.Parse == nil {
			t.Parse = parseValue(src)
		}
	case *graphql.Object:
		b.fields(t, src.Fields())
		for _, i := range src.Interfaces() {
			t.Interfaces = append(t.Interfaces, b.s.ByName[i.Name()])
		}
		t.Possible = []*typesys.Type{t}
	case *graphql.Interface:
		b.fields(t, src.Fields())
		for _, name := range b.cfg.Meta.Interfaces[t.Name] {
			if i := b.s.ByName[name]; i != nil && i.Kind == typesys.KindInterface {
				t.Interfaces = append(t.Interfaces, i)
			} else {
				b.faults.add("Meta.Interfaces[%q]: %q is not an interface of the schema", t.Name, name)
			}
		}
	case *graphql.Union:
		for _, o := range src.Types() {
			t.Possible = append(t.Possible, b.s.ByName[o.Name()])
		}
	case *graphql.Enum:
		b.enum(t, src)
	case *graphql.InputObject:
		t.OneOf = slices.Contains(b.cfg.Meta.OneOf, t.Name)
		t.InputByName = map[string]*typesys.Input{}
		for _, f := range src.Fields() {
			coord := t.Name + "." + f.PrivateName
			d := b.inputDef(coord, f.PrivateName, f.PrivateDescription, f.Type, f.DefaultValue)
			if t.OneOf && (d.Type.NonNull || d.HasDefault) {
				b.faults.add("%s: a field of a oneOf input must be nullable and without default", coord)
			}
			t.Inputs = append(t.Inputs, d)
		}
		sortInputs(t.Inputs, t.InputByName)
	}
	sort.Slice(t.Interfaces, func(i, j int) bool { return t.Interfaces[i].Name < t.Interfaces[j].Name })
}

// parseValue adapts graphql-go's coercion of a scalar, also for literals. A nil result means that
// the value does not fit.
func parseValue(s *graphql.Scalar) func(any) (any, error) {
	return func(v any) (any, error) { return s.ParseValue(v), nil }
}

// numbered assigns a new field its ID, and adds a row to the table of readers.
func (b *builder) numbered(f *typesys.Field) *typesys.Field {
	f.ID = len(b.readers.fields)
	b.readers.fields = append(b.readers.fields, nil)
	return f
}

func (b *builder) fields(t *typesys.Type, defs graphql.FieldDefinitionMap) {
	t.FieldByName = make(map[string]*typesys.Field, len(defs))
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		src := defs[name]
		f := b.numbered(&typesys.Field{
			Name: name, Description: src.Description, Parent: t, Type: b.ref(t.Name+"."+name, src.Type),
			ArgByName: map[string]*typesys.Input{},
		})
		if src.DeprecationReason != "" {
			f.Deprecated = &src.DeprecationReason
		}
		for _, a := range src.Args {
			coord := fmt.Sprintf("%s.%s(%s:)", t.Name, name, a.PrivateName)
			f.Args = append(f.Args, b.inputDef(coord, a.PrivateName, a.PrivateDescription, a.Type, a.DefaultValue))
		}
		sortInputs(f.Args, f.ArgByName)
		t.Fields = append(t.Fields, f)
		t.FieldByName[name] = f
	}
}

func sortInputs(defs []*typesys.Input, byName map[string]*typesys.Input) {
	sort.Slice(defs, func(i, j int) bool { return defs[i].Name < defs[j].Name })
	for _, d := range defs {
		byName[d.Name] = d
	}
}

func (b *builder) inputDef(coord, name, description string, typ graphql.Input, value any) *typesys.Input {
	d := &typesys.Input{Name: name, Description: description, Type: b.ref(coord, typ)}
	if reason, ok := b.cfg.Meta.Deprecated[coord]; ok {
		b.used["Deprecated "+coord] = true
		d.Deprecated = &reason
	}
	if text, ok := b.cfg.Meta.Defaults[coord]; ok {
		b.used["Defaults "+coord] = true
		d.HasDefault = true
		b.defaults[d] = &pendingDefault{coord: coord, value: text, text: true}
	} else if value != nil {
		d.HasDefault = true
		b.defaults[d] = &pendingDefault{coord: coord, value: value}
	}
	if d.HasDefault {
		b.defaultOrder = append(b.defaultOrder, d)
	} else if d.Deprecated != nil && d.Type.NonNull {
		b.faults.add("%s: a required argument or field cannot be deprecated: make it nullable or give it a default", coord)
	}
	return d
}

func (b *builder) enum(t *typesys.Type, src *graphql.Enum) {
	t.EnumByName, t.EnumByValue = map[string]*typesys.EnumValue{}, map[any]*typesys.EnumValue{}
	for _, v := range src.Values() {
		e := &typesys.EnumValue{Name: v.Name, Description: v.Description, Value: v.Value}
		if v.DeprecationReason != "" {
			e.Deprecated = &v.DeprecationReason
		}
		t.EnumValues = append(t.EnumValues, e)
		t.EnumByName[e.Name] = e
		if value.Hashable(v.Value) {
			t.EnumByValue[v.Value] = e
		}
	}
	sort.Slice(t.EnumValues, func(i, j int) bool { return t.EnumValues[i].Name < t.EnumValues[j].Name })
}

// ref translates the type at a coordinate. A type that graphql-go has not registered is a fault;
// ref then returns String, so that the search for faults continues.
func (b *builder) ref(coord string, typ graphql.Type) *typesys.TypeRef {
	switch typ := typ.(type) {
	case *graphql.List:
		return typesys.ListOf(b.ref(coord, typ.OfType))
	case *graphql.NonNull:
		return typesys.NonNull(b.ref(coord, typ.OfType))
	case nil:
	default:
		if t := b.s.ByName[typ.Name()]; t != nil {
			return t.Ref
		}
	}
	b.faults.add("%s: its type %v is not part of the schema", coord, typ)
	return b.s.ByName["String"].Ref
}

func (b *builder) roots() {
	root := func(o *graphql.Object) *typesys.Type {
		if o == nil {
			return nil
		}
		return b.s.ByName[o.Name()]
	}
	b.s.Query = root(b.source.QueryType())
	b.s.Mutation = root(b.source.MutationType())
	b.s.Subscription = root(b.source.SubscriptionType())
}

func (b *builder) directives() {
	add := func(name, description string, locations []string, args []*graphql.Argument, repeatable bool) {
		if old := b.s.DirectiveByName[name]; old != nil && old.Specified {
			return // graphql-go's copies of the specified directives are older
		}
		d := &typesys.Directive{Name: name, Description: description, Repeatable: repeatable, ArgByName: map[string]*typesys.Input{}}
		d.Locations = slices.Sorted(slices.Values(locations))
		for _, a := range args {
			coord := fmt.Sprintf("@%s(%s:)", name, a.PrivateName)
			d.Args = append(d.Args, b.inputDef(coord, a.PrivateName, a.PrivateDescription, a.Type, a.DefaultValue))
		}
		sortInputs(d.Args, d.ArgByName)
		b.s.DirectiveByName[name] = d
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
		if b.s.DirectiveByName[d.Name] == nil {
			add(d.Name, d.Description, d.Locations, d.Args, false)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.s.DirectiveByName)) {
		b.s.Directives = append(b.s.Directives, b.s.DirectiveByName[name])
	}
}

// finish computes what needs all types: possible types, type order, defaults.
func (b *builder) finish() {
	for _, name := range slices.Sorted(maps.Keys(b.s.ByName)) {
		t := b.s.ByName[name]
		b.s.Types = append(b.s.Types, t)
		if t.Kind == typesys.KindObject {
			for _, i := range t.Interfaces {
				i.Possible = append(i.Possible, t)
			}
		}
	}
	for _, t := range b.s.Types {
		sort.Slice(t.Possible, func(i, j int) bool { return t.Possible[i].Name < t.Possible[j].Name })
		t.PossibleSet = make(map[*typesys.Type]bool, len(t.Possible))
		for _, p := range t.Possible {
			t.PossibleSet[p] = true
		}
		if t.Abstract() {
			typeOf := b.cfg.TypeOf[t.Name]
			if typeOf == nil {
				typeOf = b.cfg.TypeOf[""]
			}
			if typeOf == nil {
				b.faults.add("TypeOf: the %s %s is missing, and so is an entry \"\" for all", typesys.KindWords[t.Kind], t.Name)
			}
			b.readers.typeOf[t] = typeOf
		}
	}
	for _, d := range b.defaultOrder {
		b.setDefault(d)
	}
}

// setDefault sets both forms of a default: the literal and the coerced value. The value is coerced
// from the literal, so that the defaults of nested input fields apply to it; setDefault sets those
// first.
func (b *builder) setDefault(d *typesys.Input) {
	p := b.defaults[d]
	if p == nil || p.done {
		return
	}
	p.done = true // set before recursing, because input types may be recursive
	for _, nested := range d.Type.Base().Inputs {
		b.setDefault(nested)
	}
	var err error
	if text, ok := p.value.(string); ok && p.text {
		d.DefaultAST, err = document.ParseValue(text, DefaultLimits().document())
	} else {
		d.DefaultAST, err = value.LiteralOf(p.value, d.Type)
	}
	if err == nil {
		d.DefaultValue, err = value.CoerceConstant(d.DefaultAST, d.Type)
	}
	if err != nil {
		b.faults.add("%s: default value: %w", p.coord, err)
	}
}

// unknownMeta reports the keys of Meta that name nothing in the schema, such as misspelled ones.
func (b *builder) unknownMeta() {
	m := &b.cfg.Meta
	is := func(field, name string, k typesys.Kind) {
		if t := b.s.ByName[name]; t == nil || t.Kind != k {
			b.faults.add("Meta.%s: the schema has no %s %q", field, typesys.KindWords[k], name)
		}
	}
	for _, n := range m.OneOf {
		is("OneOf", n, typesys.KindInput)
	}
	for n := range m.SpecifiedBy {
		is("SpecifiedBy", n, typesys.KindScalar)
	}
	for n := range m.Scalars {
		is("Scalars", n, typesys.KindScalar)
	}
	for n := range m.Interfaces {
		is("Interfaces", n, typesys.KindInterface)
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
