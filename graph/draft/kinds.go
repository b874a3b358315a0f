package draft

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph/codec"
)

// kind is the form of the values in a column.
type kind struct {
	number  string   // the filter that reads most values as numbers; "" if there is none
	whole   bool     // the numbers have no decimals
	least   float64  // the least number
	most    float64  // the largest number
	date    string   // the forms that read most values as dates; "" if the values are ISO dates or no dates
	dated   bool     // the values are dates
	vague   bool     // day and month may be exchanged
	unfit   []string // some of the values that do not have the form
	point   bool     // latitude and longitude in one value
	web     bool     // addresses on the web
	boolean bool
	prose   bool   // long texts
	split   string // the separator of lists
}

// mostly is the percentage of the values that must have a form. The other values are left out.
const mostly = 80

var (
	number      = must("number")
	commaNumber = must("number ,")
	pointText   = regexp.MustCompile(`^-?\d{1,2}(\.\d+)?\s*[,;]\s*-?\d{1,3}(\.\d+)?$`)
	webText     = regexp.MustCompile(`^(https?://|www\.)\S+$`)
	plainDate   = regexp.MustCompile(`^\d{4}(?:-\d\d){0,2}$`)
	figure      = `^[-+−]?[.,]?\d[\d., '’\x{a0}\x{202f}]*(?:[eE][-+]?\d+)?$` // what the filter number can read
)

func must(words string) func(string) (string, error) {
	f, err := codec.Try(words)
	if err != nil {
		panic(err) // cannot fail: the words are constant
	}
	return f
}

