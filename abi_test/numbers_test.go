// SPDX-License-Identifier: MIT

package abitest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// public is what its headers declare; private, what ours do of C and Go.
func (a abi) public(t *testing.T) *Facts {
	t.Helper()
	return a.parsed(t, "public", Unit{Dir: ourInclude, Source: a.unit("#include <libwebsockets.h>\n")})
}

func (a abi) private(t *testing.T) *Facts {
	t.Helper()
	return a.parsed(t, "private", Unit{
		Dir:    root + "/capi",
		Source: a.unit("#include \"core/lwsgo.h\"\n#include \"c/lws_private.h\"\n#include \"c/lecp.h\"\n#include \"c/signals.h\"\n"),
		Extra:  []string{ourInclude, root + "/capi/core", root + "/capi/c"},
	})
}

// parsedUnits are those that a test has read before.
var parsedUnits = map[string]*Facts{}

func (a abi) parsed(t *testing.T, kind string, u Unit) *Facts {
	t.Helper()
	key := a.name + " " + kind
	if parsedUnits[key] == nil {
		f, err := ParseUnit(u)
		if err != nil {
			t.Fatal(err)
		}
		parsedUnits[key] = f
	}
	return parsedUnits[key]
}

var loadGo = sync.OnceValues(func() (*GoCode, error) { return LoadGo(root, "impl", "capi/core") })

