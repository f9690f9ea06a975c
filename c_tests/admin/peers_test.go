// SPDX-License-Identifier: MIT

package admin

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// crowd is the peers of one server.
type crowd struct {
	t     *testing.T
	p     *harness.Proc
	port  int
	port4 int
	saw   []string
}

func (c *crowd) say(format string, args ...any) { c.saw = append(c.saw, fmt.Sprintf(format, args...)) }

// dial connects from an address; to another port than the server's first, if there is one.
func (c *crowd) dial(from string, port ...int) *net.TCPConn {
	c.t.Helper()
	to := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: c.port}
	if strings.Contains(from, ":") {
		to.IP = net.IPv6loopback
	}
	if len(port) > 0 {
		to.Port = port[0]
	}
	conn, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.ParseIP(from)}, to)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends a request.
func ask(conn net.Conn, path, more string) {
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, more)
}

// answer is the status of the answer that comes, "closed", or "nothing" after a while.
func answer(conn net.Conn, wait time.Duration) string {
	_ = conn.SetReadDeadline(time.Now().Add(wait))
	b := bufio.NewReader(conn)
	r, err := http.ReadResponse(b, nil)
	if err, ok := err.(net.Error); ok && err.Timeout() {
		return "nothing"
	}
	if err != nil {
		return "closed"
	}
	if r.StatusCode == 200 {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return r.Status
}

const (
	soon  = 10 * time.Second       // comes long before
	while = 400 * time.Millisecond // for what does not come
)

func (c *crowd) get(from, path, more string) *net.TCPConn {
	conn := c.dial(from)
	ask(conn, path, more)
	c.say("%s %s %s", from, path, answer(conn, soon))
	return conn
}

const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: p\r\n"

// gone waits until the server has seen the end of a connection: its peer is served again.
func (c *crowd) gone(from, path string) {
	c.t.Helper()
	if !harness.Eventually(c.t, soon, "a place for "+from, func() bool {
		conn := c.dial(from)
		ask(conn, path, "")
		if answer(conn, soon) == "200 OK" {
			return true
		}
		conn.Close()
		return false
	}) {
		return
	}
	c.say("%s again", from)
}

var crowds = []struct {
	name    string
	ah, wsi int
	run     func(*crowd)
	lines   []string // that the program prints: refusals once
	// Where the original differs (quirk 226): what its peers see, and what ours.
	theirs, own []string
}{
	{"conns", 0, 2, func(c *crowd) {
		a := c.get("127.0.0.1", "/1", "")
		c.get("127.0.0.1", "/2", "X-Forwarded-For: 10.1.2.3\r\n")
		c.get("127.0.0.1", "/3", "X-Forwarded-For: 10.1.2.4\r\n")
		c.get("127.0.0.2", "/4", "")
		a.Close()
		c.gone("127.0.0.1", "/5")
	}, []string{"request /1", "request /2", "refused 127.0.0.1", "request /4", "request /5"}, nil, nil},
	{"conns-ws", 0, 1, func(c *crowd) {
		c.get("127.0.0.1", "/1", upgrade)
		c.get("127.0.0.1", "/2", upgrade)
		c.get("127.0.0.3", "/3", upgrade)
	}, []string{"established", "refused 127.0.0.1", "established"}, nil, nil},
	{"conns-v6", 0, 2, func(c *crowd) {
		c.get("::1", "/1", "")
		c.get("::1", "/2", "")
		c.get("::1", "/3", "")
		c.get("127.0.0.1", "/4", "")
	}, []string{"request /1", "request /2", "refused ::1", "request /4"}, nil, nil},
	{"heads", 2, 0, func(c *crowd) {
		a, b := c.dial("127.0.0.1"), c.dial("127.0.0.1")
		ask(b, "/hold", "")
		c.p.WaitLine("^request /hold", soon)
		d := c.dial("127.0.0.1")
		ask(d, "/1", "")
		c.say("third: %s", answer(d, while))
		c.get("127.0.0.2", "/2", "")
		ask(a, "/3", "")
		c.say("first: %s", answer(a, soon))
		c.say("third: %s", answer(d, soon))
	}, []string{"request /hold", "request /2", "request /3", "request /1"}, nil, nil},
	{"heads-closed", 1, 0, func(c *crowd) {
		a := c.dial("127.0.0.1")
		ask(a, "/hold", "")
		c.p.WaitLine("^request /hold", soon)
		d := c.dial("127.0.0.1")
		ask(d, "/1", "")
		c.say("second: %s", answer(d, while))
		a.Close()
		c.say("second: %s", answer(d, 2*time.Second))
	}, nil, []string{"second: nothing", "second: nothing"}, []string{"second: nothing", "second: 200 OK"}},
	{"heads-half", 1, 0, func(c *crowd) {
		a := c.dial("127.0.0.1")
		fmt.Fprint(a, "GET /1 HTTP/1.1\r\nHo")
		time.Sleep(while)
		b := c.dial("127.0.0.1")
		ask(b, "/2", "")
		c.say("second: %s", answer(b, while))
		fmt.Fprint(a, "st: x\r\n\r\n")
		c.say("first: %s", answer(a, soon))
		c.say("second: %s", answer(b, soon))
	}, []string{"request /1", "request /2"}, nil, nil},
	{"heads-kept-alive", 1, 0, func(c *crowd) {
		a := c.get("127.0.0.1", "/1", "")
		c.get("127.0.0.1", "/2", "")
		ask(a, "/3", "")
		c.say("first: %s", answer(a, soon))
		b := c.dial("127.0.0.1")
		fmt.Fprint(b, "GET /4 HTTP/1.1\r\n")
		time.Sleep(while)
		ask(a, "/5", "")
		c.say("first: %s", answer(a, while))
		fmt.Fprint(b, "Host: x\r\n\r\n")
		c.say("second: %s", answer(b, soon))
		c.say("first: %s", answer(a, soon))
	}, []string{"request /1", "request /2", "request /3", "request /4", "request /5"}, nil, nil},
	{"heads-ws", 1, 0, func(c *crowd) {
		c.get("127.0.0.1", "/1", upgrade)
		c.get("127.0.0.1", "/2", upgrade)
		c.get("127.0.0.1", "/3", "")
	}, []string{"established", "established", "request /3"}, nil, nil},
	{"heads-in-turn", 1, 0, func(c *crowd) { c.inTurn(false) },
		[]string{"request /first", "request /0", "request /1", "request /2", "request /3", "request /4"}, nil, nil},
	{"heads-waiter-ends", 1, 0, func(c *crowd) { c.inTurn(true) }, nil, nil, nil},
}

// inTurn has several wait for the head of another; one of them may go meanwhile.
func (c *crowd) inTurn(goes bool) {
	a := c.dial("127.0.0.1")
	fmt.Fprint(a, "GET /first HTTP/1.1\r\n")
	time.Sleep(100 * time.Millisecond)
	var l []*net.TCPConn
	for i := range 5 {
		conn := c.dial("127.0.0.1")
		ask(conn, fmt.Sprintf("/%d", i), "")
		time.Sleep(50 * time.Millisecond)
		l = append(l, conn)
	}
	if goes {
		_ = l[2].SetLinger(0)
		l[2].Close()
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Fprint(a, "Host: x\r\n\r\n")
	for i, conn := range l {
		if i != 2 || !goes {
			c.say("%s", answer(conn, 2*time.Second))
		}
	}
}

// TestPeerLimits: the original and ours let the same peers in, let the same wait, and
// tell the program of the same.
//
// Seen to fail on a library that does not read the limits.
func TestPeerLimits(t *testing.T) {
	harness.RefFull.Root(t) // all is compared with it
	for _, tc := range crowds {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for _, l := range libraries {
				t.Run(l.Name, func(t *testing.T) {
					c := &crowd{t: t, port: harness.FreePort(t)}
					c.p = l.start(t, "peers", fmt.Sprint(c.port), fmt.Sprint(tc.ah), fmt.Sprint(tc.wsi))
					c.p.WaitLine("^ready", soon)
					tc.run(c)
					if tc.lines != nil && !harness.Eventually(t, soon, "the program's lines", func() bool { return slices.Equal(c.program(), tc.lines) }) {
						t.Errorf("the program says %q, want %q", c.program(), tc.lines)
					}
					if tc.theirs != nil {
						want = map[bool][]string{false: tc.theirs, true: tc.own}[l.Ours]
					}
					if want == nil {
						want = c.saw
					} else if !slices.Equal(c.saw, want) {
						t.Errorf("the peers saw %q, want %q", c.saw, want)
					}
				})
			}
		})
	}
}

