// SPDX-License-Identifier: MIT

package tls

// #include <stdlib.h>
// #include "glue.h"
import "C"

import (
	"errors"
	"time"
)

// Session is what a client needs to resume a TLS session (SSL_SESSION), until
// it is freed.
type Session struct{ p *C.SSL_SESSION }

// SessionHooks is implemented by Hooks that want to keep the sessions of a
// client: NewSession is called when the server has offered one. true keeps it.
type SessionHooks interface {
	NewSession(s *Session) bool
}

// maxSession is more than any session takes: the server's certificates are in it.
const maxSession = 1 << 20

// ParseSession reads a session as DER gave it.
func ParseSession(der []byte) (*Session, error) {
	if len(der) == 0 || len(der) > maxSession {
		return nil, errors.New("TLS session: empty or too long")
	}
	s := &Session{}
	err := try("TLS session", func() bool {
		mem := C.CBytes(der)
		defer C.free(mem)
		s.p = C.tls_parse_session(mem, C.long(len(der)))
		return s.p != nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// DER is the session's serialisation. It has the keys in it.
func (s *Session) DER() []byte {
	n := C.i2d_SSL_SESSION(s.p, nil)
	if n <= 0 {
		return nil
	}
	mem := C.malloc(C.size_t(n))
	defer C.free(mem)
	C.tls_write_session(s.p, mem)
	return C.GoBytes(mem, n)
}

// Resumable tells whether the session can be used.
func (s *Session) Resumable() bool { return C.SSL_SESSION_is_resumable(s.p) == 1 }

// Lifetime is how long it may be used from now on.
func (s *Session) Lifetime() time.Duration {
	return time.Duration(C.SSL_SESSION_get_timeout(s.p)) * time.Second
}

// Free gives the session back; connections that use it live on.
func (s *Session) Free() {
	C.SSL_SESSION_free(s.p)
	s.p = nil
}

// Resume has the handshake, which has not begun, try to resume s.
func (c *Conn) Resume(s *Session) error {
	return try("resuming a TLS session", func() bool { return C.SSL_set_session(c.p, s.p) == 1 })
}

// TellSessions has the connections' hooks hear of new sessions.
func (x *Ctx) TellSessions() { C.tls_tell_sessions(x.p) }

//export lwsgo_tls_session
func lwsgo_tls_session(s *C.SSL, p *C.SSL_SESSION) C.int {
	c := connOf(s)
	if c == nil {
		return 0
	}
	if h, ok := c.hooks.(SessionHooks); ok && h.NewSession(&Session{p}) {
		return 1
	}
	return 0
}
