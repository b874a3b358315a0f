package postgres

import (
	"fmt"
	"strings"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// rows has quads as rows of Cayley's tables, column by column.
type rows struct {
	quads [4][][]byte // hashes of subjects, predicates, objects and labels

	at   map[cgraph.ValueHash]int // the index of each node
	refs []int32
	hash [][]byte
	text []*string // texts of addresses and of literals
	iri  []*bool
	kind []*string // the address of the datatype of each literal
	ints []*int64
	nums []*float64
	bits []*bool
}

// add adds a quad.
func (r *rows) add(q quad.Quad) error {
	for i, v := range [4]quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
		hash, err := r.node(v)
		if err != nil {
			return err
		}
		r.quads[i] = append(r.quads[i], hash)
	}
	return nil
}

// node counts a use of a node and returns its hash.
func (r *rows) node(v quad.Value) ([]byte, error) {
	hash := terms.Hash(v)
	if i, ok := r.at[hash]; ok {
		r.refs[i]++
		return r.hash[i], nil
	}
	i := len(r.hash)
	r.at[hash] = i
	r.hash, r.refs = append(r.hash, hash[:]), append(r.refs, 1)
	r.text, r.iri, r.kind = append(r.text, nil), append(r.iri, nil), append(r.kind, nil)
	r.ints, r.nums, r.bits = append(r.ints, nil), append(r.nums, nil), append(r.bits, nil)
	switch v := v.(type) {
	case quad.IRI:
		text, yes := string(v), true
		r.text[i], r.iri[i] = &text, &yes
	case quad.String:
		text := withoutNUL(string(v))
		r.text[i] = &text
	case quad.TypedString:
		text, kind := withoutNUL(string(v.Value)), string(v.Type)
		r.text[i], r.kind[i] = &text, &kind
	case quad.Int:
		n := int64(v)
		r.ints[i] = &n
	case quad.Float:
		x := float64(v)
		r.nums[i] = &x
	case quad.Bool:
		b := bool(v)
		r.bits[i] = &b
	default:
		return nil, fmt.Errorf("a term of the type %T cannot be kept", v)
	}
	return r.hash[i], nil
}

// withoutNUL replaces zero bytes as Cayley does, because PostgreSQL texts cannot contain them. The log has the
// original text.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", `\x00`) }

// most is how many quads are converted to rows at once.
const most = 20_000

const (
	nodeColumns = ` (hash, refs, value_string, iri, datatype, value_int, value_float, value_bool) `
	quadColumns = ` (subject_hash, predicate_hash, object_hash, label_hash, ts) `
	// countUses only counts the uses of a node that the table already has.
	countUses = ` ON CONFLICT (hash) DO UPDATE SET refs = nodes.refs + excluded.refs`

	insertNodes = `INSERT INTO nodes` + nodeColumns + `
SELECT * FROM unnest($1::bytea[], $2::int[], $3::text[], $4::bool[], $5::text[], $6::bigint[], $7::float8[], $8::bool[])` + countUses
	insertQuads = `INSERT INTO quads` + quadColumns + `
SELECT s, p, o, l, $5::timestamptz AT TIME ZONE 'UTC' FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS q(s, p, o, l, n) ORDER BY n`
)

// rowsOf makes the rows of quads.
func rowsOf(quads []quad.Quad) (*rows, error) {
	r := &rows{at: map[cgraph.ValueHash]int{}}
	for _, q := range quads {
		if err := r.add(q); err != nil {
			return nil, err
		}
	}
	return r, nil
}