func goCode(t *testing.T) *GoCode {
	t.Helper()
	g, err := loadGo()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var numberRules = []numberRule{
	{of: "engine.Reason", trim: "Reason", c: "LWS_CALLBACK_"},
	{of: "engine.Option", trim: "Opt", c: "LWS_SERVER_OPTION_", names: map[string]string{
		"OptSkipCanonicalName": "LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME",
		"OptSSLGlobalInit":     "LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT",
		"OptV6OnlyModify":      "LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY",
		"OptV6OnlyValue":       "LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE",
		"OptFallback":          "LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG",
		"OptAdoptApplyListen":  "LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG",
		"OptStrictHostCheck":   "LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK",
		"OptSecurityHeaders":   "LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE",
		"optGlobalInit":        "LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT",
		"optRequireClientCert": "LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT &^ LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT",
		"optAllowNonTLS":       "LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT &^ LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT",
		"optNoSystemCAs":       "LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS",
		"optPeerCertOptional":  "LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED",
		"optRedirectToHTTPS":   "LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS &^ LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT",
		"optOnlyListenAccept":  "LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG",
		"optCreateServerCtx":   "LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX",
		"optAllowHTTP":         "LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER",
		"optPriorKnowledge":    "LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE",
		"optLongPoll":          "LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL",
		"optFixWindowOverflow": "LWS_SERVER_OPTION_H2_JUST_FIX_WINDOW_UPDATE_OVERFLOW",
		"optRawOrigin":         "LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN",
	}},
	{of: "engine.AdoptFlags", trim: "Adopt", c: "LWS_ADOPT_", names: map[string]string{"AdoptUDP": "LWS_ADOPT_FLAG_UDP"}},
	{of: "engine.CloseStatus", trim: "Close", c: "LWS_CLOSE_STATUS_", names: map[string]string{
		"CloseNoStatus": "LWS_CLOSE_STATUS_NOSTATUS",
	}},
	{of: "engine.MountKind", trim: "Mount", c: "LWSMPRO_"},
	{of: "engine.LookupResult", trim: "Lookup", c: "LWSCONMON_DNS_", names: map[string]string{
		"LookupUnreachable": "LWSCONMON_DNS_SERVER_UNREACHABLE",
	}},
	{of: "engine.TimeoutReason", trim: "Timeout", c: "PENDING_TIMEOUT_", names: map[string]string{
		"NoPendingTimeout":        "NO_PENDING_TIMEOUT",
		"TimeoutAwaitingProxy":    "PENDING_TIMEOUT_AWAITING_PROXY_RESPONSE",
		"TimeoutAwaitingConnect":  "PENDING_TIMEOUT_AWAITING_CONNECT_RESPONSE",
		"TimeoutEstablish":        "PENDING_TIMEOUT_ESTABLISH_WITH_SERVER",
		"TimeoutAwaitingServer":   "PENDING_TIMEOUT_AWAITING_SERVER_RESPONSE",
		"TimeoutFlushBeforeClose": "PENDING_FLUSH_STORED_SEND_BEFORE_CLOSE",
		"TimeoutKeepaliveIdle":    "PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE",
		"TimeoutIssuePayload":     "PENDING_TIMEOUT_CLIENT_ISSUE_PAYLOAD",
		"TimeoutAwaitingSocks":    "PENDING_TIMEOUT_AWAITING_SOCKS_GREETING_REPLY",
		"TimeoutHoldingHeaders":   "PENDING_TIMEOUT_HOLDING_AH",
		"killedBySSLInfo":         "PENDING_TIMEOUT_KILLED_BY_SSL_INFO",
	}},
	{of: "engine.LoopOp", trim: "Loop", c: "LWSGO_LOOP_"},
	{of: "engine.kill*", c: "LWS_TO_"},
	{of: "engine.WriteProtocol", trim: "Write", c: "LWS_WRITE_", names: map[string]string{
		"WriteClose":        ours + "programs do not write close frames",
		"WriteHTTPHdrsCont": "LWS_WRITE_HTTP_HEADERS_CONTINUATION",
		"WriteKindMask":     ours + "what lws_write takes as the kind",
	}},
	{of: "engine.Log*", trim: "Log", c: "LLL_"},
	{of: "diskcache.NoCache*", c: "LWS_DISKCACHE_QUERY_"},
	{of: "diskcache.Exists*", c: "LWS_DISKCACHE_QUERY_"},
	{of: "diskcache.Creating*", c: "LWS_DISKCACHE_QUERY_"},
	{of: "engine.Port*", trim: "Port", c: "CONTEXT_PORT_"},
	{of: "engine.short*", c: "LWSGO_"},
	{of: "engine.noteSize", names: map[string]string{"noteSize": "LWSGO_NOTE"}},
	{of: "engine.Face*", trim: "Face", c: "LWSGO_"},
	{of: "engine.Pre", c: "LWS_"},
	{of: "engine.End", names: map[string]string{
		"GoesOn":    ours + "what a turn comes to",
		"Over":      ours + "what a turn comes to",
		"Destroyed": ours + "what a turn comes to",
	}},
	{of: "engine.Default*", names: map[string]string{
		"DefaultServBuf":    ours + "what the info's comment says",
		"DefaultHeaderData": ours + "what the info's comment says",
	}},
	{of: "engine.defaultTimeout", names: map[string]string{"defaultTimeout": ours + "what the info's comment says"}},
	{of: "client.Flags", c: "LCCSCF_", names: map[string]string{
		"MultipartForm":    "LCCSCF_HTTP_MULTIPART_MIME",
		"FormURLEncoded":   "LCCSCF_HTTP_X_WWW_FORM_URLENCODED",
		"NoFollowRedirect": "LCCSCF_HTTP_NO_FOLLOW_REDIRECT",
		"H2QuirkEndStream": "LCCSCF_H2_QUIRK_NGHTTP2_END_STREAM",
		"H2QuirkOverflow":  "LCCSCF_H2_QUIRK_OVERFLOWS_TXCR",
		"H2ManualRxFlow":   "LCCSCF_H2_MANUAL_RXFLOW",
		"TakeDowngrade":    "LCCSCF_ACCEPT_TLS_DOWNGRADE_REDIRECTS",
	}},
	{of: "httpd.std*", names: map[string]string{"stdin": "LWS_STDIN", "stdout": "LWS_STDOUT", "stderr": "LWS_STDERR"}},
	{of: "httpd.auth*", names: map[string]string{
		"authModeMask":   "AUTH_MODE_MASK",
		"authByCallback": "LWSAUTHM_BASIC_AUTH_CALLBACK",
	}},
	{of: "role/secure.Allow*", c: "LCCSCF_", names: map[string]string{"AllowUntrustedCA": "LCCSCF_ALLOW_INSECURE"}},
	{of: "role/secure.SkipHostname", names: map[string]string{"SkipHostname": "LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK"}},
	{of: "role/secure.atOnce", names: map[string]string{"atOnce": "LWS_TO_KILL_ASYNC"}},
	{of: "role/h1.codeMask", c: "LWSAHH_"},
	{of: "role/h1.noServerName", c: "LWSAHH_FLAG_"},
	{of: "role/h1.NoContentLength", names: map[string]string{"NoContentLength": "LWS_ILLEGAL_HTTP_CONTENT_LEN"}},
	{of: "capi/core.fop*", names: map[string]string{
		"fopGzipOK": "LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP",
		"fopGzipIs": "LWS_FOP_FLAG_COMPR_IS_GZIP",
	}},
	{of: "capi/core.rxReason*", trim: "rxReason", c: "LWS_RXFLOW_REASON_", names: map[string]string{
		"rxReasonEnable": "LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT",
	}},
	{of: "wire/h1.Token", trim: "Token", c: "WSI_TOKEN_", names: map[string]string{
		"TokenDSSSignature": ours + "behind the others, as not all ABIs have it (lwsgo_token)",
	}},
	{of: "wire/h2.SettingID", c: "H2SET_"},
	{of: "wire/h2.SettingCount", names: map[string]string{"SettingCount": "H2SET_COUNT"}},
	{of: "wire/ws.CloseCode", trim: "Close", c: "LWS_CLOSE_STATUS_", names: map[string]string{
		"CloseProtocolError":      "LWS_CLOSE_STATUS_PROTOCOL_ERR",
		"CloseUnsupportedData":    "LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE",
		"CloseNoStatus":           "LWS_CLOSE_STATUS_NO_STATUS",
		"CloseAbnormal":           "LWS_CLOSE_STATUS_ABNORMAL_CLOSE",
		"CloseMessageTooBig":      "LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE",
		"CloseMandatoryExtension": "LWS_CLOSE_STATUS_EXTENSION_REQUIRED",
		"CloseInternalError":      "LWS_CLOSE_STATUS_UNEXPECTED_CONDITION",
		"CloseTLSHandshake":       "LWS_CLOSE_STATUS_TLS_FAILURE",
		"CloseServiceRestart":     ours + "of the registry of RFC 6455 §11.7, as the next two",
		"CloseTryAgainLater":      ours + "as the one before",
		"CloseBadGateway":         ours + "as the one before",
	}},
	{of: "wire/ws.ExtValue", trim: "Ext", c: "EXTARG_"},
	{of: "wire/form.State", c: "LWS_UFS_"},
	{of: "text/fts.Autocomplete", c: "LWSFTS_F_QUERY_"},
	{of: "text/fts.Files", c: "LWSFTS_F_QUERY_"},
	{of: "text/fts.FileLines", c: "LWSFTS_F_QUERY_"},
	{of: "text/fts.QuoteLine", c: "LWSFTS_F_QUERY_"},
	{of: "text/structjson.Kind", c: "LSMT_", names: map[string]string{"CharArray": "LSMT_STRING_CHAR_ARRAY"}},
	{of: "text/structjson.Pretty", c: "LSSERJ_FLAG_"},
	{of: "text/structjson.OmitSchema", c: "LSSERJ_FLAG_"},
	{of: "text/lejp.Reason", c: "LEJPCB_"},
	{of: "text/lejp.isValue", c: "LEJP_FLAG_CB_"},
	{of: "text/lejp.Max*", c: "LEJP_", names: map[string]string{"MaxParsers": "LEJP_MAX_PARSING_STACK_DEPTH"}},
	{of: "text/lejp.ChunkSize", names: map[string]string{"ChunkSize": "LEJP_STRING_CHUNK"}},
	{of: "text/lejp.Continue", c: "LEJP_"},
	{of: "text/lejp.reject*", c: "LEJP_", names: map[string]string{
		"rejectNoOpenQuote":       "LEJP_REJECT_MP_NO_OPEN_QUOTE",
		"rejectStringUnderrun":    "LEJP_REJECT_MP_STRING_UNDERRUN",
		"rejectIllegalCtrl":       "LEJP_REJECT_MP_ILLEGAL_CTRL",
		"rejectIllegalEsc":        "LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC",
		"rejectMissingColon":      "LEJP_REJECT_MP_DELIM_MISSING_COLON",
		"rejectBadValueStart":     "LEJP_REJECT_MP_DELIM_BAD_VALUE_START",
		"rejectNoFraction":        "LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC",
		"rejectNumFormat":         "LEJP_REJECT_MP_VAL_NUM_FORMAT",
		"rejectBadExponent":       "LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP",
		"rejectUnknownToken":      "LEJP_REJECT_MP_VAL_TOK_UNKNOWN",
		"rejectArrayUnderflow":    "LEJP_REJECT_MP_C_OR_E_UNDERF",
		"rejectNotArray":          "LEJP_REJECT_MP_C_OR_E_NOTARRAY",
		"rejectArrayEndMissing":   "LEJP_REJECT_MP_ARRAY_END_MISSING",
		"rejectIndexStack":        "LEJP_REJECT_MP_DELIM_ISTACK",
		"rejectNeitherCommaOrEnd": "LEJP_REJECT_MP_C_OR_E_NEITHER",
	}},
	{of: "text/lejp.ws*", c: "LEJP_FLAG_", names: map[string]string{"wsComment": "LEJP_FLAG_WS_COMMENTLINE"}},
	{of: "text/lejp.st*", trim: "st", c: "LEJP_MP_", names: map[string]string{
		"stIdle":     "LEJP_IDLE",
		"stMembers":  "LEJP_MEMBERS",
		"stPairName": "LEJP_M_P",
		"stEsc":      "LEJP_MP_STRING_ESC",
		"stEscU1":    "LEJP_MP_STRING_ESC_U1",
		"stEscU2":    "LEJP_MP_STRING_ESC_U2",
		"stEscU3":    "LEJP_MP_STRING_ESC_U3",
		"stEscU4":    "LEJP_MP_STRING_ESC_U4",
		"stColon":    "LEJP_MP_DELIM",
		"stNumber":   "LEJP_MP_VALUE_NUM_INT",
		"stExponent": "LEJP_MP_VALUE_NUM_EXP",
		"stToken":    "LEJP_MP_VALUE_TOK",
	}},
	{of: "text/lejp.seen*", c: "LEJP_"},
	{of: "text/lecp.Reason", c: "LECPCB_", names: map[string]string{
		"ElementStart": "LECPCB_ARRAY_ITEM_START",
		"ElementEnd":   "LECPCB_ARRAY_ITEM_END",
		"blob":         ours + "from a text's reason to a byte string's",
	}},
	{of: "text/lecp.isValue", c: "LECP_FLAG_CB_"},
	{of: "text/lecp.max*", c: "LECP_", names: map[string]string{
		"maxParsers": "LECP_MAX_PARSING_STACK_DEPTH",
		"maxIndex":   "LECP_MAX_INDEX_DEPTH",
		"maxOpen":    ours + "an array's length (TestMirrors)",
		"maxArgs":    ours + "a format's arguments",
	}},
	{of: "text/lecp.rawSize", names: map[string]string{"rawSize": ours + "an array's length (TestMirrors)"}},
	{of: "text/lecp.scratchSize", names: map[string]string{"scratchSize": ours + "an array's length (TestMirrors)"}},
	{of: "text/lecp.chunkSize", names: map[string]string{"chunkSize": "LECP_STRING_CHUNK"}},
	{of: "text/lecp.major*", trim: "major", c: "LWS_CBOR_MAJTYP_", names: map[string]string{
		"majorNeg":   "LWS_CBOR_MAJTYP_INT_NEG",
		"majorBytes": "LWS_CBOR_MAJTYP_BSTR",
		"majorText":  "LWS_CBOR_MAJTYP_TSTR",
	}},
	{of: "text/lecp.minor*", trim: "minor", c: "LWS_CBOR_", names: map[string]string{
		"minorFalse":     "LWS_CBOR_SWK_FALSE",
		"minorTrue":      "LWS_CBOR_SWK_TRUE",
		"minorNull":      "LWS_CBOR_SWK_NULL",
		"minorUndefined": "LWS_CBOR_SWK_UNDEFINED",
		"minorMask":      "LWS_CBOR_SUBMASK",
	}},
	{of: "text/lecp.indefinite", names: map[string]string{"indefinite": "LWS_CBOR_INDETERMINITE"}},
	{of: "text/lecp.Continue", c: "LECP_"},
	{of: "text/lecp.StackOverflow", c: "LECP_"},
	{of: "text/lecp.reject*", c: "LECP_"},
	{of: "text/lecp.done", names: map[string]string{"done": ours + "all is read"}},
	{of: "text/lecp.st*", trim: "st", c: "CBPS_", names: map[string]string{
		"stBody":    "CBPS_STRING_BODY",
		"stLiteral": "CBPS_STRING_LIT",
		"stOpcode":  ours + "a reader's state",
		"stCollect": ours + "a reader's state",
		"stSimple":  ours + "a reader's state",
		"stString":  ours + "a reader's state",
		"stChunk":   ours + "a reader's state",
	}},
	{of: "text/lecp.Arg*", trim: "Arg", c: "LWSGO_LEC_", names: map[string]string{
		"ArgLongLong": ours + "what C takes all others for",
		"ArgPointer":  ours + "no number",
	}},
	{of: "text/lecp.Finished", c: "LWS_LECPCTX_RET_"},
	{of: "text/lecp.Again", c: "LWS_LECPCTX_RET_"},
	{of: "text/lecp.Fail", c: "LWS_LECPCTX_RET_"},
	{of: "text/strexp.Result", c: "LSTRX_"},
	{of: "text/tokenize.Elem", c: "LWS_TOKZE_", names: map[string]string{
		"NameEquals": "LWS_TOKZE_TOKEN_NAME_EQUALS",
		"NameColon":  "LWS_TOKZE_TOKEN_NAME_COLON",
	}},
	{of: "text/tokenize.Flags", c: "LWS_TOKENIZE_F_"},
	{of: "text/tokenize.Delim", c: "LWSTZ_DT_"},
}

// ownNumbers are types of constants that programs do not see: why, and which.
var ownNumbers = map[string]string{
	"the states of connections are private in the original, too": "engine.State",
	"a protocol's, not the headers'":                             "wire/h2.Code wire/h2.Flags wire/h2.Type wire/ws.Opcode",
	"what lifecycle lines count by":                              "engine.Group",
	"flags and results of our own": "httpd.FileKind httpd.outcome wire/h1.Kind wire/h1.hostFrom wire/h1.lastField " +
		"wire/coding.Coding wire/h2.Pseudo text/tokenize.number wire/deflate.entry wire/deflate.token",
	"where a decoder is": "wire/coding.decoderState text/strexp.State text/tokenize.state wire/deflate.inflateState wire/form.multiState " +
		"wire/form.urlState wire/h1.chunkState wire/h1.parseState wire/h1.pathState wire/ws.decoderState wire/ws.extState",
}

// Each number that the Go code shares with a program is the headers', and none is
// without a rule. Seen to fail: LWS_CLOSE_STATUS_NOSTATUS_CONTEXT_DESTROY was 1.
func TestNumbers(t *testing.T) {
	consts := goCode(t).Consts()
	own := strings.Fields(strings.Join(slices.Collect(maps.Values(ownNumbers)), " "))
	var compiled map[string]int64
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			c := cNumbers(a.public(t), a.private(t))
			if compiled == nil {
				compiled = c
			}
			diffs, err := changed(root+"/capi/core", compiled, c)
			if err != nil {
				t.Fatal(err)
			}
			table := numberTable{numberRules, own, a.lacks, a.other}
			if diffs = append(diffs, table.differing(consts, c)...); len(diffs) > 0 {
				t.Errorf("%d numbers:\n  %s", len(diffs), strings.Join(diffs, "\n  "))
			}
		})
	}
}

