package trace

import "strings"

// What 4.3.5 has from 4.1.6's table, or does not have any more.
func init() {
	// The reference aborts (quirk 92); datagrams are bound anew there.
	oursOnly19["sym-udp-v6"] = strings.ReplaceAll(symUDPv6, "RAW_ADOPT @raw\n", "RAW_ADOPT @raw\nRAW_SKT_DROP_PROTOCOL @raw\nRAW_SKT_BIND_PROTOCOL @raw\n")
	for _, name := range []string{"log-lives", "log-lives-named"} {
		notOverTLS[name] = "which connection ends first depends on the peer"
	}
	notOverTLS["cert-ages"], notOverTLS["to-https"] = "it is there already", "it is there already"
	for _, name := range []string{"httpd-cookies", "httpd-destroy-answering", "httpd-destroy-idle",
		"httpd-destroy-receiving", "httpd-destroy-sending-file", "sockg-share-contexts", "sockg-dual-v4"} {
		differences19[name] = nil
	}
	// 4.3.5 accepts before its netlink socket has told of the interfaces, and inits then.
	differences19["external-poll"] = []difference{{204, "global",
		[]string{"FILTER_NETWORK_CONNECTION @http in", "PROTOCOL_INIT @http", "PROTOCOL_INIT @chat", "PROTOCOL_INIT @other"},
		[]string{"PROTOCOL_INIT @http", "PROTOCOL_INIT @chat", "PROTOCOL_INIT @other", "FILTER_NETWORK_CONNECTION @http in"}, false}}
	differences19["h2-external-poll"] = []difference{{204, "global",
		[]string{"FILTER_NETWORK_CONNECTION @http in", "PROTOCOL_INIT @http", "PROTOCOL_INIT @dyn"},
		[]string{"PROTOCOL_INIT @http", "PROTOCOL_INIT @dyn", "FILTER_NETWORK_CONNECTION @http in"}, false}}
	differences19["sym-deprecate"] = nil
	for quirk, names := range map[int][]string{
		199: {"h2-post", "h2-mount-post", "h2-post-rx-off", "h2-post-unknown", "h2-post-zero"},
		210: {"http-pipelined", "httpd-early-answer", "httpd-unwanted-body", "httpd-destroy-pipelined"},
		211: {"httpd-destroy-inside"},
		212: {"sockg-low-port", "sockg-low-port-fatal", "sock-unix-no-folder", "sock-unix-taken", "sock-unix-nobody", "sock-iface-foreign"},
		213: {"rx-largest-tiny" + overTLS, "rx-sizes-tiny" + overTLS},
	} {
		for _, name := range names {
			as17[name] = quirk
		}
	}
	moved := []difference{{214, "global",
		[]string{"lws_context_destroy", "WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn"},
		[]string{"lws_context_destroy", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "WSI_DESTROY @http"}, false}}
	differences19["http-vhosts-by-host"] = moved
	differences19["httpd-host-choice"] = []difference{{214, "global",
		[]string{"lws_context_destroy", "WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http",
			"PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn"},
		[]string{"lws_context_destroy", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http",
			"PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "WSI_DESTROY @http"}, false}}
	differences19["httpd-host-protocols"] = []difference{{214, "global",
		[]string{"PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http", "WSI_DESTROY @dyn (is http)", "PROTOCOL_DESTROY @dyn",
			"PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn"},
		[]string{"PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http",
			"PROTOCOL_DESTROY @dyn", "PROTOCOL_DESTROY @http", "WSI_DESTROY @dyn (is http)"}, false}}
	differences19["sock-v6-both"] = []difference{{215, "srv0", []string{"  peer '127.0.0.1', address '::1000:0:3000:0'"},
		[]string{"  peer '127.0.0.1', address '127.0.0.1'"}, false}}
	differences19["vhost-destroy-live"] = []difference{{35, "global",
		[]string{"vhost_destroy returns", "WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @chat", "PROTOCOL_DESTROY @small"},
		[]string{"WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @chat", "PROTOCOL_DESTROY @small", "vhost_destroy returns"}, false}}
	suite := func(name string, last bool) difference {
		return difference{216, "peer0", []string{"TLSv1.3 TLS_AES_256_GCM_SHA384, key exchange X25519, ALPN h2"},
			[]string{"TLSv1.3 " + name + ", key exchange X25519, ALPN h2"}, last}
	}
	own := suite("TLS_CHACHA20_POLY1305_SHA256", true)
	differences19["settings-tls-ciphers-default"] = []difference{suite("TLS_AES_128_GCM_SHA256", false), own}
	differences19["settings-tls-ciphers-explicit"] = []difference{own}
	differences19["http-post-chunked"] = append([]difference{{23, "peer0", []string{"<- silence"}, nil, false}}, differences["http-post-chunked"]...)
}
