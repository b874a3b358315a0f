package graph

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustDate(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		in          string
		precision   Precision
		doubt       byte
		first, last string // of the days it may mean
		out         string // where it is written otherwise
	}{
		{"", Unknown, 0, "..", "..", ""},
		{"..", Open, 0, "..", "..", ""},
		{"2025", Year, 0, "2025-01-01", "2025-12-31", ""},
		{"2025-06", Month, 0, "2025-06-01", "2025-06-30", ""},
		{"2025-06-18", DayPrecision, 0, "2025-06-18", "2025-06-18", ""},
		{"2022-21", YearPart, 0, "2022-03-01", "2022-12-22", ""},
		{"2022-22", YearPart, 0, "2022-06-01", "2023-03-21", ""},
		{"2022-23", YearPart, 0, "2022-03-01", "2022-12-22", ""},
		{"2022-24", YearPart, 0, "2022-06-01", "2023-03-21", ""},
		{"2022-25", YearPart, 0, "2022-03-01", "2022-06-21", ""},
		{"2022-26~", YearPart, '~', "2022-06-01", "2022-09-23", ""},
		{"2022-27", YearPart, 0, "2022-09-01", "2022-12-22", ""},
		{"2022-28", YearPart, 0, "2022-12-01", "2023-03-21", ""},
		{"2022-29", YearPart, 0, "2022-09-01", "2022-12-22", ""},
		{"2022-30", YearPart, 0, "2022-12-01", "2023-03-21", ""},
		{"2022-31", YearPart, 0, "2022-03-01", "2022-06-21", ""},
		{"2022-32", YearPart, 0, "2022-06-01", "2022-09-23", ""},
		{"2022-33", YearPart, 0, "2022-01-01", "2022-03-31", ""},
		{"2022-34", YearPart, 0, "2022-04-01", "2022-06-30", ""},
		{"2022-35", YearPart, 0, "2022-07-01", "2022-09-30", ""},
		{"2022-36?", YearPart, '?', "2022-10-01", "2022-12-31", ""},
		{"2022-37", YearPart, 0, "2022-01-01", "2022-04-30", ""},
		{"2022-38", YearPart, 0, "2022-05-01", "2022-08-31", ""},
		{"2022-39", YearPart, 0, "2022-09-01", "2022-12-31", ""},
		{"2022-40", YearPart, 0, "2022-01-01", "2022-06-30", ""},
		{"2022-41", YearPart, 0, "2022-07-01", "2022-12-31", ""},
		{"-0044-36", YearPart, 0, "-0044-10-01", "-0044-12-31", ""},
		{"9999-28", YearPart, 0, "9999-12-01", "10000-03-21", ""},
		{"2022-33-XX", YearPart, 0, "2022-01-01", "2022-03-31", "2022-33"},
		{"201X", Decade, 0, "2010-01-01", "2019-12-31", ""},
		{"20XX", Century, 0, "2000-01-01", "2099-12-31", ""},
		{"000X", Decade, 0, "0000-01-01", "0009-12-31", ""},
		{"00XX", Century, 0, "0000-01-01", "0099-12-31", ""},
		{"99XX", Century, 0, "9900-01-01", "9999-12-31", ""},
		{"2025?", Year, '?', "2025-01-01", "2025-12-31", ""},
		{"2025-06~", Month, '~', "2025-06-01", "2025-06-30", ""},
		{"2025-06-18%", DayPrecision, '%', "2025-06-18", "2025-06-18", ""},
		{"201X~", Decade, '~', "2010-01-01", "2019-12-31", ""},
		{"20XX?", Century, '?', "2000-01-01", "2099-12-31", ""},
		{"-0044", Year, 0, "-0044-01-01", "-0044-12-31", ""},
		{"-0044-03-15", DayPrecision, 0, "-0044-03-15", "-0044-03-15", ""},
		{"-9999?", Year, '?', "-9999-01-01", "-9999-12-31", ""},
		{"0000", Year, 0, "0000-01-01", "0000-12-31", ""},
		{"-0000", Year, 0, "0000-01-01", "0000-12-31", "0000"},
		{"9999-12-31", DayPrecision, 0, "9999-12-31", "9999-12-31", ""},
		{"2004-02", Month, 0, "2004-02-01", "2004-02-29", ""},
		{"1900-02", Month, 0, "1900-02-01", "1900-02-28", ""},
		{"2000-02", Month, 0, "2000-02-01", "2000-02-29", ""},
		{"2004-02-29", DayPrecision, 0, "2004-02-29", "2004-02-29", ""},
		{"-0004-02-29", DayPrecision, 0, "-0004-02-29", "-0004-02-29", ""},
		{"2004-XX", Year, 0, "2004-01-01", "2004-12-31", "2004"},
		{"2004-XX-XX", Year, 0, "2004-01-01", "2004-12-31", "2004"},
		{"2004-06-XX~", Month, '~', "2004-06-01", "2004-06-30", "2004-06~"},
		{"201X-XX", Decade, 0, "2010-01-01", "2019-12-31", "201X"},
	} {
		d, err := ParseDate(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if d.Precision() != c.precision || d.doubt != c.doubt {
			t.Errorf("%q: precision %s, doubt %q", c.in, d.Precision(), d.doubt)
		}
		if f, l := d.First().String(), d.Last().String(); f != c.first || l != c.last {
			t.Errorf("%q means %s to %s, want %s to %s", c.in, f, l, c.first, c.last)
		}
		want := c.out
		if want == "" {
			want = c.in
		}
		if d.String() != want {
			t.Errorf("%q is written %q", c.in, d)
		}
		if d.Known() != (c.precision > Open) {
			t.Errorf("%q: known is %v", c.in, d.Known())
		}
	}
}

