// Package export writes the graph, or a part of it, for other programs.
//
// Read Selection, Part and Formats first. A Part is what a selection leaves of a snapshot; the formats of
// package codec write it as claims, those of this package as tables, a network or places. The package must
// not know where the bytes go.
package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Selection says what of a graph is exported. The zero value is all that is recorded, with what is withdrawn.
type Selection struct {
	// View, if not nil, restricts the export to what it shows. Tables, networks and places always use a view.
	View *graph.View
	// Types, if not empty, restricts the export to claims about entities of these types, and to what describes their sources.
	Types []string
	// Licences, if not empty, restricts the export to claims from sources with one of these licences.
	Licences []string
}

// Format is one way to write a part of the graph.
type Format struct {
	Name string
	// About is one line for help texts.
	About string
	// Media is the type of what is written, as HTTP names it.
	Media string
	// Whole reports whether the format can write all recorded claims, withdrawn ones included; the others write
	// what a view shows.
	Whole  bool
	encode func(ctx context.Context, w io.Writer, p *Part) error
}

// Write writes a part, until it is whole or the context ends.
func (f *Format) Write(ctx context.Context, w io.Writer, p *Part) error {
	own := *p
	own.view = p.view.WithDone(ctx.Done())
	if !f.Whole {
		own.viewed, own.selected = true, true
	}
	if own.selected {
		if err := own.look(ctx); err != nil {
			return err
		}
	}
	return f.encode(ctx, w, &own)
}

// Formats lists every format.
var Formats = append(ofClaims(), csvTables, parquetTables, graphML, geoJSON)

// media are the types of the formats of claims.
var media = map[string]string{"seed": "application/yaml", "jsonl": "application/x-ndjson", "nquads": "application/n-quads", "jsonld": "application/ld+json"}

// ofClaims are the formats of package codec that can be written.
func ofClaims() (list []*Format) {
	for _, f := range codec.Formats {
		if f.Encode == nil {
			continue
		}
		list = append(list, &Format{Name: f.Name, About: f.About, Media: media[f.Name], Whole: true, encode: func(ctx context.Context, w io.Writer, p *Part) error {
			if f != codec.JSONLines && f != codec.JSONLD && p.selected { // JSON has no comments
				if err := p.notice(w, "# "); err != nil {
					return err
				}
			}
			return f.Encode(ctx, w, p)
		}})
	}
	return list
}

