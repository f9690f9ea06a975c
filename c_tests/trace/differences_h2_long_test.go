package trace

// The scenarios of sc_h2_long.c.
func init() {
	alsoDiffer(map[string][]difference{
		"h2cli-rxonly": {clientScheme, endsBody},
	})
	oursOnly["h2-external-poll"] = externalPollH2 // quirk 13
	for _, name := range []string{"h2-sse", "h2-long-poll", "h2cli-rxonly", "h2-rxonly-no-stream", "h2-external-poll", "h2-all-protocol",
		"h2-destroy-live", "h2-vanish-three"} {
		notOverTLS[name] = "HTTP/2 without ALPN is for plain connections"
	}
}

const externalPollH2 = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @dyn
FILTER_NETWORK_CONNECTION @http in
served to the end
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @dyn
context is gone
descriptors left 0
== peer0.1
<- :status: 200
<- content-type: text/plain
<- content-length: 11
<- body 11 'hello world'
== peer0.3
<- :status: 200
<- content-type: text/plain
<- content-length: 11
<- body 11 'hello world'
== peer0.5
<- :status: 200
<- content-type: text/plain
<- content-length: 11
<- body 11 'hello world'
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
CLOSED_HTTP @http
WSI_DESTROY @http
== srv1
WSI_CREATE @http
FILTER_HTTP_CONNECTION @http '/one'
HTTP_BIND_PROTOCOL @http
HTTP @http '/one'
HTTP_WRITEABLE @http
  returns -1
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
== srv2
WSI_CREATE @http
FILTER_HTTP_CONNECTION @http '/two'
HTTP_BIND_PROTOCOL @http
HTTP @http '/two'
HTTP_WRITEABLE @http
  returns -1
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
== srv3
WSI_CREATE @http
FILTER_HTTP_CONNECTION @http '/three'
HTTP_BIND_PROTOCOL @http
HTTP @http '/three'
HTTP_WRITEABLE @http
  returns -1
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
`

// endsBody is a client that ends its body in time: no reset is needed.
var endsBody = difference{130, "peer0.3", []string{"<- reset 0"}, nil, false}
