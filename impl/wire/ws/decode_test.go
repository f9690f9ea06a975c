// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// frame is what a test compares: a frame put together from its chunks.
type frame struct {
	op, message Opcode
	fin         bool
	compressed  bool
	payload     string
}

// collector feeds a decoder and checks the chunks' invariants on the way.
type collector struct {
	t       testing.TB
	d       Decoder
	frames  []frame
	partial *frame
	left    uint64
}

func (c *collector) feed(in []byte) error {
	c.t.Helper()
	for len(in) > 0 {
		used, ch, ok, err := c.d.Next(in)
		if err != nil {
			return err
		}
		if !ok && used != len(in) {
			c.t.Fatalf("no chunk, yet used %d of %d", used, len(in))
		}
		if used == 0 {
			c.t.Fatal("no progress")
		}
		in = in[used:]
		if ok {
			c.chunk(ch)
		}
	}
	return nil
}

func (c *collector) chunk(ch Chunk) {
	c.t.Helper()
	if len(ch.Payload) == 0 && ch.Header.Length != 0 {
		c.t.Fatal("empty chunk")
	}
	if ch.First != (c.partial == nil) || ch.Last != (ch.Remaining == 0) {
		c.t.Fatalf("first %t, last %t, remaining %d", ch.First, ch.Last, ch.Remaining)
	}
	if ch.First {
		c.partial = &frame{op: ch.Header.Opcode, message: ch.MessageOpcode,
			fin: ch.Header.Fin, compressed: ch.Compressed}
		c.left = ch.Header.Length
	}
	c.left -= uint64(len(ch.Payload))
	if c.left != ch.Remaining {
		c.t.Fatalf("remaining %d, want %d", ch.Remaining, c.left)
	}
	if ch.Header.Opcode.IsControl() && !(ch.First && ch.Last) {
		c.t.Fatal("control frame in pieces")
	}
	c.partial.payload += string(ch.Payload)
	if ch.Last {
		c.frames = append(c.frames, *c.partial)
		c.partial = nil
	}
}

// build makes the wire form of a frame.
func build(h Header, payload string) []byte {
	h.Length = uint64(len(payload))
	var buf [MaxHeaderLen]byte
	b := append(buf[:PutHeader(buf[:], h)], payload...)
	if h.Masked {
		Mask(h.Mask, 0, b[len(b)-len(payload):])
	}
	return b
}

func TestDecoder(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	long := string(bytes.Repeat([]byte("0123456789"), 7000))
	const none = OpContinuation

	tests := []struct {
		name string
		cfg  DecoderConfig
		wire []byte
		want []frame
		err  error
	}{
		{
			name: "hello", // RFC 6455 §5.7
			wire: literal(t, "10000001 00000101 01001000 01100101 01101100 01101100 01101111"),
			//             fin text len 5    H        e        l        l        o
			want: []frame{{OpText, OpText, true, false, "Hello"}},
		}, {
			name: "masked hello", // RFC 6455 §5.7
			cfg:  DecoderConfig{MustBeMasked: true},
			wire: []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58},
			want: []frame{{OpText, OpText, true, false, "Hello"}},
		}, {
			name: "empty frames",
			wire: []byte{0x01, 0, 0x89, 0, 0x00, 0, 0x80, 0, 0x82, 0},
			want: []frame{
				{OpText, OpText, false, false, ""},
				{OpPing, OpText, true, false, ""},
				{none, OpText, false, false, ""},
				{none, OpText, true, false, ""},
				{OpBinary, OpBinary, true, false, ""},
			},
		}, {
			name: "ping inside a compressed message",
			cfg:  DecoderConfig{MustBeMasked: true, AllowRsv1: true},
			wire: slices.Concat(
				build(Header{Rsv: Rsv1, Opcode: OpBinary, Masked: true, Mask: key}, long),
				build(Header{Fin: true, Opcode: OpPing, Masked: true, Mask: key}, "are you there?"),
				build(Header{Fin: true, Masked: true, Mask: key}, long[:200]),
				build(Header{Fin: true, Opcode: OpPong, Masked: true, Mask: key}, "x"),
				build(Header{Fin: true, Opcode: OpText, Masked: true, Mask: key}, "plain"),
			),
			want: []frame{
				{OpBinary, OpBinary, false, true, long},
				{OpPing, OpBinary, true, false, "are you there?"},
				{none, OpBinary, true, true, long[:200]},
				{OpPong, none, true, false, "x"},
				{OpText, OpText, true, false, "plain"},
			},
		}, {
			name: "nothing behind a close",
			wire: slices.Concat(
				build(Header{Fin: true, Opcode: OpClose}, "\x03\xe8done"),
				build(Header{Fin: true, Opcode: OpText}, "more"),
				[]byte{0xff, 0xff, 0xff},
			),
			want: []frame{{OpClose, none, true, false, "\x03\xe8done"}},
		}, {
			name: "error behind a frame",
			wire: slices.Concat(build(Header{Fin: true, Opcode: OpText}, "abc"), build(Header{Fin: true, Opcode: OpContinuation}, "abcd")),
			want: []frame{{OpText, OpText, true, false, "abc"}},
			err:  ErrNothingToContinue,
		}, {
			name: "unmasked to a server",
			cfg:  DecoderConfig{MustBeMasked: true},
			wire: []byte{0x81, 0x00},
			err:  ErrMaskMissing,
		}, {
			name: "length 5 in 16 bits",
			wire: []byte{0x81, 126, 0, 5},
			err:  ErrLengthNotMinimal,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			for _, size := range []int{len(tt.wire), 1, 2, 3, 5, 13, 126, 4096} {
				c := collector{t: t}
				c.d.Init(tt.cfg)
				var err error
				splits(rnd, bytes.Clone(tt.wire), size, func(p []byte) {
					if err == nil {
						err = c.feed(p)
					}
				})
				if err != tt.err {
					t.Fatalf("pieces up to %d: error %v, want %v", size, err, tt.err)
				}
				if !slices.Equal(c.frames, tt.want) {
					t.Fatalf("pieces up to %d: %+v", size, c.frames)
				}
				if used, _, ok, again := c.d.Next([]byte{0x81, 0x00}); err != nil && (used != 2 || ok || again != nil) {
					t.Fatal("not deaf after an error")
				}
			}
		})
	}
}

