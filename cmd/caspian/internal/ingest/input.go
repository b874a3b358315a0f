// Package ingest reads files, folders and streams as changes of the graph.
//
// Read Input, Read and Import first. An Input is one file, folder or stream in one format. Read returns the
// operations of several inputs as one list. Import imports inputs into a graph: line formats in batches, and
// all others as one change. The package must not know where the graph is stored.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/packed"
)

// Input is one file, folder or stream with its format.
type Input struct {
	// Name is the name of the input for messages.
	Name   string
	Format *codec.Format

	opened func() (io.ReadCloser, error) // opens a stream, which may be compressed
	dir    fs.FS                         // a folder that the format reads as a whole
	most   int64                         // the bytes that it may have unpacked; 0 means any number
}

// Received returns the input of a file that is stored under a path. name is for messages. It may have most bytes, unpacked,
// if its format is not read in batches; 0 means any number.
func Received(name, path string, format *codec.Format, most int64) Input {
	return Input{Name: name, Format: format, most: most, opened: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// ReceivedFolder returns the input of a folder.
func ReceivedFolder(name string, dir fs.FS, format *codec.Format) Input {
	return Input{Name: name, Format: format, dir: dir}
}

// IsFolder reports whether the input is a folder that its format reads as a whole.
func (in *Input) IsFolder() bool { return in.dir != nil }

// Files calls fn with each file of the input as it is stored, packed or not. Files of a folder have names below it.
func (in *Input) Files(fn func(name string, open func() (io.ReadCloser, error)) error) error {
	if in.dir == nil {
		return fn(in.Name, in.opened)
	}
	return fs.WalkDir(in.dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return fn(p, func() (io.ReadCloser, error) { return in.dir.Open(p) })
	})
}

// open opens a stream and decompresses it.
func (in *Input) open() (io.ReadCloser, error) {
	r, err := in.opened()
	if err != nil {
		return nil, err
	}
	u, err := unpacked(in.Name, r)
	if err == nil && in.most > 0 && in.Format != codec.JSONLines {
		u = &atMost{ReadCloser: u, name: in.Name, most: in.most, left: in.most}
	}
	return u, err
}

// atMost refuses a stream that is longer than allowed.
type atMost struct {
	io.ReadCloser
	name       string
	most, left int64
}

func (a *atMost) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if a.left -= int64(n); a.left < 0 {
		return 0, graph.Errorf(graph.BadInput, "%s has more than %d bytes, unpacked, which is the most for a file that becomes one change here: "+
			"send JSON lines, which are imported in batches, or start the service with a larger --max-import", a.name, a.most)
	}
	return n, err
}

func unpacked(name string, r io.ReadCloser) (io.ReadCloser, error) {
	u, err := packed.Open(name, r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return u, nil
}

// Open opens a file and decompresses it.
func Open(name string) (io.ReadCloser, error) {
	r, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return unpacked(name, r)
}

// Stdin is the path that means the standard input.
const Stdin = "-"

// StandardInput is the name of the standard input in messages.
const StandardInput = "standard input"

// Find returns the inputs of paths. A folder is one input if the format reads folders. Otherwise every file in it with
// an extension of a format (or of the given format) is an input, in the order of the names; say, if not nil, is called
// for each file that is left out. A path that contains * ? or [ and names no file itself is a pattern. format may be
// nil. Then the names of the files determine the formats, and the standard input is JSON lines. Compressed inputs are
// decompressed.
func Find(paths []string, format *codec.Format, stdin io.Reader, say func(format string, a ...any)) ([]Input, error) {
	var inputs []Input
	for _, p := range paths {
		found, err := find(p, format, stdin, say)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, found...)
	}
	for _, in := range inputs {
		if in.dir == nil && in.Format.Decode == nil {
			if in.Format.DecodeDir != nil {
				return nil, graph.Errorf(graph.BadInput, "%s: the format %s reads a folder, not a file", in.Name, in.Format.Name)
			}
			return nil, graph.Errorf(graph.BadInput, "%s: the format %s cannot be read yet", in.Name, in.Format.Name)
		}
	}
	return inputs, nil
}

func find(p string, format *codec.Format, stdin io.Reader, say func(string, ...any)) ([]Input, error) {
	if p == Stdin {
		if format == nil {
			format = codec.JSONLines
		}
		return []Input{{Name: StandardInput, Format: format, opened: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }}}, nil
	}
	info, err := os.Stat(p)
	if matches, bad := filepath.Glob(p); errors.Is(err, fs.ErrNotExist) && bad == nil && len(matches) > 0 {
		return Find(matches, format, stdin, say)
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		in, err := file(p, format, func() (io.ReadCloser, error) { return os.Open(p) })
		return []Input{in}, err
	}
	if format != nil && format.DecodeDir != nil {
		return []Input{{Name: p, Format: format, dir: os.DirFS(p)}}, nil
	}
	return Folder(os.DirFS(p), filepath.ToSlash(p), format, say)
}

