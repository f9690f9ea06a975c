// SPDX-License-Identifier: MIT

package client

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// talk has x take the proxy's answers in pieces of n bytes; it returns all
// that x says.
func talk(x *socks, answers string, n int) (string, error) {
	x.greet()
	said := x.out
	for b := []byte(answers); len(b) > 0; {
		k := min(n, len(b))
		x.out = nil
		err := x.feed(b[:k])
		said = append(said, x.out...)
		if err != nil {
			return string(said), err
		}
		b = b[k:]
	}
	return string(said), nil
}

func TestSocksTalk(t *testing.T) {
	const done = "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"
	for name, tc := range map[string]struct {
		x             socks
		answers, said string
		err, rest     string
	}{
		"name": {socks{address: "a.b", port: 443}, "\x05\x00" + done + "early",
			"\x05\x01\x00" + "\x05\x01\x00\x03\x03a.b\x01\xbb", "", "early"},
		"IPv4": {socks{address: "1.2.3.4", port: 80}, "\x05\x00" + done,
			"\x05\x01\x00" + "\x05\x01\x00\x01\x01\x02\x03\x04\x00\x50", "", ""},
		"IPv6": {socks{address: "::1", port: 80}, "\x05\x00" + "\x05\x00\x00\x04" + strings.Repeat("\x00", 18),
			"\x05\x01\x00" + "\x05\x01\x00\x04" + strings.Repeat("\x00", 15) + "\x01\x00\x50", "", ""},
		"bound name": {socks{address: "a", port: 1}, "\x05\x00" + "\x05\x00\x00\x03\x02xy\x00\x01z",
			"\x05\x01\x00" + "\x05\x01\x00\x03\x01a\x00\x01", "", "z"},
		"password": {socks{address: "a", port: 1, user: "me", password: "pw"}, "\x05\x02" + "\x01\x00" + done,
			"\x05\x02\x02\x00" + "\x01\x02me\x02pw" + "\x05\x01\x00\x03\x01a\x00\x01", "", ""},
		"password not needed": {socks{address: "a", port: 1, user: "me"}, "\x05\x00" + done,
			"\x05\x02\x02\x00" + "\x05\x01\x00\x03\x01a\x00\x01", "", ""},
		"password asked for": {socks{address: "a", port: 1}, "\x05\x02", "\x05\x01\x00", "it wants authentication method 2", ""},
		"no method":          {socks{address: "a", port: 1}, "\x05\xff", "\x05\x01\x00", "it wants authentication method 255", ""},
		"wrong password": {socks{address: "a", port: 1, user: "me"}, "\x05\x02\x01\x01", "\x05\x02\x02\x00\x01\x02me\x00",
			"authentication is refused, status 1", ""},
		"SOCKS4":  {socks{address: "a", port: 1}, "\x04\x00", "\x05\x01\x00", "version 4", ""},
		"refused": {socks{address: "a", port: 1}, "\x05\x00\x05\x05", "\x05\x01\x00" + "\x05\x01\x00\x03\x01a\x00\x01", "connection refused (5)", ""},
		"unknown": {socks{address: "a", port: 1}, "\x05\x00\x05\x63", "\x05\x01\x00" + "\x05\x01\x00\x03\x01a\x00\x01", "error 99", ""},
		"odd address": {socks{address: "a", port: 1}, "\x05\x00\x05\x00\x00\x09\x00",
			"\x05\x01\x00" + "\x05\x01\x00\x03\x01a\x00\x01", "address type 9", ""},
		"long name": {socks{address: strings.Repeat("x", 256), port: 1}, "\x05\x00", "\x05\x01\x00", "the name is too long for SOCKS5", ""},
	} {
		for _, n := range []int{1, 3, 1000} {
			x := tc.x
			said, err := talk(&x, tc.answers, n)
			if said != tc.said || (err != nil || tc.err != "") && fmt.Sprint(err) != tc.err {
				t.Errorf("%s by %d: says %q, %v; want %q, %s", name, n, said, err, tc.said, tc.err)
			}
			if tc.err == "" && (!x.done || string(x.in) != tc.rest) {
				t.Errorf("%s by %d: done %v, left %q, want %q", name, n, x.done, x.in, tc.rest)
			}
		}
	}
}

// FuzzSocks: whatever a proxy answers, in whatever pieces, the outcome is the same.
func FuzzSocks(f *testing.F) {
	f.Add("\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50tail")
	f.Add("\x05\x00\x05\x00\x00\x03\x02xy\x00\x01z")
	f.Fuzz(func(t *testing.T, answers string) {
		one := socks{address: "a.b", port: 1, user: "u", password: "p"}
		all := one
		said1, err1 := talk(&one, answers, 1)
		said2, err2 := talk(&all, answers, len(answers)+1)
		if said1 != said2 || (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(one.in, all.in) {
			t.Errorf("%q, %v by bytes; %q, %v at once", said1, err1, said2, err2)
		}
	})
}

func TestSetSocks(t *testing.T) {
	enginetest.SetProgram(newProgram())
	for in, want := range map[string]string{
		"h:1": "h 1 '' ''", "u:p:q@h:2": "h 2 'u' 'p:q'", "[::1]:3": "::1 3 '' ''", "u@h:4": "h 4 'u' ''",
		"h": "error", "h:x": "error", strings.Repeat("u", 96) + ":p@h:1": "error",
	} {
		v := &engine.Vhost{}
		got := "error"
		if SetSocks(v, in) == nil {
			got = fmt.Sprintf("%s %d '%s' '%s'", v.Socks, v.SocksPort, v.SocksUser, v.SocksPassword)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// socksProxy is a proxy that wants a password and connects to where it is told.
func socksProxy(t *testing.T) string {
	t.Helper()
	return each(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		read := func(n int) string {
			b := make([]byte, n)
			_, _ = io.ReadFull(r, b)
			return string(b)
		}
		if read(4) != "\x05\x02\x02\x00" {
			return
		}
		_, _ = c.Write([]byte("\x05\x02"))
		if read(1+1+2+1+2) != "\x01\x02me\x02pw" {
			_, _ = c.Write([]byte("\x01\x01"))
			return
		}
		_, _ = c.Write([]byte("\x01\x00"))
		if read(4) != "\x05\x01\x00\x01" {
			return
		}
		a := read(6)
		out, err := net.Dial("tcp", fmt.Sprintf("%d.%d.%d.%d:%d", a[0], a[1], a[2], a[3], int(a[4])<<8|int(a[5])))
		if err != nil {
			_, _ = c.Write([]byte("\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"))
			return
		}
		_, _ = c.Write([]byte("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"))
		go func() { _, _ = io.Copy(out, r) }()
		_, _ = io.Copy(c, out)
	}).String()
}

// TestSocks goes through a proxy. It fails when the request is sent before the
// proxy has connected.
func TestSocks(t *testing.T) {
	r := newRig(t, &engine.Info{})
	if err := SetSocks(r.v, "me:pw@"+socksProxy(t)); err != nil {
		t.Fatal(err)
	}
	port := serve(t, func(string) string { return ok("through") })
	r.connect(port, "/", 0)
	r.until("completed", 1)
	r.expect("made", "create", "established", "read through", "completed")
	r.p.told = nil
	r.connect(deadPort(t), "/", 0)
	r.until("error socks reply fail: connection refused (5)", 1)
	if err := SetSocks(r.v, "me:no@"+socksProxy(t)); err != nil {
		t.Fatal(err)
	}
	r.connect(port, "/", 0)
	r.until("error socks reply fail: authentication is refused", 1)
}