// dateForms lists the forms of dates that are tried, the most likely first.
var dateForms = []string{"YYYY-MM-DD", "YYYY-MM", "YYYY", "YYYY/MM/DD", "YYYY/M/D", "D.M.YYYY", "D Month YYYY", "Month D, YYYY", "D Mon YYYY", "Mon D, YYYY", "D-Mon-YYYY", "D-Mon-YY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "Month YYYY", "Mon YYYY", "Mon-YY", "YYYYMMDD", "M/YYYY"}

// classify finds the form of the values.
func (c *column) classify() {
	c.kind = kind{}
	all := slices.Sorted(maps.Keys(c.values))
	if len(all) == 0 {
		return
	}
	c.numbers(all)
	c.dates(all)
	long, lists := 0, map[string]int{}
	points, web := 0, 0
	for _, v := range all {
		if len([]rune(v)) > 120 {
			long++
		}
		for _, sep := range []string{";", "|", ", "} {
			if strings.Contains(v, sep) {
				lists[sep]++
			}
		}
		if pointText.MatchString(v) {
			points++
		}
		if webText.MatchString(v) {
			web++
		}
	}
	n := len(all)
	c.kind.point, c.kind.web, c.kind.prose = 10*points >= 9*n, 10*web >= 9*n, 4*long > n
	for _, sep := range []string{";", "|", ", "} {
		if 10*lists[sep] >= n && c.kind.number == "" && !c.kind.dated && c.kind.split == "" {
			c.kind.split = sep
		}
	}
	c.kind.boolean = n <= 2 && !slices.ContainsFunc(all, func(v string) bool {
		return !slices.Contains([]string{"yes", "no", "true", "false", "y", "n", "t", "f"}, strings.ToLower(v))
	})
}

// numbers checks whether the values are numbers.
func (c *column) numbers(all []string) {
	for _, form := range []struct {
		filter string
		read   func(string) (string, error)
	}{{"number", number}, {"number ,", commaNumber}} {
		var unfit []string
		k := kind{whole: true}
		for _, v := range all {
			plain, err := form.read(v)
			x, bad := strconv.ParseFloat(plain, 64)
			if err != nil || bad != nil {
				unfit = append(unfit, v)
				continue
			}
			if k.number == "" {
				k.least, k.most, k.number = x, x, form.filter
			}
			k.least, k.most = min(k.least, x), max(k.most, x)
			k.whole = k.whole && !strings.ContainsAny(plain, ".eE")
		}
		if 100*(len(all)-len(unfit)) >= mostly*len(all) && (c.kind.number == "" || len(unfit) < len(c.kind.unfit)) {
			k.unfit = unfit
			c.kind = k
		}
	}
}

// dates checks whether the values are dates, and finds their forms.
func (c *column) dates(all []string) {
	if c.kind.number != "" && (!c.kind.whole || c.kind.least < 1000 || c.kind.most > 2100 && (c.kind.least < 15000101 || c.kind.most > 21001231)) {
		return
	}
	left := all
	var forms []string
	for len(left) > 0 && len(forms) < 4 {
		best, rest := "", left
		for _, form := range dateForms {
			read := must("date " + form)
			unread := slices.DeleteFunc(slices.Clone(left), func(v string) bool { made, err := read(v); return err == nil && made >= "1000" })
			if len(unread) < len(rest) {
				best, rest = form, unread
			}
		}
		if best == "" || len(forms) > 0 && 50*(len(left)-len(rest)) < len(all) {
			break
		}
		forms, left = append(forms, best), rest
	}
	if len(forms) == 0 || 100*(len(all)-len(left)) < mostly*len(all) {
		return
	}
	c.kind.dated, c.kind.unfit = true, left
	plain := !slices.ContainsFunc(forms, func(f string) bool { return !slices.Contains(dateForms[:3], f) })
	if !plain {
		c.kind.date = strings.Join(forms, " or ")
		swapped := strings.NewReplacer("D/M/", "M/D/", "M/D/", "D/M/", "D-M-", "M-D-").Replace(c.kind.date)
		other := must("date " + swapped)
		c.kind.vague = swapped != c.kind.date && len(left) == 0 && !slices.ContainsFunc(all, func(v string) bool { _, err := other(v); return err != nil })
	}
}

// dateText returns the template of the date in a column.
func (c *column) dateText() string {
	k := c.kind
	switch {
	case k.date == "" && len(k.unfit) == 0:
		return "{" + c.name + "}"
	case k.date == "":
		return "{" + c.name + " | match " + plainDate.String() + "}"
	case len(k.unfit) > 0:
		return "{" + c.name + " | match " + patternOf(k.date) + " | date " + k.date + "}"
	}
	return "{" + c.name + " | date " + k.date + "}"
}

// day returns a function that converts a value to a date as the template of dateText does. The function returns
// "" for a value that is left out.
func (c *column) day() func(value string) string {
	if c.kind.date == "" {
		return plainDate.FindString
	}
	read := must("date " + c.kind.date)
	return func(value string) string {
		day, _ := read(value)
		return day
	}
}

// patternOf returns a regular expression that matches dates in the forms.
func patternOf(forms string) string {
	var all []string
	for form := range strings.SplitSeq(forms, " or ") {
		form = strings.NewReplacer("YYYY", `\d{4}`, "YY", `\d\d`, "Month", `[A-Z][a-z]{2,8}`, "Mon", `[A-Z][a-z]{2}`, "MM", `\d\d`, "DD", `\d\d`, "M", `\d{1,2}`, "D", `\d{1,2}`, ".", `\.`).Replace(form)
		all = append(all, form)
	}
	return "^(?i:" + strings.Join(all, "|") + ")$" // the case of the name of a month does not matter
}

// numberText returns the template of the numbers in a column. to is a factor or "percent".
func (c *column) numberText(name, to string) string {
	steps := []string{name}
	if len(c.kind.unfit) > 0 {
		steps = append(steps, "match "+figure)
	}
	if c.kind.number == "number ," || to == "" {
		steps = append(steps, c.kind.number)
	}
	switch to {
	case "":
	case "percent":
		steps = append(steps, "percent")
	default:
		steps = append(steps, "times "+to)
	}
	return "{" + strings.Join(steps, " | ") + "}"
}

// is returns a template that gives a text for rows with the value in the column, and "" for all other rows.
func (c *column) is(value string) string {
	// A brace would end the place of the cell in the template.
	return "{" + c.name + " | match ^" + strings.NewReplacer(`\{`, `\x7b`, `\}`, `\x7d`).Replace(regexp.QuoteMeta(value)) + "$}"
}

// share returns how many rows have a value that passes the test, in percent of the rows with a value.
func (c *column) share(test func(string) bool) int {
	with, all := 0, 0
	for v, n := range c.values {
		all += n
		if test(v) {
			with += n
		}
	}
	return 100 * with / max(all, 1)
}

// examples returns up to n values, the most frequent first.
func (c *column) examples(n int) []string {
	all := slices.Sorted(maps.Keys(c.values))
	slices.SortStableFunc(all, func(a, b string) int { return c.values[b] - c.values[a] })
	return all[:min(n, len(all))]
}
