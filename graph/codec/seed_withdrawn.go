package codec

import (
	"bufio"
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
)

// A seed file that a store exported ends with a list of the claims that were withdrawn, and of superseded
// claims that hold, each with its reason, and of the merged entities:
//
//	retract:
//	  c…: misread
//	reinstate:
//	  c…: ""
//	merge:
//	  alma-ata: almaty

// lapses has ids of claims with reasons, in the order of the graph.
type lapses []struct{ id, reason string }

func (l *lapses) add(id graph.ClaimID, reason string) {
	*l = append(*l, struct{ id, reason string }{id.String(), reason})
}

func (l lapses) write(w *bufio.Writer, part string) {
	if len(l) > 0 {
		fmt.Fprintf(w, "%s:\n", part)
	}
	for _, x := range l {
		fmt.Fprintf(w, "  %s: %s\n", x.id, seedScalar(x.reason))
	}
}

// lapses reads the part retract or reinstate.
func (d *seedDecoder) lapses(part string, v *yaml.Node) error {
	return d.pairs(v, part, func(k, why *yaml.Node) error {
		reason, ok := d.text(why, part+"."+graph.Clip(k.Value))
		if !ok {
			return nil
		}
		id, err := graph.ParseClaimID(k.Value)
		if err != nil {
			d.Add(d.at(k, part), codeOf(err), "%v", err)
			return nil
		}
		op := graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id, Reason: reason}, Position: d.at(k, part)}
		if part == "reinstate" {
			op = graph.Op{Kind: graph.Reinstate, Reinstate: graph.Reinstatement{Claim: id, Reason: reason}, Position: op.Position}
		}
		return d.emit(op)
	})
}

// merges reads the part merge.
func (d *seedDecoder) merges(v *yaml.Node) error {
	return d.pairs(v, "merge", func(k, into *yaml.Node) error {
		to, ok := d.text(into, "merge."+graph.Clip(k.Value))
		if !ok {
			return nil
		}
		return d.emit(graph.Op{Kind: graph.Merge, Merge: graph.Merged{From: graph.ID(k.Value), Into: graph.ID(to)}, Position: d.at(k, "merge")})
	})
}
