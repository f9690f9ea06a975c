package trace

func init() {
	const verified = "OPENSSL_PERFORM_SERVER_CERT_VERIFICATION @http (is web) in len"
	differ := map[string][]difference{
		"hcg-reset-refused": {unableTo("connection refused")},
		"hcg-redirect-relative": {{27, "peer0", []string{"<- GET /two?x=1 HTTP/1.1"},
			[]string{"<- GET /folder/two?x=1 HTTP/1.1"}, false}},
		"hcg-proxy-split": proxyAccepted,
		"hcg-proxy-201":   proxyAccepted,
		"sockg-share-contexts": {
			{74, "global", []string{"listens at 127.0.0.1, reuse address 1, port 0, keepalive 0, backlog long"},
				[]string{"listens at 127.0.0.1, reuse address 1, port 1, keepalive 0, backlog long"}, false},
			{74, "global", []string{"another context: NULL"}, []string{"another context: made", "WSI_DESTROY @http"}, false},
		},
		"sockg-dual-v4": {{76, "global", []string{"listens at ::, reuse address 1, port 0, keepalive 0, backlog long"},
			[]string{"listens at ::ffff:127.0.0.1, reuse address 1, port 0, keepalive 0, backlog long"}, false}},
	}
	for tls, made := range map[string][]string{"": {"WSI_CREATE @web"}, overTLS: {"WSI_CREATE @web", verified}} {
		got := append(made, helloAnswered...)
		differ["hcg-reset-connecting"+tls] = []difference{
			{79, "cli0", []string{"CLIENT_CONNECTION_ERROR @web 'Unable to connect'", "CLIENT_HTTP_DROP_PROTOCOL @web"},
				append(got, "CLOSED_CLIENT_HTTP @web"), false},
			{79, "peer0", []string{"nobody connects"}, []string{"<- GET /new/path HTTP/1.1", "<- Pragma: no-cache",
				"<- Cache-Control: no-cache", "<- Host: second.test", "<- Origin: http://trace.test", "<- end"}, false},
		}
		differ["hcg-redirect-leader"+tls] = redirectedLeader(got)
	}
	// An upgrade that is refused ends as the reference's do that it refuses: over TLS
	// the program hears of the end.
	switched := []string{"<- HTTP/1.1 101 Switching Protocols", "<- Upgrade: WebSocket", "<- Connection: Upgrade",
		"<- Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "<- Sec-WebSocket-Protocol: chat"}
	gone := []string{"WS_SERVER_DROP_PROTOCOL @chat", "CLOSED @chat", "WSI_DESTROY @http (is chat)"}
	for tls, end := range map[string][]string{"": {"WSI_DESTROY @http"}, overTLS: {"CLOSED_HTTP @http", "WSI_DESTROY @http"}} {
		established := "ESTABLISHED @chat"
		if tls != "" {
			established += " in"
		}
		differ["ws-bad-version"+tls] = []difference{
			{172, "peer0", switched, []string{"<- HTTP/1.1 426 Upgrade Required", "<- sec-websocket-version: 13",
				"<- upgrade: websocket", "<- content-length: 0", "<- connection: close"}, false},
			{172, "srv0", append([]string{"HTTP_BIND_PROTOCOL @chat", "FILTER_PROTOCOL_CONNECTION @chat 'chat' len=0",
				"ADD_HEADERS @chat in", established}, gone...), end, false},
		}
		differ["ws-bad-no-host"+tls] = []difference{
			{186, "peer0", []string{"<- end"}, []string{"<- HTTP/1.0 400 Bad Request", "<- content-type: text/html",
				"<- content-length: 173"}, false},
			{186, "srv0", append([]string{"HTTP_CONFIRM_UPGRADE @http 'websocket' len=0", "HTTP_BIND_PROTOCOL @chat",
				"FILTER_PROTOCOL_CONNECTION @chat 'chat' len=0"}, gone...), []string{"CLOSED_HTTP @http", "WSI_DESTROY @http"}, false},
		}
	}
	alsoDiffer(differ)
	for _, name := range []string{"hcg-proxy-shared", "hcg-proxy-split", "hcg-proxy-201"} {
		notOverTLS[name] = "the proxy speaks plainly"
	}
	for _, name := range []string{"sockg-low-port", "sockg-low-port-fatal"} {
		notOverTLS[name] = "who is not root cannot read the certificate"
	}
}

// redirectedLeader: who waited behind it gets that of its own.
func redirectedLeader(got []string) []difference {
	return []difference{
		{29, "cli1", []string{"CLIENT_HTTP_DROP_PROTOCOL @web"}, got, false},
		{29, "peer0", []string{"nobody connects"}, secondConnection[1:], false},
	}
}

// helloAnswered is what a client sees of a request that is answered after all.
var helloAnswered = []string{"CLIENT_APPEND_HANDSHAKE_HEADER @web room", "CLIENT_FILTER_PRE_ESTABLISH @web",
	"ESTABLISHED_CLIENT_HTTP @web", "  response 200", "RECEIVE_CLIENT_HTTP_READ 5 'hello'", "COMPLETED_CLIENT_HTTP @web",
	"CLIENT_HTTP_DROP_PROTOCOL @web"}

// proxyAccepted: the reference takes nothing but a whole "HTTP/1.x 200 ".
var proxyAccepted = []difference{
	{78, "cli0", []string{"CLIENT_CONNECTION_ERROR @web 'proxy not h1'", "CLIENT_HTTP_DROP_PROTOCOL @web"},
		append(helloAnswered[:len(helloAnswered):len(helloAnswered)], "CLOSED_CLIENT_HTTP @web"), false},
	{78, "peer0", []string{"<- end"}, []string{"<- GET /page HTTP/1.1", "<- Pragma: no-cache",
		"<- Cache-Control: no-cache", "<- Host: far.trace", "<- Origin: http://trace.test", "<- connection: close",
		"<- end"}, false},
}
