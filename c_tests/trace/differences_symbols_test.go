package trace

func init() {
	alsoDiffer(map[string][]difference{
		"udp-unknown-name": {
			{90, "global", []string{"lws_create_adopt_udp: NULL"}, []string{"lws_create_adopt_udp: made"}, false},
			{90, "srv0", []string{"RAW_SKT_DROP_PROTOCOL @raw"},
				[]string{"protocol raw, opaque 1, udp 1, parent 0", "RAW_SKT_DROP_PROTOCOL @raw"}, false},
		},
		"calls-vhost-destroy1": {{6, "global",
			[]string{"context still serves 0", "lws_context_destroy", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn"},
			[]string{"PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "context still serves 0", "lws_context_destroy"}, false}},
		"udp-empty": {{91, "srv0", []string{"RAW_SKT_DROP_PROTOCOL @raw"}, []string{"RAW_RX @raw 3 'bye'",
			"  packet 1, sender of family 2, length 16, loopback 1, known 0", "  returns -1", "RAW_SKT_DROP_PROTOCOL @raw"}, false}},
		"udp-large": {{92, "peer0", []string{"<- 4116 fnv=2df34795"}, []string{"<- 9000 fnv=25722a65"}, false}},
	})
	for _, name := range []string{"adopt-file", "adopt-file-unnamed"} {
		notBytewise[name] = "the program writes to the descriptor by itself"
	}
	notBytewise["adopt-completed-small"] = "whether something waits is its point"
	notOverTLS["calls-client-reset"] = "the reference's second handshake fails"
	oursOnly["calls-h2-update"] = callsH2Update // the reference crashes
	for _, name := range []string{"adopt-forced", "adopt-ripe"} {
		notBytewise[name] = "two frames in one packet are its point"
	}
	oursOnly["adopt-ripe"] = adoptRipe                    // see the scenario
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

const adoptRipe = `== all
global: PROTOCOL_INIT @http
global: PROTOCOL_INIT @raw
global: PROTOCOL_INIT @bare
global: FILTER_NETWORK_CONNECTION @http in
srv0: WSI_CREATE @http
srv0: SERVER_NEW_CLIENT_INSTANTIATED @http
srv0: HTTP_CONFIRM_UPGRADE @http 'websocket' len=0
srv0: HTTP_BIND_PROTOCOL @http
srv0: FILTER_PROTOCOL_CONNECTION @http (none)
srv0: ADD_HEADERS @http in
srv0: ESTABLISHED @http
srv0: RECEIVE @http len=1 first=1 final=1 bin=0 rest=0 '1'
global: ripe
srv0: RECEIVE @http len=1 first=1 final=1 bin=0 rest=0 '2'
global: done
srv0: WS_SERVER_DROP_PROTOCOL @http
srv0: CLOSED @http
srv0: WSI_DESTROY @http
global: lws_context_destroy
global: WSI_DESTROY @http
global: PROTOCOL_DESTROY @http
global: PROTOCOL_DESTROY @raw
global: PROTOCOL_DESTROY @bare
global: context is gone
== peer0
<- HTTP/1.1 101 Switching Protocols
<- Upgrade: WebSocket
<- Connection: Upgrade
<- Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
`

const callsH2Update = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @dyn
FILTER_NETWORK_CONNECTION @http in
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @dyn
context is gone
== peer0
<- HTTP/1.1 200 OK
<- content-type: text/plain
<- content-length: 11
<- body 11 'hello world'
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/thing'
HTTP_BIND_PROTOCOL @http
HTTP @http '/thing'
  update 1
HTTP_DROP_PROTOCOL @http
HTTP_BIND_PROTOCOL @http
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
`
