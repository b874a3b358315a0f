package metamorphic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// A class is a kind of trouble in a history. Each can be switched off while the graph is
// known to fail under it.
type class string

const (
	logFails     class = "log-fails"
	logPanics    class = "log-panics"
	logDoubt     class = "log-doubt"
	elsewhere    class = "elsewhere"
	diskFull     class = "disk-full"
	snapshotFull class = "snapshot-full"
	dies         class = "dies"
	kills        class = "kills"
	restarts     class = "restarts"
	snapshotHarm class = "snapshot-harm"
	snapshotSwap class = "snapshot-swap" // of another store, or of another time
	logHarm      class = "log-harm"      // journal, tables, manifest
	noteHarm     class = "note-harm"
	restores     class = "restores"
	clockJumps   class = "clock-jumps"
	ontologyMore class = "ontology-more"
	ontologyLess class = "ontology-less"
	sameKey      class = "same-key" // a key again, with a change that differs a little
	cancels      class = "cancels"
	atOnce       class = "at-once"
)

// generator draws a history. It follows the model, as if nothing ever failed,
// so that changes meet what is there.
type generator struct {
	r     *rand.Rand
	off   map[class]bool
	m     *model
	ops   []op
	keyed []string // changes under a key, as they were written
	keys  int
	saves []string
	said  []string // claims stated, some of them withdrawn since
}

func generate(seed uint64, n int, off map[class]bool) []op {
	g := &generator{r: rand.New(rand.NewPCG(seed, 12)), off: off, m: newModel(nil)}
	g.add("commit ; declare s1 Source ; declare s2 Source ; declare c1 City ; declare c2 City ; declare p1 Person")
	for len(g.ops) < n {
		g.next()
	}
	return g.ops
}

func (g *generator) add(text string) {
	g.ops = append(g.ops, line(text))
	g.follow(g.ops[len(g.ops)-1])
}

// follow takes the model through the changes of a line.
func (g *generator) follow(o op) {
	switch o.name() {
	case "commit", "together", "import", "elsewhere":
	default:
		return
	}
	chs, err := o.changes()
	if err != nil {
		panic(fmt.Sprintf("%s: %v", o, err))
	}
	for _, ch := range chs {
		g.m.resolve(&ch)
		if _, e := g.m.decide(ch); e != nil && ch.ctx == "" {
			g.m.push(*e)
		}
	}
}

