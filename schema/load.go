package schema

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Problem is one fault of an ontology file.
type Problem struct {
	Pos     Position
	Message string
}

func (p Problem) String() string { return p.Pos.String() + ": " + p.Message }

// Error has every fault of an ontology, in the order of the file.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Load reads an ontology from SDL text. The file name is used only in messages. If the ontology has faults, the
// error is an *Error with all of them.
func Load(file, text string) (*Ontology, error) {
	doc, err := parser.ParseSchemas(&ast.Source{Name: file, Input: text})
	if err != nil {
		return nil, &Error{[]Problem{syntaxProblem(file, err)}}
	}
	l := &loader{
		file: file,
		args: directiveArguments(),
		o: &Ontology{
			Units: map[string]*Unit{}, hash: hashOf(text), text: text,
			types: map[string]*Type{}, enums: map[string]*Enum{}, predicates: map[string][]*Field{},
		},
		defs: map[string]*ast.Definition{},
	}
	if l.declare(doc) {
		l.inherit()
		l.fields()
		l.links()
		l.check()
	}
	if len(l.problems) > 0 {
		sort.SliceStable(l.problems, func(i, j int) bool {
			a, b := l.problems[i].Pos, l.problems[j].Pos
			return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
		})
		return nil, &Error{l.problems}
	}
	return l.o, nil
}

// MustDefault returns the ontology that Caspian ships with. It panics if that is faulty, which the tests
// exclude.
func MustDefault() *Ontology {
	o, err := Load("ontology.graphql", Default)
	if err != nil {
		panic(err)
	}
	return o
}

func syntaxProblem(file string, err error) Problem {
	p := Problem{Position{file, 1, 1}, err.Error()}
	var ge *gqlerror.Error
	if errors.As(err, &ge) {
		p.Message = ge.Message
		if len(ge.Locations) > 0 {
			p.Pos.Line, p.Pos.Column = ge.Locations[0].Line, ge.Locations[0].Column
		}
	}
	return p
}

type loader struct {
	file     string
	o        *Ontology
	defs     map[string]*ast.Definition
	args     map[string]map[string]*ast.ArgumentDefinition
	problems []Problem
}

func (l *loader) fail(pos *ast.Position, format string, a ...any) {
	l.problems = append(l.problems, Problem{l.at(pos), fmt.Sprintf(format, a...)})
}

func (l *loader) at(pos *ast.Position) Position {
	if pos == nil {
		return Position{l.file, 1, 1}
	}
	return Position{l.file, pos.Line, pos.Column}
}

// directiveArguments reads the existing directives from directives.graphql, so that the language is declared in
// one place only.
func directiveArguments() map[string]map[string]*ast.ArgumentDefinition {
	doc, err := parser.ParseSchemas(&ast.Source{Name: "directives.graphql", Input: directives})
	if err != nil {
		panic(err)
	}
	all := map[string]map[string]*ast.ArgumentDefinition{}
	for _, d := range doc.Directives {
		args := map[string]*ast.ArgumentDefinition{}
		for _, a := range d.Arguments {
			args[a.Name] = a
		}
		for _, loc := range d.Locations {
			args["on "+string(loc)] = nil
		}
		all[d.Name] = args
	}
	return all
}

// directive returns the arguments of the named directive, and whether it is present.
func (l *loader) directive(list ast.DirectiveList, name string) (map[string]string, bool) {
	d := list.ForName(name)
	if d == nil {
		return nil, false
	}
	args := map[string]string{}
	for _, a := range d.Arguments {
		args[a.Name] = a.Value.Raw
	}
	return args, true
}

// places has words for the locations of directives.
var places = map[string]string{
	"OBJECT": "types", "INTERFACE": "interfaces", "UNION": "unions", "ENUM": "enums",
	"ENUM_VALUE": "the values of an enum", "FIELD_DEFINITION": "fields", "ARGUMENT_DEFINITION": "qualifiers",
}

