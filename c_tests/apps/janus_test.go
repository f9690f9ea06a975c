// SPDX-License-Identifier: MIT

package apps

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// Debian's janus, whose WebSocket transport is a plugin loaded late that runs
// three vhosts of one context in a thread of its own.
func TestJanus(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		ws, wss, admin := harness.FreePort(t), harness.FreePort(t), harness.FreePort(t)
		s := startJanus(t, l, ws, wss, admin, "")
		checkLoaded(t, l, s.Pid())

		plain := func(port int) func() net.Conn {
			return func() net.Conn {
				c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 15*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
		}
		secure := func() net.Conn { return tls.Client(plain(wss)(), &tls.Config{InsecureSkipVerify: true}) }
		for _, x := range []struct {
			name string
			dial func() net.Conn
		}{{"ws", plain(ws)}, {"wss", secure}} {
			t.Run(x.name, func(t *testing.T) {
				talkInParallel(t, 3, func(t testing.TB, i int) { janusInfo(t, wsOn(t, x.dial(), "/", "janus-protocol"), i) })
				janusLong(t, wsOn(t, x.dial(), "/", "janus-protocol"))
			})
		}
		t.Run("admin", func(t *testing.T) {
			r := wsOn(t, plain(admin)(), "/", "janus-admin-protocol")
			if got := janusAsk(t, r, map[string]any{"janus": "ping", "transaction": "a"}); got["janus"] != "pong" {
				t.Errorf("answered with %v", got)
			}
		})
		t.Run("GET", func(t *testing.T) {
			if a := ask(t, "tcp", s.addr(), get("/")); !strings.HasPrefix(a.text, "HTTP/1.1 403") {
				t.Errorf("a plain GET is answered with %s", a.shown())
			}
		})
		open := wsOn(t, plain(ws)(), "/", "janus-protocol") // stays open over the end
		janusInfo(t, open, 9)
		interrupt(t, s.Proc)
		if out := strings.Join(s.All(), "\n"); !strings.Contains(out, "Bye!") {
			t.Errorf("no clean end:\n%s", out)
		}
	})
}

// janus' event handler: a client context in a thread of its own, beside the
// server's. It connects again through lws_sul_schedule when it has lost its server.
func TestJanusEvents(t *testing.T) {
	for _, scheme := range []string{"ws", "wss"} {
		t.Run(scheme, func(t *testing.T) {
			each(t, func(t *testing.T, l library) {
				events, conns := make(chan string, 1000), make(chan *websocket.Conn, 10)
				backend := wsPeer(t, func(c *websocket.Conn) {
					conns <- c
					for {
						_, m, err := c.ReadMessage()
						if err != nil {
							return
						}
						events <- string(m)
					}
				}, "janus-events")
				if scheme == "wss" {
					backend.StartTLS()
					t.Setenv("SSL_CERT_FILE", write(t, t.TempDir(), "ca.pem",
						string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: backend.Certificate().Raw}))))
				} else {
					backend.Start()
				}
				_, host, _ := strings.Cut(backend.URL, "://")
				ws := harness.FreePort(t)
				s := startJanus(t, l, ws, harness.FreePort(t), harness.FreePort(t), scheme+"://"+host+"/events")
				checkLoaded(t, l, s.Pid())
				next := func() *websocket.Conn {
					t.Helper()
					select {
					case c := <-conns:
						if c.Subprotocol() != "janus-events" {
							t.Errorf("subprotocol %q", c.Subprotocol())
						}
						return c
					case <-time.After(15 * time.Second):
						t.Fatalf("janus does not connect:\n%s\n%s", strings.Join(s.All(), "\n"), tail(s.Proc))
						return nil
					}
				}
				expect := func(r *harness.Raw, what string) {
					t.Helper()
					got := janusAsk(t, r, map[string]any{"janus": "create", "transaction": what})
					id := fmt.Sprintf("%.0f", got["data"].(map[string]any)["id"].(float64))
					for limit := time.After(10 * time.Second); ; {
						select {
						case m := <-events:
							if strings.Contains(m, id) && strings.Contains(m, "created") {
								return
							}
						case <-limit:
							t.Fatalf("%s: no event of session %s\n%s", what, id, tail(s.Proc))
						}
					}
				}
				c := next()
				r := wsDial(t, s.addr(), "/", "janus-protocol")
				for i := range 5 {
					expect(r, fmt.Sprint("session ", i))
				}
				c.NetConn().Close() // it comes back after a second
				next()
				expect(r, "after the break")
				interrupt(t, s.Proc)
			})
		})
	}
}

// startJanus starts a janus that has nothing but the WebSocket transport. With a
// backend, events go there.
func startJanus(t *testing.T, l library, ws, wss, admin int, backend string) server {
	t.Helper()
	cert, key := certificate(t)
	p := harness.StartCmd(t, harness.Janus{WS: ws, WSS: wss, Admin: admin, Cert: cert, Key: key, Backend: backend, Pings: true}.Command(t, l.ref, l.dir))
	p.Listening(ws, wss, admin)
	return server{p, ws}
}

// talkInParallel runs n clients at once.
func talkInParallel(t *testing.T, n int, client func(t testing.TB, i int)) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { client(noFatal{t}, i) })
	}
	all.Wait()
}

// noFatal is a testing.TB for other goroutines than the test's.
type noFatal struct{ *testing.T }

// Fatal ends the goroutine.
func (n noFatal) Fatal(args ...any) {
	n.T.Helper()
	n.T.Error(args...)
	runtime.Goexit()
}

// Fatalf ends the goroutine.
func (n noFatal) Fatalf(format string, args ...any) {
	n.T.Helper()
	n.T.Errorf(format, args...)
	runtime.Goexit()
}

func janusAsk(t testing.TB, r *harness.Raw, request map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	send(t, r, string(text))
	m := message(t, r)
	var v map[string]any
	if err := json.Unmarshal([]byte(m), &v); err != nil {
		t.Fatalf("%v in %q", err, m)
	}
	return v
}

// janusInfo asks for the server's description a few times.
func janusInfo(t testing.TB, r *harness.Raw, client int) {
	t.Helper()
	for i := range 5 {
		id := fmt.Sprintf("client %d, request %d", client, i)
		got := janusAsk(t, r, map[string]any{"janus": "info", "transaction": id})
		if got["janus"] != "server_info" || got["transaction"] != id || got["name"] == nil {
			t.Fatalf("%s is answered with %v", id, got)
		}
	}
}

// janusLong moves 200 kB each way: an answer has the transaction of its request.
func janusLong(t *testing.T, r *harness.Raw) {
	t.Helper()
	var id strings.Builder
	for i := 0; id.Len() < 200_000; i++ {
		fmt.Fprintf(&id, "%d,", i)
	}
	for range 3 {
		got := janusAsk(t, r, map[string]any{"janus": "ping", "transaction": id.String()})
		if got["janus"] != "pong" || got["transaction"] != id.String() {
			t.Fatalf("a long request is answered with %.200v", got)
		}
	}
	if err := r.CloseCleanly(); err != nil {
		t.Errorf("closing: %v", err)
	}
}
