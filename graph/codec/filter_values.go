package codec

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// Numbers as tables print them: groups of three digits between commas, points, spaces or apostrophes, and decimals after
// a point, or after a comma.
var (
	pointNumber = regexp.MustCompile(`^[-+−]?(\d{1,3}([, '’\x{a0}\x{202f}]\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d{1,3})?$`)
	commaNumber = regexp.MustCompile(`^[-+−]?(\d{1,3}([. '’\x{a0}\x{202f}]\d{3})+|\d+)?(,\d+)?([eE][-+]?\d{1,3})?$`)
	marks       = regexp.MustCompile(`[ '’\x{a0}\x{202f}]`)
)

// plainNumber writes a printed number without its marks.
func plainNumber(v string, comma bool) (string, error) {
	form, other, mark := pointNumber, commaNumber, ","
	if comma {
		form, other, mark = commaNumber, pointNumber, "."
	}
	if !form.MatchString(v) || !strings.ContainsAny(v, "0123456789") {
		hint := ""
		if other.MatchString(v) {
			hint = "; say number where a point begins the decimals, and number , where a comma does"
		}
		return "", fmt.Errorf("%q is not a number%s", graph.Clip(v), hint)
	}
	v = strings.ReplaceAll(marks.ReplaceAllString(v, ""), mark, "")
	v = strings.Replace(strings.TrimPrefix(v, "+"), "−", "-", 1)
	return strings.Replace(v, ",", ".", 1), nil
}

// What is between the ends of a printed range, and what before an end says how the numbers are beyond it.
var (
	rangeDashes = strings.NewReplacer("–", "..", "—", "..", " to ", "..", "≥", ">=", "≤", "<=")
	rangeSigns  = regexp.MustCompile(`(?i)^(over|at least|under|at most|[<>]=?)\s*`)
)

// figures is the filter that converts printed numbers, those of printed ranges too.
func figures(number func(string) (string, error)) filter {
	return all(func(v string) ([]string, error) { return one(inRange(v, number)) })
}

// inRange converts a printed number, or the numbers of a printed range: 10–15, over 5, >= 3.
func inRange(v string, number func(string) (string, error)) (string, error) {
	ends := strings.Split(rangeDashes.Replace(v), "..")
	if len(ends) > 2 {
		return "", fmt.Errorf("%q is neither a number nor a range of two", graph.Clip(v))
	}
	for i, end := range ends {
		end = strings.TrimSpace(end)
		sign := rangeSigns.FindString(end)
		plain, err := number(end[len(sign):])
		if err != nil {
			return "", err
		}
		ends[i] = strings.ToLower(sign) + plain
	}
	return strings.Join(ends, ".."), nil
}

// scaled is a printed number times a factor.
func scaled(v, factor string) (string, error) {
	plain, err := plainNumber(v, false)
	if err != nil {
		return "", err
	}
	a, ok1 := new(big.Rat).SetString(plain)
	b, ok2 := new(big.Rat).SetString(factor)
	if !ok1 || !ok2 {
		return "", fmt.Errorf("%q is not a number", graph.Clip(factor))
	}
	text := a.Mul(a, b).FloatString(12)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text, nil
}

// dateWords are the words of the forms of dates, the longer ones first, with Go's words for them.
var dateWords = []struct{ word, layout string }{
	{"YYYY", "2006"}, {"Month", "January"}, {"Mon", "Jan"}, {"MM", "01"}, {"DD", "02"}, {"YY", "06"}, {"M", "1"}, {"D", "2"},
}

// dateForm is one form of dates as Go's layout, with what of the date it has.
type dateForm struct {
	layout     string
	month, day bool
}

// dateForms reads forms of dates with " or " between them.
func dateForms(argument string) (forms []dateForm, err error) {
	for form := range strings.SplitSeq(argument, " or ") {
		var layout strings.Builder
		f := dateForm{}
		year := false
		for rest := strings.TrimSpace(form); rest != ""; {
			i := 0
			for i < len(dateWords) && !strings.HasPrefix(rest, dateWords[i].word) {
				i++
			}
			if i == len(dateWords) {
				layout.WriteByte(rest[0])
				rest = rest[1:]
				continue
			}
			w := dateWords[i]
			switch w.word[0] {
			case 'Y':
				year = true
			case 'M':
				f.month = true
			default:
				f.day = true
			}
			layout.WriteString(w.layout)
			rest = rest[len(w.word):]
		}
		if f.layout = layout.String(); !year || f.day && !f.month {
			return nil, fmt.Errorf("%q is not a form of dates; its words are YYYY YY MM M DD D Month Mon, and it has a year", graph.Clip(form))
		}
		forms = append(forms, f)
	}
	return forms, nil
}

// isoDate writes a printed date as EDTF, no more precise than it is.
func isoDate(v string, forms []dateForm, as string) (string, error) {
	for _, f := range forms {
		at, err := time.Parse(f.layout, v)
		if err != nil {
			continue
		}
		switch {
		case f.day:
			return at.Format("2006-01-02"), nil
		case f.month:
			return at.Format("2006-01"), nil
		}
		return at.Format("2006"), nil
	}
	return "", fmt.Errorf("%q is not a date of the form %s", graph.Clip(v), as)
}
