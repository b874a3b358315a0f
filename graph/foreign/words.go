package foreign

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/rdf"
	"github.com/caspian-kg/caspian/schema"
)

// The addresses of the vocabularies of @map.
const (
	schemaOrg = "http://schema.org/"
	direct    = "http://www.wikidata.org/prop/direct/"
	wikidata  = "http://www.wikidata.org/entity/"
	ftm       = "ftm:" // of FollowTheMoney, whose words have none
	wgs84     = "http://www.w3.org/2003/01/geo/wgs84_pos#"
)

// prefixes are those that the argument iri of @map may have.
var prefixes = map[string]string{
	"rdfs": "http://www.w3.org/2000/01/rdf-schema#", "owl": "http://www.w3.org/2002/07/owl#", "skos": "http://www.w3.org/2004/02/skos/core#",
	"foaf": "http://xmlns.com/foaf/0.1/", "dct": "http://purl.org/dc/terms/", "dc": "http://purl.org/dc/elements/1.1/",
	"gn": "http://www.geonames.org/ontology#", "dbo": "http://dbpedia.org/ontology/", "org": "http://www.w3.org/ns/org#",
}

// words are what the ontology says of the words of other vocabularies.
type words struct {
	types  map[string][]*schema.Type
	field  map[string][]*schema.Field
	edges  map[string]edge
	keys   []*schema.Field // by which an entity is found
	names  map[string]bool // properties that say what a thing is called
	same   map[string]bool // properties that say what else a thing is called elsewhere
	silent map[string]bool // properties and classes that are read in other ways
}

// edge is a class of FollowTheMoney that stands for a relation.
type edge struct {
	field           *schema.Field
	subject, object string // the properties that name the ends
}

// addresses are the words of @map by their addresses. Words are separated by spaces.
func addresses(of map[string]string, class bool) (list []string) {
	for _, word := range strings.Fields(of["schemaOrg"]) {
		list = append(list, schemaOrg+word)
	}
	for _, word := range strings.Fields(of["wikidata"]) {
		if class {
			list = append(list, wikidata+word)
		} else {
			list = append(list, direct+word)
		}
	}
	for _, word := range strings.Fields(of["ftm"]) {
		list = append(list, ftm+word)
	}
	for _, word := range strings.Fields(of["iri"]) {
		if prefix, name, ok := strings.Cut(word, ":"); ok && prefixes[prefix] != "" {
			word = prefixes[prefix] + name
		}
		list = append(list, word)
	}
	return list
}

func wordsOf(o *schema.Ontology) *words {
	w := &words{types: map[string][]*schema.Type{}, field: map[string][]*schema.Field{}, edges: map[string]edge{}, names: map[string]bool{},
		same: map[string]bool{schemaOrg + "sameAs": true, prefixes["owl"] + "sameAs": true, prefixes["skos"] + "exactMatch": true},
		silent: map[string]bool{rdf.Type: true, direct + "P31": true, wgs84 + "lat": true, wgs84 + "long": true, schemaOrg + "latitude": true, schemaOrg + "longitude": true,
			schemaOrg + "GeoCoordinates": true}}
	seen := map[*schema.Field]bool{}
	for _, t := range o.Types {
		for _, word := range addresses(t.Maps, true) {
			w.types[word] = append(w.types[word], t)
		}
		for _, f := range t.Fields {
			if seen[f] || !f.Stored() {
				continue
			}
			seen[f] = true
			if f.Key != "" && f.Code != nil {
				w.keys = append(w.keys, f)
			}
			w.addField(f)
		}
	}
	return w
}

func (w *words) addField(f *schema.Field) {
	for _, word := range addresses(f.Maps, false) {
		if class, ends, ok := strings.Cut(word, "."); ok && strings.HasPrefix(word, ftm) {
			subject, object, _ := strings.Cut(ends, ".")
			w.edges[class] = edge{f, subject, object}
			continue
		}
		w.field[word] = append(w.field[word], f)
		if schema.IsName(f.Name) {
			w.names[word] = true
		}
	}
}

// typeOf is the type with entities that the first class with one is mapped to.
func (w *words) typeOf(classes []string) *schema.Type {
	for _, class := range classes {
		for _, t := range w.types[class] {
			if !t.Abstract {
				return t
			}
		}
	}
	return nil
}

// edgeOf is the relation that a class of FollowTheMoney stands for.
func (w *words) edgeOf(classes []string) (edge, bool) {
	if len(classes) == 0 {
		return edge{}, false
	}
	e, ok := w.edges[classes[0]]
	return e, ok
}

// fields are the fields of a type that a property is mapped to.
func (w *words) fields(t *schema.Type, property string) (list []*schema.Field) {
	for _, f := range w.field[property] {
		if t.Field(f.Name) == f {
			list = append(list, f)
		}
	}
	return list
}

// means reports whether a property is mapped to a field.
func (w *words) means(property string, f *schema.Field) bool {
	return slices.Contains(w.field[property], f)
}
