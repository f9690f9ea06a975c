// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestUTF8FailFast gives texts that are wrong, and where that is first certain.
func TestUTF8FailFast(t *testing.T) {
	tests := []struct {
		name string
		text string
		at   int // index of the first byte that is refused, -1 if none is
		done bool
	}{
		{"empty", "", -1, true},
		{"ascii", "hello, this is plain text\x00", -1, true},
		{"two bytes", "ä", -1, true},
		{"three bytes", "€", -1, true},
		{"four bytes", "😀", -1, true},
		{"cut off 1", "\xc3", -1, false},
		{"cut off 2", "\xe2\x82", -1, false},
		{"cut off 3", "\xf0\x9f\x98", -1, false},
		{"lowest of two", "\xc2\x80", -1, true},
		{"lowest of three", "\xe0\xa0\x80", -1, true},
		{"lowest of four", "\xf0\x90\x80\x80", -1, true},
		{"highest", "\xf4\x8f\xbf\xbf", -1, true},
		{"before the surrogates", "\xed\x9f\xbf", -1, true},
		{"behind the surrogates", "\xee\x80\x80", -1, true},
		{"noncharacter", "\xef\xbf\xbf", -1, true},
		{"stray continuation", "a\x80", 1, false},
		{"overlong c0", "\xc0\x80", 0, false},
		{"overlong c1", "\xc1\xbf", 0, false},
		{"overlong e0", "\xe0\x9f\xbf", 1, false},
		{"overlong f0", "\xf0\x8f\xbf\xbf", 1, false},
		{"surrogate", "\xed\xa0\x80", 1, false},
		{"too high", "\xf4\x90\x80\x80", 1, false},
		{"f5", "\xf5\x80\x80\x80", 0, false},
		{"ff", "\xff", 0, false},
		{"no continuation", "\xe2\x82a", 2, false},
		{"lead behind lead", "\xc3\xc3", 1, false},
	}
	for _, tt := range tests {
		for _, prefix := range []string{"", "1234567", "€uro and more than eight", strings.Repeat("x", 64)} {
			at := -1
			var u UTF8
			for i, c := range []byte(prefix + tt.text) {
				if !u.Write([]byte{c}) {
					at = i - len(prefix)
					break
				}
			}
			if at != tt.at || u.Complete() != tt.done {
				t.Errorf("%s after %q: refused at %d, complete %t", tt.name, prefix, at, u.Complete())
			}
			if at >= 0 && (u.Write(nil) || u.Write([]byte("a")) || u.Complete()) {
				t.Errorf("%s: a failure is forgotten", tt.name)
			}
			u.Reset()
			if got := u.Write([]byte(prefix + tt.text)); got != (tt.at < 0) || u.Complete() != tt.done {
				t.Errorf("%s after %q, in one: %t, complete %t", tt.name, prefix, got, u.Complete())
			}
		}
	}
}

// TestUTF8Exhaustive compares all two-byte prefixes of a character, and every
// code point, with the standard library.
func TestUTF8Exhaustive(t *testing.T) {
	for i := range 1 << 16 {
		b := []byte{byte(i >> 8), byte(i), 0x80, 0x80}
		for n := 1; n <= len(b); n++ {
			checkUTF8(t, b[:n])
		}
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) {
			checkUTF8(t, utf8.AppendRune(nil, r))
		}
	}
}

func checkUTF8(t *testing.T, b []byte) {
	t.Helper()
	var u UTF8
	if got, want := u.Write(b) && u.Complete(), utf8.Valid(b); got != want {
		t.Fatalf("%x: %t, want %t", b, got, want)
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("κόσμε, and so on, and so on"), uint64(1))
	f.Add([]byte("\xf0\x9f\x98\x80\xed\xa0\x80"), uint64(2))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		var whole, pieces UTF8
		ok := true
		splits(rand.New(rand.NewPCG(seed, 1)), b, 9, func(p []byte) { ok = pieces.Write(p) })
		if got := whole.Write(b); got != ok || whole != pieces {
			t.Fatalf("whole %t %v, pieces %t %v", got, whole, ok, pieces)
		}
		if got, want := ok && pieces.Complete(), utf8.Valid(b); got != want {
			t.Fatalf("%t, want %t", got, want)
		}
		// What was not refused must have a valid continuation.
		if ok && !pieces.Complete() && !completable(b) {
			t.Fatalf("%x cannot become valid, but was not refused", b)
		}
	})
}

// completable reports whether some bytes behind b make it valid.
func completable(b []byte) bool {
	for _, first := range []string{"\x80", "\x90", "\xa0"} {
		for _, more := range []string{"", "\x80", "\x80\x80"} {
			if utf8.Valid(append(bytes.Clone(b), first+more...)) {
				return true
			}
		}
	}
	return false
}

func BenchmarkUTF8(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":  strings.Repeat("hello world, 16. ", 250),
		"german": strings.Repeat("Übermäßig große Öfen in der Küche ", 120),
		"greek":  strings.Repeat("κόσμε του κόσμου ", 140),
		"han":    strings.Repeat("中文字符測試", 230),
	} {
		b.Run(name, func(b *testing.B) {
			p := []byte(text)
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				var u UTF8
				if !u.Write(p) {
					b.Fatal("refused")
				}
			}
		})
	}
}
