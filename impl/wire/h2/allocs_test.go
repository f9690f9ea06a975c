// SPDX-License-Identifier: MIT

package h2

import (
	"slices"
	"testing"
)

// traffic is what a connection sees of one answered request, both ways.
func traffic() []byte {
	return slices.Concat(
		frame(Headers, EndHeaders|EndStream, 1, "\x82\x86\x84\x41\x8a\x08\x9d\x5c\x0b\x81\x70\xdc\x78\x0f\x03"),
		frame(Data, EndStream, 1, string(make([]byte, 1024))),
		AppendWindowUpdate(nil, 0, 1024), AppendPing(nil, false, [8]byte{}), AppendSettingsAck(nil))
}

func decodeTraffic(d *Decoder, in []byte) (events int) {
	for len(in) > 0 {
		n, _, have, err := d.Next(in)
		in = in[n:]
		if have {
			events++
		}
		if err != nil {
			return -1
		}
	}
	return events
}

func TestDecodeAllocs(t *testing.T) {
	in := traffic()
	d := Decoder{MaxFrame: MinMaxFrame}
	if n := testing.AllocsPerRun(100, func() {
		if decodeTraffic(&d, in) != 5 {
			t.Error("frames are missing")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAppendAllocs(t *testing.T) {
	out := make([]byte, 0, 256)
	value := []byte("text/plain")
	if n := testing.AllocsPerRun(100, func() {
		b := AppendHeader(out, Header{Length: 20, Type: Headers, Flags: EndHeaders, Stream: 1})
		b = AppendField(b, "content-type", value)
		b = AppendWindowUpdate(b, 1, 5)
		AppendRstStream(b, 1, Cancel)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	in := traffic()
	d := Decoder{MaxFrame: MinMaxFrame}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if decodeTraffic(&d, in) != 5 {
			b.Fatal("frames are missing")
		}
	}
}
