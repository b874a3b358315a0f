package agents

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

//go:embed documents/*.graphql
var documents embed.FS

// document returns a file of documents, with the fragment Evidence if it uses that.
func document(name string) string {
	text, err := documents.ReadFile("documents/" + name + ".graphql")
	if err != nil {
		panic(err) // a file that is built in
	}
	if bytes.Contains(text, []byte("...Evidence")) {
		return string(text) + document("claim")
	}
	return string(text)
}

// view has the arguments that choose a view, which nearly all tools take.
type view struct {
	AsOf                  string   `json:"asOf,omitempty" jsonschema:"The date for which claims must hold, such as 2020 or 2020-06-01; today by default."`
	During                string   `json:"during,omitempty" jsonschema:"A span of days instead of asOf, such as 2010/2020: claims must hold on some of them."`
	Holds                 string   `json:"holds,omitempty" jsonschema:"YES hides claims that only possibly hold; POSSIBLY, the default, shows them."`
	KnownAt               string   `json:"knownAt,omitempty" jsonschema:"What the graph had recorded at this instant, such as 2026-01-31T00:00:00Z; now by default."`
	MinConfidence         float64  `json:"minConfidence,omitempty" jsonschema:"Only claims of at least this confidence, from 0 to 1."`
	Sources               []string `json:"sources,omitempty" jsonschema:"The ids of the only sources to use; all by default."`
	SourcesPublishedUntil string   `json:"sourcesPublishedUntil,omitempty" jsonschema:"Only claims of sources published by this date."`
}

// page has the arguments of a tool that answers with a part of a list.
type page struct {
	First int    `json:"first,omitempty" jsonschema:"At most this many."`
	After string `json:"after,omitempty" jsonschema:"Continue after this cursor: the endCursor of the part before."`
}

