// Package web has the explorer as files: the pages that Vite built from src, and the HTML around each of them.
//
// Read Load and Explorer first. Without Node, no pages are built; then Load returns an Explorer without pages, and
// the service shows plain.html. The package must not know HTTP, GraphQL or the graph.
package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"sync"
)

//go:embed all:dist shell.html plain.html
var files embed.FS

// built is the folder into which Vite writes.
const built = "dist/build"

// Explorer is the built explorer. It does not change after Load.
type Explorer struct {
	// Shell is the HTML around every page. Plain is the HTML of the only page if no pages are built.
	Shell, Plain *template.Template

	chunks map[string]chunk
	assets fs.FS
}

// chunk is an entry of Vite's manifest: a file with the files that it needs.
type chunk struct {
	File    string   `json:"file"`
	CSS     []string `json:"css"`
	Imports []string `json:"imports"`
}

// Load returns the explorer that was built into the program.
var Load = sync.OnceValue(func() *Explorer {
	assets, err := fs.Sub(files, built)
	if err != nil {
		panic(err) // cannot fail: the path is valid
	}
	e, err := load(assets)
	if err != nil {
		panic(err) // cannot fail: one build wrote all files
	}
	return e
})

func load(assets fs.FS) (*Explorer, error) {
	e := &Explorer{assets: assets}
	e.Shell = template.Must(template.ParseFS(files, "shell.html"))
	e.Plain = template.Must(template.ParseFS(files, "plain.html"))
	text, err := fs.ReadFile(assets, ".vite/manifest.json")
	if err != nil {
		return e, nil // no pages are built
	}
	if err := json.Unmarshal(text, &e.chunks); err != nil {
		return nil, fmt.Errorf("reading Vite's manifest: %w", err)
	}
	return e, nil
}

// Built reports whether the program contains the pages.
func (e *Explorer) Built() bool { return len(e.chunks) > 0 }

// Page lists the files that a page loads: its main script, the styles, and the modules that a browser can fetch in
// advance.
type Page struct {
	Script          string
	Styles, Modules []string
}

// Page returns the files of the page with this name, which is the name of its file in src/pages.
func (e *Explorer) Page(name string) Page {
	const entry = "src/main.tsx"
	p := Page{Script: e.chunks[entry].File}
	seen := map[string]bool{}
	var add func(key string)
	add = func(key string) {
		if seen[key] {
			return
		}
		seen[key] = true
		c := e.chunks[key]
		if c.File != "" && key != entry {
			p.Modules = append(p.Modules, c.File)
		}
		for _, s := range c.CSS {
			if !slices.Contains(p.Styles, s) {
				p.Styles = append(p.Styles, s)
			}
		}
		for _, i := range c.Imports {
			add(i)
		}
	}
	add(entry)
	add("src/pages/" + name + ".tsx")
	return p
}

// Asset returns a built file by the name in its address, or nil if there is none. With the ending .gz, the file is
// compressed.
func (e *Explorer) Asset(name, ending string) []byte {
	if path.Clean("/"+name) != "/"+name {
		return nil
	}
	text, err := fs.ReadFile(e.assets, "assets/"+name+ending)
	if err != nil {
		return nil
	}
	return text
}
