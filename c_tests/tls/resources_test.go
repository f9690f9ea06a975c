// SPDX-License-Identifier: MIT

package tls

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// raise lets this process and its children have many descriptors.
func raise(t testing.TB) int {
	var l syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l))
	l.Cur = l.Max
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l))
	return int(min(l.Max, 1<<20))
}

// crowd makes n WebSocket connections over TLS, each with an echoed message.
func crowd(t *testing.T, p *harness.Proc, c *tls.Config, n int) []net.Conn {
	t.Helper()
	l := make([]net.Conn, n)
	var wg sync.WaitGroup
	const atOnce = 16
	for k := range atOnce {
		wg.Go(func() {
			for i := k; i < n; i += atOnce {
				raw, err := net.DialTimeout("tcp", p.Addr(), patience)
				if err != nil {
					t.Error(err)
					return
				}
				l[i] = tls.Client(raw, c)
				_ = raw.SetDeadline(time.Now().Add(3 * patience))
				if err := speak(l[i]); err != nil {
					t.Errorf("connection %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return l
}

// speak upgrades a connection and has a message echoed.
func speak(c net.Conn) error {
	if _, err := io.WriteString(c, harness.RequestText("")); err != nil {
		return err
	}
	r := &harness.Raw{Conn: c, R: bufio.NewReaderSize(c, 256), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	if err != nil {
		return err
	}
	if resp.StatusCode != 101 {
		return fmt.Errorf("answered with %s", resp.Status)
	}
	if err := r.SendMessage(harness.Binary, pattern(300)); err != nil {
		return err
	}
	_, b, err := r.ReceiveMessage()
	if err == nil && len(b) != 300 {
		err = fmt.Errorf("echoed %d bytes", len(b))
	}
	return err
}

// mostIdle is what an idle connection may take, in KiB, with OpenSSL 3.0, and with later
// ones, which have more for themselves than the former's (docs/performance.md).
const mostIdle, mostIdleLater = 18, 24.5

// TestIdleMemory: what an idle TLS connection costs, with this machine's OpenSSL and with
// Debian 13's. The reference's figure is printed beside ours.
func TestIdleMemory(t *testing.T) {
	n := 3000
	if room := raise(t) - 200; room < n {
		t.Logf("the limit of descriptors allows %d connections only", room)
		n = room
	}
	who := newParties(t)
	for _, r := range []harness.Ref{harness.Ref17, harness.Ref19} {
		most := float64(mostIdle)
		if r.OpenSSL(t) > 301 {
			most = mostIdleLater
		}
		exe := harness.CC{Name: "tls-" + r.Version}.Program(t, slices.Concat(harness.House, harness.Strict, sources, r.Link(t))...)
		for _, l := range []struct{ name, dir string }{{"Debian's", r.Lib(t)}, {"ours", harness.Lib(t)}} {
			t.Run(r.Soname()+" "+l.name, func(t *testing.T) {
				p := r.Start(t, nil, r.Root(t), l.dir, exe, append(who.files(), "silent")...).Ready()
				for _, c := range crowd(t, p, who.config(nil), 50) { // what is needed once
					c.Close()
				}
				harness.Eventually(t, patience, "the first have left", func() bool { return p.FDs() < 30 })
				before := p.Status("VmRSS")
				all := crowd(t, p, who.config(nil), n)
				each := float64(p.Status("VmRSS")-before) / float64(n)
				t.Logf("OpenSSL %d: %.1f KiB for each of %d idle connections", r.OpenSSL(t), each, n)
				if l.name == "ours" && each > most {
					t.Errorf("an idle connection takes %.1f KiB of %.1f", each, most)
				}
				for _, c := range all {
					c.Close()
				}
				harness.Eventually(t, 2*patience, "all have left", func() bool { return p.FDs() < 30 })
				if l.name == "ours" {
					harness.Eventually(t, 60*time.Second, "the memory is given back", func() bool { return p.Status("VmRSS") <= before*3/2 })
				}
				t.Logf("%d kB before, %d behind them", before, p.Status("VmRSS"))
				p.Stop()
			})
		}
	}
}

// TestAtOnce: 500 handshakes that all begin before the first goes on, and are
// continued in an order of their own.
func TestAtOnce(t *testing.T) {
	raise(t)
	const n = 500
	who := newParties(t)
	p := server(t, nil, append(who.files(), "silent")...)
	idle := p.FDs()
	p.Signal(syscall.SIGSTOP) // the first flights gather
	conns := make([]net.Conn, n)
	for i := range conns {
		c, err := net.DialTimeout("tcp", p.Addr(), patience)
		must(t, err)
		_ = c.SetDeadline(time.Now().Add(3 * patience))
		conns[i] = c
	}
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() {
			defer c.Close()
			s := tls.Client(c, who.config(func(c *tls.Config) {
				if i%2 == 0 {
					c.MaxVersion = tls.VersionTLS12
				}
			}))
			if err := s.Handshake(); err != nil {
				t.Errorf("connection %d: %v", i, err)
				return
			}
			if a := get(s, "/"); !strings.HasPrefix(a, "200") {
				t.Errorf("connection %d: %s", i, a)
			}
			s.Close()
		})
	}
	time.Sleep(50 * time.Millisecond)
	p.Signal(syscall.SIGCONT)
	wg.Wait()
	harness.Eventually(t, patience, "all have left", func() bool { return p.FDs() <= idle })
	p.Stop()
}

// TestRounds: a thousand connections of each kind leave no descriptor and no
// memory behind.
func TestRounds(t *testing.T) {
	const rounds, batches, growth = 1000, 6, 400
	who := newParties(t)
	handshake := func(raw net.Conn, edit func(*tls.Config)) (*tls.Conn, error) {
		c := tls.Client(raw, who.config(edit))
		return c, c.Handshake()
	}
	for name, once := range map[string]func(raw net.Conn) error{
		"served": func(raw net.Conn) error {
			c, err := handshake(raw, nil)
			if err == nil && !strings.HasPrefix(get(c, "/"), "200") {
				err = fmt.Errorf("not served")
			}
			c.Close()
			return err
		},
		"reset": func(raw net.Conn) error {
			_, err := handshake(raw, tls12)
			_ = raw.(*net.TCPConn).SetLinger(0)
			return err
		},
		"no hello": func(raw net.Conn) error {
			_, err := io.WriteString(raw, "\x16\x03\x01\x00\x05hello there")
			_, _ = io.Copy(io.Discard, raw)
			return err
		},
		"given up": func(raw net.Conn) error {
			c := &recorder{Conn: raw}
			_, _ = handshake(c, nil)
			_, err := raw.Write(c.Bytes())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := server(t, nil, append(who.files(), "silent", "log=1")...)
			batch := func() {
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() {
						for range rounds / 4 {
							raw, err := net.DialTimeout("tcp", p.Addr(), patience)
							if err == nil {
								_ = raw.SetDeadline(time.Now().Add(patience))
								err = once(raw)
								raw.Close()
							}
							if err != nil {
								t.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				harness.Eventually(t, patience, "all have left", func() bool { return p.FDs() < 40 })
			}
			batch()
			fds := p.FDs()
			seen := []int{p.Status("VmRSS")}
			for range batches { // until one leaves the memory as it was
				if t.Failed() {
					return
				}
				batch()
				seen = append(seen, p.Status("VmRSS"))
				if n := len(seen); seen[n-1] <= seen[n-2]+growth {
					break
				}
			}
			if n := len(seen); seen[n-1] > seen[n-2]+growth {
				t.Errorf("the resident memory grows with each %d rounds: %v kB", rounds, seen)
			}
			harness.Eventually(t, patience, "descriptors are closed", func() bool { return p.FDs() <= fds })
			p.Stop()
		})
	}
}

// TestClientRounds: the program's client some thousand times, with good and
// refused certificates.
func TestClientRounds(t *testing.T) {
	who := newParties(t)
	for name, id := range map[string]*identity{"served": who.srv, "refused": issue(t, "localhost", who.rogue, nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := stage(t, &tls.Config{Certificates: []tls.Certificate{id.TLS}}, answers(okThree, goodbye))
			p := harness.Start(t, program(t), "client", "http", "silent", "log=1", "ca="+who.ca.CertFile, "rounds=16000", fmt.Sprintf("port=%d", portOf(l)))
			p.WaitLine("^ROUNDS 1000$", 3*patience)
			fds, rss := p.FDs(), p.Status("VmRSS")
			steady := false // one batch that leaves the memory as it was; the collector's first run comes late
			for n := 2000; n < 16000 && !steady; n += 1000 {
				p.WaitLine(fmt.Sprintf("^ROUNDS %d$", n), 3*patience)
				was := rss
				rss = p.Status("VmRSS")
				steady = rss <= was+600
			}
			if n := p.FDs(); n > fds+10 { // some may be on their way out
				t.Errorf("%d descriptors, %d before", n, fds)
			}
			if !steady {
				t.Errorf("the resident memory grows with each 1000 rounds to %d KiB", rss)
			}
			p.Stop()
		})
	}
}

// TestBrokenFiles: a file that is missing or broken is named, with OpenSSL's
// reason, no vhost comes of it, and nothing leaks: the program is built with
// the address sanitizer.
func TestBrokenFiles(t *testing.T) {
	who := newParties(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, []byte(text), 0o600))
		return p
	}
	half, err := os.ReadFile(who.srv.CertFile)
	must(t, err)
	missing := filepath.Join(dir, "missing.pem")
	garbage := write("garbage.pem", "this is no certificate")
	cut := write("cut.pem", string(half[:len(half)/2]))
	empty := write("empty.pem", "")
	crypt := encrypted(t, who.ca, "s3cret")
	exe := harness.Build(t, "./prog/tls.c", "./prog/args.c", "./prog/info.c", "./prog/inspect.c", "-lssl", "-lcrypto", "-fsanitize=address")
	for name, s := range map[string]struct {
		args []string
		want []string
	}{
		"certificate missing": {[]string{"cert=" + missing, "key=" + who.srv.KeyFile}, []string{missing, "No such file"}},
		"certificate garbage": {[]string{"cert=" + garbage, "key=" + who.srv.KeyFile}, []string{garbage, "no start line"}},
		"certificate cut":     {[]string{"cert=" + cut, "key=" + who.srv.KeyFile}, []string{cut, "bad end line"}},
		"certificate empty":   {[]string{"cert=" + empty, "key=" + who.srv.KeyFile}, []string{empty, "no start line"}},
		"certificate no file": {[]string{"cert=" + dir, "key=" + who.srv.KeyFile}, []string{dir, "no start line"}},
		"key missing":         {[]string{"cert=" + who.srv.CertFile, "key=" + missing}, []string{missing, "No such file"}},
		"key garbage":         {[]string{"cert=" + who.srv.CertFile, "key=" + garbage}, []string{garbage, "unsupported"}},
		"key of another":      {[]string{"cert=" + who.srv.CertFile, "key=" + who.other.KeyFile}, []string{who.other.KeyFile, "key values mismatch"}},
		"key of another kind": {[]string{"cert=" + who.srv.CertFile, "key=" + crypt.KeyFile, "pass=s3cret"}, []string{crypt.KeyFile, "no certificate assigned"}},
		"key, wrong password": {[]string{"cert=" + crypt.CertFile, "key=" + crypt.KeyFile, "pass=other"}, []string{crypt.KeyFile, "bad decrypt"}},
		"memory garbage":      {[]string{"mem", "cert=" + garbage, "key=" + who.srv.KeyFile}, []string{"certificate", "asn1"}},
		"memory empty":        {[]string{"mem", "cert=" + empty, "key=" + empty}, []string{"certificate"}},
		"client certificate":  {[]string{"client", "cert=" + missing, "key=" + missing}, []string{missing, "No such file"}},
		"client key":          {[]string{"client", "cert=" + who.client.CertFile, "key=" + garbage}, []string{garbage}},
		"client CA in memory": {[]string{"client", "camem=" + garbage}, []string{"certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := harness.StartEnv(t, []string{"ASAN_OPTIONS=detect_leaks=1"}, exe, append(s.args, "log=3")...)
			if err := p.Wait(patience); err != nil {
				t.Errorf("%v\n%s", err, p.Log())
			}
			if strings.Contains(p.Log(), "AddressSanitizer") || strings.Contains(p.Log(), "LeakSanitizer") {
				t.Error(p.Log())
			}
			if l := strings.Join(p.All(), "\n"); !strings.Contains(l, "NO VHOST") {
				t.Errorf("there is a vhost:\n%s", l)
			}
			for _, w := range s.want {
				if !strings.Contains(p.Log(), w) {
					t.Errorf("the log does not say %q:\n%s", w, p.Log())
				}
			}
		})
	}
}
