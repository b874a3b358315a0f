package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/seeds"
)

// runCommand runs the program in this process.
func runCommand(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	code = run(t.Context(), args, &cli.Environment{In: strings.NewReader(""), Out: &o, Err: &e, Lookup: none})
	return code, o.String(), e.String()
}

// copySeeds writes the built-in seeds into a folder.
func copySeeds(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, seeds.Files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSeedsHaveNoFault(t *testing.T) {
	code, _, words := runCommand(t, "check")
	if code != cli.ExitOK {
		t.Errorf("exit code %d\n%s", code, words)
	}
	// The same with files as arguments, as people check what they edit.
	if code, _, words := runCommand(t, "check", copySeeds(t)); code != cli.ExitOK {
		t.Errorf("exit code %d\n%s", code, words)
	}
}

// fault is one fault planted in a copy of the seeds.
type fault struct {
	name string
	// file is written into the copy: planted.yaml where it is YAML.
	file, text string
	// edit changes a seed file instead.
	edit func(dir string) error
	// want is what check must say; PLANTED is the planted file's path,
	// and … between two parts for any words.
	want string
}

const plantedSource = `defaults: {source: planted-notes}
entities:
  planted-notes: {type: Source, name: Planted}
`

// seed returns a planted YAML file: line 4 is the first line of the text.
func seed(name, text, want string) fault {
	return fault{name: name, file: "planted.yaml", text: plantedSource + text, want: want}
}

func jsonl(name, text, want string) fault {
	return fault{name: name, file: "planted.jsonl", text: text, want: want}
}

var faults = []fault{
	seed("unknown id", "  KAZ: {borders: atlantis}\n", "PLANTED:4: KAZ.borders: borders of KAZ is atlantis, which is not in the graph"),
	seed("unknown subject", "  atlantis: {name: Atlantis}\n", "PLANTED:4: atlantis.name: atlantis is not in the graph"),
	seed("bad date", "  KAZ: {capital: {to: astana, valid: 1997-13-01/..}}\n", "PLANTED:4: KAZ.capital: "),
	seed("reversed interval", "  KAZ: {capital: {to: astana, valid: 2001/1999}}\n", "PLANTED:4: KAZ.capital: "),
	seed("object of a wrong type", "  KAZ: {capital: CHN}\n", "PLANTED:4: KAZ.capital: capital of KAZ is CHN"),
	seed("value of a wrong type", "  KAZ: {population: {value: many, valid: 2025}}\n", `PLANTED:4: KAZ.population: population of KAZ: "many" `),
	fault{name: "missing source", file: "planted.yaml", text: "entities:\n  KAZ:\n    terrain: flat\n", want: "PLANTED:3: KAZ.terrain: … has no source"},
	seed("unknown source", "  KAZ: {terrain: {value: flat, source: hearsay}}\n", `PLANTED:4: KAZ.terrain: the source "hearsay" is not in the graph`),
	seed("a source that is none", "  KAZ: {terrain: {value: flat, source: CHN}}\n", "PLANTED:4: KAZ.terrain: the source CHN is a Country"),
	seed("cycle of broader", "  aa: {type: Resource, broader: bb}\n  bb: {type: Resource, broader: cc}\n  cc: {type: Resource, broader: aa}\n", "PLANTED:"),
	seed("broader than itself", "  aa: {type: Resource, broader: aa}\n", "PLANTED:4: aa.broader: … aa itself"),
	seed("one id, two types", "  astana: {type: Region}\n", "astana is declared a"),
	seed("an id twice in a file", "  aa: {type: Resource}\n  aa: {type: Resource}\n", `PLANTED:5: entities: "aa" … (first on line 4)`),
	seed("an outside key twice", "  QQQ: {type: Country, iso2: QQ}\n  QQR: {type: Country, iso2: QQ}\n", "PLANTED:5: QQR.iso2: iso2 QQ of QQR is already that of QQQ"),
	fault{name: "invalid UTF-8", file: "planted.yaml", text: plantedSource + "  KAZ: {terrain: \"\xff\xfe\"}\n", want: "PLANTED:"},
	jsonl("invalid UTF-8 in a line", "\n{\"entity\":\"aa\xff\",\"type\":\"Resource\"}\n", "PLANTED:2: the line is not valid UTF-8"),
	jsonl("huge line", `{"entity":"aa","type":"`+strings.Repeat("R", 1<<20)+"\"}\n", "PLANTED:1: the line is longer than 1048576 bytes"),
	jsonl("truncated line", "{\"entity\":\"aa\",\"type\":\"Resource\"}\n{\"subject\":\"aa\",\"predi", "PLANTED:2: not well-formed JSON: the line ends too soon"),
	fault{name: "truncated file", edit: func(dir string) error {
		path := filepath.Join(dir, "sources.yaml")
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cut := bytes.LastIndexByte(text, '{') + 2
		return os.WriteFile(path, text[:cut], 0o666)
	}, want: "sources.yaml:"},
	fault{name: "file emptied", edit: func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "sources.yaml"), nil, 0o666)
	}, want: "is not in the graph"},
	seed("unknown field", "  KAZ: {colour: blue}\n", `PLANTED:4: KAZ.colour: KAZ is a Country, which has no field "colour"`),
	seed("misspelt field", "  KAZ: {populatoin: 3}\n", "did you mean population?"),
	seed("unknown part", "people: {}\n", `PLANTED:4: unknown part "people"`),
	seed("unknown qualifier", "  KAZ: {borders: {to: CHN, width: 3}}\n", `PLANTED:4: KAZ.borders: borders of KAZ has no qualifier "width"`),
	seed("unit of another dimension", "  KAZ: {area: {value: 3 bcm, valid: 2025}}\n", "PLANTED:4: KAZ.area: area of KAZ is in "),
	seed("unknown unit", "  KAZ: {area: {value: 3 acre, valid: 2025}}\n", `PLANTED:4: KAZ.area: area of KAZ has the unit "acre"`),
	seed("quantity without unit", "  KAZ: {area: {value: 3, valid: 2025}}\n", "PLANTED:4: KAZ.area: "),
	seed("bad enum", "  KAZ: {memberOf: {to: eu, role: FRIEND}}\n", `PLANTED:4: KAZ.memberOf: memberOf(role) of KAZ is "FRIEND"`),
	seed("confidence above 1", "  KAZ: {terrain: {value: flat, confidence: 1.5}}\n", "PLANTED:4: KAZ.terrain: the confidence 1.5 is not between 0 and 1"),
	seed("confidence above the source's cap", "  planted-gossip: {type: Source, confidenceCap: 0.5}\n  KAZ: {terrain: {value: flat, source: planted-gossip, confidence: 0.9}}\n",
		"PLANTED:5: KAZ.terrain: the confidence 0.9 is above 0.5"),
	seed("valid time of what is eternal", "  KAZ: {coordinates: {value: \"48,68\", valid: 2025}}\n", "PLANTED:4: KAZ.coordinates: coordinates of KAZ always holds"),
	seed("abstract type", "  aa: {type: Event}\n", "PLANTED:4: aa: aa has the type Event, which is abstract"),
	seed("unknown type", "  aa: {type: Planet}\n", `PLANTED:4: aa: aa has the type "Planet"`),
	seed("id against its type's pattern", "  kazakhstan: {type: Country}\n", "PLANTED:4: kazakhstan: the id kazakhstan does not fit Country"),
	seed("malformed id", "  \"New York\": {type: City}\n", `"New York" `),
	seed("stated inverse", "  caspian-sea: {littorals: KAZ}\n", "PLANTED:4: caspian-sea.littorals: "),
	seed("stated derivation", "  KAZ: {headOfState: kassym-jomart-tokayev}\n", "PLANTED:4: KAZ.headOfState: "),
	seed("neighbour of itself", "  KAZ: {borders: KAZ}\n", "PLANTED:4: KAZ.borders: … KAZ itself"),
	seed("empty text", "  KAZ: {terrain: \"\"}\n", "PLANTED:4: KAZ.terrain: terrain of KAZ shows nothing"),
	seed("missing value", "  KAZ: {terrain: }\n", "PLANTED:4: KAZ.terrain: the value is missing"),
	seed("not YAML", "  KAZ: [\n", "PLANTED:"),
	seed("malformed claim id", "  KAZ: {terrain: {value: flat, supersedes: c123}}\n", "PLANTED:4: KAZ.terrain: "),
	jsonl("retraction of nothing", "{\"retract\":\"caaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n", "PLANTED:1: there is no claim caaaaaaaaaaaaaaaaaaaaaaaaaa to retract"),
	jsonl("unknown member", "{\"entity\":\"aa\",\"type\":\"Resource\",\"colour\":1}\n", "PLANTED:1: "),
	jsonl("object and value", "{\"subject\":\"KAZ\",\"predicate\":\"capital\",\"object\":\"astana\",\"value\":1,\"source\":\"factbook\"}\n", "PLANTED:1: the claim has both"),
}

