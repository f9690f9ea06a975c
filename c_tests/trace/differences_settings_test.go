// SPDX-License-Identifier: MIT

package trace

func init() {
	// How a head that is too long is refused; that it is, is the same.
	refused := difference{21, "peer0", []string{"<- end"}, nil, false}
	// What the proxy answers is said.
	proxied := difference{24, "cli0", []string{"CLIENT_CONNECTION_ERROR @chat 'proxy not h1'"},
		[]string{"CLIENT_CONNECTION_ERROR @chat 'proxy not h1: it answers 403'"}, false}
	alsoDiffer(map[string][]difference{
		"settings-heads-explicit":    {refused, refused, refused},
		"settings-heads-default":     {refused, refused, refused},
		"settings-proxy-vhost":       {proxied},
		"settings-proxy-environment": {proxied},
	})
	for _, name := range []string{"explicit", "default"} {
		notBytewise["settings-roles-"+name] = "the first bytes that come end the connection"
	}
	for _, name := range []string{"context", "vhost", "environment"} {
		notOverTLS["settings-proxy-"+name] = "the vhost has no client TLS; what a proxy is asked is the same"
	}
}
