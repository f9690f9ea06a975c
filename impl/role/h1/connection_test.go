// SPDX-License-Identifier: MIT

package h1

import (
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// meet has a program that answers a request when it is whole see what comes.
func meet(t *testing.T, in string, cuts []byte) (enginetest.Played, *guest) {
	t.Helper()
	p := &guest{script: []byte{5, 5, 5, 5}}
	p.wire()
	p.r = enginetest.New(t, &enginetest.Program{On: p.on}, &engine.Info{})
	peer := p.r.Connect(Role, false, func(c *engine.Conn) { Begin(c) })
	return peer.Play([]byte(in), cuts, func() {}), p
}

// TestConnectionGoesOn: whether a connection takes another request behind an answer
// (RFC 9112 §9.3).
//
// Seen to fail: with HTTP/1.0 kept, with the Connection line compared as a whole, and
// with chunks believed of HTTP/1.0.
func TestConnectionGoesOn(t *testing.T) {
	const chunk = "3\r\nabc\r\n0\r\n\r\n"
	for _, c := range []struct {
		line, fields, body string
		on                 bool
	}{
		{"GET / HTTP/1.1", "", "", true},
		{"GET / HTTP/1.1", "Connection: close\r\n", "", false},
		{"GET / HTTP/1.1", "Connection: x, CLOSE\r\n", "", false},
		{"GET / HTTP/1.1", "Connection: closed\r\n", "", true},
		{"GET / HTTP/1.0", "", "", false},
		{"GET / HTTP/1.0", "Connection: Keep-Alive\r\n", "", true},
		{"GET / HTTP/1.0", "Connection: keep-alive, close\r\n", "", false},
		{"HEAD / HTTP/1.1", "", "", true},
		{"POST / HTTP/1.1", "Content-Length: 3\r\n", "abc", true},
		{"POST / HTTP/1.1", "Content-Length: 3\r\nConnection: close\r\n", "abc", false},
		{"POST / HTTP/1.1", "Transfer-Encoding: chunked\r\n", chunk, true},
		{"POST / HTTP/1.0", "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", chunk, false},
	} {
		t.Run(c.line+" "+c.fields, func(t *testing.T) {
			d, p := meet(t, c.line+"\r\nHost: t\r\n"+c.fields+"\r\n"+c.body, nil)
			if d.Alive != c.on || p.answered != 1 {
				t.Errorf("it goes on: %v, want %v; %d answers", d.Alive, c.on, p.answered)
			}
		})
	}
}

// TestBodies: a request's body is what its framing says (RFC 9112 §6, §7.1), in
// whatever pieces it comes, and a bad one is none.
//
// Seen to fail: with sizes of chunks read as decimal numbers, and with what follows the
// last chunk taken for the next request.
func TestBodies(t *testing.T) {
	const length, chunked = "Content-Length: 11\r\n", "Transfer-Encoding: chunked\r\n"
	for _, c := range []struct {
		fields, body string
		bytes        int // that the program gets
		answers      int // of this request and a GET behind it
	}{
		{length, "hello world", 11, 2},
		{"Content-Length: 0\r\n", "", 0, 2},
		{chunked, "b\r\nhello world\r\n0\r\n\r\n", 11, 2},
		{chunked, "5\r\nhello\r\n0006\r\n world\r\n0\r\n\r\n", 11, 2},
		{chunked, "B;name=\"value\"\r\nhello world\r\n0;last\r\n\r\n", 11, 2},
		{chunked, "b\r\nhello world\r\n0\r\nA: trailer\r\nB: another\r\n\r\n", 11, 2},
		{chunked, "0\r\n\r\n", 0, 2},
		{chunked, "5\r\nhelloX\r\n0\r\n\r\n", 5, 0},
		{chunked, "g\r\n", 0, 0},
		{chunked, "-1\r\n", 0, 0},
		{chunked, "10000000000000000\r\n", 0, 0},
	} {
		request := "POST / HTTP/1.1\r\nHost: t\r\n" + c.fields + "\r\n" + c.body
		for how, cuts := range map[string][]byte{"at once": nil, "byte by byte": make([]byte, 250)} {
			t.Run(c.fields+c.body+" "+how, func(t *testing.T) {
				if _, p := meet(t, request, cuts); p.body != c.bytes {
					t.Errorf("%d bytes, want %d", p.body, c.bytes)
				}
			})
			t.Run(c.fields+c.body+" "+how+", and a GET", func(t *testing.T) {
				if _, p := meet(t, request+"GET / HTTP/1.1\r\nHost: t\r\n\r\n", cuts); p.answered != c.answers {
					t.Errorf("%d answers, want %d", p.answered, c.answers)
				}
			})
		}
	}
}
