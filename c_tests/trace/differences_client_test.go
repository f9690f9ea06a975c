package trace

import "fmt"

func init() {
	alsoDiffer(map[string][]difference{
		"hcm-no-origin": {{71, "peer0", []string{"<- GET (null) HTTP/1.1"}, []string{"<- GET / HTTP/1.1"}, false}},
		"hcm-sips-chunked": {{72, "cli0", []string{"RECEIVE_CLIENT_HTTP_READ 11 'abcdefghijk'"},
			[]string{"RECEIVE_CLIENT_HTTP_READ 14 'abcdefghijklmn'", "COMPLETED_CLIENT_HTTP @web"}, false}},
		"hcm-trailers": {{72, "cli0", []string{"RECEIVE_CLIENT_HTTP_READ 5 'hello'"},
			[]string{"RECEIVE_CLIENT_HTTP_READ 5 'hello'", "COMPLETED_CLIENT_HTTP @web"}, false}},
		"hcm-interim": {{26, "cli0", []string{"  response 100",
			`RECEIVE_CLIENT_HTTP_READ 43 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'`},
			[]string{"  response 200", "RECEIVE_CLIENT_HTTP_READ 5 'hello'"}, false}},
		"hcm-redirect-refused": {unableTo("connection refused")},
		"hcli-head-request":    {{200, "cli0", []string{"  response 200"}, []string{"  response 200", "COMPLETED_CLIENT_HTTP @web"}, false}},
		"cli-reset": {{24, "cli0", []string{"CLIENT_CONNECTION_ERROR @chat 'read failed'"},
			[]string{"CLIENT_CONNECTION_ERROR @chat 'read failed: connection reset by peer'"}, false}},
		"hcli-garbage": {notHTTP("web", closedHTTP)},
		"cli-answer-garbage": {{201, "cli0", []string{"CLIENT_HTTP_DROP_PROTOCOL @chat", "CLOSED_CLIENT_HTTP @chat"},
			[]string{"CLIENT_CONNECTION_ERROR @chat 'HS: URI missing: the answer is not HTTP/1'", "  user set",
				"CLIENT_HTTP_DROP_PROTOCOL @chat"}, false}},
		"cf-ws-ssh":             {notHTTP("chat", closedHTTP)},
		"cf-http-ssh":           {notHTTP("web", closedHTTP)},
		"cf-ws-version":         {notHTTP("chat", missingURI)},
		"cf-http-version":       {notHTTP("web", missingURI)},
		"cf-ws-ssh-closed":      {notHTTP("chat", readFailed)},
		"cf-http-ssh-closed":    {notHTTP("web", readFailed)},
		"cf-ws-no-colon":        {noHeader("chat")},
		"cf-http-no-colon":      {noHeader("web")},
		"hcc-several-dead":      {unableTo("connection refused")},
		"hcc-attempt-limit":     {unableTo("connection timed out")},
		"hcc-connect-limit":     {beforeEstablished},
		"hcc-killed-connecting": {beforeEstablished},
		"hcc-proxy-refuses":     {wordier("proxy not h1", "it answers 407")},
		"hcc-proxy-port":        {wordier("proxy not h1", "it hung up")},
		"hcc-proxy-silent":      {wordier("Closed before conn", "waiting for the proxy")},
		"hcq-leader-closes":     leaderCloses,
		"hcq-leader-dies":       leaderDies,
		"sock-drop-caps": {{75, "global", []string{"could become capable of more: yes"},
			[]string{"could become capable of more: no"}, false}},
		"code-5000": {
			{10, "peer0", []string{"<- close 5000 'why'"}, []string{"<- close 1002 (words)"}, false},
			{10, "srv0", []string{"WS_PEER_INITIATED_CLOSE @dflt len=5 code=5000 'why'"},
				[]string{"WS_PEER_INITIATED_CLOSE @dflt len=5 code=1002 'why'"}, false},
		},
		"code-flow-off": {{73, "srv0", []string{"WS_SERVER_DROP_PROTOCOL @dflt", "SERVER_WRITEABLE @dflt", "  returns -1"},
			[]string{"WS_SERVER_DROP_PROTOCOL @dflt"}, false}},
		"code-flow-off-client": {{73, "cli0", []string{"CLIENT_WRITEABLE @chat", "  returns -1"}, nil, true}},
	})
	differences["hcm-redirect-refused"+overTLS] = nil // refused as a downgrade before
	for _, l := range []struct {
		why   string
		names []string
	}{
		{"the proxy speaks plainly; TestThroughProxy in c_tests/tls has TLS behind it", []string{"hcc-proxy-info", "hcc-proxy-env",
			"hcc-proxy-auth", "hcc-proxy-refuses", "hcc-proxy-silent", "hcc-proxy-port", "hcc-proxy-ws"}},
		{"the connection is never made", []string{"hcc-several-dead", "hcc-ipv6-disabled", "hcc-iface-missing",
			"hcc-attempt-limit", "hcc-connect-limit", "hcc-killed-connecting", "hcc-set-proxy"}},
		{"whether the handshake is over by then depends on how its flights arrive", []string{"hcc-unix", "hcc-unix-abstract",
			"sock-unix-abstract"}},
		{"the same timers behind the handshake", []string{"hcc-retry", "hcc-retry-ends", "hcc-retry-wsi", "hcq-keep-warm",
			"hcq-leader-closes", "hcq-leader-dies"}},
		{"no connections", []string{"sock-keepalive-bad", "sock-bind-device-missing", "sock-iface-missing",
			"sock-iface-missing-fatal", "sock-iface-foreign", "sock-port-taken", "sock-port-taken-share", "sock-vhosts-share",
			"sock-v6-both", "sock-v6-only", "sock-unix-mode", "sock-unix-owner", "sock-unix-root", "sock-unix-nobody",
			"sock-unix-taken", "sock-unix-no-folder", "sock-helpers", "sock-drop-ids", "sock-drop-gid", "sock-drop-uid",
			"sock-drop-uid-no-gid", "sock-drop-names", "sock-drop-unknown-user", "sock-drop-unknown-group",
			"sock-drop-unknown-uid", "sock-drop-caps", "sock-drop-serves", "sock-drop-explicit"}},
	} {
		for _, name := range l.names {
			notOverTLS[name] = l.why
		}
	}
	notBytewise["hcq-leader-refuses"] = "refuses the first piece"
	for name, trace := range map[string]string{
		"hcm-unknown": unknownMethod, "hcc-nowhere": nowhere, "hcc-slow-name": slowName, "hcc-never-name": neverName,
	} {
		oursOnly[name] = trace
	}
}

