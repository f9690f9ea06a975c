// SPDX-License-Identifier: MIT

package client

import (
	"io"
	"net"
	"strings"
	"testing"

	"libwebsockets/impl/engine"
)

// FuzzAnswer has a server answer anything, and hang up: the client, with or
// without a proxy in front or a body to send, hears of one end of it, and of no more body than came.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "SSH-2.0-x\r\n",
		"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed("gzip", "hello"),
		"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 9\r\n\r\n" + packed("raw", "hello"), "HTTP/1.1 407 No\r\n\r\n", "HTTP/1.1 200 Yes\r\n\r\nHTTP/1.1 304 N\r\nContent-Length: 3\r\n\r\n", "",
	} {
		for mode := range uint8(modes) {
			f.Add([]byte(s), mode)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, mode uint8) {
		r := newRig(t, &engine.Info{TimeoutSecs: 5})
		port := each(t, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 4096))
			_, _ = c.Write(answer)
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}).Port
		info := &Info{Ctx: r.ctx, Address: "127.0.0.1", Port: port, Method: has("GET"), LocalProtocol: has("p")}
		info.Flags = NoFollowRedirect
		switch mode % modes {
		case 1:
			info.Method = has("HEAD")
		case 2:
			info.Method = Text{} // a WebSocket
		case 3:
			r.v.HTTPProxy, r.v.HTTPProxyPort = "127.0.0.1", port
		case 4:
			r.v.Socks, r.v.SocksPort = "127.0.0.1", port
		case 5:
			upload(r)
		case 6:
			asks(r, "", nil)
		}
		r.ctx.Lock()
		Connect(info)
		r.ctx.Unlock()
		r.until("destroy", 1)
		p := r.p
		if p.count("completed") > 1 || p.count("error")+p.count("closed") != 1 || p.count("established") > 1 || len(p.body()) > len(answer) && mode%modes != 6 {
			t.Errorf("%q: %q", answer, p.told)
		}
		if mode%modes == 1 && p.body() != "" {
			t.Errorf("HEAD has the body %q", p.body())
		}
	})
}

const modes = 7

// upload writes a short body.
func upload(r *rig) {
	r.p.fn = func(c *engine.Conn, x engine.Reason) int {
		switch x {
		case engine.ReasonClientAppendHandshakeHeader:
			r.ctx.Lock()
			SetBodyPending(c, true)
			r.ctx.Unlock()
		case engine.ReasonClientHTTPWriteable:
			r.ctx.Lock()
			defer r.ctx.Unlock()
			SetBodyPending(c, false)
			if c.Write(engine.PayloadOf([]byte(strings.Repeat("x", 100))), engine.WriteHTTPFinal) < 0 {
				return -1
			}
		case engine.ReasonReceiveClientHTTP:
			return readAll(c)
		}
		return 0
	}
}
