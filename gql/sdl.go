package gql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const defaultDeprecation = "No longer supported"

// printSDL prints the schema as the reference implementation prints its sorted schema.
func printSDL(s *schema) string {
	var p sdlPrinter
	p.schema(s)
	for _, d := range s.directives {
		if !d.specified {
			p.directive(d)
		}
	}
	for _, t := range s.types {
		if !t.builtin {
			p.typ(t)
		}
	}
	return p.String()
}

type sdlPrinter struct{ strings.Builder }

func (p *sdlPrinter) block() {
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
}

func (p *sdlPrinter) schema(s *schema) {
	usual := func(t *typeDef, name string) bool { return t == nil || t.name == name }
	if s.description == "" && usual(s.query, "Query") && usual(s.mutation, "Mutation") && usual(s.subscription, "Subscription") {
		return
	}
	p.description(s.description, "", true)
	p.WriteString("schema {\n  query: " + s.query.name + "\n")
	if s.mutation != nil {
		p.WriteString("  mutation: " + s.mutation.name + "\n")
	}
	if s.subscription != nil {
		p.WriteString("  subscription: " + s.subscription.name + "\n")
	}
	p.WriteString("}\n")
}

func (p *sdlPrinter) directive(d *directiveDef) {
	p.block()
	p.description(d.description, "", true)
	p.WriteString("directive @" + d.name)
	p.args(d.args, "")
	if d.repeatable {
		p.WriteString(" repeatable")
	}
	p.WriteString(" on " + strings.Join(d.locations, " | ") + "\n")
}

func (p *sdlPrinter) typ(t *typeDef) {
	p.block()
	p.description(t.description, "", true)
	switch t.kind {
	case kindScalar:
		p.WriteString("scalar " + t.name)
		if t.specifiedBy != "" {
			p.WriteString(" @specifiedBy(url: " + quote(t.specifiedBy) + ")")
		}
		p.WriteByte('\n')
	case kindObject, kindInterface:
		word := "type "
		if t.kind == kindInterface {
			word = "interface "
		}
		p.WriteString(word + t.name)
		for i, iface := range t.interfaces {
			if i == 0 {
				p.WriteString(" implements ")
			} else {
				p.WriteString(" & ")
			}
			p.WriteString(iface.name)
		}
		p.WriteString(" {\n")
		for i, f := range t.fields {
			p.description(f.description, "  ", i == 0)
			p.WriteString("  " + f.name)
			p.args(f.args, "  ")
			p.WriteString(": " + f.typ.text)
			p.deprecated(f.deprecated)
			p.WriteByte('\n')
		}
		p.WriteString("}\n")
	case kindUnion:
		names := make([]string, len(t.possible))
		for i, m := range t.possible {
			names[i] = m.name
		}
		p.WriteString("union " + t.name + " = " + strings.Join(names, " | ") + "\n")
	case kindEnum:
		p.WriteString("enum " + t.name + " {\n")
		for i, v := range t.enumValues {
			p.description(v.description, "  ", i == 0)
			p.WriteString("  " + v.name)
			p.deprecated(v.deprecated)
			p.WriteByte('\n')
		}
		p.WriteString("}\n")
	case kindInput:
		p.WriteString("input " + t.name)
		if t.oneOf {
			p.WriteString(" @oneOf")
		}
		p.WriteString(" {\n")
		for i, d := range t.inputs {
			p.description(d.description, "  ", i == 0)
			p.WriteString("  ")
			p.input(d)
			p.WriteByte('\n')
		}
		p.WriteString("}\n")
	}
}

func (p *sdlPrinter) args(args []*inputDef, indent string) {
	if len(args) == 0 {
		return
	}
	described := false
	for _, a := range args {
		described = described || a.description != ""
	}
	p.WriteByte('(')
	for i, a := range args {
		switch {
		case described:
			if i == 0 {
				p.WriteByte('\n')
			}
			p.description(a.description, "  "+indent, i == 0)
			p.WriteString("  " + indent)
		case i > 0:
			p.WriteString(", ")
		}
		p.input(a)
		if described {
			p.WriteByte('\n')
		}
	}
	if described {
		p.WriteString(indent)
	}
	p.WriteByte(')')
}

func (p *sdlPrinter) input(d *inputDef) {
	p.WriteString(d.name + ": " + d.typ.text)
	if d.hasDefault {
		p.WriteString(" = " + printLiteral(d.defaultAST))
	}
	p.deprecated(d.deprecated)
}

func (p *sdlPrinter) deprecated(reason *string) {
	if reason == nil {
		return
	}
	p.WriteString(" @deprecated")
	if *reason != defaultDeprecation {
		p.WriteString("(reason: " + quote(*reason) + ")")
	}
}

// description prints a block string, or a string where a block cannot hold the text.
func (p *sdlPrinter) description(text, indent string, first bool) {
	if text == "" {
		return
	}
	if indent != "" && !first {
		p.WriteByte('\n')
	}
	if !blockable(text) {
		p.WriteString(indent + quote(text) + "\n")
		return
	}
	escaped := strings.ReplaceAll(text, `"""`, `\"""`)
	p.WriteString(indent + `"""`)
	multi := strings.Contains(text, "\n") || len(text) > 70 || strings.HasSuffix(text, `"`) || strings.HasSuffix(text, `\`)
	if !multi {
		p.WriteString(escaped + `"""` + "\n")
		return
	}
	p.WriteByte('\n')
	for line := range strings.SplitSeq(escaped, "\n") {
		if line != "" {
			p.WriteString(indent + line)
		}
		p.WriteByte('\n')
	}
	p.WriteString(indent + `"""` + "\n")
}

// blockable tells whether a block string reads back as the text.
func blockable(text string) bool {
	lines := strings.Split(text, "\n")
	if strings.Trim(lines[0], " \t") == "" || strings.Trim(lines[len(lines)-1], " \t") == "" {
		return false
	}
	common := true // whether every line but blank ones is indented
	for _, l := range lines {
		for i := 0; i < len(l); i++ {
			if l[i] < 0x20 && l[i] != '\t' {
				return false
			}
		}
		if strings.Trim(l, " \t") != "" && l[0] != ' ' && l[0] != '\t' {
			common = false
		}
	}
	return !common
}

// quote prints a GraphQL string.
func quote(s string) string { return (&ast.Value{Kind: ast.StringValue, Raw: s}).String() }
