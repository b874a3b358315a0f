package snapshot_test

import (
	"regexp"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

var pool = graphtest.Pool{
	"Country": {"AAA", "BBB", "CCC", "DDD"}, "City": {"x-town", "y-town"}, "Person": {"ann", "bob", "cas"},
	"Post": {"post-1", "post-2"}, "Meeting": {"meet-1"}, "Mine": {"mine-1"}, "Plant": {"plant-1"}, "Source": {"src-1", "src-2", "src-3"},
}

func entities() []graph.Entity { return pool.Entities() }

// testUnits are the units of testOntology.
var testUnits = map[string]*schema.Unit{
	"km": {Code: "km", Dimension: "length", Factor: 1}, "m": {Code: "m", Dimension: "length", Factor: 0.001}, "USD": {Code: "USD", Dimension: "currency"},
}

func drawScalar(t *rapid.T, s schema.Scalar, e *schema.Enum) graph.Value {
	switch s {
	case schema.Int:
		return graph.IntValue(int64(rapid.IntRange(0, 3).Draw(t, "int")))
	case schema.Float:
		return graph.FloatValue(float64(rapid.IntRange(0, 3).Draw(t, "float")) / 4)
	case schema.Quantity:
		return graph.QuantityValue(rapid.SampledFrom([]float64{0, 1, 2, 9, 0.001, 0.009, 1000, 2000}).Draw(t, "quantity"), rapid.SampledFrom([]string{"km", "m", "JPY", "USD"}).Draw(t, "unit"))
	case schema.Date:
		return graph.DateValue(graphtest.DrawDate(t, "date", true))
	case schema.EnumValue:
		return graph.EnumOf(rapid.SampledFrom(e.Values).Draw(t, "enum").Name)
	}
	return graph.StringValue(rapid.SampledFrom([]string{"Alpha", "Àlpha beta", "ALPHA", "Beta", "Γάμμας", "γαμμασ", "Oʻłß", "o'LSS"}).Draw(t, "text"))
}

// drawStated is a value that a claim states, which may be a range.
func drawStated(t *rapid.T, typ string, s schema.Scalar, e *schema.Enum) graph.Value {
	if s.Numeric() && typ != schema.SourceType && rapid.IntRange(0, 3).Draw(t, "range") == 0 {
		return drawRange(t, s)
	}
	return drawScalar(t, s, e)
}

func stored(o *schema.Ontology, typ string) []*schema.Field {
	var fs []*schema.Field
	for _, f := range o.Type(typ).Fields {
		if f.Stored() {
			fs = append(fs, f)
		}
	}
	return fs
}

func drawClaim(t *rapid.T, o *schema.Ontology) graph.Claim {
	e := rapid.SampledFrom(entities()).Draw(t, "subject")
	f := rapid.SampledFrom(stored(o, e.Type)).Draw(t, "field")
	if e.Type == "Country" && rapid.IntRange(0, 3).Draw(t, "trade") == 0 {
		f = o.Type(e.Type).Field(rapid.SampledFrom([]string{"exportsTo", "importsFrom"}).Draw(t, "reported by"))
	}
	c := graph.Claim{
		Subject: e.ID, Predicate: f.Name, Source: rapid.SampledFrom(pool["Source"]).Draw(t, "source"),
		Confidence: rapid.SampledFrom([]float64{0.3, 0.7, 0.7, 1}).Draw(t, "confidence"),
		Rank:       rapid.SampledFrom([]graph.Rank{0, 0, 0, graph.Preferred, graph.Deprecated}).Draw(t, "rank"),
		Locator:    rapid.SampledFrom([]string{"", "p1"}).Draw(t, "locator"),
	}
	if f.Kind == schema.Relation {
		c.Value = graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)).Draw(t, "object"))
	} else {
		c.Value = drawStated(t, e.Type, f.Scalar, f.Enum)
	}
	if f.Name == "completeFor" || f.Name == "partialFor" || f.Name == "maintains" {
		c.Value = graph.StringValue(rapid.SampledFrom([]string{"borders", "exportsTo", "assets", "leader", "capital", "capitalOf", "holds", "holders", "of", "participants"}).Draw(t, "of a relation"))
	}
	if e.Type != "Source" && !schema.IsName(f.Name) && rapid.IntRange(0, 7).Draw(t, "none") == 0 {
		c.Value = graph.NoneValue()
	}
	for _, q := range f.Qualifiers {
		if !rapid.Bool().Draw(t, q.Name) {
			continue
		}
		v := graph.Value{}
		if q.Target != nil {
			v = graph.EntityValue(rapid.SampledFrom(pool.Of(q.Target)).Draw(t, "qualifier"))
		} else {
			v = drawStated(t, e.Type, q.Scalar, q.Enum)
		}
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: q.Name, Value: v})
	}
	if f.Time != schema.Eternal && rapid.IntRange(0, 3).Draw(t, "dated") > 0 {
		c.Valid = graphtest.DrawInterval(t)
	}
	if rapid.IntRange(0, 5).Draw(t, "extra") == 0 {
		c.Original, c.Note, c.AttributedTo, c.Conflict = "Orig Ōsaka", "note", "ann", "group"
	}
	return c
}

