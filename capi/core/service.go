// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <sys/epoll.h>
#include "lws_private.h"
*/
import "C"

import (
	"sync/atomic"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h2"
	"libwebsockets/impl/role/ws"
)

//export go_lwsgo_before
func go_lwsgo_before(cx *C.struct_lws_context, tsi C.int) C.int {
	defer guard("lws_service") // service goes on
	pt := threadOf(cx, tsi)
	if pt == nil {
		return 1
	}
	pt.Before()
	return 0
}

// threadOf is a context's service thread, nil when there is no such.
func threadOf(cx *C.struct_lws_context, tsi C.int) *engine.Thread {
	ctx := contextOf(cx)
	if ctx == nil || tsi < 0 || int(tsi) >= len(ctx.Threads) {
		return nil
	}
	return ctx.Threads[tsi]
}

//export go_lwsgo_turn
func go_lwsgo_turn(cx *C.struct_lws_context, tsi C.int, ev *C.struct_epoll_event, n C.int, now C.int64_t) C.int {
	defer guard("lws_service")
	pt := threadOf(cx, tsi)
	if pt == nil {
		return -1
	}
	pt.Yield(int64(now))
	return served(cx, pt.Turn(unsafe.Slice((*engine.Event)(unsafe.Pointer(ev)), int(n)), int64(now)))
}

// served is what a turn comes to that ended so.
func served(cx *C.struct_lws_context, end engine.End) C.int {
	if end == engine.Destroyed {
		forget(cx)
	}
	if end != engine.GoesOn {
		return -1
	}
	return 0
}

//export go_lws_service_fd_tsi
func go_lws_service_fd_tsi(cx *C.struct_lws_context, tsi C.int, pfd *C.struct_pollfd, now C.int64_t) C.int {
	defer guard("lws_service_fd")
	pt := threadOf(cx, tsi)
	if pt == nil {
		return -1
	}
	if pfd == nil { // the timers only
		return served(cx, pt.Turn(nil, int64(now)))
	}
	pt.Yield(int64(now))
	ours, end := pt.ServiceFD(int(pfd.fd), uint32(uint16(pfd.revents)), int64(now))
	if end == engine.GoesOn && ours {
		pfd.revents = 0
	}
	return served(cx, end)
}

//export go_lws_write
func go_lws_write(wsi *C.struct_lws, buf *C.uchar, n C.size_t, wp C.enum_lws_write_protocol) (ret C.int) {
	defer guardOr("lws_write", &ret, -1)
	c := conn(wsi, "lws_write")
	if c == nil {
		return -1
	}
	if n > 1<<31-1 {
		engine.Errf("%s: lws_write: length %d is too large", c, uint64(n))
		return -1
	}
	p := engine.WriteProtocol(wp)
	headroom := c.F.Role&engine.FaceWS != 0 && p&engine.WriteKindMask < engine.WriteHTTP
	c.Lock()
	defer c.Unlock()
	return C.int(c.ProgramWrite(engine.PayloadAt(unsafe.Pointer(buf), int(n), headroom), p))
}

// go_lwsgo_noted sends what a callback has written (capi/c/service.c).
//
//export go_lwsgo_noted
func go_lwsgo_noted(wsi *C.struct_lws, n, wp C.int) {
	defer guard("lws_write")
	if c := engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi))); c != nil {
		c.Lock()
		defer c.Unlock()
		c.WriteNoted(int(n), engine.WriteProtocol(wp))
	}
}

// go_lwsgo_written sends what a callback has written that C runs (capi/c/short.c).
//
//export go_lwsgo_written
func go_lwsgo_written(wsi *C.struct_lws) {
	defer guard("lws_write")
	if c := engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi))); c != nil {
		c.Lock()
		defer c.Unlock()
		c.IssueShort()
	}
}

//export go_lwsgo_take_over
func go_lwsgo_take_over(cx *C.struct_lws_context, tsi C.int) {
	defer guard("lws_service")
	if pt := threadOf(cx, tsi); pt != nil {
		pt.TakeOver()
	}
}

//export go_lws_callback_on_writable
func go_lws_callback_on_writable(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_callback_on_writable", -1, func(c *engine.Conn) C.int {
		if c.Dead() {
			return -1
		}
		c.AskWriteable()
		return 1
	})
}

// go_lwsgo_asked takes what callbacks asked WRITEABLE for.
//
//export go_lwsgo_asked
func go_lwsgo_asked(w *C.struct_lws) {
	defer guard("lws_callback_on_writable")
	for w != nil {
		next := w.next_asked
		atomic.StoreInt32((*int32)(&w.asked), 0)
		if c := engine.ConnOf((*engine.Face)(unsafe.Pointer(w))); c != nil {
			c.Lock()
			if !c.Dead() {
				c.AskWriteable()
			}
			c.Unlock()
		}
		w = next
	}
}

