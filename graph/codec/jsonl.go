package codec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
)

// JSONLines is one JSON object per line:
//
//	{"entity":"KAZ","type":"Country"}
//	{"subject":"KAZ","predicate":"capital","object":"astana","valid":"1997-12-10/..","source":"factbook","locator":"kz.json","confidence":0.9}
//	{"subject":"KAZ","predicate":"population","value":20432662,"valid":"2025","source":"factbook","qualifiers":{}}
//	{"retract":"c…","reason":"misread"}
//	{"merge":"alma-ata","into":"almaty"}
//
// An object names an entity, a value a literal: a text, a number, true or
// false, {"value":3,"unit":"bcm"} or {"lat":48,"lon":68}; a range {"min":10,"max":15,"unit":"bcm"},
// with over instead of min and under instead of max where the end does not belong to it; {"kind":"string","value":"3"}
// says its kind where the ontology does not; {"none":true} says that there is nothing. Qualifiers are
// values by name; an entity among them is {"entity":"KAZ"} or its id. Empty lines are skipped.
// Withdrawn claims are written as the claim and its retraction, and merges after all claims.
var JSONLines = &Format{
	Name:       "jsonl",
	About:      "JSON lines for scripts: one claim per line",
	Extensions: []string{".jsonl", ".ndjson"},
	Lossless:   true,
	Decode:     decodeJSONLines,
	Encode:     encodeJSONLines,
}

// MaxLine is the most bytes of one line in a format of lines.
const MaxLine = 1 << 20

// jsonLine is one line as it is written. Its keys show what the line states.
type jsonLine struct {
	Entity string `json:"entity,omitempty"`
	Type   string `json:"type,omitempty"`

	Subject      string                     `json:"subject,omitempty"`
	Predicate    string                     `json:"predicate,omitempty"`
	Object       string                     `json:"object,omitempty"`
	Value        json.RawMessage            `json:"value,omitempty"`
	Qualifiers   map[string]json.RawMessage `json:"qualifiers,omitempty"`
	Valid        string                     `json:"valid,omitempty"`
	Source       string                     `json:"source,omitempty"`
	Locator      string                     `json:"locator,omitempty"`
	Confidence   *float64                   `json:"confidence,omitempty"`
	Rank         string                     `json:"rank,omitempty"`
	Attribution  string                     `json:"attribution,omitempty"`
	AttributedTo string                     `json:"attributedTo,omitempty"`
	Original     string                     `json:"original,omitempty"`
	Conflict     string                     `json:"conflict,omitempty"`
	Note         string                     `json:"note,omitempty"`
	Supersedes   []string                   `json:"supersedes,omitempty"`

	Retract   string `json:"retract,omitempty"`
	Reinstate string `json:"reinstate,omitempty"`
	Reason    string `json:"reason,omitempty"`

	Merge   string `json:"merge,omitempty"`
	Into    string `json:"into,omitempty"`
	Unmerge string `json:"unmerge,omitempty"`

	Scenario string `json:"scenario,omitempty"`
	Title    string `json:"title,omitempty"`
	Override string `json:"override,omitempty"`
	Remove   string `json:"remove,omitempty"`
}

func decodeJSONLines(ctx context.Context, name string, r io.Reader, emit Emit) error {
	var ps Faults
	var reader lineReader
	err := lines(ctx, name, r, &ps, func(line int, text []byte) error {
		at := graph.Position{File: name, Line: line}
		op, err := reader.op(text)
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

// lines calls fn with each line that is not blank. A line that is too long or is not valid UTF-8 becomes a
// problem, and reading continues after it.
func lines(ctx context.Context, name string, r io.Reader, ps *Faults, fn func(line int, text []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for n := 1; ; n++ {
		if n%256 == 1 && ctx.Err() != nil {
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

// readLine returns the next line. It copies the line only if the buffer is too small.
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
