// Package schema reads an ontology: the one file that declares which types of
// entity there are, how they relate and what each field means.
//
// Read Ontology, Type and Field first. An Ontology is loaded once at start. It never changes afterwards, and
// goroutines may share it. Everything that depends on the domain's vocabulary (the API, the checks on import,
// the explorer, the documentation) derives from it.
//
// The package imports nothing else of Caspian and knows neither claims nor
// the store.
package schema

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Default is the ontology that Caspian ships with.
//
//go:embed ontology.graphql
var Default string

//go:embed directives.graphql
var directives string

// Directives returns the SDL of the language in which ontologies are written.
func Directives() string { return directives }

// EntityType is the name of the interface that every type implements; each
// ontology must declare it.
const EntityType = "Entity"

// names are the properties that are names of an entity.
var names = set("name", "aliases", "officialName", Demonyms)

// Demonyms is the name of a property for what the people of an entity are called: a search finds the entity by
// it, although it is not a name of the entity.
const Demonyms = "demonyms"

// IsName reports whether a property with this name is a name of the entity: search finds the entity by it, and
// its values have a single line.
func IsName(predicate string) bool { return names[predicate] }

// SourceType is the name of the type of sources; each ontology must declare it.
const SourceType = "Source"

// OfRelations are the fields of a source whose values are names of relations.
var OfRelations = [...]string{"completeFor", "partialFor", "maintains"}

// TimeKind says when the claims of a field hold.
type TimeKind uint8

// The kinds of time. The zero value is for fields that are not stored.
const (
	NoTime TimeKind = iota
	State
	Event
	Observation
	Eternal
)

var timeKinds = map[string]TimeKind{"STATE": State, "EVENT": Event, "OBSERVATION": Observation, "ETERNAL": Eternal}

func (k TimeKind) String() string {
	return [...]string{"", "STATE", "EVENT", "OBSERVATION", "ETERNAL"}[k]
}

// FieldKind says where the value of a field comes from.
type FieldKind uint8

const (
	// Property fields have scalar values.
	Property FieldKind = iota
	// Relation fields have an entity as their object.
	Relation
	// Inverse fields read a relation from its object's side.
	Inverse
	// Derived fields are read along several relations.
	Derived
)

func (k FieldKind) String() string {
	return [...]string{"property", "relation", "inverse", "derived"}[k]
}

// Scalar is the kind of value of a property or a qualifier.
type Scalar uint8

// The scalars of the ontology language.
const (
	NoScalar Scalar = iota
	String
	Int
	Float
	Boolean
	Date
	Quantity
	Coordinates
	EnumValue
	Long
)

var scalars = map[string]Scalar{
	"String": String, "Int": Int, "Float": Float, "Boolean": Boolean,
	"Date": Date, "Quantity": Quantity, "Coordinates": Coordinates, "Long": Long,
}

func (s Scalar) String() string {
	return [...]string{"", "String", "Int", "Float", "Boolean", "Date", "Quantity", "Coordinates", "Enum", "Long"}[s]
}

// Whole reports whether the scalar accepts only whole numbers.
func (s Scalar) Whole() bool { return s == Int || s == Long }

// Numeric reports whether the scalar is a number, with or without a unit.
func (s Scalar) Numeric() bool { return s.Whole() || s == Float || s == Quantity }

// The largest whole numbers of Int, which GraphQL limits to 32 bits, and of Long; readers of JSON round larger
// ones.
const (
	MaxInt  = math.MaxInt32
	MinInt  = math.MinInt32
	MaxLong = 1<<53 - 1
)

// Position is a place in an ontology file; the zero Position means none.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Ontology has everything that one file declares, in the order of the file.
type Ontology struct {
	// Types has the concrete types, interfaces and unions.
	Types []*Type
	// Enums has every enum, including Unit.
	Enums []*Enum
	// Units has the units of quantities, by code.
	Units map[string]*Unit

	hash, text string
	types      map[string]*Type
	enums      map[string]*Enum
	predicates map[string][]*Field
	names      []string
	searched   []*Field
	qualifiers []string
}

// Type is a concrete type, an interface or a union.
type Type struct {
	Name, Plural, Label, Icon, Description string
	// Abstract is true for interfaces and unions: every entity has a concrete type instead.
	Abstract bool
	// Union is true for unions, which declare no fields.
	Union bool
	// Interfaces are all interfaces that it implements, the nearest first.
	Interfaces []*Type
	// Concrete are the concrete types that an entity of this type may have: the type itself, or all members of
	// the interface or union.
	Concrete []*Type
	// Fields are the inherited fields, followed by the type's own.
	Fields []*Field
	// ID is the pattern of the ids of its entities; nil allows any id.
	ID *regexp.Regexp
	// Maps has its counterparts in other vocabularies: schemaOrg, wikidata, ftm.
	Maps map[string]string
	// Theme is the section of an entity's page for relations to this type; empty for the first one.
	Theme string
	Pos   Position

	fields map[string]*Field
	number int    // its number among the concrete types
	within []bool // by number: whether it includes the concrete type
}

