/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-cgi.h, and of the processes of lws-misc.h. C because of reason 1;
 * which pipe a connection is, is a field read (reason 5).
 */
#include "entry.h"
#include "lws_private.h"

LWS_ENTRY(int, -1, lws_cgi,
	  (struct lws * wsi, const char *const *exec_array,
	   int script_uri_path_len, int timeout_secs,
	   const struct lws_protocol_vhost_options *mp_cgienv),
	  (wsi, exec_array, script_uri_path_len, timeout_secs, mp_cgienv))
LWS_ENTRY(int, -1, lws_cgi_write_split_stdout_headers, (struct lws * wsi), (wsi))
LWS_ENTRY(int, 0, lws_cgi_kill, (struct lws * wsi), (wsi))
LWS_ENTRY(struct lws *, NULL, lws_cgi_get_stdwsi,
	  (struct lws * wsi, enum lws_enum_stdinouterr ch), (wsi, ch))

LWS_ENTRY(struct lws_spawn_piped *, NULL, lws_spawn_piped,
	  (const struct lws_spawn_piped_info *lspi), (lspi))
LWS_ENTRY(int, 1, lws_spawn_piped_kill_child_process,
	  (struct lws_spawn_piped * lsp), (lsp))
LWS_ENTRY_VOID(lws_spawn_piped_destroy, (struct lws_spawn_piped * *lsp), (lsp))
LWS_ENTRY_VOID(lws_spawn_stdwsi_closed,
	       (struct lws_spawn_piped * lsp, struct lws *wsi), (lsp, wsi))

LWS_VISIBLE int
lws_spawn_get_stdfd(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return LWSGO_STD(wsi->role);
}
