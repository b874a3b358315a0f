package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/caspian-kg/caspian/graph"
)

// readParquet reads a table as CSV has it, and the types of its columns.
func readParquet(t *testing.T, file string) (rows [][]string, types []string) {
	t.Helper()
	f, err := parquet.OpenFile(strings.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var head []string
	for _, field := range f.Schema().Fields() {
		head = append(head, field.Name())
		types = append(types, strings.Join(strings.Fields(fmt.Sprint(field)), " "))
	}
	rows = append(rows, head)
	for _, group := range f.RowGroups() {
		r := group.Rows()
		buffer := make([]parquet.Row, 10)
		for {
			n, err := r.ReadRows(buffer)
			for _, row := range buffer[:n] {
				cells := make([]string, len(head))
				for _, v := range row {
					if v.RepetitionLevel() > 0 {
						cells[v.Column()] += "|"
					}
					if !v.IsNull() {
						cells[v.Column()] += v.String()
					}
				}
				rows = append(rows, cells)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return rows, types
}

// TestParquet: the tables as Parquet have what those as CSV have.
func TestParquet(t *testing.T) {
	s := example(t)
	plain, packed := unzipped(t, written(t, s, "csv", Selection{})), unzipped(t, written(t, s, "parquet", Selection{}))
	if len(plain) != len(packed) || packed["NOTICE"] != plain["NOTICE"] || !strings.Contains(packed["dictionary.csv"], "countries.parquet,population,") {
		t.Errorf("%d tables as CSV, %d as Parquet\n%s", len(plain), len(packed), packed["dictionary.csv"])
	}
	for name, file := range packed {
		table, is := strings.CutSuffix(name, ".parquet")
		if !is {
			continue
		}
		want, err := csv.NewReader(strings.NewReader(plain[table+".csv"])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		got, types := readParquet(t, file)
		if table == "countries" {
			for column, kind := range map[string]string{"population": "optional int64", "area": "optional double", "aliases": "list", "landlocked": "optional boolean", "name": "STRING"} {
				if at := slices.Index(got[0], column); !strings.Contains(types[at], kind) {
					t.Errorf("the type of %s is %s", column, types[at])
				}
			}
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
		}
	}
}

// TestParquetLists: what cannot be a value is null in its place, so that the lists of values and units fit each other.
func TestParquetLists(t *testing.T) {
	var out strings.Builder
	w, err := newParquet(&out, []heading{{"amounts", graph.QuantityKind, true}, {"amounts_unit", graph.StringKind, true}, {"area", graph.FloatKind, false}})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"amounts", "amounts_unit", "area"}}
	for _, c := range []struct{ row, want []string }{
		{[]string{"10|1/2|5", "USD|EUR|", "3.5"}, []string{"10||5", "USD|EUR|", "3.5"}},
		{[]string{"1/2|7", "EUR|USD", "1/2"}, []string{"|7", "EUR|USD", ""}},
		{[]string{"", "", ""}, []string{"", "", ""}},
	} {
		var cells [][]string
		for _, text := range c.row {
			cells = append(cells, strings.Split(text, "|"))
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
		want = append(want, c.want)
	}
	if err := w.Write(make([][]string, 3)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want = append(want, []string{"", "", ""})
	if got, _ := readParquet(t, out.String()); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestParquetInPython reads a table with pandas where it can read Parquet.
func TestParquetInPython(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pandas, pyarrow").Run() != nil {
		t.Skip(python + " has no pandas with pyarrow")
	}
	file := filepath.Join(t.TempDir(), "countries.parquet")
	if err := os.WriteFile(file, []byte(unzipped(t, written(t, example(t), "parquet", Selection{}))["countries.parquet"]), 0o600); err != nil {
		t.Fatal(err)
	}
	const program = `
import pandas, sys
d = pandas.read_parquet(sys.argv[1]).set_index("id")
assert d.loc["KAZ", "population"] == 20400000 and list(d.loc["KAZ", "aliases"]) == ['K, "Z" & <>'], d
`
	if out, err := exec.Command(python, "-c", program, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
