package datasets

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// Labels is the format of large tables of names, one name a line, in which people can look up what
// is stated and see what changes:
//
//	# A comment.
//	source cldr 0.95
//	BEL	name	Belgien	da de sv	*/BE
//	COD	aliases	Zaire		CD/Country name	1971/1997
//
// The columns are separated by tabs: the entity, the field, the text, its languages (BCP 47; none:
// the text is in no particular one), the locator, in which * is the language, and the valid time.
// The last two may be left out. A line gives one claim for each language, or one, by the source
// and with the confidence of the last line that names them. DEPRECATED after these is the rank of
// names that are no longer in use, since an unknown date. Entities are declared elsewhere.
var Labels = &codec.Format{
	Name:       "names",
	About:      "tables of names by language, one name a line",
	Extensions: []string{".names"},
	Decode:     decodeLabels,
}

// maxLabelLine is the most bytes of a line.
const maxLabelLine = 1 << 16

// labelReader reads one table of names.
type labelReader struct {
	codec.Faults
	source     graph.ID
	confidence float64
	rank       graph.Rank
	emit       codec.Emit
}

func decodeLabels(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := labelReader{emit: emit}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLabelLine)
	at := graph.Position{File: name}
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return err
		}
		at.Line++
		line := lines.Text()
		var err error
		switch {
		case !utf8.ValidString(line):
			t.Add(at, graph.BadInput, "the line is not valid UTF-8")
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case strings.HasPrefix(line, "source "):
			t.begin(at, line)
		default:
			err = t.line(at, strings.Split(line, "\t"))
		}
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		if err == bufio.ErrTooLong {
			at.Line++
			t.Add(at, graph.BadInput, "the line has more than %d bytes; divide it", maxLabelLine)
			return t.Err()
		}
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return t.Err()
}

// begin reads a line that sets the source of the names that follow.
func (t *labelReader) begin(at graph.Position, line string) {
	words := strings.Fields(line)
	old := len(words) == 4 && words[3] == "DEPRECATED"
	if len(words) != 3 && !old {
		t.Add(at, graph.BadInput, "a line that begins with source has the id of the source and the confidence of its names, and may have DEPRECATED: source cldr 0.95")
		return
	}
	t.rank = graph.Normal
	if old {
		t.rank = graph.Deprecated
	}
	confidence, err := strconv.ParseFloat(words[2], 64)
	if err != nil {
		t.Add(at, graph.BadInput, "%q is not a confidence; give a number from 0 to 1", words[2])
		return
	}
	t.source, t.confidence = graph.ID(words[1]), confidence
}

// line reads a name and emits its claims. It returns the error of the receiver.
func (t *labelReader) line(at graph.Position, cells []string) error {
	switch {
	case len(cells) < 3 || len(cells) > 6:
		t.Add(at, graph.BadInput, "the line has %d columns; it needs an entity, a field and a text, and may have languages, a locator and a valid time, separated by tabs", len(cells))
		return nil
	case t.source == "":
		t.Add(at, graph.BadInput, "no source is named before this line; begin with source ID CONFIDENCE")
		return nil
	}
	cells = append(cells, "", "", "")[:6]
	c := graph.Claim{Subject: graph.ID(cells[0]), Predicate: cells[1], Value: graph.StringValue(cells[2]), Source: t.source, Confidence: t.confidence, Rank: t.rank}
	if cells[5] != "" {
		iv, err := graph.ParseInterval(cells[5])
		if err != nil {
			t.Add(at, graph.BadInput, "%v", err)
			return nil
		}
		c.Valid = iv
	}
	languages := strings.Fields(cells[3])
	if len(languages) == 0 {
		c.Locator = cells[4]
		return t.emit(graph.Op{Kind: graph.Assert, Claim: c, Position: at})
	}
	for _, lang := range languages {
		in := c
		in.Locator = strings.Replace(cells[4], "*", lang, 1)
		in.Qualifiers = []graph.QualifierValue{{Name: "lang", Value: graph.StringValue(lang)}}
		if err := t.emit(graph.Op{Kind: graph.Assert, Claim: in, Position: at}); err != nil {
			return err
		}
	}
	return nil
}
