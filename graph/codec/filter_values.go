package codec

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// The patterns match printed numbers. The digits of a number are in groups of three between commas, points, spaces or
// apostrophes. The decimals follow a point or a comma.
var (
	pointNumber = regexp.MustCompile(`^[-+−]?(\d{1,3}([, '’\x{a0}\x{202f}]\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d{1,3})?$`)
	commaNumber = regexp.MustCompile(`^[-+−]?(\d{1,3}([. '’\x{a0}\x{202f}]\d{3})+|\d+)?(,\d+)?([eE][-+]?\d{1,3})?$`)
	marks       = regexp.MustCompile(`[ '’\x{a0}\x{202f}]`)
)

// plainNumber returns a printed number without the marks between its digits.
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

// The patterns match the text between the two ends of a printed range, and the words before an end that say
// whether it is excluded or open.
var (
	rangeDashes = strings.NewReplacer("–", "..", "—", "..", " to ", "..", "≥", ">=", "≤", "<=")
	rangeSigns  = regexp.MustCompile(`(?i)^(over|at least|under|at most|[<>]=?)\s*`)
)

// figures returns the filter that converts printed numbers, including those in printed ranges.
func figures(number func(string) (string, error)) filter {
	return all(func(v string) ([]string, error) { return one(inRange(v, number)) })
}

// inRange converts a printed number, or the numbers in a printed range such as 10–15, over 5, >= 3.
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

// scaled multiplies a printed number by a factor.
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

// dateWords maps words of forms of dates to those of Go's layouts, the longest first.
var dateWords = []struct{ word, layout string }{
	{"YYYY", "2006"}, {"Month", "January"}, {"Mon", "Jan"}, {"MM", "01"}, {"DD", "02"}, {"YY", "06"}, {"M", "1"}, {"D", "2"},
}

// dateForm is one form of dates, as a Go layout with the parts of the date that it has.
type dateForm struct {
	layout     string
	month, day bool
}

// dateForms parses forms of dates that are separated by " or ".
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

// isoDate converts a printed date to EDTF, with the precision of the form.
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
