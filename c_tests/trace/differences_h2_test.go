package trace

// cutPage is an answer page whose body the reference loses (quirk 123).
func cutPage(length, text string) difference {
	return difference{123, "peer0.1", []string{"<- content-length: " + length},
		[]string{"<- content-length: " + length, "<- body " + length + " '" + page("200", text) + "'"}, false}
}

// waits is the peer that then is left waiting.
var waits = difference{123, "peer0", []string{"<- end"}, nil, true}

// clientScheme is how the reference's client names the scheme of a plain connection.
var clientScheme = difference{124, "peer0.3", []string{"<- :scheme: https"}, []string{"<- :scheme: http"}, false}

func init() {
	notBytewise["h2cli-manual"] = "counts at each piece"
	notBytewise["h2cli-refuse-read"] = "refuses the first piece"
	alsoDiffer(map[string][]difference{
		"h2-post":        {cutPage("179", "got 11"), waits},
		"h2-post-rx-off": {cutPage("179", "got 11"), waits},
		"h2-mount-post":  {cutPage("178", "got 4"), waits},
		"h2-timer":       {cutPage("177", "late"), waits},
		"h2-post-unknown": {{116, "srv1", []string{"HTTP_BODY @http 11 'hello world'"},
			[]string{"HTTP_BODY @http 11 'hello world'", "HTTP_BODY_COMPLETION @http", "  returns -1"}, false}},
		"h2-upgrade": {waits,
			{126, "peer0.1", []string{"<- content-length: 11"}, []string{"<- content-length: 11", "<- body 11 'hello world'"}, false},
			{126, "srv1", []string{"HTTP @http '/thing'"}, []string{"HTTP @http '/thing'", "HTTP_WRITEABLE @http", "  returns -1"}, false}},
		"h2cli-pieces": {clientScheme},
		"h2cli-post":   {clientScheme},
		"h2cli-joined": {{127, "cliA", []string{"CLIENT_HTTP_BIND_PROTOCOL @web", "ESTABLISHED_CLIENT_HTTP @web", "  response 0", "  network other"},
			[]string{"CLIENT_HTTP_BIND_PROTOCOL @web"}, false}},
	})
	for _, name := range []string{"get", "status", "refuse", "filter", "redirect", "add-headers", "reading", "post", "post-rx-off", "post-zero",
		"post-unknown", "put", "two", "in-turn", "vanish", "ping", "bad-preface", "no-frames", "mount-get", "mount-post", "asks",
		"timer", "kill-stream", "upgrade", "ws-echo", "ws-vanish", "ws-server-closes", "ws-unknown", "ws-refuse"} {
		notOverTLS["h2-"+name] = "HTTP/2 without ALPN is for plain connections"
	}
	for _, name := range []string{"get", "404", "pieces", "refuse-established", "refuse-filter", "refuse-read", "post", "manual",
		"vanish", "half", "shared", "joined"} {
		notOverTLS["h2cli-"+name] = "HTTP/2 without ALPN is for plain connections"
	}
}
