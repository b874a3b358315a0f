package gql

import (
	"strings"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

const defaultDeprecation = "No longer supported"

// printSDL prints the schema as graphql-js prints a sorted schema.
func printSDL(s *typesys.Schema) string {
	var p sdlPrinter
	p.schema(s)
	for _, d := range s.Directives {
		if !d.Specified {
			p.directive(d)
		}
	}
	for _, t := range s.Types {
		if !t.Builtin {
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

func (p *sdlPrinter) schema(s *typesys.Schema) {
	usual := func(t *typesys.Type, name string) bool { return t == nil || t.Name == name }
	if s.Description == "" && usual(s.Query, "Query") && usual(s.Mutation, "Mutation") && usual(s.Subscription, "Subscription") {
		return
	}
	p.description(s.Description, "", true)
	p.WriteString("schema {\n  query: " + s.Query.Name + "\n")
	if s.Mutation != nil {
		p.WriteString("  mutation: " + s.Mutation.Name + "\n")
	}
	if s.Subscription != nil {
		p.WriteString("  subscription: " + s.Subscription.Name + "\n")
	}
	p.WriteString("}\n")
}

func (p *sdlPrinter) directive(d *typesys.Directive) {
	p.block()
	p.description(d.Description, "", true)
	p.WriteString("directive @" + d.Name)
	p.args(d.Args, "")
	if d.Repeatable {
		p.WriteString(" repeatable")
	}
	p.WriteString(" on " + strings.Join(d.Locations, " | ") + "\n")
}

func (p *sdlPrinter) typ(t *typesys.Type) {
	p.block()
	p.description(t.Description, "", true)
	switch t.Kind {
	case typesys.KindScalar:
		p.WriteString("scalar " + t.Name)
		if t.SpecifiedBy != "" {
			p.WriteString(" @specifiedBy(url: " + value.Quote(t.SpecifiedBy) + ")")
		}
		p.WriteByte('\n')
	case typesys.KindObject, typesys.KindInterface:
		p.object(t)
	case typesys.KindUnion:
		names := make([]string, len(t.Possible))
		for i, m := range t.Possible {
			names[i] = m.Name
		}
		p.WriteString("union " + t.Name + " = " + strings.Join(names, " | ") + "\n")
	case typesys.KindEnum:
		p.WriteString("enum " + t.Name + " {\n")
		for i, v := range t.EnumValues {
			p.description(v.Description, "  ", i == 0)
			p.WriteString("  " + v.Name)
			p.deprecated(v.Deprecated)
			p.WriteByte('\n')
		}
		p.WriteString("}\n")
	case typesys.KindInput:
		p.WriteString("input " + t.Name)
		if t.OneOf {
			p.WriteString(" @oneOf")
		}
		p.WriteString(" {\n")
		for i, d := range t.Inputs {
			p.description(d.Description, "  ", i == 0)
			p.WriteString("  ")
			p.input(d)
			p.WriteByte('\n')
		}
		p.WriteString("}\n")
	}
}

func (p *sdlPrinter) object(t *typesys.Type) {
	word := "type "
	if t.Kind == typesys.KindInterface {
		word = "interface "
	}
	p.WriteString(word + t.Name)
	for i, iface := range t.Interfaces {
		if i == 0 {
			p.WriteString(" implements ")
		} else {
			p.WriteString(" & ")
		}
		p.WriteString(iface.Name)
	}
	p.WriteString(" {\n")
	for i, f := range t.Fields {
		p.description(f.Description, "  ", i == 0)
		p.WriteString("  " + f.Name)
		p.args(f.Args, "  ")
		p.WriteString(": " + f.Type.Text)
		p.deprecated(f.Deprecated)
		p.WriteByte('\n')
	}
	p.WriteString("}\n")
}

func (p *sdlPrinter) args(args []*typesys.Input, indent string) {
	if len(args) == 0 {
		return
	}
	described := false
	for _, a := range args {
		described = described || a.Description != ""
	}
	p.WriteByte('(')
	for i, a := range args {
		switch {
		case described:
			if i == 0 {
				p.WriteByte('\n')
			}
			p.description(a.Description, "  "+indent, i == 0)
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

func (p *sdlPrinter) input(d *typesys.Input) {
	p.WriteString(d.Name + ": " + d.Type.Text)
	if d.HasDefault {
		p.WriteString(" = " + value.Print(d.DefaultAST))
	}
	p.deprecated(d.Deprecated)
}

func (p *sdlPrinter) deprecated(reason *string) {
	if reason == nil {
		return
	}
	p.WriteString(" @deprecated")
	if *reason != defaultDeprecation {
		p.WriteString("(reason: " + value.Quote(*reason) + ")")
	}
}

// description prints a text as a block string, or as a plain string if a block string cannot hold
// it.
func (p *sdlPrinter) description(text, indent string, first bool) {
	if text == "" {
		return
	}
	if indent != "" && !first {
		p.WriteByte('\n')
	}
	if !blockable(text) {
		p.WriteString(indent + value.Quote(text) + "\n")
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

// blockable reports whether a block string with this text reads back as the same text.
func blockable(text string) bool {
	lines := strings.Split(text, "\n")
	if strings.Trim(lines[0], " \t") == "" || strings.Trim(lines[len(lines)-1], " \t") == "" {
		return false
	}
	common := true // every non-blank line is indented
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
