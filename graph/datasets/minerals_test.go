package datasets

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

func TestMinerals(t *testing.T) {
	dir := graphtest.Files(map[string]string{
		"2024/mcs2024-cobal_world.csv": "\ufeffSource,Country,Type,Prod_t_2022,Prod_t_est_2023,Prod_notes,Reserves_t,Reserves_notes,,\n" +
			"MCS2024,Congo (Kinshasa),\"Mine production\",144000,\"170,000 \",,6000000,,,\n" +
			"MCS2024,Russiae,Mine production,9200,8800,,250000,,,\n" +
			"MCS2024,Japan,Mine production,W,NA,,0,,,\n" +
			"MCS2024,Cuba,Mine production,<100,e3200,,XX,,,\n" +
			"MCS2024,\"Kazakhstan, concentrate\",Mine production,129,,,,,,\n" +
			"MCS2024,Other countries4,Mine production,3000,3000,,1,,,\n" +
			"MCS2024,World total (rounded)2,Mine production,197000,230000,,11000000,,,\n",
		"2024/mcs2024-galli_world.csv": "Source,Country,Type,Prod_kg_2022,Prod_kg_est_2023\nMCS2024,China,Primary production,600000,600000\n",
		"2023/mcs2023-rheni_world.csv": "Source,Country,Type,Prod_kg_2022,Reserves_kt\nMCS2023,Chile,Mine production,29000,1300000\n",
		"2024/mcs2024-zzzzz_world.csv": "Source,Country,Type,Prod_kg_2022\nMCS2024,China,Primary production,1\n",
		"2026/mcs2026_six_minerals.csv": "commodity,stage,unit,country,prod_2024,prod_2025_est,reserves,capacity_2025\n" +
			"Rare earths,mine,t REO,China,270000,270000,44000000,\n",
	})
	var got, notices []string
	if err := Minerals.DecodeDir(context.Background(), dir, "minerals", func(op graph.Op) error {
		switch {
		case op.Kind == graph.Notice:
			notices = append(notices, op.Notice)
		case op.Kind == graph.Assert && slices.Contains([]string{"produces", "reserves", "worldTotal"}, op.Claim.Predicate):
			got = append(got, graphtest.Sentence(&op.Claim, facts.StatedConfidence))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(mineralsWant)
	if have := strings.Join(got, "\n"); have != want {
		t.Errorf("claims:\n%s\nwant:\n%s", have, want)
	}
	if n := strings.Join(notices, "\n"); !strings.Contains(n, "is a bound") || !strings.Contains(n, "mcs2024-zzzzz_world.csv is in no row") {
		t.Errorf("notices:\n%s", n)
	}
}

const mineralsWant = `
CHL produces rhenium measure=MINE_PRODUCTION quantity=29 t @2022 0.8
CHL reserves rhenium measure=RESERVES quantity=1300 t @2022
COD produces cobalt measure=MINE_PRODUCTION quantity=144000 t @2022
COD produces cobalt measure=MINE_PRODUCTION quantity=170000 t @2023 ESTIMATED 0.8
COD reserves cobalt measure=RESERVES quantity=6000000 t @2023
RUS produces cobalt measure=MINE_PRODUCTION quantity=9200 t @2022 ESTIMATED
RUS produces cobalt measure=MINE_PRODUCTION quantity=8800 t @2023 ESTIMATED 0.8
RUS reserves cobalt measure=RESERVES quantity=250000 t @2023 ESTIMATED
CUB produces cobalt measure=MINE_PRODUCTION quantity=3200 t @2023 ESTIMATED 0.8
KAZ produces cobalt measure=MINE_PRODUCTION quantity=129 t @2022
cobalt worldTotal 197000 t measure=MINE_PRODUCTION @2022
cobalt worldTotal 230000 t measure=MINE_PRODUCTION @2023 ESTIMATED 0.8
cobalt worldTotal 11000000 t measure=RESERVES @2023
CHN produces gallium measure=PRODUCTION quantity=600 t @2022
CHN produces gallium measure=PRODUCTION quantity=600 t @2023 ESTIMATED 0.8
CHN produces rare-earths measure=MINE_PRODUCTION quantity=270000 tREO @2024
CHN produces rare-earths measure=MINE_PRODUCTION quantity=270000 tREO @2025 ESTIMATED 0.8
CHN reserves rare-earths measure=RESERVES quantity=44000000 tREO @2025
`