//export go_lws_handle_POLLOUT_event
func go_lws_handle_POLLOUT_event(wsi *C.struct_lws, _ *C.struct_pollfd) C.int {
	return onConn(wsi, "lws_handle_POLLOUT_event", -1, func(c *engine.Conn) C.int {
		if !c.HandlePollout() {
			return -1
		}
		return 0
	})
}

// eachOf calls fn with a protocol of each vhost, or of one. prot is an entry of a vhost's
// table, or the program's entry of that name.
func eachOf(ctx *engine.Context, vh *engine.Vhost, prot *C.struct_lws_protocols, fn func(*engine.Protocol)) {
	for _, v := range ctx.Vhosts() {
		if vh != nil && v != vh {
			continue
		}
		if p := privProtocol(v, prot); p != nil {
			fn(p)
		}
	}
}

//export go_lws_callback_on_writable_all_protocol
func go_lws_callback_on_writable_all_protocol(cx *C.struct_lws_context, prot *C.struct_lws_protocols) (ret C.int) {
	defer guardOr("lws_callback_on_writable_all_protocol", &ret, -1)
	ctx := context(cx)
	if ctx == nil {
		return 0
	}
	if prot == nil {
		return -1
	}
	eachOf(ctx, nil, prot, func(p *engine.Protocol) { p.WriteableAll(ctx) })
	return 0
}

//export go_lws_callback_on_writable_all_protocol_vhost
func go_lws_callback_on_writable_all_protocol_vhost(v *C.struct_lws_vhost, prot *C.struct_lws_protocols) (ret C.int) {
	defer guardOr("lws_callback_on_writable_all_protocol_vhost", &ret, -1)
	vh := vhostOf(v)
	if vh == nil || prot == nil || privProtocol(vh, prot) == nil {
		engine.Errf("lws_callback_on_writable_all_protocol_vhost: no such vhost or protocol")
		return -1
	}
	eachOf(vh.Ctx, vh, prot, func(p *engine.Protocol) { p.WriteableAll(vh.Ctx) })
	return 0
}

// callAll runs reason for every connection that speaks prot, bound or not; nil
// means all of them.
func callAll(ctx *engine.Context, vh *engine.Vhost, prot *C.struct_lws_protocols, reason C.int, arg unsafe.Pointer, n C.size_t) {
	ctx.EachConn(func(c *engine.Conn) {
		if c.Protocol == nil || c.Stream() || vh != nil && c.Vhost != vh || c.Dead() {
			return
		}
		if prot != nil && c.Protocol != privProtocol(c.Vhost, prot) {
			return
		}
		if arg == nil && !c.PT().Mine() { // its thread's callback
			c.PT().Send(func() {
				if !c.Dead() {
					c.Call(engine.Reason(reason), nil, uintptr(n))
				}
			}, nil)
			return
		}
		c.Call(engine.Reason(reason), arg, uintptr(n))
	})
}

//export go_lws_callback_all_protocol
func go_lws_callback_all_protocol(cx *C.struct_lws_context, prot *C.struct_lws_protocols, reason C.int) C.int {
	return onContext(cx, "lws_callback_all_protocol", 1, func(ctx *engine.Context) C.int {
		if prot == nil {
			return 1
		}
		callAll(ctx, nil, prot, reason, nil, 0)
		return 0
	})
}

//export go_lws_callback_all_protocol_vhost_args
func go_lws_callback_all_protocol_vhost_args(v *C.struct_lws_vhost, prot *C.struct_lws_protocols, reason C.int, arg unsafe.Pointer, n C.size_t) C.int {
	return onVhost(v, "lws_callback_all_protocol_vhost_args", 1, func(vh *engine.Vhost) C.int {
		callAll(vh.Ctx, vh, prot, reason, arg, n)
		return 0
	})
}

//export go_lws_callback_vhost_protocols_vhost
func go_lws_callback_vhost_protocols_vhost(v *C.struct_lws_vhost, reason C.int, in unsafe.Pointer, n C.size_t) C.int {
	return onVhost(v, "lws_callback_vhost_protocols_vhost", 1, func(vh *engine.Vhost) C.int {
		return b2i(vh.CallProtocols(engine.Reason(reason), in, uintptr(n)) != 0)
	})
}

//export go_lwsgo_timed
func go_lwsgo_timed(v *C.struct_lws_vhost, prot *C.struct_lws_protocols, reason C.int) {
	defer guard("lws_timed_callback_vh_protocol")
	vh := vhostOf(v)
	if vh == nil {
		return
	}
	vh.Lock()
	defer vh.Unlock()
	for _, p := range vh.Protocols {
		if p.C == unsafe.Pointer(prot) || p.Name == str(prot.name) && p.Callback == unsafe.Pointer(prot.callback) {
			vh.CallProtocol(p, engine.Reason(reason))
			return
		}
	}
}