type searchArguments struct {
	Text  string   `json:"text" jsonschema:"A name or a part of it, in any script, or a few words such as capital of Kazakhstan."`
	Types []string `json:"types,omitempty" jsonschema:"Only entities of these types, such as Country or Person."`
	page
	View view `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type entityArguments struct {
	ID         string   `json:"id" jsonschema:"The id of the entity, such as KAZ."`
	Predicates []string `json:"predicates,omitempty" jsonschema:"Only claims with these predicates, such as capital; all by default. The answer counts the claims of each predicate."`
	Mentions   bool     `json:"mentions,omitempty" jsonschema:"The claims about other entities that name this one as their object, instead of those about it."`
	page
	View view `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type routesArguments struct {
	From    string   `json:"from" jsonschema:"The id of where to start: a place, city, country, region or organisation."`
	To      string   `json:"to" jsonschema:"The id of where to arrive: the same kinds."`
	Avoid   []string `json:"avoid,omitempty" jsonschema:"The ids of what no route may touch: countries, waters, places, corridors, organisations."`
	Via     []string `json:"via,omitempty" jsonschema:"The ids of what a route must pass, in this order."`
	Modes   []string `json:"modes,omitempty" jsonschema:"Only these modes: RAIL, ROAD, SEA, FERRY, PIPELINE and so on (the tool schema lists the values of Mode)."`
	Cargo   string   `json:"cargo,omitempty" jsonschema:"The id of the resource that is carried; needed for pipelines."`
	Network string   `json:"network,omitempty" jsonschema:"TRANSPORT, the default, or BORDERS: which countries border which."`
	First   int      `json:"first,omitempty" jsonschema:"At most this many routes; 3 by default."`
	View    view     `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type dependencyArguments struct {
	Of        string `json:"of" jsonschema:"The id of the country."`
	Resource  string `json:"resource,omitempty" jsonschema:"The id of the resource; all goods together without it."`
	Direction string `json:"direction,omitempty" jsonschema:"IMPORT, the default, or EXPORT."`
	Year      int    `json:"year,omitempty" jsonschema:"The year of the figures; the latest by default."`
	View      view   `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type conflictsArguments struct {
	Subject   string `json:"subject,omitempty" jsonschema:"Only about the entity with this id."`
	Predicate string `json:"predicate,omitempty" jsonschema:"Only about this predicate, such as capacity."`
	page
	View view `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type connectionsArguments struct {
	From      string   `json:"from" jsonschema:"The id of one entity."`
	To        string   `json:"to" jsonschema:"The id of the other."`
	MaxLength int      `json:"maxLength,omitempty" jsonschema:"The longest path, in steps, up to 6; 4 by default."`
	Relations []string `json:"relations,omitempty" jsonschema:"Follow only these predicates, such as memberOf."`
	First     int      `json:"first,omitempty" jsonschema:"At most this many paths; 5 by default."`
	View      view     `json:"view,omitzero" jsonschema:"Which claims to use."`
}

type changesArguments struct {
	Subject string `json:"subject" jsonschema:"The id of the entity."`
	From    view   `json:"from" jsonschema:"The first view, such as {\"asOf\": \"2019\"}."`
	To      view   `json:"to" jsonschema:"The second view, such as {\"asOf\": \"2023\"}."`
	page
}

type queryArguments struct {
	Query     string         `json:"query" jsonschema:"A GraphQL query; mutations and subscriptions are refused."`
	Variables map[string]any `json:"variables,omitempty" jsonschema:"The values of its variables."`
}

type schemaArguments struct {
	Type     string `json:"type,omitempty" jsonschema:"The name of a type of the API, such as Query, Country or View; without it, the types of entities are listed."`
	Contains string `json:"contains,omitempty" jsonschema:"Only members whose name contains this, in any case."`
}

// tools adds each tool to a server.
var tools = []func(*mcp.Server, Ask){
	tool("search", "Find entities by name", "Finds entities by name, former name, code or description, and returns their ids, which the other tools take.",
		answer("search", asGiven[searchArguments])),
	tool("entity", "Facts about an entity", "Returns claims about one entity with their sources, dates and confidence. Ask for the predicates that you need; an entity may have hundreds of claims.",
		answer("entity", entityVariables)),
	tool("routes", "Routes", "Finds transport routes between places or countries, with conditions such as a country to avoid, the evidence for each leg, and, where there is none, what blocks them.",
		answer("routes", asGiven[routesArguments])),
	tool("dependency", "Trade dependency", "Returns which share of a country's imports or exports each partner has, as intervals with their claims, and how much is unknown.",
		answer("dependency", asGiven[dependencyArguments])),
	tool("conflicts", "Where sources disagree", "Lists sets of claims that cannot all be true, and why.",
		answer("conflicts", asGiven[conflictsArguments])),
	tool("why_connected", "How two entities are connected", "Finds paths of claims between two entities, the most specific first. A path is not a causal or a supply relation.",
		answer("connections", asGiven[connectionsArguments])),
	tool("changes", "What changed between two views", "Compares the claims about an entity in two views, such as on two dates, or as known at two instants.",
		answer("changes", asGiven[changesArguments])),
	tool("query", "GraphQL query", "Runs a GraphQL query, for questions that the other tools do not answer: lists with filters, orders, sums and groups.",
		runQuery),
	tool("schema", "Types of the API", "Describes a type of the GraphQL API: its fields, arguments and values. Start with Query, or without a name for the types of entities.",
		describe),
}

// run answers a call of a tool.
type run[In any] func(ctx context.Context, ask Ask, in In) (json.RawMessage, error)

// answer answers by a document, with the variables that the arguments become.
func answer[In any](name string, variables func(In) any) run[In] {
	text := document(name)
	return func(ctx context.Context, ask Ask, in In) (json.RawMessage, error) {
		return read(ctx, ask, text, variables(in))
	}
}

// tool describes a tool.
func tool[In any](name, title, about string, run run[In]) func(*mcp.Server, Ask) {
	closed := false
	described := &mcp.Tool{Name: name, Title: title, Description: about, Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed}}
	return func(s *mcp.Server, ask Ask) {
		mcp.AddTool(s, described, func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
			data, err := run(ctx, ask, in)
			if err != nil {
				return nil, nil, err
			}
			return nil, data, nil
		})
	}
}

// asGiven returns arguments that are named as the variables.
func asGiven[In any](in In) any { return in }

func entityVariables(in entityArguments) any {
	end := "subject"
	if in.Mentions {
		end = "object"
	}
	where := map[string]any{end: map[string]any{"eq": in.ID}}
	if len(in.Predicates) > 0 {
		where["predicate"] = map[string]any{"in": in.Predicates}
	}
	return struct {
		ID    string         `json:"id"`
		Where map[string]any `json:"where"`
		page
		View view `json:"view,omitzero"`
	}{in.ID, where, in.page, in.View}
}

func runQuery(ctx context.Context, ask Ask, in queryArguments) (json.RawMessage, error) {
	return read(ctx, ask, in.Query, in.Variables)
}
