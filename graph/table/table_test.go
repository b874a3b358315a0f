package table

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/caspian-kg/caspian/graph"
)

// shown is what Read makes of a file: a line for each row, with what it has in the columns, and for each fault.
func shown(t testing.TB, name, text string, o Options, columns ...string) string {
	t.Helper()
	var out strings.Builder
	err := Read(t.Context(), name, strings.NewReader(text), o, func(r *Row) bool {
		fmt.Fprintf(&out, "%d %s:", r.Number, strings.TrimPrefix(r.Position(columns[0]).String(), name+":"))
		for _, c := range columns {
			fmt.Fprintf(&out, " %s", strings.Join(r.Values(c), "|"))
		}
		out.WriteString("\n")
		return true
	}, func(p graph.Problem) { out.WriteString(p.String() + "\n") })
	if err != nil {
		out.WriteString(err.Error() + "\n")
	}
	return out.String()
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		about, name, text string
		o                 Options
		columns, want     string
	}{
		{"CSV", "t.csv", "\ufeffa,b\n1, x \n\n\"2\n\",\"y,z\"\n3\n4,w", Options{}, "b a", "1 2:3: x 1\n2 5:3: y,z 2\nt.csv:6: the row has 1 cells where the table has 2 columns\n4 7:3: w 4\n"},
		{"tabs", "t.tsv.gz", "a\tb\n1\tx\n", Options{}, "b", "1 2:3: x\n"},
		{"a dialect", "t.txt", "Ports\nof 2024\n1;x\n#2;y\n3;é\n", Options{Separator: ';', Comment: '#', Skip: 2, Head: []string{"a", "b"}}, "b", "1 3:3: x\n2 5:3: é\n"},
		{"an encoding", "t.csv", "a\nS\xe3o Tom\xe9\n", Options{Encoding: "windows-1252"}, "a", "1 2:1: São Tomé\n"},
		{"UTF-16", "t.csv", "\xff\xfea\x00\n\x00\x16\x04\n\x00", Options{}, "a", "1 2:1: Ж\n"},
		{"no such encoding", "t.csv", "a\n", Options{Encoding: "klingon"}, "a", "there is no encoding \"klingon\"; name it as web pages do, such as windows-1252\n"},
		{"columns that are missing", "t.csv", "a\n1\n", Options{Need: []string{"a", "b"}, Give: "another"}, "a", "t.csv:1: the column \"b\" is missing; give another\n"},
		{"nothing", "t.csv", "", Options{}, "a", "t.csv:1: the table has no header line\n"},
		{"an open quotation mark", "t.csv", "a\n\"1\n2\n", Options{}, "a", "t.csv:3:3: not well-formed CSV: extraneous or missing \" in quoted-field\n"},
		{"a row that is too long", "t.csv", "a\n\"" + strings.Repeat("x", MaxRow+100000), Options{}, "a", "t.csv: row 1 has more than 16 MB; is a quotation mark left open?\n"},
		{"an array", "t.json", "[{\"a\": 1, \"b\": {\"c\": [\"x\", null, true]}},\n {\"a\": 2.50, \"b/c\": \"y\"}]", Options{}, "a b/c b/c/0", "1 1: 1 x|true x\n2 2: 2.50 y \n"},
		{"records", "t.json", `{"n": [1, {"a": 9}], "list": {"x": {"a": 1}, "y": {"a": 2}}}`, Options{Records: "list/{code}"}, "a code", "1 1: 1 x\n2 1: 2 y\n"},
		{"records that are texts", "-", "{\n\"kk\": {\"KZ\": \"Қ\"}, \"fr\": {\"KZ\": \"K\"}}", Options{Records: "{lang}/{code}"}, "value lang code", "1 2: Қ kk KZ\n2 2: K fr KZ\n"},
		{"members of members", "t.json", `[{"l": [{"a": 1}, {"a": 2}]}, {"l": [{"a": 3}]}]`, Options{Records: "*/l"}, "a", "1 1: 1\n2 1: 2\n3 1: 3\n"},
		{"GeoJSON", "t.geojson", `{"type": "FeatureCollection", "features": [{"geometry": {"coordinates": [51.2, 43.6]}, "properties": {"name": "Aktau"}}]}`, Options{}, "properties/name geometry/coordinates/1", "1 1: Aktau 43.6\n"},
		{"lines", "-", "{\"a\": 1}\n\n{\"a\": }\n{\"a\": 2} {}\n{\"a\": \"\\u00e9\"}", Options{}, "a", "1 1: 1\n-:3: not well-formed JSON: invalid character '}' at start of value\n2 4: 2\n-:4: the line has more than one value\n3 5: é\n"},
		{"a document cut off", "t.json", "[{\"a\": 1},\n{\"a\":", Options{}, "a", "1 1: 1\nt.json:2: not well-formed JSON: the file ends too soon\n"},
		{"deep nesting", "t.json", strings.Repeat("[", 500), Options{}, "a", "t.json:1: not well-formed JSON: the file ends too soon\n"},
		{"deep nesting that ends", "t.json", "{\"a\":" + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "}", Options{}, "a", "t.json:1: the record is nested deeper than 100 levels\n"},
		{"a record that is too long", "t.json", "[\"" + strings.Repeat("x", MaxRow+100000), Options{}, "value", "t.json: row 1 has more than 16 MB; the mapping's records may lead to smaller ones\n"},
		{"no workbook", "t.xlsx", "a,b\n", Options{}, "a", "t.xlsx: not a workbook of Excel (.xlsx): zip: not a valid zip file\n"},
	} {
		if got := shown(t, c.name, c.text, c.o, strings.Fields(c.columns)...); got != c.want {
			t.Errorf("%s:\n%.500swant\n%s", c.about, got, c.want)
		}
	}
}

