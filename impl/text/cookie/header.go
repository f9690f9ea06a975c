// SPDX-License-Identifier: MIT

package cookie

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// header is what a Set-Cookie header says.
type header struct {
	name, value, domain, path, expires string
	maxAge                             int64 // seconds, if hasAge
	hasAge, secure                     bool
}

var errNoPair = errors.New("no name and value")

// parse reads a Set-Cookie header's value as servers shall write it (RFC 6265 §4.1). An attribute
// that is not understood is left out, as §5.2 has it.
func parse(text string) (h header, err error) {
	pair, rest, more := strings.Cut(text, ";")
	name, value, ok := strings.Cut(pair, "=")
	name, value = strings.Trim(name, blank), strings.TrimRight(value, blank)
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	if !ok || !isToken(name) || !isValue(value) {
		return h, errNoPair
	}
	h.name, h.value = name, value
	for more {
		var one string
		one, rest, more = strings.Cut(rest, ";")
		attr, val, _ := strings.Cut(strings.Trim(one, blank), "=")
		if !isValue(val) {
			continue
		}
		switch strings.ToLower(attr) {
		case "secure":
			h.secure = true
		case "domain":
			h.domain = val
		case "path":
			h.path = val
		case "expires":
			h.expires = val
		case "max-age":
			// As long as can be told counts as for ever.
			if age, e := strconv.ParseInt(val, 10, 64); e == nil || errors.Is(e, strconv.ErrRange) {
				h.maxAge, h.hasAge = min(age, math.MaxInt32), true
			}
		}
	}
	return h, nil
}

const blank = " \t"

// isToken is RFC 9110 §5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isValue tells whether s has no control character, quote, separator or what is no ASCII.
func isValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return false
		}
	}
	return true
}
