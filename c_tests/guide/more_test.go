// SPDX-License-Identifier: MIT

package guide

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func init() {
	links["version.c"] = []string{"-ldl"}
	drives["numbers"] = numbers
	drives["raw"] = raw
	drives["udp"] = udp
	drives["deflate"] = deflate
	drives["logging"] = logging
	drives["daemon"] = daemon
	drives["vhosts"] = vhosts
	drives["headers"] = headers
	drives["files"] = files
	drives["limits"] = limits
	drives["chat"] = chat
	drives["version"] = version
	drives["counter"] = counter
}

func numbers(r *run) {
	id := harness.SelfSigned(r)
	p := r.serve(id.CertFile, id.KeyFile)
	var want strings.Builder
	for i := 1; i <= 20000; i++ {
		fmt.Fprintln(&want, i)
	}
	for proto, h2 := range map[string]bool{"HTTP/2.0": true, "HTTP/1.1": false} {
		c := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{ForceAttemptHTTP2: h2, TLSClientConfig: &tls.Config{RootCAs: id.Pool()}}}
		done := make(chan error, 4)
		for range 4 {
			go func() {
				resp, err := c.Get(fmt.Sprintf("https://127.0.0.1:%d/20000", r.port))
				if err == nil {
					var b []byte
					b, err = io.ReadAll(resp.Body)
					resp.Body.Close()
					if err == nil && (resp.Proto != proto || string(b) != want.String() || resp.Header.Get("X-Last") != "20000") {
						err = fmt.Errorf("%s, %d bytes, %v", resp.Proto, len(b), resp.Header)
					}
				}
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				r.Errorf("%s: %v", proto, err)
			}
		}
		resp, err := c.Get(fmt.Sprintf("https://127.0.0.1:%d/none", r.port))
		must(r, err)
		resp.Body.Close()
		if resp.StatusCode != 404 {
			r.Errorf("/none: %s", resp.Status)
		}
		c.CloseIdleConnections()
	}
	p.Stop()
}

func raw(r *run) {
	p, in := r.startInput(fmt.Sprint(r.port))
	p.Listening(r.port)
	dial := func() *bufio.ReadWriter {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.port))
		must(r, err)
		r.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		return bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriter(c))
	}
	line := func(c *bufio.ReadWriter, want string) {
		r.Helper()
		if have, err := c.ReadString('\n'); have != want {
			r.Fatalf("%.80q came, not %.80q, %v", have, want, err)
		}
	}
	one, two := dial(), dial()
	for _, c := range []*bufio.ReadWriter{one, two} {
		long := strings.Repeat("much ", 40000) + "\n"
		go func() {
			_, _ = c.WriteString("GET a line\n" + long)
			_ = c.Flush()
		}()
		line(c, "GET A LINE\n")
		line(c, strings.ToUpper(long))
	}
	_, err := io.WriteString(in, "from the input\n")
	must(r, err)
	line(one, "from the input\n")
	line(two, "from the input\n")
	in.Close() // its end is no end of the program
	_, _ = one.WriteString("still here\n")
	_ = one.Flush()
	line(one, "STILL HERE\n")
	p.Stop()
}

func udp(r *run) {
	p := r.start(fmt.Sprint(r.port))
	c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", r.port))
	must(r, err)
	d, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", r.port))
	must(r, err)
	defer c.Close()
	defer d.Close()
	ask := func(c net.Conn, text, want string) {
		b := make([]byte, 2000)
		for range 200 { // until the program is there; packets may be lost
			_ = c.SetDeadline(time.Now().Add(200 * time.Millisecond))
			_, _ = io.WriteString(c, text)
			n, err := c.Read(b)
			if err != nil {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			if string(b[:n]) != want {
				r.Errorf("%q is answered with %q", text, b[:n])
			}
			return
		}
		r.Fatalf("no answer; log:\n%s", p.Log())
	}
	ask(c, "hello", "olleh")
	ask(d, "other", "rehto")
	// One after the other, before the program can answer: each gets its own.
	for range 5 {
		_, _ = io.WriteString(c, "abc")
		_, _ = io.WriteString(d, "def")
	}
	for _, x := range []struct {
		net.Conn
		want string
	}{{c, "cba"}, {d, "fed"}} {
		_ = x.SetDeadline(time.Now().Add(10 * time.Second))
		b := make([]byte, 100)
		if n, err := x.Read(b); err != nil || string(b[:n]) != x.want {
			r.Errorf("%q came, %v", b[:n], err)
		}
	}
	p.Stop()
}

func deflate(r *run) {
	p := r.serve()
	want := strings.Repeat("the quick brown fox jumps over the lazy dog\n", 1000)
	d := websocket.Dialer{Subprotocols: []string{"lines"}, EnableCompression: true}
	counted := &counting{}
	d.NetDial = func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		counted.Conn = c
		return counted, err
	}
	c, resp, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), nil)
	must(r, err)
	defer c.Close()
	if !strings.HasPrefix(resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
		r.Errorf("not compressed: %v", resp.Header)
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	for range 3 {
		before := counted.n
		r.say(c, "1000")
		r.hears(c, want)
		if used := counted.n - before; used > len(want)/20 {
			r.Errorf("%d bytes take %d on the wire", len(want), used)
		}
	}
	plain := r.dial("lines")
	r.say(plain, "1000")
	r.hears(plain, want)
	p.Stop()
}

