// SPDX-License-Identifier: MIT

package client

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// program is a program in Go that writes down what it is told.
type program struct {
	mem  map[unsafe.Pointer][]byte
	told []string
	in   unsafe.Pointer // of the latest callback
	last string         // what came with the latest callback
	fn   func(c *engine.Conn, r engine.Reason) int

	logged sync.Mutex
	logs   []string // of the levels that are on by default; the resolver's, too

	lookup func() ([]netip.Addr, error)
}

func newProgram() *program { return &program{mem: map[unsafe.Pointer][]byte{}} }

var names = map[engine.Reason]string{
	engine.ReasonWSICreate: "create", engine.ReasonWSIDestroy: "destroy", engine.ReasonClientConnectionError: "error",
	engine.ReasonEstablishedClientHTTP: "established", engine.ReasonCompletedClientHTTP: "completed",
	engine.ReasonReceiveClientHTTPRead: "read", engine.ReasonClosedClientHTTP: "closed", engine.ReasonClientHTTPRedirect: "redirect",
	engine.ReasonServerNewClientInstantiated: "made", engine.ReasonClientHTTPWriteable: "writeable",
}

func (p *program) Call(_ *engine.Protocol, f *engine.Face, r engine.Reason, _, in unsafe.Pointer, n uintptr) int {
	c := engine.ConnOf(f)
	if c == nil {
		return 0
	}
	if name := names[r]; name != "" {
		if r == engine.ReasonReceiveClientHTTPRead || r == engine.ReasonClientConnectionError {
			name += " " + string(unsafe.Slice((*byte)(in), n))
		}
		p.told = append(p.told, name)
	}
	if p.last = ""; in != nil && r == engine.ReasonRAWRX {
		p.last = string(unsafe.Slice((*byte)(in), n))
	}
	if p.fn != nil {
		p.in = in
		return p.fn(c, r)
	}
	if r == engine.ReasonReceiveClientHTTP {
		return readAll(c)
	}
	return 0
}

func readAll(c *engine.Conn) int {
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	_, ret := Read(c, make([]byte, 100))
	return ret
}

func (p *program) Alloc(n uintptr) unsafe.Pointer {
	b := make([]byte, n+1)
	p.mem[unsafe.Pointer(&b[0])] = b
	return unsafe.Pointer(&b[0])
}
func (p *program) Free(m unsafe.Pointer) { delete(p.mem, m) }
func (p *program) CString(s string) unsafe.Pointer {
	m := p.Alloc(uintptr(len(s)))
	copy(p.mem[m], s)
	return m
}
func (p *program) Trim()                 {}
func (p *program) NewFace() *engine.Face { return &engine.Face{} }
func (p *program) FreeFace(*engine.Face) {}
func (p *program) LogLevel() int         { return engine.LogErr | engine.LogWarn | engine.LogNotice }
func (p *program) LogContext(*engine.Face, *engine.VhostFace, *engine.ContextFace) unsafe.Pointer {
	return nil
}
func (p *program) LogTo(unsafe.Pointer, int, string)   {}
func (p *program) LogLevelOf(unsafe.Pointer) int       { return 0 }
func (p *program) Zone(int64) int                      { return 0 }
func (p *program) Lookup(string) ([]netip.Addr, error) { return p.lookup() }
func (p *program) Log(_ int, line string) {
	p.logged.Lock()
	defer p.logged.Unlock()
	p.logs = append(p.logs, line)
}

type rig struct {
	t   *testing.T
	p   *program
	ctx *engine.Context
	v   *engine.Vhost
}

// abi is how the ABI of 4.1 has clients behave, as far as these tests see it.
var abi = engine.ABI{Client: engine.ClientABI{
	Redirects: 3,
	Errors: engine.ClientErrors{
		NoName: "ipv6 lws_getaddrinfo46 failed", Refused: unable, Bind: unable, Options: unable, Socket: unable,
		ProxyFails: "proxy not h1", ProxyDenies: "proxy not h1",
	},
}}