// program is what the server printed; a refusal that comes several times counts once.
func (c *crowd) program() (lines []string) {
	for _, l := range c.p.All() {
		l = strings.Replace(l, "::ffff:", "", 1) // of a socket for both families
		if strings.HasPrefix(l, "re") && !strings.HasPrefix(l, "ready") || l == "established" || strings.Contains(l, "BAD") {
			if !strings.HasPrefix(l, "refused") || !slices.Contains(lines, l) {
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// TestMappedPeers: an IPv4 peer is the same on a socket for both families (quirk 225).
// so.17 has such sockets, so.19 one for each family.
//
// Seen to fail on a library without the limits.
func TestMappedPeers(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			c := &crowd{t: t, port: harness.FreePort(t), port4: harness.FreePort(t)}
			c.p = l.start(t, "peers", fmt.Sprint(c.port), "0", "2", fmt.Sprint(c.port4))
			c.p.WaitLine("^ready", soon)
			for i, port := range []int{c.port, c.port4, c.port4, c.port} {
				conn := c.dial("127.0.0.1", port)
				ask(conn, fmt.Sprint("/", i), "")
				c.say("%s", answer(conn, soon))
			}
			if got := strings.Join(c.saw, ", "); got != "200 OK, 200 OK, closed, closed" {
				t.Error(got)
			}
		})
	}
}
