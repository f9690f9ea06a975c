// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// literal turns "1000 0001  0000 0101" into bytes; what is not 0 or 1 is skipped.
func literal(t testing.TB, s string) []byte {
	t.Helper()
	s = strings.Map(func(r rune) rune {
		if r == '0' || r == '1' {
			return r
		}
		return -1
	}, s)
	if len(s)%8 != 0 {
		t.Fatalf("%d bits are no whole bytes", len(s))
	}
	var b []byte
	for ; s != ""; s = s[8:] {
		v, err := strconv.ParseUint(s[:8], 2, 8)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, byte(v))
	}
	return b
}

var headerTests = []struct {
	name string
	wire string
	h    Header
}{
	{
		"text, 5 bytes, last",
		"1000 0001  0 0000101",
		// fin  op  m len
		Header{Fin: true, Opcode: OpText, Length: 5},
	}, {
		"binary, not last, empty",
		"0000 0010  0 0000000",
		Header{Opcode: OpBinary},
	}, {
		"masked ping",
		"1000 1001  1 0000001  00110111 11111010 00100001 00111101",
		// fin  op  m len     mask
		Header{Fin: true, Opcode: OpPing, Masked: true, Mask: [4]byte{0x37, 0xfa, 0x21, 0x3d}, Length: 1},
	}, {
		"rsv1",
		"1100 0001  0 1111101",
		Header{Fin: true, Rsv: Rsv1, Opcode: OpText, Length: 125},
	}, {
		"rsv2 and rsv3 of a continuation",
		"0011 0000  0 0000001",
		Header{Rsv: Rsv2 | Rsv3, Opcode: OpContinuation, Length: 1},
	}, {
		"shortest 16-bit length",
		"1000 0010  0 1111110  00000000 01111110",
		// fin  op  m 126     length
		Header{Fin: true, Opcode: OpBinary, Length: 126},
	}, {
		"longest 16-bit length",
		"1000 0010  0 1111110  11111111 11111111",
		Header{Fin: true, Opcode: OpBinary, Length: 0xffff},
	}, {
		"shortest 64-bit length, masked",
		"1000 0010  1 1111111  00000000 00000000 00000000 00000000 00000000 00000001 00000000 00000000  00000001 00000010 00000011 00000100",
		// fin  op  m 127     length                                                                    mask
		Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Length: 0x10000},
	}, {
		"longest 64-bit length",
		"1000 0010  0 1111111  01111111 11111111 11111111 11111111 11111111 11111111 11111111 11111111",
		Header{Fin: true, Opcode: OpBinary, Length: 1<<63 - 1},
	},
}

func TestPutHeader(t *testing.T) {
	for _, tt := range headerTests {
		want := literal(t, tt.wire)
		var buf [MaxHeaderLen]byte
		n := PutHeader(buf[:], tt.h)
		if !bytes.Equal(buf[:n], want) {
			t.Errorf("%s: PutHeader = %x, want %x", tt.name, buf[:n], want)
		}
		if l := HeaderLen(tt.h); l != len(want) {
			t.Errorf("%s: HeaderLen = %d, want %d", tt.name, l, len(want))
		}
		if n != len(buf) && buf[n] != 0 {
			t.Errorf("%s: PutHeader wrote behind its end", tt.name)
		}
	}
}

func TestParseHeader(t *testing.T) {
	for _, tt := range headerTests {
		wire := literal(t, tt.wire)
		if n := headerNeed(wire[1]); n != len(wire) {
			t.Errorf("%s: headerNeed = %d, want %d", tt.name, n, len(wire))
		}
		if h := parseHeader(wire); h != tt.h {
			t.Errorf("%s: parseHeader = %+v, want %+v", tt.name, h, tt.h)
		}
	}
}

func TestOpcode(t *testing.T) {
	for op := Opcode(0); op < 16; op++ {
		if got, want := op.IsControl(), op >= 8; got != want {
			t.Errorf("opcode %x: IsControl = %t", byte(op), got)
		}
		known := op == OpContinuation || op == OpText || op == OpBinary ||
			op == OpClose || op == OpPing || op == OpPong
		if op.isReserved() == known {
			t.Errorf("opcode %x: isReserved = %t", byte(op), !known)
		}
	}
}

func TestPutHeaderAllocs(t *testing.T) {
	var buf [MaxHeaderLen]byte
	h := Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Length: 1000}
	if n := testing.AllocsPerRun(100, func() { PutHeader(buf[:], h) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPutHeader(b *testing.B) {
	var buf [MaxHeaderLen]byte
	h := Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Length: 1000}
	b.ReportAllocs()
	for b.Loop() {
		PutHeader(buf[:], h)
	}
}
