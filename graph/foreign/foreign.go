// Package foreign reads data in vocabularies of others, by what the ontology says their words mean (@map): RDF of schema.org,
// Wikidata and others, and entities of FollowTheMoney.
//
// Read Options, Bind and thing first. What has no counterpart in the ontology, or does not fit it, is counted and named in notices,
// and states nothing. The package must not know the store, the snapshot or HTTP.
package foreign

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/packed"
	"github.com/caspian-kg/caspian/schema"
)

// Graph is what the readers ask of the graph at hand.
type Graph interface {
	Ontology() *schema.Ontology
	// Key returns the entity that has the value of a key, such as iso2; "" where none has.
	Key(ctx context.Context, key, value string) (graph.ID, error)
	// TypeOf returns the type of an entity; "" if there is none with this id.
	TypeOf(ctx context.Context, id graph.ID) (string, error)
}

// confidence is that of claims from elsewhere: less than what is curated.
const confidence = 0.7

// thing is what a document says of one subject.
type thing struct {
	name    string // an IRI, or _: with the label of a blank node; in FollowTheMoney ftm: with the id
	at      graph.Position
	classes []string
	says    []statement
	source  string // the graph in which it is named first; "" for the document itself

	typ   *schema.Type // nil if it states nothing
	id    graph.ID
	known bool          // the graph has the entity
	key   *schema.Field // by which the name has its code; nil if it has none
	code  string
	named map[string]bool // languages in which it has a name
}

// statement is one value of a property.
type statement struct {
	property, text, lang string
	named                bool // the text names a thing
	line                 int
}

// reader turns things into operations.
type reader struct {
	ctx    context.Context
	name   string // of the document
	o      *schema.Ontology
	words  *words
	in     Graph
	emit   codec.Emit
	things map[string]*thing
	order  []*thing
	cited  map[graph.ID]bool
	said   map[graph.ClaimID]bool
	left   map[string]*leftOut
}

// leftOut counts what states nothing, for one reason.
type leftOut struct {
	n     int
	first string
	at    graph.Position
}

func newReader(ctx context.Context, name string, in Graph, emit codec.Emit) *reader {
	o := in.Ontology()
	return &reader{ctx: ctx, name: name, in: in, emit: emit, o: o, words: wordsOf(o), things: map[string]*thing{}, cited: map[graph.ID]bool{}, said: map[graph.ClaimID]bool{}, left: map[string]*leftOut{}}
}

// of is the thing with a name.
func (r *reader) of(name string, at graph.Position) *thing {
	t := r.things[name]
	if t == nil {
		at.Row = len(r.order) + 1
		t = &thing{name: name, at: at}
		r.things[name] = t
		r.order = append(r.order, t)
	}
	return t
}

// leave counts something that states nothing.
func (r *reader) leave(at graph.Position, example, why string) {
	l := r.left[why]
	if l == nil {
		l = &leftOut{first: example, at: at}
		r.left[why] = l
	}
	l.n++
}

// finish states what the things say, and what was left out.
func (r *reader) finish() error {
	for _, t := range r.order {
		if err := r.identify(t); err != nil {
			return err
		}
	}
	if err := r.unique(); err != nil {
		return err
	}
	for _, t := range r.order {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := r.state(t); err != nil {
			return err
		}
	}
	for _, why := range slices.SortedFunc(maps.Keys(r.left), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.left[b].n, r.left[a].n), strings.Compare(a, b))
	}) {
		l := r.left[why]
		if err := r.emit(graph.Op{Kind: graph.Notice, Position: graph.Position{File: r.name, Line: l.at.Line}, Notice: fmt.Sprintf("left out %d: %s, first %s", l.n, why, graph.Clip(l.first))}); err != nil {
			return err
		}
	}
	return nil
}

// identify finds the type and the id of a thing: those of the entity that a key of it names, or new ones.
func (r *reader) identify(t *thing) error {
	id, err := r.keyed(t)
	if err != nil {
		return err
	}
	if id != "" {
		if t.id, t.typ, err = r.typed(id); err != nil {
			return err
		}
		if t.typ != nil {
			t.known = true
			return nil
		}
	}
	typ := r.words.typeOf(t.classes)
	_, relation := r.words.edgeOf(t.classes)
	switch {
	case relation:
		return nil
	case typ == nil && len(t.classes) > 0 && !r.words.silent[t.classes[0]]:
		r.leave(t.at, t.name, "a thing of the class "+t.classes[0]+", which the ontology maps to no type")
		return nil
	case typ == nil:
		return nil // what only belongs to others, or belongs to what the graph does not have
	case id == "":
		id = r.newID(t)
	}
	switch {
	case id == "":
		r.leave(t.at, t.name, typ.Name+" without an address or a name that could become an id")
		return nil
	case typ.ID != nil && !typ.ID.MatchString(string(id)):
		r.leave(t.at, t.name, typ.Name+" that no key of the graph finds, and whose id has a fixed form")
		return nil
	}
	t.typ, t.id = typ, id
	return nil
}

// keyed is the entity that the name of a thing, or a key that it states, names; "" if there is none.
func (r *reader) keyed(t *thing) (graph.ID, error) {
	if id, ours := strings.CutPrefix(t.name, codec.EntityIRI); ours {
		return graph.ID(id), nil
	}
	for _, key := range r.words.keys {
		code, ok := key.Code.Find(t.name)
		if !ok || code == t.name {
			continue
		}
		t.key, t.code = key, code
		if id, err := r.in.Key(r.ctx, key.Name, code); id != "" || err != nil {
			return id, err
		}
	}
	for i := range t.says {
		s := &t.says[i]
		for _, key := range r.words.keys {
			means := r.words.means(s.property, key)
			if !means && !r.words.same[s.property] {
				continue
			}
			code, ok := key.Code.Find(s.text)
			if !ok || !means && code == s.text {
				continue
			}
			if id, err := r.in.Key(r.ctx, key.Name, code); id != "" || err != nil {
				return id, err
			}
		}
	}
	return "", nil
}

