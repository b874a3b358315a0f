package foreign

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

// value is what a statement says in a field. fault says why it says nothing; err is of the graph.
func (r *reader) value(f *schema.Field, s *statement) (v graph.Value, fault string, err error) {
	if f.Kind == schema.Relation {
		return r.entity(f, s)
	}
	text := s.text
	if s.named && f.Code == nil && f.Scalar != schema.Coordinates {
		if text = r.called(s.text); text == "" {
			return v, "a thing that has no name where a value belongs", nil
		}
	}
	switch f.Scalar {
	case schema.String:
		if f.Code == nil {
			return graph.StringValue(text), "", nil
		}
		code, ok := f.Code.Find(text)
		if !ok {
			return v, "a code that does not have the form of the field", nil
		}
		return graph.StringValue(code), "", nil
	case schema.Date:
		d, err := graph.ParseDate(day(text))
		if err != nil {
			return v, "not a date", nil
		}
		return graph.DateValue(d), "", nil
	case schema.Coordinates:
		return r.point(s)
	case schema.EnumValue:
		if word := strings.ToUpper(strings.ReplaceAll(text, " ", "_")); f.Enum.Has(word) {
			return graph.EnumOf(word), "", nil
		}
		return v, "not a value of " + f.Enum.Name, nil
	case schema.Boolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return v, "neither true nor false", nil
		}
		return graph.BoolValue(b), "", nil
	case schema.Quantity:
		if v, err := graph.ParseValue(graph.QuantityKind, text); err == nil {
			return v, "", nil
		}
		return v, "a number without a unit", nil
	}
	n, err := strconv.ParseFloat(strings.TrimPrefix(text, "+"), 64)
	switch {
	case err != nil:
		return v, "not a number", nil
	case f.Scalar.Whole() && n == float64(int64(n)):
		return graph.IntValue(int64(n)), "", nil
	case f.Scalar.Whole():
		return v, "not a whole number", nil
	}
	return graph.FloatValue(n), "", nil
}

// entity is the entity that a statement names: a thing of the document, or one that a key of the graph finds.
func (r *reader) entity(f *schema.Field, s *statement) (v graph.Value, fault string, err error) {
	var id graph.ID
	var typ *schema.Type
	t := r.things[s.text]
	if t == nil {
		t = r.things[ftm+s.text]
	}
	if t != nil && t.typ != nil {
		id, typ = t.id, t.typ
	} else if id, typ, err = r.elsewhere(s.text); err != nil {
		return v, "", err
	}
	switch {
	case id == "":
		return v, "nothing of the document and of the graph has this address or code", nil
	case !f.Target.Includes(typ):
		return v, "a " + typ.Name + " where a " + f.Target.Name + " belongs", nil
	}
	return graph.EntityValue(id), "", nil
}

// elsewhere is the entity of the graph with an address or a code; "" if there is none.
func (r *reader) elsewhere(text string) (graph.ID, *schema.Type, error) {
	if id, ours := strings.CutPrefix(text, codec.EntityIRI); ours {
		return r.typed(graph.ID(id))
	}
	for _, key := range r.words.keys {
		code, ok := key.Code.Find(text)
		if !ok {
			continue
		}
		switch id, err := r.in.Key(r.ctx, key.Name, code); {
		case err != nil:
			return "", nil, err
		case id != "":
			return r.typed(id)
		}
	}
	return "", nil, nil
}

// typed is an entity with its type; "" if the graph has none with the id.
func (r *reader) typed(id graph.ID) (graph.ID, *schema.Type, error) {
	name, err := r.in.TypeOf(r.ctx, id)
	typ := r.o.Type(name)
	if typ == nil {
		id = ""
	}
	return id, typ, err
}

// called is the name of a thing of the document, or the thing's address; "" for a blank node without a name.
func (r *reader) called(name string) string {
	if t := r.things[name]; t != nil {
		for _, s := range t.says {
			if r.words.names[s.property] {
				return s.text
			}
		}
	}
	if strings.HasPrefix(name, "_:") {
		return ""
	}
	return name
}

// day is a date without its time, and without the sign that Wikidata puts before years.
func day(text string) string {
	text = strings.TrimPrefix(text, "+")
	date, _, _ := strings.Cut(text, "T")
	date = strings.TrimSuffix(date, "Z")
	return strings.TrimSuffix(strings.TrimSuffix(date, "-00"), "-00")
}

// wkt is a point in Well-Known Text: the longitude first.
var wkt = regexp.MustCompile(`(?i)^(?:<[^>]*>\s*)?point\s*\(\s*(\S+)\s+(\S+)\s*\)$`)

// point is a place: Well-Known Text, or a thing with a latitude and a longitude.
func (r *reader) point(s *statement) (v graph.Value, fault string, err error) {
	if t := r.things[s.text]; s.named && t != nil {
		if v, ok := t.point(); ok {
			return v, "", nil
		}
	} else if m := wkt.FindStringSubmatch(s.text); m != nil {
		if v, ok := at(m[2], m[1]); ok {
			return v, "", nil
		}
	}
	return v, "not a point with latitude and longitude", nil
}

// point is where a thing is by its latitude and longitude.
func (t *thing) point() (graph.Value, bool) {
	var lat, lon string
	for _, s := range t.says {
		switch s.property {
		case wgs84 + "lat", schemaOrg + "latitude":
			lat = s.text
		case wgs84 + "long", schemaOrg + "longitude":
			lon = s.text
		}
	}
	return at(lat, lon)
}

func at(lat, lon string) (graph.Value, bool) {
	v, err := graph.ParseValue(graph.CoordinatesKind, lat+","+lon)
	return v, err == nil && lat != "" && lon != ""
}

// place states the latitude and longitude of a thing as its coordinates.
func (r *reader) place(t *thing) error {
	v, ok := t.point()
	f := t.typ.Field("coordinates")
	if !ok || f == nil || f.Scalar != schema.Coordinates {
		return nil
	}
	return r.claim(t, t.at, f, v, "")
}
