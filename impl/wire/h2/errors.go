// SPDX-License-Identifier: MIT

package h2

import "fmt"

// Code is an error code (RFC 9113 §7).
type Code uint32

// The error codes.
const (
	NoError Code = iota
	ProtocolError
	InternalError
	FlowControlError
	SettingsTimeout
	StreamClosed
	FrameSizeError
	RefusedStream
	Cancel
	CompressionError
	ConnectError
	EnhanceYourCalm
	InadequateSecurity
	HTTP11Required
)

// Error is a breach of the protocol. Stream is 0 when the connection is to be
// ended for it, else the one stream that is.
type Error struct {
	Code   Code
	Stream uint32
	Reason string
}

func (e *Error) Error() string {
	if e.Stream != 0 {
		return fmt.Sprintf("h2: stream %d: %s (error 0x%x)", e.Stream, e.Reason, uint32(e.Code))
	}
	return fmt.Sprintf("h2: %s (error 0x%x)", e.Reason, uint32(e.Code))
}

// On is the same error for one stream only.
func (e *Error) On(stream uint32) *Error { return &Error{e.Code, stream, e.Reason} }

// The errors of frames by themselves.
var (
	ErrPreface         = &Error{Code: ProtocolError, Reason: "the connection preface is wrong"}
	ErrFrameSize       = &Error{Code: FrameSizeError, Reason: "Peer ignored our frame size setting"}
	ErrFixedSize       = &Error{Code: FrameSizeError, Reason: "the frame's type does not have this length"}
	ErrSettingsSize    = &Error{Code: FrameSizeError, Reason: "Settings length error"}
	ErrSettingsAck     = &Error{Code: FrameSizeError, Reason: "Settings with ACK not allowed payload"}
	ErrNeedsStream     = &Error{Code: ProtocolError, Reason: "the frame's type needs a stream"}
	ErrNoStream        = &Error{Code: ProtocolError, Reason: "the frame's type is not for a stream"}
	ErrPadding         = &Error{Code: ProtocolError, Reason: "excessive padding"}
	ErrContinuation    = &Error{Code: ProtocolError, Reason: "a header block is interrupted"}
	ErrNoContinuation  = &Error{Code: ProtocolError, Reason: "unexpected CONTINUATION"}
	ErrOwnDependency   = &Error{Code: ProtocolError, Reason: "cant depend on own sid"}
	ErrEnablePush      = &Error{Code: ProtocolError, Reason: "ENABLE_PUSH invalid arg"}
	ErrEnableConnect   = &Error{Code: ProtocolError, Reason: "ENABLE_CONNECT_PROTOCOL invalid arg"}
	ErrInitialWindow   = &Error{Code: FlowControlError, Reason: "Initial Window beyond max"}
	ErrMaxFrameSize    = &Error{Code: ProtocolError, Reason: "MAX_FRAME_SIZE out of range"}
	ErrZeroUpdate      = &Error{Code: ProtocolError, Reason: "Zero length window update"}
	ErrWindowOverflow  = &Error{Code: FlowControlError, Reason: "Flow control exceeded max"}
	ErrFieldName       = &Error{Code: ProtocolError, Reason: "a field name is not allowed"}
	ErrFieldValue      = &Error{Code: ProtocolError, Reason: "a field value is not allowed"}
	ErrPseudoOrder     = &Error{Code: ProtocolError, Reason: "Pseudoheader after normal hdrs"}
	ErrPseudoUnknown   = &Error{Code: ProtocolError, Reason: "Unknown pseudoheader"}
	ErrPseudoTwice     = &Error{Code: ProtocolError, Reason: "a pseudo header comes twice"}
	ErrConnectionField = &Error{Code: ProtocolError, Reason: "a connection-specific field"}
)
