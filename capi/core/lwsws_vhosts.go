// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"

static inline void mount_cache(struct lwsgo_mount *m, int what, int on)
{
	switch (what) {
	case 0: m->cache_reusable = !!on; break;
	case 1: m->cache_revalidate = !!on; break;
	default: m->cache_intermediaries = !!on;
	}
}
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/lejp"
)

// vhostConfig makes the vhosts of lwsws's configuration, one after the other.
type vhostConfig struct {
	config
	cx         *C.struct_lws_context
	protocols  *C.struct_lws_protocols
	pprotocols **C.struct_lws_protocols
	extensions *C.struct_lws_extension

	open       bool // inside a vhost
	any        bool
	mounting   bool // inside a mount
	head, tail *C.struct_lwsgo_mount
	mount      C.struct_lwsgo_mount
	pvoOf      *C.struct_lws_protocol_vhost_options // the protocol that options belong to
	needName   bool                                 // an upgrade has to name a protocol
	clientTLS  bool
}

// The keys that are more than a value.
const (
	keyVhost    = "vhosts[]"
	keyMount    = "vhosts[].mounts[]"
	keyProtocol = "vhosts[].ws-protocols[].*"
)

// vhostKeys are the JSON paths. The order decides where more than one matches.
var vhostKeys = []string{
	keyVhost, keyMount, "vhosts[].name", "vhosts[].port", "vhosts[].interface", "vhosts[].unix-socket",
	"vhosts[].unix-socket-perms", "vhosts[].sts", "vhosts[].host-ssl-key", "vhosts[].host-ssl-cert", "vhosts[].host-ssl-ca",
	"vhosts[].access-log", "vhosts[].mounts[].mountpoint", "vhosts[].mounts[].origin", "vhosts[].mounts[].protocol",
	"vhosts[].mounts[].default", "vhosts[].mounts[].auth-mask", "vhosts[].mounts[].cgi-timeout",
	"vhosts[].mounts[].cgi-env[].*", "vhosts[].mounts[].cache-max-age", "vhosts[].mounts[].cache-reuse",
	"vhosts[].mounts[].cache-revalidate", "vhosts[].mounts[].basic-auth", "vhosts[].mounts[].cache-intermediaries",
	"vhosts[].mounts[].extra-mimetypes.*", "vhosts[].mounts[].interpret.*", "vhosts[].ws-protocols[].*.*", keyProtocol,
	"vhosts[].ws-protocols[]", "vhosts[].keepalive_timeout", "vhosts[].enable-client-ssl", "vhosts[].ciphers",
	"vhosts[].ecdh-curve", "vhosts[].noipv6", "vhosts[].ipv6only", "vhosts[].ssl-option-set", "vhosts[].ssl-option-clear",
	"vhosts[].mounts[].pmo[].*", "vhosts[].headers[].*", "vhosts[].headers[]", "vhosts[].client-ssl-key",
	"vhosts[].client-ssl-cert", "vhosts[].client-ssl-ca", "vhosts[].client-ssl-ciphers", "vhosts[].onlyraw",
	"vhosts[].client-cert-required", "vhosts[].ignore-missing-cert", "vhosts[].error-document-404", "vhosts[].alpn",
	"vhosts[].ssl-client-option-set", "vhosts[].ssl-client-option-clear", "vhosts[].tls13-ciphers",
	"vhosts[].client-tls13-ciphers", "vhosts[].strict-host-check", "vhosts[].listen-accept-role",
	"vhosts[].listen-accept-protocol", "vhosts[].apply-listen-accept", "vhosts[].fallback-listen-accept",
	"vhosts[].allow-non-tls", "vhosts[].redirect-http", "vhosts[].allow-http-on-https",
	"vhosts[].disable-no-protocol-ws-upgrades", "vhosts[].h2-half-closed-long-poll",
	"vhosts[].fo-listen-queue",
}

