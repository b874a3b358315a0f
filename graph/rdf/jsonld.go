package rdf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/piprate/json-gold/ld"

	"github.com/caspian-kg/caspian/graph/internal/input"
)

// jsonld reads JSON-LD 1.1. A library expands one node of the document at a time. So a list at the top of the
// document, or the @graph of a document without a name, is never in memory as a whole. The line of a quad is the line
// where such a node begins.
type jsonld struct {
	o       Options
	emit    sink
	dec     *jsontext.Decoder
	bound   *input.Allowance
	lines   *input.Lines
	options *ld.JsonLdOptions
	context *ld.Context // the context of the whole document
	line    int         // the line of the current node
	unlabelled
}

// The constants bound the bytes of JSON-LD: a document up to maxAtOnce may have its context and its graph in any order,
// and a longer one must have the context first. Nodes are bounded too, and so are the contexts of a document or a node
// together, because each term of a context is read again wherever the context applies.
const (
	maxAtOnce   = 1 << 20
	maxNode     = 16 << 20
	maxContexts = 1 << 18
)

// document reads the whole document.
func (j *jsonld) document(r io.Reader) error {
	br := bufio.NewReaderSize(r, maxAtOnce)
	begin, err := br.Peek(maxAtOnce)
	if err != nil && err != io.EOF {
		return err
	}
	if bytes.HasPrefix(begin, []byte("\ufeff")) {
		_, _ = br.Discard(3)
		begin = begin[3:]
	}
	j.lines = input.NewLines(br, 1)
	j.bound = &input.Allowance{R: j.lines, Left: maxNode}
	j.dec = jsontext.NewDecoder(j.bound)
	j.options = &ld.JsonLdOptions{Base: j.o.Base, ProcessingMode: ld.JsonLd_1_1, DocumentLoader: loader{}, CompactArrays: true}
	j.context = ld.NewContext(nil, j.options)
	switch j.dec.PeekKind() {
	case '[':
		err = j.list()
	case '{':
		context, only := graphOnly(begin, err == io.EOF)
		if !only {
			err = j.node()
			break
		}
		if err = j.given(context); err == nil {
			err = j.members()
		}
	default:
		err = j.syntax(j.dec.SkipValue(), "a document of JSON-LD is an object or a list of objects")
	}
	if err != nil {
		return err
	}
	if _, err := j.dec.ReadToken(); err != io.EOF {
		return j.syntax(err, "there is more after the document")
	}
	return nil
}

// graphOnly reports whether a document has only a context and a list of nodes, and returns the context. begin is the
// beginning of the document. If whole is false, only the members before the list are checked.
func graphOnly(begin []byte, whole bool) (context jsontext.Value, only bool) {
	dec := jsontext.NewDecoder(bytes.NewReader(begin))
	_, _ = dec.ReadToken()
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, false
		}
		switch word := name.String(); {
		case word == "@context":
			v, err := dec.ReadValue()
			if err != nil {
				return nil, false
			}
			context = v.Clone()
		case word == "@graph" && dec.PeekKind() == '[':
			if only = true; !whole {
				return context, true
			}
			if dec.SkipValue() != nil {
				return context, true // reading the document again reports what is wrong
			}
		default:
			return nil, false
		}
	}
	return context, only
}

// given sets the context of the document.
func (j *jsonld) given(context jsontext.Value) error {
	if context == nil {
		return nil
	}
	if len(context) > maxContexts {
		return j.fail("the context of the document has more than %d kB", maxContexts>>10)
	}
	v, err := j.value(jsontext.NewDecoder(bytes.NewReader(context)), 0, true)
	if err != nil {
		return err
	}
	return j.safely(func() (err error) {
		j.context, err = j.context.Parse(v)
		return err
	})
}

// members reads a document that has a context and a list of nodes.
func (j *jsonld) members() error {
	if _, err := j.dec.ReadToken(); err != nil {
		return j.syntax(err, "")
	}
	for j.dec.PeekKind() == '"' {
		name, err := j.dec.ReadToken()
		if err != nil {
			return j.syntax(err, "")
		}
		j.line = j.lines.At(j.dec.InputOffset())
		switch word := name.String(); {
		case word == "@graph" && j.dec.PeekKind() == '[':
			err = j.list()
		case word == "@context" && j.dec.InputOffset() < maxAtOnce:
			err = j.syntax(j.dec.SkipValue(), "")
		default:
			err = j.fail("%q comes after @graph: in a document of more than %d MB, the context and all else that is not in the list comes before it", clip(word), maxAtOnce>>20)
		}
		if err != nil {
			return err
		}
	}
	_, err := j.dec.ReadToken()
	return j.syntax(err, "")
}

// list reads a list of nodes.
func (j *jsonld) list() error {
	if _, err := j.dec.ReadToken(); err != nil {
		return j.syntax(err, "")
	}
	for j.dec.PeekKind() != ']' {
		if err := j.node(); err != nil {
			return err
		}
	}
	_, err := j.dec.ReadToken()
	return j.syntax(err, "")
}