func (g *generator) on(c class) bool { return !g.off[c] }

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// next draws one line.
func (g *generator) next() {
	kinds := []struct {
		weight int
		class  class
		draw   func() string
	}{
		{40, "", g.commit},
		{6, atOnce, g.together},
		{8, "", g.imported},
		{5, "", g.again},
		{5, sameKey, g.almostAgain},
		{3, elsewhere, func() string { return "elsewhere ; " + g.items(1+g.r.IntN(2)) }},
		{5, restarts, func() string { return "reopen how=close" + g.verify() }},
		{6, kills, func() string { return "reopen how=kill keep=" + g.share() + g.verify() }},
		{3, dies, func() string { return fmt.Sprintf("die calls=%d keep=%s", 1+g.r.IntN(6), g.share()) }},
		{4, "", g.save},
		{4, snapshotHarm, func() string { return g.reopen() + " ; snapshot " + g.damage() }},
		{4, snapshotSwap, g.swap},
		{4, restores, g.restore},
		{4, logHarm, func() string {
			return g.reopen() + " ; " + g.pick("journal", "journal", "journal", "table", "manifest", "current") + " which=" + g.share() + " " + g.damage()
		}},
		{2, noteHarm, func() string {
			if len(g.saves) > 0 && g.r.IntN(2) == 0 {
				return g.reopen() + " ; note from=" + g.pick(g.saves...)
			}
			return g.reopen() + " ; note " + g.damage()
		}},
		{3, "", func() string { return "keep" }},
		{3, logFails, func() string { return "log " + g.pick("append", "append", "replay", "key") + "=fail" }},
		{3, logPanics, func() string { return "log " + g.pick("append=panic", "append=late", "replay=panic", "key=panic") }},
		{3, logDoubt, func() string { return "log append=" + g.pick("doubt", "kept") }},
		{1, logDoubt, func() string { return "log append=" + g.pick("doubt", "kept") + " replay=fail" }},
		{2, logDoubt, func() string {
			// Waiting writers then find a log that they must read first.
			g.add("log append=" + g.pick("fail", "doubt", "kept"))
			return g.together()
		}},
		{3, diskFull, func() string {
			return fmt.Sprintf("disk fails=%s after=%d times=%d", g.pick("write", "half", "sync", "create"), g.r.IntN(4), 1+g.r.IntN(3))
		}},
		{2, snapshotFull, func() string { return "full snapshot=" + g.pick("yes", "no") }},
		{1, clockJumps, func() string { return "clock by=" + g.pick("8760h", "-8760h", "1h", "-1h", "-1s") }},
		{1, ontologyMore, func() string { return g.reopen() + " ontology=" + g.pick("first", "more") }},
		{1, ontologyLess, func() string { return g.reopen() + " ontology=less" }},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	at := g.r.IntN(total)
	for _, k := range kinds {
		if at -= k.weight; at < 0 {
			if k.class != "" && !g.on(k.class) {
				return
			}
			if text := k.draw(); text != "" {
				g.add(text)
			}
			return
		}
	}
}

func (g *generator) share() string { return fmt.Sprintf("%.2f", g.r.Float64()) }

func (g *generator) verify() string {
	if g.r.IntN(6) == 0 {
		return " ; verify"
	}
	return ""
}

// reopen draws a start after a kill or a good end.
func (g *generator) reopen() string {
	if g.on(kills) && g.r.IntN(2) == 0 {
		return "reopen how=kill keep=" + g.share()
	}
	return "reopen how=close"
}

func (g *generator) damage() string {
	return g.pick("flip="+g.share(), "flip="+g.share(), "cut="+g.share(), "zero="+g.share(), "empty", "remove")
}

func (g *generator) save() string {
	name := fmt.Sprintf("v%d", len(g.saves))
	g.saves = append(g.saves, name)
	return "save as=" + name
}

func (g *generator) swap() string {
	if len(g.saves) == 0 || g.r.IntN(2) == 0 {
		return fmt.Sprintf("%s ; snapshot foreign=%d", g.reopen(), g.r.IntN(5)-2)
	}
	return g.reopen() + " ; snapshot from=" + g.pick(g.saves...)
}

func (g *generator) restore() string {
	if len(g.saves) == 0 {
		return ""
	}
	return g.reopen() + " ; restore from=" + g.pick(g.saves...) + " what=" + g.pick("quads", "log", "log", "all")
}

func (g *generator) commit() string {
	text := "commit"
	if g.r.IntN(3) == 0 {
		g.keys++
		text += fmt.Sprintf(" key=k%d", g.keys)
	}
	if g.r.IntN(12) == 0 {
		text += " ifseq=" + g.pick("+0", "+0", "-1", "+1")
	}
	if g.on(cancels) && g.r.IntN(20) == 0 {
		text += " ctx=" + g.pick("cancelled", "late", "reading")
	}
	n := 1 + g.r.IntN(4)
	if g.r.IntN(15) == 0 {
		n = 30 // large enough for the way of bulks
	}
	text += " ; " + g.items(n)
	if strings.Contains(text, "key=") && !strings.Contains(text, "ctx=") {
		g.keyed = append(g.keyed, text)
	}
	return text
}

// again returns a change that was made, once more.
func (g *generator) again() string {
	if len(g.keyed) == 0 {
		return ""
	}
	return g.pick(g.keyed...)
}

// almostAgain is another change under a key that was used.
func (g *generator) almostAgain() string {
	o := line(g.again())
	if len(o.groups[0]) < 2 {
		return ""
	}
	parts := slices.Clone(o.groups[0])
	i := 1 + g.r.IntN(len(parts)-1)
	switch {
	case strings.HasPrefix(parts[i], "assert"):
		words := strings.Fields(parts[i])
		words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "conf=") || strings.HasPrefix(w, "note=") })
		parts[i] = strings.Join(append(words, g.pick("conf=0.35", "note=other", "rank=DEPRECATED", "att=INFERRED", "orig=other", "to=p1")), " ")
	case strings.HasPrefix(parts[i], "retract"):
		parts[i] = strings.Join(strings.Fields(parts[i])[:2], " ") + " reason=other"
	case len(parts) > 2:
		parts = slices.Delete(parts, i, i+1)
	default:
		parts = append(parts, "declare c9 City")
	}
	return strings.Join(parts, " ; ")
}

