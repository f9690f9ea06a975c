// SPDX-License-Identifier: MIT

package cluster

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func listen(port int) (net.Listener, error) { return net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)) }

// TestHostile: what clients may not do closes their own connection, with a code that says
// why, and nobody else's. Seen to fail with any code taken for the second
// half of a pair.
func TestHostile(t *testing.T) {
	t.Parallel()
	c := start(t, so17, sanitized, "--clients", "30")
	good := enter(t, c.ports[0], "good", "$", "quiet")
	const text, binary = websocket.TextMessage, websocket.BinaryMessage
	for _, x := range []struct {
		name, says string
		kind, code int
		fresh      bool // has not said hello
	}{
		{"not JSON", `hello`, text, 1008, false},
		{"a list", `["t"]`, text, 1008, false},
		{"cut off", `{"t":"sa`, text, 1008, false},
		{"cut off in an escape", `{"t":"\`, text, 1008, false},
		{"cut off in a code", `{"t":"\u00`, text, 1008, false},
		{"nested", `{"t":{"t":"say"}}`, text, 1008, false},
		{"a number", `{"t":5}`, text, 1008, false},
		{"twice", `{"t":"leave","t":"join","room":"r"}`, text, 1008, false},
		{"more behind", `{"t":"leave","room":"r"}}`, text, 1008, false},
		{"half a pair", `{"t":"say","room":"r","key":"k","text":"\ud83d"}`, text, 1008, false},
		{"the other half", `{"t":"say","room":"r","key":"k","text":"\ude00"}`, text, 1008, false},
		{"two halves", `{"t":"say","room":"r","key":"k","text":"\ude00\ude00"}`, text, 1008, false},
		{"half and a letter", `{"t":"say","room":"r","key":"k","text":"\ud83d\u0041"}`, text, 1008, false},
		{"NUL", `{"t":"say","room":"r","key":"k","text":"a\u0000b"}`, text, 1008, false},
		{"an escape sequence", `{"t":"say","room":"r","key":"k","text":"\u001b[2J"}`, text, 1008, false},
		{"not UTF-8", "{\"t\":\"say\",\"room\":\"r\",\"key\":\"k\",\"text\":\"\xc3(\"}", text, 1007, false},
		{"binary", `{"t":"leave","room":"r"}`, binary, 1003, false},
		{"a long text", `{"t":"say","room":"r","key":"k","text":"` + strings.Repeat("x", 2001) + `"}`, text, 1008, false},
		{"a long frame", strings.Repeat(" ", 9000), text, 1009, false},
		{"a very long frame", strings.Repeat(" ", 3<<20), text, 1009, false},
		{"a bad room", `{"t":"join","room":"a:b"}`, text, 1008, false},
		{"another key", `{"t":"join","room":"x}:key:{y"}`, text, 1008, false},
		{"a long room", `{"t":"join","room":"` + strings.Repeat("r", 65) + `"}`, text, 1008, false},
		{"no room", `{"t":"join"}`, text, 1008, false},
		{"a bad key", `{"t":"say","room":"r","key":"a b","text":"x"}`, text, 1008, false},
		{"nothing said", `{"t":"say","room":"r","key":"k","text":""}`, text, 1008, false},
		{"unknown", `{"t":"sing","room":"r"}`, text, 1008, false},
		{"hello again", `{"t":"hello","who":"b","name":"b"}`, text, 1008, false},
		{"no hello", `{"t":"join","room":"r"}`, text, 1008, true},
		{"a bad who", `{"t":"hello","who":"a:b","name":"b"}`, text, 1008, true},
		{"a long name", `{"t":"hello","who":"b","name":"` + strings.Repeat("n", 33) + `"}`, text, 1008, true},
	} {
		ws, _, err := dial(t, c.ports[0])
		if err != nil {
			t.Fatal(err)
		}
		e := &chat{ws, t}
		if !x.fresh {
			e.say(event{T: "hello"}, "who", "bad", "name", "bad")
			e.say(event{T: "join", Room: "r"}, "last", "$")
		}
		_ = e.WriteMessage(x.kind, []byte(x.says)) // fails where it is refused before its end
		if code := e.ends(); code != x.code {
			t.Errorf("%s: closed with %d, not %d", x.name, code, x.code)
		}
		e.Close()
	}
	refusals(t, c)
	mutations(t, c)
	const odd = "a \"b\" \\ \n\té 😀"
	if _, e := good.said("quiet", "k", odd); e.Text != odd {
		t.Errorf("a good message is heard as %+v", e)
	}
	if err := good.WriteMessage(text, []byte(`{"t":"say","room":"quiet","key":"l","text":"\ud83d\ude00\u00e9\/"}`)); err != nil {
		t.Fatal(err)
	}
	if e := good.hear("msg"); e.Text != "😀é/" {
		t.Errorf("an escaped message is heard as %+v", e)
	}
	for _, s := range c.servers {
		s.Signal(syscall.SIGINT)
		if err := s.Wait(15 * time.Second); err != nil {
			t.Errorf("%v\n%s", err, s.Log())
		}
	}
}

// refusals: what is too much is refused, and the connection stays, for a while.
func refusals(t *testing.T, c *site) {
	e := enter(t, c.ports[0], "many", "$")
	for i := range 9 {
		e.say(event{T: "join", Room: fmt.Sprint("room", i)}, "last", "$")
		want := "joined"
		if i == 8 {
			want = "refused"
		}
		if got := e.hear("joined", "refused"); got.T != want {
			t.Errorf("room %d: %+v", i, got)
		}
	}
	e.say(event{T: "say", Room: "elsewhere", Key: "1", Text: "x"})
	if got := e.hear("ack", "nak"); got.Why != "not in the room" {
		t.Errorf("in another room: %+v", got)
	}
	e.say(event{T: "join", Room: "room0"}, "last", "x")
	if got := e.hear("joined", "refused"); got.Why != "last is no id" {
		t.Errorf("a bad id: %+v", got)
	}
	// Twice as fast as is allowed is refused, as fast as it goes is closed.
	e.Close()
	f := enter(t, c.ports[0], "fast", "$", "r")
	go func() {
		for i := 0; ; i++ {
			if f.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"say","room":"r","key":"%d","text":"x"}`, i)) != nil {
				return
			}
		}
	}()
	for {
		if got := f.hear("ack", "nak"); got.T == "nak" {
			if got.Why != "too fast" && got.Why != "busy" {
				t.Errorf("a nak: %+v", got)
			}
			break
		}
	}
	if code := f.ends(); code != 1008 {
		t.Errorf("who is too fast is closed with %d", code)
	}
	f.Close()
	harness.Eventually(t, 10*time.Second, "they are gone", func() bool {
		h, err := c.health(0)
		return err == nil && h.Clients == 1
	})
	var all []*websocket.Conn
	full := false
	for len(all) < 30 { // HAProxy's checks are clients for a moment, too
		ws, r, err := dial(t, c.ports[0])
		if err != nil {
			full = r != nil && r.StatusCode == http.StatusServiceUnavailable
			break
		}
		all = append(all, ws)
	}
	if !full || len(all) < 27 {
		t.Errorf("%d came in, and one was refused: %v", len(all), full)
	}
	for _, ws := range all {
		ws.Close()
	}
}

// mutations: broken forms of good messages end well, which the sanitizers see to.
func mutations(t *testing.T, c *site) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	good := []string{`{"t":"say","room":"m","key":"k","text":"\ud83d\ude00 \u00e9 \n"}`, `{"t":"join","room":"m","last":"12-3"}`,
		`{"t":"leave","room":"m","x":"y"}`, `{"t":"hello","who":"w","name":"n é"}`}
	for range 400 {
		harness.Eventually(t, 10*time.Second, "a connection", func() bool {
			ws, _, err := dial(t, c.ports[1])
			if err != nil {
				return false
			}
			_ = ws.WriteMessage(websocket.TextMessage, []byte(good[3]))
			for range 4 {
				m := []byte(good[r.IntN(len(good))])
				for range r.IntN(4) {
					switch i := r.IntN(len(m)); r.IntN(3) {
					case 0:
						m[i] = byte(r.IntN(128))
					case 1:
						m = append(m[:i], m[i+1:]...)
					case 2:
						m = append(m[:i:i], append([]byte(`"\u{}:,d8`)[r.IntN(9):][:1], m[i:]...)...)
					}
				}
				_ = ws.WriteMessage(websocket.TextMessage, m)
			}
			ws.Close()
			return true
		})
	}
	enter(t, c.ports[1], "after", "$", "r")
}