func TestDecoderAliasesInput(t *testing.T) {
	var d Decoder
	in := build(Header{Fin: true, Opcode: OpPing, Masked: true, Mask: [4]byte{1, 2, 3, 4}}, "abcd")
	_, c, ok, _ := d.Next(in)
	if !ok || &c.Payload[0] != &in[6] {
		t.Fatal("a whole control frame was copied")
	}
}

// TestDecoderSize keeps an eye on memory per connection.
func TestDecoderSize(t *testing.T) {
	if n := unsafe.Sizeof(Decoder{}); n > 80 {
		t.Errorf("a Decoder has %d bytes", n)
	}
}

func TestDecoderAllocs(t *testing.T) {
	in := slices.Concat(
		build(Header{Fin: true, Opcode: OpText}, "hello"),
		build(Header{Fin: true, Opcode: OpPing}, "ping"),
	)
	c := func() {
		var d Decoder
		for b := in; len(b) > 0; {
			used, _, _, _ := d.Next(b)
			b = b[used:]
		}
	}
	if n := testing.AllocsPerRun(100, c); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzDecoder compares one call with all input to calls with pieces of it. The
// same input chooses the pieces.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}, byte(0), uint64(1))
	f.Add([]byte{0x01, 0x01, 'a', 0x89, 0x02, 'b', 'c', 0x80, 0x00, 0x88, 0x00}, byte(4), uint64(2))
	f.Add([]byte{0xc1, 126, 0, 126}, byte(12), uint64(3))
	f.Fuzz(func(t *testing.T, wire []byte, flags byte, seed uint64) {
		cfg := DecoderConfig{
			MustBeMasked:   flags&1 != 0,
			MustBeUnmasked: flags&2 != 0,
			AllowRsv1:      flags&4 != 0,
		}
		whole, pieces := collector{t: t}, collector{t: t}
		whole.d.Init(cfg)
		pieces.d.Init(cfg)

		wholeErr := whole.feed(bytes.Clone(wire))
		var err error
		splits(rand.New(rand.NewPCG(seed, 1)), bytes.Clone(wire), 7, func(p []byte) {
			if err == nil {
				err = pieces.feed(p)
			}
		})
		if err != wholeErr || !slices.Equal(whole.frames, pieces.frames) {
			t.Fatalf("whole: %v %+v\npieces: %v %+v", wholeErr, whole.frames, err, pieces.frames)
		}
		if p, w := pieces.partial, whole.partial; (p == nil) != (w == nil) || p != nil && *p != *w {
			t.Fatalf("whole: %+v, pieces: %+v", w, p)
		}
	})
}

func BenchmarkDecoder(b *testing.B) {
	for _, n := range []int{0, 16, 125, 1024, 65536} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			wire := build(Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: [4]byte{1, 2, 3, 4}}, string(make([]byte, n)))
			var d Decoder
			d.Init(DecoderConfig{MustBeMasked: true})
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, ok, err := d.Next(wire); !ok || err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
