// Package factbook reads the World Factbook: the folder of its present entries, and tables of the trade
// partners, the energy and the offices of all its editions.
//
// Read Entries and entry first; editions.go has what the tables share. names/ maps names that only the Factbook
// prints to ids of the graph. As in package codec, graph.Check decides whether an entity exists and whether a
// value is valid. The package must not know the store, the snapshot or HTTP.
package factbook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Entries reads a folder of the World Factbook as JSON in its original layout
// (https://github.com/factbook/factbook.json): a folder for each region, with a file for each country, named by
// its FIPS code.
//
// names/countries.csv maps files to countries. A file about anything that is not a country of ISO 3166 (an
// ocean, a disputed reef) gets a remark. From the entry of an ocean, only its coastal states are read. The
// European Union is an organisation. Kosovo, which ISO 3166 lacks, has the id XKX, as is usual elsewhere. Gaza
// Strip and West Bank are read as parts of PSE, Svalbard and Jan Mayen of SJM, the US outlying islands of UMI:
// borders, waters and resources of a part become those of the whole, and figures are not read.
//
// The locator of a claim is the file and the path in it: kz.json#Government/Capital/name. A text that the
// ontology could express but that was not read becomes a graph.Notice with its file and path. Nothing is
// guessed from a text that is read only in part.
var Entries = &codec.Format{
	Name:      "factbook",
	About:     "the World Factbook as JSON: a folder of regions, with one file per country",
	DecodeDir: decodeEntries,
}

// Source is the source of every claim that Entries emits.
const Source graph.ID = "factbook"

// maxEntry is the most bytes in the file of one country.
const maxEntry = 8 << 20

func decodeEntries(ctx context.Context, dir fs.FS, name string, emit codec.Emit) error {
	r := &factbook{Facts: facts.New(emit), names: names()}
	r.Source(Source, "CIA via factbook/factbook.json", "https://github.com/factbook/factbook.json", "public domain / CC0 1.0")
	files, err := entryFiles(dir)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if len(files) == 0 {
		return graph.Errorf(graph.BadInput, "%s has no JSON file; give the folder that holds the regions (africa, europe, ...) of factbook.json", name)
	}
	var ps codec.Faults
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.file(dir, file, path.Join(name, file), &ps); err != nil {
			return err
		}
		if r.Err != nil {
			return r.Err
		}
	}
	r.writeBorders()
	if r.Err != nil {
		return r.Err
	}
	return ps.Err()
}

// entryFiles returns the files of the countries in order. meta/ and package.json describe the collection and
// are left out.
func entryFiles(dir fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if p == "meta" || p != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
		case path.Ext(p) == ".json" && p != "package.json":
			files = append(files, p)
		}
		return nil
	})
	sort.Strings(files)
	return files, err
}

// factbook reads the files of one folder.
type factbook struct {
	facts.Facts
	names   *nameTables
	borders []border
}

// entry is the file about one country.
type entry struct {
	*factbook
	country *facts.Country
	base    string // such as kz.json
	where   string // the path for messages: DIR/central-asia/kz.json
	doc     map[string]any
	ps      *codec.Faults
}

func (r *factbook) file(dir fs.FS, file, where string, ps *codec.Faults) error {
	base := path.Base(file)
	code := strings.ToUpper(strings.TrimSuffix(base, ".json"))
	f, err := dir.Open(file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", where, err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Size() > maxEntry {
		ps.Add(graph.Position{File: where}, graph.BadInput, "the file has more than %d MB, which no entry of the Factbook has", maxEntry>>20)
		return nil
	}
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", where, err)
	}
	e := &entry{factbook: r, country: r.names.ByFIPS[code], base: base, where: where, ps: ps}
	if err := unmarshalEntry(text, e); err != nil || e.doc == nil {
		e.malformed(text, err)
		return nil
	}
	if id := unions[code]; id != "" && base == strings.ToLower(code)+".json" {
		e.union(id)
		return nil
	}
	if e.country == nil {
		e.oceanShores()
		r.Remark(graph.Position{File: where}, "%s is not a country of ISO 3166 and was not read; names/countries.csv lists the countries", e.title(code))
		return nil
	}
	e.read()
	return nil
}

func unmarshalEntry(text []byte, e *entry) error { return json.Unmarshal(text, &e.doc) }

func (e *entry) malformed(text []byte, err error) {
	at := graph.Position{File: e.where, Line: 1}
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at.Line += bytes.Count(text[:syntax.Offset], []byte("\n"))
		e.ps.Add(at, graph.BadInput, "not well-formed JSON: %s", syntax)
	case errors.As(err, &typ):
		e.ps.Add(at, graph.BadInput, "an entry is a JSON object of sections, not a JSON %s", typ.Value)
	default:
		e.ps.Add(at, graph.BadInput, "an entry is a JSON object of sections; this is empty or cut off")
	}
}

// read states everything that Caspian reads from an entry, in the order of the ontology.
func (e *entry) read() {
	e.Declare(e.country.ID, "Country")
	e.regions()
	e.waters()
	e.land()
	e.naturalResources()
	if e.country.Part {
		return
	}
	e.named()
	e.demonyms()
	e.claim("", e.country.ID, "fips", graph.StringValue(strings.ToUpper(strings.TrimSuffix(e.base, ".json"))), facts.AsConfidence(1))
	e.assignedCode()
	e.geography()
	e.capital()
	e.people()
	e.memberships()
	e.leaders()
	e.economy()
	e.energy()
}

// title returns the name of the subject of an entry that is not about a country, or the code.
func (e *entry) title(code string) string {
	for _, at := range []string{"Government/Country name/conventional short form", "Government/Union name/conventional long form"} {
		if t := e.text(at); !notKnown(t) {
			return t
		}
	}
	return "the entry " + code
}

// node returns the JSON node at a path of the entry, or nil if there is none.
func (e *entry) node(at string) any {
	var n any = e.doc
	for _, key := range strings.Split(at, "/") {
		m, ok := n.(map[string]any)
		if !ok {
			if n != nil {
				e.ps.Add(e.place(at), graph.BadInput, "an object is expected above %q here, not %T", key, n)
			}
			return nil
		}
		n = child(m, key)
	}
	return n
}

// child returns the member with the key. Some keys of the Factbook have one space too many.
func child(m map[string]any, key string) any {
	if n, ok := m[key]; ok {
		return n
	}
	return m[key+" "]
}

// text returns the plain text at a path, or "" if there is none.
func (e *entry) text(at string) string {
	switch n := e.node(at).(type) {
	case nil:
	case string:
		return plainText(n)
	case map[string]any:
		switch t := n["text"].(type) {
		case nil:
		case string:
			return plainText(t)
		default:
			e.ps.Add(e.place(at+"/text"), graph.BadInput, "a text is expected here, not %T", t)
		}
	default:
		e.ps.Add(e.place(at), graph.BadInput, "a text is expected here, not %T", n)
	}
	return ""
}

func (e *entry) place(at string) graph.Position { return graph.Position{File: e.where, Path: at} }

// unread emits a remark about a text, or a part of one, that became no claim.
func (e *entry) unread(at, text string) {
	if text != "" {
		e.Remark(e.place(at), "not read: %q", facts.Clip(text))
	}
}

// claim states a claim with this file and the path at as its locator.
func (e *entry) claim(at string, subject graph.ID, predicate string, v graph.Value, opts ...facts.Option) {
	locator := e.base
	if at != "" {
		locator += "#" + at
	}
	e.State(e.place(at), locator, subject, predicate, v, opts...)
}