// Field is a field of a type. A stored field (property or relation) is a
// predicate of claims.
type Field struct {
	Name, Label, Description string
	// InverseLabel is the label of a relation as read from its object, where no inverse names it.
	InverseLabel string
	// Theme is the section of an entity's page that shows it: its own, or that of its target.
	Theme string
	// Owner is the type that declares it; inherited fields are shared.
	Owner *Type
	Kind  FieldKind
	// Scalar is the kind of a property's values; NoScalar for other fields.
	Scalar Scalar
	// Enum is the enum of a property whose Scalar is EnumValue.
	Enum *Enum
	// Target is the type of the entities to which a relation, an inverse or a derived field leads.
	Target *Type
	// Many is true if several values may hold at a time.
	Many bool
	Time TimeKind
	// Reach says how far its claims may hold beyond the days on which they are attested.
	Reach Reach
	// Past is true for a relation in the past tense, which the date of its source does not attest.
	Past bool
	// Lifetime is what its claims say about the existence of their subject and their object.
	Lifetime Lifetime
	// Qualifiers are the qualifiers that its claims may have.
	Qualifiers []*Qualifier
	// Unit is the unit of a plain number, or the only unit of a quantity.
	Unit string
	// Range bounds a number.
	Range Range
	// Dimension restricts the units of a quantity. Usual is the unit of numbers in a filter that names none; ""
	// if a filter must name one.
	Dimension, Usual      string
	Symmetric, Transitive bool
	// Key is the outside scheme in which the value identifies a single entity.
	Key string
	// Search is true if search finds an entity by the value: a key, or a code that several entities may share.
	Search bool
	// Code says how a code, an address or a key is written; nil for names and prose, which are compared without
	// case and diacritics.
	Code *Code
	// InverseOf are the stored relations that an inverse reads.
	InverseOf []*Field
	Path      *Path
	Tolerance Tolerance
	// Exclusive, if not nil, says how many subjects one object has at a time.
	Exclusive *Exclusive
	// Counts, if not nil, says what a stated number counts, so that it can be compared with the claims.
	Counts *Counts
	// Mirror, if not nil, names the relation that states the same from the other end.
	Mirror *Mirror
	// NotBefore, if not nil, is the date of the same entity before which this date cannot be.
	NotBefore *Field
	Maps      map[string]string
	Pos       Position
	// Number is the index of a stored field's name in Ontology.Predicates.
	Number int

	inverseRef, notBefore string
}

// Timing returns what the field declares about the time of its claims.
func (f *Field) Timing() Timing { return Timing{f.Time, f.Reach, f.Past} }

// Stored reports whether the field is a predicate that claims may have.
func (f *Field) Stored() bool { return f.Kind == Property || f.Kind == Relation }

// Single reports whether the field is a relation that leads to one entity at a time. A nil field is not.
func (f *Field) Single() bool { return f != nil && f.Kind == Relation && !f.Many }

// Stated returns the stored field whose claims the field shows: the field itself, the relation of an inverse,
// or the last field in the path of a derived field.
func (f *Field) Stated() *Field {
	switch f.Kind {
	case Inverse:
		return f.InverseOf[0]
	case Derived:
		return f.Path.Then.Stated()
	}
	return f
}

// Qualifier returns the named qualifier, or nil.
func (f *Field) Qualifier(name string) *Qualifier {
	for _, q := range f.Qualifiers {
		if q.Name == name {
			return q
		}
	}
	return nil
}

// Qualifier is a value that a claim may state about itself, such as a share.
type Qualifier struct {
	Name, Label, Description string
	// Scalar is NoScalar if the value is an entity.
	Scalar Scalar
	Enum   *Enum
	Target *Type
	Unit   string
	// Dimension and Usual are as for a field.
	Dimension, Usual string
	Range            Range
	// Code is as for a field.
	Code *Code
	// Distinct is true if claims that differ in this qualifier are distinct facts.
	Distinct bool
	// Narrows is true if a claim with this qualifier covers only a part of what its field
	// asks for.
	Narrows bool
	// Whole says of what a number is a share: claims state shares of one whole if they agree in these, which are
	// WholeSubject, WholeObject, WholePeriod or names of qualifiers. It is nil for other qualifiers.
	Whole []string
	Pos   Position
	// Number is the index of its name in Ontology.Qualifiers.
	Number int
}