// TestCheckFindsFaults plants the faults in a copy of the seeds; check must report each with its position, and
// fail. They are planted together first, since checking the seeds takes a second; what check does not
// report beside the others, such as a fault of meaning beside a file that cannot be read, it must report alone.
func TestCheckFindsFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("many cases, with nothing going on at the same time")
	}
	whole := copySeeds(t)
	plant := func(t *testing.T, faults ...fault) (missing []fault, words string) {
		dir := t.TempDir()
		if err := linkAll(whole, dir); err != nil {
			t.Fatal(err)
		}
		wants := make([]string, len(faults))
		for i, f := range faults {
			wants[i] = strings.ReplaceAll(f.want, "PLANTED", f.plant(t, whole, dir, i))
		}
		code, _, words := runCommand(t, "check", dir)
		if code != cli.ExitFailed {
			t.Errorf("exit code %d", code)
		}
		for i, want := range wants {
			if !slices.ContainsFunc(strings.Split(words, "\n"), func(line string) bool { return hasParts(line, strings.Split(want, "… ")) }) {
				missing = append(missing, faults[i])
			}
		}
		return missing, words
	}
	missing, _ := plant(t, slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f.edit != nil })...)
	for _, f := range faults {
		if f.edit != nil {
			missing = append(missing, f)
		}
	}
	t.Logf("%d of %d faults are reported beside all others", len(faults)-len(missing), len(faults))
	for _, f := range missing {
		t.Run(f.name, func(t *testing.T) {
			if missing, words := plant(t, f); missing != nil {
				t.Errorf("want %q in\n%s", f.want, words[:min(len(words), 2000)])
			}
		})
	}
}

