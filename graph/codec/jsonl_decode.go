package codec

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caspian-kg/caspian/graph"
)

// lineKeys maps the key that shows what a line states to all keys that such a line may have.
var lineKeys = map[string][]string{
	"entity":    {"entity", "type"},
	"retract":   {"retract", "reason"},
	"reinstate": {"reinstate", "reason"},
	"merge":     {"merge", "into"},
	"unmerge":   {"unmerge"},
	"scenario":  {"scenario", "title"},
	"remove":    {"remove", "predicate", "object", "value"},
	"subject":   append([]string{"subject"}, claimKeys...),
	"override":  append([]string{"override"}, claimKeys...),
}

// claimKeys are the keys of a line with a claim, after the one that names the subject.
var claimKeys = []string{
	"predicate", "object", "value", "qualifiers", "valid", "source", "locator", "confidence", "rank",
	"attribution", "attributedTo", "original", "conflict", "note", "supersedes",
}

// knownKeys maps each key to itself, so that reading a key allocates no string.
var knownKeys = func() map[string]string {
	known := map[string]string{}
	for _, keys := range lineKeys {
		for _, k := range keys {
			known[k] = k
		}
	}
	return known
}()

// lineReader reads lines one after the other. Its zero value is ready.
type lineReader struct {
	src  bytes.Buffer // dec reads from src without copying
	dec  jsontext.Decoder
	keys []string // the keys of the line
}

// lineContent is the content of a line: its texts and its values.
type lineContent struct {
	jsonLine
	value      *graph.Value // nil if the line has none
	qualifiers []graph.QualifierValue
}

// text returns a pointer to the text of a key, or nil if the value of the key is not a text.
func (l *lineContent) text(key string) *string {
	switch key {
	case "entity":
		return &l.Entity
	case "type":
		return &l.Type
	case "subject":
		return &l.Subject
	case "predicate":
		return &l.Predicate
	case "object":
		return &l.Object
	case "valid":
		return &l.Valid
	case "source":
		return &l.Source
	case "locator":
		return &l.Locator
	case "rank":
		return &l.Rank
	case "attribution":
		return &l.Attribution
	case "attributedTo":
		return &l.AttributedTo
	case "original":
		return &l.Original
	case "conflict":
		return &l.Conflict
	case "note":
		return &l.Note
	case "retract":
		return &l.Retract
	case "reinstate":
		return &l.Reinstate
	case "reason":
		return &l.Reason
	case "merge":
		return &l.Merge
	case "into":
		return &l.Into
	case "unmerge":
		return &l.Unmerge
	case "scenario":
		return &l.Scenario
	case "title":
		return &l.Title
	case "override":
		return &l.Override
	case "remove":
		return &l.Remove
	}
	return nil
}

// op reads one line.
func (r *lineReader) op(text []byte) (graph.Op, error) {
	if text[0] != '{' {
		return graph.Op{}, graph.Errorf(graph.BadInput, "a line is one JSON object, {...}; this one begins with %q", graph.Clip(string(text[:1])))
	}
	r.src = *bytes.NewBuffer(text)
	r.dec.Reset(&r.src)
	r.keys = r.keys[:0]
	var l lineContent
	if err := r.object(func(key string) error {
		r.keys = append(r.keys, key)
		return r.member(&l, key)
	}); err != nil {
		return graph.Op{}, jsonFault(text, err)
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return graph.Op{}, graph.Errorf(graph.BadInput, "there is more on the line after the object; write one object per line")
	}
	kind, err := lineKind(r.keys)
	if err != nil {
		return graph.Op{}, err
	}
	return l.op(kind)
}

// object reads an object. It calls member for each key, which must read the value.
func (r *lineReader) object(member func(key string) error) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() == '"' {
		raw, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		key, ok := knownKeys[string(raw[1:len(raw)-1])]
		if !ok {
			unquoted, err := jsontext.AppendUnquote(nil, raw)
			if err != nil {
				return err
			}
			key = string(unquoted)
		}
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// member reads the value of a key. It skips the value of an unknown key, because lineKind refuses the line
// afterwards.
func (r *lineReader) member(l *lineContent, key string) (err error) {
	if to := l.text(key); to != nil {
		*to, err = r.text(key)
		return err
	}
	switch key {
	case "value":
		v, err := r.value()
		l.value = &v
		return err
	case "qualifiers":
		return r.qualifiers(l)
	case "confidence":
		return r.confidence(l)
	case "supersedes":
		return r.list(key, func() error {
			id, err := r.text(key)
			l.Supersedes = append(l.Supersedes, id)
			return err
		})
	}
	return r.dec.SkipValue()
}

// text reads a string. null is read as "".
func (r *lineReader) text(key string) (string, error) {
	switch kind := r.dec.PeekKind(); kind {
	case '"':
		token, err := r.dec.ReadToken()
		if err != nil {
			return "", err
		}
		return token.String(), nil
	case 'n':
		return "", r.dec.SkipValue()
	default:
		return "", r.mismatch(key, "a text")
	}
}

func (r *lineReader) confidence(l *lineContent) error {
	switch r.dec.PeekKind() {
	case '0':
		raw, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		n, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return graph.Errorf(graph.BadInput, "%q is %s, which is out of range", "confidence", graph.Clip(string(raw)))
		}
		l.Confidence = &n
		return nil
	case 'n':
		return r.dec.SkipValue()
	}
	return r.mismatch("confidence", "a number")
}

