package h1

import "testing"

func TestStatusLine(t *testing.T) {
	for _, c := range []struct {
		version, code int
		want          string
	}{
		{Version11, 0, "HTTP/1.1 0 "}, {Version11, 100, "HTTP/1.1 100 Continue"}, {Version10, 200, "HTTP/1.0 200 OK"},
		{Version11, 204, "HTTP/1.1 204 "}, {Version11, 206, "HTTP/1.1 206 "}, {Version11, 301, "HTTP/1.1 301 Redirect"},
		{Version11, 304, "HTTP/1.1 304 Not Modified"}, {Version11, 399, "HTTP/1.1 399 Redirect"},
		{Version11, 400, "HTTP/1.1 400 Bad Request"}, {Version11, 404, "HTTP/1.1 404 Not Found"},
		{Version11, 407, "HTTP/1.1 407 Proxy Auth Required"}, {Version11, 414, "HTTP/1.1 414 Request URI too Long"},
		{Version11, 417, "HTTP/1.1 417 Expectation Failed"}, {Version11, 418, "HTTP/1.1 418 "},
		{Version2, 500, "HTTP/2 500 Internal Server Error"}, {Version11, 505, "HTTP/1.1 505 HTTP Version Not Supported"},
		{Version11, 506, "HTTP/1.1 506 "}, {7, 503, "HTTP/1.0 503 Service Unavailable"},
	} {
		if got := string(AppendStatusLine(nil, c.version, c.code)); got != c.want+"\r\n" {
			t.Errorf("%d: %q", c.code, got)
		}
	}
}

func TestMimeType(t *testing.T) {
	extra := []MimeMap{{"*", "x/any"}, {".Js", "x/js"}, {"*", "x/other"}}
	for _, c := range []struct {
		file  string
		extra []MimeMap
		want  string
	}{
		{"a.html", nil, "text/html"}, {"a.HTM", nil, "text/html"}, {"x.js", nil, "text/javascript"},
		{"x.otf", nil, "application/font-woff"}, {"a.tar.gz", nil, "application/gzip"}, {".html", nil, ""},
		{"html", nil, ""}, {"x.wasm", nil, ""}, {"", nil, ""}, {"x.", nil, ""},
		{"x.js", extra, "x/js"}, {"x.css", extra, "text/css"}, {"x.wasm", extra, "x/any"},
	} {
		if got, ok := MimeType(c.file, c.extra); got != c.want || ok != (c.want != "") {
			t.Errorf("%q: %q, want %q", c.file, got, c.want)
		}
	}
}
