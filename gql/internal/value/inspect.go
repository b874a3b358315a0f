package value

import (
	"maps"
	"slices"

	"github.com/caspian-kg/caspian/gql/internal/failure"
)

// Inspect formats a value for a message, cut to a length fit for a log. It never formats a large
// value as a whole.
func Inspect(v any) string { return failure.Abbreviate(string(appendInspect(nil, v))) }

func appendInspect(dst []byte, v any) []byte {
	if len(dst) > failure.ValueBytes {
		return dst
	}
	switch v := v.(type) {
	case string:
		return AppendString(dst, failure.Abbreviate(v))
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if dst = appendInspect(dst, e); len(dst) > failure.ValueBytes {
				return dst
			}
		}
		return append(dst, ']')
	case map[string]any:
		if len(v) > failure.InspectKeys {
			return append(dst, "{ … }"...)
		}
		dst = append(dst, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, ' '), failure.Abbreviate(k)...), ": "...)
			if dst = appendInspect(dst, v[k]); len(dst) > failure.ValueBytes {
				return dst
			}
		}
		if len(v) > 0 {
			dst = append(dst, ' ')
		}
		return append(dst, '}')
	}
	return Append(dst, v)
}
