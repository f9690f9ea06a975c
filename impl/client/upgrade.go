// SPDX-License-Identifier: MIT

package client

import (
	"strconv"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/ws"
	"libwebsockets/impl/wire/deflate"
	wire "libwebsockets/impl/wire/h1"
)

// offer asks the program which of the vhost's extensions to offer, and gives
// the header's value. Only permessage-deflate is known.
func (s *State) offer(c *engine.Conn) string {
	v := c.Vhost
	if len(v.Exts) == 0 || len(v.Protocols) == 0 {
		return ""
	}
	var l []string
	for _, e := range v.Exts {
		name := append([]byte(e.Name), 0)
		if c.CallProtocol(v.Protocols[0], engine.ReasonClientConfirmExtensionSupported, c.F.User,
			unsafe.Pointer(&name[0]), 0) == 0 && e.Name == deflate.Name {
			l = append(l, e.Offer)
		}
		if c.Dead() {
			return ""
		}
	}
	return strings.Join(l, ",")
}

// checkUpgrade looks at a handshake's answer as RFC 6455 §4.1 says. The error
// is the reference's text, "" when all is well.
func checkUpgrade(h *wire.Headers, code int, offered Text) string {
	switch {
	case code == 401:
		return "HS: ws upgrade unauthorized"
	case code != 101:
		return "HS: ws upgrade response not 101"
	case h.Total(wire.TokenAccept) == 0:
		return "HS: ACCEPT missing"
	case !h.Has(wire.TokenUpgrade):
		return "HS: UPGRADE missing"
	case !strings.EqualFold(string(h.Value(wire.TokenUpgrade)), "websocket"):
		return "HS: Upgrade to something other than websocket"
	case !hasToken(h, wire.TokenConnection, "upgrade"):
		return "HS: UPGRADE malformed"
	}
	if p := string(h.Value(wire.TokenProtocol)); h.Total(wire.TokenProtocol) > 0 && !listed(offered.S, p) {
		return "HS: PROTOCOL malformed"
	}
	return ""
}

// listed tells whether name is in a comma-separated list.
func listed(list, name string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if strings.TrimSpace(one) == name {
			return true
		}
	}
	return false
}

// extension finds out from the answer's Sec-WebSocket-Extensions what was
// settled: nil is no compression. fault is the reference's text.
func extension(h *wire.Headers, exts []engine.Extension) (p *deflate.Params, fault string) {
	for list := string(h.Joined(wire.TokenExtensions)); ; {
		e, rest, more := deflate.NextExtension(list)
		if !more {
			return p, ""
		}
		list = rest
		offer, known := offerOf(exts, e.Name)
		if !known || p != nil {
			return nil, "HS: EXT: unknown ext"
		}
		resp, err := deflate.ParseResponse(e.Params)
		if err != nil {
			return nil, "HS: EXT: failed parsing options"
		}
		if resp.ServerMaxWindowBits == 0 {
			// The reference's server does not repeat it; any window will do here.
			offer.ServerMaxWindowBits = 0
		}
		if deflate.CheckResponse(offer, resp) != nil {
			return nil, "HS: EXT: Rejects server options"
		}
		p = &resp
	}
}

// offerOf is what was offered of the named extension.
func offerOf(exts []engine.Extension, name string) (p deflate.Params, ok bool) {
	for _, x := range exts {
		if x.Name != name || name != deflate.Name {
			continue
		}
		if e, _, more := deflate.NextExtension(x.Offer); more {
			p, _ = deflate.ParseOffer(e.Params)
		}
		return p, true
	}
	return p, false
}

// upgrade makes the connection a WebSocket; false closes.
func (s *State) upgrade(c *engine.Conn) bool {
	h := c.Headers
	if !c.Ctx.ABI.Before30 && c.Call(engine.ReasonEstablishedClientHTTP, nil, 0) != 0 {
		return refuse(c, "HS: disallowed by client filter")
	}
	if c.Dead() {
		return true
	}
	if fault := checkUpgrade(h, s.code, s.info.Protocols); fault != "" {
		engine.Warnf("%s: ws handshake, answer %d: %s", c, s.code, fault)
		return refuse(c, fault)
	}
	return s.establish(c, string(h.Value(wire.TokenAccept)) == string(s.accept[:]))
}

