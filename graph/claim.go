package graph

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// ClaimID identifies a claim by its content: it is the hash of subject, predicate, value, qualifiers, valid
// time, source and locator.
type ClaimID [16]byte

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// String writes the id as c and 26 letters and digits.
func (id ClaimID) String() string { return "c" + idEncoding.EncodeToString(id[:]) }

// ParseClaimID reads what String writes.
func ParseClaimID(s string) (ClaimID, error) {
	id, ok := FindClaimID(s)
	if !ok {
		return id, Errorf(BadInput, "%q is not a claim id: c and 26 of a-z, 2-7", Clip(s))
	}
	return id, nil
}

// FindClaimID is like ParseClaimID, for texts that usually are not ids.
func FindClaimID(s string) (id ClaimID, ok bool) {
	if len(s) != 27 || s[0] != 'c' {
		return id, false
	}
	b, err := idEncoding.DecodeString(s[1:])
	if err != nil || len(b) != len(id) {
		return id, false
	}
	copy(id[:], b)
	return id, id.String() == s
}

// Details are the attribution of a claim, and fields that only few claims have: for most, only Attribution is
// set.
type Details struct {
	Attribution Attribution
	// AttributedTo is the party whom the source reports. Original is the value as the source prints it.
	AttributedTo, Original string
	// Conflict is the group of competing claims. Note is a curator's remark.
	Conflict, Note string
	// Supersedes are the claims that it replaced. The slice must not be changed.
	Supersedes []ClaimID
}

// Rank orders the claims of one predicate; it precedes confidence.
type Rank uint8

// The ranks. The zero value is the default.
const (
	Normal Rank = iota
	Preferred
	Deprecated
)

// RankNames are the names of the ranks by value.
var RankNames = [...]string{"NORMAL", "PREFERRED", "DEPRECATED"}

func (r Rank) String() string { return RankNames[r] }

// ParseRank reads a rank's name; "" means NORMAL.
func ParseRank(s string) (Rank, error) {
	i := slices.Index(RankNames[:], s)
	if s == "" {
		i = 0
	}
	if i < 0 {
		return 0, Errorf(BadInput, "%q is not a rank; use PREFERRED, NORMAL or DEPRECATED", Clip(s))
	}
	return Rank(i), nil
}

// Attribution says whose statement the claim is.
type Attribution uint8

// The attributions. The zero value means that the source itself makes the statement.
const (
	Asserted  Attribution = iota // the source makes the statement itself
	Reported                     // the source reports another party's statement
	Estimated                    // the source calls the value an estimate
	Inferred                     // the curator infers the claim from the source
)

// AttributionNames are the names of the attributions by value.
var AttributionNames = [...]string{"ASSERTED", "REPORTED", "ESTIMATED", "INFERRED"}

func (a Attribution) String() string { return AttributionNames[a] }

// ParseAttribution reads an attribution's name; "" means ASSERTED.
func ParseAttribution(s string) (Attribution, error) {
	i := slices.Index(AttributionNames[:], s)
	if s == "" {
		i = 0
	}
	if i < 0 {
		return 0, Errorf(BadInput, "%q is not an attribution; use ASSERTED, REPORTED, ESTIMATED or INFERRED", Clip(s))
	}
	return Attribution(i), nil
}

// QualifierValue is one qualifier of a claim.
type QualifierValue struct {
	Name  string
	Value Value
}

// Claim is one sourced statement. The statement is its identity; confidence, rank and the other details are not
// part of it.
type Claim struct {
	Subject    ID
	Predicate  string
	Value      Value
	Qualifiers []QualifierValue // sorted by name, without repetitions
	Valid      Interval
	Source     ID
	// Locator says where in the source the statement is: a paragraph, a row, a JSON path.
	Locator string

	// Confidence is from 0 to 1, in steps of 0.0001.
	Confidence  float64
	Rank        Rank
	Attribution Attribution
	// AttributedTo is the party whom the source reports, as an entity's id or a name; "" if it reports nobody.
	AttributedTo string
	// Original is the value as the source prints it; "" if that equals the value.
	Original string
	// Conflict names a curator's group of competing claims.
	Conflict string
	// Note is a curator's remark.
	Note string
	// Supersedes are the claims that this one replaces.
	Supersedes []ClaimID
}

// ID computes the claim's id. The qualifiers must be sorted (Normalise).
func (c *Claim) ID() ClaimID {
	var room [512]byte // enough for nearly every claim, so that nothing is allocated
	b := appendField(room[:0], string(c.Subject))
	b = appendField(b, c.Predicate)
	b = appendKind(b, c.Value)
	b = binary.AppendUvarint(b, uint64(len(c.Qualifiers)))
	for _, q := range c.Qualifiers {
		b = appendKind(appendField(b, q.Name), q.Value)
	}
	b = appendField(b, c.Valid.String())
	b = appendField(b, string(c.Source))
	sum := sha256.Sum256(appendField(b, c.Locator))
	return ClaimID(sum[:len(ClaimID{})])
}

// appendKind appends a value with its kind, because a date and a string with the same text make different
// claims.
func appendKind(b []byte, v Value) []byte {
	return appendField(appendField(b, v.Kind().String()), v.String())
}

func appendField(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Normalise sorts the qualifiers and rounds the confidence, so that equal claims are equal in every format.
func (c *Claim) Normalise() {
	slices.SortFunc(c.Qualifiers, func(a, b QualifierValue) int { return strings.Compare(a.Name, b.Name) })
	c.Confidence = roundConfidence(c.Confidence)
	if len(c.Qualifiers) == 0 {
		c.Qualifiers = nil
	}
	if len(c.Supersedes) == 0 {
		c.Supersedes = nil
	}
}

// roundConfidence rounds a confidence to the stored steps.
func roundConfidence(c float64) float64 { return math.Round(c*1e4) / 1e4 }

// Qualifier returns the value of a qualifier, or the zero Value if the claim lacks it.
func (c *Claim) Qualifier(name string) Value {
	for _, q := range c.Qualifiers {
		if q.Name == name {
			return q.Value
		}
	}
	return Value{}
}
