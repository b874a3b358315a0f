package datasets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
)

func TestLabels(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"# nothing\n\n", ""},
		{"source s 0.9\nBEL\tname\tBelgien\tda de\t*/BE\n", "BEL name Belgien [da] da/BE   0.9; BEL name Belgien [de] de/BE   0.9; "},
		{"source s 0.6\nCOD\tname\tZaire\t\t\t1971/1997\n", "COD name Zaire []  1971 1997 0.6; "},
		{"source s 0.6 DEPRECATED\nIRN\taliases\tPersia\n", "IRN aliases Persia []    0.6 DEPRECATED; "},
		{"BEL\tname\tBelgien\n", "t:1: no source"},
		{"source s much\n", `t:1: "much" is not a confidence`},
		{"source s 0.9 1\n", "t:1: a line that begins with source"},
		{"source s 0.9\nBEL\tname\n", "t:2: the line has 2 columns"},
		{"source s 0.9\nBEL\tname\tB\t\t\tsoon\n", "t:2: "},
		{"source s 0.9\n\xff\n", "t:2: the line is not valid UTF-8"},
		{"source s 0.9\n" + strings.Repeat("x", 1<<17), "t:2: the line has more than"},
	} {
		var got strings.Builder
		err := datasets.Labels.Decode(t.Context(), "t", strings.NewReader(c.text), func(op graph.Op) error {
			x := &op.Claim
			var langs []string
			for _, q := range x.Qualifiers {
				langs = append(langs, q.Value.Text())
			}
			fmt.Fprintf(&got, "%s %s %s %v %s %v %v %v", x.Subject, x.Predicate, x.Value.Text(), langs, x.Locator, x.Valid.From, x.Valid.To, x.Confidence)
			if x.Rank == graph.Deprecated {
				got.WriteString(" DEPRECATED")
			}
			got.WriteString("; ")
			return nil
		})
		if err != nil {
			got.WriteString(err.Error())
		}
		if !strings.HasPrefix(got.String(), c.want) || c.want == "" && got.Len() > 0 {
			t.Errorf("%.40q gives %q, not %q", c.text, got.String(), c.want)
		}
	}
}
