package h1

import (
	"strings"
	"testing"
)

// tokenDump is what lws_token_to_string gives for 0, 1, 2 …, split at '|'.
const tokenDump = "get |post |options |host:|connection:|upgrade:|origin:|sec-websocket-draft:|\r\n|" +
	"sec-websocket-extensions:|sec-websocket-key1:|sec-websocket-key2:|sec-websocket-protocol:|" +
	"sec-websocket-accept:|sec-websocket-nonce:|http/1.1 |http2-settings:|accept:|" +
	"access-control-request-headers:|if-modified-since:|if-none-match:|accept-encoding:|accept-language:|" +
	"pragma:|cache-control:|authorization:|cookie:|content-length:|content-type:|date:|range:|referer:|" +
	"sec-websocket-key:|sec-websocket-version:|sec-websocket-origin:|:authority|:method|:path|:scheme|:status|" +
	"accept-charset:|accept-ranges:|access-control-allow-origin:|age:|allow:|content-disposition:|" +
	"content-encoding:|content-language:|content-location:|content-range:|etag:|expect:|expires:|from:|" +
	"if-match:|if-range:|if-unmodified-since:|last-modified:|link:|location:|max-forwards:|" +
	"proxy-authenticate:|proxy-authorization:|refresh:|retry-after:|server:|set-cookie:|" +
	"strict-transport-security:|transfer-encoding:|user-agent:|vary:|via:|www-authenticate:|patch|put|delete|" +
	"uri-args|proxy |x-real-ip:|http/1.0 |x-forwarded-for:|connect |head |te:|replay-nonce:|:protocol|" +
	"x-auth-token:|"

func TestTokenString(t *testing.T) {
	want := strings.Split(tokenDump, "|")
	for i, s := range want {
		if got := Token(i).String(); got != s {
			t.Errorf("%d: %q, want %q", i, got, s)
		}
	}
	for _, i := range []Token{-1, Token(len(want)), TokenCount} {
		if i.String() != "" {
			t.Errorf("%d has a string", int(i))
		}
	}
	if TokenCount != 96 || TokenDSSSignature != 95 || TokenClientALPN != 94 || TokenHTTPURIArgs != 76 {
		t.Error("token values moved")
	}
}

func TestTokenFromName(t *testing.T) {
	for i := range tokenText {
		s := tokenText[i]
		want := isFieldText(s)
		got, ok := TokenFromName([]byte(strings.ToUpper(strings.TrimSuffix(s, ":"))))
		if ok != want || (ok && got != Token(i)) {
			t.Errorf("%q: %d %v", s, got, ok)
		}
	}
	for _, s := range []string{"", ":", "hos", "host:", "hosts", "x", "get ", "uri-args", "put", "\x80ost"} {
		if got, ok := TokenFromName([]byte(s)); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
}
