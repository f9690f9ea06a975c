// SPDX-License-Identifier: MIT

package engine

import (
	"strings"
	"unsafe"

	"libwebsockets/impl/wire/h1"
)

// Option is a bit of the LWS_SERVER_OPTION_ family.
type Option uint64

// The options that the engine looks at, numbered as in lws-context-vhost.h.
const (
	OptSkipCanonicalName    Option = 1 << 2
	OptDisableIPv6          Option = 1 << 5
	OptValidateUTF8         Option = 1 << 8
	OptSSLGlobalInit        Option = 1 << 12
	OptExplicitVhosts       Option = 1 << 13
	OptUnixSock             Option = 1 << 14
	OptSTS                  Option = 1 << 15
	OptV6OnlyModify         Option = 1 << 16
	OptV6OnlyValue          Option = 1 << 17
	OptFallback             Option = 1 << 20
	OptAdoptApplyListen     Option = 1 << 22
	OptAllowListenShare     Option = 1 << 23
	OptSkipProtocolInit     Option = 1 << 25
	OptStrictHostCheck      Option = 1 << 27
	OptSecurityHeaders      Option = 1 << 28
	OptFailUponUnableToBind Option = 1 << 30
)

// Has tells whether all bits of w are set.
func (o Option) Has(w Option) bool { return o&w == w }

// Listening ports with a meaning of their own.
const (
	PortNoListen       = -1
	PortNoListenServer = -2
)

// OptionBasicAuth names the file with the credentials that upgrades to a
// protocol need.
const OptionBasicAuth = "basic-auth"

// PVO is one per-vhost option: struct lws_protocol_vhost_options, copied.
type PVO struct {
	Name, Value string
	Options     []PVO
	OptionsC    unsafe.Pointer // first of Options in the program's memory
}

// Mount binds a part of the URL space: struct lws_http_mount, copied.
type Mount struct {
	Mountpoint     string
	Origin         string
	Def            string
	HasDef         bool
	Protocol       string
	PMO            unsafe.Pointer // cgienv as the program gave it, nil when none
	ExtraMimetypes []PVO
	Interpret      []PVO
	CacheMaxAge    int
	AuthMask       uint32
	CacheReusable  bool
	CacheRevalid   bool
	CacheInterm    bool
	Kind           MountKind
	AuthFile       string
	HasAuthFile    bool
	Proxies        bool        // the kinds HTTP and HTTPS do something: Debian's build has none
	CGI            *MountedCGI // how Origin is run, nil: it is not
}

// MountedCGI is what a mount says of a CGI.
type MountedCGI struct {
	Env     []PVO
	Timeout int // seconds, 0: the usual
}

// Onward tells whether the mount leads to another server. The kind of a struct that was
// only zeroed is HTTP, too: one that names a protocol, or a path for its origin, is what
// it is in Debian's build, which has no such mounts.
func (m *Mount) Onward() bool {
	return m.Proxies && (m.Kind == MountHTTP || m.Kind == MountHTTPS) && m.Protocol == "" && m.Origin != "" &&
		m.Origin[0] != '.' && strings.IndexByte(m.Origin, '/') > 0
}

// MountKind is enum lws_mount_protocols.
type MountKind uint8

// The kinds of mount.
const (
	MountHTTP       MountKind = 0
	MountHTTPS      MountKind = 1
	MountFile       MountKind = 2
	MountCGI        MountKind = 3
	MountRedirHTTP  MountKind = 4
	MountRedirHTTPS MountKind = 5
	MountCallback   MountKind = 6
)

// Retry is the part of lws_retry_bo_t that connections use.
type Retry struct {
	PingSecs   uint16         // silence before a ping
	HangupSecs uint16         // silence before the connection is given up
	C          unsafe.Pointer // the program's policy
}

// Info is what a context and its vhosts are made from: the engine's copy of
// struct lws_context_creation_info. Zero values mean the documented defaults.
type Info struct {
	Port           int
	Iface          string
	HasIface       bool
	VhostName      string
	Protocols      []Protocol
	Extensions     []Extension
	PVOs           []PVO
	Headers        []PVO
	RejectKeywords []PVO
	Mounts         []*Mount
	ServerString   string
	Error404       string
	Precompressed  bool
	Compress       bool
	Ours           bool // compiled with our headers: what Debian's build lacks is there
	HTTPProxy      string
	HTTPProxyPort  int
	Socks          string
	SocksPort      int
	Options        Option
	User           unsafe.Pointer
	UID, GID       int
	KeepaliveSecs  int
	HeaderSecs     int
	TimeoutSecs    int
	ConnectSecs    int
	KATime         int
	KAProbes       int
	KAInterval     int
	MaxHeaderData  int
	TokenLimits    *h1.TokenLimits
	ServBufSize    int
	FDLimit        int
	RlimitNofile   int
	BindIface      bool
	UnixPerms      string
	AcceptRole     string
	AcceptProtocol string
	RetryPolicy    *Retry
	Finalize       func(*Vhost)
	Released       func() // the vhost's C struct is no longer used
	MinRxRate      int
	Peers          PeerLimits
	PeerRefused    PeerRefused
	FastOpen       int // TCP_FASTOPEN: connections that wait with data; 0: off
	UDPLossTx      int // percent of datagrams to lose, for tests
	UDPLossRx      int
	HTTP2Settings  [7]uint32
	ABI            ABI // (C) what the program is compiled for
}

// Extension is one entry of the vhost's extension table. Only
// permessage-deflate is known; Offer is what a client asks for.
type Extension struct {
	Name  string
	Offer string
}
