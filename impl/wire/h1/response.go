package h1

import (
	"strconv"
	"strings"
)

var reasons400 = [...]string{
	"Bad Request", "Unauthorized", "Payment Required", "Forbidden", "Not Found", "Method Not Allowed",
	"Not Acceptable", "Proxy Auth Required", "Request Timeout", "Conflict", "Gone", "Length Required",
	"Precondition Failed", "Request Entity Too Large", "Request URI too Long", "Unsupported Media Type",
	"Requested Range Not Satisfiable", "Expectation Failed",
}

var reasons500 = [...]string{
	"Internal Server Error", "Not Implemented", "Bad Gateway", "Service Unavailable", "Gateway Timeout",
	"HTTP Version Not Supported",
}

// Reason is the reason phrase of a status code, "" when there is none.
func Reason(code int) string {
	switch {
	case code == 100:
		return "Continue"
	case code == 200:
		return "OK"
	case code == 304:
		return "Not Modified"
	case code >= 300 && code < 400:
		return "Redirect"
	case code >= 400 && code < 400+len(reasons400):
		return reasons400[code-400]
	case code == 426:
		return "Upgrade Required"
	case code >= 500 && code < 500+len(reasons500):
		return reasons500[code-500]
	}
	return ""
}

// Versions of [AppendStatusLine].
const (
	Version10 = iota
	Version11
	Version2
)

var versionText = [...]string{"HTTP/1.0 ", "HTTP/1.1 ", "HTTP/2 "}

// AppendStatusLine appends a status line with its CR LF. The space after the code
// is there without a reason too (RFC 9112 §4). An unknown version is HTTP/1.0.
func AppendStatusLine(dst []byte, version, code int) []byte {
	if version < 0 || version >= len(versionText) {
		version = Version10
	}
	dst = append(dst, versionText[version]...)
	dst = strconv.AppendInt(dst, int64(code), 10)
	dst = append(dst, ' ')
	dst = append(dst, Reason(code)...)
	return append(dst, '\r', '\n')
}

// MimeMap gives the media type of files whose name ends in Suffix. A Suffix that
// begins with '*' stands for files nothing else matches.
type MimeMap struct{ Suffix, Type string }

var mimeTypes = [...]MimeMap{
	{".html", "text/html"}, {".htm", "text/html"}, {".js", "text/javascript"}, {".css", "text/css"},
	{".png", "image/png"}, {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".ico", "image/x-icon"},
	{".gif", "image/gif"}, {".svg", "image/svg+xml"}, {".ttf", "application/x-font-ttf"},
	{".otf", "application/font-woff"}, {".woff", "application/font-woff"},
	{".woff2", "application/font-woff2"}, {".gz", "application/gzip"}, {".txt", "text/plain"},
	{".xml", "application/xml"}, {".json", "application/json"}, {".mjs", "text/javascript"},
}

// MimeType is the media type of a file name: the first of extra (a mount's own
// list) that matches, then the built-in ones, then extra's '*'; ok is false when
// none does. It may be "": send none. A name that is only the suffix does not match.
func MimeType(file string, extra []MimeMap) (t string, ok bool) {
	for _, m := range extra {
		if !ok && strings.HasPrefix(m.Suffix, "*") {
			t, ok = m.Type, true
		} else if endsIn(file, m.Suffix) {
			return m.Type, true
		}
	}
	for i := range mimeTypes {
		if endsIn(file, mimeTypes[i].Suffix) {
			return mimeTypes[i].Type, true
		}
	}
	return t, ok
}

func endsIn(file, suffix string) bool {
	return len(file) > len(suffix) && strings.EqualFold(file[len(file)-len(suffix):], suffix)
}