// vhostFlags are the keys that set or clear one option.
var vhostFlags = map[string]engine.Option{
	"vhosts[].unix-socket":              C.LWS_SERVER_OPTION_UNIX_SOCK,
	"vhosts[].sts":                      C.LWS_SERVER_OPTION_STS,
	"vhosts[].noipv6":                   C.LWS_SERVER_OPTION_DISABLE_IPV6,
	"vhosts[].onlyraw":                  C.LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG,
	"vhosts[].ipv6only":                 C.LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE,
	"vhosts[].ignore-missing-cert":      C.LWS_SERVER_OPTION_IGNORE_MISSING_CERT,
	"vhosts[].strict-host-check":        C.LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK,
	"vhosts[].apply-listen-accept":      C.LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG,
	"vhosts[].fallback-listen-accept":   C.LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG,
	"vhosts[].allow-non-tls":            C.LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT,
	"vhosts[].redirect-http":            C.LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS,
	"vhosts[].allow-http-on-https":      C.LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER,
	"vhosts[].h2-half-closed-long-poll": C.LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL,
}

// inherited are the options that a vhost takes over from the context's info. The last is
// not the reference's: with it the next lwsws listens before this one stops.
const inherited = C.LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME | C.LWS_SERVER_OPTION_LIBUV |
	C.LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | C.LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
	C.LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN | C.LWS_SERVER_OPTION_LIBEVENT | C.LWS_SERVER_OPTION_LIBEV |
	C.LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE

// defaultCiphers are what a vhost offers when its configuration names none.
const defaultCiphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:" +
	"ECDHE-RSA-AES256-SHA384:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!MD5:!PSK:!RC4:!HMAC_SHA1:!SHA1:" +
	"!DHE-RSA-AES128-GCM-SHA256:!DHE-RSA-AES128-SHA256:!AES128-GCM-SHA256:!AES128-SHA256:" +
	"!DHE-RSA-AES256-SHA256:!AES256-GCM-SHA384:!AES256-SHA256"

// ciphersC is defaultCiphers for C.
var ciphersC = lasting(defaultCiphers)

//export go_lwsws_get_config_vhosts
func go_lwsws_get_config_vhosts(cx *C.struct_lws_context, info *C.struct_lwsgo_info, dir *C.char, cs **C.char, n *C.int) (ret C.int) {
	defer guardOr("lwsws_get_config_vhosts", &ret, 1)
	if contextOf(cx) == nil || dir == nil || cs == nil || *cs == nil || n == nil || *n <= 0 {
		engine.Errf("lwsws_get_config_vhosts: an argument is missing")
		return 1
	}
	f := &vhostConfig{
		config: config{p: unsafe.Pointer(*cs), end: unsafe.Add(unsafe.Pointer(*cs), int(*n)), info: info, keys: vhostKeys, expand: true},
		cx:     cx, protocols: info.protocols, pprotocols: info.pprotocols, extensions: info.extensions,
	}
	f.value = f.step1
	f.mine = func(path string) bool { return !strings.HasPrefix(path, "global") }
	if err := f.read(str(dir)); err != nil {
		if f.full {
			engine.Errf("lwsws_get_config_vhosts: %v", err)
		}
		return 1
	}
	*cs, *n = (*C.char)(f.p), C.int(uintptr(f.end)-uintptr(f.p))
	if !f.any {
		engine.Errf("Need at least one vhost")
		return 1
	}
	return 0
}

// step1 handles one step of the parser.
func (f *vhostConfig) step1(key string, why lejp.Reason) error {
	switch {
	case why == lejp.ObjectStart && key == keyVhost:
		f.begin()
	case why == lejp.ObjectStart && key == keyMount:
		f.mounting, f.mount = true, C.struct_lwsgo_mount{}
	case why == lejp.ObjectStart && key == keyProtocol:
		o, err := f.pvo(0, "", &f.info.pvo)
		if err != nil {
			return err
		}
		f.pvoOf = o
		o.value, err = f.put("")
		return err
	case why == lejp.ObjectEnd && key == keyMount && f.mounting:
		f.mounting = false
		return f.addMount()
	case why == lejp.ObjectEnd && (key == keyVhost || key == "") && f.open:
		f.open = false
		return f.make()
	case isValue(why) && key != "":
		return f.set(key, why)
	}
	return nil
}

