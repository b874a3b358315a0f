// Package codec decodes bytes into operations on the graph, each with its position, and encodes claims as
// bytes. Each format has a file.
//
// Read Format and Formats first. A decoder checks only the form of its input: graph.Check decides whether an
// entity exists and whether a value is valid. The package must not know the store, the snapshot or HTTP.
package codec

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/schema"
)

// Emit receives one operation of an input. If it returns an error, the decoder stops.
type Emit func(graph.Op) error

// Format is one format of claims. It can decode a stream (Decode), a folder of files that belong together
// (DecodeDir), or both. It may also encode (Encode).
type Format struct {
	Name string
	// About describes the format in one line, for help texts.
	About string
	// Extensions are the extensions of the format's files, with their dots.
	Extensions []string
	// Lossless is true if decoding the output of Encode gives the same graph.
	Lossless bool

	// Once, if not nil, emits the operations that all inputs of the format share. It is called once, before the
	// inputs are read.
	Once func(ctx context.Context, emit Emit) error
	// Decode reads a stream; name is for messages. It calls emit with each well-formed operation, and returns
	// graph.Problems with every fault of form.
	Decode func(ctx context.Context, name string, r io.Reader, emit Emit) error
	// DecodeDir reads a folder.
	DecodeDir func(ctx context.Context, dir fs.FS, name string, emit Emit) error
	// Encode writes the claims of a graph.
	Encode func(ctx context.Context, w io.Writer, from Graph) error
}

// Graph is the graph that an encoder writes. Its methods pass everything in record order.
type Graph interface {
	Ontology() *schema.Ontology
	// Entities calls fn for each entity.
	Entities(fn func(graph.Entity) error) error
	// Claims calls fn for each claim; live is false for a withdrawn claim.
	Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error
	// ReasonOf returns the reason of the last withdrawal or reinstatement of a claim, or "" if it has none.
	ReasonOf(graph.ClaimID) string
	// Merged calls fn with each entity that is merged into another, in the order of the merges.
	Merged(fn func(graph.Merged) error) error
}

// List is an ordered list of formats.
type List []*Format

// Formats lists all formats of this package; the tests of all formats iterate over it.
var Formats = List{Seed, JSONLines, NQuads, JSONLD}

// ByName returns the format with the name, or an error that lists all names.
func (l List) ByName(name string) (*Format, error) {
	names := make([]string, len(l))
	for i, f := range l {
		if f.Name == name {
			return f, nil
		}
		names[i] = f.Name
	}
	return nil, graph.Errorf(graph.BadInput, "there is no format %q; the formats are %s", name, strings.Join(names, ", "))
}

// ForFile returns the format that belongs to the longest ending of a file's name, before that of its packing.
func (l List) ForFile(name string) (*Format, error) {
	var found *Format
	longest := 0
	whole := strings.ToLower(packed.Name(name))
	for _, f := range l {
		for _, ending := range f.Extensions {
			if strings.HasSuffix(whole, ending) && len(ending) > longest {
				found, longest = f, len(ending)
			}
		}
	}
	if found == nil {
		return nil, graph.Errorf(graph.BadInput, "%s: the file's name has no known extension; name the format with --format", name)
	}
	return found, nil
}

// MaxProblems is how many faults of one input are listed. One more problem then says that there are more.
const MaxProblems = 100

// Faults collects the faults of form of one input. The zero value is ready.
type Faults struct {
	list graph.Problems
	more int
}

// Add records a fault. After MaxProblems faults, it only counts.
func (p *Faults) Add(at graph.Position, code graph.Code, format string, a ...any) {
	p.Report(graph.Problem{Position: at, Code: code, Message: fmt.Sprintf(format, a...)})
}

// Report records a fault that is a graph.Problem already.
func (p *Faults) Report(fault graph.Problem) {
	if len(p.list) >= MaxProblems {
		p.more++
		return
	}
	p.list = append(p.list, fault)
}

// Err returns the graph.Problems of the input, or nil if there are none.
func (p *Faults) Err() error {
	if len(p.list) == 0 {
		return nil
	}
	if p.more > 0 {
		p.list = append(p.list, graph.MoreProblems(p.more))
		p.more = 0
	}
	return p.list
}
