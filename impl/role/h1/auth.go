// SPDX-License-Identifier: MIT

package h1

import (
	"bufio"
	"encoding/base64"
	"os"
	"strings"

	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

const authMax = 159 // bytes of an Authorization header

// Authorise checks a request's basic authorisation (RFC 7617) against the lines
// of a file, or with file nil by asking the program; done tells that the request
// was answered.
func Authorise(c *engine.Conn, file *string) (done, ok bool) {
	cred, found := basicCredentials(c)
	switch {
	case !found:
		return true, unauthorised(c)
	case cred == "":
		ReturnStatus(c, 403, "")
		return true, Completed(c) == 0
	}
	if file == nil {
		b := append([]byte(cred), 0)
		if c.CallBytes(engine.ReasonVerifyBasicAuthorization, b[:len(b)-1]) == 0 {
			return true, unauthorised(c)
		}
	} else if !lineInFile(*file, cred) {
		engine.Errf("%s: basic auth lookup failed", c)
		return true, unauthorised(c)
	}
	user, _, _ := strings.Cut(cred, ":")
	if err := c.Headers.Set(wire.TokenHTTPAuthorization, []byte(user)); err != nil {
		return true, false
	}
	return false, true
}

// basicCredentials is the "user:password" of the request; found is false when
// none came, the text empty when it makes no sense.
func basicCredentials(c *engine.Conn) (cred string, found bool) {
	h := c.Headers
	if h.Total(wire.TokenHTTPAuthorization) == 0 || h.FragmentLen(wire.TokenHTTPAuthorization, 1) > 0 {
		return "", false
	}
	value := string(h.Value(wire.TokenHTTPAuthorization))
	kind, b64, ok := strings.Cut(value, " ")
	if !ok || !strings.EqualFold(kind, "Basic") || len(value) > authMax {
		engine.Errf("%s: the authorization is not Basic, or longer than %d bytes", c, authMax)
		return "", true
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(b64))
	if err != nil || !strings.Contains(string(plain), ":") {
		engine.Errf("%s: basic auth format broken", c)
		return "", true
	}
	return string(plain), true
}

// lineInFile tells whether the file has exactly this line.
func lineInFile(name, line string) bool {
	f, err := os.Open(name)
	if err != nil {
		engine.Errf("can't open auth file: %v", err)
		return false
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if strings.TrimRight(sc.Text(), "\r") == line {
			return true
		}
	}
	return false
}

func unauthorised(c *engine.Conn) bool {
	resp := c.PT().Resp
	b, ok := AddStatus(c, resp[:0:len(resp)-1], 401)
	if ok {
		b, ok = AddByToken(c, b, wire.TokenHTTPWwwAuthenticate, []byte(`Basic realm="lwsws"`))
	}
	if ok {
		b, ok = AddContentLength(c, b, 0)
	}
	if ok {
		b, ok = Finalize(c, b)
	}
	return ok && c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders|engine.WriteH2StreamEnd) >= 0 && Completed(c) == 0
}
