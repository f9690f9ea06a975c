package trace

// What 4.3.5 has from 4.1.6's table, or does not have any more.
func init() {
	for _, name := range []string{"httpd-cookies", "httpd-destroy-answering", "httpd-destroy-idle",
		"httpd-destroy-receiving", "httpd-destroy-sending-file", "sockg-share-contexts", "sockg-dual-v4"} {
		differences19[name] = nil
	}
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
	none := "TLSv1.3 TLS_AES_256_GCM_SHA384, key exchange none, ALPN h2"
	suite := func(name string, last bool) difference {
		return difference{216, "peer0", []string{none}, []string{"TLSv1.3 " + name + ", key exchange none, ALPN h2"}, last}
	}
	own := suite("TLS_CHACHA20_POLY1305_SHA256", true)
	differences19["settings-tls-ciphers-default"] = []difference{suite("TLS_AES_128_GCM_SHA256", false), own}
	differences19["settings-tls-ciphers-explicit"] = []difference{own}
	curve := func(name string, last bool) difference {
		const tls12 = "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384, key exchange "
		const tls13 = "TLSv1.3 TLS_AES_256_GCM_SHA384, key exchange "
		return difference{33, "peer0", []string{tls12 + "X25519, ALPN h2", none},
			[]string{tls12 + name + ", ALPN h2", tls13 + name + ", ALPN h2"}, last}
	}
	for _, asked := range []string{"", "asked-"} {
		differences19["settings-tls-curve-"+asked+"default"] = []difference{curve("secp521r1", false), curve("secp384r1", true)}
		differences19["settings-tls-curve-"+asked+"explicit"] = []difference{curve("secp384r1", true)}
	}
	chunked := append([]difference{{23, "peer0", []string{"<- silence"}, nil, false}}, differences["http-post-chunked"]...)
	differences19["http-post-chunked"] = chunked
	differences19["http-post-chunked"+overTLS] = append(chunked, // the silence is long enough
		difference{23, "global", []string{"VHOST_CERT_AGING @http in len", "VHOST_CERT_AGING @dyn in len"}, nil, false})
}
