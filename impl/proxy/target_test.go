// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"strings"
	"testing"

	wire "libwebsockets/impl/wire/h1"
)

func TestOrigin(t *testing.T) {
	for _, x := range []struct {
		in, address string
		port        int
		path        string
		bad         bool
	}{
		{"a.example/", "a.example", 80, "", false},
		{"a.example:81/b/c", "a.example", 81, "b/c", false},
		{"[::1]:81/b", "[::1]", 81, "b", false},
		{"[::1]/b:1", "[::1]", 80, "b:1", false},
		{"+/run/x.sock:/b", "+/run/x.sock", 0, "/b", false},
		{"+@name:/", "+@name", 0, "/", false},
		{"+/run/x.sock", "", 0, "", true},
		{"a.example", "", 0, "", true},
		{"a.example:x/", "", 0, "", true},
		{"a.example:70000/", "", 0, "", true},
		{"a.example:0/", "", 0, "", true},
	} {
		address, port, path, err := origin(x.in, 80)
		if (err != nil) != x.bad || !x.bad && (address != x.address || port != x.port || path != x.path) {
			t.Errorf("%s: %q %d %q %v", x.in, address, port, path, err)
		}
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "a:7681", "a:1": "a:1", "[::1]": "[::1]:7681", "[::1]:1": "[::1]:1", "a\r\nX: y": "",
	} {
		if got := host(in, 7681); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

// asked is what the server is asked for when a request for target comes by the mount.
func asked(base, mountpoint, target string) (string, bool) {
	h := new(wire.Headers)
	h.KeepTarget(true)
	if err := h.AddTarget(wire.TokenGetURI, []byte(target)); err != nil {
		return "", false
	}
	return uri(base, mountpoint, h), true
}

func TestURI(t *testing.T) {
	for _, x := range []struct{ base, mountpoint, target, want string }{
		{"", "/", "/", "/"},
		{"", "/", "/a/b", "/a/b"},
		{"base", "/", "/a", "/base/a"},
		{"base/", "/up", "/up/a/", "/base/a/"},
		{"base", "/up", "/up", "/base/"},
		{"/base", "/up", "/up/", "/base/"},
		{"", "/up", "/up/a//b/./c/../d", "/a/b/d"},
		{"b", "/up", "/up/a%20b+c;d&e", "/b/a%20b+c;d&e"},
		{"", "/up", "/up/a%0d%0aX:%201", "/a%0D%0AX:%201"},
		{"", "/up", "/up/a%252e%252e/b", "/a%252e%252e/b"},
		{"", "/up", "/up/%2e%2e/up/x", "/x"},
		{"", "/up", "/up/x?", "/x"},
		{"", "/up", "/up/x?a=%26&b=+&c=\"", "/x?a=%26&b=+&c=\""},
		{"", "/up", "/up/d/?a", "/d?a"},
		{"", "/up", "/up/?a", "/?a"},
		{"", "/up", "/up/x?a#b", "/x?a%23b"},
		{"", "/up", "/up/\xc3\xa9?\xc3\xa9", "/%C3%A9?%C3%A9"},
	} {
		if got, _ := asked(x.base, x.mountpoint, x.target); got != x.want {
			t.Errorf("%q, mount %s to %s: %q, not %q", x.target, x.mountpoint, x.base, got, x.want)
		}
	}
}

// FuzzURI: whatever the target, the request line that it becomes is one, of printable
// ASCII, and its path does not lead out of the mount's.
func FuzzURI(f *testing.F) {
	for _, s := range []string{"/up/a?b", "/up/%0d%0a", "/up/../../x", "/up/%2e%2e%2fx", "//up//a", "/up/a%2", "/up;x/&y?;&=%3d", "/up/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if strings.ContainsAny(target, "\r\n ") || !strings.HasPrefix(target, "/") {
			return // the parser lets none through
		}
		got, ok := asked("base", "/up", target)
		if !ok {
			return
		}
		if !strings.HasPrefix(got, "/") {
			t.Errorf("%q: %q", target, got)
		}
		for _, ch := range []byte(got) {
			if ch <= ' ' || ch >= 0x7f {
				t.Errorf("%q: %q", target, got)
			}
		}
		path, _, _ := strings.Cut(got, "?")
		for s := range strings.SplitSeq(path, "/") {
			if s == ".." || s == "." {
				t.Errorf("%q: %q", target, got)
			}
		}
		if !bytes.HasPrefix([]byte(path), []byte("/base")) {
			t.Errorf("%q: %q", target, got)
		}
	})
}