//export go_lws_callback_vhost_protocols
func go_lws_callback_vhost_protocols(wsi *C.struct_lws, reason C.int, in unsafe.Pointer, n C.size_t) C.int {
	return onConn(wsi, "lws_callback_vhost_protocols", 1, func(c *engine.Conn) C.int {
		if c.Vhost == nil {
			return 1
		}
		for _, p := range c.Vhost.Protocols {
			if c.CallProtocol(p, engine.Reason(reason), nil, in, uintptr(n)) != 0 {
				return 1
			}
		}
		return 0
	})
}

//export go_lws_set_timeout
func go_lws_set_timeout(wsi *C.struct_lws, reason C.enum_pending_timeout, secs C.int) {
	withConn(wsi, "lws_set_timeout", func(c *engine.Conn) {
		if secs == C.LWS_TO_KILL_SYNC && !c.PT().Mine() { // its thread's callbacks
			secs = C.LWS_TO_KILL_ASYNC
		}
		c.SetTimeoutAsked(engine.TimeoutReason(reason), int(secs))
	})
}

//export go_lws_set_timer_usecs
func go_lws_set_timer_usecs(wsi *C.struct_lws, us C.lws_usec_t) {
	withConn(wsi, "lws_set_timer_usecs", func(c *engine.Conn) {
		c.SetTimerUS(int64(us))
	})
}

//export go_lws_validity_confirmed
func go_lws_validity_confirmed(wsi *C.struct_lws) {
	withConn(wsi, "lws_validity_confirmed", (*engine.Conn).Valid)
}

// Bits of the enable argument of lws_rx_flow_control: a plain bool, or a set
// of reasons of which each can stop the flow.
const (
	rxReasonApplies = 1 << 14
	rxReasonEnable  = 1 << 13
)

//export go_lws_rx_flow_control
func go_lws_rx_flow_control(wsi *C.struct_lws, enable C.int) C.int {
	return onConn(wsi, "lws_rx_flow_control", -1, func(c *engine.Conn) C.int {
		on := enable != 0
		if enable&rxReasonApplies != 0 {
			on = enable&rxReasonEnable != 0
		}
		if !c.Stream() && h2.NetOf(c) == nil { // as the reference: HTTP/2 takes no part in it
			c.FlowControl(on)
		}
		return 0
	})
}

//export go_lws_rx_flow_allow_all_protocol
func go_lws_rx_flow_allow_all_protocol(cx *C.struct_lws_context, prot *C.struct_lws_protocols) {
	defer guard("lws_rx_flow_allow_all_protocol")
	ctx := context(cx)
	if ctx == nil || prot == nil {
		return
	}
	eachOf(ctx, nil, prot, func(p *engine.Protocol) {
		p.EachMember(ctx, func(c *engine.Conn) { c.FlowControl(true) })
	})
}

//export go_lws_send_pipe_choked
func go_lws_send_pipe_choked(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_send_pipe_choked", 1, func(c *engine.Conn) C.int {
		return b2i(c.Choked())
	})
}

//export go_lws_partial_buffered
func go_lws_partial_buffered(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_partial_buffered", 0, func(c *engine.Conn) C.int {
		return b2i(c.Buffered())
	})
}

//export go_lws_raw_transaction_completed
func go_lws_raw_transaction_completed(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_raw_transaction_completed", -1, func(c *engine.Conn) C.int {
		return b2i(c.CloseDrained()) - 1
	})
}

//export go_lws_close_free_wsi
func go_lws_close_free_wsi(wsi *C.struct_lws, reason C.enum_lws_close_status, _ *C.char) {
	withConn(wsi, "lws_close_free_wsi", func(c *engine.Conn) {
		if c.PT().Mine() {
			c.Close(engine.CloseStatus(reason))
			return
		}
		c.PT().Later(func() { c.Close(engine.CloseStatus(reason)) })
	})
}

//export go_lws_set_wsi_user
func go_lws_set_wsi_user(wsi *C.struct_lws, user unsafe.Pointer) {
	withConn(wsi, "lws_set_wsi_user", func(c *engine.Conn) {
		c.SetUser(user)
	})
}

//export go_lws_close_reason
func go_lws_close_reason(wsi *C.struct_lws, status C.enum_lws_close_status, buf *C.uchar, n C.size_t) {
	withConn(wsi, "lws_close_reason", func(c *engine.Conn) {
		if buf == nil {
			n = 0
		}
		ws.SetCloseReason(c, uint16(status), cView(buf, int(min(n, 123))))
	})
}

//export go_lws_set_extension_option
func go_lws_set_extension_option(wsi *C.struct_lws, ext, opt, val *C.char) C.int {
	return onConn(wsi, "lws_set_extension_option", -1, func(c *engine.Conn) C.int {
		if ws.SetOption(c, str(ext), str(opt), str(val)) {
			return 0
		}
		return -1
	})
}

//export go_wsi_from_fd
func go_wsi_from_fd(cx *C.struct_lws_context, fd C.int) *C.struct_lws {
	defer guard("wsi_from_fd")
	ctx := context(cx)
	if ctx == nil {
		return nil
	}
	return face(ctx.ConnByFD(int(fd)))
}
