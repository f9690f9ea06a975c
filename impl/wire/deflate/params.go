// SPDX-License-Identifier: MIT

package deflate

import (
	"errors"
	"strconv"
)

// Name is the extension's registered name.
const Name = "permessage-deflate"

// Limits of the two max_window_bits parameters (RFC 7692 §7.1.2), as base-2
// logarithms of a window size in bytes.
const (
	MinWindowBits = 8
	MaxWindowBits = 15
)

// NoValue is Params.ClientMaxWindowBits when the parameter is there without a
// value: an offer's way to say that the client can be limited.
const NoValue = -1

// Errors of the negotiation. Any of them means: decline this offer (server), or
// fail the connection (client).
var (
	ErrSyntax    = errors.New("deflate: malformed extension parameter")
	ErrUnknown   = errors.New("deflate: unknown extension parameter")
	ErrDuplicate = errors.New("deflate: extension parameter given twice")
	ErrValue     = errors.New("deflate: bad value of an extension parameter")
	ErrResponse  = errors.New("deflate: response does not fit the offer")
)

// Params are the extension parameters of one offer or of the response
// (RFC 7692 §7.1). The zero value is the extension without parameters.
type Params struct {
	ServerNoContextTakeover bool // the server compresses each message on its own
	ClientNoContextTakeover bool // the client does
	ServerMaxWindowBits     int  // limit of the server's compressor; 0 if absent
	ClientMaxWindowBits     int  // limit of the client's; 0 if absent, or NoValue (in an offer)
}

// Names on the wire.
const (
	serverNoContextTakeover = "server_no_context_takeover"
	clientNoContextTakeover = "client_no_context_takeover"
	serverMaxWindowBits     = "server_max_window_bits"
	clientMaxWindowBits     = "client_max_window_bits"
)

// ParseOffer reads an Extension's Params as a client sends them.
func ParseOffer(params string) (Params, error) { return parse(params, true) }

// ParseResponse reads an Extension's Params as a server sends them.
func ParseResponse(params string) (Params, error) { return parse(params, false) }

// parse applies RFC 7692 §7: an offer or response is not acceptable if it has an
// unknown parameter, one with an invalid value, or one twice.
func parse(params string, offer bool) (Params, error) {
	var p Params
	for params != "" {
		one, rest, err := nextParam(params)
		if err != nil {
			return Params{}, err
		}
		if params = rest; one.name == "" {
			break
		}
		if err := p.set(one, offer); err != nil {
			return Params{}, err
		}
	}
	return p, nil
}

func (p *Params) set(one param, offer bool) error {
	switch one.name {
	case serverNoContextTakeover:
		return setFlag(&p.ServerNoContextTakeover, one)
	case clientNoContextTakeover:
		return setFlag(&p.ClientNoContextTakeover, one)
	case serverMaxWindowBits:
		return setBits(&p.ServerMaxWindowBits, one, false)
	case clientMaxWindowBits:
		// §7.1.2.2: "This parameter may have no value" in an offer.
		return setBits(&p.ClientMaxWindowBits, one, offer)
	}
	return ErrUnknown
}

func setFlag(f *bool, one param) error {
	switch {
	case one.hasValue:
		return ErrValue
	case *f:
		return ErrDuplicate
	}
	*f = true
	return nil
}

// setBits takes "a decimal integer value without leading zeroes between 8 to 15,
// inclusive" (RFC 7692 §7.1.2.1).
func setBits(bits *int, one param, valueOptional bool) error {
	if *bits != 0 {
		return ErrDuplicate
	}
	if !one.hasValue {
		if !valueOptional {
			return ErrValue
		}
		*bits = NoValue
		return nil
	}
	n, err := strconv.Atoi(one.value)
	if err != nil || n < MinWindowBits || n > MaxWindowBits || strconv.Itoa(n) != one.value {
		return ErrValue
	}
	*bits = n
	return nil
}

