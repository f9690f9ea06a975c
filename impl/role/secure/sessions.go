// SPDX-License-Identifier: MIT

package secure

import (
	"fmt"
	"slices"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// Sessions says whether and how a vhost's client connections resume TLS
// sessions (v4.3).
type Sessions struct {
	Off  bool // for good
	On   bool
	Max  int // 0: defaultSessions
	Secs int // 0: as long as the session says
}

const defaultSessions = 10

// faults are the bits of Request.Allow.
const faults = AllowSelfSigned | SkipHostname | AllowExpired | AllowUntrustedCA

// sessions are those that can be resumed, the least recently used first.
type sessions struct {
	Sessions
	list []*session
}

type session struct {
	*tls.Session
	tag   string
	allow int   // faults that the server's certificate may have had
	until int64 // engine.Now()
}

// SessionTag names the session of a vhost with a server.
func SessionTag(v *engine.Vhost, host string, port int) string {
	return fmt.Sprintf("%s_%s_%d", v.Name, host, port)
}

// useSessions has the vhost's client connections resume sessions from now on.
func (t *Vhost) useSessions(s Sessions) {
	if t.Client == nil || s.Off {
		return
	}
	if s.Max <= 0 {
		s.Max = defaultSessions
	}
	t.sessions = &sessions{Sessions: s}
	t.Client.TellSessions()
}

// startSessions does what a new client context's configuration says of them.
func (t *Vhost) startSessions(cfg *Config) {
	t.cfg.Sessions = cfg.Sessions
	if cfg.Sessions.On {
		t.useSessions(cfg.Sessions)
	}
}

// find gives the session of that tag that is still good, and makes it the
// most recently used.
func (l *sessions) find(tag string) *session {
	if l == nil {
		return nil
	}
	l.purge(func(s *session) bool { return s.until <= engine.Now() || !s.Resumable() })
	i := slices.IndexFunc(l.list, func(s *session) bool { return s.tag == tag })
	if i < 0 {
		return nil
	}
	s := l.list[i]
	l.list = append(slices.Delete(l.list, i, i+1), s)
	return s
}

// keep takes s, in place of an earlier one of that tag.
func (l *sessions) keep(s *tls.Session, tag string, allow int) {
	l.purge(func(s *session) bool { return s.tag == tag })
	if n := len(l.list) + 1 - l.Max; n > 0 {
		for _, old := range l.list[:n] {
			old.Free()
		}
		l.list = slices.Delete(l.list, 0, n)
	}
	us := s.Lifetime().Microseconds()
	if l.Secs > 0 {
		us = int64(l.Secs) * 1_000_000
	}
	l.list = append(l.list, &session{Session: s, tag: tag, allow: allow & faults, until: engine.Now() + us})
}

func (l *sessions) purge(gone func(*session) bool) {
	if l == nil {
		return
	}
	l.list = slices.DeleteFunc(l.list, func(s *session) bool {
		if gone(s) {
			s.Free()
			return true
		}
		return false
	})
}

// resume has the handshake of k resume a session, if there is one in which
// the server's certificate was looked at as k's is to be. The check is not
// repeated in a resumed session.
func (k *connector) resume(l *sessions) {
	s := l.find(k.tag)
	if s == nil || s.allow&^k.allow != 0 {
		return
	}
	if err := k.t.Resume(s.Session); err != nil {
		engine.Infof("%s: %v", k.c, err)
	}
}

// NewSession keeps what the server offers for later connections.
func (t *transport) NewSession(s *tls.Session) bool {
	k := t.client
	o := Of(t.c.Vhost)
	if k == nil || k.tag == "" || o == nil || o.sessions == nil || k.confirm() != nil {
		return false
	}
	o.sessions.keep(s, k.tag, k.allow)
	engine.Infof("%s: TLS session of %s kept", t.c, k.tag)
	return true
}

// SaveSession is the serialised session with a server, nil when there is none
// (lws_tls_session_dump_save). The lock is held.
func SaveSession(v *engine.Vhost, host string, port int) []byte {
	o := Of(v)
	if o == nil {
		return nil
	}
	if s := o.sessions.find(SessionTag(v, host, port)); s != nil {
		return s.DER()
	}
	return nil
}

// WantsSession tells whether LoadSession has any use: a session that is there
// is newer.
func WantsSession(v *engine.Vhost, host string, port int) bool {
	o := Of(v)
	if o == nil || o.Client == nil || o.cfg.Sessions.Off {
		return false
	}
	if o.sessions == nil {
		o.useSessions(o.cfg.Sessions)
	}
	return o.sessions.find(SessionTag(v, host, port)) == nil
}

// LoadSession keeps a session that SaveSession gave (lws_tls_session_dump_load).
// The lock is held. Whoever loads one vouches for the server's certificate.
func LoadSession(v *engine.Vhost, host string, port int, der []byte) error {
	if !WantsSession(v, host, port) {
		return fmt.Errorf("vhost %s has a session with %s port %d, or uses none", v.Name, host, port)
	}
	s, err := tls.ParseSession(der)
	if err != nil {
		return err
	}
	Of(v).sessions.keep(s, SessionTag(v, host, port), 0)
	return nil
}
