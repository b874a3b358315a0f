package codec

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// A scenario is written as JSON lines. In a file, its name comes first, and all lines after it are of the scenario:
//
//	{"scenario":"alat-closed","title":"Alat (port) closed"}
//	{"entity":"new-port","type":"TransportNode"}
//	{"subject":"AZALA","predicate":"status","value":"CLOSED","valid":"2027-06/.."}
//	{"override":"HUN","predicate":"memberOf","object":"eu","valid":"2004-05-01/2027-06-30"}
//	{"remove":"HUN","predicate":"borders","object":"SRB"}
//	{"retract":"c…"}

// supposed returns the operation of a line that only scenarios have.
func (l *lineContent) supposed(kind string) (graph.Op, error) {
	switch kind {
	case "scenario":
		return graph.Op{Kind: graph.Suppose, Scenario: &graph.Scenario{Name: l.Scenario, Title: l.Title}}, nil
	case "override":
		l.Subject = l.Override
		c, err := l.claim()
		return graph.Op{Kind: graph.Override, Claim: c}, err
	}
	c := graph.Claim{Subject: graph.ID(l.Remove), Predicate: l.Predicate}
	switch {
	case l.Predicate == "":
		return graph.Op{}, graph.Errorf(graph.BadInput, "the removal has no predicate")
	case l.Object != "" && l.value != nil:
		return graph.Op{}, graph.Errorf(graph.BadInput, "the removal has both an object and a value; an object names an entity, a value is a literal")
	case l.Object != "":
		c.Value = graph.EntityValue(graph.ID(l.Object))
	case l.value != nil:
		c.Value = *l.value
	}
	return graph.Op{Kind: graph.Remove, Claim: c}, nil
}

// EncodeScenario returns the operations of a scenario as JSON lines, without its name.
func EncodeScenario(o *schema.Ontology, ops []graph.Op) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	kinds := kindsOf{o, map[graph.ID]bool{}}
	for i := range ops {
		op := &ops[i]
		l := jsonLine{}
		switch op.Kind {
		case graph.Declare:
			l.Entity, l.Type = string(op.Entity.ID), op.Entity.Type
		case graph.Assert, graph.Override:
			l = lineOf(&op.Claim, kinds)
			if op.Claim.Confidence == 1 {
				l.Confidence = nil
			}
			if op.Kind == graph.Override {
				l.Subject, l.Override = "", l.Subject
			}
		case graph.Remove:
			l.Remove, l.Predicate = string(op.Claim.Subject), op.Claim.Predicate
			switch op.Claim.Value.Kind() {
			case graph.NoKind:
			case graph.EntityKind:
				l.Object = string(op.Claim.Value.Entity())
			default:
				l.Value = kinds.raw(&op.Claim)
			}
		case graph.Retract:
			l.Retract, l.Reason = op.Retract.Claim.String(), op.Retract.Reason
		default:
			return "", graph.Errorf(graph.BadInput, "%s: a scenario declares, asserts, overrides, removes and retracts, and does nothing else", op.Position)
		}
		if err := enc.Encode(l); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// DecodeScenario reads what EncodeScenario wrote.
func DecodeScenario(name, lines string) (ops []graph.Op, err error) {
	err = decodeJSONLines(context.Background(), "scenario "+name, strings.NewReader(lines), func(op graph.Op) error {
		ops = append(ops, op)
		return nil
	})
	return ops, err
}

// EncodeNamed returns a scenario as a file that makes it again.
func EncodeNamed(sc graph.Scenario) (string, error) {
	head, err := json.Marshal(jsonLine{Scenario: sc.Name, Title: sc.Title})
	return string(head) + "\n" + sc.Lines, err
}