// hasParts reports whether the text has the parts, one after the other.
func hasParts(text string, parts []string) bool {
	for _, part := range parts {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return true
}

// plant plants the fault in a folder of links to the seeds, and returns the path of the file that has it.
func (f fault) plant(t *testing.T, whole, dir string, n int) string {
	if f.edit == nil {
		planted := filepath.Join(dir, fmt.Sprintf("planted-%d%s", n, filepath.Ext(f.file)))
		if err := os.WriteFile(planted, []byte(f.text), 0o666); err != nil {
			t.Fatal(err)
		}
		return planted
	}
	// An edit writes a new file instead of the one that is linked.
	if err := os.Remove(filepath.Join(dir, "sources.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "copy"), only{os.DirFS(whole), "sources.yaml"}); err != nil {
		t.Fatal(err)
	}
	if err := f.edit(filepath.Join(dir, "copy")); err != nil {
		t.Fatal(err)
	}
	return ""
}

// linkAll makes a folder of links to the same files, except those of the whole world.
func linkAll(from, to string) error {
	entries, err := os.ReadDir(from)
	for _, e := range entries {
		// No other seeds refer to those of the whole world; without them the many cases take
		// only seconds.
		if err == nil && !strings.HasPrefix(e.Name(), "world-") {
			err = os.Link(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
	}
	return err
}

// only makes a folder with a single file of another folder.
type only struct {
	fs.FS
	name string
}

func (o only) ReadDir(string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, ".")
	for _, e := range entries {
		if e.Name() == o.name {
			return []fs.DirEntry{e}, err
		}
	}
	return nil, err
}