func (r *lineReader) qualifiers(l *lineContent) error {
	switch r.dec.PeekKind() {
	case '{':
		return r.object(func(name string) error {
			v, err := r.value()
			if ours, ok := err.(*graph.Error); ok {
				err = graph.Errorf(ours.Code, "qualifier %s: %v", graph.Clip(name), err)
			}
			l.qualifiers = append(l.qualifiers, graph.QualifierValue{Name: name, Value: v})
			return err
		})
	case 'n':
		return r.dec.SkipValue()
	}
	return r.mismatch("qualifiers", `an object, {"name": value}`)
}

// list reads an array and calls item for each item. null is read as an empty list.
func (r *lineReader) list(key string, item func() error) error {
	switch r.dec.PeekKind() {
	case '[':
	case 'n':
		return r.dec.SkipValue()
	default:
		return r.mismatch(key, "a list")
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for kind := r.dec.PeekKind(); kind != ']' && kind != jsontext.KindInvalid; kind = r.dec.PeekKind() {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// jsonKinds has names of the kinds of JSON values for messages.
var jsonKinds = map[jsontext.Kind]string{'"': "string", '0': "number", '{': "object", '[': "array", 't': "boolean", 'f': "boolean", 'n': "null"}

// mismatch returns the error for a value of a kind that the key does not allow. If the line is not JSON, the
// error says so.
func (r *lineReader) mismatch(key, needed string) error {
	kind := r.dec.PeekKind()
	if err := r.dec.SkipValue(); err != nil {
		return err
	}
	return graph.Errorf(graph.BadInput, "%q is a JSON %s; it takes %s", key, jsonKinds[kind], needed)
}

// value reads a value of the graph. The ontology decides later what a text or a number means.
func (r *lineReader) value() (graph.Value, error) {
	switch r.dec.PeekKind() {
	case '"':
		token, err := r.dec.ReadToken()
		if err != nil {
			return graph.Value{}, err
		}
		return graph.LooseValue(token.String()), nil
	case '{':
		return r.parts()
	case '0', 't', 'f':
		raw, err := r.dec.ReadValue()
		return graph.LooseValue(string(raw)), err
	}
	if err := r.dec.SkipValue(); err != nil {
		return graph.Value{}, err
	}
	return graph.Value{}, graph.Errorf(graph.BadInput, "a value is one text, number, boolean or object; state each on a separate line")
}

// part is a member of a value that is an object.
type part struct {
	name string
	kind jsontext.Kind
	text string
}

func (p part) isText() bool { return p.kind == '"' }

// isNumber reports whether the part is a number, possibly in quotes.
func (p part) isNumber() bool {
	return p.kind == '0' || p.isText() && jsontext.Value(p.text).Kind() == '0' && jsontext.Value(p.text).IsValid()
}

// parts reads a value that is a JSON object.
func (r *lineReader) parts() (graph.Value, error) {
	var parts []part
	err := r.object(func(name string) (err error) {
		p := part{name: name, kind: r.dec.PeekKind()}
		if p.isText() {
			p.text, err = r.text(name)
		} else {
			var raw jsontext.Value
			raw, err = r.dec.ReadValue()
			p.text = string(raw)
		}
		parts = append(parts, p)
		return err
	})
	if err != nil {
		return graph.Value{}, err
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	are := func(names ...string) bool {
		return slices.EqualFunc(parts, names, func(p part, name string) bool { return p.name == name })
	}
	switch {
	case are("unit", "value") && parts[0].isText() && parts[1].isNumber():
		return graph.ParseValue(graph.QuantityKind, parts[1].text+" "+parts[0].text)
	case are("lat", "lon") && parts[0].isNumber() && parts[1].isNumber():
		return graph.ParseValue(graph.CoordinatesKind, parts[0].text+","+parts[1].text)
	case are("none") && parts[0].kind == 't':
		return graph.NoneValue(), nil
	case are("entity") && parts[0].isText():
		return graph.EntityValue(graph.ID(parts[0].text)), nil
	case slices.ContainsFunc(parts, func(p part) bool { return p.name == "kind" }):
		return kindValue(parts)
	}
	if v, ok, err := rangeOf(parts); ok {
		return v, err
	}
	return graph.Value{}, graph.Errorf(graph.BadInput, `an object as a value is {"value":…,"unit":…}, {"min|over":…,"max|under":…,"unit":…}, {"lat":…,"lon":…}, {"entity":…} or {"none":true}`)
}

// kindValue returns a value whose object states its kind. An export states the kind if the ontology has no
// field for the value.
func kindValue(parts []part) (graph.Value, error) {
	given := map[string]string{}
	for _, p := range parts {
		if p.isText() {
			given[p.name] = p.text
		}
	}
	text, both := given["value"]
	kind, ok := graph.ParseKind(given["kind"])
	if !both || !ok {
		return graph.Value{}, graph.Errorf(graph.BadInput, `a value with its kind is {"kind":…,"value":"…"}, both texts`)
	}
	return graph.ParseValue(kind, text)
}

// lineKind returns the key that shows what the line states, or "" if there is none. It returns an error if the
// line has a key that such a line cannot have.
func lineKind(keys []string) (string, error) {
	kind := ""
	for _, k := range keys {
		if lineKeys[k] == nil {
			continue
		}
		if kind != "" {
			return "", graph.Errorf(graph.BadInput, "the line has both %q and %q; state each on a separate line", kind, k)
		}
		kind = k
	}
	for _, k := range keys {
		switch {
		case kind == "" && lineKeys[strings.ToLower(k)] != nil:
			return "", graph.Errorf(graph.BadInput, "unknown key %q; write %q", k, strings.ToLower(k))
		case kind == "":
		case !slices.Contains(lineKeys[kind], k):
			return "", graph.Errorf(graph.BadInput, "unknown key %q; a line with %q may also have %s", graph.Clip(k), kind, strings.Join(lineKeys[kind][1:], ", "))
		}
	}
	return kind, nil
}

// jsonFault returns an error that says what is wrong with a line.
func jsonFault(text []byte, err error) error {
	var ours *graph.Error
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.Is(err, io.ErrUnexpectedEOF), !errors.As(err, &syntax):
		return graph.Errorf(graph.BadInput, "not well-formed JSON: the line ends too soon")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return graph.Errorf(graph.Duplicate, "the key %q is given twice", graph.Clip(syntax.JSONPointer.LastToken()))
	}
	at := int(syntax.ByteOffset)
	if escape := text[at:min(at+6, len(text))]; isSurrogate(escape) {
		return graph.Errorf(graph.BadInput, "half of a character at byte %d: %s is a surrogate without the other", at+1, escape)
	}
	return graph.Errorf(graph.BadInput, "not well-formed JSON at byte %d: %v", at+1, syntax.Err)
}

// isSurrogate reports whether an escape such as \ud800 is a surrogate.
func isSurrogate(escape []byte) bool {
	if len(escape) != 6 || escape[0] != '\\' || escape[1] != 'u' {
		return false
	}
	n, err := strconv.ParseUint(string(escape[2:]), 16, 16)
	return err == nil && utf16.IsSurrogate(rune(n))
}

func (l *lineContent) op(kind string) (graph.Op, error) {
	switch kind {
	case "retract":
		id, err := graph.ParseClaimID(l.Retract)
		return graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: l.Reason}}, err
	case "reinstate":
		id, err := graph.ParseClaimID(l.Reinstate)
		return graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id, Reason: l.Reason}}, err
	case "merge":
		return graph.Op{Kind: graph.Merge, Merge: graph.Merged{From: graph.ID(l.Merge), Into: graph.ID(l.Into)}}, nil
	case "unmerge":
		return graph.Op{Kind: graph.Unmerge, Merge: graph.Merged{From: graph.ID(l.Unmerge)}}, nil
	case "entity":
		if l.Type == "" {
			return graph.Op{}, graph.Errorf(graph.BadInput, "the entity %s has no type", graph.Clip(l.Entity))
		}
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(l.Entity), Type: l.Type}}, nil
	case "subject":
		c, err := l.claim()
		return graph.Op{Kind: graph.Assert, Claim: c}, err
	case "scenario", "override", "remove":
		return l.supposed(kind)
	}
	return graph.Op{}, graph.Errorf(graph.BadInput, "the line states nothing: it has neither subject (a claim), entity (a declaration), retract, reinstate, merge nor unmerge")
}