// Names are the names of the formats.
func Names() (names []string) {
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// About describes the formats in words.
func About() string {
	var list []string
	for _, f := range Formats {
		list = append(list, f.Name+" ("+f.About+")")
	}
	return strings.Join(list, "; ")
}

// ByName returns the named format or an error that lists them.
func ByName(name string) (*Format, error) {
	if i := slices.IndexFunc(Formats, func(f *Format) bool { return f.Name == name }); i >= 0 {
		return Formats[i], nil
	}
	return nil, graph.Errorf(graph.BadInput, "there is no export format %q; the export formats are %s", name, strings.Join(Names(), ", "))
}

// Part is what is exported. It is a codec.Graph.
type Part struct {
	s *snapshot.Snapshot
	// view is what tables show; claims are of it only where the selection has one.
	view     *snapshot.View
	selected bool
	viewed   bool
	types    []bool          // the types selected, by number; nil for all
	sources  map[uint32]bool // whose licence is one of those wanted; nil for all
	cited    map[uint32]bool // by the claims that are left, once they are known
	named    map[uint32]bool // subjects, objects and qualifiers of these claims
}

// Select returns the part of a snapshot. The error names what of the selection is unknown.
func Select(s *snapshot.Snapshot, sel Selection, today graph.Day) (*Part, error) {
	p := &Part{s: s, viewed: sel.View != nil, selected: sel.View != nil || len(sel.Types) > 0 || len(sel.Licences) > 0}
	view := graph.View{}
	if sel.View != nil {
		view = *sel.View
	}
	var err error
	if p.view, err = s.View(view, today); err != nil {
		return nil, err
	}
	for _, name := range sel.Types {
		t := s.Ontology().Type(name)
		if t == nil {
			return nil, graph.Errorf(graph.UnknownName, "the ontology has no type %q", graph.Clip(name))
		}
		if p.types == nil {
			p.types = make([]bool, len(s.TypesOf))
		}
		for i, of := range s.TypesOf {
			p.types[i] = p.types[i] || of != nil && t.Includes(of)
		}
	}
	if len(sel.Licences) > 0 {
		if err := p.licensed(sel.Licences); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// licensed finds the sources that have one of the licences.
func (p *Part) licensed(wanted []string) error {
	p.sources = map[uint32]bool{}
	known, found := map[string]bool{}, map[string]bool{}
	source, _ := p.s.TypeNames.Number(schema.SourceType)
	for n := range p.s.ByType.Ref(uint32(source)).All() {
		for _, v := range p.texts(n, "licence") {
			known[v] = true
			for _, w := range wanted {
				if strings.EqualFold(v, strings.TrimSpace(w)) {
					p.sources[n], found[w] = true, true
				}
			}
		}
	}
	for _, w := range wanted {
		if !found[w] {
			var names []string
			for v := range known {
				names = append(names, v)
			}
			slices.Sort(names)
			return graph.Errorf(graph.BadInput, "no source has the licence %q; the licences are %s", graph.Clip(w), strings.Join(names, "; "))
		}
	}
	return nil
}

// texts are the values of a text of an entity, by any claim that holds.
func (p *Part) texts(n uint32, field string) (list []string) {
	p.view.Claims(n, field, false, func(claim uint32) bool {
		list = append(list, p.s.Value(claim).String())
		return true
	})
	return list
}

// keeps reports whether a claim is left by type and licence.
func (p *Part) keeps(n uint32) bool {
	if p.sources != nil && !p.sources[p.s.Source(n)] {
		return false
	}
	return p.types == nil || p.types[p.s.Types.At(p.s.Subject(n))]
}

// look records the sources that the selected claims cite and the entities that they name.
func (p *Part) look(ctx context.Context) error {
	p.cited, p.named = map[uint32]bool{}, map[uint32]bool{}
	var own []uint32 // what other sources say of themselves
	err := p.each(func(n uint32) error {
		if !p.keeps(n) {
			own = append(own, n)
			return nil
		}
		p.cited[p.s.Source(n)] = true
		p.note(n)
		return ctx.Err()
	}, func(n uint32) bool { return p.s.Subject(n) == p.s.Source(n) || p.keeps(n) })
	// The descriptions of the sources come along.
	for _, n := range own {
		if p.describes(n) {
			p.note(n)
		}
	}
	return err
}

func (p *Part) note(n uint32) {
	p.named[p.s.Subject(n)], p.named[p.s.Source(n)] = true, true
	if o := p.s.Object(n); o != snapshot.None {
		p.named[o] = true
	}
	for _, e := range p.s.QualifierEntities(n) {
		p.named[e] = true
	}
}

// describes reports whether the claim says something of a source that is cited, by that source.
func (p *Part) describes(n uint32) bool {
	return p.s.Subject(n) == p.s.Source(n) && p.cited[p.s.Source(n)]
}

// each calls fn with the claims of the part for which keep holds, in record order.
func (p *Part) each(fn func(n uint32) error, keep func(n uint32) bool) (err error) {
	if p.viewed {
		p.view.AllClaims(func(n uint32) bool {
			if keep(n) {
				err = fn(n)
			}
			return err == nil
		})
		if err == nil {
			err = p.view.Err()
		}
		return err
	}
	return p.s.Latest(func(n uint32) error {
		if keep(n) {
			return fn(n)
		}
		return nil
	})
}

// left reports whether a claim is in the part. Call look first.
func (p *Part) left(n uint32) bool { return p.keeps(n) || p.describes(n) }

// Ontology implements codec.Graph.
func (p *Part) Ontology() *schema.Ontology { return p.s.Ontology() }

// Entities implements codec.Graph: those of the types, and those that the claims name.
func (p *Part) Entities(fn func(graph.Entity) error) error {
	if !p.selected {
		return p.s.Entities(fn)
	}
	for n := range uint32(p.s.EntityCount()) {
		if p.named[n] {
			if err := fn(graph.Entity{ID: p.s.ID(n), Type: p.s.TypeName(n)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Claims implements codec.Graph. A claim of a selection does not name those that it superseded and that are not
// in it.
func (p *Part) Claims(fn func(c *graph.Claim, id graph.ClaimID, live bool) error) error {
	if !p.selected {
		return p.s.Claims(fn)
	}
	return p.each(func(n uint32) error {
		c := p.s.ClaimAt(n)
		if len(c.Supersedes) > 0 {
			c.Supersedes = slices.DeleteFunc(slices.Clone(c.Supersedes), func(old graph.ClaimID) bool {
				n, _ := p.s.ClaimNumber(old)
				return p.viewed || !p.left(n)
			})
		}
		return fn(&c, p.s.ClaimID(n), p.viewed || p.s.Live(n))
	}, p.left)
}

// ReasonOf implements codec.Graph.
func (p *Part) ReasonOf(id graph.ClaimID) string { return p.s.ReasonOf(id) }

// notice writes which sources the part has, their publishers, licences and addresses, a line each.
func (p *Part) notice(w io.Writer, prefix string) error {
	for _, n := range p.s.InOrder(p.cited) {
		line := p.view.Name(n)
		for _, field := range []string{"publisher", "licence", "url"} {
			if list := p.texts(n, field); len(list) > 0 {
				line += ", " + list[0]
			}
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s\n", prefix, p.s.ID(n), strings.ReplaceAll(line, "\n", " ")); err != nil {
			return err
		}
	}
	return nil
}
