package input

import (
	"fmt"
	"math"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
)

// Transaction has the prepared arguments of transact. Requests may share the change, so it must not
// be modified.
type Transaction struct {
	Change graph.Change
	DryRun bool
}

// TransactType returns the input of a change.
func (ts *Types) TransactType() *graphql.InputObject {
	return ts.object("TransactInput", "A change of the graph: operations that are made together or not at all.", func() []inputField {
		return []inputField{
			{"operations", "The operations. All entities are declared before claims are checked, whatever the order.", list(ts.operationType())},
			{"scenario", "Makes the change one of a scenario: its operations are hypothetical, and show only in views that name the scenario.", ts.object("ScenarioInput", "The scenario of which a change is.", func() []inputField {
				return []inputField{
					{"name", "The scenario's name, for view.scenario: ASCII letters and digits, and inside - _ .", must(graphql.ID)},
					{"title", "In a few words what it supposes, at most 200 bytes; the title that it has, if left out.", graphql.String},
					{"replace", "Whether it has only these operations from now on. By default they are added to those that it has.", graphql.Boolean},
					{"delete", "Deletes the scenario as a whole; operations is empty then.", graphql.Boolean},
				}
			})},
			{"idempotencyKey", "At most 200 bytes. The same change with the same key is made once; later ones get the sequence number of the first.", graphql.String},
			{"ifSequence", "Refuses the change unless the store is at this sequence number (SEQ_MISMATCH).", graphql.Int},
			{"sync", "The id of a source of which the operations state everything: what it said before and they do not state is withdrawn, and what they state and was withdrawn holds again.", graphql.ID},
			{"import", "Makes the change an import, or a part of one, so that imports lists it and an undo takes it back.", ts.object("ImportInput", "What an import is, or which import goes on.", func() []inputField {
				return []inputField{
					{"label", "In a few words what it is, at most 200 bytes.", graphql.String}, {"files", "The names of the files, at most 200 bytes.", graphql.String},
					{"format", "How the files were read.", graphql.String}, {"id", "The number of the import that the change goes on with, as the result of its first change has it.", graphql.Int},
				}
			})},
			{"dryRun", "Checks the change, reports what it would do, and records nothing.", graphql.Boolean},
		}
	})
}

func (ts *Types) operationType() *graphql.InputObject {
	return ts.oneOf("Operation", "One operation of a change: exactly one of the fields.", func() []inputField {
		return []inputField{
			{"declare", "Declares an entity with its type.", ts.object("DeclareInput", "An entity to declare.", func() []inputField {
				return []inputField{{"id", "The entity's new id.", must(graphql.ID)}, {"type", "The name of a concrete type of the ontology.", must(graphql.String)}}
			})},
			{"assert", "States a claim.", ts.assertType()},
			{"retract", "Withdraws a claim; a view with an earlier knownAt still shows it.", ts.object("RetractInput", "A claim to withdraw.", func() []inputField {
				return []inputField{{"claim", "The claim's id.", must(graphql.ID)}, {"reason", "Why, in words.", graphql.String}}
			})},
			{"reinstate", "Lets a withdrawn claim hold again, as it was stated; a view with a knownAt in between does not show it.", ts.object("ReinstateInput", "A claim to reinstate.", func() []inputField {
				return []inputField{{"claim", "The claim's id.", must(graphql.ID)}, {"reason", "Why, in words.", graphql.String}}
			})},
			{"undo", "Takes back, once in a change, what an import did or what a source states: what others changed since stays.", ts.object("UndoInput", "What to undo: an import or a source.", func() []inputField {
				return []inputField{{"import", "The number of the import.", graphql.Int}, {"source", "The id of the source; what it says of itself stays.", graphql.ID}, {"reason", "Why, in words.", graphql.String}}
			})},
			{"merge", "Lets one entity stand for another, after the other operations: what is stated of the one is stated of the other from then on, and its id means the other.", ts.object("MergeInput", "Two entities of one type to merge.", func() []inputField {
				return []inputField{{"id", "The id of the entity that the other one stands for.", must(graphql.ID)}, {"into", "The id of the entity that stays.", must(graphql.ID)}}
			})},
			{"unmerge", "Takes the merge of an entity back: what the merge stated of the other is stated of it again, unless others changed it since.", ts.object("UnmergeInput", "An entity that was merged into another.", func() []inputField {
				return []inputField{{"id", "The id of the entity that was merged.", must(graphql.ID)}}
			})},
			{"override", "Only of a scenario: states a claim in place of all that answer the same question: those of the same field, and in a list of the same object.", ts.assertType()},
			{"remove", "Only of a scenario: hides the claims that match.", ts.object("RemoveInput", "The claims to hide: those of a subject and a predicate, whatever their source and time.", func() []inputField {
				return []inputField{
					{"subject", "The id of the entity that the claims are about.", must(graphql.ID)},
					{"predicate", "The name of a stored field of the subject's type.", must(graphql.String)},
					{"object", "Only claims with this object.", graphql.ID}, {"value", "Only claims with this literal.", Value},
				}
			})},
			{"supersede", "States a claim that replaces others, which are withdrawn.", ts.object("SupersedeInput", "A claim and those it replaces.", func() []inputField {
				return []inputField{{"claims", "The ids of the claims to replace.", list(graphql.ID)}, {"by", "The claim that replaces them.", must(ts.assertType())}}
			})},
		}
	})
}

