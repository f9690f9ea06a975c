// SPDX-License-Identifier: MIT

package cgi

import (
	"strings"
	"testing"
)

// TestParse: heads, with what is read of them.
func TestParse(t *testing.T) {
	long := "X: " + strings.Repeat("y", MaxHead)
	for _, k := range []struct {
		in     string
		n      int
		status int
		length int64
		fields string
		err    error
	}{
		{"", 0, 0, 0, "", nil},
		{"Content-Type: a/b\n", 0, 0, 0, "", nil},
		{"Content-Type: a/b\n\nbody", 19, 200, -1, "Content-Type=a/b", nil},
		{"Content-Type: a/b\r\n\r\nbody", 21, 200, -1, "Content-Type=a/b", nil},
		{"A:b\r\nC:d\n\r\n", 11, 200, -1, "A=b,C=d", nil},
		{"\n", 1, 200, -1, "", nil},
		{"Status: 404 Not 2 Found\n\n", 25, 404, -1, "Status=404 Not 2 Found", nil},
		{"Location: /x\n\n", 14, 302, -1, "Location=/x", nil},
		{"Location: /x\nStatus: 307\n\n", 26, 307, -1, "Location=/x,Status=307", nil},
		{"Status: 201\nLocation: /x\n\n", 26, 302, -1, "Status=201,Location=/x", nil},
		{"X-Status: 500\nX-Content-Length: 3\n\n", 35, 200, -1, "X-Status=500,X-Content-Length=3", nil},
		{"content-length:0\n\n", 18, 200, 0, "content-length=0", nil},
		{"Content-Length: 5\nContent-Length: 5\n\n", 37, 200, 5, "Content-Length=5,Content-Length=5", nil},
		{"A: b\n c\n\n", 9, 200, -1, "A=b c", nil},
		{"Status: 99\n\n", 0, 0, 0, "", errStatus},
		{"Status: 101\n\n", 0, 0, 0, "", errStatus},
		{"Status: x\n\n", 0, 0, 0, "", errStatus},
		{"Content-Length: -5\n\n", 0, 0, 0, "", errLength},
		{"Content-Length: 5\nContent-Length: 6\n\n", 0, 0, 0, "", errLength},
		{"Content-Length: 99999999999999999999\n\n", 0, 0, 0, "", errLength},
		{"hello\n\n", 0, 0, 0, "", errName},
		{"HTTP/1.1 200 OK\n\n", 0, 0, 0, "", errName},
		{": x\n\n", 0, 0, 0, "", errName},
		{"A b: x\n\n", 0, 0, 0, "", errName},
		{" A: x\n\n", 0, 0, 0, "", errName},
		{"A: \x00x", 0, 0, 0, "", errControl},
		{"A: x\ry\n\n", 0, 0, 0, "", errControl},
		{"A: \x1b[0m\n\n", 0, 0, 0, "", errControl},
		{long, 0, 0, 0, "", ErrTooLong},
		{long + "\n\n", 0, 0, 0, "", ErrTooLong},
	} {
		h, n, err := Parse([]byte(k.in))
		if n != k.n || err != k.err || (h != nil) != (k.n > 0) {
			t.Errorf("%.40q: %d, %v, want %d, %v", k.in, n, err, k.n, k.err)
			continue
		}
		if h == nil {
			continue
		}
		var l []string
		for _, f := range h.Fields {
			l = append(l, f.Name+"="+f.Value)
		}
		if got := strings.Join(l, ","); h.Status != k.status || h.Length != k.length || got != k.fields {
			t.Errorf("%q: %d, %d, %q", k.in, h.Status, h.Length, got)
		}
	}
}

// FuzzParse: no head makes more than one line of a field, or more than its own length.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "\n", "Status: 404 x\r\nA: b\r\n\r\nc", "Location: /\n\n", "Content-Length: 1\n\n", "A: b\n c\n\n", "A\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := Parse(b)
		if (h == nil) != (n == 0) || h != nil && err != nil || n > len(b) || n > MaxHead {
			t.Fatalf("%v, %d, %v", h, n, err)
		}
		if h == nil {
			return
		}
		if h.Status < 200 || h.Status > 599 || h.Length < -1 {
			t.Fatalf("%+v", h)
		}
		for _, f := range h.Fields {
			if strings.ContainsAny(f.Line, "\r\n\x00") || strings.ContainsAny(f.Name, " :") || f.Name == "" {
				t.Fatalf("%+v", f)
			}
		}
	})
}
