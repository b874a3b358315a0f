// Package rdf reads the W3C's RDF 1.1 syntaxes N-Triples, N-Quads, Turtle and TriG as a stream
// of quads, each with its line.
//
// Read Quad and Decode first. It must not know what the quads mean to Caspian, nor load
// anything that a document refers to. [decision-rdf.md] says why it is our own.
//
// [decision-rdf.md]: https://github.com/caspian-kg/caspian/blob/main/graph/rdf/decision-rdf.md
package rdf

import (
	"fmt"
	"io"
	"strconv"
)

// Syntax is a syntax of RDF.
type Syntax uint8

// The syntaxes that Decode reads.
const (
	NTriples Syntax = iota
	NQuads
	Turtle
	TriG
	JSONLD
)

func (s Syntax) String() string {
	return [...]string{"N-Triples", "N-Quads", "Turtle", "TriG", "JSON-LD"}[s]
}

// Kind is the kind of a term.
type Kind uint8

// The kinds of terms. None is the graph of a quad in the default graph.
const (
	None Kind = iota
	IRI
	Blank
	Literal
)

// Term is an IRI, a blank node or a literal.
type Term struct {
	Kind Kind
	// Text is the absolute IRI, the label of the blank node within its document, or the literal's lexical form.
	// A blank node without a label in the document gets one that begins with a slash, which labels in documents
	// cannot contain.
	Text string
	// Datatype is the IRI of a literal's datatype. It is LangString if the literal has a language.
	Datatype string
	// Lang is the language tag of a literal as written, or "".
	Lang string
}

// String returns the term as a text for messages.
func (t Term) String() string {
	switch t.Kind {
	case IRI:
		return "<" + clip(t.Text) + ">"
	case Blank:
		return "_:" + clip(t.Text)
	case Literal:
		return strconv.Quote(clip(t.Text))
	}
	return "nothing"
}

// Resource is an IRI, a blank node's label after _:, or the text of a literal.
func (t Term) Resource() string {
	if t.Kind == Blank {
		return "_:" + t.Text
	}
	return t.Text
}

// Names that the syntaxes imply.
const (
	xsd        = "http://www.w3.org/2001/XMLSchema#"
	XSDString  = xsd + "string"
	XSDInteger = xsd + "integer"
	XSDDecimal = xsd + "decimal"
	XSDDouble  = xsd + "double"
	XSDBoolean = xsd + "boolean"
	rdfNS      = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	LangString = rdfNS + "langString"
	Type       = rdfNS + "type"
	first      = rdfNS + "first"
	rest       = rdfNS + "rest"
	empty      = rdfNS + "nil"
)

// Quad is a triple with its graph.
type Quad struct {
	Subject, Predicate, Object, Graph Term
	// Line is the line of the object, counted from 1.
	Line int
}

// Options has the base of relative IRIs and the limits on what a document may contain.
type Options struct {
	// Base is the IRI against which relative IRIs are resolved. If it is empty, relative IRIs are faults.
	Base string
	// MaxDepth is how deep blank nodes and lists may be nested; 0 means 128.
	MaxDepth int
	// MaxToken is how many bytes an IRI, a name or a literal may have; 0 means 1 MiB.
	MaxToken int
	// Fault, if not nil, is called with each fault in N-Triples and N-Quads. Reading then continues with the next line.
	Fault func(*Error)
}

// Error is a fault in a document.
type Error struct {
	Line, Column int
	Message      string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message) }

// Decode reads a document and emits its quads in the order of the document. It stops at the first fault, which
// it returns as an *Error, and at the first error of emit or of the reader, which it returns unchanged. Memory
// depends on the number of prefixes, but not on the length of the document.
func Decode(r io.Reader, syntax Syntax, o Options, emit func(Quad) error) error {
	if o.MaxDepth == 0 {
		o.MaxDepth = 128
	}
	if o.MaxToken == 0 {
		o.MaxToken = 1 << 20
	}
	if syntax == JSONLD {
		return (&jsonld{o: o, emit: emit}).document(r)
	}
	s := newScanner(r, o.MaxToken)
	if syntax == NTriples || syntax == NQuads {
		return (&lines{scanner: s, quads: syntax == NQuads, fault: o.Fault, emit: emit}).document()
	}
	return unwound((&turtle{scanner: s, trig: syntax == TriG, base: o.Base, prefixes: map[string]string{}, most: o.MaxDepth, emit: emit}).document)
}

// unwound calls read and returns the error with which read panicked as stopped.
func unwound(read func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			stop, ok := x.(stopped)
			if !ok {
				panic(x)
			}
			err = stop.err
		}
	}()
	read()
	return nil
}

// stopped is the panic that passes an error from within a document to Decode.
type stopped struct{ err error }

// sink takes the quads of a document.
type sink func(Quad) error

// send passes a quad on. It panics as stopped if the sink returns an error.
func (to sink) send(q Quad) {
	if err := to(q); err != nil {
		panic(stopped{err})
	}
}

// unlabelled counts the blank nodes of a document that have no label.
type unlabelled int

// fresh returns a new blank node without a label.
func (n *unlabelled) fresh() Term {
	*n++
	return Term{Kind: Blank, Text: fmt.Sprintf("/%d", *n)}
}
