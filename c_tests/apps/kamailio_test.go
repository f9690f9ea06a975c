// SPDX-License-Identifier: MIT

package apps

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// kamailio's lwsc module: a WebSocket client in each of the forked workers,
// which hands requests over from the worker's thread to the service thread.
func TestKamailio(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		var conns atomic.Int32
		var notified atomic.Bool
		answer := func(c *websocket.Conn) {
			conns.Add(1)
			for {
				_, m, err := c.ReadMessage()
				if err != nil {
					return
				}
				if strings.HasPrefix(string(m), "notify") {
					if string(m) == "notify call-200" {
						notified.Store(true)
					}
					continue
				}
				if c.WriteMessage(websocket.TextMessage, []byte("answer to "+string(m)+" in '"+c.Subprotocol()+"'")) != nil {
					return
				}
			}
		}
		plain, secure := wsPeer(t, answer, "other"), wsPeer(t, answer, "other")
		plain.Start()
		secure.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		secure.StartTLS()
		dir, port := t.TempDir(), harness.FreePort(t)
		host := func(url string) string { _, h, _ := strings.Cut(url, "://"); return h }
		config := write(t, dir, "kamailio.cfg", fmt.Sprintf(`#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=2
disable_tcp=yes
listen=udp:127.0.0.1:%d
mpath="%s/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
loadmodule "lwsc.so"
request_route {
	if ($rU == "plain") {
		lwsc_request("ws://%[3]s/a", "$ci");
	} else if ($rU == "other") {
		lwsc_request_proto("ws://%[3]s/b", "other", "$ci");
	} else if ($rU == "secure") {
		lwsc_request("wss://%[4]s/a", "$ci");
	} else {
		lwsc_notify("ws://%[3]s/a", "notify $ci");
		sl_send_reply("202", "Noted");
		exit;
	}
	sl_send_reply("200", "$lwsc(rdata)");
}
`, port, l.debianFile(t, multiarch, "kamailio/modules"), host(plain.URL), host(secure.URL)))
		p := l.startProgram(t, nil, "usr/sbin/kamailio", "-DD", "-E", "-f", config, "-Y", dir, "-m", "16", "-M", "8", "-P", dir+"/pid",
			"-L", l.debianFile(t, multiarch, "kamailio/modules"))
		c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sip := func(user string, id int, wait time.Duration) string {
			fmt.Fprintf(c, "OPTIONS sip:%s@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d;rport\r\nFrom: <sip:a@b>;tag=1\r\n"+
				"To: <sip:%[1]s@b>\r\nCall-ID: call-%[3]d\r\nCSeq: %[3]d OPTIONS\r\nMax-Forwards: 7\r\nContent-Length: 0\r\n\r\n", user, c.LocalAddr(), id)
			_ = c.SetReadDeadline(time.Now().Add(wait))
			for b := make([]byte, 4096); ; {
				n, err := c.Read(b)
				if err != nil {
					return ""
				}
				if answer := string(b[:n]); strings.Contains(answer, fmt.Sprintf("\r\nCall-ID: call-%d\r\n", id)) {
					line, _, _ := strings.Cut(answer, "\r\n")
					return line
				}
			}
		}
		eventually(t, 15*time.Second, "kamailio answers", func() bool {
			if !p.Running() {
				t.Fatalf("kamailio ended:\n%s", tail(p))
			}
			return sip("notify", 1, 200*time.Millisecond) != ""
		})
		for i := range 30 {
			user, proto := []string{"plain", "secure", "other"}[i%3], []string{"", "", "other"}[i%3]
			want := fmt.Sprintf("SIP/2.0 200 answer to call-%d in '%s'", 100+i, proto)
			if got := sip(user, 100+i, 10*time.Second); got != want {
				t.Fatalf("%s: %q, not %q\n%s", user, got, want, tail(p))
			}
		}
		workers := children(t, p.Pid())
		if len(workers) < 2 {
			t.Errorf("workers: %v", workers)
		}
		for _, pid := range workers {
			checkLoaded(t, l, pid)
		}
		if got := sip("notify", 200, 10*time.Second); got != "SIP/2.0 202 Noted" {
			t.Errorf("notify: %q", got)
		}
		eventually(t, 10*time.Second, "the notification", notified.Load)
		if n := conns.Load(); n < 3 || n > 12 {
			t.Errorf("%d connections", n)
		}
		p.Stop()
	})
}
