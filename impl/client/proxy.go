// SPDX-License-Identifier: MIT

package client

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// maxProxyAuth is how long "user:password" of a proxy may be.
const maxProxyAuth = 95

// SetProxy makes the vhost's client connections go through an HTTP proxy:
// "[http://][user:password@]host:port" (lws_set_proxy). Without a port the one
// that is set already stays.
func SetProxy(v *engine.Vhost, proxy string) error {
	proxy = strings.TrimPrefix(proxy, "http://")
	auth := ""
	if n := strings.LastIndexByte(proxy, '@'); n >= 0 {
		if n > maxProxyAuth {
			return fmt.Errorf("proxy auth too long (%d bytes, limit %d)", n, maxProxyAuth)
		}
		auth = base64.StdEncoding.EncodeToString([]byte(proxy[:n]))
		proxy = proxy[n+1:]
	}
	host, port, hasPort := strings.Cut(proxy, ":")
	if strings.HasPrefix(proxy, "[") {
		var ok bool
		if host, port, ok = strings.Cut(proxy[1:], "]"); !ok {
			return fmt.Errorf("malformed proxy '%s'", proxy)
		}
		port, hasPort = strings.CutPrefix(port, ":")
	}
	if !hasPort && v.HTTPProxyPort == 0 {
		return fmt.Errorf("http_proxy needs to be ads:port")
	}
	if hasPort {
		digits := strings.TrimRight(port, "/")
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil {
			return fmt.Errorf("http_proxy: bad port %q", port)
		}
		v.HTTPProxyPort = int(n)
	}
	v.HTTPProxy, v.HTTPProxyAuth = strings.TrimRight(host, "/"), auth
	engine.Infof(" Proxy %s:%d", v.HTTPProxy, v.HTTPProxyPort)
	return nil
}

// connectRequest is the request for a tunnel (RFC 9110 §9.3.6).
func connectRequest(address string, port int, auth string) []byte {
	if strings.Contains(address, ":") && !strings.HasPrefix(address, "[") {
		address = "[" + address + "]"
	}
	b := fmt.Appendf(nil, "CONNECT %s:%d HTTP/1.1\r\nHost: %s:%d\r\nUser-agent: lws\r\n", address, port, address, port)
	if auth != "" {
		b = line(b, "Proxy-authorization: basic ", auth)
	}
	return append(b, '\r', '\n')
}

// askProxy asks the proxy for a tunnel.
func (s *State) askProxy(c *engine.Conn) {
	engine.Infof("%s: going via proxy", c)
	if !c.Issue(connectRequest(s.info.Address, s.info.Port, c.Vhost.HTTPProxyAuth)) {
		fail(c, "proxy write failed")
		return
	}
	s.parser.Init(wire.Response, c.Ctx.MaxHeaderData)
	c.SetTimeout(engine.TimeoutAwaitingProxy, c.Ctx.TimeoutSecs)
	c.SetState(engine.StateWaitingProxyReply)
}

// proxyReply reads the proxy's answer; false closes.
func (s *State) proxyReply(c *engine.Conn) bool {
	b := c.PT().Buf[:c.Ctx.ServBufSize]
	n, err := c.Read(b)
	if err == engine.ErrAgain {
		return true
	}
	if err != nil {
		return refuse(c, "proxy read err")
	}
	h := h1.AttachHeaders(c)
	used, done, err := s.parser.Parse(h, b[:n])
	if err != nil {
		return refuse(c, "proxy not h1")
	}
	if !done {
		return true
	}
	if code := h.StatusCode(); code/100 != 2 {
		return refuse(c, fmt.Sprintf("proxy not h1: it answers %d", code))
	}
	engine.Infof("%s: proxy connection established", c)
	s.attachHeaders(c)
	c.Keep(b[used:n])
	c.SetTimeout(engine.TimeoutSentClientHandshake, c.Ctx.TimeoutSecs)
	s.secure(c)
	return true
}