func TestBadDates(t *testing.T) {
	for _, s := range []string{
		"25", "225", "02025", "2025-6", "2025-06-1", "2025-006", "2025-13", "2025-00", "2025-06-00", "2025-06-31",
		"2025-02-29", "1900-02-29", "2025-06-18-01", "2025/06/18", "18.06.2025", "June 2025", "2025-06-18T00:00:00Z",
		"XXXX", "2XXX", "X025", "-20XX", "-201X", "201X-06", "20XX-06", "2004-XX-05", "?", "~", "-", "--2025", "+2025",
		"2025??", "2025?~", "?2025", "2025-06?-18", " 2025", "2025 ", "...", ".", "open", "..?", "2025-20", "2025-42", "2025-33-01", "202X-33", "Y12025",
		"２０２５", "20x5", "2025-0x", "2025-06-1８", "\x00", "2025\n", strings.Repeat("9", 100), "\xff025",
	} {
		d, err := ParseDate(s)
		var ge *Error
		if err == nil || !errors.As(err, &ge) || ge.Code != BadInput {
			t.Errorf("%q: date %v, error %v", s, d, err)
			continue
		}
		if !strings.Contains(err.Error(), dateForms) || len(err.Error()) > 400 {
			t.Errorf("%q: the message does not say what to write: %v", s, err)
		}
		if d != (Date{}) {
			t.Errorf("%q: a refused date is %v", s, d)
		}
	}
}

func TestParseInterval(t *testing.T) {
	for _, c := range []struct{ in, from, to, out string }{
		{"2019-03-20/2022-09-17", "2019-03-20", "2022-09-17", ""},
		{"2022/..", "2022", "..", ""},
		{"../2010", "..", "2010", ""},
		{"/2010", "", "2010", ""},
		{"2010/", "2010", "", ""},
		{"2025", "2025", "2025", ""},
		{"2025/2025", "2025", "2025", "2025"},
		{"2025?/2025", "2025?", "2025", ""},
		{"2025/2025-06", "2025", "2025-06", ""},
		{"2025-12/2025", "2025-12", "2025", ""},
		{"20XX/2005", "20XX", "2005", ""},
		{"", "", "", ""},
		{"/", "", "", ""},
		{"../..", "..", "..", ""},
		{"..", "..", "..", "../.."},
		{"/..", "", "..", ""},
		{"../", "..", "", ""},
		{"-0044/0014", "-0044", "0014", ""},
		{"2022-33/2022-35", "2022-33", "2022-35", ""},
		{"2022-28/2023-02", "2022-28", "2023-02", ""},
	} {
		iv, err := ParseInterval(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if iv.From.String() != c.from || iv.To.String() != c.to {
			t.Errorf("%q is from %q to %q", c.in, iv.From, iv.To)
		}
		want := c.out
		if want == "" && c.in != "/" {
			want = c.in
		}
		if iv.String() != want {
			t.Errorf("%q is written %q", c.in, iv)
		}
		if iv.Empty() != (c.in == "" || c.in == "/") {
			t.Errorf("%q: empty is %v", c.in, iv.Empty())
		}
	}
	for _, s := range []string{
		"2025/2024", "2025-06-18/2025-06-17", "2025/2024-12", "2010-01/20", "2025/2026/2027", "2025//2026", "2025-2026",
		"2025 / 2026", "2025/…", "/2025?x", "2025/..?", "..2025", "2025..", "0014/-0044", "2022-34/2022-33",
	} {
		if iv, err := ParseInterval(s); err == nil {
			t.Errorf("%q is taken for %v", s, iv)
		}
	}
	if _, err := ParseInterval("2025/2024"); err == nil || err.Error() != "the interval 2025/2024 ends before it begins; exchange its dates" {
		t.Errorf("the message is %v", err)
	}
}

// dates draws any date that can be written.
func dates() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		y := rapid.IntRange(-9999, 9999).Draw(t, "year")
		d := Date{year: int32(y), precision: Precision(rapid.IntRange(int(Century), int(DayPrecision)).Draw(t, "precision"))}
		switch d.precision {
		case Century:
			d.year = int32(abs(y) / 100 * 100)
		case Decade:
			d.year = int32(abs(y) / 10 * 10)
		case YearPart:
			d.month = uint8(rapid.IntRange(21, 41).Draw(t, "part"))
		case Month, DayPrecision:
			d.month = uint8(rapid.IntRange(1, 12).Draw(t, "month"))
			if d.precision == DayPrecision {
				d.day = uint8(rapid.IntRange(1, monthLength(y, int(d.month))).Draw(t, "day"))
			}
		}
		d.doubt = rapid.SampledFrom([]byte{0, 0, '?', '~', '%'}).Draw(t, "doubt")
		return d
	})
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func anyDate() *rapid.Generator[Date] {
	return rapid.OneOf(dates(), rapid.SampledFrom([]Date{{}, OpenDate}))
}

