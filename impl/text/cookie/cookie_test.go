// SPDX-License-Identifier: MIT

package cookie

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

var now = time.Unix(1_700_000_000, 0)

// Seen to fail with below() always true, and with PathMatch a plain prefix.
func TestSet(t *testing.T) {
	for _, c := range []struct{ header, host, path, want string }{
		{"a=b", "Host.Com", "/x/y?z/", "host.com F /x F 0 a b"},
		{"a=b", "host.com", "/x", "host.com F / F 0 a b"},
		{"a=b; Max-Age=60; Secure; HttpOnly", "host.com", "/", "host.com F / T 1700000060 a b"},
		{`a="b c"; path=/p; expires=Fri, 31 Dec 2027 23:59:59 GMT`, "host.com", "/", "host.com F /p F 1830297599 a b c"},
		{"a=b; expires=Friday, 31-Dec-27 23:59:59 GMT", "host.com", "/", "host.com F / F 1830297599 a b"},
		{"a=b; Max-Age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT", "host.com", "/", "host.com F / F 1700000060 a b"},
		{"a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT", "host.com", "/", "host.com F / F 1 a b"},
		{"a=b; Max-Age=0", "host.com", "/", "host.com F / F 1 a b"},
		{"a=; Domain=.Host.com", "www.host.com", "/", "host.com T / F 0 a "},
		{"a=b; Domain=host.com", "host.com", "/", "host.com T / F 0 a b"},
		{"a=b; Domain=other.com", "host.com", "/", "error"},
		{"a=b; Domain=host.com", "badhost.com", "/", "error"},
		{"a=b; Domain=com", "host.com", "/", "error"},
		{"a=b; Domain=co.uk", "host.co.uk", "/", "error"},
		{"a=b; Domain=1.2.3.4", "1.2.3.4", "/", "1.2.3.4 F / F 0 a b"},
		{"a=b; Domain=3.4", "1.2.3.4", "/", "error"},
		{"a=b; Domain=localhost", "localhost", "/", "localhost F / F 0 a b"},
		{"a=b; path=x", "host.com", "/p/q", "host.com F /p F 0 a b"},
		{"=b", "host.com", "/", "error"},
		{"nonsense", "host.com", "/", "error"},
		{"a=b; expires=tomorrow", "host.com", "/", "error"},
	} {
		got := "error"
		if k, err := Set(c.header, c.host, c.path, now); err == nil {
			line := k.Line()
			back, ok := ParseLine(line)
			if !ok || back != k {
				t.Errorf("%q becomes %+v, not %+v", line, back, k)
			}
			f := strings.Split(line, "\t")
			got = strings.Join([]string{strings.TrimPrefix(f[0], "."), f[1][:1], f[2], f[3][:1], f[4], f[5], f[6]}, " ")
		}
		if got != c.want {
			t.Errorf("%s from %s%s: %s, not %s", c.header, c.host, c.path, got, c.want)
		}
	}
}