// TestSlowReader: who does not read costs the server no memory, however much is said, and
// has it all when it reads again, from Redis and then as it comes. Seen to fail with a ring
// of 65536 messages (RSS).
func TestSlowReader(t *testing.T) {
	t.Parallel()
	c := start(t, so17, nil, "--rate", "1000000", "--keep", "100000")
	slow := enterBuf(t, c.ports[0], 16<<10, "slow", "$", "r")
	for range 3 {
		enterBuf(t, c.ports[0], 16<<10, "slow", "0", "r")
	}
	const talkers, messages, window = 4, 1200, 12
	pad := strings.Repeat("x", 1900)
	talk := func(who, from, to int) {
		e := enter(t, c.ports[0], fmt.Sprint("talker", who), "$", "r")
		defer e.Close()
		for i, acked := from, from; acked < to; acked++ {
			for ; i < to && i < acked+window; i++ {
				e.say(event{T: "say", Room: "r", Key: fmt.Sprint(i), Text: fmt.Sprint(who, " ", i, " ", pad)})
			}
			if a := e.hear("ack", "nak"); a.T == "nak" {
				t.Errorf("%+v", a)
				return
			}
		}
	}
	all := func(from, to int) {
		var g sync.WaitGroup
		for who := range talkers {
			g.Go(func() { talk(who, from, to) })
		}
		g.Wait()
	}
	all(0, messages/6)
	before := c.servers[0].Status("VmRSS")
	all(messages/6, messages)
	grown := c.servers[0].Status("VmRSS") - before
	t.Logf("RSS has grown by %d KiB while %d KiB were said", grown, talkers*messages*5/6*1900/1024)
	if grown > 3<<10 {
		t.Errorf("RSS has grown by %d KiB", grown)
	}
	if err := slow.NetConn().(*net.TCPConn).SetReadBuffer(4 << 20); err != nil {
		t.Fatal(err)
	}
	var next [talkers]int
	for range talkers * messages {
		var who, n int
		if e := slow.hear("msg", "gap"); e.T != "msg" {
			t.Fatalf("%+v", e)
		} else if _, err := fmt.Sscan(e.Text, &who, &n); err != nil || n != next[who] {
			t.Fatalf("message %d of %d is heard where %d is next", n, who, next[who])
		}
		next[who]++
	}
	talker := enter(t, c.ports[0], "talker", "$", "r")
	talker.say(event{T: "say", Room: "r", Key: "last", Text: "now"})
	if e := slow.hear("msg"); e.Text != "now" {
		t.Errorf("then it hears %.40s", e.Text)
	}
}
