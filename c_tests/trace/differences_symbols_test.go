package trace

func init() {
	alsoDiffer(map[string][]difference{
		"udp-unknown-name": {
			{90, "global", []string{"lws_create_adopt_udp: NULL"}, []string{"lws_create_adopt_udp: made"}, false},
			{90, "srv0", []string{"RAW_SKT_DROP_PROTOCOL @raw"},
				[]string{"protocol raw, opaque 1, udp 1, parent 0", "RAW_SKT_DROP_PROTOCOL @raw"}, false},
		},
		"udp-empty": {{91, "srv0", []string{"RAW_SKT_DROP_PROTOCOL @raw"}, []string{"RAW_RX @raw 3 'bye'",
			"  packet 1, sender of family 2, length 16, loopback 1, known 0", "  returns -1", "RAW_SKT_DROP_PROTOCOL @raw"}, false}},
		"udp-large": {{92, "peer0", []string{"<- 4116 fnv=2df34795"}, []string{"<- 9000 fnv=25722a65"}, false}},
	})
	for _, name := range []string{"adopt-file", "adopt-file-unnamed"} {
		notBytewise[name] = "the program writes to the descriptor by itself"
	}
	notBytewise["adopt-completed-small"] = "whether something waits is its point"
	oursOnly["adopt-forget"] = adoptForget                // the reference crashes when the context is destroyed
	oursOnly["sym-deprecate"] = symDeprecate              // quirk 94
	oursOnly["sym-deprecate-reload"] = symDeprecateReload // quirk 94
	oursOnly["sym-udp-v6"] = symUDPv6                     // quirk 92
	oursOnly["udp-unknown-protocol"] = udpUnknownProtocol // quirk 93
}

const udpUnknownProtocol = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @raw
lws_create_adopt_udp: NULL
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @raw
context is gone
`

const adoptForget = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @raw
PROTOCOL_INIT @bare
adopted: made
still open 1
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @raw
PROTOCOL_DESTROY @bare
context is gone
== peer0
<- ''
== srv0
WSI_CREATE @http
RAW_ADOPT_FILE @raw
protocol raw, opaque 1, user 1, parent 0, udp 0
`

const symDeprecate = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @raw
FILTER_NETWORK_CONNECTION @http in
deprecated 0
WSI_DESTROY @http
deprecated 1
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @raw
context is gone
== peer0
<- body 6 'before'
connect: Connection refused
<- body 5 'after'
== srv0
WSI_CREATE @http
RAW_SKT_BIND_PROTOCOL @raw
RAW_ADOPT @raw
RAW_RX @raw 11 'beforeafter'
RAW_CLOSE @raw
WSI_DESTROY @http (is raw)
`

const symDeprecateReload = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @raw
WSI_DESTROY @http
returned
reload
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @raw
context is gone
`

const symUDPv6 = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @raw
made 1
made 1
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @raw
context is gone
== peer0
<- 'answer'
<- 'ask'
== srv0
WSI_CREATE @http
RAW_SKT_BIND_PROTOCOL @raw
RAW_ADOPT @raw
RAW_RX @raw 3 'ask'
  returns -1
RAW_CLOSE @raw
WSI_DESTROY @http (is raw)
== srv1
WSI_CREATE @http
RAW_SKT_BIND_PROTOCOL @raw
RAW_ADOPT @raw
RAW_RX @raw 6 'answer'
  returns -1
RAW_CLOSE @raw
WSI_DESTROY @http (is raw)
`
