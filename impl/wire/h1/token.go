// Package h1 is the HTTP/1.1 codec: header parsing into a bounded store, chunked
// transfer coding, request targets, URIs, reason phrases and media types. It does
// no I/O, keeps no clock and never stores a slice it was lent.
package h1

// Token names one header (or pseudo header) that has a place of its own in a
// [Headers]. The values are those of enum lws_token_indexes in lws-http.h.
type Token int

// The tokens of lws-http.h, in its order. Names ending in URI are request methods,
// whose value is the decoded path; the TokenClient group is never on the wire and
// holds what a client connection was asked for.
const (
	TokenGetURI Token = iota
	TokenPostURI
	TokenOptionsURI
	TokenHost
	TokenConnection
	TokenUpgrade
	TokenOrigin
	TokenDraft
	TokenChallenge
	TokenExtensions
	TokenKey1
	TokenKey2
	TokenProtocol
	TokenAccept
	TokenNonce
	TokenHTTP
	TokenHTTP2Settings
	TokenHTTPAccept
	TokenHTTPAcRequestHeaders
	TokenHTTPIfModifiedSince
	TokenHTTPIfNoneMatch
	TokenHTTPAcceptEncoding
	TokenHTTPAcceptLanguage
	TokenHTTPPragma
	TokenHTTPCacheControl
	TokenHTTPAuthorization
	TokenHTTPCookie
	TokenHTTPContentLength
	TokenHTTPContentType
	TokenHTTPDate
	TokenHTTPRange
	TokenHTTPReferer
	TokenKey
	TokenVersion
	TokenSworigin
	TokenHTTPColonAuthority
	TokenHTTPColonMethod
	TokenHTTPColonPath
	TokenHTTPColonScheme
	TokenHTTPColonStatus
	TokenHTTPAcceptCharset
	TokenHTTPAcceptRanges
	TokenHTTPAccessControlAllowOrigin
	TokenHTTPAge
	TokenHTTPAllow
	TokenHTTPContentDisposition
	TokenHTTPContentEncoding
	TokenHTTPContentLanguage
	TokenHTTPContentLocation
	TokenHTTPContentRange
	TokenHTTPEtag
	TokenHTTPExpect
	TokenHTTPExpires
	TokenHTTPFrom
	TokenHTTPIfMatch
	TokenHTTPIfRange
	TokenHTTPIfUnmodifiedSince
	TokenHTTPLastModified
	TokenHTTPLink
	TokenHTTPLocation
	TokenHTTPMaxForwards
	TokenHTTPProxyAuthenticate
	TokenHTTPProxyAuthorization
	TokenHTTPRefresh
	TokenHTTPRetryAfter
	TokenHTTPServer
	TokenHTTPSetCookie
	TokenHTTPStrictTransportSecurity
	TokenHTTPTransferEncoding
	TokenHTTPUserAgent
	TokenHTTPVary
	TokenHTTPVia
	TokenHTTPWwwAuthenticate
	TokenPatchURI
	TokenPutURI
	TokenDeleteURI
	TokenHTTPURIArgs
	TokenProxy
	TokenHTTPXRealIP
	TokenHTTP10
	TokenXForwardedFor
	TokenConnect
	TokenHeadURI
	TokenTE
	TokenReplayNonce
	TokenColonProtocol
	TokenXAuthToken
	TokenClientSentProtocols
	TokenClientPeerAddress
	TokenClientURI
	TokenClientHost
	TokenClientOrigin
	TokenClientMethod
	TokenClientIface
	TokenClientALPN
	// TokenDSSSignature is a header that programs of some releases know by a number
	// behind TokenXAuthToken; for others it has an unknown name.
	TokenDSSSignature

	// TokenCount is the number of tokens that can hold a value.
	TokenCount
)

