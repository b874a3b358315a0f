package codec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
)

// JSONLines is one JSON object a line:
//
//	{"entity":"KAZ","type":"Country"}
//	{"subject":"KAZ","predicate":"capital","object":"astana","valid":"1997-12-10/..","source":"factbook","locator":"kz.json","confidence":0.9}
//	{"subject":"KAZ","predicate":"population","value":20432662,"valid":"2025","source":"factbook","qualifiers":{}}
//	{"retract":"c…","reason":"misread"}
//
// An object names an entity, a value a literal: a text, a number, true or
// false, {"value":3,"unit":"bcm"} or {"lat":48,"lon":68}; {"kind":"string","value":"3"}
// says its kind where the ontology does not. Qualifiers are
// values by name; an entity among them is {"entity":"KAZ"} or its id. Empty lines are skipped.
// Withdrawn claims are written as the claim and its retraction.
var JSONLines = &Format{
	Name:       "jsonl",
	About:      "JSON lines for scripts: one claim a line",
	Extensions: []string{".jsonl", ".ndjson"},
	Lossless:   true,
	Decode:     decodeJSONLines,
	Encode:     encodeJSONLines,
}

// MaxLine bounds one line of a line format, in bytes.
const MaxLine = 1 << 20

// jsonLine is one line; which keys are there tells what it states.
type jsonLine struct {
	Entity string `json:"entity,omitempty"`
	Type   string `json:"type,omitempty"`

	Subject      string          `json:"subject,omitempty"`
	Predicate    string          `json:"predicate,omitempty"`
	Object       string          `json:"object,omitempty"`
	Value        json.RawMessage `json:"value,omitempty"`
	Qualifiers   jsonQualifiers  `json:"qualifiers,omitempty"`
	Valid        string          `json:"valid,omitempty"`
	Source       string          `json:"source,omitempty"`
	Locator      string          `json:"locator,omitempty"`
	Confidence   *float64        `json:"confidence,omitempty"`
	Rank         string          `json:"rank,omitempty"`
	Attribution  string          `json:"attribution,omitempty"`
	AttributedTo string          `json:"attributedTo,omitempty"`
	Original     string          `json:"original,omitempty"`
	Conflict     string          `json:"conflict,omitempty"`
	Note         string          `json:"note,omitempty"`
	Supersedes   []string        `json:"supersedes,omitempty"`

	Retract string `json:"retract,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// lineKeys are the keys of a line by what it states.
var lineKeys = map[string][]string{
	"entity":  {"entity", "type"},
	"retract": {"retract", "reason"},
	"subject": {
		"subject", "predicate", "object", "value", "qualifiers", "valid", "source", "locator", "confidence", "rank",
		"attribution", "attributedTo", "original", "conflict", "note", "supersedes",
	},
}

// jsonQualifiers are values by name, each name once.
type jsonQualifiers map[string]json.RawMessage

// UnmarshalJSON refuses a name that stands twice, of which a map would keep one.
func (q *jsonQualifiers) UnmarshalJSON(raw []byte) error {
	if raw[0] != '{' && raw[0] != 'n' {
		return graph.Errorf(graph.BadInput, `qualifiers are an object: {"name": value}`)
	}
	if _, err := objectKeys(raw); err != nil {
		return err
	}
	var m map[string]json.RawMessage
	err := json.Unmarshal(raw, &m)
	*q = m
	return err
}

func decodeJSONLines(ctx context.Context, name string, r io.Reader, emit Emit) error {
	var ps Faults
	err := lines(ctx, name, r, &ps, func(line int, text []byte) error {
		at := graph.Position{File: name, Line: line}
		op, err := jsonOp(text)
		if err != nil {
			ps.Add(at, codeOf(err), "%v", err)
			return nil
		}
		op.Position = at
		return emit(op)
	})
	if err != nil {
		return err
	}
	return ps.Err()
}

// lines calls fn with each line that is not blank. A line that is too long or
// not valid UTF-8 is a problem, and reading goes on behind it.
func lines(ctx context.Context, name string, r io.Reader, ps *Faults, fn func(line int, text []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for n := 1; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		text, tooLong, err := readLine(br, &long)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		at := graph.Position{File: name, Line: n}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		switch text = bytes.TrimSpace(text); {
		case tooLong:
			ps.Add(at, graph.BadInput, "the line is longer than %d bytes", MaxLine)
		case len(text) == 0:
		case !utf8.Valid(text):
			ps.Add(at, graph.BadInput, "the line is not valid UTF-8")
		default:
			if err := fn(n, text); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// readLine returns the next line without copying it where it fits the buffer.
func readLine(br *bufio.Reader, long *[]byte) (text []byte, tooLong bool, err error) {
	*long = (*long)[:0]
	for {
		part, err := br.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) && len(*long) == 0 && !tooLong {
			return part, false, err
		}
		if len(*long)+len(part) > MaxLine {
			tooLong, *long = true, (*long)[:0]
		} else if !tooLong {
			*long = append(*long, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return *long, tooLong, err
		}
	}
}

func jsonOp(text []byte) (graph.Op, error) {
	if text[0] != '{' {
		return graph.Op{}, graph.Errorf(graph.BadInput, "a line is one JSON object, {...}; this one begins with %q", graph.Clip(string(text[:1])))
	}
	var l jsonLine
	if err := json.Unmarshal(text, &l); err != nil {
		var ours *graph.Error
		if errors.As(err, &ours) {
			return graph.Op{}, ours
		}
		return graph.Op{}, graph.Errorf(graph.BadInput, "%s", jsonMessage(err))
	}
	if at, escape := halfCharacter(text); escape != "" {
		return graph.Op{}, graph.Errorf(graph.BadInput, "half of a character at byte %d: %s is a surrogate without the other", at+1, escape)
	}
	kind, err := lineKind(text)
	if err != nil {
		return graph.Op{}, err
	}
	return l.op(kind)
}

// lineKind tells what the line states by its keys, each of which must be known
// to it. encoding/json takes any case of them, and of two the last.
func lineKind(text []byte) (string, error) {
	keys, err := objectKeys(text)
	if err != nil {
		return "", err
	}
	kind := ""
	for _, k := range keys {
		if lineKeys[k] == nil {
			continue
		}
		if kind != "" {
			return "", graph.Errorf(graph.BadInput, "the line has both %q and %q; state each in a line of its own", kind, k)
		}
		kind = k
	}
	for _, k := range keys {
		switch {
		case kind == "" && lineKeys[strings.ToLower(k)] != nil:
			return "", graph.Errorf(graph.BadInput, "unknown key %q; write %q", k, strings.ToLower(k))
		case kind == "":
		case !slices.Contains(lineKeys[kind], k):
			return "", graph.Errorf(graph.BadInput, "unknown key %q; beside %q there may be %s", graph.Clip(k), kind, strings.Join(lineKeys[kind][1:], ", "))
		}
	}
	return kind, nil
}

// maxKeys bounds the keys of one object, each of which is compared with all.
const maxKeys = 500

// objectKeys lists the keys of a JSON object that is known to be well formed,
// without those of what lies in it; a key that stands twice is an error.
func objectKeys(obj []byte) ([]string, error) {
	var keys []string
	depth, atKey := 0, false
	for i := 0; i < len(obj); i++ {
		switch obj[i] {
		case '{', '[':
			depth++
			atKey = depth == 1
		case '}', ']':
			depth--
		case ',':
			atKey = depth == 1
		case '"':
			end := i + 1
			for obj[end] != '"' {
				if obj[end] == '\\' {
					end++
				}
				end++
			}
			if atKey {
				var k string
				if err := json.Unmarshal(obj[i:end+1], &k); err != nil {
					return nil, graph.Errorf(graph.BadInput, "%s", jsonMessage(err))
				}
				if slices.Contains(keys, k) {
					return nil, graph.Errorf(graph.Duplicate, "the key %q stands here twice", graph.Clip(k))
				}
				if keys, atKey = append(keys, k), false; len(keys) > maxKeys {
					return nil, graph.Errorf(graph.BadInput, "an object has more than %d keys", maxKeys)
				}
			}
			i = end
		}
	}
	return keys, nil
}

// jsonNeeds says for people what a key takes.
var jsonNeeds = map[reflect.Kind]string{reflect.String: "text", reflect.Float64: "number", reflect.Slice: "list", reflect.Map: "object"}

func jsonMessage(err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return "not well-formed JSON: the line ends too soon"
	case errors.As(err, &syntax) && strings.HasSuffix(syntax.Error(), "after top-level value"):
		return "there is more on the line behind the object; one object a line"
	case errors.As(err, &syntax):
		return fmt.Sprintf("not well-formed JSON at byte %d: %s", syntax.Offset, syntax.Error())
	case errors.As(err, &typ):
		return fmt.Sprintf("%q is a JSON %s; a %s is needed", typ.Field, graph.Clip(typ.Value), jsonNeeds[typ.Type.Kind()])
	}
	return "not well-formed JSON: " + err.Error()
}

func (l *jsonLine) op(kind string) (graph.Op, error) {
	switch kind {
	case "retract":
		id, err := graph.ParseClaimID(l.Retract)
		return graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: l.Reason}}, err
	case "entity":
		if l.Type == "" {
			return graph.Op{}, graph.Errorf(graph.BadInput, "the entity %s has no type", graph.Clip(l.Entity))
		}
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(l.Entity), Type: l.Type}}, nil
	case "subject":
		c, err := l.claim()
		return graph.Op{Kind: graph.Assert, Claim: c}, err
	}
	return graph.Op{}, graph.Errorf(graph.BadInput, "the line states nothing: it has neither subject (a claim), entity (a declaration) nor retract")
}

func (l *jsonLine) claim() (graph.Claim, error) {
	c := graph.Claim{
		Subject: graph.ID(l.Subject), Predicate: l.Predicate, Source: graph.ID(l.Source), Locator: l.Locator, Confidence: 1,
		AttributedTo: l.AttributedTo, Original: l.Original, Conflict: l.Conflict, Note: l.Note,
	}
	if l.Confidence != nil {
		c.Confidence = *l.Confidence
	}
	var err error
	switch {
	case l.Predicate == "":
		return c, graph.Errorf(graph.BadInput, "the claim has no predicate")
	case l.Object != "" && l.Value != nil:
		return c, graph.Errorf(graph.BadInput, "the claim has both an object and a value; an object names an entity, a value is a literal")
	case l.Object != "":
		c.Value = graph.EntityValue(graph.ID(l.Object))
	case l.Value != nil:
		if c.Value, err = jsonValue(l.Value); err != nil {
			return c, err
		}
	default:
		return c, graph.Errorf(graph.BadInput, "the claim has neither object nor value")
	}
	for _, name := range slices.Sorted(maps.Keys(l.Qualifiers)) {
		v, err := jsonValue(l.Qualifiers[name])
		if err != nil {
			return c, graph.Errorf(codeOf(err), "qualifier %s: %v", graph.Clip(name), err)
		}
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: name, Value: v})
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

// jsonValue reads a JSON value; what text or number it is, the ontology decides.
func jsonValue(raw json.RawMessage) (graph.Value, error) {
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return graph.Value{}, graph.Errorf(graph.BadInput, "%s", jsonMessage(err))
		}
		return graph.LooseValue(s), nil
	case '{':
		return jsonObject(raw)
	case '[', 'n':
		return graph.Value{}, graph.Errorf(graph.BadInput, "a value is one text, number, boolean or object; state each in a line of its own")
	}
	return graph.LooseValue(string(raw)), nil
}

// jsonObject reads a value that has parts.
func jsonObject(raw json.RawMessage) (graph.Value, error) {
	var o struct {
		Value, Lat, Lon *json.Number
		Unit, Entity    string
	}
	keys, err := objectKeys(raw)
	if err != nil {
		return graph.Value{}, err
	}
	if slices.Contains(keys, "kind") {
		return jsonKind(raw)
	}
	form := "" // of another kind of value
	if err := json.Unmarshal(raw, &o); err == nil {
		slices.Sort(keys)
		form = strings.Join(keys, " ")
	}
	switch form {
	case "unit value":
		if o.Value != nil {
			return graph.ParseValue(graph.QuantityKind, o.Value.String()+" "+o.Unit)
		}
	case "lat lon":
		if o.Lat != nil && o.Lon != nil {
			return graph.ParseValue(graph.CoordinatesKind, o.Lat.String()+","+o.Lon.String())
		}
	case "entity":
		return graph.EntityValue(graph.ID(o.Entity)), nil
	}
	return graph.Value{}, graph.Errorf(graph.BadInput, `an object as a value is {"value":…,"unit":…}, {"lat":…,"lon":…} or {"entity":…}`)
}

// jsonKind reads a value that says of what kind it is: the ontology of the store
// that it was exported from had no field for it.
func jsonKind(raw json.RawMessage) (graph.Value, error) {
	var o struct{ Kind, Value string }
	err := json.Unmarshal(raw, &o)
	kind, ok := graph.ParseKind(o.Kind)
	if err != nil || !ok {
		return graph.Value{}, graph.Errorf(graph.BadInput, `a value with its kind is {"kind":…,"value":"…"}, both texts`)
	}
	return graph.ParseValue(kind, o.Value)
}
