// SPDX-License-Identifier: MIT

package client

import (
	"encoding/base64"
	"errors"

	"libwebsockets/impl/engine"
)

// PartHead is what begins a part of a multipart/form-data body, or, without a
// name, ends all of them (lws_client_http_multipart, RFC 7578). filename and
// ctype may be absent. It counts as written.
func PartHead(c *engine.Conn, name, filename, ctype Text) []byte {
	s := StateOf(c)
	if s == nil || s.boundary == "" {
		return nil
	}
	if !name.Has {
		return []byte("\r\n--" + s.boundary + "--\r\n")
	}
	var b []byte
	if s.laterPart {
		b = append(b, '\r', '\n')
	}
	s.laterPart = true
	b = append(append(append(b, "--"...), s.boundary...), "\r\nContent-Disposition: form-data; name=\""...)
	b = append(append(b, name.S...), '"')
	if filename.Has {
		b = append(append(append(b, `; filename="`...), filename.S...), '"')
	}
	if ctype.Has {
		b = append(append(b, "\r\nContent-Type: "...), ctype.S...)
	}
	return append(b, "\r\n\r\n"...)
}

// maxBasicAuth is how long "user:password" may be.
const maxBasicAuth = 125

// Errors of BasicAuth, for lws_http_basic_auth_gen's answers 1 and 2.
var (
	ErrAuthRoom    = errors.New("no room for the credentials")
	ErrAuthTooLong = errors.New("credentials too long")
)

// BasicAuth writes the value of an Authorization header for basic
// authentication and a NUL to buf (lws_http_basic_auth_gen, RFC 7617).
func BasicAuth(buf []byte, user, password string) error {
	n := len(user) + len(password) + 1
	if len(buf) < 6+4*n/3+1 {
		return ErrAuthRoom
	}
	if n > maxBasicAuth {
		return ErrAuthTooLong
	}
	if len(buf) < 6+base64.StdEncoding.EncodedLen(n)+1 {
		return ErrAuthRoom
	}
	buf[copy(buf, "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))] = 0
	return nil
}