func newRig(t *testing.T, info *engine.Info) *rig {
	t.Helper()
	if info.ABI.Name == "" {
		info.ABI = abi
	}
	r := &rig{t: t, p: newProgram()}
	enginetest.SetProgram(r.p)
	ctx, err := engine.NewContext(&engine.ContextFace{External: engine.ExternalNo}, []*engine.ThreadFace{{}}, info)
	if err != nil {
		t.Fatal(err)
	}
	r.ctx = ctx
	ctx.Lock()
	info.Protocols = []engine.Protocol{{Name: "p", Callback: unsafe.Pointer(r)}}
	r.v = engine.NewVhost(ctx, &engine.VhostFace{}, info)
	ctx.Unlock()
	t.Cleanup(func() {
		ctx.Lock()
		defer ctx.Unlock()
		if !ctx.Destroy() {
			t.Error("the context stayed")
		}
	})
	return r
}

func (r *rig) connect(port int, path string, flags Flags) *engine.Conn {
	r.ctx.Lock()
	defer r.ctx.Unlock()
	return Connect(&Info{
		Ctx: r.ctx, Address: "127.0.0.1", Port: port, Path: path, Flags: flags,
		Method: has("GET"), LocalProtocol: has("p"),
	})
}

// until serves until the program was told what, n times.
func (r *rig) until(what string, n int) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		count := 0
		for _, l := range r.p.told {
			if strings.HasPrefix(l, what) {
				count++
			}
		}
		if count >= n {
			return
		}
		r.turn()
	}
	r.t.Fatalf("no %q: %q", what, r.p.told)
}

// turn is one service turn.
func (r *rig) turn() {
	var ev [16]engine.Event
	k, _ := unix.EpollWait(int(r.ctx.First().F.EpollFD), ev[:], 10)
	r.ctx.First().Before()
	r.ctx.First().Turn(ev[:max(k, 0)], engine.Now())
}

// turnsUntil serves until that is true.
func (r *rig) turnsUntil(done func() bool) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); {
		if r.turn(); time.Now().After(end) {
			r.t.Fatalf("it takes too long: %.2000q", r.p.told)
		}
	}
}

func (r *rig) expect(want ...string) {
	r.t.Helper()
	if !slices.Equal(r.p.told, want) {
		r.t.Errorf("told %q, want %q", r.p.told, want)
	}
}

// each hands the connections to a port of the test's own to handle.
func each(t *testing.T, handle func(c net.Conn)) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr)
}

// serve answers each request's head with what fn says (a NUL is nothing),
// until it says "" or begins with "close ".
func serve(t *testing.T, fn func(line string) string) (port int) {
	t.Helper()
	return each(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			first, err := in.ReadString('\n')
			if err != nil {
				return
			}
			for s := first; s != "\r\n"; {
				if s, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			text := fn(strings.TrimSpace(first))
			if text == "" {
				return
			}
			text, last := strings.CutPrefix(text, "close ")
			if _, _ = io.WriteString(c, strings.Trim(text, "\x00")); last {
				return
			}
		}
	}).Port
}

func ok(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// deadPort is a port that is taken, but on which nobody listens.
func deadPort(t *testing.T) int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	a, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return a.(*unix.SockaddrInet4).Port
}

func TestGet(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(string) string { return "HTTP/1.1 100 Continue\r\n\r\n" + ok("hello") })
	if r.connect(port, "/", 0) == nil {
		t.Fatal("not begun")
	}
	r.until("completed", 1)
	r.expect("made", "create", "established", "read hello", "completed")
}

func TestBodyInManyReads(t *testing.T) {
	r := newRig(t, &engine.Info{})
	body := strings.Repeat("0123456789", 1000)
	r.connect(serve(t, func(string) string { return ok(body) }), "/", 0)
	r.until("completed", 1)
	got := ""
	for _, l := range r.p.told {
		if s, is := strings.CutPrefix(l, "read "); is {
			got += s
		}
	}
	if got != body {
		t.Errorf("%d bytes came, want %d", len(got), len(body))
	}
}

func (r *rig) lookupGives(err error, addrs ...string) {
	r.p.lookup = func() ([]netip.Addr, error) {
		time.Sleep(20 * time.Millisecond)
		var l []netip.Addr
		for _, a := range addrs {
			l = append(l, netip.MustParseAddr(a))
		}
		return l, err
	}
}

func (r *rig) connectName(port int) *engine.Conn {
	r.ctx.Lock()
	defer r.ctx.Unlock()
	return Connect(&Info{Ctx: r.ctx, Address: "name.test", Port: port, Method: has("GET"), LocalProtocol: has("p")})
}

