package h1

import (
	"bytes"
	"testing"
)

// cstr is the C string at off.
func cstr(p []byte, off int) string {
	if off < 0 {
		return "/"
	}
	s, _, _ := bytes.Cut(p[off:], []byte{0})
	return string(s)
}

const noPort = -77

func TestParseURI(t *testing.T) {
	for _, c := range []struct {
		in, scheme, host string
		port             int
		path             string
	}{
		{"http://a.b/c/d?e=f", "http", "a.b", 80, "c/d?e=f"},
		{"https://x", "https", "x", 443, "/"},
		{"wss://h:99/p", "wss", "h", 99, "p"},
		{"ws://[::1]:80/z", "ws", "::1", 80, "z"},
		{"ws://[::1]", "ws", "::1", 80, "/"},
		{"ws://[::1", "ws", "::1", 80, "/"},
		{"http://+/tmp/s:/path", "http", "+/tmp/s", 0, "path"},
		{"http://+/tmp/s", "http", "+/tmp/s", 80, "/"},
		{"h/p", "", "h", noPort, "p"},
		{"h:8x/p", "", "h", 8, "p"},
		{"foo://h", "foo", "h", noPort, "/"},
		{"foo://h:7", "foo", "h", 7, "/"},
		{"a:b", "", "a", 0, "/"},
		{"", "", "", noPort, "/"},
		{"http://", "http", "", 80, "/"},
		{"http:///", "http", "", 80, "/"},
		{"/x", "", "", noPort, "x"},
		{"http://h:/", "http", "h", 0, "/"},
		{"http://h:80", "http", "h", 80, "/"},
		{"http://u@h:1/p://q", "http", "u@h", 1, "p://q"},
		{"ws://h: 12/x", "ws", "h", 12, "x"},
		{"ws://h:-5/x", "ws", "h", -5, "x"},
		{"+@abs:path/x", "", "+@abs", 0, "x"},
		{"http://[::1]x/y", "http", "::1", 80, "/y"},
		{"http://h?x=1", "http", "h?x=1", 80, "/"},
	} {
		p := []byte(c.in)
		u := ParseURI(p)
		port := noPort
		if u.HasPort {
			port = u.Port
		}
		scheme, host, path := cstr(p, u.Scheme), cstr(p, u.Host), cstr(p, u.Path)
		if scheme != c.scheme || host != c.host || port != c.port || path != c.path {
			t.Errorf("%q: %q %q %d %q", c.in, scheme, host, port, path)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add([]byte("http://[::1]:80/x"))
	f.Fuzz(func(t *testing.T, p []byte) {
		u := ParseURI(p)
		if u.Scheme > len(p) || u.Host > len(p) || u.Path > len(p) {
			t.Fatal(u)
		}
	})
}

func TestURLEncode(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want string
	}{
		{"", 1, ""}, {"abc", 3, ""}, {"abc", 4, "a"}, {"abc", 5, "ab"}, {"abc", 12, "abc"},
		{"a b", 5, "a+"}, {"a b", 6, "a+b"}, {"a/b", 4, "a"}, {"a/b", 5, "a%2F"}, {"a/b", 8, "a%2Fb"},
		{"~-_.", 4, "%7E"}, {"~-_.", 6, "%7E"}, {"~-_.", 7, "%7E%2D"}, {"~-_.", 12, "%7E%2D%5F"},
		{"\xc3\xa9x", 10, "%C3%A9x"}, {"a%b+c", 9, "a%25b%2B"}, {"a%b+c", 12, "a%25b%2Bc"}, {"a\x00b", 12, "a"},
	} {
		dst := bytes.Repeat([]byte{'Z'}, c.size)
		n := URLEncode(dst, []byte(c.in))
		if string(dst[:n]) != c.want || dst[n] != 0 {
			t.Errorf("%q in %d: %q", c.in, c.size, dst)
		}
	}
}

func TestURLDecode(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want string
		ok   bool
	}{
		{"", 5, "", true}, {"abc", 2, "ab", true}, {"a+b", 5, "a b", true}, {"%41%42", 1, "A", true},
		{"%41%42", 5, "AB", true}, {"%4", 3, "", true}, {"%", 3, "", true}, {"%4x", 0, "", true},
		{"%4x", 1, "", false}, {"a%zz", 1, "a", true}, {"a%zz", 2, "a", false}, {"%e9%00x", 1, "\xe9", true},
		{"%e9%00x", 5, "\xe9\x00x", true}, {"a\x00b", 5, "a", true},
		{"%\x00zz", 5, "", true}, {"%4\x00", 5, "", true},
	} {
		buf := append([]byte(c.in), make([]byte, 8)...)
		n, ok := URLDecode(buf[:c.size], buf[:len(c.in)])
		if ok != c.ok || string(buf[:n]) != c.want {
			t.Errorf("%q in %d: %q %v", c.in, c.size, buf[:n], ok)
		}
	}
}

func FuzzURLCode(f *testing.F) {
	f.Add([]byte("a b/%c"), uint8(30))
	f.Fuzz(func(t *testing.T, src []byte, size uint8) {
		dst := make([]byte, size)
		n := URLEncode(dst, src)
		if n > len(dst) || (n == len(dst) && n > 0) {
			t.Fatal(n, len(dst))
		}
		back := make([]byte, n)
		m, ok := URLDecode(back, dst[:n])
		if !ok || !bytes.HasPrefix(src, back[:m]) {
			t.Fatalf("%q -> %q -> %q", src, dst[:n], back[:m])
		}
		URLDecode(make([]byte, size), src)
	})
}
