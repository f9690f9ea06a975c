// SPDX-License-Identifier: MIT

package client

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
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
	host, port, err := hostPort(proxy, v.HTTPProxyPort)
	if err != nil {
		return fmt.Errorf("http_proxy %w", err)
	}
	v.HTTPProxy, v.HTTPProxyPort, v.HTTPProxyAuth = host, port, auth
	engine.Infof(" Proxy %s:%d", host, port)
	return nil
}

// hostPort takes "host:port" or "[address]:port" apart. Without a port it is
// the one that is known already; 0 is none.
func hostPort(s string, known int) (host string, port int, err error) {
	host, digits, has := strings.Cut(s, ":")
	if strings.HasPrefix(s, "[") {
		var ok bool
		if host, digits, ok = strings.Cut(s[1:], "]"); !ok {
			return "", 0, fmt.Errorf("malformed: '%s'", s)
		}
		digits, has = strings.CutPrefix(digits, ":")
	}
	host = strings.TrimRight(host, "/")
	if !has {
		if known == 0 {
			return "", 0, errors.New("needs to be ads:port")
		}
		return host, known, nil
	}
	n, err := strconv.ParseUint(strings.TrimRight(digits, "/"), 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("has the bad port %q", digits)
	}
	return host, int(n), nil
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
	c.SetBusy("waiting for the proxy")
	c.SetTimeout(engine.TimeoutAwaitingProxy, c.Ctx.TimeoutSecs)
	c.SetState(engine.StateWaitingProxyReply)
}

// proxyReply reads the proxy's answer; false closes.
func (s *State) proxyReply(c *engine.Conn) bool {
	if s.socks != nil {
		return s.socksReply(c)
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize]
	n, err := c.Read(b)
	if err == engine.ErrAgain {
		return true
	}
	words := &c.Ctx.ABI.Client.Errors
	if err == io.EOF {
		return refuse(c, words.ProxyFails+": it hung up")
	}
	if err != nil {
		return refuse(c, "proxy read err: "+err.Error())
	}
	h := h1.AttachHeaders(c)
	used, done, err := s.parser.Parse(h, b[:n])
	if err != nil {
		return refuse(c, words.ProxyFails+": "+err.Error())
	}
	if !done {
		return true
	}
	if code := h.StatusCode(); code/100 != 2 {
		text := engine.Numbered(words.ProxyDenies, code)
		if text == words.ProxyDenies {
			text = fmt.Sprintf("%s: it answers %d", text, code)
		}
		return refuse(c, text)
	}
	s.attachHeaders(c)
	s.tunnel(c, b[used:n])
	return true
}

// tunnel goes on when the proxy has connected us; early is what came behind
// its answer.
func (s *State) tunnel(c *engine.Conn, early []byte) {
	engine.Infof("%s: proxy connection established", c)
	c.SetBusy("")
	c.Keep(early)
	c.SetTimeout(engine.TimeoutSentClientHandshake, c.Ctx.TimeoutSecs)
	s.secure(c)
}