// echo is a claim of another source beside one drawn before: of the same question, or
// of one of its ends. Most rules of time need several claims that meet.
func echo(t *rapid.T, o *schema.Ontology, c graph.Claim) graph.Claim {
	f := o.Type(typeOf(c.Subject)).Field(c.Predicate)
	c.Source, c.Supersedes = rapid.SampledFrom(pool["Source"]).Draw(t, "echo's source"), nil
	if f.Mirror != nil && c.Value != graph.NoneValue() && rapid.Bool().Draw(t, "from the other end") {
		c.Subject, c.Predicate, c.Value = c.Value.Entity(), f.Mirror.Of.Name, graph.EntityValue(c.Subject)
		if rapid.Bool().Draw(t, "of another year") {
			c.Valid = graphtest.DrawInterval(t)
		}
		return c
	}
	if f.Time != schema.Eternal && rapid.IntRange(0, 2).Draw(t, "dated otherwise") == 0 {
		c.Valid = graphtest.DrawAgreeing(t, c.Valid)
		return c
	}
	if f.Kind == schema.Relation && rapid.Bool().Draw(t, "another object") {
		c.Value = graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)).Draw(t, "object"))
	}
	if rapid.Bool().Draw(t, "another subject") {
		c.Subject = rapid.SampledFrom(pool[typeOf(c.Subject)]).Draw(t, "subject")
	}
	if rapid.Bool().Draw(t, "undated") {
		c.Valid = graph.Interval{}
	}
	return c
}

// keepLists dates the sources, lets them maintain the list of a relation, and draws
// claims of that which give no dates.
func keepLists(t *rapid.T, o *schema.Ontology) []graph.Op {
	var ops []graph.Op
	assert := func(subject graph.ID, predicate string, v graph.Value, source graph.ID) {
		ops = append(ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: source, Confidence: 1}})
	}
	list := rapid.SampledFrom([]struct{ typ, relation, name string }{
		{"Country", "borders", "borders"}, {"Person", "holds", "holds"}, {"Person", "holds", "holders"}, {"Country", "capital", "capital"}, {"Plant", "owner", "assets"},
	}).Draw(t, "list")
	for _, id := range pool["Source"] {
		assert(id, "date", graph.DateValue(graphtest.DrawDate(t, "date", true)), id)
		if rapid.IntRange(0, 2).Draw(t, "maintains") > 0 {
			assert(id, "maintains", graph.StringValue(list.name), id)
		}
	}
	target := o.Type(list.typ).Field(list.relation).Target
	for range rapid.IntRange(2, 8).Draw(t, "listed") {
		subject, object := rapid.SampledFrom(pool[list.typ]).Draw(t, "subject"), rapid.SampledFrom(pool.Of(target)).Draw(t, "object")
		if subject != object {
			assert(subject, list.relation, graph.EntityValue(object), rapid.SampledFrom(pool["Source"]).Draw(t, "source"))
		}
	}
	return ops
}

