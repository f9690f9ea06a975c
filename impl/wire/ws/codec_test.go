// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestMask(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}

	// RFC 6455 §5.7: a single-frame masked "Hello".
	b := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	if Mask(key, 0, b); string(b) != "Hello" {
		t.Errorf("Mask = %q", b)
	}

	src := make([]byte, 300)
	for i := range src {
		src[i] = byte(i * 7)
	}
	for n := range 200 {
		for pos := range 9 {
			// An offset of 1 makes the accesses unaligned.
			got := append([]byte{0xee}, src[:n+1]...)
			Mask(key, pos, got[1:n+1])
			for i := range n {
				if want := src[i] ^ key[(pos+i)&3]; got[1+i] != want {
					t.Fatalf("n %d, pos %d, byte %d: %x, want %x", n, pos, i, got[1+i], want)
				}
			}
			if got[0] != 0xee || got[n+1] != src[n] {
				t.Fatalf("n %d, pos %d: wrote outside", n, pos)
			}
		}
	}
}

func TestParseClose(t *testing.T) {
	tests := []struct {
		payload string
		code    CloseCode
		reason  string
		err     error
	}{
		{"", CloseNoStatus, "", nil},
		{"\x03", 0, "", ErrCloseTruncated},
		{"\x03\xe8", CloseNormal, "", nil},
		{"\x03\xe9bye", CloseGoingAway, "bye", nil},
		{"\x0b\xb8\xc3\xa4", 3000, "ä", nil},
		{"\x03\xe7", 999, "", ErrCloseCode},
		{"\x03\xed-", CloseNoStatus, "-", ErrCloseCode},
		{"\x03\xe8\xc3", CloseNormal, "\xc3", ErrCloseReason},
		{"\x03\xe8\xed\xa0\x80", CloseNormal, "\xed\xa0\x80", ErrCloseReason},
	}
	for _, tt := range tests {
		code, reason, err := ParseClose([]byte(tt.payload), false)
		if code != tt.code || string(reason) != tt.reason || err != tt.err {
			t.Errorf("%q: %d %q %v", tt.payload, code, reason, err)
		}
	}
	for code := range 1 << 16 {
		p := []byte{byte(code >> 8), byte(code)}
		_, _, with := ParseClose(p, true)
		if _, _, without := ParseClose(p, false); (with == nil) != (without == nil || code >= 1012 && code <= 1014) {
			t.Errorf("%d: %v with the registered codes, %v without", code, with, without)
		}
	}
}

func TestValidCloseCode(t *testing.T) {
	valid := map[CloseCode]bool{
		1000: true, 1001: true, 1002: true, 1003: true, 1007: true,
		1008: true, 1009: true, 1010: true, 1011: true,
	}
	for c := range 1 << 16 {
		want := valid[CloseCode(c)] || c >= 3000 && c <= 4999
		if ValidCloseCode(CloseCode(c)) != want {
			t.Errorf("%d: valid is not %t", c, want)
		}
	}
}

func TestAcceptKey(t *testing.T) {
	// RFC 6455 §1.3.
	got := AcceptKey([]byte("dGhlIHNhbXBsZSBub25jZQ=="))
	if string(got[:]) != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("AcceptKey = %s", got[:])
	}
	long := bytes.Repeat([]byte("x"), 1000)
	if AcceptKey(long) == AcceptKey(long[1:]) {
		t.Error("long keys are cut off")
	}
}

func BenchmarkMask(b *testing.B) {
	for _, n := range []int{16, 125, 1024, 65536} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			buf := make([]byte, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				Mask([4]byte{1, 2, 3, 4}, 1, buf)
			}
		})
	}
}

func BenchmarkAcceptKey(b *testing.B) {
	key := []byte("dGhlIHNhbXBsZSBub25jZQ==")
	b.ReportAllocs()
	for b.Loop() {
		AcceptKey(key)
	}
}

// splits cuts b at random places and hands the pieces to f.
func splits(rnd *rand.Rand, b []byte, maxPiece int, f func([]byte)) {
	for len(b) > 0 {
		n := min(1+rnd.IntN(maxPiece), len(b))
		f(b[:n])
		b = b[n:]
	}
}