// newID is an id from the whole address of a thing, so that it is never that of another entity by chance.
func (r *reader) newID(t *thing) graph.ID {
	if strings.HasPrefix(t.name, "_:") {
		for _, s := range t.says {
			if slug := codec.Slug(s.text); r.words.names[s.property] && slug != "" {
				file, _ := r.sourceID("")
				return file + "-" + graph.ID(slug)
			}
		}
		return ""
	}
	if t.key != nil {
		return graph.ID(codec.Slug(t.key.Name + " " + t.code))
	}
	address := t.name
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = strings.TrimPrefix(rest, "www.")
	}
	return graph.ID(codec.Slug(address))
}

// unique refuses two new things that would be one entity.
func (r *reader) unique() error {
	by := map[graph.ID]*thing{}
	var faults codec.Faults
	for _, t := range r.order {
		if t.typ == nil {
			continue
		}
		if other := by[t.id]; other != nil && !t.known {
			faults.Add(t.at, graph.Duplicate, "%s and %s (line %d) would both have the id %s; a mapping can give them others", graph.Clip(t.name), graph.Clip(other.name), other.at.Line, t.id)
		}
		by[t.id] = t
	}
	return faults.Err()
}

// sourceID is the id and the name of the source of what is said in a graph: a thing of the document that is a source, a dataset of
// FollowTheMoney, or the document.
func (r *reader) sourceID(named string) (id graph.ID, name string) {
	if t := r.things[named]; t != nil && t.typ != nil && t.typ.Name == schema.SourceType {
		return t.id, ""
	}
	if dataset, ok := strings.CutPrefix(named, ftm); ok && codec.Slug(dataset) != "" {
		return graph.ID("dataset-" + codec.Slug(dataset)), dataset
	}
	base := path.Base(packed.Name(r.name))
	return graph.ID("file-" + cmp.Or(codec.Slug(base), "input")), base
}

// assert emits a claim of a thing, once, and declares its source before the first one.
func (r *reader) assert(t *thing, at graph.Position, c graph.Claim) error {
	id, name := r.sourceID(t.source)
	if name != "" && !r.cited[id] {
		r.cited[id] = true
		if err := r.emit(graph.Op{Kind: graph.Declare, Position: at, Entity: graph.Entity{ID: id, Type: schema.SourceType}}); err != nil {
			return err
		}
		called := graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(name), Source: id, Confidence: confidence}
		if err := r.emit(graph.Op{Kind: graph.Assert, Position: at, Claim: called}); err != nil {
			return err
		}
	}
	c.Source, c.Locator, c.Confidence = id, strings.TrimPrefix(t.name, ftm), confidence
	c.Normalise()
	key := c.ID()
	if r.said[key] {
		return nil
	}
	r.said[key] = true
	return r.emit(graph.Op{Kind: graph.Assert, Position: at, Claim: c})
}

// state emits a thing and what it says.
func (r *reader) state(t *thing) error {
	if t.typ == nil {
		if e, ok := r.words.edgeOf(t.classes); ok {
			return r.link(t, e)
		}
		return nil
	}
	if !t.known {
		if err := r.emit(graph.Op{Kind: graph.Declare, Position: t.at, Entity: graph.Entity{ID: t.id, Type: t.typ.Name}}); err != nil {
			return err
		}
		if t.key != nil && t.typ.Field(t.key.Name) == t.key {
			if err := r.claim(t, t.at, t.key, graph.StringValue(t.code), ""); err != nil {
				return err
			}
		}
	}
	for i := range t.says {
		if err := r.say(t, &t.says[i]); err != nil {
			return err
		}
	}
	return r.place(t)
}

// say emits the claim that a statement makes, by the first field that it fits.
func (r *reader) say(t *thing, s *statement) error {
	at := t.at
	if s.line > 0 {
		at.Line = s.line
	}
	fields := r.words.fields(t.typ, s.property)
	if len(fields) == 0 {
		if !r.words.silent[s.property] {
			r.leave(at, t.name, "a value of "+s.property+", which the ontology maps to no field of "+t.typ.Name)
		}
		return nil
	}
	why := ""
	for _, f := range fields {
		v, fault, err := r.value(f, s)
		if err != nil {
			return err
		}
		if fault != "" {
			why = f.Name + " of " + t.typ.Name + ": " + fault
			continue
		}
		lang := s.lang
		if english(lang) {
			lang = ""
		}
		return r.claim(t, at, f, v, lang)
	}
	r.leave(at, t.name+" "+s.text, why)
	return nil
}

// claim emits the claim of a value in a field. Texts in English have no language.
func (r *reader) claim(t *thing, at graph.Position, f *schema.Field, v graph.Value, lang string) error {
	if f.Name == "name" {
		if t.named[lang] && t.typ.Field("aliases") != nil {
			f = t.typ.Field("aliases") // it has one name
		}
		if t.named == nil {
			t.named = map[string]bool{}
		}
		t.named[lang] = true
	}
	c := graph.Claim{Subject: t.id, Predicate: f.Name, Value: v}
	if f.Qualifier("lang") != nil && lang != "" {
		c.Qualifiers = []graph.QualifierValue{{Name: "lang", Value: graph.StringValue(lang)}}
	}
	return r.assert(t, at, c)
}

// english reports whether a language is the one that texts without a language have.
func english(lang string) bool {
	primary, _, _ := strings.Cut(lang, "-")
	return strings.EqualFold(primary, "en")
}
