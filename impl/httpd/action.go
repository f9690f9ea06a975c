// SPDX-License-Identifier: MIT

// Package httpd serves HTTP requests on top of the h1 role: mounts, files,
// redirects, authorisation, and the program's own callback.
package httpd

import (
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// App serves requests: an h1.Application.
type App struct{}

// accessArgs is struct lws_process_html_args.
type accessArgs struct {
	p       unsafe.Pointer
	len     int32
	maxLen  int32
	final   int32
	chunked int32
}

const (
	authModeMask   = 0xF0000000
	authByCallback = 1 << 28 // LWSAUTHM_BASIC_AUTH_CALLBACK
)

// findMount finds the mount with the longest mountpoint that covers uri.
func findMount(c *engine.Conn, uri string) *engine.Mount {
	var hit *engine.Mount
	best := 0
	h := c.Headers
	readable := h.Has(wire.TokenGetURI) || h.Has(wire.TokenPostURI) || h.Has(wire.TokenHeadURI) ||
		c.Ctx.ABI.AllMethodsMount && (h.Has(wire.TokenPutURI) || h.Has(wire.TokenPatchURI) || h.Has(wire.TokenDeleteURI))
	for _, m := range c.Vhost.Mounts {
		n := len(m.Mountpoint)
		if !strings.HasPrefix(uri, m.Mountpoint) || n != 1 && len(uri) > n && uri[n] != '/' && uri[n] != 0 {
			continue
		}
		// As the reference has it, a callback mount beats every one before it.
		if m.Kind == engine.MountCallback || n > best && (m.Kind == engine.MountCGI || readable || m.Protocol != "" ||
			c.Stream() && m.Onward()) {
			best, hit = n, m
		}
	}
	return hit
}

// Onward is the mount to another server that covers the request in c.Headers, nil: none.
func Onward(c *engine.Conn) *engine.Mount {
	if !c.Ctx.PassesOn() {
		return nil
	}
	if m := findMount(c, string(requestURI(c))); m != nil && m.Onward() {
		return m
	}
	return nil
}

// cut is s up to the NUL that a path has where '&' or ';' was.
func cut(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

// requestURI is the request's path as the parser cleaned it.
func requestURI(c *engine.Conn) []byte {
	_, t := c.Headers.Method()
	if t < 0 {
		return nil
	}
	return c.Headers.Raw(t)[:c.Headers.Total(t)]
}

// RedirectHit answers for mounts that only redirect, and for a directory mount
// whose URI lacks the slash.
func (App) RedirectHit(c *engine.Conn) (done, ok bool) {
	uri := string(requestURI(c))
	if uri == "" {
		return false, true
	}
	m := findMount(c, uri)
	if m == nil {
		return false, true
	}
	return redirect(c, m, cut(uri))
}

func redirect(c *engine.Conn, m *engine.Mount, uri string) (done, ok bool) {
	redir := m.Kind == engine.MountRedirHTTP || m.Kind == engine.MountRedirHTTPS
	rest := uri[len(m.Mountpoint):]
	switch {
	case m.Kind == engine.MountCGI || m.Kind == engine.MountCallback:
		return false, true
	case !redir && (len(m.Mountpoint) <= 1 || strings.HasPrefix(rest, "/")):
		return false, true
	}
	var loc string
	if redir {
		loc = scheme(m.Kind == engine.MountRedirHTTPS) + m.Origin
	} else {
		host := c.Headers.Value(wire.TokenHost)
		if len(host) == 0 {
			return true, false
		}
		loc = scheme(c.TLS != nil) + string(host) + uri + "/"
	}
	if n, _ := h1.Redirect(c, c.PT().Resp[:0:len(c.PT().Resp)-1], 301, []byte(cleanURL(loc))); n < 0 {
		return true, false
	}
	return true, h1.Completed(c) == 0
}

func scheme(tls bool) string {
	if tls {
		return "https://"
	}
	return "http://"
}

// cleanURL takes doubled slashes out of what follows the scheme.
func cleanURL(u string) string {
	i := strings.Index(u, "://") + 3
	for strings.Contains(u[i:], "//") {
		u = u[:i] + strings.ReplaceAll(u[i:], "//", "/")
	}
	return u
}

// Action serves the request: by its mount, or by the program's callback.
func (App) Action(c *engine.Conn) bool {
	uri := requestURI(c)
	m := findMount(c, string(uri))
	if m == nil {
		if len(c.Vhost.Protocols) == 0 || !c.Bind(c.Vhost.Protocols[0]) {
			return false
		}
		return callHTTP(c, uri)
	}
	if done, ok := redirect(c, m, cut(string(uri))); done {
		return ok
	}
	if done, ok := authorise(c, m); done {
		return ok
	}
	if m.Onward() {
		return hooks.Onward(c, m)
	}
	rest := uri[len(m.Mountpoint):]
	if m.Kind == engine.MountCallback || m.Protocol != "" {
		if done, ok := callbackMount(c, m, uri, rest); done {
			return ok
		}
	}
	if s := h1.StateOf(c); s != nil {
		s.Cache = cacheControl(m)
	}
	return mounted(c, m)
}

// mounted answers with a file of the mount or, where there is none, has the program answer.
func mounted(c *engine.Conn, m *engine.Mount) bool {
	if c.Headers == nil {
		return false
	}
	uri := requestURI(c)
	rest := uri[len(m.Mountpoint):]
	if m.Kind == engine.MountCGI && m.CGI != nil {
		return runMount(c, m)
	}
	if m.Kind == engine.MountFile {
		switch serveMount(c, m, rest) {
		case served:
			return h1.ExpectBody(c)
		case failed:
			return false
		}
	}
	if c.Dead() {
		return true
	}
	if m.Protocol != "" {
		p := c.Vhost.Protocol(m.Protocol)
		if p == nil || !c.Bind(p) {
			return false
		}
		return callHTTP(c, rest)
	}
	return callHTTP(c, uri)
}

// BindPost binds a POST request to its mount's protocol before anything else
// is told of it. What becomes of that is seen when the request is served.
func (App) BindPost(c *engine.Conn) {
	m := findMount(c, string(requestURI(c)))
	if m == nil {
		return
	}
	name := m.Origin
	if m.Protocol != "" {
		name = m.Protocol
	}
	if p := c.Vhost.Protocol(name); p != nil {
		c.Bind(p)
	}
}

// callHTTP gives the request to the program.
func callHTTP(c *engine.Conn, uri []byte) bool {
	c.SetState(engine.StateDoingTransaction)
	// The URI ends with a NUL in the header store.
	if c.CallBytes(engine.ReasonHTTP, uri) != 0 {
		engine.Infof("%s: LWS_CALLBACK_HTTP closing", c)
		return false
	}
	return c.Dead() || h1.ExpectBody(c)
}

// callbackMount binds the request to the mount's protocol and asks whether it
// may be served; done false: go on with files.
func callbackMount(c *engine.Conn, m *engine.Mount, uri, rest []byte) (done, ok bool) {
	name := m.Origin
	if m.Protocol != "" {
		name = m.Protocol
	}
	p := c.Vhost.Protocol(name)
	if p == nil {
		engine.Errf("%s: mount %s: no protocol '%s' on the vhost", c, m.Mountpoint, name)
		return true, false
	}
	if !c.Bind(p) {
		return true, false
	}
	a := (*accessArgs)(c.PT().Args)
	*a = accessArgs{p: unsafe.Pointer(&uri[0]), len: int32(len(uri)), maxLen: int32(m.AuthMask &^ authModeMask)}
	n := c.Call(engine.ReasonCheckAccessRights, unsafe.Pointer(a), 0)
	if c.Dead() {
		return true, true
	}
	if n != 0 {
		h1.ReturnStatus(c, 401, "")
		return true, false
	}
	if a.final != 0 {
		return true, true // the program answered
	}
	if m.PMO != nil && c.Call(engine.ReasonHTTPPMO, m.PMO, 0) != 0 {
		return true, false
	}
	if c.Headers.Total(wire.TokenPostURI) > 0 {
		return true, callHTTP(c, rest)
	}
	return false, true
}

// Authorise checks a mount's basic authorisation; done tells that the request was
// answered. ok false closes.
func Authorise(c *engine.Conn, m *engine.Mount) (done, ok bool) { return authorise(c, m) }

// authorise checks a mount's basic authorisation; done tells that the request
// was answered.
func authorise(c *engine.Conn, m *engine.Mount) (done, ok bool) {
	switch mode := m.AuthMask & authModeMask; {
	case mode == authByCallback:
		return h1.Authorise(c, nil)
	case mode != 0:
		return h1.Authorise(c, new(string)) // no such mode: nobody is let in
	case m.HasAuthFile:
		return h1.Authorise(c, &m.AuthFile)
	}
	return false, true
}
