package document

import (
	"slices"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/failure"
)

// The position of an error is the line and column of the wrong token in the text that the client
// sent. gqlparser knows the positions of most tokens, but in the text that the prescan edited, and
// its columns of strings are one too high.

// Text is a document that passed the prescan.
type Text struct {
	Text   string // the edited text, for gqlparser
	Tokens int
	shifts []shift // in order; nearly always empty
	index  []tokenAt
}

// shift is an edit of the prescan that made a line longer.
type shift struct {
	line, column int // where the edit ends in the client's text
	excess       int // how many columns the rest of the line moved
}

// original converts a position in the edited text into the position in the client's text.
func (s *Text) original(line, column int) failure.Position {
	for _, sh := range s.shifts {
		if sh.line == line && column-sh.excess >= sh.column {
			column -= sh.excess
		}
	}
	return failure.Position{Line: line, Column: column}
}

// correct corrects the positions in a parsed document; no two nodes share a Position.
func (s *Text) correct(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		s.fix(op.Position)
		for _, d := range op.VariableDefinitions {
			s.fix(d.Position)
			s.fixType(d.Type)
			s.fixValue(d.DefaultValue)
			s.fixDirectives(d.Directives)
		}
		s.fixDirectives(op.Directives)
		s.fixSelections(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		s.fix(f.Position)
		s.fixDirectives(f.Directives)
		s.fixSelections(f.SelectionSet)
	}
}

func (s *Text) fix(p *ast.Position) {
	if p != nil && len(s.shifts) > 0 {
		at := s.original(p.Line, p.Column)
		p.Line, p.Column = at.Line, at.Column
	}
}

func (s *Text) fixSelections(set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			s.fix(sel.Position)
			s.fixArguments(sel.Arguments)
			s.fixDirectives(sel.Directives)
			s.fixSelections(sel.SelectionSet)
		case *ast.InlineFragment:
			s.fix(sel.Position)
			s.fixDirectives(sel.Directives)
			s.fixSelections(sel.SelectionSet)
		case *ast.FragmentSpread:
			s.fix(sel.Position)
			s.fixDirectives(sel.Directives)
		}
	}
}

func (s *Text) fixDirectives(list ast.DirectiveList) {
	for _, d := range list {
		s.fix(d.Position)
		s.fixArguments(d.Arguments)
	}
}

func (s *Text) fixArguments(list ast.ArgumentList) {
	for _, a := range list {
		s.fix(a.Position)
		s.fixValue(a.Value)
	}
}

func (s *Text) fixValue(v *ast.Value) {
	if v == nil {
		return
	}
	if v.Kind == ast.StringValue && v.Position != nil {
		v.Position.Column-- // gqlparser gives the position of the character after the quote
	}
	s.fix(v.Position)
	for _, c := range v.Children {
		s.fix(c.Position)
		s.fixValue(c.Value)
	}
}

func (s *Text) fixType(t *ast.Type) {
	if t != nil {
		s.fix(t.Position)
		s.fixType(t.Elem)
	}
}

// tokenAt is a token of the edited text.
type tokenAt struct {
	start int // in runes, like gqlparser's offsets
	at    failure.Position
}

// around returns the position of the token that is delta tokens after p, or before p if delta is
// negative. The first call builds the index of tokens.
func (s *Text) around(p *ast.Position, delta int) []failure.Position {
	if p == nil {
		return nil
	}
	if s.index == nil {
		s.index = s.tokensOf()
	}
	i, ok := slices.BinarySearchFunc(s.index, p.Start, func(t tokenAt, start int) int { return t.start - start })
	if i += delta; !ok || i < 0 || i >= len(s.index) {
		return failure.At(p)
	}
	return []failure.Position{s.index[i].at}
}

func (s *Text) tokensOf() []tokenAt {
	scan := &scanner{src: s.Text, line: 1}
	out := make([]tokenAt, 0, s.Tokens)
	runes, pos, lineRunes, lineStart := 0, 0, 0, 0
	for {
		tok, err := scan.next()
		if err != nil || tok == tokEOF {
			return out
		}
		if scan.lineStart != lineStart {
			runes += utf8.RuneCountInString(s.Text[pos:scan.lineStart])
			pos, lineStart, lineRunes = scan.lineStart, scan.lineStart, runes
		}
		runes += utf8.RuneCountInString(s.Text[pos:scan.tok])
		pos = scan.tok
		out = append(out, tokenAt{runes, s.original(scan.line, runes-lineRunes+1)})
	}
}
