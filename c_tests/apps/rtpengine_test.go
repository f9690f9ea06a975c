// SPDX-License-Identifier: MIT

package apps

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// rtpengine: its worker threads answer what the service thread has received.
// Without --foreground it forks between making the context and servicing it.
func TestRtpengine(t *testing.T) {
	for _, mode := range []string{"foreground", "forking"} {
		t.Run(mode, func(t *testing.T) {
			each(t, func(t *testing.T, l library) { rtpengine(t, l, mode == "forking") })
		})
	}
}

func rtpengine(t *testing.T, l library, forking bool) {
	port, dir := harness.FreePort(t), t.TempDir()
	cert, key := certificate(t)
	pidfile := filepath.Join(dir, "pid")
	args := []string{"--config-file=none", "--table=-1", "--interface=127.0.0.1", fmt.Sprintf("--listen-ng=127.0.0.1:%d", harness.FreePort(t)),
		fmt.Sprintf("--listen-http=127.0.0.1:%d", port), fmt.Sprintf("--listen-https=127.0.0.1:%d", port+1), "--https-cert=" + cert, "--https-key=" + key,
		"--port-min=40000", "--port-max=40100", "--num-threads=2", "--http-threads=2", "--log-stderr", "--log-level=5", "--pidfile=" + pidfile}
	if !forking {
		args = append(args, "--foreground")
	}
	s := server{l.startProgram(t, nil, "usr/bin/rtpengine", args...), port}
	pid := s.Pid()
	if forking {
		eventually(t, 15*time.Second, "the pid file", func() bool {
			b, _ := os.ReadFile(pidfile)
			pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
			return pid > 1
		})
		if pid == s.Pid() {
			t.Fatal("it has not forked")
		}
		killLater(t, pid)
	}
	s.Listening(port, port+1)
	checkLoaded(t, l, pid)

	plain := func() net.Conn {
		c, err := net.DialTimeout("tcp", s.addr(), 15*time.Second)
		if err != nil {
			t.Fatalf("%v\n%s", err, tail(s.Proc))
		}
		return c
	}
	secure := func() net.Conn {
		c, err := tls.Dial("tcp", server{nil, port + 1}.addr(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatalf("%v\n%s", err, tail(s.Proc))
		}
		return c
	}
	for name, dial := range map[string]func() net.Conn{"plain": plain, "TLS": secure} {
		if a := converse(t, dial(), get("/ping", "Connection: close")); !strings.HasPrefix(a.text, "HTTP/1.1 200") || !strings.HasSuffix(a.text, "pong\n") {
			t.Errorf("%s: ping is answered with %s", name, a.shown())
		}
		if a := converse(t, dial(), get("/metrics", "Connection: close")); !strings.Contains(a.text, "rtpengine_uptime_seconds") {
			t.Errorf("%s: metrics: %s", name, a.shown())
		}
		talkInParallel(t, 4, func(t testing.TB, i int) {
			echo := wsOn(t, dial(), "/", "echo.rtpengine.com")
			ng := wsOn(t, dial(), "/", "ng.rtpengine.com")
			cli := wsOn(t, dial(), "/", "cli.rtpengine.com")
			for n := range 20 {
				want := fmt.Sprintf("client %d, message %d", i, n)
				send(t, echo, want)
				if m := message(t, echo); m != want {
					t.Errorf("%s: %q came back as %q", name, want, m)
				}
				send(t, ng, fmt.Sprintf("cookie%d d7:command4:pinge", n))
				if m := message(t, ng); m != fmt.Sprintf("cookie%d d6:result4:ponge", n) {
					t.Errorf("%s: ng: %q", name, m)
				}
			}
			send(t, cli, "list numsessions")
			if m := message(t, cli); !strings.Contains(m, "Current sessions own: 0") {
				t.Errorf("%s: cli: %q", name, m)
			}
			if err := echo.CloseCleanly(); err != nil {
				t.Errorf("%s: closing: %v", name, err)
			}
		})
	}
	if !forking {
		interrupt(t, s.Proc)
		return
	}
	terminate(t, pid)
	gone(t, pid)
}
