// SPDX-License-Identifier: MIT

package client

import (
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/deflate"
	wire "libwebsockets/impl/wire/h1"
)

func has(s string) Text { return Text{S: s, Has: true} }

func TestRequestHead(t *testing.T) {
	for name, tc := range map[string]struct {
		r    request
		want []string
	}{
		"get": {request{method: "GET", uri: "/a?b=c", host: "h:99", origin: has("o"), originScheme: "http://", closes: true},
			[]string{"GET /a?b=c HTTP/1.1", "Pragma: no-cache", "Cache-Control: no-cache", "Host: h:99",
				"Origin: http://o", "connection: close"}},
		"kept alive, no origin": {request{method: "PUT", uri: "/", host: "h"},
			[]string{"PUT / HTTP/1.1", "Pragma: no-cache", "Cache-Control: no-cache", "Host: h"}},
		"raw origin": {request{method: "GET", uri: "/", host: "h", origin: has("https://o")},
			[]string{"GET / HTTP/1.1", "Pragma: no-cache", "Cache-Control: no-cache", "Host: h", "Origin: https://o"}},
		"multipart": {request{method: "POST", uri: "/", host: "h", boundary: "XY", closes: true},
			[]string{"POST / HTTP/1.1", "Pragma: no-cache", "Cache-Control: no-cache", "Host: h",
				`content-type: multipart/form-data; boundary="XY"`, "connection: close"}},
		"ws": {request{method: "GET", uri: "/", host: "h", ws: true, key: "K", protocols: has("a, b"),
			extensions: "permessage-deflate", version: 13, closes: true},
			[]string{"GET / HTTP/1.1", "Pragma: no-cache", "Cache-Control: no-cache", "Host: h",
				"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: K", "Sec-WebSocket-Protocol: a, b",
				"Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Version: 13"}},
	} {
		if got, want := string(tc.r.appendTo(nil)), strings.Join(tc.want, "\r\n")+"\r\n"; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func answer(t *testing.T, text string) *wire.Headers {
	t.Helper()
	h := new(wire.Headers)
	h.Reset()
	var p wire.Parser
	p.Init(wire.Response, 0)
	if _, done, err := p.Parse(h, []byte(strings.ReplaceAll(text, "\n", "\r\n")+"\r\n\r\n")); err != nil || !done {
		t.Fatalf("%q: %v", text, err)
	}
	return h
}

func TestCheckUpgrade(t *testing.T) {
	const up = "HTTP/1.1 101 x\nUpgrade: WebSocket\nConnection: keep-alive, Upgrade\nSec-WebSocket-Accept: a"
	for _, tc := range []struct{ text, want string }{
		{up, ""},
		{up + "\nSec-WebSocket-Protocol: b", ""},
		{up + "\nSec-WebSocket-Protocol: c", "HS: PROTOCOL malformed"},
		{"HTTP/1.1 401 x", "HS: ws upgrade unauthorized"},
		{"HTTP/1.1 200 x", "HS: ws upgrade response not 101"},
		{"HTTP/1.1 101 x\nUpgrade: websocket\nConnection: Upgrade", "HS: ACCEPT missing"},
		{"HTTP/1.1 101 x\nConnection: Upgrade\nSec-WebSocket-Accept: a", "HS: UPGRADE missing"},
		{"HTTP/1.1 101 x\nUpgrade: tractor\nConnection: Upgrade\nSec-WebSocket-Accept: a",
			"HS: Upgrade to something other than websocket"},
		{"HTTP/1.1 101 x\nUpgrade: websocket\nSec-WebSocket-Accept: a", "HS: UPGRADE malformed"},
		{"HTTP/1.1 101 x\nUpgrade: websocket\nConnection: close\nSec-WebSocket-Accept: a", "HS: UPGRADE malformed"},
	} {
		h := answer(t, tc.text)
		if got := checkUpgrade(h, h.StatusCode(), has("a, b")); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestExtensionAnswer(t *testing.T) {
	exts := []engine.Extension{{Name: deflate.Name,
		Offer: "permessage-deflate; client_no_context_takeover; client_max_window_bits; server_max_window_bits=10"}}
	for _, tc := range []struct {
		value, fault string
		p            *deflate.Params
	}{
		{"", "", nil},
		{"permessage-deflate", "", &deflate.Params{}},
		{"permessage-deflate; client_max_window_bits=12", "", &deflate.Params{ClientMaxWindowBits: 12}},
		{"permessage-deflate; server_max_window_bits=9", "", &deflate.Params{ServerMaxWindowBits: 9}},
		{"permessage-deflate; server_max_window_bits=11", "HS: EXT: Rejects server options", nil},
		{"permessage-deflate; client_max_window_bits", "HS: EXT: failed parsing options", nil},
		{"permessage-deflate; what", "HS: EXT: failed parsing options", nil},
		{"permessage-deflate, permessage-deflate", "HS: EXT: unknown ext", nil},
		{"x-other", "HS: EXT: unknown ext", nil},
	} {
		text := "HTTP/1.1 101 x"
		if tc.value != "" {
			text += "\nSec-WebSocket-Extensions: " + tc.value
		}
		p, fault := extension(answer(t, text), exts)
		if fault != tc.fault || (p == nil) != (tc.p == nil) || p != nil && *p != *tc.p {
			t.Errorf("%q: %v %q, want %v %q", tc.value, p, fault, tc.p, tc.fault)
		}
	}
	if _, fault := extension(answer(t, "HTTP/1.1 101 x\nSec-WebSocket-Extensions: permessage-deflate"), nil); fault == "" {
		t.Error("an extension that was not offered is taken")
	}
}

func TestParseOptions(t *testing.T) {
	p := &deflate.Params{}
	l, ok := parseOptions("rx_buf_size=12; client_no_context_takeover;client_max_window_bits=10, compression_level=3", p)
	if !ok || len(l) != 2 || l[0] != (option{"rx_buf_size", "12"}) || l[1] != (option{"compression_level", "3"}) ||
		!p.ClientNoContextTakeover || p.ClientMaxWindowBits != 10 {
		t.Error(l, ok, p)
	}
	if _, ok := parseOptions("nonsense=1", p); ok {
		t.Error("an unknown option is taken")
	}
	if l, ok := parseOptions("", p); !ok || len(l) != 0 {
		t.Error(l, ok)
	}
}

func TestResolve(t *testing.T) {
	base := target{false, "host", 8080, "/a/b/c?q=1"}
	tls := target{true, "host", 443, "/"}
	for _, tc := range []struct {
		base     target
		location string
		want     target
		bad      bool
	}{
		{base: base, location: "/x", want: target{false, "host", 8080, "/x"}},
		{base: base, location: "/x?y=http://z/#f", want: target{false, "host", 8080, "/x?y=http://z/"}},
		{base: base, location: "d", want: target{false, "host", 8080, "/a/b/d"}},
		{base: base, location: "d:e", want: target{false, "host", 8080, "/a/b/d:e"}},
		{base: base, location: "../d/./e/..", want: target{false, "host", 8080, "/a/d/"}},
		{base: base, location: "../../../../x", want: target{false, "host", 8080, "/x"}},
		{base: base, location: "?r", want: target{false, "host", 8080, "/a/b/c?r"}},
		{base: base, location: "?u=http://z", want: target{false, "host", 8080, "/a/b/c?u=http://z"}},
		{base: base, location: "#f", want: target{false, "host", 8080, "/a/b/c?q=1"}},
		{base: tls, location: "x", want: target{true, "host", 443, "/x"}},
		{base: base, location: "http://other/p/q", want: target{false, "other", 80, "/p/q"}},
		{base: base, location: "https://other", want: target{true, "other", 443, "/"}},
		{base: base, location: "HTTPS://other:444/?z", want: target{true, "other", 444, "/?z"}},
		{base: base, location: "wss://[::1]:9/s", want: target{true, "::1", 9, "/s"}},
		{base: base, location: "http://user:pw@other:81/p@q", want: target{false, "other", 81, "/p@q"}},
		{base: tls, location: "//other/z", want: target{true, "other", 443, "/z"}},
		{base: base, location: "gopher://other/", bad: true},
		{base: base, location: "http:///path", bad: true},
	} {
		got, ok := resolve(tc.base, tc.location)
		if ok == tc.bad || ok && got != tc.want {
			t.Errorf("%q from %+v: %+v %v, want %+v", tc.location, tc.base, got, ok, tc.want)
		}
	}
}

func TestSetProxy(t *testing.T) {
	enginetest.SetProgram(newProgram())
	for _, tc := range []struct {
		text, host, auth string
		port             int
		bad              bool
	}{
		{text: "proxy:3128", host: "proxy", port: 3128},
		{text: "http://proxy:3128/", host: "proxy", port: 3128},
		{text: "http://me:pw@x@proxy:1", host: "proxy", port: 1, auth: "bWU6cHdAeA=="},
		{text: "[fe80::1]:8080", host: "fe80::1", port: 8080},
		{text: "[fe80::1", bad: true},
		{text: "proxy", bad: true},
		{text: "proxy:port", bad: true},
		{text: "proxy:99999", bad: true},
		{text: strings.Repeat("u", 200) + "@proxy:1", bad: true},
	} {
		v := &engine.Vhost{}
		err := SetProxy(v, tc.text)
		if (err != nil) != tc.bad || !tc.bad && (v.HTTPProxy != tc.host || v.HTTPProxyPort != tc.port || v.HTTPProxyAuth != tc.auth) {
			t.Errorf("%q: %v, %q %d %q", tc.text, err, v.HTTPProxy, v.HTTPProxyPort, v.HTTPProxyAuth)
		}
	}
	v := &engine.Vhost{VhostSettings: engine.VhostSettings{HTTPProxyPort: 77}}
	if err := SetProxy(v, "proxy"); err != nil || v.HTTPProxyPort != 77 {
		t.Error("a port that is set stays: ", err, v.HTTPProxyPort)
	}
}

func TestConnectRequest(t *testing.T) {
	const want = "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\nUser-agent: lws\r\nProxy-authorization: basic QQ==\r\n\r\n"
	if got := string(connectRequest("h", 443, "QQ==")); got != want {
		t.Errorf("%q", got)
	}
	if got := string(connectRequest("::1", 1, "")); !strings.HasPrefix(got, "CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n") {
		t.Errorf("%q", got)
	}
}

func TestBasicAuth(t *testing.T) {
	var b [64]byte
	if err := BasicAuth(b[:], "user", "pass"); err != nil || !strings.HasPrefix(string(b[:]), "Basic dXNlcjpwYXNz\x00") {
		t.Errorf("%v %q", err, b)
	}
	if err := BasicAuth(b[:10], "user", "pass"); err != ErrAuthRoom {
		t.Error(err)
	}
	if err := BasicAuth(make([]byte, 400), strings.Repeat("u", 100), strings.Repeat("p", 30)); err != ErrAuthTooLong {
		t.Error(err)
	}
}

func TestWithoutPort(t *testing.T) {
	for in, want := range map[string]string{"h": "h", "h:1": "h", "[::1]:1": "::1", "::1": "::1", "": ""} {
		if got := withoutPort(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