// counting counts what is read.
type counting struct {
	net.Conn
	n int
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n += n
	return n, err
}

func logging(r *run) {
	name := filepath.Join(r.dir, "log")
	r.ended(r.start(name))
	b, err := os.ReadFile(name)
	must(r, err)
	for _, want := range []string{"mine: @hello from the program", "info: @now it is", "mine: @the protocol begins", "error: @an example of an error"} {
		// so.19 hands the emitter the time as well
		if !regexp.MustCompile("(?m)^" + strings.Replace(want, "@", `(\[.*\] \w: )?`, 1) + "$").Match(b) {
			r.Errorf("no line %q in\n%s", want, b)
		}
	}
	if !strings.Contains(string(b), "73 6F 6D 65") && !strings.Contains(string(b), "73 6f 6d 65") {
		r.Errorf("no bytes in\n%s", b)
	}
	if strings.Contains(string(b), "not enabled") {
		r.Errorf("what is not enabled is in\n%s", b)
	}
}

func daemon(r *run) {
	lock := filepath.Join(r.dir, "lock")
	p := r.start(fmt.Sprint(r.port), lock)
	r.ended(p) // the process that was started ends at once
	p.Listening(r.port)
	b, err := os.ReadFile(lock)
	must(r, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	must(r, err)
	r.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	r.gets(browser(), "/", 200, "*")
	for fd := range 3 {
		if to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); to != "/dev/null" {
			r.Errorf("descriptor %d leads to %q", fd, to)
		}
	}
	second := r.start(fmt.Sprint(r.port), lock)
	if err := second.Wait(20 * time.Second); err == nil {
		r.Errorf("a second one with the same lock file starts")
	}
	must(r, syscall.Kill(pid, syscall.SIGTERM))
	harness.Eventually(r, 20*time.Second, "the end of the daemon, and of its lock file", func() bool {
		_, err := os.Stat(lock)
		state, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil && (len(state) == 0 || strings.Contains(string(state), ") Z"))
	})
}

func (r *run) getFrom(host string) (int, string) {
	r.Helper()
	req, err := http.NewRequest("GET", r.url("/"), nil)
	must(r, err)
	req.Host = host
	resp, text := r.answer(browser(), req)
	return resp.StatusCode, text
}

func vhosts(r *run) {
	p := r.serve()
	from := func(host, want string) {
		r.Helper()
		if _, text := r.getFrom(host); text != want {
			r.Errorf("%s says %q, not %q", host, text, want)
		}
	}
	from("first.example", "the first")
	from("second.example", "the second")
	from("www.second.example", "the second")
	from("unknown.example", "the first")
	from("third.example", "the first")
	p.Signal(syscall.SIGUSR1)
	harness.Eventually(r, 20*time.Second, "the third", func() bool { _, text := r.getFrom("third.example"); return text == "the third" })
	p.Signal(syscall.SIGUSR1)
	harness.Eventually(r, 20*time.Second, "its end", func() bool { _, text := r.getFrom("third.example"); return text == "the first" })
	p.Stop()
}

func headers(r *run) {
	p := r.serve()
	resp := r.gets(browser(), "/login?name=Ada", 204, "")
	cookie := strings.SplitN(resp.Header.Get("Set-Cookie"), ";", 2)[0]
	if cookie != "name=Ada" {
		r.Fatalf("the cookie is %q", cookie)
	}
	r.gets(browser(), "/login?name=a%0d%0aX:1", 400, "*")
	for _, c := range []struct{ origin, cookie, agent, says string }{
		{"http://good.example", cookie, "test", "hello Ada, you use test"},
		{"http://good.example", "other=1; " + cookie + "; more=2", "", "hello Ada, you use unknown"},
		{"http://evil.example", cookie, "", ""},
		{"http://good.example", "", "", ""},
	} {
		h := http.Header{"Origin": {c.origin}}
		if c.cookie != "" {
			h.Set("Cookie", c.cookie)
		}
		if c.agent != "" {
			h.Set("X-Agent", c.agent)
		}
		d := websocket.Dialer{Subprotocols: []string{"hello"}, HandshakeTimeout: 20 * time.Second}
		ws, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), h)
		if (err == nil) != (c.says != "") {
			r.Errorf("%+v: %v", c, err)
		}
		if err == nil {
			_ = ws.SetReadDeadline(time.Now().Add(20 * time.Second))
			r.hears(ws, c.says)
			ws.Close()
		}
	}
	p.Stop()
}