func (l *lineContent) claim() (graph.Claim, error) {
	c := graph.Claim{
		Subject: graph.ID(l.Subject), Predicate: l.Predicate, Source: graph.ID(l.Source), Locator: l.Locator, Confidence: 1,
		Qualifiers: l.qualifiers, AttributedTo: l.AttributedTo, Original: l.Original, Conflict: l.Conflict, Note: l.Note,
	}
	if l.Confidence != nil {
		c.Confidence = *l.Confidence
	}
	switch {
	case l.Predicate == "":
		return c, graph.Errorf(graph.BadInput, "the claim has no predicate")
	case l.Object != "" && l.value != nil:
		return c, graph.Errorf(graph.BadInput, "the claim has both an object and a value; an object names an entity, a value is a literal")
	case l.Object != "":
		c.Value = graph.EntityValue(graph.ID(l.Object))
	case l.value != nil:
		c.Value = *l.value
	default:
		return c, graph.Errorf(graph.BadInput, "the claim has neither object nor value")
	}
	for _, meta := range [...]struct{ key, text string }{{"valid", l.Valid}, {"rank", l.Rank}, {"attribution", l.Attribution}} {
		if err := claimMeta[meta.key](&c, meta.text); err != nil {
			return c, graph.Errorf(codeOf(err), "%s: %v", meta.key, err)
		}
	}
	for _, s := range l.Supersedes {
		if err := claimMeta["supersedes"](&c, s); err != nil {
			return c, err
		}
	}
	c.Normalise()
	return c, nil
}