func file(name string, format *codec.Format, open func() (io.ReadCloser, error)) (Input, error) {
	if format == nil {
		var err error
		if format, err = datasets.Formats.ForFile(name); err != nil {
			return Input{}, err
		}
	}
	return Input{Name: name, Format: format, opened: open}, nil
}

// Folder returns an input for every file under fsys whose extension belongs to a format, or to the given
// format. It calls say for each file that it leaves out. Messages put name before the names of files.
func Folder(fsys fs.FS, name string, format *codec.Format, say func(format string, a ...any)) ([]Input, error) {
	formats := datasets.Formats
	if format != nil {
		formats = codec.List{format}
	}
	var inputs []Input
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		named, unknown := formats.ForFile(p)
		if unknown != nil {
			if say != nil {
				say("%s is left out: its name has no ending of the format", path.Join(name, p))
			}
			return nil
		}
		in, err := file(path.Join(name, p), named, func() (io.ReadCloser, error) { return fsys.Open(p) })
		inputs = append(inputs, in)
		return err
	})
	if err == nil && len(inputs) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s: no file in it has the ending of a format; name a format with --format", name)
	}
	return inputs, err
}

// Read decodes all inputs in order into one list. If inputs are malformed, the error is graph.Problems, and the
// well-formed operations are returned too.
func Read(ctx context.Context, inputs []Input) ([]graph.Op, error) {
	type result struct {
		ops parts
		err error
	}
	var all parts
	done := map[*codec.Format]bool{}
	for i := range inputs {
		if f := inputs[i].Format; f.Once != nil && !done[f] {
			done[f] = true
			if err := f.Once(ctx, all.add); err != nil {
				return slices.Concat(all...), err
			}
		}
	}
	results := make([]result, len(inputs))
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range inputs {
		wg.Add(1)
		free <- struct{}{}
		go func() {
			defer func() { <-free; wg.Done() }()
			r := &results[i]
			r.err = inputs[i].Decode(ctx, r.ops.add)
		}()
	}
	wg.Wait()
	var faults graph.Problems
	for i := range results {
		var ps graph.Problems
		switch {
		case results[i].err == nil:
		case errors.As(results[i].err, &ps):
			faults = append(faults, ps...)
		default:
			return nil, results[i].err
		}
		all = append(all, results[i].ops...)
	}
	if len(faults) > 0 {
		return slices.Concat(all...), faults
	}
	return slices.Concat(all...), nil
}

// parts is a long list of operations in several slices. An operation is large, and a single growing slice would
// be copied several times.
type parts [][]graph.Op

func (p *parts) add(op graph.Op) error {
	last := len(*p) - 1
	if last < 0 || len((*p)[last]) == cap((*p)[last]) {
		*p = append(*p, make([]graph.Op, 0, 64<<min(len(*p), 4)))
		last++
	}
	(*p)[last] = append((*p)[last], op)
	return nil
}

// Decode emits the operations of the input. It closes the streams that it opens.
func (in *Input) Decode(ctx context.Context, emit codec.Emit) error {
	if in.dir != nil {
		return in.Format.DecodeDir(ctx, in.dir, in.Name, emit)
	}
	r, err := in.open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", in.Name, err)
	}
	defer r.Close() // an error of closing does not change what was read
	return in.Format.Decode(ctx, in.Name, r, emit)
}

// Names joins the names of the inputs for a message.
func Names(inputs []Input) string { return joined(inputs, func(name string) string { return name }) }

// baseNames joins the names of the inputs without folders, which should stay private.
func baseNames(inputs []Input) string {
	return joined(inputs, func(name string) string { return path.Base(filepath.ToSlash(name)) })
}

func joined(inputs []Input, write func(name string) string) string {
	names := make([]string, 0, 3)
	for i := range inputs {
		if i == 3 && len(inputs) > 4 {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(inputs)-3)
		}
		names = append(names, write(inputs[i].Name))
	}
	return strings.Join(names, ", ")
}

// clipLabel cuts a text to the length that the label of an import may have.
func clipLabel(text string) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) <= graph.MaxLabel {
		return text
	}
	return strings.ToValidUTF8(text[:graph.MaxLabel-len("…")], "") + "…"
}

// formatsOf joins the names of the formats of the inputs.
func formatsOf(inputs []Input) string {
	var names []string
	for i := range inputs {
		if name := inputs[i].Format.Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return clipLabel(strings.Join(names, ", "))
}
