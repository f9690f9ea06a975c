package trace

import (
	"fmt"
	"slices"
	"strings"
)

// says is where a connection error begins as in the reference, and says more.
func says(protocol, words, more string) difference {
	told := "CLIENT_CONNECTION_ERROR @" + protocol + " '" + words
	return difference{24, "cli0", []string{told + "'"}, []string{told + more + "'"}, false}
}

const (
	refused19    = "conn fail: 111"
	refusedWhy   = ": 127.0.0.1: connection refused"
	noReply      = "CLIENT_CONNECTION_ERROR @%s 'Timed out waiting server reply'"
	connecting   = "reason-105 @web in" // which the headers of so.17 do not know
	instantiated = "SERVER_NEW_CLIENT_INSTANTIATED @web"
	made         = "lws_client_connect_via_info: made, pwsi set"
	checked      = "OPENSSL_PERFORM_SERVER_CERT_VERIFICATION @http (is web) in len"
)

// notSilent is a peer that the reference leaves waiting.
var notSilent = difference{201, "peer0", []string{"<- silence", "<- end"}, []string{"<- end"}, false}

// authority is what names the server on HTTP/2.
var authority = difference{174, "peer0.3", []string{"<- host: trace.test"}, []string{"<- :authority: trace.test"}, false}

// lookedUp is a client whose name was looked up off the loop: CONNECTING comes later.
var lookedUp = difference{25, "cli0", []string{connecting, instantiated, made, connecting, connecting},
	[]string{instantiated, made, connecting, connecting, connecting}, false}

// resumed is a client that was led back to a server that it knows.
var resumed = difference{193, "cli0", []string{"WSI_CREATE @web", checked}, []string{"WSI_CREATE @web"}, true}

// toGet is a client that the reference does not tell that it is to be a GET.
func toGet(peer, tls string) []difference {
	const at = "  redirected to GET "
	return []difference{
		{173, "cli0", []string{at + "0" + tls}, []string{at + "1" + tls}, true},
		{173, peer, []string{"<- content-length: 4", "<- body 4 'body'"}, nil, true},
	}
}

// badCert is a client that does not like the server's certificate. The reference says that
// in two ways, as the handshake's flights come.
func badCert(client string, number int, kind, text string) difference {
	const told = "CLIENT_CONNECTION_ERROR @http '"
	words := fmt.Sprintf(told+"server's cert didn't look good, tls=%s X509_V_ERR = %d: ", kind, number)
	always := fmt.Sprintf(words+`error:%08X:lib(0)::reason(%d)\n'`, number, number)
	varies19[told+"tls: "+text+"'"] = always
	return difference{31, client, []string{always}, []string{words + text + "'"}, false}
}

// proxyAccepted19: the reference takes 200 only, and a whole answer.
func proxyAccepted19(says string) []difference {
	l := []difference{proxyAccepted[0], proxyAccepted[1]}
	l[0].Ref = []string{"CLIENT_CONNECTION_ERROR @web '" + says + "'", "CLIENT_HTTP_DROP_PROTOCOL @web"}
	return l
}

// ownConnection is list, where each connection tells CONNECTING.
func ownConnection(list []difference) []difference {
	l := make([]difference, len(list))
	for i, d := range list {
		if n := slices.Index(d.Ours, "WSI_CREATE @web"); n >= 0 {
			d.Ours = slices.Insert(slices.Clone(d.Ours), n, connecting)
		}
		l[i] = d
	}
	return l
}