// Seen to fail with secure cookies sent in plain.
func TestFor(t *testing.T) {
	for _, c := range []struct {
		line, host, path string
		secure, want     bool
	}{
		{"h.com\tFALSE\t/\tFALSE\t0\ta\tb", "H.com", "/x", false, true},
		{"h.com\tFALSE\t/\tFALSE\t0\ta\tb", "www.h.com", "/x", false, false},
		{".h.com\tTRUE\t/\tFALSE\t0\ta\tb", "www.h.com", "/x", false, true},
		{".h.com\tTRUE\t/\tFALSE\t0\ta\tb", "h.com", "/x", false, true},
		{".h.com\tTRUE\t/\tFALSE\t0\ta\tb", "oh.com", "/x", false, false},
		{"h.com\tTRUE\t/\tFALSE\t0\ta\tb", "www.h.com", "/x", false, false}, // as upstream wrote it
		{".4\tTRUE\t/\tFALSE\t0\ta\tb", "1.2.3.4", "/", false, false},
		{"h.com\tFALSE\t/a\tFALSE\t0\ta\tb", "h.com", "/a/b", false, true},
		{"h.com\tFALSE\t/a\tFALSE\t0\ta\tb", "h.com", "/a?b", false, true},
		{"h.com\tFALSE\t/a\tFALSE\t0\ta\tb", "h.com", "/ab", false, false},
		{"h.com\tFALSE\t/a/\tFALSE\t0\ta\tb", "h.com", "/a/b", false, true},
		{"h.com\tFALSE\t/a/\tFALSE\t0\ta\tb", "h.com", "/a", false, false},
		{"h.com\tFALSE\t/\tTRUE\t0\ta\tb", "h.com", "/", false, false},
		{"h.com\tFALSE\t/\tTRUE\t0\ta\tb", "h.com", "/", true, true},
		{"#HttpOnly_h.com\tFALSE\t/\tTRUE\t0\ta\tb", "h.com", "/", true, true},
	} {
		k, ok := ParseLine(c.line)
		if got := k.For(c.host, c.path, c.secure); !ok || got != c.want {
			t.Errorf("%q for %s%s: %v", c.line, c.host, c.path, got)
		}
	}
	for _, bad := range []string{"", "# comment", "h.com\tFALSE\t/", "h.com\tFALSE\t/\tTRUE\tx\ta\tb", "\tFALSE\t/\tTRUE\t0\ta\tb", "h\tF\t/\tF\t0\ta\tb\tc"} {
		if _, ok := ParseLine(bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestTags(t *testing.T) {
	tag, ok := Tag("h.com\tFALSE\t/a\tFALSE\t0\tname\tb")
	if !ok || tag != "h.com|/a|name" {
		t.Errorf("tag %q", tag)
	}
	for _, c := range []struct {
		pattern      string
		lookup, want bool
	}{
		{"h.com|/a|name", false, true}, {"h.com|/a|n*", false, true}, {"*|*|*", false, true}, {"h.com|/b|*", false, false},
		{"h.com|/a/b|*", true, true}, {"h.com|/a/b|*", false, false}, {"h.com|/ab|*", true, false}, {"h.com|/|*", true, false},
		{"h*m|/a|*a*e", true, true}, {"h*m|/a|*x*", true, false}, {"h.com|/a|na", false, false}, {"h.com", false, false},
	} {
		if got := TagMatch(c.pattern, tag, c.lookup); got != c.want {
			t.Errorf("%s, lookup %v: %v", c.pattern, c.lookup, got)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add("h.com\tFALSE\t/a\tFALSE\t0\tname\tb")
	f.Add("#HttpOnly_.h.com\tTRUE\t/\tTRUE\t4000000000\tname\t\r")
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := ParseLine(line)
		if _, tagged := Tag(line); tagged != ok {
			t.Error("a tag without cookie, or the reverse")
		}
		if !ok {
			return
		}
		back, ok := ParseLine(c.Line())
		if !ok || back != c {
			t.Errorf("%q: %+v becomes %+v", line, c, back)
		}
		TagMatch(line, line, true)
	})
}

func FuzzSet(f *testing.F) {
	f.Add("a=b; path=/; domain=.h.com; expires=Fri, 31 Dec 2027 23:59:59 GMT", "www.h.com", "/x")
	f.Add("0=", "0", "")
	f.Fuzz(func(t *testing.T, value, host, path string) {
		c, err := Set(value, host, path, now)
		if err == nil {
			if back, ok := ParseLine(c.Line()); !ok || back != c {
				t.Errorf("%+v becomes %+v", c, back)
			}
		}
	})
}

// FuzzHeader has net/http as the second opinion; only a Max-Age with zeros in front is none for it.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"a=b; path=/; domain=.h.com; secure", ` a="b c" ;Path=x ; MAX-AGE=5`, "a b=c", "a=\x01", "a", "a=b; path=\"x\"; ; =; path"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n") {
			return // no header's value has them
		}
		h, err := parse(text)
		want, failed := http.ParseSetCookie(text)
		if (err == nil) != (failed == nil) {
			t.Fatalf("%q: %v, net/http %v", text, err, failed)
		}
		if err == nil && (h.name != want.Name || h.value != want.Value || h.domain != want.Domain || h.path != want.Path || h.expires != want.RawExpires || h.secure != want.Secure) {
			t.Errorf("%q: %+v, net/http %+v", text, h, want)
		}
	})
}
