package server

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// addresses are one of each kind, and of each kind of refusal.
var addresses = []string{
	"/", "/?asOf=2020", "/?q=uran", "/?id=KAZ", "/?id=KAZ&asOf=1996", "/?id=CHN", "/?id=KZAAU", "/?id=astana&asOf=foo", "/?id=factbook", "/?id=nothing", "/?id=KAZ&asOf=foo",
	"/?from=KAZ&to=eu&avoid=RUS", "/?from=KAZ&to=eu&avoid=RUS,IRN,caspian-sea", "/?from=KAZ&to=nowhere", "/?from=KAZ",
	"/?query=" + url.QueryEscape(`query ($view: View) { dependency(of: "JPN", resource: "rare-earths", year: 2018, view: $view) { partners { partner { id name } share { low high } } } }`),
	"/?query=%7B", "/?query=" + url.QueryEscape(`{conflicts(first:20){nodes{predicate reason claims{value source{id name}predicate}}}}`),
}

// settled waits until the page has no request in progress.
func (b *browser) settled() {
	b.t.Helper()
	b.is(`(() => {
		const s = document.querySelector('#status')?.textContent ?? '', e = [...document.querySelectorAll('.error')].some((x) => x.textContent);
		const home = document.querySelector('#questions a');
		const route = document.querySelector('#route');
		return !s.endsWith('…') && (s !== '' || e || home || (route && !route.hidden && document.activeElement.id === 'to'));
	})()`)
}

func TestPageInBrowser(t *testing.T) {
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
	part("questions", answerQuestions)
	part("truths", misleadNobody)
	part("spans", writeSpans)
	part("back", goBack)
	part("loads", loadLittle)
	part("narrow", beNarrow)
	part("long", showAll)
	part("accessible", beAccessible)
	part("links change nothing", changeNothing)
	b.base = markedUpServer(t).URL
	part("hostile", escapeAll)
}

// walkByKeyboard looks up an entity, changes the date, finds routes and asks a query, all
// without a mouse, and with a focus that shows.
func walkByKeyboard(b *browser) {
	b.open("/")
	b.settled()
	b.tabTo(".skip")
	b.tabTo("#q")
	b.write("kazakhstan")
	b.is(`document.querySelectorAll('#q-list [role=option]').length > 1`)
	b.is(`document.querySelector('#q').getAttribute('aria-expanded') === 'true' && document.querySelector('#status').textContent.includes('suggestion')`)
	b.press("ArrowDown", "ArrowDown", "ArrowUp")
	b.is(`document.querySelector('#q-list [aria-selected=true]').id === document.querySelector('#q').getAttribute('aria-activedescendant')`)
	b.is(`document.querySelectorAll('#q-list [aria-selected=true]').length === 1`)
	b.picture("suggestions")
	b.press("Escape")
	b.is(`document.querySelector('#q-list').hidden && !document.querySelector('#q').hasAttribute('aria-activedescendant')`)
	b.is(`document.activeElement.id === 'q' && document.querySelector('#q').value === 'kazakhstan'`)
	b.press("ArrowDown")
	b.is(`document.querySelectorAll('#q-list [role=option]').length > 1`)
	b.press("ArrowUp") // from none: the last one
	b.is(`document.querySelector('#q-list').lastElementChild.getAttribute('aria-selected') === 'true'`)
	b.press("ArrowDown")
	b.is(`document.querySelector('#q-list').firstElementChild.getAttribute('aria-selected') === 'true'`)
	b.press("Enter")
	b.is(`location.search === '?id=KAZ'`)
	b.shows("has a shore on")
	b.is(`document.title === 'Kazakhstan · Caspian' && document.querySelector('h1').textContent === 'Kazakhstan'`)

	b.tabTo("#asOf")
	b.write("2020")
	b.press("Enter")
	b.is(`new URLSearchParams(location.search).get('asOf') === '2020' && new URLSearchParams(location.search).get('id') === 'KAZ'`)
	b.shows("Shown as of 2020")
	b.shows("Nur-Sultan")
	b.is(`[...document.querySelectorAll('#view a[href^="/?"]')].every((a) => a.href.includes('asOf=2020'))`)

	walkToRoutes(b)

	b.open("/")
	b.settled()
	b.tabTo("#query")
	b.eval(`document.querySelector('#query').select()`, nil)
	b.write(`{ country(id: "KAZ") { capital { id name } population } }`)
	b.press("Ctrl+Enter")
	b.shows("Astana")
	b.is(`location.search.startsWith('?query=') && document.querySelector('#answer dl a').textContent === 'Astana'`)

	b.open("/")
	b.settled()
	b.tabTo("#route button")
	b.press("Enter")
	b.is(`document.querySelector('#from').getAttribute('aria-invalid') === 'true' && document.activeElement.id === 'from'`)
	b.write("qqqq")
	b.is(`!document.querySelector('#from').hasAttribute('aria-invalid')`)
	b.press("Enter")
	b.shows("No place has the name “qqqq”.")
}

