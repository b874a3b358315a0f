// Package redact removes from texts for clients what is about the machine: paths, and the messages
// of operating-system errors.
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

// Problems returns the problems with their messages redacted, see Text.
func Problems(ps graph.Problems) graph.Problems {
	out := make(graph.Problems, len(ps))
	for i, p := range ps {
		p.Message = Text(p.Message)
		out[i] = p
	}
	return out
}

// machinePath matches an absolute path of at least two parts, preceded by a character that can
// precede a path in a text. It does not match URLs, where a colon or a slash precedes the path.
var machinePath = regexp.MustCompile(`(^|[\s"'(=\[<,;])((?:/[\w.@~+%-]+){2,}/?|[A-Za-z]:\\[^\s"']+)`)

// systemTexts matches the messages of operating-system errors after the colon that Go puts before
// them.
var systemTexts = sync.OnceValue(func() *regexp.Regexp {
	var texts []string
	for n := 1; n < 134; n++ {
		if text := syscall.Errno(n).Error(); text != "" && !strings.HasPrefix(text, "errno") {
			texts = append(texts, regexp.QuoteMeta(text))
		}
	}
	return regexp.MustCompile(`(?:[a-z]+ \S+: )?(^|: )(` + strings.Join(texts, "|") + `)\b`)
})

// Text replaces paths and messages of operating-system errors in a text for clients by "…".
func Text(text string) string {
	if strings.Contains(text, ": ") || strings.ContainsAny(text, `/\`) {
		text = systemTexts().ReplaceAllString(text, "$1…")
		text = machinePath.ReplaceAllString(text, "$1…")
	}
	return text
}
