// SPDX-License-Identifier: MIT

package tls

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// tool runs openssl with what is to be typed in, at most as long as patience.
// typing goes on while the tool runs.
func tool(t testing.TB, typing func(in io.Writer, out *output), args ...string) string {
	t.Helper()
	exe, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here")
	}
	cmd := exec.Command(exe, args...)
	cmd.WaitDelay = time.Second
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	in, err := cmd.StdinPipe()
	must(t, err)
	must(t, cmd.Start())
	stop := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		out.end()
		close(ended)
	}()
	if typing != nil {
		typing(in, out)
	}
	in.Close()
	<-ended
	return out.String()
}

// output is what a program has printed so far.
type output struct {
	mu    sync.Mutex
	b     bytes.Buffer
	ended bool
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
}

func (o *output) over() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// await waits until n times text was printed, or the program has ended.
func (o *output) await(text string, n int) {
	for end := time.Now().Add(patience); time.Now().Before(end) && strings.Count(o.String(), text) < n && !o.over(); {
		time.Sleep(2 * time.Millisecond)
	}
}

// telling are the lines of s_client that a program's library can change.
var telling = regexp.MustCompile(`(?m)^(Verify return code: \d+|Verification.*|New, .*|Reused, .*|Server Temp Key: .*|Peer signing digest: .*|ALPN protocol: .*|No ALPN negotiated|Secure Renegotiation.*|HTTP/1\.1 .*|ssl=\d is_ssl.*|Acceptable client certificate CA names|No client certificate CA names sent|Requested Signature Algorithms|KEYUPDATE|RENEGOTIATING|.*:error:.*)`)

var addresses = regexp.MustCompile(`(?m)^[0-9A-F]{10,16}:`)

// told are the telling lines of an output.
func told(out string) []string {
	var l []string
	for _, s := range telling.FindAllString(out, -1) {
		l = append(l, strings.TrimRight(addresses.ReplaceAllString(s, ""), "\r"))
	}
	return l
}