// tokenText is how a token starts its line on the wire, lower case.
var tokenText = [...]string{
	TokenGetURI:                       "get ",
	TokenPostURI:                      "post ",
	TokenOptionsURI:                   "options ",
	TokenHost:                         "host:",
	TokenConnection:                   "connection:",
	TokenUpgrade:                      "upgrade:",
	TokenOrigin:                       "origin:",
	TokenDraft:                        "sec-websocket-draft:",
	TokenChallenge:                    "\r\n",
	TokenExtensions:                   "sec-websocket-extensions:",
	TokenKey1:                         "sec-websocket-key1:",
	TokenKey2:                         "sec-websocket-key2:",
	TokenProtocol:                     "sec-websocket-protocol:",
	TokenAccept:                       "sec-websocket-accept:",
	TokenNonce:                        "sec-websocket-nonce:",
	TokenHTTP:                         "http/1.1 ",
	TokenHTTP2Settings:                "http2-settings:",
	TokenHTTPAccept:                   "accept:",
	TokenHTTPAcRequestHeaders:         "access-control-request-headers:",
	TokenHTTPIfModifiedSince:          "if-modified-since:",
	TokenHTTPIfNoneMatch:              "if-none-match:",
	TokenHTTPAcceptEncoding:           "accept-encoding:",
	TokenHTTPAcceptLanguage:           "accept-language:",
	TokenHTTPPragma:                   "pragma:",
	TokenHTTPCacheControl:             "cache-control:",
	TokenHTTPAuthorization:            "authorization:",
	TokenHTTPCookie:                   "cookie:",
	TokenHTTPContentLength:            "content-length:",
	TokenHTTPContentType:              "content-type:",
	TokenHTTPDate:                     "date:",
	TokenHTTPRange:                    "range:",
	TokenHTTPReferer:                  "referer:",
	TokenKey:                          "sec-websocket-key:",
	TokenVersion:                      "sec-websocket-version:",
	TokenSworigin:                     "sec-websocket-origin:",
	TokenHTTPColonAuthority:           ":authority",
	TokenHTTPColonMethod:              ":method",
	TokenHTTPColonPath:                ":path",
	TokenHTTPColonScheme:              ":scheme",
	TokenHTTPColonStatus:              ":status",
	TokenHTTPAcceptCharset:            "accept-charset:",
	TokenHTTPAcceptRanges:             "accept-ranges:",
	TokenHTTPAccessControlAllowOrigin: "access-control-allow-origin:",
	TokenHTTPAge:                      "age:",
	TokenHTTPAllow:                    "allow:",
	TokenHTTPContentDisposition:       "content-disposition:",
	TokenHTTPContentEncoding:          "content-encoding:",
	TokenHTTPContentLanguage:          "content-language:",
	TokenHTTPContentLocation:          "content-location:",
	TokenHTTPContentRange:             "content-range:",
	TokenHTTPEtag:                     "etag:",
	TokenHTTPExpect:                   "expect:",
	TokenHTTPExpires:                  "expires:",
	TokenHTTPFrom:                     "from:",
	TokenHTTPIfMatch:                  "if-match:",
	TokenHTTPIfRange:                  "if-range:",
	TokenHTTPIfUnmodifiedSince:        "if-unmodified-since:",
	TokenHTTPLastModified:             "last-modified:",
	TokenHTTPLink:                     "link:",
	TokenHTTPLocation:                 "location:",
	TokenHTTPMaxForwards:              "max-forwards:",
	TokenHTTPProxyAuthenticate:        "proxy-authenticate:",
	TokenHTTPProxyAuthorization:       "proxy-authorization:",
	TokenHTTPRefresh:                  "refresh:",
	TokenHTTPRetryAfter:               "retry-after:",
	TokenHTTPServer:                   "server:",
	TokenHTTPSetCookie:                "set-cookie:",
	TokenHTTPStrictTransportSecurity:  "strict-transport-security:",
	TokenHTTPTransferEncoding:         "transfer-encoding:",
	TokenHTTPUserAgent:                "user-agent:",
	TokenHTTPVary:                     "vary:",
	TokenHTTPVia:                      "via:",
	TokenHTTPWwwAuthenticate:          "www-authenticate:",
	TokenPatchURI:                     "patch",
	TokenPutURI:                       "put",
	TokenDeleteURI:                    "delete",
	TokenHTTPURIArgs:                  "uri-args",
	TokenProxy:                        "proxy ",
	TokenHTTPXRealIP:                  "x-real-ip:",
	TokenHTTP10:                       "http/1.0 ",
	TokenXForwardedFor:                "x-forwarded-for:",
	TokenConnect:                      "connect ",
	TokenHeadURI:                      "head ",
	TokenTE:                           "te:",
	TokenReplayNonce:                  "replay-nonce:",
	TokenColonProtocol:                ":protocol",
	TokenXAuthToken:                   "x-auth-token:",
	TokenDSSSignature:                 "x-amzn-dss-signature:",
}

// String gives the wire form of t: a header's name in lower case with its colon,
// a method with its space. A token that is never on the wire gives "".
func (t Token) String() string {
	if t < 0 || int(t) >= len(tokenText) {
		return ""
	}
	return tokenText[t]
}

// isFieldText tells whether s is the name of a header line: not a method, not a
// status line, not an h2 pseudo header.
func isFieldText(s string) bool {
	return len(s) > 1 && s[0] != ':' && s[len(s)-1] == ':'
}

const nameBuckets = 256

// nameIndex maps the hash of a lower-case field name to a list of the tokens that share it:
// the first and, for each token, the next; 0 ends it.
var nameIndex = func() (ix struct {
	first [nameBuckets]uint8
	next  [len(tokenText)]uint8
}) {
	for i := len(tokenText) - 1; i >= 0; i-- {
		if s := tokenText[i]; isFieldText(s) {
			b := nameHash(s[0], s[len(s)-2], len(s)-1)
			ix.next[i], ix.first[b] = ix.first[b], uint8(i)
		}
	}
	return ix
}()

const _ = uint8(len(tokenText) - 1) // they fit

func nameHash(first, last byte, n int) byte { return first*31 ^ last*7 ^ byte(n)*13 }

// lowerTchar is 0 for bytes that cannot be in a field name (RFC 9110 §5.6.2) and
// the lower-case form of those that can.
var lowerTchar = func() (tab [256]byte) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
		tab[c] = c
	}
	for c := byte('A'); c <= 'Z'; c++ {
		tab[c] = c + 'a' - 'A'
	}
	return tab
}()

// TokenFromName finds the token of a field name (without colon), in any case.
func TokenFromName(name []byte) (Token, bool) {
	if len(name) == 0 {
		return 0, false
	}
	first, last := lowerTchar[name[0]], lowerTchar[name[len(name)-1]]
	for t := nameIndex.first[nameHash(first, last, len(name))]; t != 0; t = nameIndex.next[t] {
		if s := tokenText[t]; len(s) == len(name)+1 && equalLower(name, s) {
			return Token(t), true
		}
	}
	return 0, false
}

// equalLower compares name, in any case, with the lower-case s, which may be longer.
func equalLower(name []byte, s string) bool {
	for i, c := range name {
		if lowerTchar[c] != s[i] {
			return false
		}
	}
	return true
}
