// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf8"
)

// FuzzClose: what is taken apart is what the payload says, and is refused exactly
// where RFC 6455 §5.5.1 and §7.4 say so; what may be sent is not narrower than what
// is taken; the frame around it comes out of the decoder whole.
func FuzzClose(f *testing.F) {
	for _, s := range []string{"", "\x03", "\x03\xe8", "\x03\xe8bye", "\x03\xed", "\x03\xee", "\x03\xf7\xc3\xa4", "\x03\xe8\xc3", "\x0b\xb8", "\x13\x88", "\xff\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		before := bytes.Clone(p)
		code, reason, err := ParseClose(p, false)
		if !bytes.Equal(before, p) {
			t.Fatal("the payload was changed")
		}
		var want error
		switch {
		case len(p) == 0:
			if code != CloseNoStatus || reason != nil {
				t.Errorf("empty: %d %q", code, reason)
			}
		case len(p) == 1:
			want = ErrCloseTruncated
		default:
			n := binary.BigEndian.Uint16(p)
			if code != CloseCode(n) || !bytes.Equal(reason, p[2:]) {
				t.Errorf("%d %q of %x", code, reason, p)
			}
			defined := n >= 1000 && n <= 1003 || n >= 1007 && n <= 1011 || n >= 3000 && n <= 4999
			if !defined {
				want = ErrCloseCode
			} else if !utf8.Valid(p[2:]) {
				want = ErrCloseReason
			}
			if defined && !WireCloseCode(code) {
				t.Errorf("%d may come, but not be sent", n)
			}
		}
		if err != want {
			t.Errorf("%x: %v, want %v", p, err, want)
		}
		if len(p) > 125 {
			return
		}
		var d Decoder
		d.Init(DecoderConfig{MustBeUnmasked: true})
		b := build(Header{Fin: true, Opcode: OpClose}, string(p))
		used, c, have, derr := d.Next(b)
		if have && !c.Last && derr == nil {
			t.Fatalf("a close frame came in pieces: %+v", c)
		}
		if derr != nil || !have || used != len(b) || !bytes.Equal(c.Payload, p) {
			t.Errorf("decoded %d of %d: %+v, %v", used, len(b), c, derr)
		}
	})
}
