// SPDX-License-Identifier: MIT

package generations

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// generations have their names from here, from the headers of their time, and
// v4.3 from the list of our extensions as well. NAME{A,B} is NAMEA and NAMEB.
var generations = []struct {
	name     string
	programs []string
	headers  []string
	names    string
}{
	{"v1.2 to v1.4", []string{"g12", "g13"}, []string{"1.3/libwebsockets.h"}, `
		libwebsocket_context libwebsocket libwebsocket_protocols libwebsocket_pollargs libwebsocket_extension
		libwebsocket_callback_reasons libwebsocket_write_protocol
		libwebsocket_{callback_on_writable,callback_on_writable_all_protocol,cancel_service,client_connect}
		libwebsocket_{client_connect_extended,context_destroy,create_context,get_internal_extensions,get_socket_fd}
		libwebsocket_{is_final_fragment,rx_flow_allow_all_protocol,rx_flow_control,service,service_fd,set_timeout}
		libwebsocket_{write,ensure_user_space,get_reserved_bits}
		libwebsockets_{get_peer_addresses,get_protocol,get_random,return_http_status,serve_http_file}
		libwebsockets_{serve_http_file_fragment,remaining_packet_payload,hangup_on_client,SHA1}
		LWS_SEND_BUFFER_{PRE,POST}_PADDING LWS_CALLBACK_{SET,CLEAR}_MODE_POLL_FD`},
	{"v1.5", []string{"g15"}, []string{"1.5/libwebsockets.h", "lws-plain-files.h"}, `
		lws_callback_on_writable lws_add_http_header_{by_name,by_token,content_length,status}
		lws_finalize_http_header`},
	{"v1.6", []string{"g16"}, []string{"1.6/libwebsockets.h", "lws-plain-files.h"}, `
		lws_client_connect lws_client_connect_extended lws_get_internal_extensions
		lws_plat_file_{open,close,read,seek_cur} ARRAY_SIZE`},
	{"v2.0", []string{"g20"}, []string{"2.0/libwebsockets.h"}, ``},
	{"v2.2, v2.4", []string{"g22", "g24"}, nil, `
		ws_ping_pong_interval ARRAY_SIZE ip_limit_ah ip_limit_wsi plugin_dirs
		LWS_ADOPT_WS_PARENTIO LWS_CALLBACK_CHILD_WRITE_VIA_PARENT
		LWS_META_CMD_{OPEN_SUBCHANNEL,OPEN_RESULT,CLOSE_NOTIFY,CLOSE_RQ,WRITE} LWS_META_TRANSPORT_OFFSET
		lws_uv_{initloop,getloop,sigint_cfg} lws_libuv_{run,stop} lws_ev_{initloop,sigint_cfg}`},
	{"v3.0 to v4.0", []string{"g30"}, nil, `ws_ping_pong_interval ip_limit_ah ip_limit_wsi ARRAY_SIZE`},
	{"v4.3", []string{"g43", "n43"}, nil, `
		LWS_PROTOCOL_LIST_TERM lws_ptr_diff_size_t lws_get_urlarg_by_name_safe lws_wsi_tag lws_vh_tag lws_log_cx
		lwsl_{cx,vhost,wsi}_{err,warn,notice,info,debug,parser,header,ext,client,latency,thread,user}
		lwsl_hexdump_{cx,vhost,wsi}_{err,warn,notice,info,debug}
		lecp_{construct,destruct,parse,change_callback,error_to_string,parse_report_raw,parse_map_is_key}
		lecp_parse_subtree
		lws_map_{create,destroy,item_create,item_destroy,item_lookup,item_key,item_value,item_key_len,item_value_len}
		lws_cache_{create,destroy,expunge,write_through,item_get,item_remove,lookup,results_walk,footprint}
		lws_cache_{debug_dump,ops_heap} lws_http_date_{render_from_unix,parse_unix}
		LWS_CALLBACK_CONNECTING lws_dll2_is_detached`},
}

var (
	comment   = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`)
	token     = regexp.MustCompile(`[A-Za-z_]\w*`)
	include   = regexp.MustCompile(`(?m)^#include "(.+)"`)
	defined   = regexp.MustCompile(`(?m)^#define (\w+)`)
	function  = regexp.MustCompile(`(?m)^(lws_plat_\w+|libwebsockets?_\w+)\(`)
	extension = regexp.MustCompile(`(?m)^(?:symbol|macro|member)\s+(?:\w+\.)?(\w+)\s+v4\.3$`)
	braces    = regexp.MustCompile(`^(.*)\{(.*?)\}(.*)$`)
)

func expand(word string) []string {
	m := braces.FindStringSubmatch(word)
	if m == nil {
		return []string{word}
	}
	var all []string
	for _, s := range strings.Split(m[2], ",") {
		all = append(all, expand(m[1]+s+m[3])...)
	}
	return all
}

func source(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// uses adds what a program's code names, outside comments and strings.
func uses(t *testing.T, file string, into map[string]bool) {
	t.Helper()
	text := source(t, filepath.Join("prog", file))
	for _, m := range include.FindAllStringSubmatch(text, -1) {
		if m[1] != "gen.h" { // names nothing of the library
			uses(t, m[1], into)
		}
	}
	for _, name := range token.FindAllString(comment.ReplaceAllString(text, " "), -1) {
		into[name] = true
	}
}

// Every name of a generation is in a program that is driven. Seen to fail with
// each of these taken out: a line of the log families, libwebsocket_set_proxy.
func TestEveryName(t *testing.T) {
	for _, g := range generations {
		used := map[string]bool{}
		for _, p := range g.programs {
			uses(t, p+".c", used)
		}
		var names []string
		for _, w := range strings.Fields(g.names) {
			names = append(names, expand(w)...)
		}
		for _, h := range g.headers {
			text := source(t, "../../include/compat/"+h)
			own := append(defined.FindAllStringSubmatch(text, -1), function.FindAllStringSubmatch(text, -1)...)
			if len(own) == 0 {
				t.Errorf("%s: no names in %s", g.name, h)
			}
			for _, m := range own {
				names = append(names, m[1])
			}
		}
		if g.name == "v4.3" {
			own := extension.FindAllStringSubmatch(source(t, "../../abi_test/extensions.txt"), -1)
			if len(own) < 100 {
				t.Errorf("extensions.txt has %d names of v4.3", len(own))
			}
			for _, m := range own {
				names = append(names, m[1])
			}
		}
		slices.Sort(names)
		var missing []string
		for _, n := range slices.Compact(names) {
			internal := strings.HasPrefix(n, "LWS_CC_") || strings.HasPrefix(n, "LWSGO_") || strings.HasPrefix(n, "LWS_INFO_") ||
				strings.HasPrefix(n, "LWS_SOURCES_OF_") || strings.HasSuffix(n, "_H")
			if !internal && !used[n] {
				missing = append(missing, n)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s: not used by %s: %s", g.name, strings.Join(g.programs, ", "), strings.Join(missing, " "))
		}
	}
}