func TestAllAddressesAreTried(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(string) string { return ok("") })
	r.lookupGives(nil, "127.77.0.1", "::1", "127.77.0.2", "127.0.0.1")
	if r.connectName(port) == nil {
		t.Fatal("a name's connection begins before it is resolved")
	}
	r.expect("made")
	r.until("completed", 1)
	r.expect("made", "create", "established", "completed")
}

func TestNoAddressLeft(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.lookupGives(nil, "127.77.0.1", "127.77.0.2")
	r.connectName(deadPort(t))
	r.until("destroy", 1)
	r.expect("made", "error Unable to connect: 127.77.0.2: connection refused", "destroy")
}

func TestLookupFails(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.lookupGives(errors.New("no such name"))
	r.connectName(80)
	r.until("destroy", 1)
	r.expect("made", "error ipv6 lws_getaddrinfo46 failed: name.test: no such name", "destroy")
}

// TestLookupPanics: it is the connection that fails, and the next name is looked
// up. Without a guard in the resolver's goroutine the process ended.
func TestLookupPanics(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.p.lookup = func() ([]netip.Addr, error) { panic("resolver") }
	for range 20 { // more than are looked up at a time
		r.connectName(80)
	}
	r.until("destroy", 20)
	if n := strings.Count(strings.Join(r.p.told, "\n"), "error ipv6 lws_getaddrinfo46 failed: name.test: internal error"); n != 20 {
		t.Errorf("%d were told of it", n)
	}
	r.lookupGives(errors.New("no such name"))
	r.connectName(80)
	r.until("error ipv6 lws_getaddrinfo46 failed: name.test: no such name", 1)
}

// lookupFailed is what a resolver answers; true: that it knows of no such name.
type lookupFailed bool

func (lookupFailed) Error() string      { return "sorry" }
func (e lookupFailed) NoSuchName() bool { return bool(e) }

// TestLookupAgain: where the ABI has it so, a name of which nobody knows yet is asked for
// again, and one that does not exist is not. It fails when RetriesLookup counts for nothing.
func TestLookupAgain(t *testing.T) {
	info := &engine.Info{ABI: abi}
	info.ABI.Name, info.ABI.Client.RetriesLookup = "retries", true
	r := newRig(t, info)
	port := serve(t, func(string) string { return ok("there") })
	asked := 0
	r.p.lookup = func() ([]netip.Addr, error) {
		if asked++; asked < 2 {
			return nil, lookupFailed(false)
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	r.connectName(port)
	r.until("completed", 1)
	r.p.lookup = func() ([]netip.Addr, error) { return nil, lookupFailed(true) }
	r.connectName(port)
	r.until("error ipv6 lws_getaddrinfo46 failed: name.test: sorry", 1)
}

// TestManyLookups has a resolver that does not answer: no more than a few are
// asked at a time, who waits is subject to the connect timeout, and who gave up
// is not looked up later. It fails when Search starts each look-up at once,
// and, with too many look-ups, when Gone does not cancel.
func TestManyLookups(t *testing.T) {
	const many, atOnce = 50, 16
	r := newRig(t, &engine.Info{ConnectSecs: 1})
	port := serve(t, func(string) string { return ok("") })
	var asked atomic.Int32
	answer := make(chan struct{})
	r.p.lookup = func() ([]netip.Addr, error) {
		asked.Add(1)
		<-answer
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	for range many {
		r.connectName(port)
	}
	r.until("error closed before established: looking up name.test", many)
	if n := asked.Load(); n != atOnce {
		t.Errorf("%d look-ups at a time, want %d", n, atOnce)
	}
	r.connectName(port)
	close(answer)
	r.until("completed", 1)
	if n := asked.Load(); n != atOnce+1 {
		t.Errorf("%d look-ups in all, want %d", n, atOnce+1)
	}
}

func TestContextGoesWhileResolving(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.lookupGives(nil, "127.0.0.1")
	r.connectName(80)
}

func TestFailsAtOnce(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.ctx.Lock()
	c := Connect(&Info{Ctx: r.ctx, Address: "+/nonexistent/socket", LocalProtocol: has("p")})
	r.ctx.Unlock()
	if c != nil {
		t.Error("a connection that failed at once is returned")
	}
	r.expect("destroy")
}

func TestRedirects(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(line string) string {
		switch strings.Fields(line)[1] {
		case "/a/one":
			return "HTTP/1.1 302 Found\r\nLocation: two\r\nContent-Length: 0\r\n\r\n"
		case "/a/two":
			return ok("there")
		}
		return "HTTP/1.1 301 Moved\r\nLocation: /loop\r\n\r\n"
	})
	r.connect(port, "/a/one", 0)
	r.until("completed", 1)
	r.expect("made", "create", "redirect", "create", "established", "read there", "completed")
	r.p.told = nil
	r.connect(port, "/loop", 0)
	r.until("error HS: Redirect failed", 1)
	r.until("redirect", 4)
}

// TestPipeline has transactions share a connection one after the other; the
// last one comes while it idles.
func TestPipeline(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(line string) string { return ok(line[5:6]) })
	for _, p := range []string{"/1", "/2", "/3"} {
		r.connect(port, p, Pipeline)
	}
	r.until("completed", 3)
	r.until("destroy", 2)
	r.connect(port, "/4", Pipeline)
	r.until("completed", 4)
	creates := 0
	var reads []string
	for _, l := range r.p.told {
		if l == "create" {
			creates++
		}
		if strings.HasPrefix(l, "read") {
			reads = append(reads, l)
		}
	}
	if creates != 1 || !slices.Equal(reads, []string{"read 1", "read 2", "read 3", "read 4"}) {
		t.Errorf("%d connections, %q", creates, r.p.told)
	}
}

// TestPipelineLeaderCloses: who waits begins anew when the connection ends.
func TestPipelineLeaderCloses(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(line string) string {
		return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + line[5:6]
	})
	for _, p := range []string{"/1", "/2", "/3"} {
		r.connect(port, p, Pipeline)
	}
	r.until("completed", 3)
	if n := strings.Count(strings.Join(r.p.told, ","), "create"); n != 3 {
		t.Errorf("%d connections: %q", n, r.p.told)
	}
}

