// SPDX-License-Identifier: MIT

package b64

import (
	"bytes"
	"testing"
)

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		url  bool
		want string
		ok   bool
	}{
		{"", 2, false, "", true},
		{"", 1, false, "", false},
		{"a", 6, false, "YQ==", true},
		{"a", 5, false, "YQ==", false}, // needs one byte more than it uses
		{"ab", 9, false, "YWI=", true},
		{"abc", 9, false, "YWJj", true},
		{"abcd", 8, false, "YWJj", false},
		{"\xfb\xff", 9, false, "+/8=", true},
		{"\xfb\xff", 9, true, "-_8=", true},
	} {
		out := make([]byte, c.size)
		n, ok := Encode(out, []byte(c.in), c.url)
		if ok != c.ok || ok && n != len(c.want) ||
			!bytes.HasPrefix(out, []byte(c.want)) {
			t.Errorf("%q in %d: %d %v %q", c.in, c.size, n, ok, out)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want string
		used int
	}{
		{"", 9, "", 0},
		{"YQ==", 9, "a", 4},
		{"YQ", 9, "a", 2},
		{"YWI=", 9, "ab", 4},
		{"YWJj", 9, "abc", 4},
		{"YW\r\nJj", 9, "abc", 6},
		{"-_8=", 9, "\xfb\xff", 4},
		{"YWJj\x00YWJj", 99, "abc", 4},
		{"YWJjYWJj", 7, "abc", 4}, // needs four bytes to spare
		{"YWJjYWJj", 8, "abcabc", 8},
		{"YWJj", 4, "", 0},
	} {
		var s State
		out := bytes.Repeat([]byte{'#'}, c.size)
		used, n := s.Decode([]byte(c.in), out, true, false)
		if string(out[:n]) != c.want || used != c.used || out[n] != 0 {
			t.Errorf("%q in %d: used %d, %q", c.in, c.size, used, out[:n])
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("YWJj_-=="), 3, 9)
	f.Fuzz(func(t *testing.T, in []byte, cut, size int) {
		cut = min(max(cut, 0), len(in))
		out := make([]byte, min(max(size, 0), 1<<12))
		var s State
		for i, part := range [][]byte{in[:cut], in[cut:]} {
			used, n := s.Decode(part, out, i == 1, false)
			if used > len(part) || n > len(out) {
				t.Fatalf("used %d of %d, wrote %d of %d", used,
					len(part), n, len(out))
			}
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("any carnal pleas"), true, 5)
	f.Fuzz(func(t *testing.T, in []byte, url bool, cut int) {
		text := make([]byte, len(in)*2+8)
		n, ok := Encode(text, in, url)
		if !ok {
			t.Fatal("no room")
		}
		text = text[:n]
		cut = min(max(cut, 0), n)
		out := make([]byte, len(in)+8)
		var s State
		_, a := s.Decode(text[:cut], out, cut == n, false)
		_, b := s.Decode(text[cut:], out[a:], true, false)
		// padding that is cut in two counts as a value, as in the reference
		if got := out[:a+b]; !bytes.Equal(got, in) && cut <= len(in)/3*4 {
			t.Fatalf("%q -> %q -> %q", in, text, got)
		}
	})
}
