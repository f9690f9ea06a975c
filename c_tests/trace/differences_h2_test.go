package trace

import "strings"

// cutPage is an answer page whose body the reference loses (quirk 123).
func cutPage(length, text string) difference {
	return difference{123, "peer0.1", []string{"<- content-length: " + length},
		[]string{"<- content-length: " + length, "<- body " + length + " '" + page("200", text) + "'"}, false}
}

// waits is the peer that then is left waiting.
var waits = difference{123, "peer0", []string{"<- end"}, nil, true}

// clientScheme is how the reference's client names the scheme of a plain connection.
var clientScheme = difference{124, "peer0.3", []string{"<- :scheme: https"}, []string{"<- :scheme: http"}, false}

// answered is a client's stream from its request to its end.
const answered = `CLIENT_APPEND_HANDSHAKE_HEADER @web room
CLIENT_FILTER_PRE_ESTABLISH @web
ESTABLISHED_CLIENT_HTTP @web
  response 200
  network other
  type text/plain
RECEIVE_CLIENT_HTTP_READ 11 'hello world'
COMPLETED_CLIENT_HTTP @web
CLIENT_HTTP_DROP_PROTOCOL @web
CLOSED_CLIENT_HTTP @web
WSI_DESTROY @http (is web)`

func init() {
	notBytewise["h2cli-manual"] = "counts at each piece"
	notBytewise["h2cli-refuse-read"] = "refuses the first piece"
	alsoDiffer(map[string][]difference{
		"h2-post":       {cutPage("179", "got 11"), waits},
		"h2-mount-post": {cutPage("178", "got 4"), waits},
		"h2-timer":      {cutPage("177", "late"), waits},
		"h2-post-unknown": {{116, "srv1", []string{"HTTP_BODY @http 11 'hello world'"},
			[]string{"HTTP_BODY @http 11 'hello world'", "HTTP_BODY_COMPLETION @http", "  returns -1"}, false}},
		"h2-upgrade": {waits,
			{126, "peer0.1", []string{"<- content-length: 11"}, []string{"<- content-length: 11", "<- body 11 'hello world'"}, false},
			{126, "srv1", []string{"HTTP @http '/thing'"}, []string{"HTTP @http '/thing'", "HTTP_WRITEABLE @http", "  returns -1"}, false}},
		"h2cli-pieces": {clientScheme},
		"h2cli-post":   {clientScheme},
		"h2cli-shared": {{127, "cliB", []string{"WSI_CREATE @web", "CLIENT_HTTP_DROP_PROTOCOL @web", "WSI_DESTROY @http (is web)"},
			strings.Split(answered, "\n"), false}},
		"h2cli-joined": {{127, "cliA", []string{"WSI_CREATE @web", "WSI_DESTROY @http (is web)", "CLIENT_HTTP_DROP_PROTOCOL @web"},
			strings.Split(answered, "\n"), false}},
	})
	for _, name := range []string{"get", "status", "refuse", "filter", "redirect", "add-headers", "reading", "post", "post-zero",
		"post-unknown", "put", "two", "in-turn", "vanish", "ping", "bad-preface", "no-frames", "mount-get", "mount-post", "asks",
		"timer", "kill-stream", "upgrade", "ws-echo", "ws-vanish", "ws-server-closes", "ws-unknown", "ws-refuse"} {
		notOverTLS["h2-"+name] = "HTTP/2 without ALPN is for plain connections"
	}
	for _, name := range []string{"get", "404", "pieces", "refuse-established", "refuse-filter", "refuse-read", "post", "manual",
		"vanish", "half", "shared", "joined"} {
		notOverTLS["h2cli-"+name] = "HTTP/2 without ALPN is for plain connections"
	}
}
