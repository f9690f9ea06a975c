// SPDX-License-Identifier: MIT

// Package cluster drives examples/cluster: servers behind HAProxy that share rooms through
// Redis, while one of them, or Redis, is killed.
package cluster

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 3) }

var (
	so17   = harness.Side{Name: "so.17", Ref: harness.Ref17, Ours: true, Plugins: []string{"uv"}}
	so19   = harness.Side{Name: "so.19", Ref: harness.Ref19, Ours: true, Plugins: []string{"uv"}}
	debian = harness.Side{Name: "Debian's so.17", Ref: harness.Ref17}
)

var sanitized = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"}

func folder() string { return filepath.Join(harness.Top(), "examples/cluster") }

func program(t testing.TB, s harness.Side, name string, flags ...string) string {
	t.Helper()
	sources, libs := "main session room replay store json", []string{"-luv", "-lhiredis"}
	if name == "client" {
		sources, libs = "client json", nil
	}
	for f := range strings.FieldsSeq(sources) {
		flags = append(flags, filepath.Join(folder(), f+".c"))
	}
	return s.Program(t, append(flags, libs...)...)
}

// TestCompiles: as C99 and C11, with the headers and libraries of both ABIs, ours and
// Debian's: there is nothing of ours alone in it. Seen to fail with
// lws_create_context_sized, which only ours have.
func TestCompiles(t *testing.T) {
	t.Parallel()
	for _, s := range []harness.Side{so17, so19, debian, {Name: "Debian's so.19", Ref: harness.Ref19}} {
		for _, std := range []string{"-std=c99", "-std=c11"} {
			t.Run(s.Name+std, func(t *testing.T) {
				t.Parallel()
				program(t, s, "server", "-pedantic", std)
				program(t, s, "client", "-pedantic", std)
			})
		}
	}
}

// site is a cluster on this machine: two servers, named s0 and s1.
type site struct {
	t              testing.TB
	side           harness.Side
	exe, dir       string
	args           []string
	redis, haproxy *harness.Proc
	redisPort      int
	servers        [2]*harness.Proc
	ports          [2]int
	port           int // HAProxy's
}

// start starts it; args are the servers', which are built with flags.
func start(t testing.TB, s harness.Side, flags []string, args ...string) *site {
	t.Helper()
	for _, p := range []string{"redis-server", "/usr/sbin/haproxy"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is missing: run tools/deps", p)
		}
	}
	c := &site{t: t, side: s, exe: program(t, s, "server", flags...), dir: t.TempDir(), redisPort: harness.FreePort(t)}
	c.args = append([]string{"--page", filepath.Join(folder(), "page"), "--grace-ms", "1200", "--spread-ms", "500"}, args...)
	c.startRedis()
	for i := range c.servers {
		c.ports[i] = harness.FreePort(t)
		c.startServer(i)
	}
	c.startHAProxy()
	return c
}

func (c *site) startRedis() {
	c.t.Helper()
	cmd := exec.Command("redis-server", filepath.Join(folder(), "redis.conf"), "--port", fmt.Sprint(c.redisPort), "--dir", c.dir)
	c.redis = harness.StartCmd(c.t, cmd)
	c.redis.Listening(c.redisPort)
}

func (c *site) startServer(i int) {
	c.t.Helper()
	env := []string{"ASAN_OPTIONS=detect_leaks=1:abort_on_error=1"}
	c.servers[i] = c.run(env, c.exe, append([]string{"--port", fmt.Sprint(c.ports[i]), "--host", "127.0.0.1",
		"--id", fmt.Sprint("s", i), "--redis", fmt.Sprint("127.0.0.1:", c.redisPort)}, c.args...)...).Ready()
	c.healthy(i, http.StatusOK)
}

func (c *site) startHAProxy() {
	c.t.Helper()
	c.port = harness.FreePort(c.t)
	cmd := exec.Command("/usr/sbin/haproxy", "-db", "-f", filepath.Join(folder(), "haproxy.cfg"))
	cmd.Env = append(os.Environ(), fmt.Sprint("CHAT_BIND=127.0.0.1:", c.port), "CHAT_ADMIN="+filepath.Join(c.dir, "admin"),
		fmt.Sprint("CHAT_SERVER_1=127.0.0.1:", c.ports[0]), fmt.Sprint("CHAT_SERVER_2=127.0.0.1:", c.ports[1]))
	c.haproxy = harness.StartCmd(c.t, cmd)
	c.haproxy.Listening(c.port)
	c.counted(0, "UP")
	c.counted(1, "UP")
}

// run starts a program on the library of the site's side, with its plugin.
func (c *site) run(env []string, exe string, args ...string) *harness.Proc {
	c.t.Helper()
	if c.side.Ours {
		return c.side.Start(c.t, env, exe, args...)
	}
	return c.side.Ref.Start(c.t, env, c.side.Ref.Root(c.t), c.side.Ref.WithPlugins(c.t, "uv"), exe, args...)
}

// counted waits until HAProxy says of a server that it is UP or DOWN, by its checks.
func (c *site) counted(i int, state string) {
	c.t.Helper()
	harness.Eventually(c.t, 10*time.Second, fmt.Sprintf("HAProxy has s%d %s", i, state), func() bool {
		a, err := net.Dial("unix", filepath.Join(c.dir, "admin"))
		if err != nil {
			return false
		}
		defer a.Close()
		fmt.Fprintln(a, "show stat")
		for l := bufio.NewScanner(a); l.Scan(); {
			f := strings.Split(l.Text(), ",")
			if len(f) > 36 && f[0] == "servers" && f[1] == fmt.Sprint("s", i+1) {
				// Before its first check a server is UP as well, with no check's status.
				return f[17] == state && f[36] != "" && !strings.HasPrefix(f[36], "* ")
			}
		}
		return false
	})
}