func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%#v is written %q and read as %#v, %v", d, d, back, err)
		}
		if UnpackDate(d.Pack()) != d {
			t.Fatalf("%v is packed to %v", d, UnpackDate(d.Pack()))
		}
		if d.First() > d.Last() {
			t.Fatalf("%v means %d to %d", d, d.First(), d.Last())
		}
		iv := Interval{d, anyDate().Draw(t, "to")}
		backIv, err := ParseInterval(iv.String())
		if iv.Check() != nil {
			if err == nil {
				t.Fatalf("%v is refused by Check and not by ParseInterval", iv)
			}
			return
		}
		if err != nil || backIv != iv {
			t.Fatalf("%#v is written %q and read as %#v, %v", iv, iv, backIv, err)
		}
	})
}

// TestDaysInverse goes there and back over more than 13,000 years each way.
func TestDaysInverse(t *testing.T) {
	for d := Day(-5_000_000); d <= 5_000_000; d += 97 {
		date := d.Date()
		if date.First() != d || date.Last() != d || date.Precision() != DayPrecision {
			t.Fatalf("day %d is %v, which is day %d", d, date, date.First())
		}
		if date.month < 1 || date.month > 12 || date.day < 1 || int(date.day) > monthLength(int(date.year), int(date.month)) {
			t.Fatalf("day %d is %v", d, date)
		}
	}
}

func TestDaysAgainstTime(t *testing.T) {
	epoch := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	for at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); !at.After(end); at = at.AddDate(0, 0, 1) {
		want := Day((at.Unix() - epoch.Unix()) / 86400)
		date := DayDate(at.Year(), int(at.Month()), at.Day())
		if date.First() != want {
			t.Fatalf("%s is day %d, want %d", date, date.First(), want)
		}
		if want.Date() != date {
			t.Fatalf("day %d is %s, want %s", want, want.Date(), date)
		}
	}
	if FirstDay.Date() != OpenDate || LastDay.Date() != OpenDate {
		t.Error("the days before and after all others have a date")
	}
	if Day(0).String() != "1970-01-01" || DayDate(2000, 3, 1).year != 2000 {
		t.Error("the epoch")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2025-06-18", "20XX?", "-0044~", "..", "2004-XX-XX", "-0000", "9999-12-31%", "2022-21", "2022-28~", "2022-33?", "9999-41"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%q is %#v, written %q, read as %#v, %v", s, d, d, back, err)
		}
		if d.First() > d.Last() || UnpackDate(d.Pack()) != d {
			t.Fatalf("%q is %#v", s, d)
		}
	})
}

func FuzzParseInterval(f *testing.F) {
	for _, s := range []string{"2019-03-20/2022-09-17", "2022/..", "/2010", "2025", "../..", "/", "20XX/2005?", "2022-33/2022-24", "2022-28/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		iv, err := ParseInterval(s)
		if err != nil {
			return
		}
		back, err := ParseInterval(iv.String())
		if err != nil || back != iv {
			t.Fatalf("%q is %#v, written %q, read as %#v, %v", s, iv, iv, back, err)
		}
	})
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]string{
		"2010/2020":          "2010/2020",
		"2015":               "2015",
		"2014-03/2014-09-30": "2014-03/2014-09-30",
		"201X/2020":          "201X/2020",
		"":                   `"" does not give both dates of a span; write it as 2010/2020`,
		"..":                 `does not give both dates`,
		"2010/..":            `does not give both dates`,
		"/2010":              `does not give both dates`,
		"2010-2020":          `"2010-2020" is not a span of days; write it as 2010/2020, or as 2015`,
		"2010-13/2020":       `"2010-13" is not a date`,
		"2010/2012/2020":     `"2012/2020" is not a date`,
		"2020/2010":          `ends before it begins`,
	} {
		got := ""
		if iv, err := ParseSpan(text); err != nil {
			got = err.Error()
		} else if got = iv.String(); got != want {
			t.Errorf("%q reads as %s", text, got)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
