package caspian_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/api"
)

// board is what the test reads of a dashboard of Grafana, and of the queries of the Infinity data source.
type board struct {
	Templating struct{ List []boardVariable }
	Panels     []boardPanel
}

type boardVariable struct {
	Name, Query string
	Options     []struct{ Text, Value string }
}

type boardPanel struct {
	Type, Title string
	Targets     []boardTarget
	FieldConfig struct {
		Overrides []struct{ Matcher struct{ ID, Options string } }
	}
}

type boardTarget struct {
	Datasource                        struct{ Type, UID string }
	Type, Source, Parser, Format, URL string
	RootSelector                      string `json:"root_selector"`
	Columns                           []boardColumn
	URLOptions                        struct {
		Method    string
		BodyType  string `json:"body_type"`
		Query     string `json:"body_graphql_query"`
		Variables string `json:"body_graphql_variables"`
	} `json:"url_options"`
}

type boardColumn struct{ Selector, Text, Type, TimestampFormat string }

// TestGrafanaExample runs the queries of examples/grafana on the seeds, for each country that the dashboard offers, and
// reads the answers as the data source does: rows at a path, a column for each selector.
func TestGrafanaExample(t *testing.T) {
	var provisioned struct {
		Datasources []struct {
			UID, Type, URL string
			JSONData       struct {
				AllowedHosts []string `yaml:"allowedHosts"`
			} `yaml:"jsonData"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "examples/grafana/provisioning/datasources/caspian.yaml")), &provisioned); err != nil {
		t.Fatal(err)
	}
	source := provisioned.Datasources[0]
	if !slices.Contains(source.JSONData.AllowedHosts, source.URL) {
		t.Errorf("the data source may not ask %s", source.URL)
	}
	var d board
	if err := json.Unmarshal([]byte(read(t, "examples/grafana/dashboards/corridors.json")), &d); err != nil {
		t.Fatal(err)
	}
	country := d.Templating.List[0]
	for _, o := range country.Options {
		if !strings.Contains(country.Query+",", o.Text+" : "+o.Value+",") {
			t.Errorf("the variable's query has no %s", o.Text)
		}
	}
	a := readOnlySeeds(t)
	kinds := map[string]int{}
	for _, p := range d.Panels {
		kinds[p.Type]++
		for _, target := range p.Targets {
			if target.Datasource.UID != source.UID || target.Datasource.Type != source.Type || target.URL != "/graphql" || target.URLOptions.Method != "POST" ||
				target.Type != "graphql" || target.Source != "url" || target.Parser != "backend" || target.URLOptions.BodyType != "graphql" {
				t.Errorf("%s: the query is not one to the data source: %+v", p.Title, target)
			}
			if (p.Type == "timeseries") != (target.Format == "timeseries") {
				t.Errorf("%s has the format %s", p.Title, target.Format)
			}
			for _, o := range country.Options {
				variables := strings.ReplaceAll(target.URLOptions.Variables, "${"+country.Name+"}", o.Value)
				checkRows(t, p.Title+" of "+o.Text, target, rowsAt(t, a, target, variables))
			}
			for _, o := range p.FieldConfig.Overrides {
				if !slices.ContainsFunc(target.Columns, func(c boardColumn) bool { return c.Selector == o.Matcher.Options }) {
					t.Errorf("%s: there is no column %s", p.Title, o.Matcher.Options)
				}
			}
		}
	}
	if kinds["table"] != 3 || kinds["timeseries"] != 1 {
		t.Errorf("the panels are %v", kinds)
	}
}

// rowsAt runs the query and returns the list at the path of the target.
func rowsAt(t *testing.T, a *api.API, target boardTarget, variables string) []any {
	t.Helper()
	res := a.Begin().Execute(t.Context(), &api.Request{Query: target.URLOptions.Query, Variables: []byte(variables)})
	var body any
	if err := json.Unmarshal(res.Body, &body); err != nil || res.Errors > 0 {
		t.Fatalf("%v %s", err, res.Body)
	}
	rows, ok := at(body, target.RootSelector).([]any)
	if !ok || len(rows) == 0 {
		t.Fatalf("there is no list at %s in %s", target.RootSelector, res.Body)
	}
	return rows
}

// at returns the value at a path of names and numbers, separated by dots, or nil.
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// checkRows checks that each column has values of its kind, and that a series is one that Grafana makes lines of: a time, in
// its order, a number and a label. Of two rows with one time and label, it shows the last.
func checkRows(t *testing.T, what string, target boardTarget, rows []any) {
	t.Helper()
	count := map[string]int{}
	for _, c := range target.Columns {
		// Some versions of the data source lose a column whose title is not its selector.
		if c.Text != c.Selector {
			t.Errorf("%s: the column %s is called %s", what, c.Selector, c.Text)
		}
		known := 0
		for _, row := range rows {
			v := at(row, c.Selector)
			if v == nil {
				continue
			}
			known++
			var ok bool
			switch c.Type {
			case "number":
				_, ok = v.(float64)
			case "string":
				_, ok = v.(string)
			case "timestamp":
				_, err := time.Parse(c.TimestampFormat, v.(string))
				ok = err == nil
			}
			if !ok {
				t.Errorf("%s: %v in the column %s is not a %s", what, v, c.Selector, c.Type)
			}
		}
		if known == 0 || c.Type == "timestamp" && known < len(rows) {
			t.Errorf("%s: %d of %d rows have a value in the column %s", what, known, len(rows), c.Selector)
		}
		count[c.Type]++
	}
	if target.Format != "timeseries" {
		return
	}
	if count["timestamp"] != 1 || count["number"] != 1 || count["string"] != 1 {
		t.Errorf("%s has the columns %v", what, target.Columns)
	}
	times := map[string]bool{}
	last := ""
	for _, row := range rows {
		when, _ := at(row, target.Columns[0].Selector).(string)
		if when < last {
			t.Errorf("%s: %s comes after %s", what, when, last)
		}
		times[when], last = true, when
	}
	if len(times) < 10 {
		t.Errorf("%s has %d points in time", what, len(times))
	}
}
