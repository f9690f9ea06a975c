// SPDX-License-Identifier: MIT

package secure

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// initServer makes the vhost's server context, if it is to have one.
func (t *Vhost) initServer(v *engine.Vhost) error {
	s := &t.cfg.Server
	if s.CertFile.Given || s.Cert != nil {
		v.Options |= optCreateServerCtx
	}
	if t.cfg.Port == engine.PortNoListen {
		return nil
	}
	if !v.Options.Has(optCreateServerCtx) {
		engine.Noticef(" Vhost '%s' using non-TLS mode", v.Name)
		return nil
	}
	engine.Noticef(" Vhost '%s' using TLS mode", v.Name)
	x, err := tls.NewServer()
	if err != nil {
		return err
	}
	t.Server = x
	s.settings(v, x)
	if s.CAFile.Given {
		logErr(v, x.TrustFile(s.CAFile.Path))
	}
	if len(s.CA) > 0 {
		logErr(v, x.TrustMem(s.CA, false))
	}
	x.ServeNames()
	if v.Options.Has(optRequireClientCert) {
		x.VerifyClients(!v.Options.Has(optPeerCertOptional), fmt.Appendf(nil, "lws-%d", v.Ctx.Slot))
	}
	if s.CertFile.Given || s.Cert != nil {
		if err := t.loadCerts(v, s.Identity); err != nil {
			return err
		}
	}
	if v.CallFirstUser(engine.ReasonOPENSSLLoadExtraServerVerifyCerts, x.Pointer(), unsafe.Pointer(v.F), 0) != 0 {
		return errRefused
	}
	return x.ServeALPN(offers(alpnOf(v, t.cfg.ALPN)))
}

// loadCerts gives the server context its certificate and key: from the files,
// or from memory when there are no two files to be read.
func (t *Vhost) loadCerts(v *engine.Vhost, id Identity) error {
	inMemory := len(id.Cert) > 0 && len(id.Key) > 0
	if id.CertFile.Given && (id.KeyFile.Given || !inMemory) {
		adoptUpdate(id.CertFile)
		adoptUpdate(id.KeyFile)
		missing := id.CertFile.missing() || id.KeyFile.missing()
		switch skip := missing && v.Options.Has(optIgnoreMissingCert); {
		case !skip:
			return t.loadCertFiles(v, id)
		case !inMemory:
			engine.Noticef("Ignoring missing %s or %s", id.CertFile.Path, id.KeyFile.Path)
			t.skipped = true
			return nil
		}
		engine.Noticef("vhost %s: %s or %s is missing: using the copy in memory", v.Name, id.CertFile.Path, id.KeyFile.Path)
	}
	if !inMemory {
		err := errors.New("a certificate in memory needs its key in memory")
		if id.KeyFile.Given { // the reference goes on with neither
			logErr(v, err)
			return nil
		}
		return err
	}
	x := t.Server
	if err := x.UseCertMem(id.Cert); err != nil {
		return err
	}
	if err := x.UseKeyMem(id.Key, id.Password, id.HasPassword); err != nil {
		return err
	}
	if err := x.CheckKey(); err != nil {
		return err
	}
	t.skipped = false
	return t.curve(v, true)
}

func (t *Vhost) loadCertFiles(v *engine.Vhost, id Identity) error {
	x := t.Server
	if err := x.UseCertFile(id.CertFile.Path); err != nil {
		return err
	}
	if id.KeyFile.Given {
		if err := x.UseKeyFile(id.KeyFile.Path, id.Password, id.HasPassword); err != nil {
			return err
		}
		// OpenSSL also takes a key of another kind than the certificate's.
		if err := x.CheckKey(); err != nil {
			return fmt.Errorf("'%s': %w", id.KeyFile.Path, err)
		}
	} else if v.CallFirstUser(engine.ReasonOPENSSLContextRequiresPrivateKey, x.Pointer(), nil, 0) != 0 {
		return fmt.Errorf("private key not set: %w", errRefused)
	}
	t.skipped = false
	return t.curve(v, false)
}

// Updated has the vhosts with these files load their certificate and key
// again, from the files or, where those cannot be read, from memory
// (lws_tls_cert_updated). Connections keep what they have. The lock is held.
func Updated(ctx *engine.Context, id Identity) {
	for _, v := range ctx.Vhosts() {
		t := Of(v)
		if t == nil || t.Server == nil || !id.CertFile.Given ||
			t.cfg.Server.CertFile != id.CertFile || t.cfg.Server.KeyFile != id.KeyFile {
			continue
		}
		id.Password, id.HasPassword = t.cfg.Server.Password, t.cfg.Server.HasPassword
		// Loading a pair that does not fit would cost the vhost its working one.
		err := t.rehearse(v, id)
		if err == nil {
			err = t.loadCerts(v, id)
		}
		logErr(v, err)
		if t.skipped {
			engine.Noticef("vhost %s: certificate not set", v.Name)
		}
	}
}

// rehearse loads a certificate into a context that nobody uses.
func (t *Vhost) rehearse(v *engine.Vhost, id Identity) error {
	if !id.KeyFile.Given {
		return nil
	}
	x, err := tls.NewServer()
	if err != nil {
		return err
	}
	defer x.Close()
	try := &Vhost{Server: x, cfg: t.cfg}
	if err := try.loadCerts(v, id); err != nil {
		return err
	}
	if try.skipped {
		return nil
	}
	return x.CheckKey()
}

// curve sets the curve for key exchange, if the program chose one. The
// reference does not look at it with certificates in files, so there a bad
// name is no error.
func (t *Vhost) curve(v *engine.Vhost, strict bool) error {
	if t.cfg.Curve == "" {
		return nil
	}
	err := t.Server.SetGroups(t.cfg.Curve)
	if strict {
		return err
	}
	logErr(v, err)
	return nil
}

// missing tells whether a file that is given cannot be read.
func (f File) missing() bool { return f.Given && !exists(f.Path) }

// exists tells whether something can be read from the file.
func exists(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [1]byte
	n, _ := f.Read(b[:])
	return n == 1
}

// updates is how many older copies of a file are kept.
const updates = 50

// adoptUpdate puts a provisioned path.upd in the place of path, whose old
// content is kept as path.old.N.
func adoptUpdate(f File) {
	path, upd := f.Path, f.Path+".upd"
	if !f.Given || !exists(upd) {
		return
	}
	if exists(path) {
		for n := 0; ; n++ {
			if n == updates {
				engine.Noticef("unable to rename %s", path)
				return
			}
			old := fmt.Sprintf("%s.old.%d", path, n)
			if _, err := os.Lstat(old); err == nil {
				continue
			}
			if os.Rename(path, old) == nil {
				break
			}
		}
	}
	if err := os.Rename(upd, path); err != nil {
		engine.Noticef("unable to rename %s: %v", upd, err)
	}
}
