package gql

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/vektah/gqlparser/v2/ast"
)

// extended is an error that brings its own response extensions, such as a code.
type extended interface {
	error
	Extensions() map[string]any
}

// pathElem is a step of a response path: a name, or an index where name is nil.
type pathElem struct {
	name  string
	index int // -1 for a name
}

// gqlError is one entry of a response's errors.
type gqlError struct {
	message    string
	rule       string // of the validation, for tests
	locations  []place
	path       []pathElem
	extensions map[string]any
}

// requestError refuses a request before execution.
type requestError struct {
	code string
	errs []gqlError
}

func (e *requestError) Error() string { return e.errs[0].message }

func refuse(code, format string, args ...any) *requestError {
	return &requestError{code: code, errs: []gqlError{{message: fmt.Sprintf(format, args...)}}}
}

func limitError(code, what string, limit, actual int) *requestError {
	e := refuse(code, "%s is %d, above the limit of %d: ask for less in one request.", strings.ToUpper(what[:1])+what[1:], actual, limit)
	e.errs[0].extensions = map[string]any{"limit": limit, "actual": actual}
	return e
}

func at(p *ast.Position) []place {
	if p == nil {
		return nil
	}
	return []place{{p.Line, p.Column}}
}

// fieldError makes the response's error of what a reader returned.
func fieldError(err error, code string, locations []place, path []pathElem) gqlError {
	e := gqlError{message: err.Error(), locations: locations, path: path}
	var x extended
	if errors.As(err, &x) {
		e.extensions = x.Extensions()
	}
	if e.extensions["code"] == nil && code != "" {
		e.extensions = maps.Clone(e.extensions)
		if e.extensions == nil {
			e.extensions = map[string]any{}
		}
		e.extensions["code"] = code
	}
	return e
}

func appendErrors(dst []byte, errs []gqlError, code string) []byte {
	dst = append(dst, `"errors":[`...)
	for i := range errs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendError(dst, &errs[i], code)
	}
	return append(dst, ']')
}

func appendError(dst []byte, e *gqlError, code string) []byte {
	dst = append(dst, `{"message":`...)
	dst = AppendString(dst, e.message)
	if len(e.locations) > 0 {
		dst = append(dst, `,"locations":[`...)
		for i, l := range e.locations {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"line":`...)
			dst = strconv.AppendInt(dst, int64(l.line), 10)
			dst = append(dst, `,"column":`...)
			dst = strconv.AppendInt(dst, int64(l.column), 10)
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
	}
	if e.path != nil {
		dst = append(dst, `,"path":[`...)
		for i, p := range e.path {
			if i > 0 {
				dst = append(dst, ',')
			}
			if p.index < 0 {
				dst = AppendString(dst, p.name)
			} else {
				dst = strconv.AppendInt(dst, int64(p.index), 10)
			}
		}
		dst = append(dst, ']')
	}
	if own := e.extensions["code"]; own != nil {
		code = ""
	}
	if code != "" || len(e.extensions) > 0 {
		dst = append(dst, `,"extensions":{`...)
		sep := false
		if code != "" {
			dst = AppendString(append(dst, `"code":`...), code)
			sep = true
		}
		for _, k := range slices.Sorted(maps.Keys(e.extensions)) {
			if sep {
				dst = append(dst, ',')
			}
			sep = true
			dst = append(AppendString(dst, k), ':')
			dst = appendJSON(dst, e.extensions[k])
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

const (
	suggestions       = 5
	suggestNameLength = 64 // longer names are no typing mistakes, and cost quadratic time
)

// didYouMean names the candidates that are near to a name, as the reference does.
func didYouMean(name string, candidates []string) string {
	if len(name) > suggestNameLength {
		return ""
	}
	type near struct {
		name     string
		distance int
	}
	var found []near
	threshold := len(name)*2/5 + 1
	lower := strings.ToLower(name)
	for _, c := range candidates {
		if len(c) > suggestNameLength || len(c) > len(name)+threshold || len(name) > len(c)+threshold {
			continue
		}
		d := levenshtein.ComputeDistance(lower, strings.ToLower(c))
		if d <= threshold {
			found = append(found, near{c, d})
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.SortStableFunc(found, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	found = found[:min(len(found), suggestions)]
	var b strings.Builder
	b.WriteString(" Did you mean ")
	for i, f := range found {
		switch {
		case i > 0 && i == len(found)-1 && i == 1:
			b.WriteString(" or ")
		case i > 0 && i == len(found)-1:
			b.WriteString(", or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(f.name))
	}
	b.WriteByte('?')
	return b.String()
}

// inputNames are the names to suggest of an input object's fields.
func inputNames(t *typeDef) []string {
	if t.silent {
		return nil
	}
	return namesOf(t.inputs)
}

func namesOf(defs []*inputDef) []string {
	out := make([]string, len(defs))
	for i, d := range defs {
		out[i] = d.name
	}
	return out
}

// enumNames are the names to suggest of an enum's values.
func enumNames(t *typeDef) []string {
	if t.silent {
		return nil
	}
	out := make([]string, len(t.enumValues))
	for i, v := range t.enumValues {
		out[i] = v.name
	}
	return out
}