// walkToRoutes asks for routes by keyboard, and removes a country to avoid.
func walkToRoutes(b *browser) {
	b.open("/")
	b.settled()
	b.tabTo("#from")
	b.write("Kazakhstan")
	b.is(`document.querySelector('#from-list').children.length`)
	b.press("ArrowDown", "Enter")
	b.tabTo("#to")
	b.write("european union")
	b.tabTo("#avoid") // what was typed is looked up
	b.write("russia")
	b.is(`document.querySelector('#avoid-list').children.length`)
	b.press("ArrowDown", "Enter")
	b.write("iran")
	b.is(`document.querySelector('#avoid-list').children.length`)
	b.press("ArrowDown", "Enter")
	b.is(`document.querySelectorAll('.chips button').length === 2`)
	b.press("Enter")
	b.is(`location.search === '?from=KAZ&to=eu&avoid=RUS%2CIRN&network=TRANSPORT&rank=LEGS'`)
	b.shows("Aktau → Alat")
	b.is(`document.querySelector('.route .mark.good').textContent === 'verified'`)
	b.shows("Its weakest claim")
	b.tabTo(".legs summary")
	b.press("Enter")
	b.is(`document.querySelector('.legs details[open] .claim').textContent.includes('confidence')`)
	b.open("/?from=KAZ&to=eu&avoid=RUS,IRN")
	b.settled()
	b.tabTo(".chips button")
	b.press("Enter")
	b.is(`document.querySelectorAll('.chips button').length === 1 && document.activeElement.id === 'avoid'`)
}

// writeSpans checks how intervals are written: shares as percentages, amounts as numbers
// with their unit, and no upper bound where nobody states one.
func writeSpans(b *browser) {
	ask := func(query string) {
		b.open("/?query=" + url.QueryEscape(query))
		b.settled()
	}
	ask(`{ chokepoints(from: "TKM", to: "CHN", weight: CAPACITY, modes: [PIPELINE], unit: "bcmPerYear", first: 1) { capacity { low high unit } } }`)
	b.shows("55 to 60 bn m³/y")
	ask(`{ chokepoints(from: "KAZ", to: "eu", avoid: ["RUS", "IRN"], closing: ["GEPTI"]) { capacity { low high unit stated unstated { id name } } } }`)
	b.shows("or more")
	ask(`{ dependency(of: "JPN", resource: "rare-earths", year: 2018) { partners { partner { id name } share { low high } } hhi { low high } } }`)
	b.shows("58 % to 65 %")
}

// answerQuestions follows each question of the home page to its answer.
func answerQuestions(b *browser) {
	wants := map[string]string{
		"How does Kazakh uranium reach Europe without Russia?":           "since 2023-06-27, 1100 km, through Georgia, Romania, Black Sea",
		"Where does Kazakh uranium go?":                                  "through Azerbaijan",
		"How far does Japan depend on China for rare earths?":            "60 % to 100 %",
		"What was Kazakhstan’s capital called in 2020?":                  "Nur-Sultan",
		"What connects Japan and Kazakh uranium?":                        "Japan — imports from Kazakhstan (resource) → Uranium",
		"What does every route to the EU pass, without Russia and Iran?": "kind\tcut\tremoves\tpairs",
		"What changed about Astana from 2018 to 2020?":                   "Nur-Sultan name Nur-Sultan",
		"Who disagrees about Japan’s trade?":                             "JOGMEC",
	}
	b.open("/")
	b.settled()
	var questions []string
	b.eval(`[...document.querySelectorAll('#questions a')].map((a) => a.textContent)`, &questions)
	for i, q := range questions {
		want := wants[q]
		if want == "" {
			b.t.Errorf("no answer is known to %q", q)
			continue
		}
		delete(wants, q)
		b.open("/")
		b.settled()
		b.eval(fmt.Sprintf(`document.querySelectorAll('#questions a')[%d].click()`, i), nil)
		b.shows(want)
		b.is(`!document.querySelector('.error:not(:empty)')`)
		// And as an example in the query box, with an answer.
		b.open("/")
		b.settled()
		b.is(`!document.querySelector('#asking').hidden`) // its script comes last
		b.eval(fmt.Sprintf(`(() => { const e = document.querySelector('#example'); e.value = '%d'; e.dispatchEvent(new Event('change')); document.querySelector('#asking button').click(); })()`, i), nil)
		b.is(`document.querySelector('#answer h2')`)
		b.shows(q)
		b.is(`!document.querySelector('.error:not(:empty)') && document.querySelector('#answer').textContent.length > 200`)
	}
	for q := range wants {
		b.t.Errorf("%q is not asked", q)
	}
	// Between countries, no source states distances, nor whether a border can be crossed.
	b.open("/?from=KAZ&to=eu&avoid=RUS,IRN&network=BORDERS")
	b.shows("3 borders · about 4231 km, stated for none of the legs")
}

