// SPDX-License-Identifier: MIT

package purify

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSQL(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want string
	}{
		{"", 1, ""},
		{"it's", 20, "it''s"},
		{"'''", 20, "''''''"},
		{"abcdef", 5, "abc"},
		{"''''", 6, "''''"},
		{"abc", 2, ""},
		{"a\x00b", 20, "a"},
	} {
		out := []byte(strings.Repeat("#", c.size))
		n := SQL(out, []byte(c.in))
		if string(out[:n]) != c.want || out[n] != 0 {
			t.Errorf("%q in %d: %q", c.in, c.size, out)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int
		want string
		used int
	}{
		{"", 1, "", 0},
		{"plain", 20, "plain", 5},
		{"a\tb\nc\rd\\e", 40, `a\tb\nc\rd\\e`, 9},
		{"\"\x01\x1f", 40, `\u0022\u0001\u001F`, 3},
		{"é", 40, `\u00C3\u00A9`, 2},
		{"abcdef", 8, "ab", 2},
		{"\"\"", 12, `\u0022`, 1},
		{"\"\"", 13, `\u0022\u0022`, 2},
		{"a\x00b", 40, "a", 1},
		// the reference would write 15 bytes here
		{"\t\t\t\t\t\t\t\t\t", 13, `\t\t\t\t\t\t`, 6},
	} {
		out := []byte(strings.Repeat("#", c.size))
		n, used := JSON(out, []byte(c.in))
		if string(out[:n]) != c.want || used != c.used || out[n] != 0 {
			t.Errorf("%q in %d: %q used %d", c.in, c.size, out, used)
		}
	}
	if n := JSONLen([]byte("a\t\"\\é")); n != 1+2+6+6+12 {
		t.Errorf("length %d", n)
	}
}

func TestFilename(t *testing.T) {
	for in, want := range map[string]string{
		"":              "",
		"a.txt":         "a.txt",
		"../../etc":     "__/__/etc",
		"...":           "__.",
		"....":          "____",
		`c:\x$HOME%20y`: "c__x_HOME_20y",
	} {
		b := []byte(in)
		Filename(b)
		if string(b) != want {
			t.Errorf("%q: %q, want %q", in, b, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte("a\t\"\\\xff\x01"), 30)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		out := make([]byte, min(max(size, 1), 1<<12))
		n, used := JSON(out, in)
		if n >= len(out) || used > len(in) {
			t.Fatalf("wrote %d of %d, used %d of %d", n, len(out), used, len(in))
		}
		var s string
		if err := json.Unmarshal([]byte(`"`+string(out[:n])+`"`), &s); err != nil {
			t.Fatalf("%q: %v", out[:n], err)
		}
		if JSONLen(in[:used]) < n {
			t.Fatalf("%d is longer than foretold", n)
		}
	})
}

func FuzzSQL(f *testing.F) {
	f.Add([]byte("it's"), 10)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		out := make([]byte, min(max(size, 1), 1<<12))
		n := SQL(out, in)
		if n >= len(out) {
			t.Fatalf("wrote %d of %d", n, len(out))
		}
		if rest := strings.ReplaceAll(string(out[:n]), "''", ""); strings.Contains(rest, "'") {
			t.Fatalf("a single quote in %q", out[:n])
		}
	})
}
