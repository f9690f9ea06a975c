// SPDX-License-Identifier: MIT

package h1

import (
	"errors"
	"testing"
)

func TestGoodHost(t *testing.T) {
	for _, s := range []string{"", "h", "h:", "h:80", "a_b.example.com:1", "127.0.0.1", "[::1]", "[::1]:80", "[fe80::1%25eth0]",
		"a%41", "+/tmp/sock", "+@name"} {
		if !GoodHost([]byte(s)) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"h h", "h/", "h?", "h#", "u@h", "h:x", "h:80:80", "h\\", "<h>", "\"h\"", "h\x01", "h\x80", "[::1", "[]",
		"[::1]x", "[::1]:x", "::1", "h,h/", "+a b"} {
		if GoodHost([]byte(s)) {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestCheckRequest(t *testing.T) {
	for _, c := range []struct {
		in   string
		want error
	}{
		{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", nil},
		{"GET / HTTP/1.1\r\nHost:\r\n\r\n", nil},
		{"GET / HTTP/1.0\r\n\r\n", nil},
		{"GET /\r\n\r\n", nil},
		{"CONNECT h:1 HTTP/1.1\r\n\r\n", nil},
		{"GET / HTTP/1.1\r\n\r\n", ErrMalformed},
		{"GET / HTTP/1.2\r\n\r\n", ErrMalformed},
		{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", ErrMalformed},
		{"GET / HTTP/1.0\r\nHost: a/b\r\n\r\n", ErrMalformed},
		{"GET / HTTP/2.0\r\nHost: h\r\n\r\n", ErrVersion},
		{"GET / HTTP/0.9\r\nHost: h\r\n\r\n", ErrVersion},
	} {
		h, _, done, err := parseAll(Request, 0, []byte(c.in), 1<<20)
		if !done || err != nil {
			t.Fatalf("%q: %v %v", c.in, done, err)
		}
		if err := CheckRequest(h); err != c.want {
			t.Errorf("%q: %v, want %v", c.in, err, c.want)
		}
	}
}

// TestChecksOfFields is what HTTP/2 uses, whose fields are added one by one.
func TestChecksOfFields(t *testing.T) {
	type field struct {
		t Token
		v string
	}
	for _, c := range []struct {
		fields       []field
		host, length error
	}{
		{nil, nil, nil},
		{[]field{{TokenHost, "H"}, {TokenHTTPColonAuthority, "h"}}, nil, nil},
		{[]field{{TokenHost, "h"}, {TokenHost, "h"}}, ErrMalformed, nil},
		{[]field{{TokenHTTPColonAuthority, "h"}, {TokenHost, "i"}}, ErrMalformed, nil},
		{[]field{{TokenHTTPColonAuthority, "u@h"}}, ErrMalformed, nil},
		{[]field{{TokenHTTPContentLength, "5"}, {TokenHTTPContentLength, "5"}}, nil, nil},
		{[]field{{TokenHTTPContentLength, "5"}, {TokenHTTPContentLength, "6"}}, nil, ErrMalformed},
		{[]field{{TokenHTTPContentLength, "-1"}}, nil, ErrMalformed},
		{[]field{{TokenHTTPContentLength, ""}}, nil, ErrMalformed},
		{[]field{{TokenHTTPContentLength, "18446744073709551621"}}, nil, ErrMalformed},
	} {
		var h Headers
		for _, f := range c.fields {
			if err := h.Add(f.t, []byte(f.v)); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.CheckHost(); !errors.Is(err, c.host) {
			t.Errorf("%v: host %v, want %v", c.fields, err, c.host)
		}
		if err := h.CheckLength(); !errors.Is(err, c.length) {
			t.Errorf("%v: length %v, want %v", c.fields, err, c.length)
		}
	}
}