// Path says how a derived field is read: follow the field Through, keep the entities whose property Where has
// the value Equals (all entities if Where is empty), and then follow the field Then.
type Path struct {
	Through, Then *Field
	Where, Equals string
	through, then string
}

// Tolerance says how far two values may differ and still count as equal; the zero value compares exactly.
type Tolerance struct {
	Relative float64
	Days     int
	// Km is the distance between two points.
	Km float64
}

// Range is the lowest and the highest value of a number; nil means unbounded.
type Range struct{ Min, Max *float64 }

// Has reports whether x is within the range.
func (r Range) Has(x float64) bool {
	return !(r.Min != nil && x < *r.Min || r.Max != nil && x > *r.Max)
}

// String writes the range in words: "at least 0", "from 0 to 1"; "" if it is unbounded.
func (r Range) String() string {
	text := func(x *float64) string { return strconv.FormatFloat(*x, 'f', -1, 64) }
	switch {
	case r.Min != nil && r.Max != nil:
		return "from " + text(r.Min) + " to " + text(r.Max)
	case r.Min != nil:
		return "at least " + text(r.Min)
	case r.Max != nil:
		return "at most " + text(r.Max)
	}
	return ""
}

// Enum is a closed list of names.
type Enum struct {
	Name, Description string
	Values            []EnumMember
	Pos               Position
}

// EnumMember is one value of an enum.
type EnumMember struct {
	Name, Label, Description string
}

// Has reports whether name is one of the enum's values.
func (e *Enum) Has(name string) bool {
	for _, v := range e.Values {
		if v.Name == name {
			return true
		}
	}
	return false
}

// Names lists the enum's values, for messages.
func (e *Enum) Names() string {
	names := make([]string, len(e.Values))
	for i, v := range e.Values {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}

// Unit is one unit of measurement or currency.
type Unit struct {
	Code, Symbol, Dimension string
	// Factor is the number of base units of the dimension in one of this unit; 0 if there is no fixed factor,
	// as between currencies.
	Factor float64
	// Exact is Factor exactly as the ontology writes it, because a float64 may not represent it; nil if there
	// is none. It must not be changed.
	Exact *big.Rat
}

// Converts reports whether quantities can be converted between the two units.
func (u *Unit) Converts(to *Unit) bool {
	return u != nil && to != nil && (u.Code == to.Code || u.Dimension == to.Dimension && u.Factor != 0 && to.Factor != 0)
}

// Base returns the base unit of the unit's dimension, or the unit itself if it has no factor.
func (o *Ontology) Base(u *Unit) *Unit {
	if u.Factor == 0 || u.Factor == 1 {
		return u
	}
	for _, m := range o.enums[unitEnum].Values {
		if b := o.Units[m.Name]; b.Dimension == u.Dimension && b.Factor == 1 {
			return b
		}
	}
	return u
}

// Hash identifies the ontology by its content.
func (o *Ontology) Hash() string { return o.hash }

// Text returns the text from which the ontology was loaded.
func (o *Ontology) Text() string { return o.text }

// Type returns the named type, interface or union, or nil.
func (o *Ontology) Type(name string) *Type { return o.types[name] }

// Enum returns the named enum, or nil.
func (o *Ontology) Enum(name string) *Enum { return o.enums[name] }

// Field returns the named field of the type, inherited or not, or nil.
func (t *Type) Field(name string) *Field { return t.fields[name] }

// Predicate returns the stored fields with a name: one for each type that declares it. They have the same kind
// of value; cardinality and time kind depend on the subject's type.
func (o *Ontology) Predicate(name string) []*Field { return o.predicates[name] }

// Predicates lists the names of all stored fields, sorted.
func (o *Ontology) Predicates() []string { return o.names }

// Searched returns the fields by whose codes search finds entities, in the order of the file.
func (o *Ontology) Searched() []*Field { return o.searched }

// Qualifiers lists the names of all qualifiers, in the order of the file.
func (o *Ontology) Qualifiers() []string { return o.qualifiers }

// Includes reports whether entities of the concrete type are also of type t.
func (t *Type) Includes(concrete *Type) bool {
	return concrete != nil && !concrete.Abstract && concrete.number < len(t.within) && t.within[concrete.number]
}

// EveryEdge returns the name of the root field that lists the edges of the relation over all its subjects. It
// returns "" for a field that is not a stored relation of many values, which has no such root field.
func (f *Field) EveryEdge() string {
	if f.Kind != Relation || !f.Many {
		return ""
	}
	return f.Owner.Singular() + strings.ToUpper(f.Name[:1]) + f.Name[1:]
}

// Singular returns the name of the root field for one entity of the type.
func (t *Type) Singular() string { return lowerFirst(t.Name) }

func lowerFirst(s string) string {
	r := []rune(s)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
