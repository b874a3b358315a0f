package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
)

// mapped are the public sets of data with a mapping in examples/mappings, and the files and folders of each.
var mapped = []struct{ mapping, files string }{
	{"codex.yaml", "codex-m/train.tsv codex-m/test.tsv codex-m/valid.tsv"},
	{"country-codes.yaml", "country-codes.csv"},
	{"factbook.yaml", "factbook"},
	{"factbook-energy.yaml", "factbook-energy/oil_gas.csv"},
	{"factbook-leaders.yaml", "factbook-leaders/chief_of_state.csv"},
	{"factbook-memberships.yaml", "factbook-igo/organization_participation.csv"},
	{"factbook-names.yaml", "factbook-names/country_name_capital.csv"},
	{"factbook-ports.yaml", "factbook-transport/ports.csv"},
	{"factbook-trade.yaml", "factbook-trade/partners_commodities.csv"},
	{"harmonized-system.yaml", "harmonized-system.csv"},
	{"leaders-archigos.yaml", "leaders-archigos/archigos_4_1.csv"},
	{"memberships-cow.yaml", "igo-cow-v3/membership_spells.csv"},
	{"memberships-informal.yaml", "igo-manyios-informal/iigo_memberships.csv"},
	{"minerals-usgs.yaml", "minerals-usgs-mcs/2022 minerals-usgs-mcs/2023 minerals-usgs-mcs/2024"},
	{"names-cldr.yaml", "names-multilingual/cldr_territories.json"},
	{"names-i18n.yaml", "names-multilingual/i18n-iso-countries"},
	{"pipelines-gas.yaml", "pipelines-gem/ggit_gas_lng_2024-10.csv"},
	{"pipelines-oil.yaml", "pipelines-gem/goit_oil_ngl_2024-06.csv"},
	{"ports-wpi.yaml", "ports-wpi/UpdatedPub150.csv"},
	{"sanctions-programs.yaml", "sanctions-programs/programs.json"},
	{"states-cow.yaml", "states-history/cow_states2016.csv"},
	{"states-huggo.yaml", "states-history/huggo_states_clean.csv"},
	{"states-icow.yaml", "states-history/icow_coldata110.csv"},
	{"states-isd.yaml", "states-history/isd_2_2.csv"},
	{"states-gw.yaml", "states-history/gw_states_andybega.csv"},
}

// TestMappings imports each set into the seeds by its mapping, of at most 25 lines; a second import changes nothing.
func TestMappings(t *testing.T) {
	folder := filepath.Join("..", "..", "examples", "mappings")
	found, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(found) != len(mapped) {
		t.Errorf("%d mappings, and %d here; %v", len(found), len(mapped), err)
	}
	all := os.Getenv("CASPIAN_SOAK") != ""
	seeded := ""
	for _, m := range mapped {
		t.Run(m.mapping, func(t *testing.T) {
			mapping := filepath.Join(folder, m.mapping)
			text, err := os.ReadFile(mapping)
			if n := strings.Count(string(text), "\n"); err != nil || n > 25 {
				t.Errorf("%d lines, %v", n, err)
			}
			if !all && (testing.Short() || m.mapping != "ports-wpi.yaml") {
				t.Skip("thousands of rows, twice; CASPIAN_SOAK=1 imports them")
			}
			if seeded == "" {
				if seeded, err = seededStore(); err != nil {
					t.Fatal(err)
				}
			}
			importTwice(t, seeded, mapping, strings.Fields(m.files))
		})
	}
}

// importTwice imports files into a copy of a store by a mapping, and again.
func importTwice(t *testing.T, seeded, mapping string, files []string) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(seeded)); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "--store", dir, "--mapping", mapping}
	for _, f := range files {
		f = filepath.Join("..", "..", "..", "shared", "data", filepath.FromSlash(f))
		if _, err := os.Stat(f); err != nil {
			t.Skip(err)
		}
		args = append(args, f)
	}
	code, out, words := runCommand(t, args...)
	if code != cli.ExitOK || strings.HasPrefix(out, "imported 0 entities, 0 claims") {
		t.Fatalf("%d\n%s\n%.2000s", code, out, words)
	}
	t.Log(out)
	if code, out, words = runCommand(t, args...); code != cli.ExitOK || !strings.HasPrefix(out, "imported 0 entities, 0 claims") {
		t.Errorf("again: %d\n%s\n%.2000s", code, out, words)
	}
}
