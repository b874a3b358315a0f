package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph/fit"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// AcceptSetting declares the setting that accepts an ontology that not all claims fit.
func AcceptSetting(s *settings.Set) *bool {
	return s.Toggle("accept-ontology", "continue although not every recorded claim fits the ontology; nothing is lost")
}

// mostMisfits is the maximum number of listed misfits.
const mostMisfits = 20

// settleOntology checks the recorded claims against an ontology that differs from the last accepted one, and
// makes the store record it. Claims that do not fit are an error unless they are accepted. If the store is only
// read, a notice lists them instead.
func settleOntology(ctx context.Context, log store.Log, o Options) error {
	kept, err := log.Ontology("")
	if err != nil || kept == o.Ontology.Text() {
		return err
	}
	reading := o.ReadOnly || o.Over != nil
	if log.Head() > 0 {
		misfits, err := misfitsOf(ctx, log, o.Ontology, kept)
		if err != nil {
			return err
		}
		if len(misfits) > 0 {
			text := describeMisfits(misfits)
			switch {
			case reading && o.Say != nil:
				o.Say("notice: not every recorded claim fits the ontology:\n%s", text)
			case !reading && !o.Accept:
				return errors.New("the ontology has changed, and not every recorded claim fits it:\n" + text +
					"\nStart with the ontology as it was ('caspian schema ontology --store DIR' prints it), or with --accept-ontology:" +
					"\nnothing is lost, and exports contain everything")
			}
		}
	}
	if reading || log.Writable() != nil {
		return nil
	}
	return log.AcceptOntology(o.Ontology.Hash(), o.Ontology.Text())
}

func misfitsOf(ctx context.Context, log store.Log, o *schema.Ontology, kept string) ([]fit.Misfit, error) {
	var earlier *schema.Ontology
	if kept != "" {
		// An ontology that this version cannot read counts as unknown.
		earlier, _ = schema.Load("the store's ontology", kept)
	}
	return live.Misfits(ctx, log, o, earlier)
}

func describeMisfits(ms []fit.Misfit) string {
	var lines []string
	for i, m := range ms {
		if i == mostMisfits {
			lines = append(lines, fmt.Sprintf("  and %d more", len(ms)-i))
			break
		}
		lines = append(lines, "  "+m.String())
	}
	return strings.Join(lines, "\n")
}

// KeptOntology returns the last accepted ontology of a store.
func KeptOntology(ctx context.Context, at *Place) (text string, err error) {
	if err := at.Exists(); err != nil {
		return "", err
	}
	log, err := at.OpenLog(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if text, err = log.Ontology(""); err == nil && text == "" {
		err = fmt.Errorf("the store %s has no ontology recorded; an earlier version created it", at)
	}
	return text, err
}
