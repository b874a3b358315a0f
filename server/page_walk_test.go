package server

import (
	csvtext "encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// addresses are one of each kind, and of each kind of refusal.
var addresses = []string{
	"/", "/search?q=uran", "/e/KZAAU", "/e/astana?asOf=foo", "/e/nothing", "/e/astana?tab=timeline", "/e/astana?tab=changes", "/e/astana?tab=sources",
	"/routes", "/routes?from=KAZ&to=eu&avoid=RUS", "/routes?from=KAZ&to=eu&avoid=RUS,IRN,caspian-sea", "/routes?from=KAZ&to=nowhere",
	"/dependency?of=JPN&resource=rare-earths&year=2018", "/connections?from=JPN&to=uranium", "/chokepoints?from=KAZ&to=eu&avoid=RUS,IRN", "/series?id=JPN&predicate=imports&object=rare-earths",
	"/table?type=WaterBody&sort=-name", "/map?from=KAZ&to=eu&avoid=RUS", "/network?id=TKM&path=TKM,caspian-sea", "/changes?id=KAZ&from=2019-01-01&to=2023", "/conflicts?id=titr", "/graphiql?query={graph{sequence}}", "/sources", "/sources?id=factbook",
}

// settled waits until the page has all that it shows.
func (b *browser) settled() {
	b.t.Helper()
	b.is(`document.querySelector('#app')?.childElementCount && !document.querySelector('.loading') && document.querySelector('#app noscript') === null`)
}

func TestPageInBrowser(t *testing.T) {
	built(t)
	ts := seededServer(t)
	b := browse(t, ts)
	part := func(name string, test func(b *browser)) {
		t.Run(name, func(t *testing.T) {
			mine := b.on(t)
			test(mine)
			mine.calm()
		})
	}
	part("keyboard", walkByKeyboard)
	part("facts", showFacts)
	part("routes", findRoutes)
	part("changes", compareDates)
	part("answers", answerQuestions)
	part("network", walkNetwork)
	part("accessible", beAccessible)
	part("links change nothing", changeNothing)
	part("sources", readSources)
	hostile := markedUpServer(t)
	b.base = hostile.URL
	part("hostile", escapeAll)
	part("live", func(b *browser) { followGraph(b, hostile.Config.Handler.(*Server)) })
	b.open("/healthz") // which has no stream
}

// walkByKeyboard looks up an entity, changes the date and opens evidence, all without a mouse, and with a focus that shows.
func walkByKeyboard(b *browser) {
	b.open("/")
	b.settled()
	b.tabTo(".skip")
	b.tabTo("#q")
	b.write("kazakhstan")
	b.is(`document.querySelectorAll('#q-list [role=option]').length > 1 && document.querySelector('#q').getAttribute('aria-expanded') === 'true'`)
	b.press("ArrowDown", "ArrowDown", "ArrowUp")
	b.is(`document.querySelector('#q-list [aria-selected=true]').id === document.querySelector('#q').getAttribute('aria-activedescendant')`)
	b.picture("suggestions")
	b.press("Escape")
	b.is(`document.querySelector('#q-list').hidden && document.activeElement.id === 'q' && document.querySelector('#q').value === 'kazakhstan'`)
	b.press("ArrowDown")
	b.is(`document.querySelectorAll('#q-list [role=option]').length > 1`)
	b.press("ArrowUp", "ArrowDown") // from none to the last one, and round to the first
	b.press("Enter")
	b.is(`location.pathname === '/e/KAZ'`)
	b.settled()
	b.is(`document.title === 'Kazakhstan · Caspian' && document.querySelector('h1').textContent === 'Kazakhstan'`)
	b.tabTo("#asOf")
	b.write("2020")
	b.press("Enter")
	b.is(`location.search === '?asOf=2020'`)
	b.settled()
	b.is(`document.querySelector('#capital .what').textContent.includes('Nur-Sultan')`)
	b.tabTo("#capital summary")
	b.press("Enter")
	b.is(`document.querySelector('#capital .evidence')?.textContent.includes('confidence')`)
	b.is(`[...document.querySelectorAll('main a[href^="/e/"], nav a')].every((a) => a.href.includes('asOf=2020'))`)
	// Sentences.
	b.open("/")
	b.settled()
	b.eval(`document.querySelector('#q').focus()`, nil)
	b.write("kazakhstan to eu avoiding russia")
	b.is(`document.querySelector('#q-list li')?.textContent.includes('Routes from Kazakhstan to European Union avoiding Russia')`)
	b.press("ArrowDown", "Enter")
	b.is(`location.pathname + location.search === '/routes?from=KAZ&to=eu&avoid=RUS'`)
}

// showFacts checks that the page of an entity says what the graph holds: relations from both of their ends, with counts
// of the server.
func showFacts(b *browser) {
	var groups []string
	read := func(address string) {
		b.open(address)
		b.settled()
		b.eval(`[...document.querySelectorAll('.group')].map((g) => g.innerText)`, &groups)
	}
	group := func(title string) string {
		for _, g := range groups {
			if strings.HasPrefix(g, title+" ") {
				return g
			}
		}
		b.t.Fatalf("no group %q in %q", title, groups)
		return ""
	}
	// Sources of Kazakhstan state the border; the page of Russia shows it all the same, and does not say it twice.
	read("/e/RUS")
	b.eval(`document.querySelector('#borders .more button').click()`, nil)
	b.is(`document.querySelectorAll('#borders .line').length === 14`)
	b.is(`[...document.querySelectorAll('#borders .what')].filter((e) => e.textContent.includes('Kazakhstan')).length === 1`)
	if g := group("Borders"); strings.Contains(g, "… borders") {
		b.t.Error(g)
	}
	read("/e/caspian-sea")
	if g := group("Littorals"); strings.Count(g, " source") != 5 {
		b.t.Errorf("five countries border the Caspian: %s", g)
	}
	read("/e/KAZ?asOf=1996")
	if g := group("Capital"); !strings.Contains(g, "Almaty\n1991-12-16 – 1997-12-09") {
		b.t.Errorf("in 1996: %s", g)
	}
	// What all lines of a heading share is said once, at the heading.
	if g := group("Borders"); !strings.Contains(g, "may hold") || !strings.Contains(g, "1,765 km") {
		b.t.Errorf("in 1996: %s", g)
	}
	b.is(`document.querySelectorAll('#borders .maybe-all').length === 1 && document.querySelectorAll('#borders .chip').length === 0`)
	b.is(`document.querySelectorAll('#capital .maybe-all').length === 0 && document.querySelectorAll('#capital .chip').length === 1`)
	// The label of a relation that has no inverse, read from its object.
	if g := group("Avoided by"); !strings.Contains(g, "China-Kyrgyzstan-Uzbekistan railway") {
		b.t.Error(g)
	}
	b.eval(`history.back()`, nil)
	b.is(`location.pathname === '/e/caspian-sea'`)
}

func findRoutes(b *browser) {
	b.open("/routes?from=KAZ&to=eu&avoid=RUS")
	b.settled()
	b.is(`document.querySelectorAll('.route').length > 1 && document.querySelector('.route .chip.good').textContent === 'avoidance verified'`)
	b.is(`document.querySelector('.route .strip').textContent.includes('Alat')`)
	b.shows("Like route 1, but by sea from Poti to Constanta")
	b.is(`document.querySelectorAll('.route')[1].querySelectorAll('.leg.differs').length === 1`)
	b.tabTo(".leg summary")
	b.press("Enter")
	b.is(`document.querySelector('.leg details[open] .evidence').textContent.includes('confidence')`)
	// A chip is taken out by keyboard, and another put in.
	b.open("/routes?from=KAZ&to=eu&avoid=RUS")
	b.settled()
	b.tabTo("#avoid")
	b.write("iran")
	b.is(`document.querySelector('#avoid-list').children.length > 0`)
	b.press("ArrowDown", "Enter")
	b.tabTo(".primary")
	b.press("Enter")
	b.is(`location.search === '?from=KAZ&to=eu&avoid=RUS,IRN'`)
	b.open("/routes?from=KAZ&to=eu&avoid=RUS,IRN,caspian-sea")
	b.settled()
	b.shows("No route is left")
	b.is(`document.querySelector('.opens').textContent.includes('Caspian Sea')`)
}

func compareDates(b *browser) {
	b.open("/changes?id=KAZ&from=2019-01-01&to=2023")
	b.settled()
	b.is(`['Nursultan Nazarbayev', 'Kassym-Jomart Tokayev', 'Nur-Sultan', 'Astana'].every((name) => document.querySelector('.changes').textContent.includes(name))`)
	b.open("/e/nothing")
	b.settled()
	var status int
	b.eval(`fetch('/e/nothing').then((r) => r.status)`, &status)
	if status != 404 {
		b.t.Errorf("an unknown id is answered with %d", status)
	}
}

// answerQuestions opens the pages that the examples of the home page lead to, and looks for what each must say.
func answerQuestions(b *browser) {
	for address, wants := range map[string][]string{
		"/dependency?of=JPN&resource=rare-earths&year=2018": {"58 % – 65 %", "Vietnam", "2017"},
		"/connections?from=JPN&to=uranium":                  {"– imports from Kazakhstan (resource) →", "not evidence of supply"},
		"/chokepoints?from=KAZ&to=eu&avoid=RUS,IRN":         {"lose their last route"},
		"/conflicts?id=titr":                                {"Volume", "source"},
		"/network?id=TKM":                                   {"Caspian Sea", "Ashgabat", "Borders"},
		"/map?field=population":                             {"Population of", "not stated"},
	} {
		b.open(address)
		b.settled()
		for _, want := range wants {
			b.shows(want)
		}
	}
	b.open("/table?type=WaterBody&columns=name,kind&sort=name&filter=name:contains:caspian")
	b.settled()
	var table string
	b.eval(`fetch(document.querySelector('a[download]').href).then((r) => r.text())`, &table)
	rows, err := csvtext.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Contains(rows[1], "Caspian Sea") {
		b.t.Errorf("%v %v: %q", err, rows, table)
	}
}

// beAccessible runs axe-core on each address, wide in the light scheme and narrow in the dark one, where nothing may scroll sideways.
func beAccessible(b *browser) {
	script := axe(b.t)
	check := func(address, options string) {
		b.eval(script, nil)
		var faults []string
		b.eval(`axe.run(`+options+`).then((r) => r.violations.map((v) => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 3).map((n) => '  ' + n.html.slice(0, 200) + '\n  ' + n.failureSummary).join('\n')))`, &faults)
		if len(faults) > 0 {
			b.t.Errorf("%s, %s:\n%s", address, options, strings.Join(faults, "\n"))
		}
	}
	defer b.size(1000, 800)
	defer b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{}}, nil)
	for i, address := range addresses {
		b.size(1280, 900)
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{}}, nil)
		b.open(address)
		b.settled()
		b.eval(`[...document.querySelectorAll('details')].slice(0, 5).forEach((d) => { d.open = true; })`, nil)
		check(address, "{resultTypes: ['violations']}")
		b.picture(fmt.Sprintf("light-%02d", i))
		b.size(320, 640)
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
		if i%4 == 0 {
			check(address, "{runOnly: ['color-contrast'], resultTypes: ['violations']}")
		}
		var wide string
		b.eval(`(() => {
			if (document.documentElement.scrollWidth <= 320) return '';
			return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > 320 && !e.closest('.scroll')).map((e) => e.outerHTML.slice(0, 200)).join('\n');
		})()`, &wide)
		if wide != "" {
			b.t.Errorf("%s is wider than 320 pixels:\n%.2000s", address, wide)
		}
		b.picture(fmt.Sprintf("dark-%02d", i))
	}
}

