// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestTtyd: a terminal in the browser, built from the source of Debian's next (whose own
// package has the library in itself) with Debian 13's headers, in libuv's loop: what is
// typed in the page is answered by the program, 100 kB of output arrive, two pages have a
// terminal each, and the page hears of the program's end.
//
// Seen to fail: with a shell that does not answer.
func TestTtyd(t *testing.T) {
	both19(t, func(t *testing.T, l library) {
		exe := harness.Ttyd(t)
		root := l.ref.Later(t)
		if l.name == "debian" {
			l.dir = l.ref.WithPlugins(t, "uv")
		}
		cert, key := certificate(t)
		for _, x := range []struct {
			scheme string
			args   []string
		}{{"http", nil}, {"https", []string{"-S", "-C", cert, "-K", key}}} {
			t.Run(x.scheme, func(t *testing.T) {
				port := harness.FreePort(t)
				args := append([]string{"-p", fmt.Sprint(port), "-i", "127.0.0.1", "-W"}, x.args...)
				p := l.ref.Start(t, nil, root, l.dir, exe, append(args, "sh", "-c",
					`echo ready; while read word; do echo "got $word"; [ "$word" != count ] || seq 20000; [ "$word" != end ] || exit; done`)...)
				p.Listening(port)
				checkLoaded(t, l, p.Pid())
				terminals(t, fmt.Sprintf("%s://localhost:%d/", x.scheme, port))
				p.Stop()
			})
		}
	})
}

func terminals(t *testing.T, url string) {
	b := harness.Chromium(t)
	one, two := b.Open(url), b.Open(url)
	shows := func(p harness.Page, text string) {
		t.Helper()
		p.Wait("the terminal shows "+text, fmt.Sprintf(`(() => {
			const lines = term.buffer.active;
			for (let n = 0; n < lines.length; n++)
				if (lines.getLine(n).translateToString(true) == %q)
					return true;
			return false;
		})()`, text))
	}
	enter := func(p harness.Page, word string) {
		t.Helper()
		p.Eval(fmt.Sprintf(`term.input(%q + "\r")`, word))
	}
	for _, p := range []harness.Page{one, two} {
		shows(p, "ready")
	}
	enter(one, "hello")
	enter(two, "there")
	shows(one, "got hello")
	shows(two, "got there")
	enter(one, "count")
	shows(one, "20000")
	enter(one, "end")
	one.Wait("the page hears of the end", `document.body.innerText.includes("Reconnect") || document.body.innerText.includes("Closed")`)
	enter(two, "still")
	shows(two, "got still")
}
