// SPDX-License-Identifier: MIT

// Package secure is what vhosts and connections do with TLS: it makes the
// vhosts' contexts, drives handshakes as a role of its own until the real role
// takes over, and runs the program's callbacks about certificates.
package secure

import (
	"errors"
	"fmt"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// Options that TLS looks at, numbered as in lws-context-vhost.h; all but the
// first mean it too.
const (
	optGlobalInit        engine.Option = 1 << 12
	optRequireClientCert engine.Option = 1 << 1
	optAllowNonTLS       engine.Option = 1 << 3
	optNoSystemCAs       engine.Option = 1 << 6
	optPeerCertOptional  engine.Option = 1 << 7
	optRedirectToHTTPS   engine.Option = 1 << 11
	optOnlyListenAccept  engine.Option = 1 << 22
	optCreateServerCtx   engine.Option = 1 << 24
	optIgnoreMissingCert engine.Option = 1 << 26
	optAllowHTTP         engine.Option = 1 << 29
)

// File is a path that a program may give; an empty one is a file that cannot be read.
type File struct {
	Path  string
	Given bool
}

// Identity is a certificate with its key, in files or memory. nil: not given.
type Identity struct {
	CertFile, KeyFile File
	Cert, Key         []byte
	Password          string
	HasPassword       bool
}

// Side is what configures one side of a vhost's TLS.
type Side struct {
	Identity
	CAFile             File
	CA                 []byte
	Ciphers            string // up to TLS 1.2
	Suites             string // TLS 1.3
	OptsSet, OptsClear uint64 // SSL_OP_ bits
}

// Config is what a vhost's TLS is made from.
type Config struct {
	Options engine.Option // of the info
	Port    int
	Server  Side
	Client  Side
	Curve   string
	ALPN    string // comma-separated, "" for the default
	// InfoMask are the SSL_CB_ events that cause SSL_INFO.
	InfoMask int
	// Provided is the program's own context for clients, nil: none.
	Provided *tls.Ctx
	Sessions Sessions
}

// Vhost is the TLS of a vhost.
type Vhost struct {
	Server *tls.Ctx // nil: connections to the vhost are plain
	Client *tls.Ctx // nil: it cannot make TLS connections

	cfg      Config
	shared   *shared   // Client, unless it is the program's
	skipped  bool      // the certificate is still to come
	sessions *sessions // nil: none are resumed
}

// Of is the TLS of v, nil when it has none.
func Of(v *engine.Vhost) *Vhost {
	if v == nil {
		return nil
	}
	t, _ := v.TLS.(*Vhost)
	return t
}

// On tells whether connections to v start with TLS.
func (t *Vhost) On(v *engine.Vhost) bool { return t.Server != nil && v.Port != engine.PortNoListen }

// Close frees the contexts; connections that use them live on.
func (t *Vhost) Close() {
	if t.Server != nil {
		t.Server.Close()
	}
	if t.shared != nil {
		t.shared.Close()
	}
	t.sessions.purge(func(*session) bool { return true })
}

func attach(v *engine.Vhost) *Vhost {
	t := Of(v)
	if t == nil {
		t = &Vhost{}
		v.TLS = t
	}
	return t
}

// Init makes the contexts of a new vhost. The lock is held. Without
// DO_SSL_GLOBAL_INIT there is no TLS, and no error.
func Init(v *engine.Vhost, cfg *Config) error {
	if !cfg.Options.Has(optGlobalInit) {
		return nil
	}
	t := attach(v)
	t.cfg = *cfg
	if err := t.initServer(v); err != nil {
		return fmt.Errorf("server TLS: %w", err)
	}
	return InitClient(v, cfg)
}

// InitClient makes the client context of a vhost that has none yet
// (lws_init_vhost_client_ssl). The lock is held.
func InitClient(v *engine.Vhost, cfg *Config) error {
	if v.Options.Has(optOnlyListenAccept) || !cfg.Options.Has(optGlobalInit) {
		return nil
	}
	t := attach(v)
	if t.Client != nil {
		return nil
	}
	if cfg.Provided != nil {
		t.Client = cfg.Provided
		t.startSessions(cfg)
		return nil
	}
	x, err := clientCtx(v, cfg)
	if err != nil {
		return fmt.Errorf("client TLS: %w", err)
	}
	t.shared, t.Client = x, x.Ctx
	t.startSessions(cfg)
	v.CallFirstUser(engine.ReasonOPENSSLLoadExtraClientVerifyCerts, x.Pointer(), nil, 0)
	return nil
}

func newClient(v *engine.Vhost, cfg *Config, s *Side) (*tls.Ctx, error) {
	x, err := tls.NewClient()
	if err != nil {
		return nil, err
	}
	s.settings(v, x)
	if !v.Options.Has(optNoSystemCAs) {
		logErr(v, x.TrustSystem())
	}
	switch {
	case s.CAFile.Given:
		logErr(v, x.TrustFile(s.CAFile.Path))
	case len(s.CA) > 0:
		err = x.TrustMem(s.CA, true)
	}
	if err == nil {
		err = s.clientIdentity(cfg, x)
	}
	if err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

// clientSide is the client's settings. Where its own files are not given, a
// client uses the plain ones, unless they are a server's.
func (cfg *Config) clientSide(server bool) *Side {
	s := cfg.Client
	if !server {
		for _, f := range [...]struct {
			own   *File
			plain File
		}{{&s.CertFile, cfg.Server.CertFile}, {&s.KeyFile, cfg.Server.KeyFile}, {&s.CAFile, cfg.Server.CAFile}} {
			if !f.own.Given {
				*f.own = f.plain
			}
		}
	}
	return &s
}

// clientIdentity loads the certificate that a client shows, if there is one.
func (s *Side) clientIdentity(cfg *Config, x *tls.Ctx) error {
	switch {
	case s.CertFile.Given:
		if s.CertFile.missing() && cfg.Options.Has(optIgnoreMissingCert) {
			return nil
		}
		if err := x.UseCertFile(s.CertFile.Path); err != nil {
			return err
		}
	case len(s.Cert) > 0:
		if err := x.UseCertMem(s.Cert); err != nil {
			return err
		}
	}
	switch {
	case s.KeyFile.Given:
		if err := x.UseKeyFile(s.KeyFile.Path, s.Password, s.HasPassword); err != nil {
			return err
		}
	case len(s.Key) > 0:
		if err := x.UseKeyMem(s.Key, s.Password, s.HasPassword); err != nil {
			return err
		}
	default:
		return nil
	}
	return x.CheckKey()
}

// settings sets what both sides have in common. What OpenSSL does not take is
// logged and left out, as in the reference.
func (s *Side) settings(v *engine.Vhost, x *tls.Ctx) {
	if s.Ciphers != "" {
		logErr(v, x.SetCiphers(s.Ciphers))
	}
	if s.Suites != "" {
		logErr(v, x.SetSuites(s.Suites))
	}
	x.SetOptions(s.OptsSet, s.OptsClear)
}

func logErr(v *engine.Vhost, err error) {
	if err != nil {
		engine.Errf("vhost %s: TLS: %v", v.Name, err)
	}
}

var errRefused = errors.New("the program refused")