// misleadNobody checks that the page of an entity says what the graph holds: relations from both of their ends, how many
// claims there are, and for the date that is asked.
func misleadNobody(b *browser) {
	var got struct {
		Title  string
		Groups []string
		Counts []int
	}
	open := func(address string) {
		b.open(address)
		b.settled()
		b.eval(`(() => {
			const facts = document.querySelector('#view section:has(> h2)'), n = (e) => parseInt(e.textContent.replace(/,/g, ''));
			return { Title: facts.querySelector('h2').textContent, Groups: [...facts.querySelectorAll('.group')].map((g) => g.innerText),
				Counts: [...facts.querySelectorAll('h2 .hint, h3 .hint')].map(n) };
		})()`, &got)
	}
	group := func(title string) string {
		i := slices.IndexFunc(got.Groups, func(g string) bool { return strings.HasPrefix(g, title+" ") })
		if i < 0 {
			b.t.Fatalf("no group %q in %q", title, got.Groups)
		}
		return got.Groups[i]
	}
	// Sources of Kazakhstan state the border; the page of Russia shows it all the same, and does not say it twice.
	open("/?id=RUS")
	if borders := group("borders"); !strings.HasPrefix(borders, "borders 14\n") || strings.Count(borders, "Kazakhstan") != 1 {
		b.t.Errorf("Russia borders %s", borders)
	}
	b.is(`![...document.querySelectorAll('.group h3')].some((h) => h.textContent.startsWith('… borders'))`)
	sum := 0
	for _, n := range got.Counts[1:] {
		sum += n
	}
	if sum != got.Counts[0] || sum < 800 {
		b.t.Errorf("%s: the groups have %d", got.Title, sum)
	}
	// The claims of the date come first, and what nobody attests near it says so.
	open("/?id=KAZ&asOf=1996")
	if capital := group("capital"); !strings.Contains(capital, "Almaty\n1991-12-16 to 1997-12-09 · holds") {
		b.t.Errorf("in 1996: %s", capital)
	}
	if borders := group("borders"); !strings.Contains(borders, "may hold · attested 29 years away") {
		b.t.Errorf("in 1996: %s", borders)
	}
	open("/?id=astana&asOf=2020")
	if names := group("name"); !strings.HasPrefix(names[strings.Index(names, "\n"):], "\nNur-Sultan\n") {
		b.t.Errorf("in 2020: %s", names)
	}
	nameAndMark(b)
}

