// SPDX-License-Identifier: MIT

package proxy

import (
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// maxHops is how often a request may come back to this process by mounts of its own: each
// time it holds two connections more. Through unix sockets, which have no addresses, it is
// how many requests may be on such ways at a time.
const (
	maxHops     = 8
	maxUnixHops = 64
)

// hop is the place of a pair among those that lead to each other.
type hop struct {
	depth int
	local bool           // by a unix socket from this process
	at    netip.AddrPort // of the child's socket
	on    bool
}

// hops are the children's sockets, by their own addresses.
var hops = struct {
	sync.Mutex
	depth map[netip.AddrPort]int
	local int
}{depth: map[netip.AddrPort]int{}}

// hopOf tells how often the request of c has come through here.
func hopOf(c *engine.Conn) hop {
	a := peerOf(c)
	hops.Lock()
	defer hops.Unlock()
	if a.IsValid() {
		return hop{depth: hops.depth[a] + 1}
	}
	u, err := unix.GetsockoptUcred(c.Network().FD(), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil || int(u.Pid) != os.Getpid() {
		return hop{depth: 1}
	}
	return hop{depth: hops.local + 1, local: true}
}

// fine tells whether it may go on.
func (h *hop) fine() bool {
	if h.local {
		return h.depth <= maxUnixHops
	}
	return h.depth <= maxHops
}

// enter notes the socket that the request leaves by.
func (h *hop) enter(c *engine.Conn) {
	hops.Lock()
	defer hops.Unlock()
	if h.on {
		return
	}
	h.on = true
	if h.local {
		hops.local++
	}
	sa, err := unix.Getsockname(c.FD())
	if err != nil {
		return
	}
	if h.at = addrOf(sa); h.at.IsValid() {
		hops.depth[h.at] = h.depth
	}
}

func (h *hop) leave() {
	hops.Lock()
	defer hops.Unlock()
	if !h.on {
		return
	}
	h.on = false
	if h.local {
		hops.local--
	}
	delete(hops.depth, h.at)
}
