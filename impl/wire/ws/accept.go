// SPDX-License-Identifier: MIT

package ws

import (
	"encoding/base64"

	"libwebsockets/impl/wire/sha1"
)

// handshakeGUID is the constant of RFC 6455 §1.3.
const handshakeGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// AcceptLen is the length of a Sec-WebSocket-Accept value: base64 of a SHA-1.
const AcceptLen = 28

// AcceptKey computes the value of Sec-WebSocket-Accept for the value of
// Sec-WebSocket-Key as it came over the wire (RFC 6455 §4.2.2 step 5.4). The key
// is not checked: a legal one is 24 bytes of base64.
func AcceptKey(key []byte) (accept [AcceptLen]byte) {
	// Room for a legal key, so that the concatenation stays on the stack.
	buf := make([]byte, 0, 24+len(handshakeGUID))
	buf = append(buf, key...)
	buf = append(buf, handshakeGUID...)
	sum := sha1.Sum(buf)
	base64.StdEncoding.Encode(accept[:], sum[:])
	return accept
}