func files(r *run) {
	put(r, filepath.Join(r.dir, "a.txt"), "a file")
	p := r.serve(r.dir)
	r.gets(browser(), "/a.txt", 200, "a file")
	_, text := r.get(browser(), "/time")
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil || time.Since(time.Unix(int64(n), 0)).Abs() > time.Minute {
		r.Errorf("the time is %q, %v", text, err)
	}
	r.gets(browser(), "/none.txt", 404, "*")
	p.Stop()
}

func limits(r *run) {
	p := r.serve()
	var list []*websocket.Conn
	for range 4 {
		list = append(list, r.dial("limits"))
	}
	d := websocket.Dialer{Subprotocols: []string{"limits"}, HandshakeTimeout: 20 * time.Second}
	if c, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), nil); err == nil {
		c.Close()
		r.Errorf("a fifth connection is let in")
	}
	r.say(list[0], strings.Repeat("x", 1000))
	r.say(list[0], strings.Repeat("x", 1001))
	r.closed(list[0], 1009, "")
	must(r, list[1].WriteMessage(websocket.TextMessage, []byte{0xc0, 0x80}))
	_, _, err := list[1].ReadMessage()
	if !websocket.IsCloseError(err, 1007) {
		r.Errorf("what is no UTF-8 ends with %v", err)
	}
	must(r, list[2].Close())
	var resp *http.Response
	harness.Eventually(r, 20*time.Second, "room for one more", func() bool {
		req, _ := http.NewRequest("GET", r.url("/"), nil)
		req.Header.Set("X-Long", strings.Repeat("x", 2000))
		resp, err = browser().Do(req)
		return err == nil
	})
	if resp.Body.Close(); resp.StatusCode != 431 {
		r.Errorf("a long head is answered with %s", resp.Status)
	}
	p.Stop()
}

func chat(r *run) {
	p := r.serve()
	const n = 8
	var list []*websocket.Conn
	for range n {
		list = append(list, r.dial("chat"))
	}
	for i := range 20 {
		text := fmt.Sprint("message ", i)
		r.say(list[i%n], text)
		for _, c := range list {
			r.hears(c, text)
		}
	}
	// One that does not read is dropped; the others miss nothing.
	narrow := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	}}
	d := websocket.Dialer{Subprotocols: []string{"chat"}, NetDial: narrow.Dial}
	stuck, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), nil)
	must(r, err)
	defer stuck.Close()
	text := strings.Repeat("y", 1024)
	dropped := false
	before := r.sockets(p)
	for i := 0; i < 20_000 && !dropped; i++ {
		r.say(list[0], text)
		for _, c := range list {
			r.hears(c, text)
		}
		dropped = i%50 == 0 && r.sockets(p) < before
	}
	if !dropped {
		r.Errorf("who does not read stays")
	}
	p.Stop()
}

// sockets counts those of a server.
func (r *run) sockets(p *harness.Proc) int {
	dir := fmt.Sprintf("/proc/%d/fd", p.Pid())
	list, err := os.ReadDir(dir)
	must(r, err)
	n := 0
	for _, e := range list {
		if to, _ := os.Readlink(filepath.Join(dir, e.Name())); strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

func version(r *run) {
	p := r.start()
	r.ended(p)
	out := p.All()
	v := map[int]string{17: "4.1.6", 19: "4.3.5"}[r.abi]
	if len(out) != 4 || !strings.HasPrefix(out[0], "compiled for "+v) || !strings.HasPrefix(out[1], "runs on "+v) ||
		filepath.Base(out[2]) != r.soname() || out[3] != "libwebsockets in Go" {
		r.Errorf("it prints %q", out)
	}
}

func counter(r *run) {
	p := r.serve()
	one, two := r.dial("count"), r.dial("count")
	for i, word := range []string{"a", "b", "a"} {
		r.say(one, word)
		r.hears(one, fmt.Sprintf("%s: %d", word, 1+i/2))
	}
	r.say(two, "a")
	r.hears(two, "a: 1")
	r.say(two, "")
	r.closed(two, 1006, "unexpected EOF")
	p.Stop()
	if !strings.Contains(p.Log(), "an empty word") {
		r.Errorf("log:\n%s", p.Log())
	}
}
