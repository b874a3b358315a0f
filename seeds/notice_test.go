package seeds_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// owesNothing matches the licences of sources that NOTICE need not name one by one: works in the public domain, and
// works of which nothing but facts is taken.
var owesNothing = regexp.MustCompile(`(?i)^public domain|^publisher copyright; facts only$`)

// sourceLine is a line of NOTICE that names sources: their ids in parentheses.
var sourceLine = regexp.MustCompile(`\(sources? ([a-z0-9-]+(?:, [a-z0-9-]+)*)\)`)

// TestNotice checks that each source of the seeds has a licence, that NOTICE names those whose licence asks for more
// than care, and that NOTICE names no source that the seeds do not have.
func TestNotice(t *testing.T) {
	text, err := os.ReadFile("../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range sourceLine.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\n  ", " "), -1) {
		for _, id := range strings.Split(m[1], ", ") {
			named[id] = true
		}
	}
	licences, files := map[string]string{}, map[string]string{}
	err = emitSeeds(func(op graph.Op) error {
		switch {
		case op.Kind == graph.Assert && op.Claim.Source == "general-knowledge" && op.Claim.Locator != "":
			t.Errorf("%s: %s %s has the place %q, of no source: write at: \"\"", op.Position, op.Claim.Subject, op.Claim.Predicate, op.Claim.Locator)
		case op.Kind == graph.Declare && op.Entity.Type == schema.SourceType:
			licences[string(op.Entity.ID)] += ""
			files[string(op.Entity.ID)] = op.Position.File
		case op.Kind == graph.Assert && op.Claim.Predicate == "licence":
			licences[string(op.Claim.Subject)] += op.Claim.Value.Text()
		case op.Kind == graph.Assert && op.Claim.Predicate == "unsourced":
			licences[string(op.Claim.Subject)] = "public domain: nobody's work"
		}
		return nil
	}, func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(licences)) {
		licence := licences[id]
		switch {
		case licence == "":
			t.Errorf("%s: the source %s has no licence", files[id], id)
		case !owesNothing.MatchString(licence) && !named[id]:
			t.Errorf("%s: the source %s has the licence %q: write whom NOTICE names for it, with (source %s)", files[id], id, licence, id)
		}
		delete(named, id)
	}
	for id := range named {
		t.Errorf("NOTICE names %s, which is not a source of the seeds", id)
	}
	if len(licences) < 100 {
		t.Errorf("only %d sources were read", len(licences))
	}
}