// drawHistory is a history of commits that graph.Check accepted.
func drawHistory(t *rapid.T, o *schema.Ontology) []graph.Commit {
	commits := []graph.Commit{{Seq: 1, At: epoch.Add(time.Hour), Entities: entities()}}
	s, err := snapshot.Empty(o).Apply(&commits[0])
	if err != nil {
		t.Fatal(err)
	}
	lists := rapid.IntRange(0, 3).Draw(t, "lists") == 0
	var drawn []graph.Claim
	for range rapid.IntRange(1, 5).Draw(t, "commits") {
		var ch graph.Change
		if lists {
			ch.Ops, lists = keepLists(t, o), false
		}
		var standing, withdrawn []graph.ClaimID
		if err := s.Claims(func(_ *graph.Claim, id graph.ClaimID, live bool) error {
			if live {
				standing = append(standing, id)
			} else {
				withdrawn = append(withdrawn, id)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 12).Draw(t, "claims") {
			var c graph.Claim
			if len(drawn) > 0 && rapid.IntRange(0, 2).Draw(t, "echo") == 0 {
				c = echo(t, o, rapid.SampledFrom(drawn).Draw(t, "of"))
			} else {
				c = drawClaim(t, o)
			}
			drawn = append(drawn, c)
			if len(standing) > 0 && rapid.IntRange(0, 6).Draw(t, "supersede") == 0 {
				c.Supersedes = []graph.ClaimID{rapid.SampledFrom(standing).Draw(t, "old")}
			}
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: c})
		}
		if len(standing) > 0 && rapid.Bool().Draw(t, "retract") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: rapid.SampledFrom(standing).Draw(t, "retracted")}})
		}
		if len(withdrawn) > 0 && rapid.Bool().Draw(t, "reinstate") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: rapid.SampledFrom(withdrawn).Draw(t, "reinstated")}})
		}
		res, problems := graph.Check(o, s.State(), &ch)
		if problems != nil {
			continue // two claims of one key, or one claim withdrawn twice
		}
		c := res.Commit
		c.Seq, c.At = s.Seq()+1, epoch.Add(time.Duration(s.Seq()+1)*time.Hour)
		next, err := s.Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		s, commits = next, append(commits, c)
	}
	return commits
}

func drawView(t *rapid.T, commits int) graph.View {
	var v graph.View
	if rapid.Bool().Draw(t, "asOf") {
		v.AsOf = graphtest.DrawDate(t, "on", true)
	} else if rapid.IntRange(0, 2).Draw(t, "during") == 0 {
		from, to := graphtest.DrawDate(t, "first", true), graphtest.DrawDate(t, "last", true)
		if v.During = (graph.Interval{From: from, To: to}); v.During.Check() != nil {
			v.During = graph.Interval{From: to, To: from}
		}
		v.Mode = rapid.SampledFrom([]graph.Mode{graph.OnDate, graph.Ever, graph.Throughout}).Draw(t, "mode")
	}
	if rapid.IntRange(0, 4).Draw(t, "sure") == 0 {
		v.Holds = graph.HoldsYes
	}
	if rapid.IntRange(0, 4).Draw(t, "published") == 0 {
		v.PublishedUntil = graphtest.DrawDate(t, "until", true)
	}
	if rapid.IntRange(0, 2).Draw(t, "knownAt") == 0 {
		at := epoch.Add(time.Duration(rapid.IntRange(0, commits+1).Draw(t, "hours"))*time.Hour + time.Minute)
		v.KnownAt = &at
	}
	v.MinConfidence = rapid.SampledFrom([]float64{0, 0, 0.5, 0.7, 0.70001}).Draw(t, "minConfidence")
	if rapid.IntRange(0, 2).Draw(t, "sources") == 0 {
		v.Sources = rapid.SliceOfNDistinct(rapid.SampledFrom(pool["Source"]), 0, 2, rapid.ID).Draw(t, "of")
		if v.Sources == nil {
			v.Sources = []graph.ID{}
		}
	}
	return v
}

func drawTest(t *rapid.T, s schema.Scalar, e *schema.Enum) *filter.Test {
	test := drawComparison(t, s, e)
	if s == schema.Quantity && rapid.Bool().Draw(t, "in a unit") {
		test.Unit = testUnits[rapid.SampledFrom([]string{"km", "m", "USD"}).Draw(t, "unit")]
	}
	test.Possibly = s.Numeric() && rapid.IntRange(0, 3).Draw(t, "possibly") == 0
	if s == schema.String {
		test.ByBytes = rapid.Bool().Draw(t, "byBytes")
	}
	if rapid.Bool().Draw(t, "prepared") {
		test.Prepare()
	}
	return test
}

// parts are what the generated filters look for in texts.
var parts = []string{"alp", "ALP", "beta", "Àl", "a b", "α", "Σ", "o'", "ss", "ß"}

