// SPDX-License-Identifier: MIT

// Package deflate is the codec of the WebSocket extension permessage-deflate
// (RFC 7692): the negotiation of its parameters, an Inflater and a Deflater.
//
// It does no I/O and has no clock. Both directions are push style. The Inflater
// stops at any byte of input or output and goes on from there, so the size of a
// message never decides how much memory it takes; it is written for this purpose,
// because a Go reader can only pull. The Deflater appends to the caller's buffer
// and wraps github.com/klauspost/compress/flate.
//
// What a connection needs only while a message is under way (Huffman tables, a
// compressor, and without context takeover the window as well) comes from pools
// and goes back to them, so that idle connections hold next to nothing.
package deflate
