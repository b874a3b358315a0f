package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// browser is a page in a Chromium, driven by the DevTools protocol itself. We need a dozen
// of its commands, all of its oldest domains, and have a WebSocket client already: that is
// less to keep up with than chromedp (whose generated protocol is larger than this
// repository) or playwright-core (which needs Node and wants its own build of the browser).
type browser struct {
	*tab
	t    *testing.T
	base string // of the service, without a slash
	also string // another site that the page may ask, without a slash
}

// tab is the connection to the browser's page, and what that has reported.
type tab struct {
	conn    *websocket.Conn
	session string

	mu       sync.Mutex // guards what follows
	last     int
	waiting  map[int]chan reply
	requests []string // the addresses asked for
	troubles []string // what scripts threw or the console complained of
	loads    int
}

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// browse opens an empty page beside the service; it skips the test if there is no browser.
func browse(t *testing.T, ts *httptest.Server) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no chromium, chromium-browser or google-chrome in PATH: the pages are not tested in a browser")
	}
	dir := t.TempDir()
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--user-data-dir="+dir, "--remote-debugging-port=0", "about:blank")
	if err := cmd.Start(); err != nil {
		t.Skipf("%s does not start: %v", program, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// The browser's child processes end a moment later, and still write to the folder.
		waitFor(3*time.Second, 50*time.Millisecond, func() bool { return os.RemoveAll(dir) == nil })
	})
	b := &browser{tab: &tab{waiting: map[int]chan reply{}}, t: t, base: ts.URL}
	var port []string
	if !waitFor(20*time.Second, 50*time.Millisecond, func() bool {
		text, _ := os.ReadFile(filepath.Join(dir, "DevToolsActivePort"))
		port = strings.Fields(string(text))
		return len(port) == 2
	}) {
		t.Skipf("%s did not open its port within 20 s", program)
	}
	conn, _, err := websocket.Dial(t.Context(), "ws://127.0.0.1:"+port[0]+port[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	b.conn = conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.listen()
	}()
	t.Cleanup(func() {
		_ = conn.CloseNow()
		<-ended
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	b.size(1000, 800)
	return b
}

// on returns the same browser for another test.
func (b *browser) on(t *testing.T) *browser {
	b.open("/")
	b.settled()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests, b.troubles = nil, nil
	return b.with(t)
}

// with returns the same page for a part of a test.
func (b *browser) with(t *testing.T) *browser {
	return &browser{tab: b.tab, t: t, base: b.base, also: b.also}
}

// listen takes replies and events until the connection ends.
func (b *tab) listen() {
	for {
		_, text, err := b.conn.Read(context.Background())
		b.mu.Lock()
		if err != nil {
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		var m struct {
			ID     int
			Method string
			Params struct {
				Request          struct{ URL string }
				ExceptionDetails json.RawMessage
				Entry            struct{ Level, Text, URL string }
			}
			reply
		}
		if err := json.Unmarshal(text, &m); err != nil {
			b.troubles = append(b.troubles, err.Error())
		}
		if c := b.waiting[m.ID]; c != nil && m.Method == "" {
			c <- m.reply
			delete(b.waiting, m.ID)
		}
		switch m.Method {
		case "Network.requestWillBeSent":
			b.requests = append(b.requests, m.Params.Request.URL)
		case "Runtime.exceptionThrown":
			b.troubles = append(b.troubles, string(m.Params.ExceptionDetails))
		case "Log.entryAdded":
			// The console also reports requests that were refused, and unknown ids, by their HTTP status.
			if m.Params.Entry.Level == "error" && !strings.Contains(m.Params.Entry.URL, "/graphql?") && !strings.Contains(m.Params.Entry.URL, "/e/") {
				b.troubles = append(b.troubles, m.Params.Entry.Text+" "+m.Params.Entry.URL)
			}
		case "Page.loadEventFired":
			b.loads++
		}
		b.mu.Unlock()
	}
}

// call sends a command and decodes its result into out, which may be nil.
func (b *browser) call(method string, params map[string]any, out any) {
	b.t.Helper()
	if err := b.send(method, params, out); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
}

func (b *browser) send(method string, params map[string]any, out any) error {
	c := make(chan reply, 1)
	b.mu.Lock()
	b.last++
	id := b.last
	gone := b.waiting == nil
	if !gone {
		b.waiting[id] = c
	}
	b.mu.Unlock()
	if gone {
		return errors.New("the browser is gone")
	}
	m := map[string]any{"id": id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := b.conn.Write(b.t.Context(), websocket.MessageText, text); err != nil {
		return err
	}
	select {
	case r, ok := <-c:
		switch {
		case !ok:
			return errors.New("the browser is gone")
		case r.Error != nil:
			return errors.New(r.Error.Message)
		case out != nil:
			return json.Unmarshal(r.Result, out)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.New("no answer within 30 s")
	}
}

func (b *browser) size(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
}

// open goes to a path of the service and waits until it has loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	b.mu.Lock()
	before := b.loads
	b.mu.Unlock()
	b.call("Page.navigate", map[string]any{"url": b.base + path}, nil)
	b.until("the page loads", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.loads > before
	})
}

// eval runs an expression and decodes its value into out, which may be nil.
func (b *browser) eval(expression string, out any) {
	b.t.Helper()
	if err := b.try(expression, out); err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
}

// try is eval for a page that may be navigating.
func (b *browser) try(expression string, out any) error {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	params := map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if err := b.send("Runtime.evaluate", params, &r); err != nil {
		return err
	}
	if e := r.ExceptionDetails; e != nil {
		return fmt.Errorf("%s %s", e.Text, e.Exception.Description)
	}
	if out == nil || r.Result.Value == nil {
		return nil
	}
	return json.Unmarshal(r.Result.Value, out)
}

// is waits until the JavaScript expression is true.
func (b *browser) is(expression string) {
	b.t.Helper()
	b.until(expression, func() bool {
		var yes bool
		err := b.try("Boolean("+expression+")", &yes)
		return err == nil && yes
	})
}

// shows waits until the page shows the text.
func (b *browser) shows(text string) {
	b.t.Helper()
	b.is(fmt.Sprintf("document.body?.innerText.includes(%q)", text))
}

func (b *browser) until(what string, done func() bool) {
	b.t.Helper()
	if waitFor(20*time.Second, 50*time.Millisecond, done) {
		return
	}
	var page string
	b.eval("location.href + '\\n' + document.body.innerText", &page)
	b.t.Fatalf("waited 20 s until %s\n%s", what, page)
}

// Keys that are not letters, by name: their code and the text they make.
var namedKeys = map[string]struct {
	code int
	text string
}{
	"Tab": {9, ""}, "Enter": {13, "\r"}, "Escape": {27, ""}, "ArrowDown": {40, ""}, "ArrowUp": {38, ""}, " ": {32, " "},
}

// press presses one named key after the other; "Shift+" before one and "Ctrl+" hold another.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, name := range keys {
		modifiers := 0
		key, ctrl := strings.CutPrefix(name, "Ctrl+")
		key, shift := strings.CutPrefix(key, "Shift+")
		if ctrl {
			modifiers |= 2
		}
		if shift {
			modifiers |= 8
		}
		k, ok := namedKeys[key]
		if !ok {
			b.t.Fatalf("no key is called %q", key)
		}
		p := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": k.code, "modifiers": modifiers}
		if k.text != "" {
			p["text"] = k.text
		}
		b.call("Input.dispatchKeyEvent", p, nil)
		p["type"] = "keyUp"
		b.call("Input.dispatchKeyEvent", p, nil)
	}
}

// write types into what has the focus.
func (b *browser) write(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// tabTo presses Tab until the focused element matches the selector, and checks that its
// focus is visible.
func (b *browser) tabTo(selector string) {
	b.t.Helper()
	for range 150 {
		b.press("Tab")
		var at struct{ Match, Visible bool }
		b.eval(fmt.Sprintf(`(() => {
			const e = document.activeElement, s = getComputedStyle(e);
			return { Match: e.matches(%q), Visible: e === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 };
		})()`, selector), &at)
		if !at.Visible {
			b.eval("document.activeElement.outerHTML", &selector)
			b.t.Fatalf("the focus does not show on %s", selector)
		}
		if at.Match {
			return
		}
	}
	b.t.Fatalf("Tab does not reach %s", selector)
}

// picture writes what the page looks like to the folder that CASPIAN_PICTURES names.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("CASPIAN_PICTURES")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": false}, &shot)
	text, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), text, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// calm fails the test if a script threw, the console has warnings or errors, or something
// was requested from another host.
func (b *browser) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.troubles {
		b.t.Errorf("the browser complains: %s", trouble)
	}
	abroad := func(url string) bool {
		allowed := strings.HasPrefix(url, b.base+"/") || b.also != "" && strings.HasPrefix(url, b.also+"/")
		return !allowed && !strings.HasPrefix(url, "data:") && url != "about:blank"
	}
	if i := slices.IndexFunc(b.requests, abroad); i >= 0 {
		b.t.Errorf("the page asks another host: %s", b.requests[i])
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen")
	}
}