// checkDirectives refuses directives that do not exist, are at a wrong location, are repeated, or have wrong
// arguments.
func (l *loader) checkDirectives(list ast.DirectiveList, location string) {
	seen := map[string]bool{}
	for _, d := range list {
		known, ok := l.args[d.Name]
		switch {
		case !ok:
			l.fail(d.Position, "unknown directive @%s; the directives of an ontology are listed in directives.graphql", d.Name)
			continue
		case seen[d.Name]:
			l.fail(d.Position, "@%s is given twice", d.Name)
		}
		seen[d.Name] = true
		if _, ok := known["on "+location]; !ok {
			l.fail(d.Position, "@%s cannot be on %s", d.Name, places[location])
		}
		given := map[string]bool{}
		for _, a := range d.Arguments {
			switch def := known[a.Name]; {
			case def == nil:
				l.fail(a.Position, "@%s has no argument %q", d.Name, a.Name)
			case given[a.Name]:
				l.fail(a.Position, "@%s has the argument %q twice", d.Name, a.Name)
			default:
				l.checkLiteral(a, d.Name, def.Type.NamedType)
			}
			given[a.Name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(known)) {
			if def := known[name]; def != nil && def.Type.NonNull && !given[name] {
				l.fail(d.Position, "@%s needs the argument %q", d.Name, name)
			}
		}
	}
}

func (l *loader) checkLiteral(a *ast.Argument, directive, want string) {
	k, raw := a.Value.Kind, a.Value.Raw
	ok := false
	switch want {
	case "String":
		ok = k == ast.StringValue || k == ast.BlockValue
		if ok && strings.TrimSpace(raw) == "" {
			l.fail(a.Position, "the argument %q of @%s is empty; leave it out", a.Name, directive)
			return
		}
	case "Int":
		_, err := strconv.Atoi(raw)
		ok = k == ast.IntValue && err == nil
	case "Float":
		_, err := strconv.ParseFloat(raw, 64)
		ok = (k == ast.IntValue || k == ast.FloatValue) && err == nil
	case "Boolean":
		ok = k == ast.BooleanValue
	case "LifetimeEnd":
		ok = k == ast.EnumValue && lifetimeEnds[raw] != NoEnd
	case "TimeKind":
		_, ok = timeKinds[raw]
		ok = ok && k == ast.EnumValue
		if !ok && k == ast.EnumValue {
			l.fail(a.Position, "time kind %s does not exist; use STATE, EVENT, OBSERVATION or ETERNAL", raw)
			return
		}
	case "LetterCase":
		if ok = k == ast.EnumValue && (raw == "UPPER" || raw == "LOWER"); !ok {
			l.fail(a.Position, "letter case %s does not exist; use UPPER or LOWER, or leave it out where both differ", raw)
			return
		}
	}
	if !ok {
		l.fail(a.Position, "the argument %q of @%s must be of type %s", a.Name, directive, want)
	}
}

// declare records every definition and refuses those that an ontology cannot have. It returns false if the rest
// cannot be checked. A definition with a refused name is recorded nevertheless, so that its uses are not
// reported as further faults.
func (l *loader) declare(doc *ast.SchemaDocument) bool {
	for _, d := range doc.Directives {
		l.fail(d.Position, "an ontology declares no directives; they are fixed")
	}
	for _, s := range append(append(ast.SchemaDefinitionList{}, doc.Schema...), doc.SchemaExtension...) {
		l.fail(s.Position, "an ontology has no schema block; the root fields are generated")
	}
	for _, d := range doc.Extensions {
		l.fail(d.Position, "extend %s: write the fields into the type itself", d.Name)
	}
	for _, d := range doc.Definitions {
		if first := l.defs[d.Name]; first != nil {
			l.fail(d.Position, "%s is declared twice (first on line %d)", d.Name, first.Position.Line)
			continue
		}
		if _, builtin := scalars[d.Name]; builtin {
			l.fail(d.Position, "%s is a built-in scalar and cannot be declared", d.Name)
			continue
		}
		if reservedTypes[d.Name] {
			l.fail(d.Position, "%s is a name of the API itself; choose another", d.Name)
		} else if !typeName.MatchString(d.Name) {
			l.fail(d.Position, "names of types and enums are written in upper camel case: %q", d.Name)
		}
		l.defs[d.Name] = d
		switch d.Kind {
		case ast.Object, ast.Interface, ast.Union:
			l.declareType(d)
		case ast.Enum:
			l.declareEnum(d)
		default:
			l.fail(d.Position, "%s is of the kind %s; an ontology has types, interfaces, unions and enums only", d.Name, strings.ReplaceAll(strings.ToLower(string(d.Kind)), "_", " "))
		}
	}
	entity, source := l.o.types[EntityType], l.o.types[SourceType]
	before := len(l.problems)
	if entity == nil {
		l.fail(nil, "the ontology must declare the interface %s", EntityType)
	} else if !entity.Abstract || entity.Union {
		l.fail(l.defs[EntityType].Position, "%s must be an interface", EntityType)
	}
	if source == nil {
		l.fail(nil, "the ontology must declare the type %s", SourceType)
	} else if source.Abstract {
		l.fail(l.defs[SourceType].Position, "%s must be a type with entities, not an interface or a union", SourceType)
	}
	return len(l.problems) == before
}

func (l *loader) declareType(d *ast.Definition) {
	location := map[ast.DefinitionKind]string{ast.Object: "OBJECT", ast.Interface: "INTERFACE", ast.Union: "UNION"}[d.Kind]
	l.checkDirectives(d.Directives, location)
	t := &Type{
		Name: d.Name, Label: d.Name, Description: d.Description,
		Abstract: d.Kind != ast.Object, Union: d.Kind == ast.Union,
		Pos: l.at(d.Position), fields: map[string]*Field{},
	}
	args, _ := l.directive(d.Directives, "entity")
	t.Plural, t.Icon = args["plural"], args["icon"]
	switch {
	case t.Name == EntityType:
		if t.Plural != "" && t.Plural != "entities" {
			l.fail(d.Position, "the plural of %s is always \"entities\"; leave it out", EntityType)
		}
		t.Plural = "entities"
	case t.Plural == "":
		t.Plural = t.Singular() + "s"
	case !fieldName.MatchString(t.Plural):
		l.fail(d.Position, "the plural %q of %s is not a name in lower camel case", t.Plural, d.Name)
	}
	if args["label"] != "" {
		t.Label = args["label"]
	}
	if re := args["id"]; re != "" {
		// The form is first compiled alone, because "a)|(b" is a pattern only within brackets.
		if _, err := regexp.Compile(re); err != nil {
			l.fail(d.Position, "%s: the id pattern is not a regular expression: %v", d.Name, err)
		} else if t.ID, err = regexp.Compile("^(?:" + re + ")$"); err != nil {
			l.fail(d.Position, "%s: the id pattern is not a regular expression: %v", d.Name, err)
		}
		if t.Abstract {
			l.fail(d.Position, "%s: the ids belong to the types that implement it; give each its pattern", d.Name)
		}
	}
	t.Maps, _ = l.directive(d.Directives, "map")
	t.Theme = l.theme(d.Directives)
	l.o.types[d.Name] = t
	l.o.Types = append(l.o.Types, t)
}

// theme returns the name that @theme gives, or "" where there is no such directive.
func (l *loader) theme(directives ast.DirectiveList) string {
	args, _ := l.directive(directives, "theme")
	return args["name"]
}

func (l *loader) declareEnum(d *ast.Definition) {
	l.checkDirectives(d.Directives, "ENUM")
	e := &Enum{Name: d.Name, Description: d.Description, Pos: l.at(d.Position)}
	if len(d.EnumValues) == 0 {
		l.fail(d.Position, "the enum %s has no values", d.Name)
	}
	for _, v := range d.EnumValues {
		l.checkDirectives(v.Directives, "ENUM_VALUE")
		switch {
		case e.Has(v.Name):
			l.fail(v.Position, "%s has the value %s twice", d.Name, v.Name)
		case v.Name == "true" || v.Name == "false" || v.Name == "null" || strings.HasPrefix(v.Name, "__"):
			l.fail(v.Position, "%s.%s is not a name that GraphQL permits for a value", d.Name, v.Name)
		}
		m := EnumMember{Name: v.Name, Label: v.Name, Description: v.Description}
		if args, ok := l.directive(v.Directives, "label"); ok {
			m.Label = args["text"]
		}
		e.Values = append(e.Values, m)
		args, measures := l.directive(v.Directives, "measures")
		switch {
		case measures && d.Name == unitEnum:
			l.o.Units[v.Name] = l.declareUnit(v, args)
		case measures:
			l.fail(v.Position, "%s.%s: @measures belongs on the values of the enum %s only", d.Name, v.Name, unitEnum)
		case d.Name == unitEnum:
			l.fail(v.Position, "the unit %s needs @measures(dimension:)", v.Name)
		}
	}
	if d.Name == unitEnum {
		l.baseUnits(d)
	}
	l.o.enums[d.Name] = e
	l.o.Enums = append(l.o.Enums, e)
}
