// SPDX-License-Identifier: MIT

package h2

// AppendField appends a field of a header block: literal, not indexed, not
// compressed (RFC 7541 §6.2.2). The name is in lower case.
func AppendField(b []byte, name string, value []byte) []byte {
	b = append(b, 0)
	b = appendLen(b, len(name))
	b = append(b, name...)
	b = appendLen(b, len(value))
	return append(b, value...)
}

// appendLen appends the length of a plain string, an integer with a prefix of
// 7 bits (RFC 7541 §5.1).
func appendLen(b []byte, n int) []byte {
	if n < 0x7f {
		return append(b, byte(n))
	}
	b = append(b, 0x7f)
	for n -= 0x7f; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// CutField cuts a field off that [AppendField] has made; ok false: b does not begin with one.
func CutField(b []byte) (name, value, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != 0 {
		return nil, nil, b, false
	}
	name, rest, ok = cutString(b[1:])
	if ok {
		value, rest, ok = cutString(rest)
	}
	if !ok {
		return nil, nil, b, false
	}
	return name, value, rest, true
}

func cutString(b []byte) (s, rest []byte, ok bool) {
	if len(b) == 0 || b[0]&0x80 != 0 {
		return nil, b, false
	}
	n, b := int(b[0]), b[1:]
	if n == 0x7f {
		for shift := 0; ; shift += 7 {
			if len(b) == 0 || shift > 21 {
				return nil, b, false
			}
			n += int(b[0]&0x7f) << shift
			more := b[0]&0x80 != 0
			if b = b[1:]; !more {
				break
			}
		}
	}
	if n > len(b) {
		return nil, b, false
	}
	return b[:n], b[n:], true
}

// Pseudo is a set of pseudo header fields.
type Pseudo uint8

// The pseudo header fields (RFC 9113 §8.3, RFC 8441 §4).
const (
	Method Pseudo = 1 << iota
	Scheme
	Authority
	Path
	Protocol
	Status
)

func pseudoOf(name string) Pseudo {
	switch name {
	case ":method":
		return Method
	case ":scheme":
		return Scheme
	case ":authority":
		return Authority
	case ":path":
		return Path
	case ":protocol":
		return Protocol
	case ":status":
		return Status
	}
	return 0
}

// FieldChecker looks at the fields of one header section as they come
// (RFC 9113 §8.2, §8.3). The zero value is for a request.
type FieldChecker struct {
	Response bool
	Trailer  bool
	Seen     Pseudo
	regular  bool
}

// Check looks at the next field. An error is one of the stream.
func (f *FieldChecker) Check(name, value string) *Error {
	if len(name) > 0 && name[0] == ':' {
		p := pseudoOf(name)
		switch {
		case p == 0 || f.Trailer || f.Response != (p == Status):
			return ErrPseudoUnknown
		case f.regular:
			return ErrPseudoOrder
		case f.Seen&p != 0:
			return ErrPseudoTwice
		}
		f.Seen |= p
		return checkValue(value)
	}
	f.regular = true
	if !goodName(name) {
		return ErrFieldName
	}
	switch name {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return ErrConnectionField
	case "te":
		if value != "trailers" {
			return ErrConnectionField
		}
	}
	return checkValue(value)
}

// goodName tells whether name is a token without capitals (RFC 9113 §8.2.1).
func goodName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c <= ' ' || c >= 0x7f || c >= 'A' && c <= 'Z' || c == ':' {
			return false
		}
	}
	return name != ""
}

func checkValue(v string) *Error {
	for i := 0; i < len(v); i++ {
		if c := v[i]; c == 0 || c == '\r' || c == '\n' {
			return ErrFieldValue
		}
	}
	if v != "" && (space(v[0]) || space(v[len(v)-1])) {
		return ErrFieldValue
	}
	return nil
}

func space(c byte) bool { return c == ' ' || c == '\t' }