// TestSClient: OpenSSL's own client against the program as a server.
func TestSClient(t *testing.T) {
	who := newParties(t)
	ask := func(times int) func(io.Writer, *output) {
		return func(in io.Writer, out *output) {
			for n := 1; n <= times; n++ {
				_, _ = io.WriteString(in, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
				out.await("ssl=1 is_ssl", n)
			}
		}
	}
	press := func(keys ...string) func(io.Writer, *output) {
		return func(in io.Writer, out *output) {
			ask(1)(in, out)
			for _, k := range keys {
				_, _ = io.WriteString(in, k+"\n") // alone: else it is text
				out.await(map[string]string{"R": "RENEGOTIATING", "k": "KEYUPDATE", "K": "KEYUPDATE"}[k], 1)
			}
			_, _ = io.WriteString(in, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
			out.await("ssl=1 is_ssl", 2)
		}
	}
	client := []string{"-cert", who.client.CertFile, "-key", who.client.KeyFile}
	rogue := []string{"-cert", who.stranger.CertFile, "-key", who.stranger.KeyFile}
	need := []string{opts(optRequireClient), "ca=" + who.ca.CertFile}
	strict := append(slices.Clone(need), "strict")
	for name, s := range map[string]struct {
		server []string
		client []string
		typing func(io.Writer, *output)
	}{
		"TLS 1.3":                  {nil, []string{"-tls1_3"}, ask(1)},
		"TLS 1.2":                  {nil, []string{"-tls1_2"}, ask(1)},
		"TLS 1.1 is refused":       {nil, []string{"-tls1_1"}, nil},
		"TLS 1.0 with its level":   {[]string{"ciphers=DEFAULT@SECLEVEL=0"}, []string{"-tls1", "-cipher", "DEFAULT@SECLEVEL=0"}, nil},
		"three requests":           {nil, nil, ask(3)},
		"ALPN":                     {nil, []string{"-alpn", "http/1.1,foo"}, ask(1)},
		"cipher":                   {[]string{"ciphers=ECDHE-ECDSA-CHACHA20-POLY1305"}, []string{"-tls1_2"}, ask(1)},
		"server's preference":      {[]string{"ciphers=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"}, []string{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"}, ask(1)},
		"suite":                    {[]string{"suites=TLS_AES_128_CCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"}, []string{"-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256"}, ask(1)},
		"curve":                    {nil, []string{"-curves", "P-384:P-256"}, ask(1)},
		"client certificate":       {strict, client, ask(1)},
		"client certificate 1.2":   {strict, append([]string{"-tls1_2"}, client...), ask(1)},
		"client certificate rogue": {strict, rogue, ask(1)},
		"client without, 1.2":      {strict, []string{"-tls1_2"}, nil},
		"client without":           {strict, nil, ask(1)},
		"key update":               {nil, []string{"-tls1_3"}, press("k")},
		"key update asked back":    {nil, []string{"-tls1_3"}, press("K")},
		"renegotiation":            {[]string{"set=0x100"}, []string{"-tls1_2"}, press("R")},
		"renegotiation refused":    {nil, []string{"-tls1_2"}, press("R")},
		"small records":            {nil, []string{"-max_send_frag", "512", "-split_send_frag", "512"}, ask(2)},
		"small answers":            {nil, []string{"-maxfraglen", "512"}, ask(2)},
		"SNI":                      {[]string{"name2=other.test", "cert2=" + who.other.CertFile, "key2=" + who.other.KeyFile}, []string{"-servername", "other.test"}, ask(1)},
		"no SNI":                   {nil, []string{"-noservername"}, ask(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string {
				p := &guest{Proc: server(t, env, append(who.files(), s.server...)...), made: 1}
				args := []string{"s_client", "-connect", p.Addr(), "-CAfile", who.ca.CertFile}
				if !strings.Contains(name, "SNI") {
					args = append(args, "-servername", "localhost")
				}
				out := tool(t, s.typing, append(args, s.client...)...)
				p.settle(t)
				p.Stop()
				lines := told(out)
				if len(lines) == 0 {
					t.Errorf("s_client says nothing that is understood:\n%s", out)
				}
				// Whether the hello comes before the program is told of the connection
				// or after it, is up to the machine.
				return append(lines, slices.DeleteFunc(trace(p.Proc), func(l string) bool {
					return strings.HasPrefix(l, "NEW_CLIENT") || l == "CLOSED_HTTP"
				})...)
			})
		})
	}
}

// TestResume: sessions that s_client keeps in a file are taken up again.
func TestResume(t *testing.T) {
	who := newParties(t)
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		t.Run(version, func(t *testing.T) {
			got := twice(t, func(t *testing.T, env []string) []string {
				p := &guest{Proc: server(t, env, who.files()...)}
				session := filepath.Join(t.TempDir(), "session")
				var out []string
				for i, how := range []string{"-sess_out", "-sess_in"} {
					text := tool(t, func(in io.Writer, out *output) {
						_, _ = io.WriteString(in, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
						out.await("ssl=1 is_ssl", 1)
					}, "s_client", "-connect", p.Addr(), "-CAfile", who.ca.CertFile, version, how, session)
					out = append(out, fmt.Sprint(i, strings.Contains(text, "Reused, TLS")))
				}
				p.Stop()
				return out
			})
			if !slices.Equal(got, []string{"0 false", "1 true"}) {
				t.Error(got)
			}
		})
	}
}

var accepting = regexp.MustCompile(`ACCEPT 127\.0\.0\.1:(\d+)\n`)

// sserver starts OpenSSL's own server, which answers like a small web server.
func sserver(t testing.TB, in io.Reader, args ...string) (port int, out *output) {
	t.Helper()
	exe, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here")
	}
	cmd := exec.Command(exe, append([]string{"s_server", "-accept", "127.0.0.1:0", "-naccept", "1"}, args...)...)
	cmd.WaitDelay = time.Second
	out = &output{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	harness.Eventually(t, patience, "s_server to listen", func() bool {
		m := accepting.FindStringSubmatch(out.String())
		if m != nil {
			port, _ = strconv.Atoi(m[1])
		}
		return m != nil
	})
	return port, out
}

// TestSServer: the program's client against OpenSSL's own server, with every
// kind of certificate that is to be refused and the flags that let it pass.
func TestSServer(t *testing.T) {
	who := newParties(t)
	deep := chained(t, "localhost", who.ca, nil)
	middle := filepath.Join(t.TempDir(), "middle.pem")
	must(t, os.WriteFile(middle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: deep.TLS.Certificate[1]}), 0o600))
	future := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
	}
	use := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	self := issue(t, "localhost", nil, nil)
	selfLate := issue(t, "localhost", nil, expired)
	key := func(id *identity, more ...string) []string {
		return append([]string{"-cert", id.CertFile, "-key", id.KeyFile}, more...)
	}
	ca := "ca=" + who.ca.CertFile
	flags := func(f int) string { return fmt.Sprintf("flags=%d", f) }
	for name, s := range map[string]struct {
		server []string
		client []string
		want   string
	}{
		"TLS 1.3":                      {key(who.srv, "-tls1_3"), []string{ca}, ""},
		"TLS 1.2":                      {key(who.srv, "-tls1_2"), []string{ca}, ""},
		"expired":                      {key(issue(t, "localhost", who.ca, expired)), []string{ca}, "X509_V_ERR = 10: certificate has expired"},
		"expired, allowed":             {key(issue(t, "localhost", who.ca, expired)), []string{ca, flags(allowExpired)}, ""},
		"not yet valid":                {key(issue(t, "localhost", who.ca, future)), []string{ca}, "X509_V_ERR = 9: certificate is not yet valid"},
		"wrong host":                   {key(who.other), []string{ca}, "X509_V_ERR = 62: hostname mismatch"},
		"wrong host, allowed":          {key(who.other), []string{ca, flags(skipHostname)}, ""},
		"unknown CA":                   {key(issue(t, "localhost", who.rogue, nil)), []string{ca}, "X509_V_ERR = 20: unable to get local issuer certificate"},
		"unknown CA, allowed":          {key(issue(t, "localhost", who.rogue, nil)), []string{ca, flags(allowUntrusted)}, ""},
		"self-signed":                  {key(self), []string{ca}, "X509_V_ERR = 18: self-signed certificate"},
		"self-signed, allowed":         {key(self), []string{ca, flags(allowSelfSigned)}, ""},
		"self-signed and expired":      {key(selfLate), []string{ca, flags(allowSelfSigned)}, "X509_V_ERR = 10"},
		"both allowed":                 {key(selfLate), []string{ca, flags(allowSelfSigned | allowExpired)}, ""},
		"wrong purpose":                {key(issue(t, "localhost", who.ca, use)), []string{ca}, "X509_V_ERR = 26: unsuitable certificate purpose"},
		"chain":                        {key(deep, "-cert_chain", middle), []string{ca}, ""},
		"client certificate":           {key(who.srv, "-Verify", "2", "-CAfile", who.ca.CertFile, "-verify_return_error"), []string{ca, "cert=" + who.client.CertFile, "key=" + who.client.KeyFile}, ""},
		"client certificate, bad":      {key(who.srv, "-Verify", "2", "-CAfile", who.ca.CertFile, "-verify_return_error"), []string{ca, "cert=" + who.stranger.CertFile, "key=" + who.stranger.KeyFile}, "alert"},
		"client certificate, bad, 1.2": {key(who.srv, "-tls1_2", "-Verify", "2", "-CAfile", who.ca.CertFile, "-verify_return_error"), []string{ca, "cert=" + who.stranger.CertFile, "key=" + who.stranger.KeyFile}, "alert"},
		"client certificate, none":     {key(who.srv, "-tls1_2", "-Verify", "2", "-CAfile", who.ca.CertFile, "-verify_return_error"), []string{ca}, "handshake failure"},
		"small records":                {key(who.srv, "-max_send_frag", "512"), []string{ca}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string {
				port, out := sserver(t, nil, append([]string{"-www"}, s.server...)...)
				p := harness.StartEnv(t, env, program(t), append([]string{"client", "errors", "http", "nosum", fmt.Sprintf("port=%d", port)}, s.client...)...)
				must(t, p.Wait(patience))
				if len(env) == 0 && t.Failed() {
					t.Log(out)
				}
				return texts(t, trace(p), env, s.want)
			})
		})
	}
}

