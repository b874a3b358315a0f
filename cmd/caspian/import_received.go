package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/foreign"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/server"
)

// defaultMaxImport bounds the memory of an import, which is some five times as much.
const defaultMaxImport = 128 << 20

// importParameters are the parameters of POST /import.
var importParameters = []string{"format", "name", "mapping", "sync", "dryRun", "onError", "label", "batch", "threshold"}

// received is an import that a client sent to the service.
type received struct {
	g       *live.Graph
	asked   url.Values
	inputs  []ingest.Input
	options ingest.Options
	dry     bool
	tables  tables
	faults  graph.Problems // of the mapping
}

// receiveImports returns the function that imports what clients send. most bounds a file that becomes one change.
func receiveImports(g *live.Graph, most int64, log *slog.Logger) func(context.Context, *server.ImportRequest) (*server.Imported, error) {
	return func(ctx context.Context, req *server.ImportRequest) (*server.Imported, error) {
		in := &received{g: g, asked: req.Asked}
		if err := in.read(req, most); err != nil {
			return nil, err
		}
		return in.run(ctx, req, log), nil
	}
}

// read reads the parameters and the files of a request.
func (in *received) read(req *server.ImportRequest, most int64) (err error) {
	for name, values := range in.asked {
		switch {
		case !slices.Contains(importParameters, name):
			return graph.Errorf(graph.BadInput, "there is no parameter %q; the parameters are %s, and the files file, mapping, table and review", graph.Clip(name), strings.Join(importParameters, ", "))
		case len(values) > 1:
			return graph.Errorf(graph.BadInput, "the parameter %s is given %d times", name, len(values))
		}
	}
	in.tables.finder = ingest.In(in.g.Snapshot())
	o := &in.options
	o.Sync, o.Label = graph.ID(in.asked.Get("sync")), in.asked.Get("label")
	if o.Batch, err = in.number("batch", 1, 1_000_000); err != nil {
		return err
	}
	if in.dry, err = in.truth("dryRun"); err != nil {
		return err
	}
	if err := in.mapping(req.Files); err != nil {
		return err
	}
	if err := in.rows(); err != nil || in.faults != nil {
		return err
	}
	return in.files(req.Files, most)
}

func (in *received) number(name string, least, most int) (int, error) {
	text := in.asked.Get(name)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < least || n > most) {
		return 0, graph.Errorf(graph.BadInput, "%s is a number from %d to %d, not %q", name, least, most, graph.Clip(text))
	}
	return n, nil
}

func (in *received) truth(name string) (bool, error) {
	switch text := in.asked.Get(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, graph.Errorf(graph.BadInput, "%s is true or false, not %q", name, graph.Clip(text))
	}
}

// mapping reads the mapping of the request, with its tables.
func (in *received) mapping(files []server.ImportFile) error {
	text, name := []byte(in.asked.Get("mapping")), "mapping"
	tables := map[string]string{}
	for _, f := range files {
		switch f.Part {
		case "table":
			tables[f.Name] = f.Path
		case "mapping":
			if len(text) > 0 {
				return graph.Errorf(graph.BadInput, "the mapping is given twice")
			}
			read, err := os.ReadFile(f.Path)
			if err != nil {
				return err
			}
			text, name = read, cmp.Or(f.Name, name)
		}
	}
	if len(text) == 0 {
		return nil
	}
	m, err := codec.ReadMapping(name, text, func(file string) ([]byte, error) {
		if path, ok := tables[file]; ok {
			return os.ReadFile(path)
		}
		return nil, fmt.Errorf("the table %s is not among the files of the request; send it as a part named table", graph.Clip(file))
	})
	if !errors.As(err, &in.faults) && err != nil {
		return err
	}
	in.tables.mapping = m
	return nil
}

// rows reads how rows of tables are read.
func (in *received) rows() error {
	switch text := in.asked.Get("onError"); text {
	case "", "stop":
	case "skip":
		in.options.Skip = true
	default:
		return graph.Errorf(graph.BadInput, "onError is stop or skip, not %q", graph.Clip(text))
	}
	threshold, err := in.number("threshold", 1, 100)
	switch {
	case err != nil:
		return err
	case in.tables.mapping == nil && (in.options.Skip || in.asked.Has("threshold")):
		return graph.Errorf(graph.BadInput, "onError=skip and threshold are for tables: send their mapping")
	case in.tables.mapping != nil && in.asked.Get("format") != "":
		return graph.Errorf(graph.BadInput, "the mapping says what the format is: leave out format")
	case in.options.Skip && in.options.Sync != "":
		return graph.Errorf(graph.BadInput, "a sync withdraws what the files do not state, so rows with faults cannot be left out: correct them first")
	}
	in.tables.review = ingest.NewReview()
	if threshold > 0 {
		in.tables.review.Threshold = threshold
	}
	return nil
}

// files makes inputs of the files.
func (in *received) files(files []server.ImportFile, most int64) error {
	var whole []server.ImportFile
	for _, f := range files {
		switch f.Part {
		case "", "file":
			whole = append(whole, f)
		case "mapping", "table":
		case "review":
			if err := in.decisions(f); err != nil {
				return err
			}
		default:
			return graph.Errorf(graph.BadInput, "the form has a file named %q; files are named file, mapping, table and review", graph.Clip(f.Part))
		}
	}
	in.tables.review.Find = in.tables.finder.Candidates
	if len(whole) == 0 {
		return graph.Errorf(graph.BadInput, "there is nothing to import: send a file as the body, or as the part file of a form")
	}
	var format *codec.Format
	switch name := in.asked.Get("format"); {
	case in.tables.mapping != nil:
		format = in.tables.mapping.Format(&in.tables)
	case name != "":
		var err error
		if format, err = datasets.Formats.ByName(name); err != nil {
			return err
		}
	}
	if format != nil && format.DecodeDir != nil && (len(whole) > 1 || format.Decode == nil) {
		return in.folder(whole, format)
	}
	for _, f := range whole {
		of, name, err := formatOf(f, format, in.asked.Get("name"))
		if err != nil {
			return err
		}
		in.inputs = append(in.inputs, ingest.Received(name, f.Path, foreign.Bind(of, in.tables.finder), most))
	}
	return nil
}

