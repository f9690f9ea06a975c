// SPDX-License-Identifier: MIT

package ws

// headerState is what checkHeader must know beyond the header itself.
type headerState struct {
	cfg      *DecoderConfig
	message  Opcode // of the message under way, OpContinuation if there is none
	extended int    // bytes of extended length on the wire: 0, 2 or 8
}

// checkHeader applies the rules of RFC 6455 §5 (and RFC 7692 §6 for RSV1) to
// one frame header. It returns nil or one of the Err values.
func checkHeader(h Header, s headerState) *Error {
	if err := checkBits(h, s); err != nil {
		return err
	}
	if err := checkLength(h, s); err != nil {
		return err
	}

	switch {
	// §5.5: "All control frames MUST have a payload length of 125 bytes or less
	// and MUST NOT be fragmented."
	case h.Opcode.IsControl() && !h.Fin:
		return ErrControlFragment
	case h.Opcode.IsControl() && h.Length > MaxControlLen:
		return ErrControlTooLong
	case h.Opcode.IsControl():
		return nil

	// §5.4: a fragmented message is one frame "with the FIN bit clear and an
	// opcode other than 0, followed by zero or more frames with the FIN bit
	// clear and the opcode set to 0".
	case h.Opcode == OpContinuation && s.message == OpContinuation:
		return ErrNothingToContinue

	// §5.4: "The fragments of one message MUST NOT be interleaved between the
	// fragments of another message".
	case h.Opcode != OpContinuation && s.message != OpContinuation:
		return ErrMessageUnderWay
	}
	return nil
}

// checkBits covers the reserved values and the mask bit.
func checkBits(h Header, s headerState) *Error {
	switch {
	// §5.2: RSV bits "MUST be 0 unless an extension is negotiated that defines
	// meanings for non-zero values".
	case h.Rsv&^Rsv1 != 0, h.Rsv != 0 && !s.cfg.AllowRsv1:
		return ErrReservedBits

	// RFC 7692 §6.1: RSV1 must not be set on "control frames and non-first
	// fragments of a data message".
	case h.Rsv != 0 && (h.Opcode.IsControl() || h.Opcode == OpContinuation):
		return ErrReservedBits

	// §5.2: "If an unknown opcode is received, the receiving endpoint MUST
	// _Fail the WebSocket Connection_."
	case h.Opcode.isReserved():
		return ErrReservedOpcode

	// §5.1: "The server MUST close the connection upon receiving a frame that
	// is not masked."
	case s.cfg.MustBeMasked && !h.Masked:
		return ErrMaskMissing

	// §5.1: "A client MUST close a connection if it detects a masked frame."
	case s.cfg.MustBeUnmasked && h.Masked:
		return ErrMaskPresent
	}
	return nil
}

// checkLength covers how the length is encoded.
func checkLength(h Header, s headerState) *Error {
	switch {
	// §5.2: of the 64-bit length "the most significant bit MUST be 0".
	case h.Length>>63 != 0:
		return ErrLengthTopBit

	// §5.2: "in all cases, the minimal number of bytes MUST be used to encode
	// the length".
	case s.extended == 2 && h.Length < lengthIs16Bit,
		s.extended == 8 && h.Length <= 0xffff:
		return ErrLengthNotMinimal
	}
	return nil
}