func (ts *Types) assertType() *graphql.InputObject {
	return ts.object("AssertInput", "A claim to state. It has an object or a value, or says that there is none.", func() []inputField {
		return []inputField{
			{"subject", "The id of the entity that the claim is about.", must(graphql.ID)},
			{"predicate", "The name of a stored field of the subject's type.", must(graphql.String)},
			{"object", "The id of the entity that the claim states, for a relation.", graphql.ID},
			{"value", "The literal that the claim states, for a property.", Value},
			{"none", "Whether the claim states that there is nothing, such as no capital.", graphql.Boolean},
			{"qualifiers", "The claim's qualifiers, each at most once.", graphql.NewList(must(ts.object("QualifierInput", "One qualifier of a claim.", func() []inputField {
				return []inputField{{"name", "The qualifier's name in the ontology.", must(graphql.String)}, {"value", "A literal, or the id of an entity where the qualifier names one.", must(Value)}}
			})))},
			{"valid", "When the claim holds, as an EDTF interval: 2019-03-20/2022-09-17, 2022/.., /2010, or one date.", graphql.String},
			{"source", "The id of the source that makes the claim. It is left out only in a scenario, whose own claims have the scenario as their source, and if they are states without dates hold on every date.", graphql.ID},
			{"locator", "Where in the source: a paragraph, a row, a path.", graphql.String},
			{"confidence", "How far the source is trusted in this, from 0 to 1; 1 by default.", graphql.Float},
			{"rank", "Whether to prefer the claim over others; NORMAL by default.", ts.RankType()},
			{"attribution", "Whether the source asserts, reports or estimates what the claim says, or a curator infers it; ASSERTED by default.", ts.AttributionType()},
			{"attributedTo", "Whom the source reports: the id of an entity, or a name.", graphql.String},
			{"original", "The value as the source prints it, where the claim gives another form.", graphql.String},
			{"conflict", "The name of the group of competing claims that this claim belongs to.", graphql.String},
			{"note", "A curator's remark.", graphql.String},
		}
	})
}

// ReadTransaction converts a value of type TransactInput into a change. It returns every malformed
// part as a problem with its path.
func ReadTransaction(in map[string]any) (*Transaction, error) {
	t := &Transaction{}
	t.DryRun, _ = in["dryRun"].(bool)
	t.Change.Key, _ = in["idempotencyKey"].(string)
	if source, ok := in["sync"].(string); ok {
		t.Change.Sync = graph.ID(source)
	}
	if len(t.Change.Key) > 200 {
		return nil, graph.Errorf(graph.BadInput, "input.idempotencyKey has more than 200 bytes")
	}
	if n, ok := in["ifSequence"].(int); ok {
		seq, err := sequence("input.ifSequence", n)
		if err != nil {
			return nil, err
		}
		t.Change.IfSeq = &seq
	}
	if im, ok := in["import"].(map[string]any); ok {
		n, _ := im["id"].(int)
		first, err := sequence("input.import.id", n)
		if err != nil {
			return nil, err
		}
		t.Change.Import = &graph.Import{First: first, Label: textOf(im, "label"), Files: textOf(im, "files"), Format: textOf(im, "format")}
	}
	ops, err := operations("operations", in["operations"].([]any), math.MaxInt)
	if err != nil {
		return nil, err
	}
	if t.Change.Ops = ops; in["scenario"] != nil {
		head, err := scenarioOf(in["scenario"].(map[string]any))
		if err != nil {
			return nil, err
		}
		t.Change.Ops = append([]graph.Op{head}, ops...)
	}
	return t, nil
}

// scenarioOf reads the scenario of a change as its first operation.
func scenarioOf(in map[string]any) (graph.Op, error) {
	op := graph.Op{Kind: graph.Suppose, Scenario: &graph.Scenario{Name: textOf(in, "name"), Title: textOf(in, "title")}, Position: graph.Position{Path: "scenario"}}
	replace, _ := in["replace"].(bool)
	forget, _ := in["delete"].(bool)
	switch {
	case replace && forget:
		return op, graph.Errorf(graph.BadInput, "input.scenario: give replace or delete, not both")
	case replace:
		op.Kind = graph.Rewrite
	case forget:
		op.Kind = graph.Forget
	}
	return op, nil
}

// operations reads a list of operations, at most this many. It returns every malformed one as a problem with its path.
func operations(path string, list []any, most int) ([]graph.Op, error) {
	if len(list) > most {
		return nil, graph.Errorf(graph.LimitWork, "%s: %d operations are more than %d; save them as a scenario", path, len(list), most)
	}
	var ops []graph.Op
	var ps graph.Problems
	for i, x := range list {
		for kind, body := range x.(map[string]any) {
			at := graph.Position{Path: fmt.Sprintf("%s[%d].%s", path, i, kind)}
			op, err := operation(kind, body.(map[string]any))
			if err != nil {
				ps = append(ps, graph.Problem{Position: at, Code: graph.BadInput, Message: err.Error()})
				continue
			}
			op.Position = at
			ops = append(ops, op)
		}
	}
	if ps != nil {
		return nil, ps
	}
	return ops, nil
}

