// Package export writes the graph, or a part of it, for other programs.
//
// Read Selection, Part and Formats first. A Part is the part of a snapshot that a Selection selects. The
// formats of package codec write it as claims. The formats of this package write it as tables, as a network or
// as points on a map. The package must not know where the bytes go.
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

// Selection says which part of a graph is exported. The zero value selects all recorded claims, withdrawn ones
// included.
type Selection struct {
	// View, if not nil, restricts the export to what it shows. Tables, networks and places always use a view.
	View *graph.View
	// Types, if not empty, restricts the export to claims about entities of these types. Claims that describe the
	// sources of these claims are exported too.
	Types []string
	// Licences, if not empty, restricts the export to claims from sources with one of these licences.
	Licences []string
}

// Format is one format that the package can write.
type Format struct {
	Name string
	// About is one line for help texts.
	About string
	// Media is the media type of the output, as in the HTTP header Content-Type.
	Media string
	// Whole reports whether the format can write all recorded claims, withdrawn ones included. Other formats
	// write what a view shows.
	Whole  bool
	encode func(ctx context.Context, w io.Writer, p *Part) error
}

// Write writes a part. It stops when the context ends.
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

// Formats lists all formats that can be exported.
var Formats = append(ofClaims(), csvTables, parquetTables, graphML, geoJSON)

// media maps the names of the formats of claims to their media types.
var media = map[string]string{"seed": "application/yaml", "jsonl": "application/x-ndjson", "nquads": "application/n-quads", "jsonld": "application/ld+json"}

// ofClaims returns the formats of package codec that can write.
func ofClaims() (list []*Format) {
	for _, f := range codec.Formats {
		if f.Encode == nil {
			continue
		}
		list = append(list, &Format{Name: f.Name, About: f.About, Media: media[f.Name], Whole: true, encode: func(ctx context.Context, w io.Writer, p *Part) error {
			if f != codec.JSONLines && f != codec.JSONLD && p.selected { // JSON has no comments, in which a notice could be written
				if err := p.notice(w, "# "); err != nil {
					return err
				}
			}
			return f.Encode(ctx, w, p)
		}})
	}
	return list
}

// Names returns the names of all formats.
func Names() (names []string) {
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// About returns a text that describes all formats.
func About() string {
	var list []string
	for _, f := range Formats {
		list = append(list, f.Name+" ("+f.About+")")
	}
	return strings.Join(list, "; ")
}

// ByName returns the format with the name, or an error that lists all names.
func ByName(name string) (*Format, error) {
	if i := slices.IndexFunc(Formats, func(f *Format) bool { return f.Name == name }); i >= 0 {
		return Formats[i], nil
	}
	return nil, graph.Errorf(graph.BadInput, "there is no export format %q; the export formats are %s", name, strings.Join(Names(), ", "))
}

// Part is the part of a snapshot that is exported. It implements codec.Graph.
type Part struct {
	s *snapshot.Snapshot
	// view selects what tables show. It restricts the claims only if the selection has a view.
	view     *snapshot.View
	selected bool
	viewed   bool
	types    []bool          // by the number of a type: whether it is selected; nil if all are
	sources  map[uint32]bool // the sources with a selected licence; nil if all are
	cited    map[uint32]bool // the sources that the selected claims cite; set by look
	named    map[uint32]bool // the subjects, objects and qualifiers of the selected claims; set by look
}

// Select returns the part of a snapshot that sel selects. It returns an error if sel names a type or a licence
// that the snapshot does not have.
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

// licensed sets p.sources to the sources that have one of the licences.
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

// texts returns the values of a text field of an entity, from all claims that hold.
func (p *Part) texts(n uint32, field string) (list []string) {
	p.view.Claims(n, field, false, func(claim uint32) bool {
		list = append(list, p.s.Value(claim).String())
		return true
	})
	return list
}

// keeps reports whether the selected types and licences include a claim.
func (p *Part) keeps(n uint32) bool {
	if p.sources != nil && !p.sources[p.s.Source(n)] {
		return false
	}
	return p.types == nil || p.types[p.s.Types.At(p.s.Subject(n))]
}

// look records the sources that the selected claims cite and the entities that they name.
func (p *Part) look(ctx context.Context) error {
	p.cited, p.named = map[uint32]bool{}, map[uint32]bool{}
	var own []uint32 // claims in which other sources describe themselves
	err := p.each(func(n uint32) error {
		if !p.keeps(n) {
			own = append(own, n)
			return nil
		}
		p.cited[p.s.Source(n)] = true
		p.note(n)
		return ctx.Err()
	}, func(n uint32) bool { return p.s.Subject(n) == p.s.Source(n) || p.keeps(n) })
	// Claims that describe a cited source are exported too.
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

// describes reports whether a claim is a statement of a cited source about itself.
func (p *Part) describes(n uint32) bool {
	return p.s.Subject(n) == p.s.Source(n) && p.cited[p.s.Source(n)]
}

// each calls fn with each claim of the part for which keep returns true, in record order.
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

// left reports whether a claim is in the part. Call look before left.
func (p *Part) left(n uint32) bool { return p.keeps(n) || p.describes(n) }

// Ontology implements codec.Graph.
func (p *Part) Ontology() *schema.Ontology { return p.s.Ontology() }

// Entities implements codec.Graph. It passes the entities of the selected types and the entities that the
// claims name.
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

// Claims implements codec.Graph. If a claim supersedes a claim that is not selected, the reference is left out.
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

// Merged implements codec.Graph: merges of entities that are in the part.
func (p *Part) Merged(fn func(graph.Merged) error) error {
	return p.s.Merged(func(m graph.Merged) error {
		from, _ := p.s.Number(m.From)
		into, _ := p.s.Number(m.Into)
		if p.selected && (!p.named[from] || !p.named[into]) {
			return nil
		}
		return fn(m)
	})
}

// notice writes one line for each source of the part, with its publisher, licence and address.
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
