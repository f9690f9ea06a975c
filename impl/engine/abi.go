// SPDX-License-Identifier: MIT

package engine

import "libwebsockets/impl/wire/h1"

// ABI is how a context behaves where one release of the original differs from
// another. The program was compiled for that release; the boundary knows which
// (capi/abi). What both have in common has no name here.
type ABI struct {
	Name   string // of the release
	Client ClientABI
	// TimeoutSecs is info.timeout_secs where the program sets none.
	TimeoutSecs int
	// SessionCache: TLS sessions of clients are kept and resumed, without being asked for.
	SessionCache bool
	// Before30: of a client connection the first protocol hears until it is a WebSocket,
	// without memory of ours, and of an HTTP one always. If there was no answer that is a
	// connection error; a WebSocket ends as a server's does.
	Before30 bool
	// FamilySockets: a vhost listens with a socket for each address family; the name of
	// an interface that has both stands for its IPv6 address where that is asked for.
	FamilySockets bool
	// UnixPeer is what the other end of a unix socket is called.
	UnixPeer string
	// VhostsEndEarly: when the context is destroyed, a vhost ends with its last connection,
	// not behind all of them, and its listener goes to one that is left.
	VhostsEndEarly bool
	// PollAnswers: what a program answers when it is told of a descriptor to poll counts,
	// also before it is known to poll.
	PollAnswers bool
	// AgesLater: VHOST_CERT_AGING comes with later vhosts, 5 s behind each vhost with TLS,
	// and then once a day, but not with those that the context begins with.
	AgesLater bool
	// OnlyWithPVO: on a vhost that has pvos, a protocol without one is not initialised.
	OnlyWithPVO bool
	// OwnSockets is how many of fd_limit_per_thread the original keeps for itself.
	OwnSockets int
	// AllMethodsMount: PUT, PATCH and DELETE find mounts that are no callbacks, too.
	AllMethodsMount bool
	// WholeToHTTPS: who is sent to https keeps path and arguments.
	WholeToHTTPS bool
	// Lifecycle: what is made and what ends is told of in the log, and log lines name
	// connections by their tags.
	Lifecycle bool
	// Joints stand between the values of one header.
	Joints h1.Joints
	// DSSHeader: x-amzn-dss-signature has a token, and is no header of unknown name.
	DSSHeader bool
	// UDPBindsAgain: behind RAW_ADOPT a datagram socket leaves its protocol and is bound
	// to it again, with fresh memory.
	UDPBindsAgain bool
	// UDPWriteTells: what the network says of a datagram is the result of the next write,
	// where a WRITEABLE is due.
	UDPWriteTells bool
	// TasksPartFirst: a connection that ends loses its thread pool tasks before the close
	// callback.
	TasksPartFirst bool
	// AnswersBody: lws_callback_http_dummy answers a request whose body has come.
	AnswersBody bool
	// UDP is the struct that lws_get_udp gives out.
	UDP UDPLayout
}

// UDPLayout is where struct lws_udp has the peer's address, which has Room
// bytes, and its length (0: nowhere).
type UDPLayout struct{ Size, Addr, Room, Len uintptr }