func init() {
	refused := says("web", refused19, refusedWhy)
	reset := says("chat", "read failed", ": connection reset by peer")
	distrusted := func(client string) difference { return badCert(client, 18, "invalidca", "self-signed certificate") }
	ciphers := func(peer, ours string) difference {
		const v13 = "TLSv1.3 %s, key exchange X25519MLKEM768, ALPN none"
		return difference{194, peer, []string{fmt.Sprintf(v13, "TLS_AES_256_GCM_SHA384"), "offered 4 ciphers"},
			[]string{fmt.Sprintf(v13, ours), "offered 2 ciphers"}, false}
	}
	childCloses := []string{"CHILD_CLOSING @web in", "  of cli1"}
	for name, list := range map[string][]difference{
		"settings-tls-client-ciphers-explicit": {ciphers("peer-own", "TLS_CHACHA20_POLY1305_SHA256")},
		"settings-tls-client-ciphers-default": {ciphers("peer-default", "TLS_AES_128_GCM_SHA256"),
			ciphers("peer-own", "TLS_CHACHA20_POLY1305_SHA256")},
		"h2cli-pieces":                        {clientScheme, authority},
		"h2cli-post":                          {clientScheme, authority},
		"h2cli-rxonly":                        {clientScheme, authority, endsBody},
		"cli-refused":                         {says("chat", refused19, refusedWhy)},
		"hcc-several":                         {lookedUp},
		"hcc-several-dead":                    {lookedUp, refused},
		"hcm-redirect-refused":                {refused},
		"hcc-proxy-port":                      {says("web", "http_proxy fail", ": it hung up")},
		"hcc-proxy-refuses":                   nil,
		"hcg-proxy-201":                       proxyAccepted19("http_proxy -> 201"),
		"hcg-proxy-split":                     proxyAccepted19("http_proxy fail"),
		"settings-proxy-vhost":                nil,
		"settings-proxy-environment":          nil,
		"settings-retry-client":               {reset},
		"settings-retry-client-own":           {reset},
		"calls-option":                        {reset},
		"cli-rx-masked":                       nil,
		"hcm-no-origin":                       nil,
		"cf-http-no-colon":                    {failure("web", noReply, badHeader)},
		"cf-ws-no-colon":                      {failure("chat", noReply, badHeader)},
		"cf-http-ssh":                         {notHTTP("web", noReply)},
		"cf-ws-ssh":                           {notHTTP("chat", noReply)},
		"cli-answer-garbage":                  {notHTTP("chat", readFailed), notSilent},
		"hcli-garbage":                        {notHTTP("web", readFailed), notSilent},
		"hcm-redirect-303":                    toGet("peer0", ""),
		"hcg-redirect-303":                    toGet("peer2", ", TLS 0"),
		"hcg-redirect-303" + overTLS:          toGet("peer2", ", TLS 1"),
		"hcm-redirect-twice" + overTLS:        {resumed},
		"hcm-redirect-endless" + overTLS:      {resumed, resumed, resumed},
		"cli-request-variants" + overTLS:      {badCert("cli0", 62, "hostname", "hostname mismatch")},
		"settings-tls-authority-explicit":     {distrusted("cli-early"), distrusted("cli-late")},
		"settings-tls-authority-default":      {distrusted("cli-late")},
		"settings-tls-memory-explicit":        {distrusted("cli-early"), distrusted("cli-late")},
		"settings-tls-memory-default":         {distrusted("cli-late")},
		"hcq-leader-closes":                   ownConnection(leaderCloses),
		"hcq-leader-dies":                     ownConnection(leaderDies),
		"hcg-redirect-leader":                 ownConnection(redirectedLeader(append([]string{"WSI_CREATE @web"}, helloAnswered...))),
		"calls-option" + overTLS:              nil,
		"hcm-redirect-refused" + overTLS:      nil, // refused as a downgrade before
		"settings-retry-client" + overTLS:     nil,
		"settings-retry-client-own" + overTLS: nil,
		"code-client-1015": {
			{10, "cli0", []string{"WS_PEER_INITIATED_CLOSE @chat len=2 code=1015 "},
				[]string{"WS_PEER_INITIATED_CLOSE @chat len=2 code=1002 "}, false},
			{10, "peer0", []string{"<- close 1015 ''"}, []string{"<- close 1002 (words)"}, false}},
		"hc43-redirect-connecting-refused": {beforeEstablished},
		"hc43-redirected-child": {
			{193, "cli1", childCloses, nil, false},
			{193, "cli1", []string{"  its parent is nobody"}, []string{"  its parent is cli0"}, false},
			{193, "cli1", []string{"CLOSED_CLIENT_HTTP @web"}, append([]string{"CLOSED_CLIENT_HTTP @web"}, childCloses...), false}},
		"hcc-ipv6-disabled": {
			{194, "cli0", []string{connecting, instantiated, made, "CLIENT_CONNECTION_ERROR @web '" + refused19 + "'"}, nil, false},
			{194, "cli0", []string{"WSI_DESTROY @http (is web)"},
				[]string{"WSI_DESTROY @http (is web)", "lws_client_connect_via_info: NULL, pwsi NULL"}, false}},
	} {
		differences19[name] = list
	}
	// Over TLS it resumes the session of the first.
	leader := ownConnection(redirectedLeader(append([]string{"WSI_CREATE @web"}, helloAnswered...)))
	leader[1].Ours = slices.Clone(leader[1].Ours)
	for i, line := range leader[1].Ours {
		leader[1].Ours[i] = strings.Replace(line, "http://", "https://", 1)
	}
	differences19["hcg-redirect-leader"+overTLS] = leader
	for name, trace := range map[string]string{
		"hcm-unknown":   strings.Replace(unknownMethod, instantiated, connecting+"\n"+instantiated, 1),
		"hcc-nowhere":   strings.Replace(nowhere, "ipv6 lws_getaddrinfo46 failed", "DNS NXDOMAIN", 1),
		"hcc-slow-name": strings.Replace(slowName, "WSI_CREATE @web", connecting+"\nWSI_CREATE @web", 1),
	} {
		oursOnly19[name] = trace
	}
	for tls, origin := range map[string]difference{"": {}, overTLS: {193, "", []string{"<- Origin: http://trace.test"},
		[]string{"<- Origin: https://trace.test"}, false}} {
		for name, peers := range map[string][]string{"waiting": {"peer0", "peer2"}, "post": {"peer0", "peer2"}, "refused": {"peer0"},
			"limit": nil, "ws": {"peer2"}, "established": {"peer0", "peer2"}, "connecting": {"peer0"}} {
			l := leads("web", false)
			switch name {
			case "limit":
				l = append(l, leads("web", false)[1], leads("web", false)[1])
				if tls != "" {
					l = append(l, resumed, resumed)
				}
				l = append(l, difference{193, "cli0", []string{limited}, []string{restarts, "CLIENT_HTTP_DROP_PROTOCOL @web",
					"CLIENT_HTTP_BIND_PROTOCOL @web", connecting, "WSI_CREATE @web", "CLIENT_APPEND_HANDSHAKE_HEADER @web room", limited}, false},
					difference{193, "peer0", []string{"<- end"}, []string{"<- GET /new/path HTTP/1", "<- end"}, false})
			case "refused":
				l = append(l, difference{24, "cli0", []string{"CLIENT_CONNECTION_ERROR @web 'Unable to connect" + refusedWhy + "'"},
					[]string{"CLIENT_CONNECTION_ERROR @web '" + refused19 + refusedWhy + "'"}, false})
			}
			for _, p := range peers {
				if origin.Stream = p; tls != "" {
					l = append(l, origin)
				}
			}
			as17["hcg-reset-"+name] = 193
			differences19["hcg-reset-"+name+tls] = l
		}
	}
	as17["calls-client-reset"] = 193
	differences19["calls-client-reset"] = leads("http", true)
}

const (
	restarts = "lws_client_reset: the same, left"
	limited  = "lws_client_reset: NULL, left"
)

// leads is a client that lws_client_reset leads elsewhere, from what it is with 4.1.6: the call
// does not do it itself, and CONNECTING is told. bare: the program prints another line, and has
// no memory for the connection.
func leads(protocol string, bare bool) []difference {
	at := "reason-105 @" + protocol + " in"
	call, drop, bind := restarts, []string{"CLIENT_HTTP_DROP_PROTOCOL @" + protocol}, "CLIENT_HTTP_BIND_PROTOCOL @"+protocol
	if bare {
		call, drop = "reset 1", nil
	}
	begin := "SERVER_NEW_CLIENT_INSTANTIATED @" + protocol
	before := append(append([]string{}, drop...), bind, call)
	after := append(append([]string{call}, drop...), bind, at)
	return []difference{
		{193, "cli0", []string{begin}, []string{at, begin}, false},
		{193, "cli0", before, after, false},
	}
}
