// SPDX-License-Identifier: MIT

package abitest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var mirrors = []mirror{
	{goType: "engine.Face", c: "struct lws", upto: "tag"},
	{goType: "engine.FaceSeldom", c: "struct lws_seldom"},
	{goType: "engine.VhostFace", c: "struct lws_vhost", upto: "protocols"},
	{goType: "engine.ContextFace", c: "struct lws_context", upto: "pt"},
	{goType: "engine.ThreadFace", c: "struct lwsgo_pt", upto: "sul", names: map[string]string{"EpollFD": "epfd", "Short": "at"}},
	{goType: "engine.Short", c: "struct lwsgo_short", names: map[string]string{"Conn": "wsi"}},
	{goType: "capi/fatal.written", c: "struct lwsgo_written"},
	{goType: "engine.pollArgs", c: "struct lws_pollargs", names: map[string]string{"prev": "prev_events"}},
	{goType: "role/listen.filterArgs", c: "struct lws_filter_network_conn_args", names: map[string]string{
		"addr": "cli_addr", "addrLn": "clilen", "fd": "accept_fd",
	}},
	{goType: "role/secure.sslInfo", c: "struct lws_ssl_info"},
	{goType: "role/secure.agingArgs", c: "struct lws_acme_cert_aging_args", names: map[string]string{
		"vhost": "vh", "overrides": "element_overrides",
	}},
	{goType: "role/h1.processArgs", c: "struct lws_process_html_args"},
	{goType: "httpd.accessArgs", c: "struct lws_process_html_args"},
	{goType: "httpd.cgiArgs", c: "struct lws_cgi_args", names: map[string]string{"std": "stdwsi", "state": "hdr_state"}},

	{goType: "text/lejp.Head", c: "struct lejp_ctx", upto: "i", names: map[string]string{"Parsers": "pst", "Levels": "st"}},
	{goType: "text/lejp.Texts", c: "struct lejp_ctx", from: "path", upto: "path_stride"},
	{goType: "text/lejp.Tail", c: "struct lejp_ctx", from: "path_stride", names: map[string]string{
		"DigitCount": "dcount", "NumFlags": "f", "ParserSP": "pst_sp",
	}},
	{goType: "text/lejp.Level", c: "struct _lejp_stack", names: map[string]string{"State": "s", "PathLen": "p", "Index": "i"}},
	{goType: "text/lejp.Nested", c: "struct _lejp_parsing_stack", names: map[string]string{"PathLen": "ppos"}},

	{goType: "text/structjson.Map", c: "struct lws_struct_map"},
	{goType: "text/structjson.Args", c: "struct lws_struct_args"},
	{goType: "text/structjson.chunk", c: "struct lejp_collation"},
	{goType: "text/structjson.node", c: "struct lws_dll2"},
	{goType: "text/structjson.owner", c: "struct lws_dll2_owner"},
	{goType: "text/structjson.level", c: "struct lws_struct_serialize_st"},
	{goType: "text/structjson.Writer", c: "struct lws_struct_serialize"},

	{goType: "text/lecp.Ctx", c: "struct lecp_ctx", names: map[string]string{
		"Receivers": "pst", "Levels": "st", "Indexes": "i", "Raw": "cbor", "ReceiverSP": "pst_sp", "RawLen": "cbor_pos",
		"ReportRaw": "literal_cbor_report", "BigEndian": "be",
	}},
	{goType: "text/lecp.Item", c: "struct lecp_item", names: map[string]string{"Major": "opcode"}},
	{goType: "text/lecp.Level", c: "struct _lecp_stack", names: map[string]string{
		"State": "s", "PathLen": "p", "Indefinite": "indet", "InString": "intermediate", "AtEnd": "pop_iss",
		"Remaining": "collect_rem", "Major": "opcode", "NewElement": "send_new_array_item",
	}},
	{goType: "text/lecp.Receiver", c: "struct _lecp_parsing_stack", names: map[string]string{"Callback": "cb", "PathLen": "ppos"}},
	{goType: "text/lecp.Writer", c: "struct lws_lec_pctx", names: map[string]string{
		"Args": "vaa", "Indefinite": "indet", "At": "buf", "Source": "ongoing_src", "Len": "ongoing_len",
		"Done": "ongoing_done", "ArgPos": "vaa_pos",
	}},
}

// notMirrors are types whose comment names a struct as theirs, but that do not lie on it: why.
var notMirrors = map[string]string{
	"httpd.File":          "an interface to what is there",
	"capi/core.diskCache": "C does not look into it",
}

// Each field of a Go struct that lies on C memory is where and what C has there,
// and C has no others. Seen to fail with two members of struct lws exchanged, with
// one of another size, and without a rule for sslInfo.
func TestMirrors(t *testing.T) {
	g := goCode(t)
	listed := map[string]bool{}
	docs := g.TypeDocs()
	for n := range notMirrors {
		listed[n] = true
		if !claims(docs[n]) {
			t.Errorf("%s is listed, but its comment names no struct", n)
		}
	}
	for _, m := range mirrors {
		listed[m.goType] = true
	}
	for _, n := range slices.Sorted(maps.Keys(docs)) {
		if claims(docs[n]) && !listed[n] {
			t.Errorf("%s is a struct of C's, its comment says; it is not compared: %s", n, docs[n])
		}
	}
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			layouts := maps.Clone(a.public(t).Layouts)
			maps.Copy(layouts, a.private(t).Layouts)
			for _, m := range mirrors {
				if d := m.differing(g, layouts); len(d) > 0 {
					t.Errorf("%s", strings.Join(d, "\n"))
				}
			}
		})
	}
}

// The C half is compiled for each ABI, the Go half once: structs of ours are the
// same in all. Seen to fail: struct lws_context with an array that is longer in so.19.
func TestPrivateStructs(t *testing.T) {
	first, public := abi17.private(t).Layouts, abi17.public(t).Layouts
	for _, a := range abis[1:] {
		t.Run(a.name, func(t *testing.T) {
			seen := 0
			for name, l := range a.private(t).Layouts {
				if _, is := public[name]; is {
					continue
				}
				w, is := first[name]
				if !is {
					continue // a public struct of this ABI alone
				}
				seen++
				if !reflect.DeepEqual(l, w) {
					t.Errorf("%s: %d bytes, in so.17 %d", name, l.Size, w.Size)
				}
			}
			if seen < 5 {
				t.Errorf("%d structs: they are no longer found", seen)
			}
		})
	}
}
