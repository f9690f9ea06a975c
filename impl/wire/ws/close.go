// SPDX-License-Identifier: MIT

package ws

import (
	"encoding/binary"
	"unicode/utf8"
)

// CloseCode is the status code of a close frame (RFC 6455 §7.4).
type CloseCode uint16

// Codes of RFC 6455 §7.4.1 and of the registry of §11.7.
const (
	CloseNormal             CloseCode = 1000
	CloseGoingAway          CloseCode = 1001
	CloseProtocolError      CloseCode = 1002
	CloseUnsupportedData    CloseCode = 1003 // text to one that takes only binary, or so
	CloseReserved           CloseCode = 1004 // no meaning yet
	CloseNoStatus           CloseCode = 1005 // local only: the close frame was empty
	CloseAbnormal           CloseCode = 1006 // local only: there was no close frame
	CloseInvalidPayload     CloseCode = 1007 // text that is not UTF-8, or so
	ClosePolicyViolation    CloseCode = 1008
	CloseMessageTooBig      CloseCode = 1009
	CloseMandatoryExtension CloseCode = 1010 // a client missed an extension it needs
	CloseInternalError      CloseCode = 1011
	CloseServiceRestart     CloseCode = 1012
	CloseTryAgainLater      CloseCode = 1013
	CloseBadGateway         CloseCode = 1014
	CloseTLSHandshake       CloseCode = 1015 // local only: TLS failed
)

// ValidCloseCode reports whether an endpoint may put the code into a close frame
// by RFC 6455 §7.4: what §7.4.1 defines for the wire, and 3000 to 4999.
func ValidCloseCode(code CloseCode) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code < CloseNormal || code > CloseInternalError:
		return false
	}
	return code != CloseReserved && code != CloseNoStatus && code != CloseAbnormal
}

// RegisteredCloseCode reports whether the code is of those that the registry of
// RFC 6455 §11.7 got later.
func RegisteredCloseCode(code CloseCode) bool {
	return code >= CloseServiceRestart && code <= CloseBadGateway
}

// WireCloseCode reports whether the code may be in a close frame at all: of 1000 to
// 4999 those that RFC 6455 §7.4.1 does not keep for what happens without one. Wider than
// ValidCloseCode: codes that are registered later may be sent.
func WireCloseCode(code CloseCode) bool {
	return code >= CloseNormal && code <= 4999 &&
		code != CloseNoStatus && code != CloseAbnormal && code != CloseTLSHandshake
}

// ParseClose takes a close frame's payload apart (RFC 6455 §5.5.1). An empty
// payload is legal and gives CloseNoStatus. reason aliases payload. The error is
// ErrCloseTruncated, ErrCloseCode or ErrCloseReason, or nil; code and reason are
// what the payload says even then (0 and nil if it is truncated), for a caller
// that is told to be lenient. registered lets the codes pass that RegisteredCloseCode does.
func ParseClose(payload []byte, registered bool) (code CloseCode, reason []byte, err error) {
	switch len(payload) {
	case 0:
		return CloseNoStatus, nil, nil
	case 1:
		return 0, nil, ErrCloseTruncated
	}
	code = CloseCode(binary.BigEndian.Uint16(payload))
	reason = payload[2:]
	switch {
	case !ValidCloseCode(code) && !(registered && RegisteredCloseCode(code)):
		return code, reason, ErrCloseCode
	case !utf8.Valid(reason):
		return code, reason, ErrCloseReason
	}
	return code, reason, nil
}
