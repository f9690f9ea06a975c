// SPDX-License-Identifier: MIT

// Package secure is what vhosts and connections do with TLS: it makes the
// vhosts' contexts, drives handshakes as a role of its own until the real role
// takes over, and runs the program's callbacks about certificates.
package secure

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// Options of a vhost that TLS looks at, numbered as in lws-context-vhost.h.
const (
	optRequireClientCert  engine.Option = 1<<1 | optGlobalInit
	optRedirectToHTTPS    engine.Option = 1<<3 | optAllowNonTLS
	optAllowNonTLS        engine.Option = 1<<0 | optGlobalInit
	optPeerCertOptional   engine.Option = 1 << 6
	optECDH               engine.Option = 1<<11 | optGlobalInit
	optGlobalInit         engine.Option = 1 << 12
	optDisableSystemCAs   engine.Option = 1 << 19
	optCreateServerCtx    engine.Option = 1 << 24
	optIgnoreMissingCert  engine.Option = 1 << 26
	optAllowHTTP          engine.Option = 1 << 29
	optAdoptApplyListen   engine.Option = 1 << 22
	optFallbackApplyLsten engine.Option = 1 << 20
)
