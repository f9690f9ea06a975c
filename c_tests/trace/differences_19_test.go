package trace

// differences19 are those of libwebsockets.so.19, for scenarios whose differences are
// not those of .17.
var differences19 = map[string][]difference{}

// plain19 are not repeated over TLS: sessions of clients are resumed, and then nobody
// is asked about the certificate.
var plain19 = map[string]string{
	"hcq-unshared":               "whether the second connection resumes depends on whose handshake is faster",
	"settings-programs-default":  "in which order vhosts end depends on when the peers of TLS have gone",
	"settings-programs-explicit": "likewise",
	"names-client-http":          "the reference does not resume what was not closed by close_notify (quirk 217)",
}

var oursOnly19 = map[string]string{}

var as17 = map[string]int{}

var varies19 = map[string]string{}
