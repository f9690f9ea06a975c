// SPDX-License-Identifier: MIT

package plugins

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// older is a plugin as those of v2.0 to v4.0 were: two functions, no header.
const older = `#include <libwebsockets.h>
static int answer(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 64];
	(void)user;
	if (reason != LWS_CALLBACK_RECEIVE || len > 64)
		return 0;
	for (size_t n = 0; n < len; n++)
		b[LWS_PRE + n] = ((char *)in)[len - 1 - n];
	return lws_write(wsi, b + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len;
}
static const struct lws_protocols protocols[] = { { .name = "backwards", .callback = answer } };
int init_protocol_older_one(struct lws_context *cx, struct lws_plugin_capability *c)
{
	if (c->api_magic != LWS_PLUGIN_API_MAGIC || !cx || WILL_NOT)
		return 1;
	c->protocols = protocols;
	c->count_protocols = LWS_ARRAY_SIZE(protocols);
	fprintf(stderr, "older one begins\n");
	return 0;
}
int destroy_protocol_older_one(struct lws_context *cx)
{
	fprintf(stderr, "older one ends %d\n", !!cx);
	return 0;
}
`

// A plugin of v2.0 to v4.0 is loaded by a context, and told when it goes. One
// that refuses is left out, and the files behind it are loaded.
//
// Seen to fail with a loader that gives the first function no magic number, and
// with one that leaves out the second function.
func TestOlderPlugins(t *testing.T) {
	if !harness.Ours(t) {
		t.Skip("the packaged build has no plugin_dirs")
	}
	dir := t.TempDir()
	c := filepath.Join(t.TempDir(), "older.c")
	if err := os.WriteFile(c, []byte("#include <stdio.h>\n"+older), 0o644); err != nil {
		t.Fatal(err)
	}
	flags := []string{"-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-DLWS_ABI=17", "-I../../include", c}
	made(t, filepath.Join(dir, "libprotocol_older_one.so"), append(flags, "-DWILL_NOT=0")...)
	made(t, filepath.Join(dir, "libprotocol_older_no.so"), append(flags, "-DWILL_NOT=1", "-Dinit_protocol_older_one=init_protocol_older_no")...)
	p := harness.Start(t, harness.Build(t, "prog/plugins.c", "-Wno-unused"), "serve", dir).Ready()
	w := dial(t, p.Port, "backwards")
	if err := w.WriteMessage(websocket.TextMessage, []byte("drawer")); err != nil {
		t.Fatal(err)
	}
	if m := next(t, w); m != "reward" {
		t.Errorf("drawer came as %q", m)
	}
	p.Signal(os.Interrupt)
	if err := p.Wait(within); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"older one begins\n", "init_protocol_older_no fails\n", "older one ends 1\n"} {
		if strings.Count(p.Log(), line) != 1 {
			t.Errorf("no %q in\n%s", line, p.Log())
		}
	}
}
