// SPDX-License-Identifier: MIT

package ws

// Error is a violation by the peer. Code is what the closing frame should say,
// Reason is a short English text for a log line or that frame's reason.
type Error struct {
	Code   CloseCode
	Reason string
}

// Error returns the reason.
func (e *Error) Error() string { return "ws: " + e.Reason }

// Everything that Decoder.Next and ParseClose can return. They are compared by
// identity; nobody may change them.
var (
	ErrReservedBits      = &Error{CloseProtocolError, "reserved bit set"}
	ErrReservedOpcode    = &Error{CloseProtocolError, "reserved opcode"}
	ErrControlFragment   = &Error{CloseProtocolError, "fragmented control frame"}
	ErrControlTooLong    = &Error{CloseProtocolError, "control frame longer than 125 bytes"}
	ErrNothingToContinue = &Error{CloseProtocolError, "continuation without a message"}
	ErrMessageUnderWay   = &Error{CloseProtocolError, "new message inside a message"}
	ErrMaskMissing       = &Error{CloseProtocolError, "client frame not masked"}
	ErrMaskPresent       = &Error{CloseProtocolError, "server frame masked"}
	ErrLengthTopBit      = &Error{CloseProtocolError, "length has its top bit set"}
	ErrLengthNotMinimal  = &Error{CloseProtocolError, "length not in its shortest form"}
	ErrCloseTruncated    = &Error{CloseProtocolError, "close payload of one byte"}
	ErrCloseCode         = &Error{CloseProtocolError, "close code not allowed"}
	ErrCloseReason       = &Error{CloseInvalidPayload, "close reason is not UTF-8"}
)
