// SPDX-License-Identifier: MIT

package guide

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// drives has a program's peer under its name.
var drives = map[string]func(*run){
	"server": func(r *run) {
		p := r.serve()
		for _, size := range []int{0, 1, 125, 1024, 1025, 70000} {
			c := r.dial("echo")
			text := strings.Repeat("x", size)
			r.say(c, text)
			r.say(c, "next")
			r.hears(c, text)
			r.hears(c, "next")
			must(r, c.WriteMessage(websocket.BinaryMessage, []byte{0xff, 0}))
			if kind, b, err := c.ReadMessage(); err != nil || kind != websocket.BinaryMessage || !bytes.Equal(b, []byte{0xff, 0}) {
				r.Errorf("binary comes back as %d %x, %v", kind, b, err)
			}
		}
		p.Stop()
	},

	"client": func(r *run) {
		l := harness.Listen(r)
		p := r.start(port(l))
		c, err := harness.Accept(l, "", 20*time.Second)
		must(r, err)
		if op, b, err := c.ReceiveMessage(); err != nil || op != harness.Text || string(b) != "hello" {
			r.Fatalf("the client says %d %q, %v", op, b, err)
		}
		must(r, c.Send(harness.Frame{Op: harness.Text, Payload: []byte("good ")}))
		must(r, c.Send(harness.Frame{Fin: true, Payload: []byte("day")}))
		if f, err := c.Receive(); err != nil || f.Op != harness.Close || !bytes.Equal(f.Payload, harness.ClosePayload(1000, "")) {
			r.Errorf("the client ends with %v, %v", f, err)
		}
		must(r, c.SendMessage(harness.Close, harness.ClosePayload(1000, "")))
		c.Close()
		r.ended(p)
		if out := p.All(); !slices.Equal(out, []string{"good day"}) {
			r.Errorf("it prints %q", out)
		}
		// The same through a proxy.
		proxy := harness.Each(r, func(c net.Conn) {
			in := bufio.NewReader(c)
			req, err := http.ReadRequest(in)
			if err != nil || req.Method != "CONNECT" {
				return
			}
			to, err := net.Dial("tcp", req.Host)
			if err != nil {
				return
			}
			defer to.Close()
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			go func() { _, _ = io.Copy(to, in) }()
			_, _ = io.Copy(c, to)
		})
		p = r.startEnv([]string{"http_proxy=127.0.0.1:" + port(proxy)}, port(l))
		c, err = harness.Accept(l, "", 20*time.Second)
		must(r, err)
		if f, err := c.Receive(); err != nil || string(f.Payload) != "hello" {
			r.Errorf("through the proxy comes %v, %v", f, err)
		}
		must(r, c.SendMessage(harness.Text, []byte("through")))
		_, _ = c.Receive()
		must(r, c.SendMessage(harness.Close, harness.ClosePayload(1000, "")))
		r.ended(p)
		c.Close()
		// Nobody there: a line that says so, and status 1.
		l.Close()
		p = r.start(port(l))
		if err := p.Wait(20 * time.Second); err == nil || !strings.Contains(p.Log(), "no connection: ") {
			r.Errorf("without a server it ends with %v; log:\n%s", err, p.Log())
		}
	},

	"ticker": func(r *run) {
		p := r.serve()
		fast, slow := r.dial("ticker"), r.dial("ticker")
		last := 0
		for range 20 {
			n, err := strconv.Atoi(r.hear(fast))
			must(r, err)
			if n <= last {
				r.Fatalf("%d follows %d", n, last)
			}
			last = n
		}
		if n, err := strconv.Atoi(r.hear(slow)); err != nil || n > last {
			r.Errorf("the other one has %d, %v", n, err)
		}
		p.Stop()
	},

	"fragments": func(r *run) {
		p := r.serve()
		c := r.dial("reverse")
		for _, size := range []int{1, 1400, 1401, 100_000, 1 << 20} {
			b := make([]byte, size)
			for i := range b {
				b[i] = byte(rand.Int())
			}
			w, err := c.NextWriter(websocket.BinaryMessage)
			must(r, err)
			for part := range slices.Chunk(b, max(size/7, 1)) { // each is a frame, or more
				_, err := w.Write(part)
				must(r, err)
			}
			must(r, w.Close())
			kind, have, err := c.ReadMessage()
			must(r, err)
			slices.Reverse(b)
			if kind != websocket.BinaryMessage || !bytes.Equal(have, b) {
				r.Fatalf("%d bytes come back as %d other ones", size, len(have))
			}
		}
		must(r, c.WriteMessage(websocket.BinaryMessage, make([]byte, 1<<20+1)))
		r.closed(c, 1009, "")
		p.Stop()
	},

	"closing": func(r *run) {
		p := r.serve()
		c := r.dial("closing")
		r.say(c, "bye")
		r.closed(c, 1000, "as you wish")
		p.WaitLine("^closed$", 10*time.Second)
		c = r.dial("closing")
		r.say(c, "go")
		r.closed(c, 1006, "unexpected EOF")
		p.WaitLine("^closed$", 10*time.Second)
		idle := r.dial("closing")
		c = r.dial("closing")
		must(r, c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "enough")))
		p.WaitLine("^peer closes: 4001 enough$", 10*time.Second)
		r.closed(c, 4001, "enough") // the peer's words come back
		p.WaitLine("^closed$", 10*time.Second)
		c = r.dial("closing")
		must(r, c.WriteMessage(websocket.CloseMessage, nil))
		p.WaitLine("^peer closes without a code$", 10*time.Second)
		p.WaitLine("^closed$", 10*time.Second)
		r.closed(idle, 1008, "idle")
		p.WaitLine("^closed$", 10*time.Second)
		p.Stop()
	},

	"retry": func(r *run) {
		l := harness.Listen(r)
		p := r.start(port(l))
		for range 3 { // three failures
			c, err := l.Accept()
			must(r, err)
			c.Close()
		}
		silent, err := l.Accept() // a fourth: it never answers
		must(r, err)
		defer silent.Close()
		c, err := harness.Accept(l, "", 20*time.Second)
		must(r, err)
		must(r, c.SendMessage(harness.Text, []byte("one")))
		p.WaitLine("^one$", 10*time.Second)
		if f, err := c.Receive(); err != nil || f.Op != harness.Ping { // it asks whether we live
			r.Errorf("%v instead of a PING, %v", f, err)
		} else {
			must(r, c.SendMessage(harness.Pong, f.Payload))
		}
		c.Reset()
		c, err = harness.Accept(l, "", 20*time.Second)
		must(r, err)
		must(r, c.SendMessage(harness.Text, []byte("end")))
		r.ended(p)
		c.Close()
		l.Close() // and nobody: it gives up
		if p := r.start(port(l)); p.Wait(30*time.Second) == nil || !strings.Contains(p.Log(), "failed too often") {
			r.Errorf("it does not give up; log:\n%s", p.Log())
		}
		if n := strings.Count(p.Log(), "attempt "); n < 3 {
			r.Errorf("it tells of %d failures; log:\n%s", n, p.Log())
		}
	},

	"threads": func(r *run) {
		p := r.serve()
		var list []*websocket.Conn
		for range 8 {
			c := r.dial("sums")
			list = append(list, c)
			r.say(c, "100000000") // this keeps the worker busy
			r.say(c, "10")
		}
		quick := time.Now()
		gone := r.dial("sums") // and this is served at once: nothing waits for the worker
		if d := time.Since(quick); d > 10*time.Second {
			r.Errorf("a connection took %v", d)
		}
		r.say(gone, "100")
		gone.Close()
		for _, c := range list {
			r.hears(c, "1+...+100000000=5000000050000000")
			r.hears(c, "1+...+10=55")
		}
		p.Stop()
	},
}

func smp(r *run) {
	p := r.serve()
	seen := map[int]bool{}
	var of int
	for range 8 {
		c := r.dial("which")
		for range 3 {
			r.say(c, "who?")
			var thread, served int
			if text := r.hear(c); scan(text, "thread %d of %d, %d served", &thread, &of, &served) != nil || thread >= of || served < 1 {
				r.Errorf("it says %q", text)
			}
			seen[thread] = true
		}
	}
	if len(seen) != of { // a new one goes to the thread with the fewest
		r.Errorf("of %d threads %d serve", of, len(seen))
	}
	p.Stop()
}

func scan(text, format string, into ...any) error {
	_, err := fmt.Sscanf(text, format, into...)
	return err
}

func init() { drives["smp"] = smp }

func port(l net.Listener) string { return fmt.Sprint(l.Addr().(*net.TCPAddr).Port) }
