package trace

// overTLS behind a scenario's name: its run with trace -t. Without an entry of
// its own the differences of the plain run hold there too.
const overTLS = "_over_TLS"

func init() {
	for name, reason := range map[string]string{
		"httpd-tunnel":             "the raw connection begins with what ended the request",
		"httpd-form-long":          "ends where the storage is full",
		"httpd-form-bad":           "ends at the bad byte",
		"httpd-upload-refuse-open": "ends at the byte that opens the file",
		"httpd-upload-refuse-end":  "ends at the byte that ends the file",
		"httpd-early-answer":       "answers the first piece",
	} {
		notBytewise[name] = reason
	}
	alsoDiffer(map[string][]difference{
		"cli-request-variants" + overTLS: {{31, "cli0",
			[]string{"CLIENT_CONNECTION_ERROR @http 'connect SSL err 1: error:00000001:lib(0)::reason(1)'"},
			[]string{"CLIENT_CONNECTION_ERROR @http 'server's cert didn't look good, X509_V_ERR = 62: hostname mismatch'"}, false}},
		"httpd-cookies": {
			{43, "srv0", []string{"  last in 4: 1  0", "  last in 64: 1  0"}, []string{"  last in 4: 0 xyz 3", "  last in 64: 0 xyz 3"}, true},
			{43, "srv0", []string{"  session in 4: 1  0", "  session in 64: 1  0"}, []string{"  session in 4: 0  0", "  session in 64: 0  0"}, true}},
		"httpd-strict-host-prefix": {
			{45, "peer0", []string{"<- HTTP/1.1 101 Switching Protocols", "<- Upgrade: WebSocket", "<- Connection: Upgrade",
				"<- Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "<- bytes 4 88 02 03 e8"}, nil, false},
			{45, "srv0", []string{"HTTP_BIND_PROTOCOL @http", "FILTER_PROTOCOL_CONNECTION @http (none)", "ADD_HEADERS @http in",
				"ESTABLISHED @http", "WS_PEER_INITIATED_CLOSE @http len=2 code=1000 ", "WS_SERVER_DROP_PROTOCOL @http",
				"CLOSED @http"}, nil, false}},
		"httpd-strict-host-prefix" + overTLS: {
			{45, "peer0", []string{"<- HTTP/1.1 101 Switching Protocols", "<- Upgrade: WebSocket", "<- Connection: Upgrade",
				"<- Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "<- bytes 4 88 02 03 e8"}, nil, false},
			{45, "srv0", []string{"HTTP_BIND_PROTOCOL @http", "FILTER_PROTOCOL_CONNECTION @http (none)", "ADD_HEADERS @http in",
				"ESTABLISHED @http in", "WS_PEER_INITIATED_CLOSE @http len=2 code=1000 ", "WS_SERVER_DROP_PROTOCOL @http",
				"CLOSED @http"}, []string{"CLOSED_HTTP @http"}, false}},
		"httpd-strict-host": {
			{186, "peer0", []string{"<- end", "<- end", "<- end", "<- end", "<- end", "<- end"},
				[]string{"<- end", "<- end", "<- end", "<- end", "<- HTTP/1.0 400 Bad Request", "<- content-type: text/html", "<- content-length: 173",
					"<- bytes 173 '" + page("400", "") + "'", "<- end", "<- end"}, false},
			{186, "srv4", []string{"HTTP_CONFIRM_UPGRADE @http 'websocket' len=0"}, []string{"CLOSED_HTTP @http"}, false}},
		"httpd-strict-host" + overTLS: {
			{186, "peer0", []string{"<- end", "<- end", "<- end", "<- end", "<- end", "<- end"},
				[]string{"<- end", "<- end", "<- end", "<- end", "<- HTTP/1.0 400 Bad Request", "<- content-type: text/html", "<- content-length: 173",
					"<- bytes 173 '" + page("400", "") + "'", "<- end", "<- end"}, false},
			{186, "srv4", []string{"HTTP_CONFIRM_UPGRADE @http 'websocket' len=0"}, nil, false}},
		"httpd-status-long": {{47, "peer0", []string{"<- content-length: 510", "<- body 510 fnv=e98d4f72"},
			[]string{"<- content-length: 509", "<- body 509 fnv=f5216206"}, false}},
		"httpd-header-limit": {{21, "peer0", []string{"<- end", "<- end", "<- end"},
			[]string{tooLarge, "<- end", tooLarge, "<- end", tooLarge, "<- end"}, true}},
		"kill-sync" + overTLS: {{40, "all",
			[]string{"global: killed", "srv0: CLOSED @dflt", "srv0: WSI_DESTROY @http (is dflt)"},
			[]string{"srv0: CLOSED @dflt", "srv0: WSI_DESTROY @http (is dflt)", "global: killed"}, false}},
	})
}

// tooLarge is what a peer reads whose headers do not fit.
var tooLarge = `<- bytes 236 'HTTP/1.0 431 \r\ncontent-type: text/html\r\ncontent-length: 173\r\n\r\n` + page("431", "") + "'"

// notOverTLS are the scenarios that are not repeated over TLS, with the reason.
var notOverTLS = map[string]string{
	"cli-refuse-append":         "whether the reference tells of a close or of an error depends on how the handshake's flights arrive",
	"hcm-refuse-append":         "whether the reference tells of a close or of an error depends on how the handshake's flights arrive",
	"ws-refuse-instantiated":    "refused inside the handshake: whether the peer's end of it is over varies",
	"httpd-refuse-instantiated": "refused inside the handshake: whether the peer's end of it is over varies",
	"raw-client":                "the reference starts a raw client's handshake on no socket (quirk 41)",
	"raw-client-ends":           "the reference starts a raw client's handshake on no socket (quirk 41)",
	"raw-greeting":              "the reference forgets WRITEABLE that is asked for in RAW_ADOPT (quirk 42)",
	"raw-refuse-adopt":          "whether the handshake is over by then depends on how its flights arrive",
	"raw-large":                 "the reference forgets WRITEABLE that is asked for in RAW_ADOPT (quirk 42)",
	"sul-order":                 "no connections",
	"system-state":              "no connections",
	"system-state-veto":         "no connections",
	"system-messages":           "no connections",
	"system-blobs":              "no connections",
	"system-portal":             "no connections",
	"system-portal-none":        "no connections",
	"port-taken-fatal":          "no connections",
	"port-taken-vhost":          "no connections",
	"ws-unix-listen":            "the same code behind the socket",
	"context-user":              "no connections",
	"create-destroy":            "no connections",
	"init-at-first-turn":        "no connections",
	"service-returns":           "no connections",
	"cancel-service":            "no connections",
	"pvo-one-protocol":          "no connections",
	"explicit-vhosts":           "no connections",
	"vhost-destroy-idle":        "no connections",
	"vhost-memory":              "no connections",
}