// SameOperations reports whether two lists have the same operations, wherever they came from.
func SameOperations(a, b []graph.Op) bool {
	return (&graph.Change{Ops: a}).Digest() == (&graph.Change{Ops: b}).Digest()
}

// sequence reads a sequence number, which must not be negative.
func sequence(what string, n int) (graph.Seq, error) {
	if n < 0 {
		return 0, graph.Errorf(graph.BadInput, "%s: %d is below 0", what, n)
	}
	return graph.Seq(n), nil
}

// textOf returns the text of a field, or "" if it is left out.
func textOf(in map[string]any, key string) string { s, _ := in[key].(string); return s }

func operation(kind string, in map[string]any) (graph.Op, error) {
	switch kind {
	case "declare":
		return graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(textOf(in, "id")), Type: textOf(in, "type")}}, nil
	case "retract":
		id, err := graph.ParseClaimID(textOf(in, "claim"))
		return graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: textOf(in, "reason")}}, err
	case "reinstate":
		id, err := graph.ParseClaimID(textOf(in, "claim"))
		return graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id, Reason: textOf(in, "reason")}}, err
	case "undo":
		n, _ := in["import"].(int)
		first, err := sequence("import", n)
		return graph.Op{Kind: graph.Undo, Undo: graph.Undone{Import: first, Source: graph.ID(textOf(in, "source")), Reason: textOf(in, "reason")}}, err
	case "merge":
		return graph.Op{Kind: graph.Merge, Merge: graph.Merged{From: graph.ID(textOf(in, "id")), Into: graph.ID(textOf(in, "into"))}}, nil
	case "unmerge":
		return graph.Op{Kind: graph.Unmerge, Merge: graph.Merged{From: graph.ID(textOf(in, "id"))}}, nil
	case "override":
		c, err := assertion(in)
		return graph.Op{Kind: graph.Override, Claim: c}, err
	case "remove":
		return removal(in)
	case "supersede":
		c, err := assertion(in["by"].(map[string]any))
		for _, x := range in["claims"].([]any) {
			id, idErr := graph.ParseClaimID(x.(string))
			if idErr != nil {
				return graph.Op{}, idErr
			}
			c.Supersedes = append(c.Supersedes, id)
		}
		if err == nil && len(c.Supersedes) == 0 {
			err = graph.Errorf(graph.BadInput, "claims is empty; use assert for a claim that replaces none")
		}
		return graph.Op{Kind: graph.Assert, Claim: c}, err
	}
	c, err := assertion(in)
	return graph.Op{Kind: graph.Assert, Claim: c}, err
}

func removal(in map[string]any) (graph.Op, error) {
	c := graph.Claim{Subject: graph.ID(textOf(in, "subject")), Predicate: textOf(in, "predicate")}
	object, hasObject := in["object"].(string)
	value, hasValue := in["value"].(graph.Value)
	switch {
	case hasObject && hasValue:
		return graph.Op{}, graph.Errorf(graph.BadInput, "a removal has an object (an entity's id) or a value (a literal), not both")
	case hasObject:
		c.Value = graph.EntityValue(graph.ID(object))
	case hasValue:
		c.Value = value
	}
	return graph.Op{Kind: graph.Remove, Claim: c}, nil
}

func assertion(in map[string]any) (graph.Claim, error) {
	text := func(key string) string { return textOf(in, key) }
	c := graph.Claim{
		Subject: graph.ID(text("subject")), Predicate: text("predicate"), Source: graph.ID(text("source")), Locator: text("locator"),
		Confidence: 1, AttributedTo: text("attributedTo"), Original: text("original"), Conflict: text("conflict"), Note: text("note"),
	}
	if x, ok := in["confidence"].(float64); ok {
		c.Confidence = x
	}
	object, hasObject := in["object"].(string)
	value, hasValue := in["value"].(graph.Value)
	switch none, _ := in["none"].(bool); {
	case none && !hasObject && !hasValue:
		c.Value = graph.NoneValue()
	case hasObject == hasValue || none:
		return c, graph.Errorf(graph.BadInput, "a claim has either an object (an entity's id) or a value (a literal), or none: true")
	case hasObject:
		c.Value = graph.EntityValue(graph.ID(object))
	default:
		c.Value = value
	}
	qs, _ := in["qualifiers"].([]any)
	for _, x := range qs {
		m := x.(map[string]any)
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: m["name"].(string), Value: m["value"].(graph.Value)})
	}
	var err error
	if c.Valid, err = graph.ParseInterval(text("valid")); err != nil {
		return c, err
	}
	if c.Rank, err = graph.ParseRank(text("rank")); err != nil {
		return c, err
	}
	c.Attribution, err = graph.ParseAttribution(text("attribution"))
	return c, err
}
