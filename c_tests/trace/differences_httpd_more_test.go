package trace

import "strings"

func init() {
	// The vhost's end is told within the call, or at the end of its turn, not at the context's end.
	sooner := []difference{{35, "global",
		[]string{"lws_context_destroy", "WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn"},
		[]string{"WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @dyn", "lws_context_destroy"}, false}}
	large := strings.Repeat("abcdefghijklmnopqrstuvw", 100)[:2000]
	more := map[string][]difference{
		"httpd-form-too-large-ac": {
			{51, "peer0", []string{"<- HTTP/1.1 200 OK", "<- content-type: text/html", "<- content-length: 179",
				"<- body 179 '" + page("200", "got it") + "'"}, []string{"<- end"}, false},
			{51, "srv0", []string{"HTTP_BODY_COMPLETION @http", "  finalize 0", "  upload closes of 'send' '', 0 bytes 00000000",
				"  send 2 'go'", "  big 2000 '" + large[3*599:] + "'", "HTTP_DROP_PROTOCOL @http", "  destroy 0",
				"HTTP_BIND_PROTOCOL @http", "HTTP_DROP_PROTOCOL @http"},
				[]string{"  lws_spa_process fails", "  returns -1", "HTTP_DROP_PROTOCOL @http",
					"  upload closes of 'big' '', 0 bytes 00000000", "  destroy 0"}, false},
		},
	}
	for _, what := range []string{"answering", "receiving", "idle", "pipelined", "sending-file", "inside"} {
		more["httpd-destroy-"+what] = sooner
	}
	alsoDiffer(more)
	for _, name := range []string{"httpd-upload-too-large", "httpd-form-too-large-ac", "httpd-form-default-ac"} {
		notBytewise[name] = "ends where the storage is full"
	}
	notBytewise["httpd-destroy-receiving"] = "how much of the body has arrived is its point"
	notBytewise["httpd-destroy-inside"] = "what the kernel has not taken by the end of the turn goes with the vhost (quirk 35)"
	oursOnly["httpd-form-default-ac"] = formDefaultAC // quirk 51
	oursOnly["httpd-pool-wait"] = poolWait            // quirk 52
}

const formDefaultAC = `== global
PROTOCOL_INIT @http
FILTER_NETWORK_CONNECTION @http in
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
context is gone
== peer0
<- end
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/form'
HTTP_BIND_PROTOCOL @http
HTTP @http '/form'
HTTP_BODY @http 2012 fnv=c1925a72
  lws_spa_process fails
  returns -1
HTTP_DROP_PROTOCOL @http
  upload closes of 'big' '', 0 bytes 00000000
  destroy 0
CLOSED_HTTP @http
WSI_DESTROY @http
`

const poolWait = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @dyn
FILTER_NETWORK_CONNECTION @http in
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
== peer1
<- HTTP/1.1 200 OK
<- content-type: text/plain
<- content-length: 11
<- body 11 'hello world'
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/first'
HTTP_BIND_PROTOCOL @http
HTTP @http '/first'
HTTP_DROP_PROTOCOL @http
HTTP_BIND_PROTOCOL @http
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
== srv1
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/second'
HTTP_BIND_PROTOCOL @http
HTTP @http '/second'
HTTP_DROP_PROTOCOL @http
HTTP_BIND_PROTOCOL @http
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
`
