// SPDX-License-Identifier: MIT

package main

/*
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <string.h>
*/
import "C"

import (
	"errors"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// peerText is the peer's address in text, "unknown" when it has none.
func peerText(fd int) string {
	sa, err := unix.Getpeername(fd)
	if err != nil {
		return ""
	}
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(a.Addr).String()
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(a.Addr).Unmap().String()
	case *unix.SockaddrUnix:
		return "(unix skt)"
	}
	return ""
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
	if s := peerText(int(fd)); s != "" {
		putString(name, int(n), s)
	} else if _, err := unix.Getpeername(int(fd)); err != nil {
		putString(name, int(n), "getpeername: "+strerror(err))
	}
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
	// The name is the address too: looking it up would block the loop.
	s := peerText(int(fd))
	putString(name, int(nameLen), s)
	putString(rip, int(ripLen), s)
}