// nameAndMark checks what links keep, what is marked as disputed, how names are isolated, and the status of a page of nothing.
func nameAndMark(b *browser) {
	// A question about a date leads to answers and links of that date.
	b.open("/")
	b.settled()
	b.eval(`[...document.querySelectorAll('#questions a')].find((a) => a.textContent.includes('2020')).click()`, nil)
	b.shows("Shown as of 2020")
	b.is(`document.querySelector('#answer dl a')?.href.includes('asOf=2020')`)
	// Claims of one group are disputed where they say different things.
	disputed := func(id string) (marks []string) {
		b.open("/?id=" + id)
		b.settled()
		b.eval(`[...document.querySelectorAll('.claim:has(.mark)')].map((c) => c.innerText)`, &marks)
		return marks
	}
	if marks := disputed("astana"); !slices.ContainsFunc(marks, func(m string) bool { return strings.HasPrefix(m, "Nur-Sultan") }) {
		b.t.Errorf("not disputed, though a source says otherwise: %q", marks)
	}
	if marks := disputed("KAZ"); slices.ContainsFunc(marks, func(m string) bool { return strings.HasPrefix(m, "Astana") }) {
		b.t.Errorf("disputed, though all say the same: %q", marks)
	}
	// Names of any script do not change the order of what is around them.
	b.is(`[...document.querySelectorAll('#view a[href^="/?id="], #title')].every((a) => a.firstElementChild?.localName === 'bdi')`)
	var status int
	b.eval(`fetch('/?id=nothing').then((r) => r.status)`, &status)
	if status != 404 {
		b.t.Errorf("an unknown id is answered with %d", status)
	}
}

func goBack(b *browser) {
	b.open("/?id=KAZ&asOf=2020")
	b.shows("Nur-Sultan")
	b.eval(`[...document.querySelectorAll('#view a')].find((a) => a.textContent === 'Nur-Sultan').click()`, nil)
	b.is(`location.search.includes('id=astana') && document.querySelector('h1')?.textContent === 'Nur-Sultan'`)
	b.eval(`document.querySelector('#shown a').click()`, nil)
	b.is(`document.querySelector('h1')?.textContent === 'Astana'`)
	for _, name := range []string{"Nur-Sultan", "Kazakhstan"} {
		b.eval(`history.back()`, nil)
		b.is(fmt.Sprintf(`document.querySelector('h1')?.textContent === %q && document.querySelector('#asOf').value === '2020'`, name))
	}
}

// loadLittle compares TestPageSize's list of modules with what the browser requests.
func loadLittle(b *browser) {
	for address, modules := range pageModules {
		b.mu.Lock()
		b.requests = nil
		b.mu.Unlock()
		b.call("Network.setCacheDisabled", map[string]any{"cacheDisabled": true}, nil)
		b.open(address)
		b.settled()
		files := map[string]string{}
		s := started(b.t, Options{})
		for _, name := range append([]string{"front.js", "style.css"}, modules...) {
			loads(b.t, s, name, files)
		}
		b.mu.Lock()
		for _, r := range b.requests {
			name, ok := strings.CutPrefix(r, b.base+"/assets/")
			if _, listed := files[name]; ok && !listed && name != "ontology.json" {
				b.t.Errorf("%s loads %s, which pageModules does not list", address, name)
			}
			delete(files, name)
		}
		b.mu.Unlock()
		for name := range files {
			b.t.Errorf("%s does not load %s", address, name)
		}
	}
	b.call("Network.setCacheDisabled", map[string]any{"cacheDisabled": false}, nil)
}