// unableTo is the text of a connection that came to nothing, with the reason.
func unableTo(why string) difference { return wordier("Unable to connect", "127.0.0.1: "+why) }

// wordier is a CLIENT_CONNECTION_ERROR that says more.
func wordier(text, more string) difference {
	const what = "CLIENT_CONNECTION_ERROR @web '"
	return difference{24, "cli0", []string{what + text + "'"}, []string{what + text + ": " + more + "'"}, false}
}

// What the reference says of an answer that is not HTTP, after its time limit or at once.
const (
	closedHTTP = "CLOSED_CLIENT_HTTP @"
	missingURI = "CLIENT_CONNECTION_ERROR @%s 'HS: URI missing'"
	readFailed = "CLIENT_CONNECTION_ERROR @%s 'read failed'"
)

// notHTTP is a client that says so at once.
func notHTTP(protocol, ref string) difference {
	return failure(protocol, ref, "HS: URI missing: the answer is not HTTP/1")
}

// noHeader is an answer with a line that is no header.
func noHeader(protocol string) difference {
	return failure(protocol, closedHTTP, badHeader)
}

const badHeader = "problems parsing header: h1: malformed message"

func failure(protocol, ref, text string) difference {
	told := []string{fmt.Sprintf("CLIENT_CONNECTION_ERROR @%s '%s'", protocol, text)}
	drop := "CLIENT_HTTP_DROP_PROTOCOL @" + protocol
	if ref == closedHTTP {
		return difference{201, "cli0", []string{drop, ref + protocol}, append(told, drop), false}
	}
	return difference{201, "cli0", []string{fmt.Sprintf(ref, protocol)}, told, false}
}

