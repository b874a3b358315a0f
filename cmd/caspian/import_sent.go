package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/graph"
)

// send imports through a service, which reads the files itself.
func (e *importing) send(ctx context.Context, at *client.Service, format string, o ingest.Options) (*ingest.Report, error) {
	nothing := func(err error) (*ingest.Report, error) {
		return &ingest.Report{}, &ingest.Failed{Cause: err, Resume: "nothing was imported"}
	}
	parts, err := e.parts(format)
	if err != nil {
		return nothing(err)
	}
	last := &ingest.Report{}
	text, err := at.Import(ctx, parts, func(text json.RawMessage) {
		now := &ingest.Outcome{Report: &ingest.Report{}}
		if json.Unmarshal(text, now) == nil {
			last = now.Report
			o.Progress(ingest.Names(e.inputs), last)
		}
	})
	if err != nil && last.Import != 0 {
		return last, &ingest.Failed{Cause: err, Resume: fmt.Sprintf("%s, and more may be; run the same import again: what is known changes nothing", summary(last))}
	} else if err != nil {
		return nothing(err)
	}
	got := &ingest.Outcome{Report: &ingest.Report{}}
	if err := json.Unmarshal(text, got); err != nil {
		return nothing(fmt.Errorf("reading the report of %s: %w", at.Name, err))
	}
	return got.Result()
}

// parts are the files and the options of the import.
func (e *importing) parts(format string) (parts []client.Part, err error) {
	o, m := e.options, e.mapping
	value := func(name, text string) { parts = append(parts, client.Part{Name: name, Value: text}) }
	for name, text := range map[string]string{"format": format, "sync": string(o.Sync), "label": o.Label} {
		if text != "" {
			value(name, text)
		}
	}
	value("batch", strconv.Itoa(o.Batch))
	if e.dry {
		value("dryRun", "true")
	}
	if m.mapping != nil {
		value("threshold", strconv.Itoa(*m.threshold))
		if o.Skip {
			value("onError", "skip")
		}
		parts = append(parts, client.FileAt("mapping", *m.file, *m.file))
		for _, file := range m.given {
			parts = append(parts, client.FileAt("table", file, filepath.Join(filepath.Dir(*m.file), filepath.FromSlash(file))))
		}
		if text, _ := m.review.Text(); text != "" {
			parts = append(parts, client.FileAt("review", *m.reviewed, *m.reviewed))
		}
	}
	for i := range e.inputs {
		in := &e.inputs[i]
		if in.IsFolder() {
			if len(e.inputs) > 1 {
				return nil, graph.Errorf(graph.BadInput, "a service imports one folder of the format %s at a time, and here are %d", in.Format.Name, len(e.inputs))
			}
			value("name", in.Name)
		}
		media := ""
		if in.Name == ingest.StandardInput && format == "" && m.mapping == nil {
			media = "application/x-ndjson"
		}
		err := in.Files(func(name string, open func() (io.ReadCloser, error)) error {
			parts = append(parts, client.Part{Name: "file", File: name, Media: media, Open: open, Once: in.Name == ingest.StandardInput})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return parts, nil
}
