// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <netinet/in.h>
#include <string.h>

static inline void *lwsgo_sin6_addr(struct sockaddr_in *a)
{
	return &((struct sockaddr_in6 *)a)->sin6_addr;
}
*/
import "C"

import (
	"errors"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/text/netaddr"
)

// peerText is the peer's address in text: "" where it has none that is a
// number, and what the system says where there is no peer.
func peerText(fd int) string {
	sa, err := unix.Getpeername(fd)
	if err != nil {
		return "getpeername: " + strerror(err)
	}
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return numeric(a.Addr[:])
	case *unix.SockaddrInet6:
		return numeric(a.Addr[:])
	case *unix.SockaddrUnix:
		return ownABI().UnixPeer
	}
	return ""
}

func numeric(addr []byte) string {
	var b [64]byte
	return string(b[:max(netaddr.Write(addr, b[:]), 0)])
}

// putString copies s and a NUL to n bytes at dst, cut to fit.
func putString(dst *C.char, n int, s string) {
	if dst == nil || n <= 0 {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(dst)), n)
	b[copy(b[:n-1], s)] = 0
}

//export go_lws_get_peer_simple_fd
func go_lws_get_peer_simple_fd(fd C.int, name *C.char, n C.size_t) *C.char {
	defer guard("lws_get_peer_simple_fd")
	putString(name, int(n), peerText(int(fd)))
	return name
}

// strerror is how C says err.
func strerror(err error) string {
	var e unix.Errno
	if errors.As(err, &e) {
		return str(C.strerror(C.int(e)))
	}
	return err.Error()
}

//export go_lws_get_peer_addresses
func go_lws_get_peer_addresses(_ *C.struct_lws, fd C.int, name *C.char, nameLen C.int, rip *C.char, ripLen C.int) {
	defer guard("lws_get_peer_addresses")
	if lacks("lws_get_peer_addresses", name == nil && rip == nil) {
		return
	}
	putString(name, int(nameLen), "")
	putString(rip, int(ripLen), "")
	sa, err := unix.Getpeername(int(fd))
	if err != nil {
		engine.Warnf("getpeername: %v", err)
		return
	}
	var ip netip.Addr
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		ip = netip.AddrFrom4(a.Addr)
	case *unix.SockaddrInet6:
		ip = netip.AddrFrom16(a.Addr).Unmap()
	default:
		return
	}
	// The name is the address too: looking it up would block the loop.
	putString(name, int(nameLen), ip.String())
	putString(rip, int(ripLen), ip.String())
}

//export go_lws_interface_to_sa
func go_lws_interface_to_sa(ipv6 C.int, ifname *C.char, addr *C.struct_sockaddr_in, n C.size_t) (ret C.int) {
	defer guardOr("lws_interface_to_sa", &ret, C.LWS_ITOSA_NOT_EXIST)
	if lacks("lws_interface_to_sa", ifname == nil || addr == nil) {
		return C.LWS_ITOSA_NOT_EXIST
	}
	a, err := listen.InterfaceAddr(str(ifname), ipv6 != 0, ownABI().FamilySockets)
	switch {
	case errors.Is(err, listen.ErrNotUsable):
		return C.LWS_ITOSA_NOT_USABLE
	case err != nil:
		return C.LWS_ITOSA_NOT_EXIST
	case ipv6 == 0 && n >= C.sizeof_struct_sockaddr_in:
		addr.sin_family = C.AF_INET
		*(*[4]byte)(unsafe.Pointer(&addr.sin_addr)) = a.Unmap().As4()
	case ipv6 != 0 && n >= C.sizeof_struct_sockaddr_in6:
		*(*[16]byte)(C.lwsgo_sin6_addr(addr)) = a.As16()
	default:
		engine.Errf("lws_interface_to_sa: no room for the address (%d bytes)", uint64(n))
		return C.LWS_ITOSA_NOT_USABLE
	}
	return C.LWS_ITOSA_USABLE
}