func drawComparison(t *rapid.T, s schema.Scalar, e *schema.Enum) *filter.Test {
	v := drawScalar(t, s, e)
	yes := rapid.Bool().Draw(t, "null")
	switch rapid.IntRange(0, 13).Draw(t, "op") {
	case 13:
		return &filter.Test{IsNone: &yes}
	case 0:
		return &filter.Test{Eq: &v}
	case 1:
		return &filter.Test{Ne: &v}
	case 2:
		return &filter.Test{In: []graph.Value{v, drawScalar(t, s, e)}}
	case 3:
		return &filter.Test{NotIn: []graph.Value{v}}
	case 4:
		return &filter.Test{IsNull: &yes}
	case 5:
		return &filter.Test{Gt: &v}
	case 6:
		return &filter.Test{Lte: &v}
	case 10:
		return &filter.Test{Gte: &v}
	case 11:
		return &filter.Test{Lt: &v}
	case 12:
		return &filter.Test{}
	case 7:
		return &filter.Test{Contains: rapid.SampledFrom(parts).Draw(t, "part")}
	case 8:
		return &filter.Test{Matches: regexp.MustCompile("^[AB1]")}
	}
	return &filter.Test{StartsWith: rapid.SampledFrom(parts).Draw(t, "beginning")}
}

// drawIDs tests ids, of entities and of none.
func drawIDs(t *rapid.T) *filter.Test {
	test := &filter.Test{ByBytes: true}
	id := rapid.Custom(func(t *rapid.T) graph.Value {
		return graph.StringValue(rapid.SampledFrom([]string{"AAA", "BBB", "CCC", "x-town", "ann", "post-1", "mine-1", "plant-1", "meet-1", "src-1", "nobody"}).Draw(t, "id"))
	})
	one := id.Draw(t, "one")
	switch rapid.IntRange(0, 4).Draw(t, "op") {
	case 0:
		test.Eq = &one
	case 1:
		test.Ne = &one
	case 2:
		test.Gte = &one
	default:
		test.In = rapid.SliceOfN(id, 0, 5).Draw(t, "in")
	}
	if rapid.Bool().Draw(t, "prepared") {
		test.Prepare()
	}
	return test
}

func drawFilter(t *rapid.T, typ *schema.Type, depth int) *filter.Node {
	f := &filter.Node{}
	switch k := rapid.IntRange(0, 8).Draw(t, "filter"); {
	case k == 8:
		f.ID = drawIDs(t)
	case k == 7:
		f.Type = &filter.Test{ByBytes: true, In: []graph.Value{graph.StringValue("Country"), graph.StringValue("Person")}}
	case depth == 0 || k == 0:
		f.Name = drawTest(t, schema.String, nil)
	case k == 1:
		f.And = []*filter.Node{drawFilter(t, typ, depth-1), drawFilter(t, typ, depth-1)}
	case k == 2:
		f.Or = []*filter.Node{drawFilter(t, typ, depth-1), drawFilter(t, typ, depth-1)}
	case k == 3:
		f.Not = drawFilter(t, typ, depth-1)
	default:
		field := rapid.SampledFrom(typ.Fields).Draw(t, "filterField")
		if field.Kind == schema.Property {
			f.Properties = []filter.Property{{Field: field, Test: drawTest(t, field.Scalar, field.Enum)}}
			break
		}
		r := filter.Relation{Field: field}
		e := drawEdgeFilter(t, field, depth-1)
		switch rapid.IntRange(0, 6).Draw(t, "quantifier") {
		case 5, 6:
			if !field.Many {
				r.Some = e
				break
			}
			fig := drawFigure(t, field)
			if fig.Op == aggregate.Count && rapid.Bool().Draw(t, "of some") {
				fig.Query.Edges = e
			}
			r.Figures = []filter.FigureTest{{Figure: fig, Test: drawTest(t, schema.Float, nil)}}
		case 4:
			none := rapid.Bool().Draw(t, "is none")
			r.IsNone = &none
		case 3:
			unknown := rapid.Bool().Draw(t, "unknown")
			r.Unknown = &unknown
		case 0:
			r.Some = e
		case 1:
			r.Every = e
		default:
			r.None = e
		}
		f.Relations = []filter.Relation{r}
	}
	return f
}