// beNarrow checks that nothing scrolls sideways on a small phone.
func beNarrow(b *browser) {
	b.size(320, 640)
	defer b.size(1000, 800)
	for i, address := range addresses {
		b.open(address)
		b.settled()
		b.eval(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`, nil)
		var wide string
		b.eval(`(() => {
			if (document.documentElement.scrollWidth <= 320) return '';
			return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > 320).map((e) => e.outerHTML.slice(0, 200)).join('\n');
		})()`, &wide)
		if wide != "" {
			b.t.Errorf("%s is wider than 320 pixels:\n%.2000s", address, wide)
		}
		b.picture(fmt.Sprintf("narrow-%02d", i))
	}
}

// showAll reaches each claim of an entity that has more than a page of them, and checks that
// the page says so where a query requested fewer than there are.
func showAll(b *browser) {
	b.open("/?id=factbook")
	b.settled()
	b.eval(`[...document.querySelectorAll('#view a')].find((a) => a.textContent === 'what it claims').click()`, nil)
	b.shows(", of which 100 are requested and shown")
	b.is(`document.querySelectorAll('#answer .claim').length === 100`)
	b.open("/?id=CHN")
	b.settled()
	b.eval(`(() => {
		const timer = setInterval(() => {
			const more = document.querySelector('.group p:not([hidden]) button');
			more ? more.click() : clearInterval(timer);
		}, 100);
	})()`, nil)
	b.is(`!document.querySelector('.group p:not([hidden]) button')`)
	var counts struct{ Claimed, Shown []int }
	b.eval(`({
		Claimed: [...document.querySelectorAll('#view h2 .hint')].map((e) => parseInt(e.textContent.replace(/,/g, ''))),
		Shown: [...document.querySelectorAll('#view section:has(> h2)')].map((s) => s.querySelectorAll('.claim > .hint > div').length),
	})`, &counts)
	if !slices.Equal(counts.Claimed, counts.Shown) || len(counts.Claimed) != 2 || counts.Claimed[1] < 201 {
		b.t.Errorf("says that there are %v claims and shows %v", counts.Claimed, counts.Shown)
	}
}

// beAccessible runs axe-core on one page of each kind, with suggestions open, and in the
// dark scheme.
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
	route, wrong := "/?from=KAZ&to=eu&avoid=RUS", "/?id=astana&asOf=foo"
	for i, address := range []string{
		"/", "/?q=uran", "/?id=KZAAU", "/?id=nothing", wrong, route, "/?from=KAZ&to=nowhere",
		"/?query=" + url.QueryEscape(`{conflicts(first:5){nodes{predicate reason claims{value source{id name}predicate}}}}`), "/graphiql",
	} {
		b.open(address)
		if address != "/graphiql" {
			b.settled()
		}
		if i == 0 {
			b.eval(`document.querySelector('#q').focus()`, nil)
			b.write("kaz")
			b.press("ArrowDown")
			b.is(`document.querySelector('#q-list [role=option]')`)
			b.press("ArrowDown")
		}
		b.eval(`{ const d = document.querySelector('.route details'); if (d) d.open = true; }`, nil)
		check(address, "{}")
		b.picture(fmt.Sprintf("light-%d", i))
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	for i, address := range []string{route, wrong} {
		b.open(address)
		b.settled()
		check(address, "{runOnly: ['color-contrast']}")
		b.picture(fmt.Sprintf("dark-%d", i))
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{}}, nil)
}

// changeNothing opens links that carry mutations: the sender of a link must not write with
// the rights of the one who opens it.
func changeNothing(b *browser) {
	mutation := url.QueryEscape(`mutation { transact(input: {operations: [{declare: {id: "smuggled", type: "City"}}]}) { sequence } }`)
	for _, address := range []string{"/?query=" + mutation, "/graphiql?query=" + mutation} {
		b.open(address)
		b.shows("utations are not allowed")
		var names []string
		b.eval(`fetch('/graphql?query=%7Bentity(id%3A%22smuggled%22)%7Bid%7D%7D').then((r) => r.json()).then((r) => r.data.entity ? [r.data.entity.id] : [])`, &names)
		if len(names) > 0 {
			b.t.Errorf("%s wrote %v", address, names)
		}
	}
}

// escapeAll opens each kind of page on texts of hostile sources.
func escapeAll(b *browser) {
	for _, address := range []string{
		"/?id=evil", "/?id=src", "/?q=img", "/?from=n1&to=n2", "/?from=n1&to=n2&avoid=XXX", "/?id=%3Cimg+src=x+onerror=hacked=1%3E",
		"/?q=%3Cimg+src=x+onerror=hacked=1%3E", "/?id=XXX&asOf=%3Cimg+src=x+onerror=hacked=1%3E",
		"/?query=" + url.QueryEscape(`{ entities { nodes { id name description claims { nodes { predicate value object { id name } source { id name url } locator original note } } } } }`),
	} {
		b.open(address)
		b.settled()
		b.eval(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`, nil)
		b.shows("<img")
		var injected []string
		b.eval(`[
			...document.querySelectorAll('img, main script, main a:not([href^="/"]):not([href^="http"])'),
			...[...document.querySelectorAll('a')].filter((a) => a.protocol === 'javascript:'),
		].map((e) => e.outerHTML)`, &injected)
		if len(injected) > 0 {
			b.t.Errorf("%s: %q", address, injected)
		}
		b.is("window.hacked === undefined")
	}
	b.open("/?id=evil")
	for _, part := range []string{"evil", "alias", "description", "locator", "original", "note", "somebody", "source", "other"} {
		b.shows("window.hacked=1</script> " + part)
	}
	b.eval(`document.querySelector('#q').focus()`, nil)
	b.write("img")
	b.is(`document.querySelector('#q-list').innerText.includes('<img src=x')`)
	b.is("window.hacked === undefined")
}
