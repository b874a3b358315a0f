package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Day counts days from 1970-01-01 in the proleptic Gregorian calendar.
type Day int32

// DayOf returns the day of an instant in UTC.
func DayOf(t time.Time) Day {
	year, month, day := t.UTC().Date()
	return dayOf(year, int(month), day)
}

// FirstDay and LastDay are before and after all other days: they are the open sides of an interval.
const (
	FirstDay Day = math.MinInt32
	LastDay  Day = math.MaxInt32
)

// Precision says how exactly a date is known.
type Precision uint8

// The precisions, the least exact first.
const (
	// Unknown is the precision of the zero Date: nobody says whether there is a date.
	Unknown Precision = iota
	// Open is the precision of a side that the source leaves open, for example because a state continues.
	Open
	Century
	Decade
	Year
	// YearPart is a season, a quarter, a third or a half of a year.
	YearPart
	Month
	DayPrecision
)

func (p Precision) String() string {
	return [...]string{"UNKNOWN", "OPEN", "CENTURY", "DECADE", "YEAR", "YEAR_PART", "MONTH", "DAY"}[p]
}

// Date is a date of the Extended Date/Time Format (ISO 8601-2): a day, a
// month, a part of a year, a year, a decade or a century, perhaps uncertain (?), approximate (~)
// or both (%). The zero Date is unknown. Dates are comparable with ==.
type Date struct {
	year       int32
	month, day uint8 // the month, or from 21 on the part of the year
	precision  Precision
	doubt      byte // 0, '?', '~' or '%'
}

// OpenDate is the open side of an interval.
var OpenDate = Date{precision: Open}

// OpenStart is OpenDate for the start of an interval, which orders before every date. It is written like
// OpenDate and is never part of a claim.
var OpenStart = Date{precision: Open, year: -1}

// DayDate returns the date of one day.
func DayDate(year, month, day int) Date {
	return Date{int32(year), uint8(month), uint8(day), DayPrecision, 0}
}

// Precision returns how exactly the date is known.
func (d Date) Precision() Precision { return d.precision }

// Known reports whether the date names a time, however roughly.
func (d Date) Known() bool { return d.precision > Open }

const dateForms = "write 2025, 2025-06, 2025-06-18, 2025-25 (northern spring), 2025-33 (first quarter), 201X or 20XX, with ?, ~ or % for doubt"

// ParseDate reads one EDTF date; "" is an unknown date, ".." an open one.
func ParseDate(s string) (Date, error) {
	switch s {
	case "":
		return Date{}, nil
	case "..":
		return OpenDate, nil
	}
	d, why := parseDate(s)
	if why != "" {
		return Date{}, Errorf(BadInput, "%q is not a date (%s): %s", Clip(s), why, dateForms)
	}
	return d, nil
}

// parseDate reads a date, or says why the text is not one.
func parseDate(rest string) (d Date, why string) {
	if last := rest[len(rest)-1]; last == '?' || last == '~' || last == '%' {
		d.doubt, rest = last, rest[:len(rest)-1]
	}
	negative := strings.HasPrefix(rest, "-")
	parts := strings.Split(strings.TrimPrefix(rest, "-"), "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return d, "the year has four digits"
	}
	if why = d.parseYear(parts[0], negative); why != "" {
		return d, why
	}
	// 2004-XX and 2004-06-XX are dates of a coarser precision.
	for len(parts) > 1 && parts[len(parts)-1] == "XX" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 1 {
		return d, ""
	}
	if d.precision != Year {
		return d, "a decade has no months"
	}
	month, ok := number(parts[1])
	isPart := month >= firstPart && month < firstPart+len(yearParts)
	if !ok || len(parts[1]) != 2 || !isPart && (month < 1 || month > 12) {
		return d, "the month is 01 to 12, and a part of a year 21 to 41"
	}
	d.month, d.precision = uint8(month), Month
	if isPart {
		d.precision = YearPart
	}
	switch {
	case len(parts) == 2:
		return d, ""
	case isPart:
		return d, "a part of a year has no days"
	}
	day, ok := number(parts[2])
	if !ok || len(parts[2]) != 2 || day < 1 || day > monthLength(int(d.year), month) {
		return d, fmt.Sprintf("day %s is not in that month", Clip(parts[2]))
	}
	d.day, d.precision = uint8(day), DayPrecision
	return d, ""
}

// parseYear reads the year, the decade or the century of a date.
func (d *Date) parseYear(digits string, negative bool) (why string) {
	d.precision = Year
	switch {
	case strings.HasSuffix(digits, "XX"):
		d.precision, digits = Century, digits[:2]+"00"
	case strings.HasSuffix(digits, "X"):
		d.precision, digits = Decade, digits[:3]+"0"
	}
	year, ok := number(digits)
	if !ok {
		return "the year has four digits"
	}
	if negative {
		if d.precision != Year {
			return "a rough year before 0 is not supported"
		}
		year = -year
	}
	d.year = int32(year)
	return ""
}

