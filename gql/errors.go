package gql

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// extended is an error with its own response extensions, such as a code.
type extended interface {
	error
	Extensions() map[string]any
}

// fieldError converts a reader's error into an error of the response.
func fieldError(err error, code string, locations []failure.Position, path []failure.PathElem) failure.Error {
	e := failure.Error{Message: err.Error(), Locations: locations, Path: path}
	var x extended
	if errors.As(err, &x) {
		e.Extensions = x.Extensions()
	}
	if e.Extensions["code"] == nil && code != "" {
		e.Extensions = maps.Clone(e.Extensions)
		if e.Extensions == nil {
			e.Extensions = map[string]any{}
		}
		e.Extensions["code"] = code
	}
	return e
}

func appendErrors(dst []byte, errs []failure.Error, code string) []byte {
	dst = append(dst, `"errors":[`...)
	for i := range errs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendError(dst, &errs[i], code)
	}
	return append(dst, ']')
}

func appendError(dst []byte, e *failure.Error, code string) []byte {
	dst = append(dst, `{"message":`...)
	dst = value.AppendString(dst, e.Message)
	if len(e.Locations) > 0 {
		dst = append(dst, `,"locations":[`...)
		for i, l := range e.Locations {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"line":`...)
			dst = strconv.AppendInt(dst, int64(l.Line), 10)
			dst = append(dst, `,"column":`...)
			dst = strconv.AppendInt(dst, int64(l.Column), 10)
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
	}
	if e.Path != nil {
		dst = append(dst, `,"path":[`...)
		for i, p := range e.Path {
			if i > 0 {
				dst = append(dst, ',')
			}
			if p.Index < 0 {
				dst = value.AppendString(dst, p.Name)
			} else {
				dst = strconv.AppendInt(dst, int64(p.Index), 10)
			}
		}
		dst = append(dst, ']')
	}
	if own := e.Extensions["code"]; own != nil {
		code = ""
	}
	if code != "" || len(e.Extensions) > 0 {
		dst = append(dst, `,"extensions":{`...)
		sep := false
		if code != "" {
			dst = value.AppendString(append(dst, `"code":`...), code)
			sep = true
		}
		for _, k := range slices.Sorted(maps.Keys(e.Extensions)) {
			if sep {
				dst = append(dst, ',')
			}
			sep = true
			dst = append(value.AppendString(dst, k), ':')
			dst = value.Append(dst, e.Extensions[k])
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}
