// SPDX-License-Identifier: MIT

package trace

import "strings"

// tlsSettings are the settings-tls- scenarios.
var tlsSettings = []string{"ciphers", "curve", "curve-asked", "versions", "cleared", "alpn", "alpn-own", "info", "restriction",
	"restriction-own", "client-ciphers", "shared-ciphers", "client-versions", "client-alpn", "client-files", "shared-files",
	"authority", "memory", "provided"}

func init() {
	// How a head that is too long is refused; that it is, is the same.
	refused := difference{21, "peer0", []string{"<- end"}, nil, false}
	// What the proxy answers is said.
	proxied := difference{24, "cli0", []string{"CLIENT_CONNECTION_ERROR @chat 'proxy not h1'"},
		[]string{"CLIENT_CONNECTION_ERROR @chat 'proxy not h1: it answers 403'"}, false}
	// What became of the attempt is said.
	attempted := func(client string) difference {
		return difference{24, client, []string{"CLIENT_CONNECTION_ERROR @chat 'Unable to connect'"},
			[]string{"CLIENT_CONNECTION_ERROR @chat 'Unable to connect: 127.0.0.1: connection timed out'"}, false}
	}
	limited := func(client string) difference {
		return difference{24, client, []string{"CLIENT_CONNECTION_ERROR @chat 'closed before established' len=26"},
			[]string{"CLIENT_CONNECTION_ERROR @chat 'closed before established: connecting to 127.0.0.1'"}, false}
	}
	distrusted := func(client string) difference {
		return difference{31, client, []string{"CLIENT_CONNECTION_ERROR @http 'connect SSL err 1: error:00000001:lib(0)::reason(1)'"},
			[]string{"CLIENT_CONNECTION_ERROR @http 'server's cert didn't look good, X509_V_ERR = 18: self-signed certificate'"}, false}
	}
	// The vhost's curve; where the difference is, the reference's default is the same for all vhosts.
	const x25519 = "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384, key exchange X25519, ALPN h2\n" +
		"TLSv1.3 TLS_AES_256_GCM_SHA384, key exchange X25519, ALPN h2"
	curve := func(name string, last bool) difference {
		return difference{33, "peer0", strings.Split(x25519, "\n"), strings.Split(strings.ReplaceAll(x25519, "X25519", name), "\n"), last}
	}
	window := difference{223, "peer0", []string{"<- setting 4 = 0"}, []string{"<- setting 4 = 262144"}, false}
	alsoDiffer(map[string][]difference{
		"settings-h2-explicit":              {window, window},
		"settings-h2-default":               {window},
		"settings-heads-explicit":           {refused, refused, refused},
		"settings-heads-default":            {refused, refused, refused},
		"settings-heads2-explicit":          {refused, refused, refused},
		"settings-heads2-default":           {refused, refused, refused},
		"settings-proxy-vhost":              {proxied},
		"settings-proxy-environment":        {proxied},
		"settings-attempt-explicit":         {attempted("cli-early"), attempted("cli-late"), limited("cli-own")},
		"settings-attempt-default":          {limited("cli-default"), attempted("cli-late"), limited("cli-own")},
		"settings-tls-authority-explicit":   {distrusted("cli-early"), distrusted("cli-late")},
		"settings-tls-authority-default":    {distrusted("cli-late")},
		"settings-tls-memory-explicit":      {distrusted("cli-early"), distrusted("cli-late")},
		"settings-tls-memory-default":       {distrusted("cli-late")},
		"settings-tls-curve-explicit":       {curve("secp384r1", true)},
		"settings-tls-curve-asked-explicit": {curve("secp384r1", true)},
		"settings-tls-curve-default":        {curve("secp384r1", true), curve("secp521r1", false)},
		"settings-tls-curve-asked-default":  {curve("secp384r1", true), curve("secp521r1", false)},
	})
	for _, form := range []string{"-explicit", "-default"} {
		notBytewise["settings-roles"+form] = "the first bytes that come end the connection"
		notBytewise["settings-pieces"+form] = "how input is cut is its point"
		for _, name := range tlsSettings {
			notOverTLS["settings-tls-"+name+form] = "it is there already"
			notBytewise["settings-tls-"+name+form] = "c_tests/tls has TLS in single bytes"
		}
		notOverTLS["settings-h2"+form] = "HTTP/2 without ALPN is for plain connections"
		notOverTLS["settings-attempt"+form] = "nobody accepts"
		notOverTLS["settings-ah-idle"+form] = "the time begins with timeout_secs"
		for _, name := range []string{"crowd", "crowd-own"} {
			notOverTLS["settings-"+name+form] = "the peer that is not accepted waits for its handshake"
		}
		for _, name := range []string{"loss", "loss-own", "perms", "system", "process", "process-own"} {
			notOverTLS["settings-"+name+form] = "no connections"
		}
	}
	for _, name := range []string{"crowd-clients", "crowd-adopted", "family-context", "family-own"} {
		notOverTLS["settings-"+name] = "nobody shakes hands"
	}
	for _, name := range []string{"context", "vhost", "environment"} {
		notOverTLS["settings-proxy-"+name] = "the vhost has no client TLS; what a proxy is asked is the same"
	}
}
