// SPDX-License-Identifier: MIT

// Package deflate is the codec of the WebSocket extension permessage-deflate
// (RFC 7692): the negotiation of its parameters, an Inflater and a Deflater.
//
// It does no I/O and has no clock. Both directions are push style and written for
// messages of a few dozen bytes as much as for endless ones. The Inflater stops at
// any byte of input or output and goes on from there, so the size of a message
// never decides how much memory it takes. The Deflater appends to the caller's
// buffer, keeps its history over messages of any size, and grows with them.
//
// What a connection needs only while a message is under way (Huffman tables,
// tokens, and without context takeover the window as well) comes from pools and
// goes back to them. What stays with an idle connection is in the order of what
// it has received and sent so far, up to the window.
package deflate
