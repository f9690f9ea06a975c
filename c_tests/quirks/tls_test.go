// SPDX-License-Identifier: MIT

package quirks

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// shake does a handshake with the server.
func shake(t *testing.T, p *harness.Proc, own ...tls.Certificate) (*tls.Conn, error) {
	t.Helper()
	c := tls.Client(dial(t, p), &tls.Config{InsecureSkipVerify: true, Certificates: own})
	return c, c.Handshake()
}

// secure is a server for TLS that answers clients with what it reads of them.
func secure(t *testing.T, id *harness.Identity) string {
	t.Helper()
	l := harness.Each(t, func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{id.TLS}})
		_ = s.SetDeadline(time.Now().Add(patience))
		b := make([]byte, 1000)
		n, err := s.Read(b)
		if err != nil {
			return
		}
		if strings.HasPrefix(string(b[:n]), "GET") {
			_, _ = io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		} else {
			_, _ = s.Write(b[:n])
		}
		_ = s.Close()
	})
	return fmt.Sprint("port=", l.Addr().(*net.TCPAddr).Port)
}

func files(id *harness.Identity) []string {
	return []string{"cert=" + id.CertFile, "key=" + id.KeyFile}
}

// rawOverTLS is a raw client over TLS (41).
func rawOverTLS(t *testing.T, s side) string {
	p := s.start(t, "connect", "method=RAW", "tls=1", "trust=1", "send=question", secure(t, harness.SelfSigned(t)))
	if !prints(p, "RAW question") {
		return strings.Join(p.All(), ", ")
	}
	return ""
}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		32: func(t *testing.T, s side) string {
			p := s.start(t, "serve", "cert="+harness.SelfSigned(t).CertFile)
			if !prints(p, "KEY") {
				return strings.Join(p.All(), ", ")
			}
			return ""
		},
		34: func(t *testing.T, s side) string {
			id, other := harness.SelfSigned(t), harness.SelfSigned(t)
			p := s.serve(t, files(id)...)
			pem, _ := os.ReadFile(other.CertFile)
			write(t, id.CertFile, string(pem))
			c, err := shake(t, p)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(c, "GET /update HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			_, _ = io.ReadAll(c)
			if _, err := shake(t, p); err != nil {
				return err.Error()
			}
			return ""
		},
		41: rawOverTLS,
		42: func(t *testing.T, s side) string {
			p := s.serve(t, append(files(harness.SelfSigned(t)), "raw=1")...)
			c, err := shake(t, p)
			if err != nil {
				return err.Error()
			}
			_, err = io.ReadFull(c, make([]byte, len("greeting")))
			if err != nil {
				return ending(err)
			}
			return ""
		},
		55: func(t *testing.T, s side) string {
			ca := authority(t)
			p := s.serve(t, append(files(harness.SelfSigned(t)), "camem="+ca.CertFile, "options=0x1002")...)
			c, err := shake(t, p, harness.Issue(t, "client", ca, nil).TLS)
			if err == nil {
				_, _ = io.WriteString(c, plain+"Connection: close\r\n\r\n")
				_, err = io.ReadFull(c, make([]byte, 8))
			}
			if err != nil {
				return err.Error()
			}
			return ""
		},
		57: func(t *testing.T, s side) string {
			// ../share of the working directory is a folder of CAs as c_rehash makes them.
			ca := authority(t)
			dir := t.TempDir()
			share, work := filepath.Join(dir, "share"), filepath.Join(dir, "work")
			for _, d := range []string{share, work} {
				if err := os.Mkdir(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			pem, _ := os.ReadFile(ca.CertFile)
			write(t, filepath.Join(share, hashed(t, ca.CertFile)+".0"), string(pem))
			exe := s.Program(t, "prog/connect.c")
			cmd := s.command(t, exe, "tls=1", secure(t, harness.Issue(t, "localhost", ca, nil)))
			cmd.Dir = work
			p := harness.StartCmd(t, cmd)
			if !s.Ours {
				t.Cleanup(p.Kill)
			}
			ends(p)
			if count(p, "ANSWER") > 0 {
				return "trusted"
			}
			return ""
		},
		58: func(t *testing.T, s side) string {
			id := harness.SelfSigned(t)
			l := harness.Each(t, func(c net.Conn) {
				s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{id.TLS}})
				_, _ = s.Read(make([]byte, 1000))
				_, _ = io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
				_, _ = s.Read(make([]byte, 1))
			})
			p := s.start(t, "connect", "tls=1", "trust=1", "restriction=1", "again=3", fmt.Sprint("port=", l.Addr().(*net.TCPAddr).Port))
			for end := time.Now().Add(patience); count(p, "ANSWER")+count(p, "ERROR")+count(p, "NULL") < 4; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal(p.All())
				}
			}
			if n := count(p, "ANSWER"); n != 1 {
				return fmt.Sprint(n, " connections: ", p.All())
			}
			return ""
		},
		59: func(t *testing.T, s side) string {
			ec := harness.SelfSigned(t)
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			if _, is := ec.Key.(*ecdsa.PrivateKey); !is {
				t.Fatal("another kind of key")
			}
			other := harness.IssueTo(t, key, "localhost", nil, nil)
			p := s.start(t, "serve", "cert="+ec.CertFile, "key="+other.KeyFile)
			if prints(p, "PORT") {
				return "the vhost is made"
			}
			return ""
		},
		165: func(t *testing.T, s side) string {
			p := s.serve(t, files(harness.SelfSigned(t))...)
			c := dial(t, p)
			_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 3000) + "\r\n\r\n"))
			_, err := io.ReadAll(c)
			if err != nil {
				return ending(err)
			}
			return ""
		},
	})
}

func authority(t *testing.T) *harness.Identity {
	t.Helper()
	return harness.Issue(t, "ca", nil, func(c *x509.Certificate) { c.IsCA = true; c.KeyUsage |= x509.KeyUsageCertSign })
}

// hashed is how OpenSSL looks for a CA in a folder.
func hashed(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.Command("openssl", "x509", "-noout", "-hash", "-in", file).Output()
	if err != nil {
		t.Skip("openssl(1): ", err)
	}
	return strings.TrimSpace(string(out))
}