func (in *received) decisions(f server.ImportFile) error {
	text, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer text.Close() // an error of closing does not change what was read
	threshold := in.tables.review.Threshold
	if in.tables.review, err = ingest.DecodeReview(cmp.Or(f.Name, "review"), text); err == nil {
		in.tables.review.Threshold = threshold
	}
	return err
}

// folder makes one input of files that a format reads together.
func (in *received) folder(files []server.ImportFile, format *codec.Format) error {
	dir := filepath.Join(filepath.Dir(files[0].Path), "folder")
	for _, f := range files {
		if !fs.ValidPath(f.Name) {
			return graph.Errorf(graph.BadInput, "the format %s reads a folder, and %q is not the path of a file in one", format.Name, graph.Clip(f.Name))
		}
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.Rename(f.Path, to)); err != nil {
			return graph.Errorf(graph.BadInput, "%q cannot be stored beside the other files; give each file a separate name", graph.Clip(f.Name))
		}
	}
	in.inputs = []ingest.Input{ingest.ReceivedFolder(cmp.Or(in.asked.Get("name"), format.Name), os.DirFS(dir), format)}
	return nil
}

// endings are the endings of files by their media types.
var endings = map[string]string{
	"application/x-ndjson": ".jsonl", "application/jsonl": ".jsonl", "application/ndjson": ".jsonl", "application/json-lines": ".jsonl",
	"application/n-quads": ".nq", "application/n-triples": ".nt", "text/turtle": ".ttl", "application/trig": ".trig", "application/ld+json": ".jsonld",
	"application/yaml": ".yaml", "application/x-yaml": ".yaml", "text/yaml": ".yaml",
	"text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json", "application/geo+json": ".geojson",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

// formatOf returns the format of a file and its name for messages. The format is the given one, if there is one, or follows
// from the name or the media type of the file.
func formatOf(f server.ImportFile, given *codec.Format, asked string) (*codec.Format, string, error) {
	ending := endings[f.Media]
	name := cmp.Or(f.Name, asked, "body"+ending)
	if given != nil {
		if _, err := (codec.List{given}).ForFile(name); err != nil && ending != "" {
			name += ending // by which the kind of a table is known
		}
		if given.Decode == nil {
			return nil, "", graph.Errorf(graph.BadInput, "%s: the format %s reads a folder; send its files as parts of a form", name, given.Name)
		}
		return given, name, nil
	}
	for _, of := range []string{name, "body" + ending} {
		if found, err := datasets.Formats.ForFile(of); err == nil && found.Decode != nil {
			return found, name, nil
		}
	}
	if ending == ".csv" || ending == ".tsv" || ending == ".xlsx" || strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".tsv") || strings.HasSuffix(name, ".xlsx") {
		return nil, "", graph.Errorf(graph.BadInput, "%s is a table: send the mapping that says what its rows state, as the part mapping of a form", name)
	}
	return nil, "", graph.Errorf(graph.BadInput, "%s: neither its name nor its media type (%s) shows its format; the media types are %s; or give the parameter format, such as format=jsonl",
		name, cmp.Or(f.Media, "none"), strings.Join(slices.Sorted(maps.Keys(endings)), ", "))
}

// run imports the files.
func (in *received) run(ctx context.Context, req *server.ImportRequest, log *slog.Logger) *server.Imported {
	if in.faults != nil {
		r := &ingest.Report{Seq: in.g.Snapshot().Seq()}
		return &server.Imported{Report: r.Outcome(&ingest.Failed{Problems: in.faults, Resume: "nothing was imported; correct the mapping"}, in.dry)}
	}
	to := ingest.Target(inService{in.g, req.Write})
	if in.dry {
		to = in.g.Trial()
	}
	shown, err := in.tables.preview(ctx, in.inputs, in.dry)
	if err != nil {
		log.Error("preview_failed", "error", err.Error())
	}
	if req.Progress != nil {
		in.options.Progress = func(_ string, r *ingest.Report) { req.Progress(r.Outcome(nil, in.dry)) }
	}
	r, err := ingest.Import(ctx, to, in.inputs, in.options)
	in.tables.finish(r, shown, in.dry, in.g.Snapshot().Seq())
	out := &server.Imported{Complete: err == nil}
	var f *ingest.Failed
	if errors.As(err, &f) && f.Cause != nil {
		out.Err = f.Cause
		var known *graph.Error
		if !errors.As(f.Cause, &known) {
			// The text may name files of this machine.
			f.Cause = errors.New("something went wrong in the service; it has been logged")
		} else if known.Code == graph.BadInput {
			out.Err = nil
		}
	}
	out.Report = r.Outcome(err, in.dry)
	return out
}

// inService commits changes when the service has room for a write.
type inService struct {
	*live.Graph
	write func(context.Context, func() error) error
}

// Commit implements ingest.Target.
func (s inService) Commit(ctx context.Context, ch *graph.Change) (got *live.Receipt, err error) {
	werr := s.write(ctx, func() error {
		got, err = s.Graph.Commit(ctx, ch)
		return nil
	})
	if werr != nil {
		return nil, werr
	}
	return got, err
}
