// SPDX-License-Identifier: MIT

package netaddr

import (
	"bytes"
	"net/netip"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		room int
		want int
		addr string // as netip reads it, if it is an address
	}{
		{"1.2.3.4", 16, 4, "1.2.3.4"},
		{" 1 . 2.3.4 ", 16, 4, "1.2.3.4"},
		{"255.255.255.255", 4, 4, "255.255.255.255"},
		{"001.2.3.4", 16, 4, "1.2.3.4"},
		{"1.2.3.4", 3, errRoom4, ""},
		{"1.2.3", 16, errForm, ""},
		{"10.20.3", 16, errParts, ""},
		{"1.2.3.4.5", 16, errParts, ""},
		{"256.1.1.1", 16, errOctet, ""},
		{"1.2.3.4444", 16, errForm, ""},
		{"1..2.3.4", 16, errDoubled, ""},
		{"1,2.3.4", 16, errNotDot, ""},
		{"1.2.3.a", 16, errForm, ""},
		{`"1.2.3.4"`, 16, errToken, ""},
		{"::", 16, 16, "::"},
		{"::1", 16, 16, "::1"},
		{"1::", 16, 16, "1::"},
		{"2001:DB8:85a3::8a2e:370:7334", 16, 16, "2001:db8:85a3::8a2e:370:7334"},
		{"1:2:3:4:5:6:7:8", 16, 16, "1:2:3:4:5:6:7:8"},
		{"1:2:3:4:5:6:7::", 16, 16, "1:2:3:4:5:6:7:0"},
		{"::ffff:1.2.3.4", 16, 16, "::ffff:1.2.3.4"},
		{"::1", 15, errRoom6, ""},
		{":", 16, errShort6, ""},
		{":::", 16, errColons, ""},
		{"1:.2", 16, errDoubled, ""},
		{"1.2::", 16, errNotColon, ""},
		{"12345::", 16, errForm, ""},
		{"g::", 16, errForm, ""},
		{"1:2", 16, errParts, ""},
		{"1:2:3:4:5:6:7:8:9", 16, errTooLong, ""},
		{"::\xff", 16, errToken, ""},
	} {
		out := make([]byte, c.room)
		n := Parse(c.text, out)
		if n != c.want {
			t.Errorf("%q: %d, want %d", c.text, n, c.want)
			continue
		}
		if n < 0 {
			continue
		}
		want := netip.MustParseAddr(c.addr)
		if !bytes.Equal(out[:n], want.AsSlice()) {
			t.Errorf("%q: %x", c.text, out[:n])
		}
	}
}

func TestWrite(t *testing.T) {
	for _, c := range []struct{ addr, want string }{
		{"1.2.3.4", "1.2.3.4"},
		{"::", "::"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"1:0:2:0:0:0:0:3", "1::2:0:0:0:0:3"}, // the first run, not the longest
		{"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
		{"2001:db8::ff00:42:8329", "2001:db8::ff00:42:8329"},
	} {
		out := bytes.Repeat([]byte{'#'}, 50)
		n := Write(netip.MustParseAddr(c.addr).AsSlice(), out)
		if n < 0 || string(out[:n]) != c.want || out[n] != 0 {
			t.Errorf("%s: %d %q", c.addr, n, out)
		}
	}
	out := make([]byte, 5)
	if n := Write([]byte{10, 20, 30, 40}, out); n != 5 || string(out) != "10.2\x00" {
		t.Errorf("cut: %d %q", n, out)
	}
	if Write(make([]byte, 16), out) != -1 || Write(make([]byte, 5), out) != -1 ||
		Write(make([]byte, 4), nil) != 0 {
		t.Error("no room, or no address")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("::ffff:1.2.3.4", 16)
	f.Fuzz(func(t *testing.T, text string, room int) {
		out := make([]byte, min(max(room, 0), 64))
		if n := Parse(text, out); n > len(out)+2 {
			t.Fatalf("%q: %d bytes of %d", text, n, len(out))
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"), 60)
	f.Fuzz(func(t *testing.T, addr []byte, room int) {
		out := make([]byte, min(max(room, 0), 64))
		n := Write(addr, out)
		// "::ffff:" is always taken for a mapped IPv4 address
		if n < 0 || n >= len(out) || len(addr) == 16 &&
			bytes.HasPrefix(out, []byte("::ffff:")) {
			return
		}
		back := make([]byte, 16)
		if m := Parse(string(out[:n]), back); m != len(addr) || !bytes.Equal(back[:m], addr) {
			t.Fatalf("%x -> %q -> %d %x", addr, out[:n], m, back)
		}
	})
}
