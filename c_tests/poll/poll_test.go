// SPDX-License-Identifier: MIT

// Package poll looks at programs that have a poll of their own: what they are
// told, when they are woken, and when calls of the library return.
package poll

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	h "libwebsockets/c_tests/harness"
)

// soon bounds what happens at once if all is well.
const soon = 60 * time.Second

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bundle is a connection whose writes can be held back, to leave in one piece.
type bundle struct {
	net.Conn
	hold bool
	kept bytes.Buffer
}

func (b *bundle) Write(p []byte) (int, error) {
	if b.hold {
		return b.kept.Write(p)
	}
	return b.Conn.Write(p)
}

func (b *bundle) release() error {
	b.hold = false
	_, err := b.kept.WriteTo(b.Conn)
	return err
}

// dial connects; over TLS each write is a record.
func dial(t testing.TB, p *h.Proc, secure bool, alpn string) (io.ReadWriter, *bundle) {
	t.Helper()
	return dialBy(t, &net.Dialer{}, p, secure, alpn)
}

func dialBy(t testing.TB, d *net.Dialer, p *h.Proc, secure bool, alpn string) (io.ReadWriter, *bundle) {
	t.Helper()
	tcp, err := d.Dial("tcp", p.Addr())
	must(t, err)
	t.Cleanup(func() { tcp.Close() })
	must(t, tcp.SetDeadline(time.Now().Add(soon)))
	b := &bundle{Conn: tcp}
	if !secure {
		return b, b
	}
	conf := &tls.Config{InsecureSkipVerify: true, DynamicRecordSizingDisabled: true}
	if alpn != "" {
		conf.NextProtos = []string{alpn}
	}
	c := tls.Client(b, conf)
	must(t, c.Handshake())
	return c, b
}

// kinds are what a peer says first, and how it sends payload.
var kinds = map[string]struct {
	alpn string
	open func(t testing.TB, c io.ReadWriter)
	send func(c io.Writer, p []byte) error
}{
	"ws": {"", func(t testing.TB, c io.ReadWriter) {
		_, err := io.WriteString(c, h.RequestText(""))
		must(t, err)
		b := make([]byte, 4096)
		if n, err := c.Read(b); err != nil || !strings.Contains(string(b[:n]), " 101 ") {
			t.Fatalf("%q, %v", b[:n], err)
		}
	}, func(c io.Writer, p []byte) error {
		_, err := c.Write(h.Frame{Fin: true, Op: h.Binary, Masked: true, Payload: p}.Append(nil))
		return err
	}},
	"raw": {"", func(testing.TB, io.ReadWriter) {}, func(c io.Writer, p []byte) error {
		_, err := c.Write(p)
		return err
	}},
	"h1": {"", func(t testing.TB, c io.ReadWriter) {
		_, err := io.WriteString(c, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
		must(t, err)
	}, func(c io.Writer, p []byte) error {
		_, err := c.Write(p)
		return err
	}},
	"h2": {"h2", func(t testing.TB, c io.ReadWriter) {
		_, err := io.WriteString(c, http2.ClientPreface)
		must(t, err)
		f := http2.NewFramer(c, c)
		must(t, f.WriteSettings())
		var head bytes.Buffer
		enc := hpack.NewEncoder(&head)
		for _, kv := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":path", "/x"}, {":authority", "a"}, {"content-length", "1000000"}} {
			must(t, enc.WriteField(hpack.HeaderField{Name: kv[0], Value: kv[1]}))
		}
		must(t, f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndHeaders: true}))
	}, func(c io.Writer, p []byte) error {
		return http2.NewFramer(c, nil).WriteData(1, false, p)
	}},
}

// rhythms are the ways in which programs poll (prog/rhythm.c).
var rhythms = []string{"service", "fd", "adjust", "tsi", "mix", "own-fd", "own-minus", "own-service", "uv", "ev", "glib", "event"}

// TestRhythms: what has been read ahead is as good as what is yet to be read: of
// many small records in one burst all arrive, however the program polls.
//
// Seen to fail: fd, tsi and own-* stalled over TLS as long as a turn made one read
// of a connection, and nothing told a poll that is not ours of the rest.
func TestRhythms(t *testing.T) {
	id := h.SelfSigned(t)
	exe := h.Build(t, "prog/rhythm.c")
	for _, how := range rhythms {
		for kind := range kinds {
			for _, secure := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/tls=%v", how, kind, secure), func(t *testing.T) {
					t.Parallel()
					rhythm(t, exe, how, kind, secure, id)
				})
			}
		}
	}
}

func rhythm(t *testing.T, exe, how, kind string, secure bool, id *h.Identity) {
	k := kinds[kind]
	args := []string{how, kind}
	if secure {
		args = append(args, id.CertFile, id.KeyFile)
	}
	p := h.Start(t, exe, args...).Ready()
	c, b := dial(t, p, secure, k.alpn)
	k.open(t, c)
	ten := []byte("0123456789")
	must(t, k.send(c, ten))
	p.WaitLine("READY", soon)
	b.hold = true
	for range 999 {
		must(t, k.send(c, ten))
	}
	must(t, b.release())
	p.WaitLine("ALL", soon)
}