func TestRefusedPipeline(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := deadPort(t)
	for range 3 {
		r.connect(port, "/", Pipeline)
	}
	r.until("destroy", 3)
	if n := strings.Count(strings.Join(r.p.told, ","), "error Unable"); n != 3 {
		t.Errorf("%q", r.p.told)
	}
}

func TestProxy(t *testing.T) {
	r := newRig(t, &engine.Info{})
	seen := make(chan string, 4)
	port := serve(t, func(line string) string {
		seen <- line
		if strings.HasPrefix(line, "CONNECT no.test") {
			return "HTTP/1.1 403 No\r\n\r\n"
		}
		if strings.HasPrefix(line, "CONNECT") {
			return "HTTP/1.0 200 Yes\r\nVia: me\r\n\r\n"
		}
		return ok("x")
	})
	if err := SetProxy(r.v, fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	r.connectName(80)
	r.until("completed", 1)
	if a, b := <-seen, <-seen; a != "CONNECT name.test:80 HTTP/1.1" || b != "GET / HTTP/1.1" {
		t.Errorf("%q %q", a, b)
	}
	r.p.told = nil
	r.ctx.Lock()
	Connect(&Info{Ctx: r.ctx, Address: "no.test", Port: 80, Method: has("GET"), LocalProtocol: has("p")})
	r.ctx.Unlock()
	r.until("destroy", 1)
	r.expect("made", "create", "error proxy not h1: it answers 403", "destroy")
}

func TestNoTLS(t *testing.T) {
	r := newRig(t, &engine.Info{})
	r.connect(serve(t, func(string) string { return "" }), "/", UseSSL)
	r.until("destroy", 1)
	r.expect("made", "create", "error no client TLS in vhost default (lws_init_vhost_client_ssl)", "destroy")
}

func TestRequestBody(t *testing.T) {
	r := newRig(t, &engine.Info{})
	port := serve(t, func(line string) string {
		if line == "the body" {
			return ok("")
		}
		return "\x00" // not yet
	})
	r.p.fn = func(c *engine.Conn, x engine.Reason) int {
		r.ctx.Lock()
		defer r.ctx.Unlock()
		switch x {
		case engine.ReasonClientAppendHandshakeHeader:
			SetBodyPending(c, true)
		case engine.ReasonClientHTTPWriteable:
			SetBodyPending(c, false)
			c.Write(engine.PayloadOf([]byte("the body\r\n\r\n")), engine.WriteHTTPFinal)
		}
		return 0
	}
	r.connect(port, "/", 0)
	r.until("completed", 1)
	r.expect("made", "create", "writeable", "established", "completed")
}

func (*program) OnThread(*engine.ThreadFace) bool { return true }