// begin gives the info of a new vhost its defaults.
func (f *vhostConfig) begin() {
	f.open, f.needName, f.head, f.tail = true, false, nil, nil
	i := f.info
	*i = C.struct_lwsgo_info{
		abi: i.abi, count_threads: i.count_threads, options: i.options & inherited, server_string: i.server_string,
		timeout_secs: i.timeout_secs, protocols: f.protocols, pprotocols: f.pprotocols, extensions: f.extensions,
		client_ssl_cipher_list: ciphersC, ssl_cipher_list: ciphersC, keepalive_timeout: 5,
	}
	if ctx := contextOf(f.cx); ctx != nil && ctx.Ours {
		i.ours, i.http_no_compression = 1, C.uint(b2i(!ctx.Compress))
	}
}

// make makes the vhost, and its client side when that is wanted.
func (f *vhostConfig) make() error {
	i := f.info
	if i.port == 0 && i.options&C.LWS_SERVER_OPTION_UNIX_SOCK == 0 {
		return errors.New("port required (eg, 443)")
	}
	i.mounts = f.head
	v := go_lws_create_vhost(f.cx, i)
	if v == nil {
		return fmt.Errorf("failed to create vhost %s", str(i.vhost_name))
	}
	f.any = true
	if f.needName {
		f.needName = false
		if vh := vhostOf(v); vh != nil {
			vh.Lock()
			vh.DefaultIndex = engine.NoDefault
			vh.Unlock()
		}
	}
	if f.clientTLS {
		*i = C.struct_lwsgo_info{
			abi: i.abi, options: C.LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
			client_ssl_cert_filepath: i.client_ssl_cert_filepath, client_ssl_private_key_filepath: i.client_ssl_private_key_filepath,
			client_ssl_ca_filepath: i.client_ssl_ca_filepath, client_ssl_cipher_list: i.client_ssl_cipher_list,
		}
		go_lws_init_vhost_client_ssl(i, v)
	}
	return nil
}

const callbackScheme = "callback://"

// mountKinds are the schemes of origins, in the order of enum lws_mount_protocols.
var mountKinds = []string{"http://", "https://", "file://", "cgi://", ">http://", ">https://", callbackScheme, "gzip://"}

func (f *vhostConfig) addMount() error {
	if f.mount.mountpoint == nil || f.mount.origin == nil {
		return errors.New("mountpoint and origin required")
	}
	origin := str(f.mount.origin)
	for n, scheme := range mountKinds {
		if !strings.HasPrefix(origin, scheme) {
			continue
		}
		m, err := newIn[C.struct_lwsgo_mount](&f.config)
		if err != nil {
			return err
		}
		*m = f.mount
		m.origin_protocol = C.uchar(n)
		m.origin = next(f.mount.origin, len(scheme))
		if f.tail != nil {
			f.tail.mount_next = m
		} else {
			f.head = m
		}
		f.tail = m
		return nil
	}
	return fmt.Errorf("unsupported protocol:// %s", origin)
}

// set handles a value.
func (f *vhostConfig) set(key string, why lejp.Reason) error {
	i := f.info
	if key == "vhosts[].ipv6only" {
		i.options |= C.LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY
	}
	if flag, ok := vhostFlags[key]; ok {
		i.options &^= C.uint64_t(flag)
		if f.yes() {
			i.options |= C.uint64_t(flag)
		}
		return nil
	}
	if to := f.stringOf(key); to != nil {
		if key == "vhosts[].mounts[].mountpoint" {
			if f.last != key {
				f.mount.mountpoint_len = 0
			}
			f.mount.mountpoint_len += C.uchar(len(f.text()))
		}
		if key == "vhosts[].mounts[].origin" && *to != nil && f.last != key {
			to = new(*C.char) // the first one counts
		}
		if err := f.str(key, why, to); err != nil {
			return err
		}
		if key == "vhosts[].mounts[].origin" && strings.HasPrefix(str(*to), callbackScheme) {
			f.mount.protocol = next(*to, len(callbackScheme))
		}
		return nil
	}
	if list, suffix := f.listOf(key); list != nil {
		if list == &f.info.headers && !isText(why) {
			return nil
		}
		n := 0
		if key == "vhosts[].ws-protocols[].*.*" {
			n = 1
		}
		return f.pair(key, why, n, suffix, list)
	}
	f.plain(key)
	return nil
}