// Append appends the extension's name and p to dst, in the form that both an
// offer and a response have.
func (p Params) Append(dst []byte) []byte {
	dst = append(dst, Name...)
	if p.ServerNoContextTakeover {
		dst = append(dst, "; "+serverNoContextTakeover...)
	}
	if p.ClientNoContextTakeover {
		dst = append(dst, "; "+clientNoContextTakeover...)
	}
	dst = appendBits(dst, "; "+serverMaxWindowBits, p.ServerMaxWindowBits)
	return appendBits(dst, "; "+clientMaxWindowBits, p.ClientMaxWindowBits)
}

func appendBits(dst []byte, name string, bits int) []byte {
	if bits == 0 {
		return dst
	}
	dst = append(dst, name...)
	if bits != NoValue {
		dst = append(dst, '=')
		dst = strconv.AppendInt(dst, int64(bits), 10)
	}
	return dst
}

// String is Append's text.
func (p Params) String() string { return string(p.Append(nil)) }

// Accept makes the server's response to an offer. own is what the server wants
// for itself: takeover it can do without, and windows it limits (0 for no limit).
// A limit for the client counts only if the client offered to be limited;
// RFC 7692 §7.1.2.2 allows it no other way.
func Accept(offer, own Params) Params {
	resp := Params{
		ServerNoContextTakeover: offer.ServerNoContextTakeover || own.ServerNoContextTakeover,
		ClientNoContextTakeover: offer.ClientNoContextTakeover || own.ClientNoContextTakeover,
		ServerMaxWindowBits:     lower(offer.ServerMaxWindowBits, own.ServerMaxWindowBits),
	}
	if offer.ClientMaxWindowBits != 0 {
		resp.ClientMaxWindowBits = lower(offer.ClientMaxWindowBits, own.ClientMaxWindowBits)
	}
	return resp
}

// lower returns the smaller of two window limits, where 0 and NoValue are none.
func lower(a, b int) int {
	switch {
	case a <= 0:
		return max(b, 0)
	case b <= 0:
		return a
	}
	return min(a, b)
}

// Negotiate answers a client's Sec-WebSocket-Extensions value: with the response
// to its first acceptable offer of permessage-deflate. ok is false if it has none.
func Negotiate(header string, own Params) (resp Params, ok bool) {
	for {
		ext, rest, more := NextExtension(header)
		if !more {
			return Params{}, false
		}
		header = rest
		if ext.Name != Name {
			continue
		}
		if offer, err := ParseOffer(ext.Params); err == nil {
			return Accept(offer, own), true
		}
	}
}

// CheckResponse tells a client whether the server's response fits its offer; the
// error is ErrResponse, and then the connection must fail (RFC 7692 §5.1).
func CheckResponse(offer, resp Params) error {
	switch {
	// §7.1.1.1: a server accepts the parameter by including it.
	case offer.ServerNoContextTakeover && !resp.ServerNoContextTakeover:
		return ErrResponse

	// §7.1.2.1: a server accepts it "with the same or smaller value as the offer".
	case offer.ServerMaxWindowBits > 0 &&
		(resp.ServerMaxWindowBits == 0 || resp.ServerMaxWindowBits > offer.ServerMaxWindowBits):
		return ErrResponse

	// §7.1.2.2: if the offer does not have it, the response "MUST NOT" either,
	// and a value of the offer is the upper limit.
	case resp.ClientMaxWindowBits != 0 && offer.ClientMaxWindowBits == 0,
		offer.ClientMaxWindowBits > 0 && resp.ClientMaxWindowBits > offer.ClientMaxWindowBits:
		return ErrResponse
	}
	return nil
}

// ServerWindowBits is the size of the server's compression window that a response
// settles: the parameter, or else MaxWindowBits.
func (p Params) ServerWindowBits() int { return windowBits(p.ServerMaxWindowBits) }

// ClientWindowBits is the same for the client's compressor.
func (p Params) ClientWindowBits() int { return windowBits(p.ClientMaxWindowBits) }

func windowBits(bits int) int {
	if bits <= 0 {
		return MaxWindowBits
	}
	return bits
}
