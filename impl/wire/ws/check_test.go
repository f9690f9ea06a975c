// SPDX-License-Identifier: MIT

package ws

import "testing"

func TestCheckHeader(t *testing.T) {
	server := DecoderConfig{MustBeMasked: true}
	client := DecoderConfig{MustBeUnmasked: true}
	deflate := DecoderConfig{AllowRsv1: true}
	const none = OpContinuation

	tests := []struct {
		name     string
		cfg      DecoderConfig
		message  Opcode
		extended int
		h        Header
		want     *Error
	}{
		{"text", server, none, 0, Header{Fin: true, Opcode: OpText, Masked: true, Length: 125}, nil},
		{"first fragment", client, none, 0, Header{Opcode: OpText, Length: 1}, nil},
		{"next fragment", client, OpText, 0, Header{Length: 1}, nil},
		{"last fragment", client, OpBinary, 0, Header{Fin: true}, nil},
		{"ping between fragments", client, OpText, 0, Header{Fin: true, Opcode: OpPing, Length: 125}, nil},

		{"not masked", server, none, 0, Header{Fin: true, Opcode: OpText}, ErrMaskMissing},
		{"ping not masked", server, none, 0, Header{Fin: true, Opcode: OpPing}, ErrMaskMissing},
		{"masked", client, none, 0, Header{Fin: true, Opcode: OpText, Masked: true}, ErrMaskPresent},

		{"rsv1", client, none, 0, Header{Fin: true, Rsv: Rsv1, Opcode: OpText}, ErrReservedBits},
		{"rsv2", deflate, none, 0, Header{Fin: true, Rsv: Rsv2, Opcode: OpText}, ErrReservedBits},
		{"rsv3", deflate, none, 0, Header{Fin: true, Rsv: Rsv3 | Rsv1, Opcode: OpText}, ErrReservedBits},
		{"rsv1 with deflate", deflate, none, 0, Header{Fin: true, Rsv: Rsv1, Opcode: OpText}, nil},
		{"rsv1 on a continuation", deflate, OpText, 0, Header{Fin: true, Rsv: Rsv1}, ErrReservedBits},
		{"rsv1 on a ping", deflate, none, 0, Header{Fin: true, Rsv: Rsv1, Opcode: OpPing}, ErrReservedBits},

		{"opcode 3", client, none, 0, Header{Fin: true, Opcode: 3}, ErrReservedOpcode},
		{"opcode 7", client, none, 0, Header{Fin: true, Opcode: 7}, ErrReservedOpcode},
		{"opcode b", client, none, 0, Header{Fin: true, Opcode: 0xb}, ErrReservedOpcode},
		{"opcode f", client, none, 0, Header{Fin: true, Opcode: 0xf}, ErrReservedOpcode},

		{"fragment of a ping", client, none, 0, Header{Opcode: OpPing}, ErrControlFragment},
		{"fragment of a close", client, none, 0, Header{Opcode: OpClose}, ErrControlFragment},
		{"long pong", client, none, 2, Header{Fin: true, Opcode: OpPong, Length: 126}, ErrControlTooLong},

		{"continuation of nothing", client, none, 0, Header{Fin: true}, ErrNothingToContinue},
		{"text in text", client, OpText, 0, Header{Fin: true, Opcode: OpText}, ErrMessageUnderWay},
		{"binary in text", client, OpText, 0, Header{Fin: true, Opcode: OpBinary}, ErrMessageUnderWay},

		{"top bit", client, none, 8, Header{Fin: true, Opcode: OpText, Length: 1 << 63}, ErrLengthTopBit},
		{"125 in 16 bits", client, none, 2, Header{Fin: true, Opcode: OpText, Length: 125}, ErrLengthNotMinimal},
		{"126 in 16 bits", client, none, 2, Header{Fin: true, Opcode: OpText, Length: 126}, nil},
		{"0 in 64 bits", client, none, 8, Header{Fin: true, Opcode: OpText}, ErrLengthNotMinimal},
		{"0xffff in 64 bits", client, none, 8, Header{Fin: true, Opcode: OpText, Length: 0xffff}, ErrLengthNotMinimal},
		{"0x10000 in 64 bits", client, none, 8, Header{Fin: true, Opcode: OpText, Length: 0x10000}, nil},
	}
	for _, tt := range tests {
		s := headerState{cfg: &tt.cfg, message: tt.message, extended: tt.extended}
		if got := checkHeader(tt.h, s); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestErrorCodes(t *testing.T) {
	for err, code := range map[*Error]CloseCode{
		ErrReservedBits: 1002, ErrCloseReason: 1007, ErrCloseCode: 1002,
	} {
		if err.Code != code {
			t.Errorf("%v: code %d, want %d", err, err.Code, code)
		}
	}
}