// stringOf is where a text value goes.
func (f *vhostConfig) stringOf(key string) **C.char {
	i := f.info
	switch key {
	case "vhosts[].name":
		return &i.vhost_name
	case "vhosts[].interface":
		return &i.iface
	case "vhosts[].unix-socket-perms":
		return &i.unix_socket_perms
	case "vhosts[].host-ssl-key":
		return &i.ssl_private_key_filepath
	case "vhosts[].host-ssl-cert":
		return &i.ssl_cert_filepath
	case "vhosts[].host-ssl-ca":
		return &i.ssl_ca_filepath
	case "vhosts[].access-log":
		return &i.log_filepath
	case "vhosts[].mounts[].mountpoint":
		return &f.mount.mountpoint
	case "vhosts[].mounts[].origin":
		return &f.mount.origin
	case "vhosts[].mounts[].default":
		return &f.mount.def
	case "vhosts[].mounts[].basic-auth":
		return &f.mount.basic_auth_login_file
	case "vhosts[].ciphers":
		return &i.ssl_cipher_list
	case "vhosts[].tls13-ciphers":
		return &i.tls1_3_plus_cipher_list
	case "vhosts[].ecdh-curve":
		return &i.ecdh_curve
	case "vhosts[].client-ssl-key":
		return &i.client_ssl_private_key_filepath
	case "vhosts[].client-ssl-cert":
		return &i.client_ssl_cert_filepath
	case "vhosts[].client-ssl-ca":
		return &i.client_ssl_ca_filepath
	case "vhosts[].client-ssl-ciphers":
		return &i.client_ssl_cipher_list
	case "vhosts[].client-tls13-ciphers":
		return &i.client_tls_1_3_plus_cipher_list
	case "vhosts[].error-document-404":
		return &i.error_document_404
	case "vhosts[].alpn":
		return &i.alpn
	case "vhosts[].listen-accept-role":
		return &i.listen_accept_role
	case "vhosts[].listen-accept-protocol":
		return &i.listen_accept_protocol
	}
	return nil
}

// listOf is the list that a pair of name and value goes into, and what is put
// behind the name.
func (f *vhostConfig) listOf(key string) (**C.struct_lws_protocol_vhost_options, string) {
	switch key {
	case "vhosts[].headers[].*":
		return &f.info.headers, ":"
	case "vhosts[].mounts[].pmo[].*", "vhosts[].mounts[].cgi-env[].*":
		return &f.mount.cgienv, ""
	case "vhosts[].mounts[].extra-mimetypes.*":
		return &f.mount.extra_mimetypes, ""
	case "vhosts[].mounts[].interpret.*":
		return &f.mount.interpret, ""
	case "vhosts[].ws-protocols[].*.*":
		if f.pvoOf != nil {
			return &f.pvoOf.options, ""
		}
	}
	return nil, ""
}

// plain handles numbers and what is left of the switches.
func (f *vhostConfig) plain(key string) {
	i, m := f.info, &f.mount
	switch key {
	case "vhosts[].port":
		i.port = f.number()
	case "vhosts[].mounts[].auth-mask":
		m.auth_mask = C.uint(f.number())
	case "vhosts[].mounts[].cgi-timeout":
		m.cgi_timeout = f.number()
	case "vhosts[].mounts[].cache-max-age":
		m.cache_max_age = f.number()
	case "vhosts[].mounts[].cache-reuse":
		C.mount_cache(m, 0, b2i(f.yes()))
	case "vhosts[].mounts[].cache-revalidate":
		C.mount_cache(m, 1, b2i(f.yes()))
	case "vhosts[].mounts[].cache-intermediaries":
		C.mount_cache(m, 2, b2i(f.yes()))
	case "vhosts[].fo-listen-queue":
		i.fo_listen_queue = f.number()
	case "vhosts[].keepalive_timeout":
		i.keepalive_timeout = f.number()
	case "vhosts[].enable-client-ssl":
		f.clientTLS = f.yes()
	case "vhosts[].client-cert-required":
		if f.yes() {
			i.options |= C.LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT
		}
	case "vhosts[].ssl-option-set":
		i.ssl_options_set |= f.long()
	case "vhosts[].ssl-option-clear":
		i.ssl_options_clear |= f.long()
	case "vhosts[].ssl-client-option-set":
		i.ssl_client_options_set |= f.long()
	case "vhosts[].ssl-client-option-clear":
		i.ssl_client_options_clear |= f.long()
	case "vhosts[].disable-no-protocol-ws-upgrades":
		f.needName = true
	}
}
