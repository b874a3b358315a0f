package graphtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// syllables has syllables of invented names by script.
var syllables = [][]string{
	strings.Fields("ka ra ba shi len tor mi nov grad bek stan al ur du sai pe kon ta ri vo hel dan min sk berg ou che fa li zu"),
	strings.Fields("ка ра ба ши лен тор ми нов град бек стан ал ур ду сай пе кон та ри во хел дан мин ск жа че фа ли зу"),
	strings.Fields("كا را با شي لن تور مي نوف بك ستان ال دو سا كن تا ري هل دن مين"),
	strings.Fields("北 京 上 海 西 安 中 东 南 山 河 城 新 疆 天 津 广 州 江 湖 口 平 长 春"),
	strings.Fields("ト ウ キ カ ザ フ ス タ ン ナ ラ ア マ ニ ル ミ ロ セ イ"),
}

// inventName returns a name of one to three words, usually in Latin letters.
func inventName(r *rand.Rand) string {
	script := max(0, r.IntN(20)-15)
	var words []string
	for range 1 + r.IntN(3) {
		var w strings.Builder
		for range 2 + r.IntN(3) {
			w.WriteString(syllables[script][r.IntN(len(syllables[script]))])
		}
		words = append(words, w.String())
	}
	return strings.Join(words, " ")
}

// CityNames returns n names, two for each city, and the commits that state them, one second apart.
func CityNames(n int) (named []string, commits []graph.Commit) {
	r := rand.New(rand.NewPCG(1, 2))
	named = make([]string, n)
	c := graph.Commit{Seq: 1, At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Entities: []graph.Entity{{ID: "source", Type: schema.SourceType}}}
	for i := range named {
		named[i] = inventName(r)
		city, predicate := graph.ID(fmt.Sprint("city-", i/2)), "name"
		if i%2 == 1 {
			predicate = "aliases"
		} else {
			c.Entities = append(c.Entities, graph.Entity{ID: city, Type: "City"})
		}
		c.Claims = append(c.Claims, graph.Claim{Subject: city, Predicate: predicate, Value: graph.StringValue(named[i]), Source: "source", Confidence: 1})
		if len(c.Claims) == 1000 || i == n-1 {
			commits = append(commits, c)
			c = graph.Commit{Seq: c.Seq + 1, At: c.At.Add(time.Second)}
		}
	}
	return named, commits
}
