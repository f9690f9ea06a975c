package trace

// difference is one place where our trace may, and then must, differ from the
// reference's. Ref is a run of consecutive lines of the stream as the
// reference prints it; a difference whose Ref is no longer found is an error,
// so that the table does not rot.
type difference struct {
	Quirk  int    // number in docs/quirks.md, which has the reason
	Stream string // "srv0", "cli0", "peer0", "global", ...
	Ref    []string
	Ours   []string
	Last   bool // the last such run of the stream is meant, not the first
}

// failed1002 is a client that says why it goes.
var failed1002 = difference{19, "peer0", []string{"<- end"}, []string{"<- close 1002 (words)", "<- end"}, false}

// differences lists them by scenario.
var differences = map[string][]difference{
	"peer-close-one-byte": {
		{10, "peer0", []string{"<- close 1 03"}, []string{"<- close 1002 (words)"}, false},
		{10, "srv0", []string{"WS_PEER_INITIATED_CLOSE @dflt len=1 code=-1 "}, nil, false},
	},
	"bad-long-ping": {{10, "peer0", []string{"<- end"}, []string{"<- close 1002 (words)", "<- end"}, false}},
	"bad-unmasked": {
		{2, "peer0", []string{"<- text 5 'got 4'", "<- close 1000 ''"}, []string{"<- close 1002 (words)"}, false},
		{2, "srv0", []string{"RECEIVE @dflt len=4 first=1 final=1 bin=0 rest=0 'bare'",
			"WS_PEER_INITIATED_CLOSE @dflt len=2 code=1000 "}, nil, false},
	},
	"utf8-close-reason": {{10, "peer0", []string{"<- end"}, []string{"<- close 1007 (words)", "<- end"}, false}},
	"deflate-bad":       {{10, "peer0", []string{"<- end"}, []string{"<- close 1007 (words)", "<- end"}, false}},
	"deflate-offer-window": {{22, "peer0",
		[]string{"<- Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
		[]string{"<- Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; " +
			"client_no_context_takeover; server_max_window_bits=10"}, false}},
	"vhost-destroy-live": {
		{6, "global", []string{"vhost_destroy returns", "lws_context_destroy", "WSI_DESTROY @http",
			"PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @chat", "PROTOCOL_DESTROY @small"},
			[]string{"WSI_DESTROY @http", "PROTOCOL_DESTROY @http", "PROTOCOL_DESTROY @chat",
				"PROTOCOL_DESTROY @small", "vhost_destroy returns", "lws_context_destroy"}, false},
	},
	"http-huge-head": {{21, "peer0", []string{"<- end"},
		[]string{"<- HTTP/1.0 431 ", "<- content-type: text/html", "<- content-length: 173"}, false}},
	"http-status-304": {{266, "peer0", []string{"<- content-type: text/html", "<- content-length: 173", "<- body 173 '" + page("304", "") + "'"}, nil, false}},
	"http-post-chunked": {
		{23, "srv0", []string{`HTTP_BODY @http 26 '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'`},
			[]string{"HTTP_BODY @http 11 'hello world'", "HTTP_BODY_COMPLETION @http", "  returns -1"}, false},
		{23, "peer0", []string{"<- end"}, []string{"<- HTTP/1.1 200 OK", "<- content-type: text/html",
			"<- content-length: 179", "<- body 179 '" + page("200", "got 11") + "'"}, false},
	},
	"cli-rx-masked": {
		{19, "cli0", []string{"CLIENT_RECEIVE @chat len=6 first=1 final=1 bin=0 rest=0 fc bb ea b9 f4 be",
			"WS_PEER_INITIATED_CLOSE @chat len=2 code=1000 "}, nil, false},
		{19, "peer0", []string{"<- close 1000 ''"}, []string{"<- close 1002 (words)"}, false},
	},
	"cli-rx-bad-opcode":        {failed1002},
	"cli-rx-bad-rsv":           {failed1002},
	"cli-rx-split-ping":        {failed1002},
	"cli-rx-lone-continuation": {failed1002},
	"timer-cancelled":          {{20, "srv0", []string{"TIMER @chat"}, nil, false}},
	"cli-refused": {{24, "cli0", []string{"CLIENT_CONNECTION_ERROR @chat 'Unable to connect'"},
		[]string{"CLIENT_CONNECTION_ERROR @chat 'Unable to connect: 127.0.0.1: connection refused'"}, false}},
	"cli-buffer-kept": {{9, "cli0", []string{"  buffer masked"}, []string{"  buffer as it was"}, false}},
}

// page is the library's own answer page for a status with a text.
func page(status, text string) string {
	return `<html><head><meta charset=utf-8 http-equiv="Content-Language" content="en"/>` +
		`<link rel="stylesheet" type="text/css" href="/error.css"/></head><body><h1>` + status + `</h1>` +
		text + `</body></html>`
}

// oursOnly are scenarios that the reference cannot run, with the trace that we
// must print instead.
var oursOnly = map[string]string{
	"external-poll": externalPoll, // quirk 13
}

const externalPoll = `== global
PROTOCOL_INIT @http
PROTOCOL_INIT @chat
PROTOCOL_INIT @other
FILTER_NETWORK_CONNECTION @http in
descriptors announced
lws_context_destroy
WSI_DESTROY @http
PROTOCOL_DESTROY @http
PROTOCOL_DESTROY @chat
PROTOCOL_DESTROY @other
context is gone
descriptors left 0
== peer0
<- HTTP/1.1 101 Switching Protocols
<- Upgrade: WebSocket
<- Connection: Upgrade
<- Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
<- Sec-WebSocket-Protocol: chat
<- text 6 'answer'
<- close 1000 ''
<- end
== srv0
WSI_CREATE @http
SERVER_NEW_CLIENT_INSTANTIATED @http
HTTP_CONFIRM_UPGRADE @http 'websocket' len=0
HTTP_BIND_PROTOCOL @chat
FILTER_PROTOCOL_CONNECTION @chat 'chat' len=0
ADD_HEADERS @chat in
ESTABLISHED @chat
RECEIVE @chat len=8 first=1 final=1 bin=0 rest=0 'question'
WS_PEER_INITIATED_CLOSE @chat len=2 code=1000 
WS_SERVER_DROP_PROTOCOL @chat
CLOSED @chat
WSI_DESTROY @http (is chat)
`

// alsoDiffer adds the table of another file (differences_AREA_test.go) in its init.
func alsoDiffer(more map[string][]difference) {
	for name, list := range more {
		differences[name] = append(differences[name], list...)
	}
}

// notBytewise are the scenarios that are not repeated with peers that send
// single bytes, with the reason.
var notBytewise = map[string]string{
	"adopt-http-readbuf": "the call answers NULL while the answer is still queued, so the close callbacks come behind it",
	"rx-chunks-tiny":     "how frames are cut is its point",
	"peer-vanish-inside": "prints the piece that arrived",
	"rx-flow-packet":     "many frames in one packet are its point",
	"http-refuse-body":   "refuses the first piece",
	"hcli-refuse-read":   "refuses the first piece",
	"raw-refuse-rx":      "refuses the first piece",
	"raw-client-ends":    "ends at the first piece",
}
