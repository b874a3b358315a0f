// Package redact takes out of texts for clients what is about the machine: paths, and the
// texts of the system's errors.
//
// Read Text first. The package must not know where the texts come from.
package redact

import (
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/caspian-kg/caspian/graph"
)

// Problems returns problems without what is about the machine.
func Problems(ps graph.Problems) graph.Problems {
	out := make(graph.Problems, len(ps))
	for i, p := range ps {
		p.Message = Text(p.Message)
		out[i] = p
	}
	return out
}

// machinePath matches an absolute path of at least two parts where a text can have one. URLs have a
// colon or another slash before their paths.
var machinePath = regexp.MustCompile(`(^|[\s"'(=\[<,;])((?:/[\w.@~+%-]+){2,}/?|[A-Za-z]:\\[^\s"']+)`)

// systemTexts matches the texts of the system's errors, after the colon that Go puts before them.
var systemTexts = sync.OnceValue(func() *regexp.Regexp {
	var texts []string
	for n := 1; n < 134; n++ {
		if text := syscall.Errno(n).Error(); text != "" && !strings.HasPrefix(text, "errno") {
			texts = append(texts, regexp.QuoteMeta(text))
		}
	}
	return regexp.MustCompile(`(?:[a-z]+ \S+: )?(^|: )(` + strings.Join(texts, "|") + `)\b`)
})

// Text removes paths of the machine and texts of the system from a text for clients.
func Text(text string) string {
	if strings.Contains(text, ": ") || strings.ContainsAny(text, `/\`) {
		text = systemTexts().ReplaceAllString(text, "$1…")
		text = machinePath.ReplaceAllString(text, "$1…")
	}
	return text
}