// node reads one node with its content.
func (j *jsonld) node() error {
	j.bound.Left = maxNode
	j.dec.PeekKind() // reads up to the value
	text, err := j.dec.ReadValue()
	if err != nil {
		return j.syntax(err, "")
	}
	j.line = j.lines.At(j.dec.InputOffset() - int64(len(text)))
	if at := bytes.Count(text, []byte(`"@context"`)); at > 0 && at*len(text) > maxNode*16 {
		return j.fail("the node has %d contexts: give the document one, or make it a list of smaller nodes", at)
	}
	v, err := j.value(jsontext.NewDecoder(bytes.NewReader(text)), 0, false)
	if err != nil {
		return err
	}
	var expanded any
	if err := j.safely(func() (err error) {
		expanded, err = ld.NewJsonLdApi().Expand(j.context, "", v, j.options, false, nil)
		return err
	}); err != nil {
		return err
	}
	return unwound(func() { j.top(expanded) })
}

// value reads a value into memory and checks its depth. Numbers are kept as text, except within a context.
func (j *jsonld) value(d *jsontext.Decoder, depth int, context bool) (any, error) {
	if depth > j.o.MaxDepth {
		return nil, j.fail("the document is nested more than %d deep", j.o.MaxDepth)
	}
	tok, err := d.ReadToken()
	if err != nil {
		return nil, j.syntax(err, "")
	}
	switch tok.Kind() {
	case '{':
		object := map[string]any{}
		for d.PeekKind() == '"' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, j.syntax(err, "")
			}
			key := name.String()
			if object[key], err = j.value(d, depth+1, context || key == "@context"); err != nil {
				return nil, err
			}
		}
		_, err = d.ReadToken()
		return object, j.syntax(err, "")
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, err := j.value(d, depth+1, context)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.ReadToken()
		return list, j.syntax(err, "")
	case '"':
		return tok.String(), nil
	case '0':
		if context {
			n, _ := strconv.ParseFloat(tok.String(), 64)
			return n, nil
		}
		return json.Number(tok.String()), nil
	case 'n':
		return nil, nil
	}
	return tok.Bool(), nil
}

func (j *jsonld) fail(format string, a ...any) error {
	return &Error{max(j.line, 1), 1, fmt.Sprintf(format, a...)}
}

// syntax returns a fault for an error of the decoder. If err is nil and message is not empty, the fault has the
// message.
func (j *jsonld) syntax(err error, message string) error {
	var bad *jsontext.SyntacticError
	switch {
	case err == nil && message == "":
		return nil
	case err == nil:
		return &Error{j.lines.At(j.dec.InputOffset()), 1, message}
	case errors.Is(err, input.ErrTooLong):
		return j.fail("a node has more than %d MB; divide the document into a list of nodes, or put them into the list @graph", maxNode>>20)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{j.lines.Last(), 1, "not well-formed JSON: the document ends too soon"}
	case errors.As(err, &bad):
		return &Error{j.lines.At(max(bad.ByteOffset, 0)), 1, fmt.Sprintf("not well-formed JSON: %v", bad.Err)}
	}
	return err
}

// safely calls the library. It converts the library's errors and panics to faults.
func (j *jsonld) safely(call func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = j.fail("cannot be read as JSON-LD: %v", x)
		}
	}()
	err = call()
	var refused remoteContext
	switch {
	case errors.As(err, &refused):
		return j.fail("%s", refused.Error())
	case err != nil:
		return j.fail("not well-formed JSON-LD: %s", clip(err.Error()))
	}
	return nil
}

// remoteContext is the error for a context that is not loaded; it has the address of the context.
type remoteContext string

func (r remoteContext) Error() string {
	return fmt.Sprintf("the context %s is not loaded, because nothing remote is: write the context itself in its place, such as {\"@vocab\": \"http://schema.org/\"}", clip(string(r)))
}

// loader has the context of schema.org, and refuses to load any other.
type loader struct{}

// LoadDocument implements ld.DocumentLoader. The library calls it for a context that a document names by its
// address.
func (loader) LoadDocument(address string) (*ld.RemoteDocument, error) {
	place := strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	switch strings.TrimSuffix(strings.TrimPrefix(place, "www."), "/") {
	case "schema.org", "schema.org/docs/jsonldcontext.json", "schema.org/docs/jsonldcontext.jsonld":
		return &ld.RemoteDocument{DocumentURL: address, Document: map[string]any{"@context": schemaOrg()}}, nil
	}
	return nil, remoteContext(address)
}

// schemaOrg returns the parts of the context of schema.org that documents use: its terms, and which terms have
// addresses or dates.
func schemaOrg() map[string]any {
	const space = "http://schema.org/"
	context := map[string]any{"@vocab": space, "schema": space, "id": "@id", "type": "@type"}
	for _, term := range strings.Fields("url sameAs image license mainEntityOfPage contentUrl thumbnailUrl logo hasMap additionalType isBasedOn acquireLicensePage") {
		context[term] = map[string]any{"@id": space + term, "@type": "@id"}
	}
	for _, term := range strings.Fields("birthDate deathDate startDate endDate foundingDate dissolutionDate datePublished dateCreated dateModified") {
		context[term] = map[string]any{"@id": space + term, "@type": space + "Date"}
	}
	return context
}
