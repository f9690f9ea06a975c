// SPDX-License-Identifier: MIT

package faults

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// A batch of sessions: with our servers, and of our clients with servers here.
const (
	visits     = 400
	calls      = 100
	mostBatch  = 5
	atOnce     = 6
	sessionKey = 1 // seeds the mutations
	// slack is what a batch may add, in bytes: tables grow. One leak a session is more.
	slack = 1024
)

// callees are what clients of each kind meet.
var callees = map[string]script{
	"http":    lines("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "hello", "world"),
	"post":    lines("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n"),
	"ws":      append(lines("101"), wsFrames(false)...),
	"raw":     lines("some", "bytes"),
	"h2":      h2Answers(),
	"https":   lines("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 x\r\nContent-Length: 2\r\n\r\n", "no"),
	"wss":     append(lines("101"), wsFrames(false)...),
	"h2s":     h2Answers(),
	"proxied": append(lines("HTTP/1.1 200 OK\r\n\r\n", "101"), wsFrames(false)...),
	"socks":   append(lines("\x05\x00", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", "101"), wsFrames(false)...),
}

// accepted is a server's answer to a WebSocket handshake with this key.
func accepted(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: echo\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
}

// upgradeKey reads a client's requests up to the one that upgrades.
func upgradeKey(c net.Conn) (key string) {
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	for r := bufio.NewReaderSize(c, 16); ; {
		l, err := r.ReadString('\n')
		if err != nil {
			return key
		}
		if k, v, ok := strings.Cut(l, ":"); ok && strings.EqualFold(k, "Sec-WebSocket-Key") {
			key = strings.TrimSpace(v)
		} else if l == "\r\n" && key != "" {
			return key
		}
	}
}

// meet is a server's side of a mutated session with one of our clients.
func meet(c net.Conn, kind string, cert tls.Certificate, rnd *rand.Rand) {
	under := c.(*net.TCPConn)
	if strings.HasSuffix(kind, "s") && kind != "ws" && kind != "socks" && rnd.IntN(5) > 0 { // else no TLS comes
		alpn := map[string]string{"https": "http/1.1", "wss": "http/1.1", "h2s": "h2"}[kind]
		t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{alpn}})
		_ = c.SetDeadline(wait())
		if t.Handshake() != nil {
			_ = c.Close()
			return
		}
		c = t
	}
	var upgraded script
	s := callees[kind].mutate(rnd)
	for i, p := range s {
		if string(p) == "101" {
			upgraded, s = s[i:], s[:i]
			break
		}
	}
	if upgraded != nil {
		if len(s) > 0 { // a proxy's part
			one := make([]byte, 512)
			_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			_, _ = c.Read(one)
			for _, p := range s {
				_, _ = c.Write(p)
			}
		}
		upgraded[0] = []byte(accepted(upgradeKey(c)))
		s = upgraded
	}
	s.play(c, under, rnd)
}

// roles starts prog/roles.c, built with flags, which obeys the lines of in.
func roles(t *testing.T, flags ...string) (p *h.Proc, in io.Writer, ports []string) {
	t.Helper()
	id := h.SelfSigned(t)
	cmd := exec.Command(h.Build(t, "prog/roles.c", flags...), id.CertFile, id.KeyFile)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t), "ASAN_OPTIONS=abort_on_error=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p = h.StartCmd(t, cmd)
	return p, in, p.WaitLine(`^PORTS (\d+) (\d+) (\d+) (\d+)$`, 20*time.Second)[1:]
}

// TestSessionsLeaveNothing: mutated sessions of every role, of our servers and
// our clients, plain and over TLS, leave no C memory behind. Some batch leaves
// no more of it in use than was before, and at the end LeakSanitizer, which does
// not see what Go remembers, finds that all was given back.
//
// Seen to fail: the header store of a connection that ends between "Upgrade:
// h2c" and the first SETTINGS was nobody's.
func TestSessionsLeaveNothing(t *testing.T) {
	cert := h.SelfSigned(t).TLS
	p, in, ports := roles(t, "-fsanitize=address")
	doors := map[string]string{}
	var met atomic.Uint64
	for kind := range callees {
		l := h.Each(t, func(c net.Conn) { meet(c, kind, cert, rand.New(rand.NewPCG(sessionKey, met.Add(1)))) })
		_, doors[kind], _ = net.SplitHostPort(l.Addr().String())
	}
	var seen []int
	idle := p.FDs()
	for len(seen) <= mostBatch {
		batch(t, ports, in, doors)
		settle(t, p, idle)
		fmt.Fprintln(in, "live")
		n, _ := strconv.Atoi(p.WaitLine(`^LIVE (\d+)$`, 10*time.Second)[1])
		if seen = append(seen, n); len(seen) > 1 && n <= seen[len(seen)-2]+slack {
			break
		}
	}
	t.Logf("C memory in use behind each batch: %v", seen)
	if len(seen) > mostBatch {
		t.Errorf("the C memory in use grows with each batch of sessions: %v", seen)
	}
	fmt.Fprintln(in, "quit")
	if n := p.WaitLine(`^LEAKS (\d+)$`, 30*time.Second)[1]; n != "0" {
		t.Errorf("C memory is lost:\n%.4000s", p.Log())
	}
	if err := p.Wait(20 * time.Second); err != nil {
		t.Errorf("%v\n%.4000s", err, p.Log())
	}
}

// batch plays the same sessions each time.
func batch(t *testing.T, ports []string, in io.Writer, doors map[string]string) {
	t.Helper()
	for range calls / len(doors) {
		for kind, port := range doors {
			fmt.Fprintf(in, "client %s %s\n", kind, port)
		}
	}
	var wg sync.WaitGroup
	for w := range atOnce {
		wg.Go(func() {
			for i := w; i < visits; i += atOnce {
				if err := visit(ports, rand.New(rand.NewPCG(sessionKey, uint64(i)))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