// changeNothing opens links that carry mutations: the sender of a link must not write with the rights of the one who opens it.
func changeNothing(b *browser) {
	b.open("/graphiql?query=mutation%20%7B%20transact(input%3A%20%7Boperations%3A%20%5B%7Bdeclare%3A%20%7Bid%3A%20%22smuggled%22%2C%20type%3A%20%22City%22%7D%7D%5D%7D)%20%7B%20sequence%20%7D%20%7D")
	var names []string
	b.eval(`fetch('/graphql?query=%7Bentity(id%3A%22smuggled%22)%7Bid%7D%7D').then((r) => r.json()).then((r) => r.data.entity ? [r.data.entity.id] : [])`, &names)
	if len(names) > 0 {
		b.t.Errorf("a link wrote %v", names)
	}
}

// escapeAll opens each kind of page on texts of hostile sources.
func escapeAll(b *browser) {
	for _, address := range []string{
		"/e/evil", "/e/src", "/search?q=img", "/routes?from=n1&to=n2", "/routes?from=n1&to=n2&avoid=XXX", "/e/%3Cimg%20src=x%20onerror=hacked=1%3E",
		"/search?q=%3Cimg+src=x+onerror=hacked=1%3E", "/e/XXX?asOf=%3Cimg+src=x+onerror=hacked=1%3E", "/e/evil?tab=timeline", "/e/evil?tab=sources", "/changes?id=evil",
	} {
		b.open(address)
		b.settled()
		b.eval(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`, nil)
		b.shows("<img")
		var injected []string
		b.eval(`[
			...document.querySelectorAll('img, main script, main a:not([href^="/"]):not([href^="http"]):not([href^="#"])'),
			...[...document.querySelectorAll('a')].filter((a) => a.protocol === 'javascript:'),
		].map((e) => e.outerHTML)`, &injected)
		if len(injected) > 0 {
			b.t.Errorf("%s: %q", address, injected)
		}
		b.is("window.hacked === undefined")
	}
	b.open("/e/evil")
	b.settled()
	b.eval(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`, nil)
	for _, part := range []string{"evil", "alias", "description", "locator", "original", "note", "somebody", "source", "other"} {
		b.shows("window.hacked=1</script> " + part)
	}
	b.eval(`document.querySelector('#q').focus()`, nil)
	b.write("img")
	b.is(`document.querySelector('#q-list').innerText.includes('<img src=x')`)
	b.is("window.hacked === undefined")
}

// readSources finds a source by its name, reads what it states, and takes that to a spreadsheet.
func readSources(b *browser) {
	b.open("/sources")
	b.settled()
	b.tabTo("main input")
	b.write("names of territories")
	b.is(`document.querySelectorAll('tbody tr').length === 1`)
	b.eval(`document.querySelector('tbody a').click()`, nil)
	b.is(`location.search === '?id=cldr-territories'`)
	b.settled()
	b.is(`document.querySelector('.card .chip.good').textContent === 'high' && document.querySelectorAll('.line').length === 100`)
	var table string
	b.eval(`fetch(document.querySelector('a[download]').href).then((r) => r.text())`, &table)
	if rows, err := csvtext.NewReader(strings.NewReader(table)).ReadAll(); err != nil || len(rows) != 1001 {
		b.t.Errorf("%v: %d rows of %.200q", err, len(rows), table)
	}
	// The citation keeps the date and what was recorded.
	b.eval(`document.querySelector('.asked details').open = true`, nil)
	b.is(`/asOf=\d{4}-\d\d-\d\d&knownAt=/.test([...document.querySelectorAll('.asked a')].find((a) => a.href === a.textContent).href)`)
}

// followGraph checks that an open page says what was recorded if it shows something else by that, and that it changes only when its button is pressed.
func followGraph(b *browser, s *Server) {
	b.open("/e/evil2")
	b.settled()
	b.is(`document.querySelector('[data-following=true]')`)
	record := func(subject, alias string) {
		recordLines(b.t, s, fmt.Sprintf(`{"subject":%q,"predicate":"aliases","value":%q,"source":"src"}`, subject, alias))
	}
	record("XXX", "of another page")
	record("evil2", "newly recorded")
	b.shows("What this page shows has changed")
	b.is(`document.querySelector('.news').textContent.includes('recorded') && !document.querySelector('.card').textContent.includes('newly recorded')`)
	b.eval(`document.querySelector('.news button').click()`, nil)
	b.is(`document.querySelector('.card')?.textContent.includes('newly recorded')`)
}
