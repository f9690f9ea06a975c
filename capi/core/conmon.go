// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include <string.h>

static inline void set_address(lws_sockaddr46 *to, int family, const void *addr, unsigned port, unsigned scope)
{
	if (family == AF_INET6) {
		memcpy(&to->sa6.sin6_addr, addr, 16);
		to->sa6.sin6_port = htons((uint16_t)port);
		to->sa6.sin6_scope_id = scope;
	} else {
		memcpy(&to->sa4.sin_addr, addr, 4);
		to->sa4.sin_port = htons((uint16_t)port);
	}
	to->sa4.sin_family = (sa_family_t)family;
}

// The address is in the same piece of memory, so that free() is all it needs.
static inline struct addrinfo *new_addrinfo(int family, const void *addr, unsigned scope)
{
	struct { struct addrinfo ai; lws_sockaddr46 sa; } *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	set_address(&p->sa, family, addr, 0, scope);
	p->ai.ai_family = family;
	p->ai.ai_socktype = SOCK_STREAM;
	p->ai.ai_addr = (struct sockaddr *)&p->sa;
	p->ai.ai_addrlen = family == AF_INET6 ? sizeof(p->sa.sa6) : sizeof(p->sa.sa4);
	return &p->ai;
}
*/
import "C"

import (
	"net/netip"
	"unsafe"

	"libwebsockets/impl/role/listen"
)

// address takes an address apart for C; the bytes are b's.
func address(a netip.Addr, b *[16]byte) (family C.int, p unsafe.Pointer, scope C.uint) {
	if a.Is4() {
		four := a.As4()
		copy(b[:], four[:])
		return C.AF_INET, unsafe.Pointer(b), 0
	}
	*b = a.As16()
	return C.AF_INET6, unsafe.Pointer(b), C.uint(listen.ScopeOf(a.Zone()))
}

//export go_lws_conmon_wsi_take
func go_lws_conmon_wsi_take(wsi *C.struct_lws, dest *C.struct_lws_conmon) {
	defer guard("lws_conmon_wsi_take")
	if dest == nil {
		return
	}
	*dest = C.struct_lws_conmon{}
	c := conn(wsi, "lws_conmon_wsi_take")
	if c == nil {
		return
	}
	c.Lock()
	defer c.Unlock()
	m := c.Monitor
	if m == nil {
		return
	}
	dest.ciu_dns, dest.ciu_sockconn, dest.ciu_tls = C.uint32_t(m.DNS), C.uint32_t(m.Connect), C.uint32_t(m.TLS)
	dest.ciu_txn_resp = C.uint32_t(m.Response)
	dest.dns_disposition = C.lws_conmon_dns_disposition_t(m.Lookup)
	if m.Status != 0 {
		dest.pcol = C.LWSCONMON_PCOL_HTTP
		*(*C.int)(unsafe.Pointer(&dest.protocol_specific)) = C.int(m.Status)
	}
	var b [16]byte
	if m.Peer.IsValid() {
		family, p, scope := address(m.Peer.Addr(), &b)
		C.set_address(&dest.peer46, family, p, C.uint(m.Peer.Port()), scope)
	}
	last := &dest.dns_results_copy
	for _, a := range m.Found {
		family, p, scope := address(a, &b)
		if *last = C.new_addrinfo(family, p, scope); *last == nil {
			break
		}
		last = &(*last).ai_next
	}
	m.Found = nil
}
