// SPDX-License-Identifier: MIT

package client

import (
	"bytes"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h2"
	wire "libwebsockets/impl/wire/h1"
)

func isRedirect(code int) bool {
	switch code {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// target is where a redirect leads.
type target struct {
	secure  bool
	address string
	port    int
	path    string // with its slash
}

// resolve finds the target of a Location header that came from base (RFC 9110
// §10.2.2, RFC 3986 §5.2). A fragment is not for the server.
func resolve(base target, location string) (t target, ok bool) {
	location, _, _ = strings.Cut(location, "#")
	scheme, rest, absolute := strings.Cut(location, "://")
	if absolute && strings.ContainsAny(scheme, "/?") {
		absolute = false // it is in the query
	}
	if strings.HasPrefix(location, "//") {
		scheme, rest, absolute = "http", location[2:], true
		if base.secure {
			scheme = "https"
		}
	}
	if !absolute {
		t = base
		t.path = resolvePath(base.path, location)
		return t, true
	}
	switch strings.ToLower(scheme) {
	case "http", "ws":
	case "https", "wss":
		t.secure = true
	default:
		return t, false
	}
	if at := strings.LastIndexByte(untilPath(rest), '@'); at >= 0 {
		rest = rest[at+1:]
	}
	name := "http://"
	if t.secure {
		name = "https://"
	}
	b := append([]byte(name+rest), 0)
	u := wire.ParseURI(b[:len(b)-1])
	t.address, t.port, t.path = upToNUL(b[u.Host:]), u.Port, "/"
	if u.Path >= 0 {
		t.path = "/" + upToNUL(b[u.Path:])
	}
	return t, t.address != ""
}

// untilPath is the authority part of what follows "//".
func untilPath(s string) string {
	if n := strings.IndexAny(s, "/?"); n >= 0 {
		return s[:n]
	}
	return s
}

func upToNUL(b []byte) string {
	return string(b[:bytes.IndexByte(b, 0)])
}

// resolvePath resolves a relative reference against the path it came from.
func resolvePath(base, ref string) string {
	path, _, _ := strings.Cut(base, "?")
	switch {
	case ref == "":
		return base
	case ref[0] == '?':
		return path + ref
	case ref[0] != '/':
		ref = path[:strings.LastIndexByte(path, '/')+1] + ref
	}
	path, query, hasQuery := strings.Cut(ref, "?")
	if path = removeDots(path); hasQuery {
		path += "?" + query
	}
	return path
}

// removeDots is the remove_dot_segments of RFC 3986 §5.2.4.
func removeDots(path string) string {
	var out []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	if path = strings.Join(out, "/"); path == "" || path[0] != '/' {
		path = "/" + path
	}
	return path
}

// redirect follows the answer's Location, if the program does not mind; false closes.
func (s *State) redirect(c *engine.Conn) bool {
	loc := c.Headers.Value(wire.TokenHTTPLocation)
	if len(loc) == 0 {
		return refuse(c, "HS: Redirect code but no Location")
	}
	t, ok := resolve(s.base(), string(loc))
	if c.CallWith(engine.ReasonClientHTTPRedirect, loc, uintptr(s.code)) != 0 {
		return refuse(c, "HS: user code rejected redirect")
	}
	switch {
	case c.Dead():
		return true
	case !ok:
		return refuse(c, "HS: URI did not parse")
	case s.info.Flags&(UseSSL|TakeDowngrade) == UseSSL && !t.secure:
		return refuse(c, "HS: Redirect attempted SSL downgrade")
	}
	if s.code == 303 && len(s.info.Method.S) >= 3 {
		s.info.Method.S = "GET"
		s.toGet = true
	}
	if !s.mayLead(c) {
		return refuse(c, "HS: Redirect failed")
	}
	s.lead(c, t, t.address)
	return true
}

func (s *State) base() target {
	i := &s.info
	return target{secure: i.Flags&UseSSL != 0, address: i.Address, port: i.Port, path: i.Path}
}

// resetTarget is where lws_client_reset leads.
type resetTarget struct {
	target
	host string
}

// Reset makes an unfinished client connection begin again elsewhere
// (lws_client_reset); false: it has been redirected too often, or failed and is closed.
// By the ABI the old connection ends now, and the new one begins when the program closes
// it; who leaves it open has it in the next turn.
func Reset(c *engine.Conn, secure bool, address string, port int, path, host string) bool {
	s := StateOf(c)
	if s == nil || c.Dead() || !s.mayLead(c) {
		return false
	}
	if port == 0 {
		port, secure = 443, true
	}
	t := target{secure, address, port, "/" + path}
	if !c.Ctx.ABI.Client.ResetByClose {
		s.lead(c, t, host)
		return !c.Dead()
	}
	s.resetTo = &resetTarget{t, host}
	s.part(c)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	c.PT().Later(func() {
		if !c.Dead() && StateOf(c) == s {
			role{}.Restart(c)
		}
	})
	return !c.Dead()
}

// mayLead counts how often the connection is led elsewhere; false: that is enough.
func (s *State) mayLead(c *engine.Conn) bool {
	if s.redirects == c.Ctx.ABI.Client.Redirects {
		engine.Errf("%s: Too many redirects", c)
		return false
	}
	s.redirects++
	return true
}

// part ends what there is between the connection and its peer.
func (s *State) part(c *engine.Conn) {
	s.search.Cancel()
	s.leaveQueue(c)
	if st := h2.StreamOf(c); st != nil {
		st.Leave()
	}
	c.Disconnect()
}

// lead begins anew at t. A connection that cannot be made is told of and closed.
func (s *State) lead(c *engine.Conn, t target, host string) {
	engine.Infof("%s: redirect to %s port %d, %s", c, t.address, t.port, t.path)
	s.part(c)
	if c.Dead() {
		return
	}
	i := &s.info
	i.Address, i.Port, i.Path, i.Host = t.address, t.port, t.path, host
	s.hostName = t.address // as others find it from now on
	i.Flags &^= UseSSL
	if t.secure {
		i.Flags |= UseSSL
	}
	i.Flags.tell(c)
	s.pipeline, s.code = true, 0
	c.SetRole(Role)
	c.SetState(engine.StateUnconnected)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	if c.Protocol != nil {
		c.Bind(c.Protocol)
		if c.Dead() {
			return
		}
	}
	s.attachHeaders(c)
	s.begin(c)
}
