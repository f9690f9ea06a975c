// SPDX-License-Identifier: MIT

package examples

import (
	"io"
	"os"
	"strings"
	"sync"

	"libwebsockets/c_tests/harness"
)

// Examples that 4.3.5 has and 4.1.6 has not.
func init() {
	drives = append(drives, []drive{
		{folder: "http-server/minimal-http-server-eventlib-custom", abi: 19, does: "every file, and a client, in a loop of the program's making",
			run: customLoop},
		{folder: "http-client/minimal-http-client-multi", label: "ctest", abi: 19, does: "as upstream's own tests run it, over HTTP/2, with the original's test-server",
			run: func(r *rig) { ctest(r, ctestMulti) }},
		{folder: "http-client/minimal-http-client-multi", label: "ctest --h1", abi: 19, does: "likewise over HTTP/1",
			run: func(r *rig) { ctest(r, ctestMulti, "--h1") }},
		{folder: "http-client/minimal-http-client-post", label: "ctest", abi: 19, does: "likewise, both",
			run: func(r *rig) { ctest(r, []string{"", "-m", "--h1", "-m --h1"}) }},
		{folder: "ws-client/minimal-ws-client-spam-tx-rx", abi: 19, does: "eleven connections that send at random times; the server closes",
			run: spamTxRx},
		{folder: "ws-server/minimal-ws-raw-proxy", abi: 19, does: "what comes by WebSocket goes to a raw server, and back", run: wsToRaw},
		{folder: "ws-server/minimal-ws-server-threads-foreign-libuv-smp", abi: 19, does: "messages of two threads, in libuv", loops: true,
			run: func(r *rig) { threads(r, `^svc, myconfig: spam tid: ([12]), msg: (\d+)$`) }},
	}...)
}

// ctestMulti are the arguments of upstream's tests; what begins with ! has to fail.
var ctestMulti = []string{"", "-p", "-s", "-p -s", "--limit 1 -p", "--limit 1 -p -s", "!--limit 1",
	"--post", "--post -p", "--post -s", "--post -p -s"}

func ctest(r *rig, list []string, more ...string) {
	testServer(r)
	for _, args := range list {
		args, fails := strings.CutPrefix(args, "!")
		p := r.start(append(append([]string{"-l"}, strings.Fields(args)...), more...)...)
		code := r.exit(p)
		r.note("%s: exit %d", args, code)
		if (code != 0) != fails {
			r.Errorf("%s: exit %d; log:\n%s", args, code, p.Log())
		}
	}
}

func customLoop(r *rig) {
	s := r.serveHTTP(443, "warmcat.com", fixed(200, strings.Repeat("a line of the page\n", 300)))
	p := r.serve(7681)
	r.site()
	r.waitLog(p, "RECEIVE_CLIENT_HTTP_READ")
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
	for _, l := range r.logged(p) {
		// In this loop Debian's library forgets what OpenSSL has read ahead, and so the end.
		if !strings.Contains(l, "RECEIVE_CLIENT_HTTP_READ") && !strings.Contains(l, "COMPLETED_CLIENT_HTTP") {
			r.note("log: %s", l)
		}
	}
	if len(s.requests) != 1 {
		r.Errorf("%d requests of the client", len(s.requests))
	}
	if strings.Contains(r.Lib, "build/lib") && !strings.Contains(p.Log(), "COMPLETED_CLIENT_HTTP") {
		r.Errorf("the client's page is not complete; log:\n%s", p.Log())
	}
}

func spamTxRx(r *rig) {
	l := r.listen(7681, "")
	p := r.start()
	const clients = 11
	var all []*harness.Raw
	for range clients {
		all = append(all, r.accept(l, ""))
	}
	var wait sync.WaitGroup
	for _, w := range all {
		wait.Go(func() {
			for range 2 {
				// Debian's library leaves its masks in the program's buffer (row 9).
				if _, m, err := w.ReceiveMessage(); err != nil || len(m) != 128 || strings.Contains(r.Lib, "build/lib") && string(m) != strings.Repeat("x", 128) {
					r.Errorf("%q %v", m, err)
				}
			}
			if err := w.SendMessage(harness.Close, harness.ClosePayload(1000, "")); err != nil {
				r.Error(err)
			}
			for { // what it has sent before it heard
				if f, err := w.Receive(); err != nil || f.Op == harness.Close {
					break
				}
			}
			w.Close()
		})
	}
	wait.Wait()
	r.note("exit %d", r.exit(p))
	for _, what := range []string{"established connection", "CLOSED"} { // in no order
		r.note("%d %s", strings.Count(p.Log(), "callback: "+what), what)
	}
}

func wsToRaw(r *rig) {
	l := r.listen(1234, "")
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	w := r.ws(r.dial(7681), "/", "lws-ws-raw-ws", "")
	raw, err := l.Accept()
	must(r, err)
	c := r.wrap(raw)
	for _, text := range []string{"hello", strings.Repeat("there", 150), "x"} {
		r.say(w, text)
		got := make([]byte, len(text))
		_, err := io.ReadFull(c.r, got)
		must(r, err)
		r.note("raw %s", got)
		_, err = io.WriteString(c, "not "+text)
		must(r, err)
		r.note("ws %s", r.message(w))
	}
	raw.Close()
	f, err := w.Receive()
	r.note("behind the end of the raw server %v %v", f, err)
	r.waitLog(p, "LWS_CALLBACK_RAW_CLOSE")

	w = r.ws(r.dial(7681), "/", "lws-ws-raw-ws", "")
	raw, err = l.Accept()
	must(r, err)
	c = r.wrap(raw)
	must(r, w.CloseCleanly())
	rest, err := io.ReadAll(c.r)
	r.note("behind the end of the client %q %v", rest, err)
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
	for _, l := range r.logged(p) {
		if !strings.Contains(l, "RAW_WRITEABLE") { // which may come for nothing
			r.note("log: %s", l)
		}
	}
}