// drawFigure is a count of the edges of a relation of many, or a figure of a share or a number of its ends.
func drawFigure(t *rapid.T, field *schema.Field) *filter.Figure {
	f := &filter.Figure{Field: field, Op: rapid.SampledFrom([]aggregate.Op{aggregate.Count, aggregate.Count, aggregate.Sum, aggregate.Avg, aggregate.Min, aggregate.Max}).Draw(t, "figure")}
	var by []filter.Reading
	for _, q := range qualifiersOf(field) {
		if q.Scalar.Numeric() {
			by = append(by, filter.ReadQualifier(q))
		}
	}
	for _, p := range field.Target.Fields {
		if !p.Many && p.Scalar.Numeric() {
			by = append(by, filter.Reading{Property: p})
		}
	}
	if len(by) == 0 {
		f.Op = aggregate.Count
	}
	if f.Op != aggregate.Count {
		f.By = rapid.SampledFrom(by).Draw(t, "figure of")
	}
	return f
}

func qualifiersOf(f *schema.Field) []*schema.Qualifier {
	if f.Kind == schema.Inverse {
		return f.InverseOf[0].Qualifiers
	}
	return f.Qualifiers
}

func drawEdgeFilter(t *rapid.T, field *schema.Field, depth int) *filter.Edge {
	e := &filter.Edge{Node: drawFilter(t, field.Target, max(depth, 0))}
	for _, q := range qualifiersOf(field) {
		if q.Target == nil && rapid.Bool().Draw(t, "testQualifier") {
			e.Node = nil
			e.Qualifiers = []filter.Qualifier{{Qualifier: q, Test: drawTest(t, q.Scalar, q.Enum)}}
		}
	}
	if from := subjectsOf(field); from != nil && rapid.IntRange(0, 2).Draw(t, "ofSubject") == 0 {
		of := &filter.Edge{Subject: drawFilter(t, from, max(depth, 0))}
		switch rapid.IntRange(0, 2).Draw(t, "both") {
		case 0:
			e.Subject = of.Subject
		case 1:
			e = &filter.Edge{Or: []*filter.Edge{e, of}}
		default:
			e = of
		}
	}
	switch rapid.IntRange(0, 5).Draw(t, "ofClaim") {
	case 0:
		at := graph.FloatValue(rapid.SampledFrom([]float64{0.3, 0.7, 1}).Draw(t, "at least"))
		e.Claims = []filter.Claim{{Field: "confidence", Test: &filter.Test{Gte: &at}}}
	case 1:
		from := graph.StringValue(string(rapid.SampledFrom(pool["Source"]).Draw(t, "from source")))
		e = &filter.Edge{And: []*filter.Edge{e, {Claims: []filter.Claim{{Field: "source", Test: &filter.Test{Eq: &from, ByBytes: true}}}}}}
	}
	if rapid.IntRange(0, 4).Draw(t, "notEdge") == 0 {
		return &filter.Edge{Not: e}
	}
	return e
}

// subjectsOf is the type of the subjects of a relation's claims, nil where they have
// several.
func subjectsOf(f *schema.Field) *schema.Type {
	switch f.Kind {
	case schema.Inverse:
		return f.Target
	case schema.Derived:
		return nil
	}
	return f.Owner
}

func drawOrder(t *rapid.T, typ *schema.Type, qs []*schema.Qualifier, subject *schema.Type) []filter.Key {
	var keys []filter.Key
	for range rapid.IntRange(0, 2).Draw(t, "keys") {
		k := filter.Key{Descending: rapid.Bool().Draw(t, "descending")}
		var readings []filter.Reading
		of := func(end filter.End, typ *schema.Type) {
			for _, own := range []string{"id", "type", "name"} {
				readings = append(readings, filter.Reading{Of: end, Own: own})
			}
			for _, f := range typ.Fields {
				if !f.Many {
					readings = append(readings, filter.Reading{Of: end, Property: f})
				} else if f.Kind != schema.Property {
					readings = append(readings, filter.Reading{Of: end, Figure: drawFigure(t, f)})
				}
			}
		}
		of(filter.OfNode, typ)
		if subject != nil {
			of(filter.OfSubject, subject)
		}
		for _, q := range qs {
			readings = append(readings, filter.ReadQualifier(q))
		}
		k.By = rapid.SampledFrom(readings).Draw(t, "by")
		keys = append(keys, k)
	}
	return keys
}

func pointers(commits []graph.Commit) []*graph.Commit {
	list := make([]*graph.Commit, len(commits))
	for i := range commits {
		list[i] = &commits[i]
	}
	return list
}

// replayed is the snapshot after all the commits, taken at once.
func replayed(t interface{ Fatal(...any) }, s *snapshot.Snapshot, commits []*graph.Commit) *snapshot.Snapshot {
	s, err := s.Replay(func(g graph.Growth) error {
		for _, c := range commits {
			if err := g.Add(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
