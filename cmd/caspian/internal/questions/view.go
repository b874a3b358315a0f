package questions

import (
	"strconv"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

// View has the flags that describe a view; they are named after the view's members in the API.
type View struct {
	settings                       *settings.Set
	asOf, during, mode, holds      *string
	knownAt, publishedUntil, least *string
	sources                        *[]string
}

// ViewSettings declares the flags of a view.
func ViewSettings(s *settings.Set) *View {
	return &View{
		settings:       s,
		asOf:           s.Text("as-of", "DATE", "", "date of the view, such as 2016 or 2016-06-01; today by default"),
		during:         s.Text("during", "DATE/DATE", "", "span of days of the view, such as 2010/2020, instead of a date"),
		mode:           s.Choice("mode", "", "with --during: on which of its days a claim must hold, on some by default", "ever", "throughout"),
		holds:          s.Choice("holds", "", "yes hides what only possibly holds", "yes", "possibly"),
		knownAt:        s.Text("known-at", "TIME", "", "what the store had recorded then, such as 2025-12-20T09:00:00Z; now by default"),
		publishedUntil: s.Text("sources-published-until", "DATE", "", "only claims of sources that were published by this date"),
		least:          s.Text("min-confidence", "X", "", "only claims of at least this confidence, from 0 to 1"),
		sources:        s.Many("sources", "IDS", "only claims of these sources"),
	}
}

// viewFlagNames has the names of the flags that ViewSettings declares.
var viewFlagNames = []string{"as-of", "during", "mode", "holds", "known-at", "sources-published-until", "min-confidence", "sources"}

// Value returns the view that the flags describe, in the form of the API.
func (f *View) Value() map[string]any {
	view := map[string]any{}
	if *f.during != "" {
		if _, err := graph.ParseSpan(*f.during); err != nil {
			f.settings.Fault("--during: %v", err)
		}
		view["during"] = *f.during
	}
	f.date(view, "as-of", *f.asOf)
	if *f.mode != "" {
		if *f.during == "" {
			f.settings.Fault("--mode is for --during; give that as well")
		}
		view["mode"] = *f.mode
	}
	if *f.holds != "" {
		view["holds"] = *f.holds
	}
	f.instant(view, "known-at", *f.knownAt)
	if until := *f.publishedUntil; until != "" {
		f.parseDate("sources-published-until", until)
		view["sourcesPublishedUntil"] = until
	}
	if *f.least != "" {
		x, err := strconv.ParseFloat(*f.least, 64)
		if err != nil {
			f.settings.Fault("--min-confidence: %q is not a number", *f.least)
		}
		view["minConfidence"] = x
	}
	if f.settings.Given("sources") {
		view["sources"] = *f.sources
	}
	return view
}

// date sets the date of a view.
func (f *View) date(view map[string]any, flag, text string) {
	if text == "" {
		return
	}
	f.parseDate(flag, text)
	if view["during"] != nil {
		f.settings.Fault("--%s: give it or --during, not both", flag)
	}
	view["asOf"] = text
}

func (f *View) parseDate(flag, text string) {
	if _, err := graph.ParseDate(text); err != nil {
		f.settings.Fault("--%s: %v", flag, err)
	}
}

// instant sets the record time of a view.
func (f *View) instant(view map[string]any, flag, text string) {
	if text == "" {
		return
	}
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		f.settings.Fault("--%s: %q is not a time; write it as 2025-12-20T09:00:00Z", flag, text)
	}
	view["knownAt"] = text
}
