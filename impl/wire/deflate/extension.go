// SPDX-License-Identifier: MIT

package deflate

import "strings"

// Extension is one element of a Sec-WebSocket-Extensions value (RFC 6455 §9.1).
type Extension struct {
	Name   string
	Params string // what follows the name, from the first semicolon on; may be empty
}

// NextExtension cuts the first element off a Sec-WebSocket-Extensions value.
// Empty elements are skipped; ok is false when there is none left. Commas inside
// quotes do not separate.
func NextExtension(list string) (ext Extension, rest string, ok bool) {
	for list != "" {
		var element string
		element, list = cutOutsideQuotes(list, ',')
		if element = trim(element); element == "" {
			continue
		}
		name, _ := cutOutsideQuotes(element, ';')
		return Extension{Name: trim(name), Params: element[len(name):]}, list, true
	}
	return Extension{}, "", false
}

// nextParam cuts the first parameter off an Extension's Params. hasValue is set
// if there is an equals sign; a quoted value comes without its quotes.
func nextParam(params string) (p param, rest string, err error) {
	params = strings.TrimLeft(params, " \t")
	if params == "" {
		return param{}, "", nil
	}
	if params[0] != ';' {
		return param{}, "", ErrSyntax
	}
	text, rest := cutOutsideQuotes(params[1:], ';')
	name, value, hasValue := strings.Cut(text, "=")
	p = param{name: trim(name), hasValue: hasValue}
	if !isToken(p.name) {
		return param{}, "", ErrSyntax
	}
	if !hasValue {
		return p, rest, nil
	}
	// RFC 6455 §9.1: a quoted value must, without its quotes and escapes, be a token.
	value = trim(value)
	if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
		value = unescape(value[1 : n-1])
	}
	if !isToken(value) {
		return param{}, "", ErrSyntax
	}
	p.value = value
	return p, rest, nil
}

type param struct {
	name, value string
	hasValue    bool
}

// cutOutsideQuotes is strings.Cut at the first sep that is in no quoted string.
func cutOutsideQuotes(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted && s[i] == '\\':
			i++
		case !quoted && s[i] == sep && sep == ',':
			return s[:i], s[i+1:]
		case !quoted && s[i] == sep:
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// unescape removes the backslashes of a quoted string.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func trim(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether s is a token of RFC 7230 §3.2.6.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
