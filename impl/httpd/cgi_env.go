// SPDX-License-Identifier: MIT

package httpd

import (
	"fmt"
	"strconv"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// cgiPath is where CGIs find programs.
const cgiPath = "/bin:/usr/bin:/usr/local/bin:/var/www/cgi-bin"

// environment is what a CGI gets: what the reference gives it, and nothing of our own.
func environment(c *engine.Conn, r *CGIRequest) (env []string, method string) {
	add := func(name, value string) { env = append(env, cut(name+"="+value)) }
	if c.F.IsSSL != 0 {
		add("HTTPS", "ON")
	}
	if h := c.Headers; h != nil && r.Path >= 0 {
		method = requestMethod(h)
		uri := cut(string(requestURI(c)))
		add("REQUEST_METHOD", method)
		add("QUERY_STRING", query(h))
		add("REQUEST_URI", uri)
		add("PATH_INFO", uri[min(r.Path, len(uri)):])
		for _, k := range []struct {
			t    wire.Token
			name string
		}{
			{wire.TokenHTTPReferer, "HTTP_REFERER"}, {wire.TokenHost, "HTTP_HOST"}, {wire.TokenHTTPCookie, "HTTP_COOKIE"},
			{wire.TokenHTTPUserAgent, "HTTP_USER_AGENT"}, {wire.TokenHTTPContentEncoding, "HTTP_CONTENT_ENCODING"},
			{wire.TokenHTTPAccept, "HTTP_ACCEPT"}, {wire.TokenHTTPAcceptEncoding, "HTTP_ACCEPT_ENCODING"},
		} {
			if h.Total(k.t) > 0 {
				add(k.name, whole(h, k.t))
			}
		}
		if h1.HasBody(c) || method == "POST" {
			if h.Total(wire.TokenHTTPContentType) > 0 {
				add("CONTENT_TYPE", string(h.Value(wire.TokenHTTPContentType)))
			}
			if n := h.ContentLength(); n >= 0 {
				add("CONTENT_LENGTH", strconv.FormatInt(n, 10))
			}
		}
	}
	add("PATH", cgiPath)
	if len(r.Args) > 0 {
		add("SCRIPT_PATH", r.Args[0])
	}
	for _, v := range r.Env {
		add(v.Name, v.Value)
	}
	add("SERVER_SOFTWARE", "lws")
	return env, method
}

// whole is a header's value, of all its lines.
func whole(h *wire.Headers, t wire.Token) string {
	if t == wire.TokenHTTPCookie { // RFC 9113 §8.2.3
		var l []string
		for i := 0; h.FragmentLen(t, i) > 0; i++ {
			l = append(l, strings.Trim(string(h.Fragment(t, i)), "; "))
		}
		return strings.Join(l, "; ")
	}
	b := make([]byte, h.Total(t)+1)
	return cut(string(b[:max(h.Copy(b, t), 0)]))
}

var methods = []struct {
	t    wire.Token
	name string
}{
	{wire.TokenGetURI, "GET"}, {wire.TokenPostURI, "POST"}, {wire.TokenOptionsURI, "OPTIONS"}, {wire.TokenPutURI, "PUT"},
	{wire.TokenPatchURI, "PATCH"}, {wire.TokenDeleteURI, "DELETE"}, {wire.TokenConnect, "CONNECT"}, {wire.TokenHeadURI, "HEAD"},
}

func requestMethod(h *wire.Headers) string {
	if m := h.Value(wire.TokenHTTPColonMethod); len(m) > 0 {
		return string(m)
	}
	for _, m := range methods {
		if h.Has(m.t) {
			return m.name
		}
	}
	return ""
}

// query puts the request's arguments together again, escaped.
func query(h *wire.Headers) string {
	var b strings.Builder
	for i := 0; h.FragmentLen(wire.TokenHTTPURIArgs, i) > 0; i++ {
		if i > 0 {
			b.WriteByte('&')
		}
		name, value, ok := strings.Cut(string(h.Fragment(wire.TokenHTTPURIArgs, i)), "=")
		escape(&b, name, "-_.~!$'()*,/:@[]|") // others would make it another name
		if ok {
			b.WriteByte('=')
			escape(&b, value, "-_.~")
		}
	}
	return b.String()
}

// escape puts s into a query, with the signs that stay.
func escape(to *strings.Builder, s, stay string) {
	for _, c := range []byte(s) {
		switch {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte(stay, c) >= 0:
			to.WriteByte(c)
		case c == ' ':
			to.WriteByte('+')
		default:
			fmt.Fprintf(to, "%%%02X", c)
		}
	}
}
