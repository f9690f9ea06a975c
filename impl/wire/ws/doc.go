// SPDX-License-Identifier: MIT

// Package ws is the WebSocket wire format of RFC 6455: frame headers, masking,
// the close payload, streaming UTF-8 validation and the handshake's accept key.
//
// It is a codec and nothing more: bytes in, bytes out, no I/O and no clock.
// Decoding is push style. The caller reads from its socket into a buffer of its
// own and hands that to Decoder.Next, which unmasks in place and answers with
// at most one Chunk, a slice of the same buffer. Only a header that is cut off,
// or a control frame that is, is copied into the decoder.
//
// Rules that a header must obey are all in checkHeader (check.go); what the
// payload means (extensions, UTF-8 of text, replies to ping and close) is for
// the caller to decide.
package ws