func number(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Clip shortens a text that is quoted in a message, at a boundary between characters.
func Clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// String writes the date as EDTF.
func (d Date) String() string {
	var room [16]byte
	return string(d.Append(room[:0]))
}

// Append appends what String writes to dst.
func (d Date) Append(dst []byte) []byte {
	year := int(d.year)
	switch {
	case d.precision == Unknown:
		return dst
	case d.precision == Open:
		return append(dst, ".."...)
	case year < 0:
		dst, year = append(dst, '-'), -year
	}
	switch d.precision {
	case Century:
		dst = append(appendDigits(dst, year/100, 2), "XX"...)
	case Decade:
		dst = append(appendDigits(dst, year/10, 3), 'X')
	default:
		dst = appendDigits(dst, year, 4)
	}
	if d.precision >= YearPart {
		dst = appendDigits(append(dst, '-'), int(d.month), 2)
	}
	if d.precision == DayPrecision {
		dst = appendDigits(append(dst, '-'), int(d.day), 2)
	}
	if d.doubt != 0 {
		dst = append(dst, d.doubt)
	}
	return dst
}

// appendDigits appends a number with at least the given number of digits.
func appendDigits(dst []byte, n, digits int) []byte {
	for least := 10; digits > 1; digits, least = digits-1, least*10 {
		if n < least {
			dst = append(dst, '0')
		}
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// First returns the first day that the date may mean, or FirstDay if it is unknown or open.
func (d Date) First() Day {
	switch d.precision {
	case Unknown, Open:
		return FirstDay
	case YearPart:
		p := d.part()
		return dayOf(int(d.year), p.month, p.day)
	case Month:
		return dayOf(int(d.year), int(d.month), 1)
	case DayPrecision:
		return dayOf(int(d.year), int(d.month), int(d.day))
	}
	return dayOf(int(d.year), 1, 1)
}

// Last returns the last day that the date may mean, or LastDay if it is unknown or open.
func (d Date) Last() Day {
	y := int(d.year)
	switch d.precision {
	case Unknown, Open:
		return LastDay
	case Century:
		return dayOf(y+99, 12, 31)
	case Decade:
		return dayOf(y+9, 12, 31)
	case Year:
		return dayOf(y, 12, 31)
	case YearPart:
		p := d.part()
		return dayOf(y+p.years, p.lastMonth, p.lastDay)
	case Month:
		return dayOf(y, int(d.month), monthLength(y, int(d.month)))
	}
	return dayOf(y, int(d.month), int(d.day))
}

// Pack packs the date into 64 bits, for columns.
func (d Date) Pack() uint64 {
	return uint64(uint32(d.year))<<32 | uint64(d.month)<<24 | uint64(d.day)<<16 | uint64(d.precision)<<8 | uint64(d.doubt)
}

// UnpackDate returns the date that Pack packed.
func UnpackDate(u uint64) Date {
	return Date{int32(uint32(u >> 32)), uint8(u >> 24), uint8(u >> 16), Precision(uint8(u >> 8)), byte(u)}
}

func monthLength(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// dayOf counts by eras of 400 years, which all have the same length.
func dayOf(year, month, day int) Day {
	if month <= 2 {
		year--
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	yoe := year - era*400
	doy := (153*((month+9)%12)+2)/5 + day - 1
	return Day(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}

// Date returns the date of the day.
func (d Day) Date() Date {
	if d == FirstDay || d == LastDay {
		return OpenDate
	}
	z := int(d) + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day := doy - (153*mp+2)/5 + 1
	month := mp + 3
	if month > 12 {
		month -= 12
	}
	year := yoe + era*400
	if month <= 2 {
		year++
	}
	return DayDate(year, month, day)
}

// YearMonth returns the year and the month of the day.
func (d Day) YearMonth() (year, month int) {
	x := d.Date()
	return int(x.year), int(x.month)
}

func (d Day) String() string { return d.Date().String() }

// Interval is a valid time: from one date to another, both included.
type Interval struct{ From, To Date }

// ParseInterval reads an EDTF interval: 2019-03-20/2022-09-17, 2022/.. (still so), /2010 (start not stated), or
// one date, which is both ends. The empty text is the zero Interval, of which nothing is known.
func ParseInterval(s string) (Interval, error) {
	from, to, two := strings.Cut(s, "/")
	if !two {
		to = from
	}
	var iv Interval
	var err error
	if iv.From, err = ParseDate(from); err != nil {
		return iv, err
	}
	if iv.To, err = ParseDate(to); err != nil {
		return iv, err
	}
	return iv, iv.Check()
}

// ParseSpan reads an interval whose two ends are dates: 2010/2020, or 2015, which means all days of the year.
func ParseSpan(s string) (Interval, error) {
	const form = "write it as 2010/2020, or as 2015 for all days of a year"
	iv, err := ParseInterval(s)
	switch {
	case err != nil && !strings.Contains(s, "/"):
		return iv, fmt.Errorf("%q is not a span of days; %s", Clip(s), form)
	case err != nil:
		return iv, fmt.Errorf("%q is not a span of days: %w", Clip(s), err)
	case !iv.From.Known() || !iv.To.Known():
		return iv, fmt.Errorf("%q does not give both dates of a span; %s", Clip(s), form)
	}
	return iv, nil
}

// Check refuses an interval that ends before it begins.
func (iv Interval) Check() error {
	if iv.From.Known() && iv.To.Known() && iv.To.Last() < iv.From.First() {
		return Errorf(BadInput, "the interval %s ends before it begins; exchange its dates", iv)
	}
	return nil
}

// Empty reports whether nothing is stated about the time.
func (iv Interval) Empty() bool { return iv == Interval{} }

// String writes the interval as EDTF.
func (iv Interval) String() string {
	if iv.From == iv.To && (iv.From.Known() || iv.Empty()) {
		return iv.From.String()
	}
	return iv.From.String() + "/" + iv.To.String()
}

// Year returns the year within which the interval is. ok is false if an end is unknown or open, or if the
// interval touches several years.
func (iv Interval) Year() (year int, ok bool) {
	if !iv.From.Known() || !iv.To.Known() {
		return 0, false
	}
	first, last := iv.From.First().Date(), iv.To.Last().Date()
	return int(first.year), first.year == last.year
}
