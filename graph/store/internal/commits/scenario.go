package commits

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
)

// scenarioJSON is the literal of a scenario; without lines, the scenario is deleted.
type scenarioJSON struct {
	Title string `json:"t,omitempty"`
	Lines string `json:"l,omitempty"`
}

// scenario appends what a scenario has after the commit.
func (e *Encoder) scenario(c *graph.Commit, label quad.IRI) error {
	sc := c.Scenario
	if sc == nil {
		return nil
	}
	if err := graph.CheckID(graph.ID(sc.Name)); err != nil {
		return graph.Errorf(graph.BadInput, "commit %d: the name of its scenario: %v", c.Seq, err)
	}
	if !utf8.ValidString(sc.Title + sc.Lines) {
		return graph.Errorf(graph.BadInput, "commit %d: the scenario %s is not valid UTF-8", c.Seq, sc.Name)
	}
	text, err := json.Marshal(scenarioJSON{sc.Title, sc.Lines})
	if err != nil {
		return err
	}
	e.add(quad.IRI(scenPrefix+sc.Name), quad.IRI(predScenario), quad.String(text), label)
	return nil
}

// scenario adds the quad of a scenario.
func (d *Decoder) scenario(q quad.Quad) error {
	name, err := CutIRI(q.Subject, scenPrefix)
	if err != nil {
		return err
	}
	text, _ := q.Object.(quad.String)
	var j scenarioJSON
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	d.commit.Scenario = &graph.Scenario{Name: name, Title: j.Title, Lines: j.Lines}
	return nil
}
