package server

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// walkNetwork opens what is around an entity by keyboard, takes it back, chooses relations where there are many, hides and pins, and reads the
// sources of a path. All of it is in the address.
func walkNetwork(b *browser) {
	b.open("/network?id=TKM")
	b.settled()
	b.is(`document.querySelector('canvas.network').dataset.settled === 'true'`)
	b.tabTo(`[aria-label="Open Caspian Sea"]`)
	b.press("Enter")
	b.is(`location.search === '?id=TKM,caspian-sea' && document.querySelector('[aria-label="Close Caspian Sea"]')`)
	b.eval(`[...document.querySelectorAll('button')].find((e) => e.textContent === 'Undo').click()`, nil)
	b.is(`location.search === '?id=TKM' && !document.querySelector('[aria-label="Close Caspian Sea"]')`)
	// More than 40 claims are drawn by choice only.
	b.eval(`document.querySelector('[aria-label="Open Iran"]').click()`, nil)
	b.is(`document.activeElement.textContent.startsWith('Iran has ')`)
	b.press("Escape")
	b.is(`!document.querySelector('.choice') && location.search === '?id=TKM'`)
	b.eval(`document.querySelector('[aria-label="Open Iran"]').click()`, nil)
	b.tabTo(".choice .primary")
	b.press("Enter")
	b.is(`location.search.startsWith('?id=TKM,IRN&only=IRN:')`)
	b.eval(`document.querySelector('[aria-label="Choose Nisa"]').click()`, nil)
	b.tabTo(`.card [aria-pressed=false]`)
	b.press("Enter")
	b.is(`document.querySelector('.card [aria-pressed=true]') && new URLSearchParams(location.search).get('pin').startsWith('nisa:')`)
	b.eval(`[...document.querySelectorAll('.card button')].find((e) => e.textContent === 'Hide').click()`, nil)
	b.is(`!document.querySelector('[aria-label="Choose Nisa"]') && document.body.innerText.includes('Show all (1 hidden)')`)
	// A link with the same address shows the same.
	b.eval(`location.reload()`, nil)
	b.settled()
	b.is(`!document.querySelector('[aria-label="Choose Nisa"]') && document.querySelector('[aria-label="Close Iran"]') && document.querySelector('form.date [name=hide]').value === 'nisa'`)
	b.open("/network?path=JPN,uranium")
	b.settled()
	b.tabTo("[aria-label=Path] summary")
	b.press("Enter")
	b.is(`document.querySelector('[aria-label=Path] .evidence').textContent.includes('confidence')`)
}

// TestNetworkFrames measures how many frames a second a large network has while it is zoomed, without a GPU, and how long its layout takes.
// CASPIAN_SOAK runs it.
func TestNetworkFrames(t *testing.T) {
	if os.Getenv("CASPIAN_SOAK") == "" {
		t.Skip("CASPIAN_SOAK is not set")
	}
	built(t)
	for _, size := range []struct{ nodes, links, least int }{{500, 1250, 55}, {2000, 5000, 40}} {
		s := started(t, Options{ReadOnly: true})
		var text strings.Builder
		fmt.Fprintln(&text, `{"entity":"src","type":"Source"}`)
		hubs := size.links / 100
		idOf := func(i int) string { return string([]byte{'A' + byte(i/676), 'A' + byte(i/26%26), 'A' + byte(i%26)}) }
		declare := func(id, kind string) {
			fmt.Fprintf(&text, "{\"entity\":%q,\"type\":%q}\n{\"subject\":%[1]q,\"predicate\":\"name\",\"value\":\"Body %[1]s\",\"source\":\"src\"}\n", id, kind)
		}
		for i := range size.nodes - hubs {
			declare(idOf(i), "Country")
		}
		var opened []string
		for h := range hubs {
			opened = append(opened, fmt.Sprintf("union-%d", h))
			declare(opened[h], "Organisation")
			for k := range 100 {
				member := idOf((h*100*(size.nodes-hubs)/size.links + k*(1+h%7)) % (size.nodes - hubs))
				fmt.Fprintf(&text, "{\"subject\":%q,\"predicate\":\"memberOf\",\"object\":%q,\"source\":\"src\"}\n", member, opened[h])
			}
		}
		recordLines(t, s, text.String())
		ts := httptest.NewServer(s)
		t.Cleanup(ts.Close)
		b := browse(t, ts)
		b.size(1280, 900)
		b.open("/network?id=" + strings.Join(opened, ","))
		b.settled()
		var began, settled, frames float64
		b.eval(`performance.now()`, &began)
		b.is(`document.querySelector('canvas.network').dataset.settled === 'true'`)
		b.eval(`performance.now()`, &settled)
		b.eval(`new Promise((done) => {
			const c = document.querySelector('canvas.network'), r = c.getBoundingClientRect();
			let n = 0, began = performance.now();
			const next = () => {
				c.dispatchEvent(new WheelEvent('wheel', { deltaY: n % 40 < 20 ? -8 : 8, ctrlKey: true, clientX: r.x + 400, clientY: r.y + 300, bubbles: true, cancelable: true }));
				if (++n > 120) done(120000 / (performance.now() - began)); else requestAnimationFrame(next);
			};
			requestAnimationFrame(next);
		})`, &frames)
		var shown string
		b.eval(`document.querySelector('canvas.network').ariaLabel`, &shown)
		t.Logf("%s: %.0f frames a second, settled %.1f s after it was read", shown, frames, (settled-began)/1000)
		if frames < float64(size.least) || settled-began > 2500 {
			t.Errorf("%.0f frames a second, at least %d are wanted; settled after %.0f ms", frames, size.least, settled-began)
		}
	}
}