// TestServerRenegotiates: a server that wants a new handshake in the middle of
// the program's connection.
func TestServerRenegotiates(t *testing.T) {
	who := newParties(t)
	for name, key := range map[string]string{"renegotiation": "r", "key update": "K"} {
		t.Run(name, func(t *testing.T) {
			twice(t, func(t *testing.T, env []string) []string {
				in, typed := io.Pipe()
				version := map[string]string{"r": "-tls1_2", "K": "-tls1_3"}[key]
				sign := map[string]string{"r": "SSL_do_handshake -> 1", "K": "KeyUpdate"}[key]
				port, out := sserver(t, in, version, "-msg", "-cert", who.srv.CertFile, "-key", who.srv.KeyFile)
				p := harness.StartEnv(t, env, program(t), "client", "errors", "http", "once", "ca="+who.ca.CertFile, fmt.Sprintf("port=%d", port))
				out.await("GET / HTTP/1.1", 1)
				_, _ = io.WriteString(typed, key+"\n") // alone: else it is text
				out.await(sign, 1)
				_, _ = io.WriteString(typed, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
				must(t, p.Wait(patience))
				typed.Close()
				if !strings.Contains(out.String(), sign) {
					t.Errorf("s_server did not do it:\n%s", out)
				}
				return texts(t, trace(p), env, "")
			})
		})
	}
}
