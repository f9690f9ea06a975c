// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// one decodes a single frame that b begins with.
func one(t *testing.T, b []byte) Event {
	t.Helper()
	d := Decoder{MaxFrame: MaxMaxFrame}
	n, ev, have, err := d.Next(b)
	if err != nil || !have || n != len(b) {
		t.Fatalf("%x: %d of %d bytes, %v, %v", b, n, len(b), have, err)
	}
	return ev
}

// FuzzGoAway: any payload that the decoder lets through is taken apart, and what
// is made of its parts is the same frame but for the reserved bit.
func FuzzGoAway(f *testing.F) {
	f.Add([]byte{0, 0, 0, 7, 0, 0, 0, 1}, true)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xffbye\x00\n"), false)
	f.Add([]byte{1, 2, 3}, false)
	f.Fuzz(func(t *testing.T, payload []byte, onStream bool) {
		payload = payload[:min(len(payload), 1000)]
		h := Header{Length: uint32(len(payload)), Type: GoAway}
		if onStream {
			h.Stream = 1
		}
		in := append(AppendHeader(nil, h), payload...)
		if len(payload) < 8 || onStream {
			d := Decoder{MaxFrame: MaxMaxFrame}
			if _, _, have, err := d.Next(in); have || err == nil {
				t.Fatalf("%x: accepted", in)
			}
			return
		}
		last, code, text := ParseGoAway(one(t, in).Payload)
		in[HeaderLen] &= 0x7f
		if again := AppendGoAway(nil, last, code, string(text)); !bytes.Equal(again, in) {
			t.Fatalf("%x became %x", in, again)
		}
	})
}

// FuzzSettings: what is read of a payload is what was written, and a value that
// is let through keeps its limits (RFC 9113 §6.5.2).
func FuzzSettings(f *testing.F) {
	f.Add([]byte("\x00\x02\x00\x00\x00\x01\x00\x05\x00\x00\x40\x00"))
	f.Add([]byte("\x00\x04\xff\xff\xff\xff\x00\x08\x00\x00\x00\x02\xaa"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var l []Setting
		_ = EachSetting(payload, func(s Setting) error {
			l = append(l, s)
			if CheckSetting(s) != nil {
				return nil
			}
			switch v := s.Value; {
			case s.ID == EnablePush && v > 1, s.ID == EnableConnectProtocol && v > 1,
				s.ID == InitialWindowSize && v > MaxWindow, s.ID == MaxFrameSize && (v < MinMaxFrame || v > MaxMaxFrame):
				t.Fatalf("%v is let through", s)
			}
			return nil
		})
		whole := payload[:len(payload)/settingLen*settingLen]
		if again := AppendSettings(nil, l...); !bytes.Equal(again[HeaderLen:], whole) {
			t.Fatalf("%x became %x", whole, again)
		}
	})
}

// FuzzField: a field that we write is the one that HPACK reads, and one that
// the checker lets through cannot break an HTTP/1 head that it is put into.
func FuzzField(f *testing.F) {
	f.Add("x-name", []byte("value"), false)
	f.Add(":path", []byte("/a b"), false)
	f.Add(":status", []byte("200"), true)
	f.Add("X\r\n", bytes.Repeat([]byte("v"), 300), false)
	f.Fuzz(func(t *testing.T, name string, value []byte, response bool) {
		fields, err := hpack.NewDecoder(4096, nil).DecodeFull(AppendField(nil, name, value))
		if err != nil || len(fields) != 1 || fields[0].Name != name || fields[0].Value != string(value) {
			t.Fatalf("%q: %q became %v, %v", name, value, fields, err)
		}
		c := FieldChecker{Response: response}
		if c.Check(name, string(value)) != nil {
			return
		}
		if bytes.ContainsAny([]byte(name), "\x00\r\n ABCXYZ") || bytes.ContainsAny(value, "\x00\r\n") {
			t.Fatalf("%q: %q is let through", name, value)
		}
	})
}

// FuzzCutField: what AppendField has made is cut off again, whatever is behind; what is cut off
// anything else is what an HPACK decoder finds there.
//
// Seen to fail: lengths without their continuation; a value that the block has only the beginning of.
func FuzzCutField(f *testing.F) {
	f.Add("name", []byte("value"), []byte("rest"))
	f.Add("", []byte{}, []byte{0, 0x7f, 0x80, 0})
	f.Add("x", bytes.Repeat([]byte{'v'}, 0x7f), []byte{0, 1, 'a', 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f, 'b'})
	f.Add("y", bytes.Repeat([]byte{0}, 0x7f+0x80), []byte{0, 1, 'a', 2, 'b'})
	f.Add("z", bytes.Repeat([]byte{0xff}, 1<<15), []byte{0x40, 1, 'a', 1, 'b'})
	f.Fuzz(func(t *testing.T, name string, value, more []byte) {
		b := append(AppendField(nil, name, value), more...)
		n, v, rest, ok := CutField(b)
		if !ok || string(n) != name || !bytes.Equal(v, value) || !bytes.Equal(rest, more) {
			t.Fatalf("%q: %v, %.40q %.40q %.40q", name, ok, n, v, rest)
		}
		n, v, rest, ok = CutField(more)
		if !ok {
			if !bytes.Equal(rest, more) {
				t.Fatalf("%q of %q is left", rest, more)
			}
			return
		}
		var got []hpack.HeaderField
		d := hpack.NewDecoder(4096, func(h hpack.HeaderField) { got = append(got, h) })
		_, err := d.Write(more[:len(more)-len(rest)])
		if err == nil {
			err = d.Close()
		}
		if err != nil || len(got) != 1 || got[0].Name != string(n) || got[0].Value != string(v) || !bytes.HasSuffix(more, rest) {
			t.Fatalf("%q: %q %q, the decoder's %v, %v", more, n, v, got, err)
		}
	})
}