var beforeEstablished = difference{24, "cli0",
	[]string{"CLIENT_CONNECTION_ERROR @web 'closed before established' len=26"},
	[]string{"CLIENT_CONNECTION_ERROR @web 'closed before established: connecting to 127.0.0.1'"}, false}

// Who waited for a connection that ends has one of its own.
var leaderCloses = []difference{
	{29, "cli0", []string{"CLIENT_HTTP_DROP_PROTOCOL @web", "WSI_DESTROY @http (is web)"},
		[]string{"CLIENT_HTTP_DROP_PROTOCOL @web", "CLOSED_CLIENT_HTTP @web", "WSI_DESTROY @http (is web)"}, false},
	{29, "cli1", []string{"CLIENT_APPEND_HANDSHAKE_HEADER @web room", "CLIENT_CONNECTION_ERROR @web 'read failed'"},
		[]string{"WSI_CREATE @web", "CLIENT_APPEND_HANDSHAKE_HEADER @web room", "CLIENT_FILTER_PRE_ESTABLISH @web",
			"ESTABLISHED_CLIENT_HTTP @web", "  response 200", "RECEIVE_CLIENT_HTTP_READ 6 'second'",
			"COMPLETED_CLIENT_HTTP @web"}, false},
	{29, "cli1", []string{"WSI_DESTROY @http (is web)"},
		[]string{"CLOSED_CLIENT_HTTP @web", "WSI_DESTROY @http (is web)"}, false},
	{29, "peer0", []string{"nobody connects"}, secondConnection, false},
}

var leaderDies = []difference{
	{29, "cli1", []string{"CLIENT_HTTP_DROP_PROTOCOL @web"},
		[]string{"WSI_CREATE @web", "CLIENT_APPEND_HANDSHAKE_HEADER @web room", "CLIENT_FILTER_PRE_ESTABLISH @web",
			"ESTABLISHED_CLIENT_HTTP @web", "  response 200", "RECEIVE_CLIENT_HTTP_READ 6 'second'",
			"COMPLETED_CLIENT_HTTP @web", "CLIENT_HTTP_DROP_PROTOCOL @web"}, false},
	{29, "peer0", []string{"nobody connects"}, secondConnection, false},
}

// secondConnection is what a server sees of a request that waited in vain.
var secondConnection = []string{"a connection", "<- GET /one HTTP/1.1", "<- Pragma: no-cache", "<- Cache-Control: no-cache",
	"<- Host: 127.0.0.1", "<- Origin: http://trace.test", "<- end"}

// quirk 70: with the reference a connection with a method of its own is made but never begins.
const unknownMethod = `== cli0
CLIENT_HTTP_BIND_PROTOCOL @web
SERVER_NEW_CLIENT_INSTANTIATED @web
lws_client_connect_via_info: made, pwsi set
WSI_CREATE @web
CLIENT_APPEND_HANDSHAKE_HEADER @web room
CLIENT_FILTER_PRE_ESTABLISH @web
ESTABLISHED_CLIENT_HTTP @web
  response 200
RECEIVE_CLIENT_HTTP_READ 5 'hello'
COMPLETED_CLIENT_HTTP @web
CLIENT_HTTP_DROP_PROTOCOL @web
CLOSED_CLIENT_HTTP @web
WSI_DESTROY @http (is web)
== global
PROTOCOL_INIT @http
PROTOCOL_INIT @web
PROTOCOL_INIT @other
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @web
PROTOCOL_DESTROY @other
context is gone
== peer0
<- BREW /page HTTP/1.1
<- Pragma: no-cache
<- Cache-Control: no-cache
<- Host: trace.test
<- Origin: http://trace.test
<- connection: close
`

