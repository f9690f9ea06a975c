// SPDX-License-Identifier: MIT

package engine

// ABI is how a context behaves where one release of the original differs from
// another. The program was compiled for that release; the boundary knows which
// (capi/abi). What both have in common has no name here.
type ABI struct {
	Name string // of the release
	// Connecting: each attempt of a client tells CONNECTING.
	Connecting bool
	// SessionCache: TLS sessions of clients are kept and resumed, without being asked for.
	SessionCache bool
	// Before30: of a client connection the first protocol hears until it is a WebSocket,
	// without memory of ours, and of an HTTP one always. If there was no answer that is a
	// connection error; a WebSocket ends as a server's does.
	Before30 bool
	// UDP is the struct that lws_get_udp gives out.
	UDP UDPLayout
}

// UDPLayout is where struct lws_udp has the peer's address, which has Room
// bytes, and its length (0: nowhere).
type UDPLayout struct{ Size, Addr, Room, Len uintptr }