// health is what a server says of itself.
type health struct {
	Status                          int
	Redis, Draining, Clients, Rooms int
	Sent                            uint64
	Server                          string
}

func (c *site) health(i int) (h health, err error) {
	r, err := (&http.Client{Timeout: 5 * time.Second}).Get(fmt.Sprintf("http://127.0.0.1:%d/health", c.ports[i]))
	if err != nil {
		return h, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	h.Status = r.StatusCode
	return h, err
}

func (c *site) healthy(i, status int) {
	c.t.Helper()
	harness.Eventually(c.t, 15*time.Second, fmt.Sprintf("health of s%d is %d", i, status), func() bool {
		h, err := c.health(i)
		return err == nil && h.Status == status
	})
}

// clients starts the C clients, to HAProxy.
func (c *site) clients(args ...string) *harness.Proc {
	c.t.Helper()
	return c.run(nil, program(c.t, c.side, "client"), append([]string{"--to", fmt.Sprint("127.0.0.1:", c.port)}, args...)...)
}

// result is what the clients say in the end.
type result struct{ done, had, doubles, missing, disorder, gaps, orders, reconnects int }

func ended(t testing.TB, p *harness.Proc, within time.Duration) (r result) {
	t.Helper()
	line := p.WaitLine(`^END .*`, within)[0]
	if _, err := fmt.Sscanf(line, "END done %d had %d doubles %d missing %d disorder %d gaps %d orders %d reconnects %d", &r.done, &r.had,
		&r.doubles, &r.missing, &r.disorder, &r.gaps, &r.orders, &r.reconnects); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	t.Log(line)
	if err := p.Wait(20 * time.Second); err != nil {
		t.Error(err)
	}
	return r
}

// once: each of n clients has each message of all once, and all have them in one order.
func (r result) once(t testing.TB, n, each int) {
	t.Helper()
	r.reconnects = 0
	if want := (result{done: n, had: n * n * each, orders: 1}); r != want {
		t.Errorf("the clients have %+v, not %+v", r, want)
	}
}

// chat is a client of the test's own, of one server or through HAProxy.
type chat struct {
	*websocket.Conn
	t testing.TB
}

type event struct{ T, Room, ID, From, Text, Key, Why, N, Server string }

func dial(t testing.TB, port int) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	return dialBuf(t, port, 0)
}

// dialBuf is dial with a receive buffer of that size, 0 for the system's. A small one is
// slow: a segment is larger.
func dialBuf(t testing.TB, port, size int) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"cluster-chat"}, HandshakeTimeout: 10 * time.Second}
	d.NetDial = func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err == nil && size > 0 {
			err = c.(*net.TCPConn).SetReadBuffer(size)
		}
		return c, err
	}
	ws, r, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/chat", port), nil)
	if err == nil {
		t.Cleanup(func() { ws.Close() })
		_ = ws.SetReadDeadline(time.Now().Add(80 * time.Second))
	}
	return ws, r, err
}

// enter comes as somebody into rooms, with the id up to which it has everything.
func enter(t testing.TB, port int, who, last string, rooms ...string) *chat {
	t.Helper()
	return enterBuf(t, port, 0, who, last, rooms...)
}

func enterBuf(t testing.TB, port, size int, who, last string, rooms ...string) *chat {
	t.Helper()
	ws, _, err := dialBuf(t, port, size)
	if err != nil {
		t.Fatal(err)
	}
	c := &chat{ws, t}
	c.say(event{T: "hello"}, "who", who, "name", who)
	c.hear("welcome")
	for _, r := range rooms {
		c.say(event{T: "join", Room: r}, "last", last)
		c.hear("joined")
	}
	return c
}

// say sends an object: what is set of e, and pairs of names and values.
func (c *chat) say(e event, more ...string) {
	c.t.Helper()
	m := map[string]string{"t": e.T}
	for k, v := range map[string]string{"room": e.Room, "key": e.Key, "text": e.Text} {
		if v != "" {
			m[k] = v
		}
	}
	for p := range slices.Chunk(more, 2) {
		m[p[0]] = p[1]
	}
	if err := c.WriteJSON(m); err != nil {
		c.t.Fatal(err)
	}
}

// hear is the next event of one of these kinds.
func (c *chat) hear(kinds ...string) (e event) {
	c.t.Helper()
	for !slices.Contains(kinds, e.T) {
		e = event{}
		if err := c.ReadJSON(&e); err != nil {
			c.t.Fatalf("waiting for %q: %v", kinds, err)
		}
	}
	return e
}

// said says something and waits for both the acknowledgement and the message, which come
// in either order.
func (c *chat) said(room, key, text string) (ack, msg event) {
	c.t.Helper()
	c.say(event{T: "say", Room: room, Key: key, Text: text})
	for ack.T == "" || msg.T == "" {
		switch e := c.hear("ack", "nak", "msg"); e.T {
		case "msg":
			msg = e
		default:
			ack = e
		}
	}
	return ack, msg
}

// ends reads until the connection ends, and gives its close code, 1006 for none.
func (c *chat) ends() int {
	c.t.Helper()
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				return e.Code
			}
			c.t.Log(err)
			return websocket.CloseAbnormalClosure
		}
	}
}
