// SPDX-License-Identifier: MIT

package quirks

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"libwebsockets/c_tests/harness"
)

// client starts one, and takes its connection.
func client(t *testing.T, s side, args ...string) (net.Conn, *harness.Proc) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := s.start(t, "connect", append([]string{fmt.Sprint("port=", l.Addr().(*net.TCPAddr).Port)}, args...)...)
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(2 * patience))
	c, err := l.Accept()
	if err != nil {
		return nil, p
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c, p
}

// head reads a request's head.
func head(c net.Conn) string {
	r := bufio.NewReader(c)
	var all strings.Builder
	for {
		line, err := r.ReadString('\n')
		all.WriteString(line)
		if err != nil || line == "\r\n" {
			return all.String()
		}
	}
}

// h2client takes the connection of a client of HTTP/2, up to its request.
func h2client(t *testing.T, s side, settings []http2.Setting, args ...string) (r *h2peer, stream uint32, p *harness.Proc) {
	t.Helper()
	c, p := client(t, s, append(args, "h2=1")...)
	if c == nil {
		return nil, 0, p
	}
	_, _ = io.ReadFull(c, make([]byte, len(http2.ClientPreface)))
	r = h2on(c)
	_ = r.fr.WriteSettings(settings...)
	for {
		f, err := r.fr.ReadFrame()
		if err != nil {
			return r, 0, p
		}
		if h, ok := f.(*http2.HeadersFrame); ok {
			return r, h.StreamID, p
		}
	}
}

var settings = []http2.Setting{{ID: http2.SettingMaxConcurrentStreams, Val: 100}, {ID: http2.SettingEnableConnectProtocol, Val: 1}}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		4: func(t *testing.T, s side) string {
			if _, stream, _ := h2client(t, s, nil); stream == 0 {
				return "no request"
			}
			return ""
		},
		12: func(t *testing.T, s side) string {
			r, stream, p := h2client(t, s, settings, "method=")
			if stream == 0 {
				return "no request"
			}
			r.begin(stream, false, ":status", "200")
			if !prints(p, "OPEN") {
				return "not open"
			}
			return ""
		},
		28: func(t *testing.T, s side) string {
			c, p := client(t, s)
			head(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
			c.Close()
			ends(p)
			if count(p, "COMPLETED") > 0 {
				return "completed"
			}
			return ""
		},
		70: func(t *testing.T, s side) string {
			c, _ := client(t, s, "method=BREW")
			if c == nil {
				return "no connection"
			}
			if h := head(c); !strings.HasPrefix(h, "BREW / HTTP/1.1\r\n") {
				return h
			}
			return ""
		},
		128: func(t *testing.T, s side) string {
			r, stream, p := h2client(t, s, settings)
			r.begin(stream, true, ":status", "204")
			if !prints(p, "COMPLETED") {
				return "waits"
			}
			return ""
		},
		135: func(t *testing.T, s side) string {
			c, _ := client(t, s, "host=x.test\n")
			if h := head(c); !strings.Contains(h, "Host: x.test\r\n") {
				return fmt.Sprintf("%q", h)
			}
			return ""
		},
		184: func(t *testing.T, s side) string {
			r, stream, p := h2client(t, s, settings, "method=POST", "body=100000000")
			for {
				f, err := r.fr.ReadFrame()
				if err != nil {
					return ending(err)
				}
				if _, ok := f.(*http2.DataFrame); ok {
					break
				}
			}
			_ = r.fr.WriteRSTStream(stream, http2.ErrCodeCancel)
			if !prints(p, "CLOSED") {
				return "not told"
			}
			return ""
		},
		202: func(t *testing.T, s side) string {
			c, p := client(t, s, "method=POST", "body=100000000")
			r := bufio.NewReader(c)
			if _, err := http.ReadRequest(r); err != nil {
				return err.Error()
			}
			_, _ = io.WriteString(c, "HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nno!")
			if !prints(p, "ANSWER 413") { // and nobody reads the body
				return "not told"
			}
			return ""
		},
	})
}
