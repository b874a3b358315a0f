package api

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Descriptions that claims and edges share.
const (
	aboutHolds = "Whether the claim holds on the view's date, or in its span of days."
	aboutBasis = "What it rests on that the claim holds; null where it holds at all times, or not at all."
)

func holdsOf(v *snapshot.View, n uint32) string { return v.Holds(n).String() }

func basisOf(v *snapshot.View, n uint32) string { return v.Reading(n).Basis.String() }

func validFrom(s *snapshot.Snapshot, n uint32) string { return s.Valid(n).From.String() }

func validTo(s *snapshot.Snapshot, n uint32) string { return s.Valid(n).To.String() }

// timeFields returns the fields about when a claim holds and when the store recorded it.
func (b *builder) timeFields() []output.Field {
	return []output.Field{
		{Name: "validFrom", Type: input.Date, About: "The date from which it holds; null where nobody states one.",
			Read: claimText(validFrom)},
		{Name: "validTo", Type: input.Date, About: "The date until which it holds; \"..\" where the source leaves it open, null where nobody states one.",
			Read: claimText(validTo)},
		{Name: "since", Type: input.Date, About: "The validFrom as exactly as the claims that agree give it: of 2004 and 2004-03-29, the day.",
			Read: viewText(func(v *snapshot.View, n uint32) string { return v.Exactly(n).From.String() })},
		{Name: "until", Type: input.Date, About: "The validTo as exactly as the claims that agree give it.",
			Read: viewText(func(v *snapshot.View, n uint32) string { return v.Exactly(n).To.String() })},
		{Name: "year", Type: graphql.Int, About: "The year of its valid time; null where that is not within one year.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				if y, ok := v.Snapshot().Valid(n).Year(); ok {
					dst = gql.AppendInt(dst, int64(y))
				}
				return dst, nil
			}}},
		{Name: "holds", Type: output.Must(b.HoldsType()), About: aboutHolds, Read: viewText(holdsOf)},
		{Name: "basis", Type: b.BasisType(), About: aboutBasis, Read: viewText(basisOf)},
		{Name: "distance", Type: graphql.Int, About: "How many days lie between the view's date, or span, and the nearest day that the claim's dates or its source attest: 0 where one of them is attested, null where nothing is.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				if d := v.Reading(n).Distance; d >= 0 {
					dst = gql.AppendInt(dst, d)
				}
				return dst, nil
			}}},
		{Name: "chosen", Type: output.Must(graphql.Boolean), About: "Whether the field of its name shows it in this view: as the best claim of a field of one value, or in the plain list of a field of many.", Read: gql.Binding{
			Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				return gql.AppendBool(dst, c.Request.(*Session).chosen.has(v, n)), v.Err()
			}}},
		{Name: "recordedAt", Type: output.Must(input.DateTime), About: "When the store recorded it.",
			Read: viewText(func(v *snapshot.View, n uint32) string {
				recorded, _ := v.Recorded(n)
				return instant(v.Snapshot().RecordedAt(recorded))
			})},
		{Name: "recordedSequence", Type: output.Must(graphql.Int), About: "The sequence number of the commit that recorded it.", Read: gql.Binding{
			Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				v, n := viewOf(src)
				recorded, _ := v.Recorded(n)
				return gql.AppendInt(dst, int64(recorded)), nil
			}}},
		{Name: "retractedAt", Type: input.DateTime, About: "When it was withdrawn, as far as the view knows; null if it was not.",
			Read: viewText(func(v *snapshot.View, n uint32) string {
				_, withdrawn := v.Recorded(n)
				return instant(v.Snapshot().RecordedAt(withdrawn))
			})},
		{Name: "reason", Type: graphql.String, About: "Why it was withdrawn, or why it was reinstated if it holds again; null where nobody said.",
			Read: viewText(func(v *snapshot.View, n uint32) string {
				if _, withdrawn := v.Recorded(n); withdrawn == 0 && !v.Snapshot().Live(n) {
					return "" // the claim was not retracted yet at the view's record time
				}
				return v.Snapshot().Reason(n)
			})},
	}
}

// chosenClaims caches, for the fields that a request needed, the claims that plain fields show. So
// each field is read once and not for each of its claims. The zero value is empty.
type chosenClaims struct {
	of   map[plainField][]uint32 // in ascending order
	held int
}

type plainField struct {
	view   *snapshot.View
	entity uint32
	field  *schema.Field
}

// maxChosen bounds the cached claims and fields; a field counts as fieldSize claims. Beyond the
// bound, fields are read again each time.
const (
	maxChosen = 1 << 21
	fieldSize = 32
)

// has reports whether the plain field with the name of the claim's predicate shows the claim.
func (c *chosenClaims) has(v *snapshot.View, n uint32) bool {
	f := v.Snapshot().Field(n)
	if f == nil {
		return false
	}
	at := plainField{v, v.Snapshot().Subject(n), f}
	shown, known := c.of[at]
	if !known {
		shown = at.read()
		size := fieldSize + cap(shown)
		if c.held += size; c.of == nil || c.held > maxChosen {
			c.of, c.held = map[plainField][]uint32{}, size
		}
		c.of[at] = shown
	}
	_, chosen := slices.BinarySearch(shown, n)
	return chosen
}

// read returns the claims that the plain field shows, in ascending order.
func (p plainField) read() (shown []uint32) {
	switch {
	case !p.field.Many:
		if e, ok := p.view.One(p.entity, p.field); ok {
			shown = []uint32{e.Claim}
		} else if n, ok := p.view.None(p.entity, p.field); ok {
			shown = []uint32{n}
		}
	case p.field.Kind == schema.Property:
		shown = p.view.Values(p.entity, p.field, nil)
	default:
		for _, e := range p.view.Relation(p.entity, p.field, false).Select(&filter.Query{}, nil) {
			shown = append(shown, e.Claim)
		}
	}
	slices.Sort(shown)
	return shown
}
