// Package codec turns bytes into operations on the graph, with the position of
// each, and claims into bytes: one file for each format.
//
// Read Format and Formats first. A decoder checks the form of its input and
// nothing else: whether an entity exists or a value fits is for graph.Check.
// The package must not know the store, the snapshot or HTTP.
package codec

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/schema"
)

// Emit takes one operation of an input; if it returns an error, the reading ends.
type Emit func(graph.Op) error

// Format is one way to write the graph down. A format reads a stream (Decode),
// or a folder of files that belong together (DecodeDir), or both, and may
// write (Encode).
type Format struct {
	Name string
	// About is one line for help texts.
	About string
	// Extensions recognise a file by its name, with their dots.
	Extensions []string
	// Lossless is true if what Encode writes gives the same graph again.
	Lossless bool

	// Once, if not nil, states what holds for all inputs of the format together; it is called before they are read.
	Once func(ctx context.Context, emit Emit) error
	// Decode reads a stream; name is for messages. It calls emit with what is
	// well formed and returns graph.Problems with every fault of form.
	Decode func(ctx context.Context, name string, r io.Reader, emit Emit) error
	// DecodeDir reads a folder.
	DecodeDir func(ctx context.Context, dir fs.FS, name string, emit Emit) error
	// Encode writes the claims of a source.
	Encode func(ctx context.Context, w io.Writer, from Graph) error
}

// Graph is what an encoder writes: everything the store knows, in record order.
type Graph interface {
	Ontology() *schema.Ontology
	// Entities calls fn for each entity.
	Entities(fn func(graph.Entity) error) error
	// Claims calls fn for each claim; live is false for withdrawn ones.
	Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error
	// ReasonOf is why a claim was withdrawn, or reinstated if that came later; "" if nobody said.
	ReasonOf(graph.ClaimID) string
}

// List is an ordered list of formats.
type List []*Format

// Formats lists every format of this package; the tests of all formats walk it.
var Formats = List{Seed, JSONLines, NQuads, JSONLD}

// ByName returns the named format or an error that lists them.
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

// ForFile returns the format that belongs to the extension of a file's name, before that of its packing.
func (l List) ForFile(name string) (*Format, error) {
	ext := packed.Ext(name)
	for _, f := range l {
		if slices.Contains(f.Extensions, ext) {
			return f, nil
		}
	}
	return nil, graph.Errorf(graph.BadInput, "%s: the file's name has no known extension; name the format with --format", name)
}

// MaxProblems bounds how many faults of one input are listed; a last one says
// that there are more.
const MaxProblems = 100

// Faults collects the faults of form of one input. The zero value is ready.
type Faults struct {
	list graph.Problems
	more int
}

// Add records a fault; beyond MaxProblems it only counts.
func (p *Faults) Add(at graph.Position, code graph.Code, format string, a ...any) {
	p.Report(graph.Problem{Position: at, Code: code, Message: fmt.Sprintf(format, a...)})
}

// Report is Add of a fault at hand.
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