func TestNumbersNotice(t *testing.T) {
	c := map[string]int64{"DEMO_ONE": 1, "DEMO_TWO_BITS": 3, "DEMO_SPECIAL": 7, "DEMO_O_NE_": 5, "DEMO_MOVED": 71}
	rules := []numberRule{{of: "demo.Kind", trim: "Kind", c: "DEMO_", names: map[string]string{
		"KindOne": "DEMO_ONE", "KindBit": "DEMO_TWO_BITS &^ DEMO_ONE", "kindOurs": ours + "for the demo",
	}}}
	whole := []GoConst{
		{"demo.KindOne", "demo.Kind", "a", 1}, {"demo.KindBit", "demo.Kind", "a", 2}, {"demo.kindOurs", "demo.Kind", "a", 99},
		{"demo.kindTwoBits", "demo.Kind", "b", 3}, {"demo.small", "demo.inner", "c", 1}, {"demo.bare", "", "d", 1},
		{"demo.KindMoved", "demo.Kind", "a", 70},
	}
	for _, tc := range []struct {
		name string
		more []GoConst
		want string
	}{
		{"nothing", nil, ""},
		{"another value", []GoConst{{"demo.KindSpecial", "demo.Kind", "a", 8}}, "DEMO_SPECIAL is 7"},
		{"no C name", []GoConst{{"demo.KindNew", "demo.Kind", "a", 8}}, "there is no DEMO_… in C for it"},
		{"two names", []GoConst{{"demo.kindONE", "demo.Kind", "b", 1}}, "is it DEMO_ONE or DEMO_O_NE_?"},
		{"no rule", []GoConst{{"demo.First", "demo.Other", "b", 0}}, "no rule for its type, demo.Other"},
		{"among others", []GoConst{{"demo.loose", "", "a", 0}}, "declared among numbers of the headers"},
		{"by its name", []GoConst{{"demo.special", "", "e", 7}}, "is it DEMO_SPECIAL?"},
		{"not that one", []GoConst{{"demo.special", "", "e", 6}}, ""},
	} {
		table := numberTable{rules, []string{"demo.inner"}, nil, map[string]string{"demo.KindMoved": "it is"}}
		got := strings.Join(table.differing(slices.Concat(whole, tc.more), c), "\n")
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	table := numberTable{rules, []string{"demo.gone"}, map[string]string{"demo.KindOne": "too new"},
		map[string]string{"demo.KindBit": "moved", "demo.KindFar": "moved"}}
	got := strings.Join(table.differing(whole[:2], c), "\n")
	for _, want := range []string{"C does have it: DEMO_ONE", "names kindOurs, which", "demo.gone is listed, but",
		"C's is the same: DEMO_TWO_BITS", "demo.KindFar is listed, but"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("x = C.DEMO_ONE + C.DEMO_SPECIAL + C.EBADF"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, other := range []map[string]int64{c, {"DEMO_ONE": 2, "DEMO_SPECIAL": 7}, {"DEMO_ONE": 1}} {
		out, err := changed(dir, c, other)
		if same := len(other) == len(c); err != nil || len(out) != 1 && !same || len(out) != 0 && same {
			t.Errorf("%v: %v %v", other, out, err)
		}
	}
}
