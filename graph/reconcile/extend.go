package reconcile

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// maxCells bounds how many values extend returns for one property of one entity.
const maxCells = 1000

// extension is a data extension query.
type extension struct {
	IDs        []graph.ID `json:"ids"`
	Properties []struct {
		ID       string   `json:"id"`
		Settings settings `json:"settings"`
	} `json:"properties"`
}

// settings are the settings of one property in a data extension query. The manifest declares them.
type settings struct {
	AsOf string `json:"asOf"`
}

// extend answers a data extension query with the values of the requested properties.
func (a *answering) extend(text string) (any, error) {
	var q extension
	if err := decode("extend", text, &q); err != nil {
		return nil, err
	}
	if err := tooMany(len(q.IDs), "entities"); err != nil {
		return nil, err
	}
	if err := tooMany(len(q.Properties), "properties"); err != nil {
		return nil, err
	}
	meta, rows := []any{}, map[graph.ID]map[string][]any{}
	for _, id := range q.IDs {
		rows[id] = map[string][]any{}
	}
	for _, p := range q.Properties {
		fields := a.Snapshot.Ontology().Predicate(p.ID)
		f := a.field(p.ID)
		if f == nil {
			return nil, graph.Errorf(graph.UnknownName, "there is no property %q; %s/reconcile/suggest/property?prefix= lists them", graph.Clip(p.ID), a.Base)
		}
		about := map[string]any{"id": f.Name, "name": f.Label}
		if f.Target != nil && len(fields) < 2 {
			about["type"] = ofType(f.Target)
		}
		meta = append(meta, about)
		v, err := a.viewOf(p.Settings)
		if err != nil {
			return nil, err
		}
		for _, id := range q.IDs {
			rows[id][p.ID] = a.cells(v, id, p.ID)
		}
		if err := v.Err(); err != nil {
			return nil, err
		}
	}
	return map[string]any{"meta": meta, "rows": rows}, nil
}

// field returns the field with the name, from the first type that has it.
func (a *answering) field(name string) *schema.Field {
	for _, t := range a.Snapshot.Ontology().Types {
		if f := t.Field(name); f != nil {
			return f
		}
	}
	return nil
}

// viewOf returns the view that the settings of a property select.
func (a *answering) viewOf(s settings) (*snapshot.View, error) {
	text := strings.TrimSpace(s.AsOf)
	if text == "" {
		return a.now, nil
	}
	date, err := graph.ParseDate(text)
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "asOf: %v", err)
	}
	v, err := a.Snapshot.View(graph.View{AsOf: date}, a.Today)
	if err != nil {
		return nil, err
	}
	return v.WithDone(a.done), nil
}

// cells returns the values of a property of an entity, or none if the entity does not exist.
func (a *answering) cells(v *snapshot.View, id graph.ID, name string) []any {
	list := []any{}
	n, ok := v.Meant(id)
	if !ok {
		return list
	}
	f := a.fieldOf(n, name)
	switch {
	case f == nil:
	case f.Target != nil && f.Many:
		for e := range v.Relation(n, f, false).All() {
			if list = append(list, a.entity(v, e.Node)); len(list) == maxCells {
				break
			}
		}
	case f.Many:
		for _, claim := range v.Values(n, f, nil) {
			if list = append(list, a.cell(f, a.Snapshot.Value(claim))); len(list) == maxCells {
				break
			}
		}
	default:
		e, ok := v.One(n, f)
		if !ok {
			break
		}
		if f.Target != nil {
			list = append(list, a.entity(v, e.Node))
		} else {
			list = append(list, a.cell(f, a.Snapshot.Value(e.Claim)))
		}
	}
	return list
}

func (a *answering) entity(v *snapshot.View, n uint32) any {
	return named{ID: string(a.Snapshot.ID(n)), Name: v.Name(n)}
}

// cell returns a value as a cell of the specification, which has no quantities, ranges or incomplete dates. These
// become texts, except that a quantity in the unit of its property becomes a number.
func (a *answering) cell(f *schema.Field, v graph.Value) any {
	switch v.Kind() {
	case graph.NoneKind:
		return map[string]any{}
	case graph.IntKind:
		return map[string]any{"int": v.Int()}
	case graph.FloatKind:
		return map[string]any{"float": v.Float()}
	case graph.QuantityKind:
		if v.Text() == f.Unit {
			return map[string]any{"float": v.Float()}
		}
	case graph.DateKind:
		if d := v.Date(); d.Known() && d.First() == d.Last() {
			return map[string]any{"date": d.First().String() + "T00:00:00Z"}
		}
	}
	return map[string]any{"str": v.String()}
}