// establish makes a connection whose handshake is right a WebSocket; false closes.
func (s *State) establish(c *engine.Conn, accepted bool) bool {
	h := c.Headers
	if accepted && c.Ctx.ABI.Before30 && s.info.Bound == nil && !c.Bind(s.settled(c.Vhost, h)) {
		return refuse(c, "HS: disallowed by its protocol")
	}
	if c.Dead() {
		return true
	}
	c.Join()
	p, fault := extension(h, c.Vhost.Exts)
	var options []option
	if fault == "" && p != nil {
		options, fault = s.extDefaults(c, p)
	}
	switch {
	case c.Dead():
		return true
	case fault != "":
		return refuse(c, fault)
	case !accepted:
		return refuse(c, "HS: Accept hash wrong")
	case !c.EnsureUser():
		return refuse(c, "HS: OOM")
	}
	if c.Call(engine.ReasonClientFilterPreEstablish, nil, 0) != 0 {
		return refuse(c, "HS: Rejected by filter cb")
	}
	if c.Dead() {
		return true
	}
	c.SetTimeout(engine.NoPendingTimeout, 0)
	h1.DetachHeaders(c)
	c.SetState(engine.StateEstablished)
	ws.StartClient(c, p)
	for _, o := range options {
		ws.SetOption(c, deflate.Name, o.name, o.value)
	}
	c.Valid()
	if c.Call(engine.ReasonClientEstablished, nil, 0) != 0 {
		return refuse(c, "HS: Rejected at CLIENT_ESTABLISHED")
	}
	return true
}

// settled is the protocol that the server chose, or of which it chose one: names of
// that time may be lists. By default it is the first.
func (s *State) settled(v *engine.Vhost, h *wire.Headers) *engine.Protocol {
	if h.Total(wire.TokenProtocol) > 0 {
		for _, name := range []string{string(h.Value(wire.TokenProtocol)), s.info.local().S} {
			if p := v.Protocol(name); p != nil {
				return p
			}
		}
	}
	return v.Protocols[0]
}

type option struct{ name, value string }

// minDeflateRx is the least receive buffer of a protocol for which the
// program is asked for its options.
const minDeflateRx = 128

// extDefaults lets the program choose options of the extension
// (WS_EXT_DEFAULTS): those of the connection are returned, those of the
// negotiation go into p.
func (s *State) extDefaults(c *engine.Conn, p *deflate.Params) (l []option, fault string) {
	if rx := c.Protocol.RxSize; rx > 0 && rx < minDeflateRx {
		return nil, ""
	}
	name := append([]byte(deflate.Name), 0)
	var text [128]byte
	if c.CallProtocol(c.Protocol, engine.ReasonWSExtDefaults, unsafe.Pointer(&name[0]),
		unsafe.Pointer(&text[0]), uintptr(len(text))) != 0 {
		return nil, "HS: EXT: failed setting defaults"
	}
	l, ok := parseOptions(upToNUL(append(text[:], 0)), p)
	if !ok {
		return nil, "HS: EXT: failed parsing defaults"
	}
	return l, ""
}

// parseOptions reads "name=value; name", the options of permessage-deflate.
func parseOptions(text string, p *deflate.Params) (l []option, ok bool) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		switch name = strings.TrimSpace(name); name {
		case "":
		case "rx_buf_size", "tx_buf_size", "compression_level", "mem_level":
			l = append(l, option{name, strings.TrimSpace(value)})
		case "client_no_context_takeover":
			p.ClientNoContextTakeover = true
		case "client_max_window_bits":
			if err == nil && n >= deflate.MinWindowBits && n < p.ClientWindowBits() {
				p.ClientMaxWindowBits = n
			}
		case "server_no_context_takeover", "server_max_window_bits": // the server's to say
		default:
			return nil, false
		}
	}
	return l, true
}