// quirk 25: with the reference the call answers NULL.
const nowhere = `== cli0
CLIENT_HTTP_BIND_PROTOCOL @web
SERVER_NEW_CLIENT_INSTANTIATED @web
lws_client_connect_via_info: made, pwsi set
CLIENT_CONNECTION_ERROR @web 'ipv6 lws_getaddrinfo46 failed: nowhere.trace: Name or service not known'
CLIENT_HTTP_DROP_PROTOCOL @web
WSI_DESTROY @http (is web)
== global
PROTOCOL_INIT @http
PROTOCOL_INIT @web
PROTOCOL_INIT @other
lws_context_destroy
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @web
PROTOCOL_DESTROY @other
context is gone
`

// quirk 25: with the reference the loop waits for the resolver.
const slowName = `== cli0
CLIENT_HTTP_BIND_PROTOCOL @web
SERVER_NEW_CLIENT_INSTANTIATED @web
lws_client_connect_via_info: made, pwsi set
WSI_CREATE @web
CLIENT_APPEND_HANDSHAKE_HEADER @web room
CLIENT_FILTER_PRE_ESTABLISH @web
ESTABLISHED_CLIENT_HTTP @web
  response 200
RECEIVE_CLIENT_HTTP_READ 173 '<html><head><meta charset=utf-8 http-equiv="Content-Language" content="en"/><link rel="stylesheet" type="text/css" href="/error.css"/></head><body><h1>200</h1></body></html>'
COMPLETED_CLIENT_HTTP @web
CLIENT_HTTP_DROP_PROTOCOL @web
CLOSED_CLIENT_HTTP @web
WSI_DESTROY @http (is web)
== global
PROTOCOL_INIT @http
PROTOCOL_INIT @web
PROTOCOL_INIT @other
FILTER_NETWORK_CONNECTION @http in
FILTER_NETWORK_CONNECTION @http in
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @web
PROTOCOL_DESTROY @other
context is gone
== peer0
<- HTTP/1.1 200 OK
<- content-type: text/html
<- content-length: 173
<- body 173 '<html><head><meta charset=utf-8 http-equiv="Content-Language" content="en"/><link rel="stylesheet" type="text/css" href="/error.css"/></head><body><h1>200</h1></body></html>'
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/meanwhile'
HTTP_BIND_PROTOCOL @http
HTTP @http '/meanwhile'
HTTP_DROP_PROTOCOL @http
HTTP_BIND_PROTOCOL @http
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
== srv1
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/page'
HTTP_BIND_PROTOCOL @http
HTTP @http '/page'
  returns -1
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
`

// quirk 25: with the reference the loop waits for ever.
const neverName = `== cli0
CLIENT_HTTP_BIND_PROTOCOL @web
SERVER_NEW_CLIENT_INSTANTIATED @web
lws_client_connect_via_info: made, pwsi set
CLIENT_HTTP_DROP_PROTOCOL @web
CLIENT_CONNECTION_ERROR @web 'closed before established: looking up never.trace'
WSI_DESTROY @http (is web)
== global
PROTOCOL_INIT @http
PROTOCOL_INIT @web
PROTOCOL_INIT @other
FILTER_NETWORK_CONNECTION @http in
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @web
PROTOCOL_DESTROY @other
context is gone
== peer0
<- HTTP/1.1 200 OK
<- content-type: text/html
<- content-length: 173
<- body 173 '<html><head><meta charset=utf-8 http-equiv="Content-Language" content="en"/><link rel="stylesheet" type="text/css" href="/error.css"/></head><body><h1>200</h1></body></html>'
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
FILTER_HTTP_CONNECTION @http '/meanwhile'
HTTP_BIND_PROTOCOL @http
HTTP @http '/meanwhile'
HTTP_DROP_PROTOCOL @http
HTTP_BIND_PROTOCOL @http
HTTP_DROP_PROTOCOL @http
CLOSED_HTTP @http
WSI_DESTROY @http
`
