package datasets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Sanctions reads the list of sanctions programmes of OpenSanctions (https://github.com/opensanctions/opensanctions,
// meta/programs) as one JSON array. Each programme has an issuer, targets, measures, legal acts and a page.
//
// A programme becomes a Policy, and its key is the locator. The list gives no dates, so its claims are attested on the
// date of the list and hold since then. Programmes of the European Union are an exception: the number of an act
// contains its year, so they hold since the year of the earliest act that the list names. Territories that are not
// countries are left out, and so are programmes of issuers other than states and unions. Summaries are not read, and
// neither is an alias that is the name or the code of a country.
var Sanctions = &codec.Format{
	Name:   "sanctions-programs",
	About:  "the sanctions programmes of OpenSanctions, one array of JSON",
	Decode: decodeSanctions,
}

// SanctionsSource is the source of all claims that Sanctions emits: the list as of sanctionsDate.
const (
	SanctionsSource = graph.ID("opensanctions-programs-2026")
	sanctionsDate   = "2026-08-22"
)

// sanctionsProgram is one element of the array.
type sanctionsProgram struct {
	Title    string   `json:"title"`
	Key      string   `json:"key"`
	URL      string   `json:"url"`
	Issuer   string   `json:"issuer"`
	Aliases  []string `json:"aliases"`
	Targets  []string `json:"target_territories"`
	Measures []string `json:"measures"`
	Status   string   `json:"status"`
}

// sanctionsList reads the array.
type sanctionsList struct {
	facts.Facts
	places *facts.Places
}

func decodeSanctions(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	text, err := io.ReadAll(io.LimitReader(r, 64<<20))
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	var programs []sanctionsProgram
	if err := json.Unmarshal(text, &programs); err != nil {
		return graph.Errorf(graph.BadInput, "%s is not an array of programmes: %v", name, err)
	}
	l := &sanctionsList{Facts: facts.New(emit), places: facts.KnownPlaces()}
	l.Source(SanctionsSource, "OpenSanctions", "https://github.com/opensanctions/opensanctions", "MIT",
		[2]string{"name", "Sanctions programmes of OpenSanctions, August 2026"}, [2]string{"date", sanctionsDate})
	for i := range programs {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.program(graph.Position{File: name, Path: "[" + strconv.Itoa(i) + "]"}, &programs[i])
	}
	return l.Err
}

var (
	sanctionsAct = regexp.MustCompile(`^(?:Regulation|Decision|Common Position|Joint Action|Directive|UNSCR|Resolutions?|EO|SI|Executive Order)\b.*\d`)
	// sanctionsCode matches an alias that is, or looks like, the code of a country.
	sanctionsCode = regexp.MustCompile(`^[A-Z-]{2,6}$`)
	sanctionsYear = regexp.MustCompile(`\b((?:19|20)\d\d)/\d+|\b\d+/((?:19|20)\d\d|\d\d)\b`)
)

// sanctionsActYear returns the year in the number of an act of the European Union or of a statutory instrument, or 0 if
// the number has none.
func sanctionsActYear(act string) int {
	m := sanctionsYear.FindStringSubmatch(act)
	if m == nil {
		return 0
	}
	year, _ := strconv.Atoi(m[1] + m[2])
	if year < 100 {
		year += 1900
	}
	return year
}

func (l *sanctionsList) program(at graph.Position, p *sanctionsProgram) {
	issuer := l.issuer(p.Issuer)
	id := facts.Slug("sanctions " + p.Key)
	if issuer == "" || id == "" || p.Key == "" || !l.Declare(id, "Policy") {
		l.Remark(at, "%q of %q is not imposed by a state or a union, or has no key", facts.Clip(p.Title), facts.Clip(p.Issuer))
		return
	}
	state := func(predicate string, v graph.Value, opts ...facts.Option) {
		l.State(at, p.Key, id, predicate, v, opts...)
	}
	state("name", graph.StringValue(p.Title))
	state("imposedBy", graph.EntityValue(issuer))
	state("kind", graph.EnumOf(p.kind()))
	if p.URL != "" {
		state("sameAs", graph.StringValue(p.URL))
	}
	first := 0
	for _, a := range p.Aliases {
		if !sanctionsAct.MatchString(a) {
			if _, known := l.places.Country(a); !known && !sanctionsCode.MatchString(a) {
				state("aliases", graph.StringValue(a))
			}
			continue
		}
		year := sanctionsActYear(a)
		var opts []facts.Option
		if year > 0 {
			opts = append(opts, facts.During(facts.Year(strconv.Itoa(year))))
			if issuer == "eu" && (first == 0 || year < first) {
				first = year
			}
		}
		state("legalActs", graph.StringValue(a), opts...)
	}
	opts := []facts.Option{facts.During(facts.Since(sanctionsDate))}
	if first > 0 {
		opts = []facts.Option{facts.During(facts.Since(strconv.Itoa(first))), facts.AsInferred}
	}
	switch p.Status {
	case "":
		state("status", graph.EnumOf("IN_FORCE"), opts...)
	case "ended":
		opts = []facts.Option{facts.During(facts.Since(sanctionsDate))}
		state("status", graph.EnumOf("ENDED"), opts...)
	}
	for _, m := range p.Measures {
		state("measures", graph.StringValue(m))
	}
	for _, code := range p.Targets {
		if target := l.territory(code); target != "" && p.Status != "ended" {
			state("targets", graph.EntityValue(target), opts...)
		}
	}
}

func (p *sanctionsProgram) kind() string {
	if len(p.Measures) == 1 && p.Measures[0] == "Export control" || strings.Contains(p.Title, "Export Control") {
		return "EXPORT_CONTROL"
	}
	return "SANCTION"
}

// issuer returns the state or union to which an office such as us_ofac belongs.
func (l *sanctionsList) issuer(office string) graph.ID {
	if office == "zz_unsc" {
		office = "un_unsc"
	}
	code, _, _ := strings.Cut(office, "_")
	return l.territory(code)
}

// territory declares and returns the country with a two-letter code, the European Union or the United Nations. It
// returns "" for any other code.
func (l *sanctionsList) territory(code string) graph.ID {
	switch code {
	case "eu", "un":
		l.Declare(graph.ID(code), "Organisation")
		return graph.ID(code)
	case "xk":
		l.Declare("XKX", "Country")
		return "XKX"
	}
	region, err := language.ParseRegion(code)
	if err != nil || len(code) != 2 || l.places.ByID[graph.ID(region.ISO3())] == nil {
		return ""
	}
	id := graph.ID(region.ISO3())
	l.Declare(id, "Country")
	return id
}