// workbook is one with two sheets.
func workbook(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "Ports", "A3": "Name", "B3": "Built", "C3": "Depth", "A4": "Aktau", "B4": 23163, "C4": 1234.5678, "A6": "Bautino"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B4", "B4", day); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("More"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellValue("More", "A1", "x"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExcel(t *testing.T) {
	book := workbook(t)
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Skip: 2}, "1 4:2: 1963-06-01 Aktau 1234.5678\n2 6:2:  Bautino \n"},
		{Options{Skip: 2, Need: []string{"Size"}, Give: "another"}, "t:3: the column \"Size\" is missing; give another\n"},
		{Options{Sheet: "More"}, ""},
		{Options{Sheet: "Less"}, "t: the workbook has no sheet \"Less\"; it has Sheet1, More\n"},
	} {
		if got := shown(t, "t", book, c.o, "Built", "Name", "Depth"); got != c.want {
			t.Errorf("%+v:\n%swant\n%s", c.o, got, c.want)
		}
	}
}

// TestCopy copies every second row, and reads the copy.
func TestCopy(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          Options
		want       string
	}{
		{"t.tsv", "a\tb\n1\t\"x\n\"\n2\ty\n", Options{}, "a\tb\n2\ty\n"},
		{"t.xlsx", workbook(t), Options{Skip: 2}, ",\n,\nName,Built,Depth\nBautino,,\n"},
		{"t.csv", "1,\xe9\n2,\xe8\n", Options{Head: []string{"a", "b"}, Encoding: "windows-1252"}, "2,\xe8\n"},
		{"t.csv", "a,b\n1\n1,2,3\n", Options{Uneven: true}, "a,b\n1,2,3\n"},
		{"t.json", "{\"l\": {\"x\": {\"a\":\n 1}, \"y\": {\"a\":\n 2}}}", Options{Records: "l/{n}"}, "{\"l\":{\"y\":{\"a\": 2}}}\n"},
	} {
		var out bytes.Buffer
		to, err := NewCopy(&out, c.name, c.o)
		if err != nil {
			t.Fatal(err)
		}
		var want, got [][]string
		if err := Read(t.Context(), c.name, strings.NewReader(c.text), c.o, func(r *Row) bool {
			if r.Number%2 == 0 {
				to.Row(r)
				want = append(want, r.Cells)
			}
			return true
		}, func(p graph.Problem) { t.Error(p) }); err != nil {
			t.Fatal(err)
		}
		if err := to.Flush(); err != nil || out.String() != c.want {
			t.Errorf("%s: %v\n%swant\n%s", c.name, err, out.String(), c.want)
		}
		if c.o.Records != "" {
			continue // of JSON lines, which the options of the document do not name
		}
		as := c.o
		as.CSV = true
		if err := Read(t.Context(), c.name, strings.NewReader(out.String()), as,
			func(r *Row) bool { got = append(got, r.Cells); return true }, func(p graph.Problem) { t.Error(p) }); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the copy has %q instead of %q: %v", c.name, got, want, err)
		}
	}
}

func TestMembers(t *testing.T) {
	text := `{"a": 1, "m": {"l": [{"n": "x"}, {"n": "y"}]}}`
	var got []string
	if err := Read(t.Context(), "t.json", strings.NewReader(text), Options{}, func(r *Row) bool {
		for _, one := range r.Members("m/l") {
			got = append(got, strings.Join(one.Values("value/n"), "|")+strings.Join(one.Values("a"), "|"))
		}
		return true
	}, func(p graph.Problem) { t.Error(p) }); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != "x1 y1" {
		t.Error(got)
	}
}

// FuzzRead reads any bytes as each kind of file: it ends, and every row is of the file.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"t.csv", "t.json", "t.jsonl", "t.geojson", "t.xlsx"} {
		f.Add(name, []byte("a,b\n1,\"x\ny\"\n"), "l/{n}")
		f.Add(name, []byte("[{\"a\": [1, {}]}]"), "*")
	}
	f.Add("t.xlsx", []byte(workbook(f)), "")
	f.Add("t.geojson", []byte(`{"features": [{"geometry": {"type": "MultiLineString", "coordinates": [[[1, 2], [3]], 4]}}]}`), "")
	f.Fuzz(func(t *testing.T, name string, text []byte, records string) {
		rows := 0
		err := Read(t.Context(), name, bytes.NewReader(text), Options{Records: records}, func(r *Row) bool {
			rows++
			if r.Values("a"); r.Number != rows && r.Number == 0 {
				t.Errorf("row %d comes as the %dth", r.Number, rows)
			}
			r.Members("a")
			for _, column := range GeometryColumns {
				r.Values(column)
			}
			return rows < 1000
		}, func(graph.Problem) {})
		_ = err
	})
}
