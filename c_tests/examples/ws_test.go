// SPDX-License-Identifier: MIT

package examples

import (
	"bytes"
	"compress/flate"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"

	"libwebsockets/c_tests/harness"
)

type tlsState = tls.ConnectionState

// upgradeRequest asks for a WebSocket; extra are whole header lines.
func upgradeRequest(path, protocol, extra string) string {
	if protocol != "" {
		extra += "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + extra + "\r\n"
}

// ws upgrades a connection and notes the answer.
func (r *rig) ws(c *conn, path, protocol, extra string) *harness.Raw {
	r.Helper()
	before := c.got.Len() - c.r.Buffered()
	_, err := io.WriteString(c, upgradeRequest(path, protocol, extra))
	must(r, err)
	resp, err := http.ReadResponse(c.r, nil)
	must(r, err)
	head, _, _ := strings.Cut(string(c.got.Bytes()[before:]), "\r\n\r\n")
	r.note("ws %s %s -> %s", path, protocol, strings.ReplaceAll(head, "\r\n", "\n  "))
	if resp.StatusCode != 101 || resp.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		r.Fatalf("the upgrade is answered with %s", head)
	}
	return &harness.Raw{Conn: c, R: c.r, Client: true, Header: resp.Header}
}

// message reads one message.
func (r *rig) message(w *harness.Raw) string {
	r.Helper()
	_, p, err := w.ReceiveMessage()
	must(r, err)
	return string(p)
}

// say sends a text message.
func (r *rig) say(w *harness.Raw, text string) {
	r.Helper()
	must(r, w.SendMessage(harness.Text, []byte(text)))
}

// inflater undoes permessage-deflate with context takeover.
type inflater struct{ window []byte }

// message reads one message, compressed or not, and tells which it was.
func (i *inflater) message(r *rig, w *harness.Raw) (op byte, text []byte, packed bool) {
	r.Helper()
	var all []byte
	for {
		f, err := w.Receive()
		must(r, err)
		switch f.Op {
		case harness.Ping, harness.Pong:
			continue
		case harness.Close:
			r.Fatalf("closed by the peer: %x", f.Payload)
		case harness.Text, harness.Binary:
			op, packed = f.Op, f.Rsv == 4
		}
		all = append(all, f.Payload...)
		if f.Fin {
			break
		}
	}
	if !packed {
		return op, all, false
	}
	z := flate.NewReaderDict(bytes.NewReader(append(all, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)), i.window)
	text, err := io.ReadAll(z)
	must(r, err)
	i.window = append(i.window, text...)
	i.window = i.window[max(0, len(i.window)-32768):]
	return op, text, true
}

// accept takes one connection, notes its request and upgrades it.
func (r *rig) accept(l net.Listener, extensions string) *harness.Raw {
	r.Helper()
	c, err := l.Accept()
	must(r, err)
	return r.acceptOn(c, extensions)
}

func (r *rig) acceptOn(c net.Conn, extensions string) *harness.Raw {
	r.Helper()
	k := r.wrap(c)
	req, err := http.ReadRequest(k.r)
	must(r, err)
	r.noteRequest(k, req)
	_, err = io.WriteString(k, harness.Grant(req, extensions))
	must(r, err)
	return &harness.Raw{Conn: k, R: k.r, Header: req.Header}
}

var secret = regexp.MustCompile(`(?i)(sec-websocket-key: ).*`)

// noteRequest notes the head of the request that was just read, as it was.
func (r *rig) noteRequest(k *conn, _ *http.Request) {
	r.Helper()
	all := k.got.String()[:k.got.Len()-k.r.Buffered()]
	all = all[k.noted:]
	head, _, _ := strings.Cut(all, "\r\n\r\n")
	k.noted += len(head) + 4
	r.note("request %s", secret.ReplaceAllString(strings.ReplaceAll(head, "\r\n", "\n  "), "${1}KEY"))
}
