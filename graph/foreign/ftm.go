package foreign

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/table"
	"github.com/caspian-kg/caspian/schema"
)

// FollowTheMoney is entities of FollowTheMoney, such as those of OpenSanctions and Aleph: one JSON object per line, with an id, a schema
// and properties, each a list of texts. The datasets that an entity names are the sources of its claims.
var FollowTheMoney = alone("ftm", "entities of FollowTheMoney, one JSON object per line", ".ftm", ".ftm.json", ".ftm.jsonl")

func decodeFTM(ctx context.Context, name string, in io.Reader, g Graph, emit codec.Emit) error {
	r := newReader(ctx, name, g, emit)
	var faults codec.Faults
	err := table.Read(ctx, name, in, table.Options{JSONLines: true}, func(row *table.Row) bool {
		at := row.Position("")
		id, class := one(row, "id"), one(row, "schema")
		if id == "" || class == "" {
			faults.Add(at, graph.BadInput, "not an entity of FollowTheMoney: it has no id or no schema")
			return true
		}
		t := r.of(ftm+id, at)
		t.classes = []string{ftm + class}
		if of := one(row, "datasets"); of != "" {
			t.source = ftm + of
		}
		for _, column := range row.Columns() {
			property, ok := strings.CutPrefix(column, "properties/")
			if !ok || strings.Contains(property, "/") {
				continue
			}
			for _, text := range row.Values(column) {
				t.says = append(t.says, statement{property: ftm + property, text: text})
			}
		}
		return true
	}, faults.Report)
	if err == nil {
		err = faults.Err()
	}
	if err != nil {
		return err
	}
	return r.finish()
}

// one is the first value of a column.
func one(row *table.Row, column string) string {
	if values := row.Values(column); len(values) > 0 {
		return values[0]
	}
	return ""
}

// first is the first text of a property; "" if there is none.
func (t *thing) first(property string) string {
	for i := range t.says {
		if t.says[i].property == ftm+property {
			return t.says[i].text
		}
	}
	return ""
}

// link states the relation that a thing stands for, such as an Ownership, with its dates and its share.
func (r *reader) link(t *thing, e edge) error {
	subject, object := r.things[ftm+t.first(e.subject)], r.things[ftm+t.first(e.object)]
	class := strings.TrimPrefix(t.classes[0], ftm)
	switch {
	case subject == nil || subject.typ == nil || object == nil || object.typ == nil:
		r.leave(t.at, t.name, class+" of which an end is not in the file, or has no type")
		return nil
	case subject.typ.Field(e.field.Name) != e.field || !e.field.Target.Includes(object.typ):
		r.leave(t.at, t.name, class+" of a "+subject.typ.Name+" and a "+object.typ.Name+", between which "+e.field.Name+" does not hold")
		return nil
	}
	c := graph.Claim{Subject: subject.id, Predicate: e.field.Name, Value: graph.EntityValue(object.id)}
	if from, to := t.first("startDate"), t.first("endDate"); from+to != "" {
		valid, err := graph.ParseInterval(day(from) + "/" + day(to))
		if err != nil {
			r.leave(t.at, t.name, class+" with a date that cannot be read")
			return nil
		}
		c.Valid = valid
	}
	if q := e.field.Qualifier("share"); q != nil && q.Scalar == schema.Float {
		if n, err := strconv.ParseFloat(strings.TrimSuffix(t.first("percentage"), "%"), 64); err == nil && n >= 0 && n <= 100 {
			c.Qualifiers = []graph.QualifierValue{{Name: "share", Value: graph.FloatValue(n / 100)}}
		}
	}
	for _, s := range t.says {
		switch strings.TrimPrefix(s.property, ftm) {
		case e.subject, e.object, "startDate", "endDate", "date", "percentage":
		default:
			r.leave(t.at, t.name, "a value of "+s.property+" of "+class+", which a relation does not have")
		}
	}
	return r.assert(t, t.at, c)
}