func (g *generator) together() string {
	text := "together"
	for range 2 + g.r.IntN(3) {
		options := "-"
		if g.r.IntN(3) == 0 {
			g.keys++
			n := g.keys
			if g.on(sameKey) {
				n -= g.r.IntN(2) // mostly that of another change
			}
			options = fmt.Sprintf("key=k%d", n)
		}
		if g.on(cancels) && g.r.IntN(6) == 0 {
			options += " ctx=" + g.pick("cancelled", "late", "reading")
		}
		if g.r.IntN(8) == 0 {
			options += " ifseq=+" + fmt.Sprint(g.r.IntN(3))
		}
		text += " || " + options + " ; " + g.items(1+g.r.IntN(3))
	}
	return text
}

func (g *generator) imported() string {
	return fmt.Sprintf("import batch=%d ; %s", 1+g.r.IntN(5), g.items(2+g.r.IntN(8)))
}

func (g *generator) items(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = g.item()
	}
	return strings.Join(list, " ; ")
}

func (g *generator) item() string {
	switch k := g.r.IntN(12); {
	case k == 0:
		return g.pick("declare c3 City", "declare c4 City", "declare c5 City", "declare p2 Person", "declare p3 Person", "declare c1 City", "declare s2 Source")
	case k == 1 && g.r.IntN(10) == 0:
		return g.pick("declare c1 Person", "assert c9.name=n1@s1/l1", "assert c1.name=n1@s9/l1", "assert c1.mayor=p9@s1/l1", "assert c1.name=n1@s1/l1 conf=1.5", "retract c9.name=n1@s1/l1", "reinstate c9.name=n1@s1/l1")
	case k <= 2 && len(g.said) > 0:
		text := g.pick("retract", "retract", "reinstate") + " " + g.pick(g.said...)
		if g.r.IntN(2) == 0 {
			text += " reason=r" + g.pick("1", "2")
		}
		return text
	case k == 3 && len(g.said) > 0:
		return "assert " + g.pick(g.said...) + g.held()
	}
	said := g.say()
	g.said = append(g.said, said)
	return "assert " + said + g.held()
}

// say draws what a claim says, usually about existing entities.
func (g *generator) say() string {
	known := func(typ string, all ...string) string {
		var ids []string
		for _, id := range all {
			if g.m.types[graph.ID(id)] == typ {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			return all[0]
		}
		return g.pick(ids...)
	}
	city := known("City", "c1", "c2", "c3", "c4", "c5")
	person := known("Person", "p1", "p2", "p3")
	said := ""
	switch g.r.IntN(6) {
	case 0:
		said = city + ".population=" + g.pick("10", "20", "30")
	case 1:
		said = city + ".mayor=" + person
	case 2:
		other := known("City", "c1", "c2", "c3", "c4", "c5")
		if other == city {
			return g.say()
		}
		said = city + ".near=" + other
	case 3:
		said = person + ".visited=" + city
	default:
		said = g.pick(city, person, "s1", "s2") + ".name=n" + g.pick("1", "2", "3", "4")
	}
	said += "@" + g.pick("s1", "s2") + "/l" + g.pick("1", "2", "3")
	if g.r.IntN(3) == 0 {
		said += g.pick("[2010/2012]", "[2009/2010]", "[2013/2020]")
	}
	return said
}

// held draws how a claim is held.
func (g *generator) held() string {
	text := ""
	if g.r.IntN(2) == 0 {
		text += " conf=" + g.pick("0.3", "0.5", "0.7")
	}
	if g.r.IntN(6) == 0 {
		text += " rank=" + g.pick("PREFERRED", "DEPRECATED")
	}
	if g.r.IntN(8) == 0 {
		text += " " + g.pick("att=REPORTED", "to=p1", "orig=o1", "group=g1", "note=x1", "note=x2")
	}
	if g.r.IntN(5) == 0 && len(g.said) > 0 {
		text += " over=" + g.pick(g.said...)
	}
	return text
}
