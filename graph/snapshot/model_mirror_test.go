package snapshot_test

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// mirrored are the edges to those who report what the entity does not.
func (l *lens) mirrored(id graph.ID, f *schema.Field) (es []edge) {
	if f.Mirror == nil {
		return nil
	}
	own := l.of(id, f.Name)
	for _, c := range l.visible() {
		stated := func(name string) bool { return c.Qualifier(name).Kind() != graph.NoKind }
		if c.Predicate != f.Mirror.Of.Name || c.Value.Entity() != id || c.Rank == graph.Deprecated || stated("share") && !stated("amount") {
			continue
		}
		reported := slices.ContainsFunc(own, func(o *fact) bool {
			scopes := []graph.Value{o.Qualifier("scope"), c.Qualifier("scope")}
			sameScope := scopes[0] == scopes[1] || scopes[0] == graph.Value{} || scopes[1] == graph.Value{}
			before := func(a, b graph.Interval) bool {
				return a.To.Known() && b.From.Known() && a.To.Last() < b.From.First()
			}
			return o.Value.Entity() == c.Subject && o.Rank != graph.Deprecated && o.Qualifier("resource") == c.Qualifier("resource") &&
				sameScope && !before(o.Valid, c.Valid) && !before(c.Valid, o.Valid)
		})
		if !reported {
			es = append(es, edge{node: c.Subject, claim: c, from: id, mirror: true})
		}
	}
	return es
}

// seen is the claim of an edge as the edge shows it.
func (e edge) seen() *fact {
	if !e.mirror {
		return e.claim
	}
	shown := *e.claim
	shown.Qualifiers = slices.DeleteFunc(slices.Clone(shown.Qualifiers), func(q graph.QualifierValue) bool { return q.Name == "share" })
	return &shown
}

// stale reports whether an edge states a share of another year than the latest list of them does.
func (l *lens) stale(e edge, all []edge, f *schema.Field, narrow bool) bool {
	part := func(x edge) bool {
		return !x.mirror && x.claim.Valid.To.Known() && x.claim.Qualifier("share").Kind() != graph.NoKind
	}
	return f.Mirror != nil && part(e) && slices.ContainsFunc(all, func(x edge) bool {
		return part(x) && l.plain(x.claim, narrow) && x.claim.Qualifier("resource") == e.claim.Qualifier("resource") &&
			x.claim.Qualifier("scope") == e.claim.Qualifier("scope") && e.claim.Valid.To.Last() < x.claim.Valid.To.Last()
	})
}
