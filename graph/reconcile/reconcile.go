// Package reconcile answers the requests of the Reconciliation Service API 0.2
// (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/). OpenRefine and other programs
// use that API to find the entities that a table names, and to fetch values of their properties.
//
// Read Service and Answer first. Package match finds the names, of any time. Values are those of today, or of the day
// that a data extension query gives. The package must not know HTTP beyond the parameters of a request.
package reconcile

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Service answers requests from one snapshot.
type Service struct {
	Snapshot *snapshot.Snapshot
	// Today is the day whose values are returned by default.
	Today graph.Day
	// Base is the URL of the server without a path, such as http://127.0.0.1:8080.
	Base string
	// Version is the version of the program.
	Version string
}

// MaxBatch is the most queries or entities in one request, the most properties of each, and the most values of one
// property.
const MaxBatch = 50

// MaxText is the most bytes of a text that is matched or completed.
const MaxText = 1024

// Reply is a response body: HTML if HTML is set, else JSON.
type Reply struct {
	Body []byte
	HTML bool
}

// Answer answers a request. path is relative to the path of the service, so "" is the service itself. The error has
// the code UnknownID if nothing has the path, LimitWork if the batch is too long, and any other code if the request
// is wrong.
func (s *Service) Answer(ctx context.Context, path string, asked url.Values) (*Reply, error) {
	a, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	var answer any
	switch path {
	case "":
		switch {
		case asked.Has("queries"):
			answer, err = a.queries(asked.Get("queries"))
		case asked.Has("extend"):
			answer, err = a.extend(asked.Get("extend"))
		default:
			answer = a.manifest()
		}
	case "suggest/entity":
		answer, err = a.suggestEntities(asked)
	case "suggest/type":
		answer, err = a.suggestTypes(asked)
	case "suggest/property":
		answer, err = a.suggestProperties(asked)
	case "properties":
		answer, err = a.propose(asked)
	case "preview":
		page, err := a.preview(graph.ID(asked.Get("id")))
		return &Reply{Body: page, HTML: true}, err
	default:
		return nil, graph.Errorf(graph.UnknownID, "there is nothing at /reconcile/%s; the service is at /reconcile", graph.Clip(path))
	}
	if err == nil {
		err = a.err()
	}
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(answer)
	return &Reply{Body: body}, err
}

// answering is the state of answering one request.
type answering struct {
	*Service
	ever  *snapshot.View // the view at match.Always
	now   *snapshot.View
	done  <-chan struct{}
	meant map[string]graph.ID // entities that texts of properties name, by property and text; "" if a text names none
}

func (s *Service) begin(ctx context.Context) (*answering, error) {
	ever, err := match.Always(s.Snapshot)
	if err != nil {
		return nil, err
	}
	now, err := s.Snapshot.View(graph.View{}, s.Today)
	if err != nil {
		return nil, err
	}
	return &answering{Service: s, ever: ever.WithDone(ctx.Done()), now: now.WithDone(ctx.Done()), done: ctx.Done(), meant: map[string]graph.ID{}}, nil
}

// err returns an error if the request ended before the answer was complete.
func (a *answering) err() error {
	if err := a.ever.Err(); err != nil {
		return err
	}
	return a.now.Err()
}

// named is a type, a property or an entity in an answer.
type named struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description,omitempty"`
	Notable     []named `json:"notable,omitempty"`
	Broader     []named `json:"broader,omitempty"`
}

func ofType(t *schema.Type) named { return named{ID: t.Name, Name: t.Label} }

// typeOf returns a list with the type of an entity. The list is empty if the ontology does not have the type
// any more.
func (a *answering) typeOf(n uint32) []named {
	if t := a.Snapshot.Type(n); t != nil {
		return []named{ofType(t)}
	}
	return []named{}
}

// fieldOf returns the field with the name from the type of an entity, or nil if there is none.
func (a *answering) fieldOf(n uint32, name string) *schema.Field {
	if t := a.Snapshot.Type(n); t != nil {
		return t.Field(name)
	}
	return nil
}

// describedType returns a type with its description and its broader types.
func describedType(t *schema.Type) named {
	n := ofType(t)
	n.Description = firstLine(t.Description)
	for _, i := range t.Interfaces {
		n.Broader = append(n.Broader, ofType(i))
	}
	return n
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// manifest returns the description of the service.
func (a *answering) manifest() any {
	at := a.Base + "/reconcile"
	suggest := func(what string) map[string]string {
		return map[string]string{"service_url": at, "service_path": "/suggest/" + what}
	}
	types := []named{}
	for _, t := range a.Snapshot.Ontology().Types {
		if !t.Abstract && t.Name != schema.SourceType {
			types = append(types, describedType(t))
		}
	}
	return map[string]any{
		"versions": []string{"0.1", "0.2"}, "name": "Caspian", "identifierSpace": "caspian:e/", "schemaSpace": "caspian:t/",
		"serviceVersion": a.Version, "batchSize": MaxBatch, "defaultTypes": types,
		"view":    map[string]string{"url": a.Base + "/e/{{id}}"},
		"preview": map[string]any{"url": at + "/preview?id={{id}}", "width": 400, "height": 200},
		"suggest": map[string]any{"entity": suggest("entity"), "type": suggest("type"), "property": suggest("property")},
		"extend": map[string]any{
			"propose_properties": map[string]string{"service_url": at, "service_path": "/properties"},
			"property_settings": []map[string]any{{"name": "asOf", "label": "As of", "type": "text", "default": "",
				"help_text": "The date of the values, such as 2020 or 2020-06-30; empty for today."}},
		},
	}
}

// typesOf returns the types with the names.
func (a *answering) typesOf(names []string) (list []*schema.Type, err error) {
	for _, name := range names {
		t := a.Snapshot.Ontology().Type(name)
		if t == nil {
			return nil, graph.Errorf(graph.UnknownName, "there is no type %q; %s/reconcile/suggest/type?prefix= lists the types", graph.Clip(name), a.Base)
		}
		list = append(list, t)
	}
	return list, nil
}

// number reads a parameter that is a whole number from 0 to most. It returns otherwise if the parameter is
// absent.
func number(asked url.Values, name string, otherwise, most int) (int, error) {
	text := asked.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, graph.Errorf(graph.BadInput, "%s must be a whole number from 0 to %d, not %q", name, most, graph.Clip(text))
	}
	return n, nil
}

// short returns an error if the text is longer than MaxText.
func short(what, text string) error {
	if len(text) > MaxText {
		return graph.Errorf(graph.BadInput, "%s has %d bytes; at most %d are matched", what, len(text), MaxText)
	}
	return nil
}

// decode reads a parameter that contains JSON.
func decode(name, text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return graph.Errorf(graph.BadInput, "the parameter %s cannot be read: %v", name, err)
	}
	return nil
}

// tooMany returns an error if n is larger than MaxBatch.
func tooMany(n int, what string) error {
	if n > MaxBatch {
		return graph.Errorf(graph.LimitWork, "%d %s are more than the %d of one batch", n, what, MaxBatch)
	}
	return nil
}
