// SPDX-License-Identifier: MIT

package abitest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The header's own conditionals that a program can influence, and headers
// that libwebsockets.h leaves to the program. Not here: lws-freertos.h, which
// needs an embedded platform's SDK.
var shapes = []struct{ name, source string }{
	{"plain", "#include <libwebsockets.h>\n"},
	{"debug", "#define _DEBUG\n#include <libwebsockets.h>\n"},
	{"release", "#define NDEBUG\n#include <libwebsockets.h>\n"},
	{"no logs", "#define LWS_WITH_NO_LOGS\n#include <libwebsockets.h>\n"},
	{"lejp sizes", "#define LEJP_MAX_PARSING_STACK_DEPTH 5\n#define LEJP_MAX_DEPTH 6\n" +
		"#define LEJP_MAX_INDEX_DEPTH 3\n#define LEJP_MAX_PATH 64\n#define LEJP_STRING_CHUNK 100\n" +
		"#include <libwebsockets.h>\n"},
	{"secure streams by proxy", "#define LWS_SS_USE_SSPC\n#include <libwebsockets.h>\n"},
	{"no sized calls", "#define LWS_NO_SIZED_CALLS\n#include <libwebsockets.h>\n"},
	{"mqtt", "#include <libwebsockets.h>\n#include <libwebsockets/lws-mqtt.h>\n"},
	{"dbus", "#include <libwebsockets.h>\n#include <libwebsockets/lws-dbus.h>\n"},
	{"optee", "#include <stdint.h>\ntypedef uint16_t sa_family_t;\ntypedef uint16_t in_port_t;\n" +
		"struct in_addr { uint32_t s_addr; };\n#include <libwebsockets/lws-optee.h>\n"},
}

func TestHeadersAgreeWithDebian(t *testing.T) {
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needReference(t)
			compareHeaders(t, a)
		})
	}
}

func compareHeaders(t *testing.T, a abi) {
	ext := a.extensions(t)
	told := map[string]bool{} // most differences are the same in every shape
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			want, ours := a.theirs(t, s.source), a.ours(t, s.source)
			if n := len(want.Layouts); n < 4 {
				t.Fatalf("only %d structs in Debian's headers: the parser lost them", n)
			}
			t.Logf("%d functions, %d layouts, %d typedefs, %d enum constants, %d macros", len(want.Functions),
				len(want.Layouts), len(want.Typedefs), len(want.Enums), len(want.Macros))
			diffs := Compare(want, ours, ext)
			if len(diffs) > 0 {
				t.Errorf("%d differences; those not told before:", len(diffs))
			}
			for _, d := range diffs {
				if !told[d] {
					t.Error(d)
				}
				told[d] = true
			}
		})
	}
	for _, older := range []string{ // what only older sources see
		"#include <compat/1.3/libwebsockets.h>\n", "#include <compat/1.5/libwebsockets.h>\n", "#include <compat/1.6/libwebsockets.h>\n",
		"#include <compat/2.0/libwebsockets.h>\n", "#include <compat/2.2/libwebsockets.h>\n", "#include <compat/4.3/libwebsockets.h>\n",
		"#define UV_ERRNO_MAP\ntypedef struct uv_loop_s uv_loop_t;\ntypedef struct uv_signal_s uv_signal_t;\ntypedef struct uv_handle_s uv_handle_t;\ntypedef struct uv_lib_s uv_lib_t;\n" +
			"typedef void (*uv_signal_cb)(uv_signal_t *, int);\n#include <libwebsockets.h>\n",
	} {
		for name := range a.ours(t, older).Functions {
			ext.Has("symbol", name)
		}
	}
	for _, f := range headerFiles(t, ourInclude) {
		ext.Has("header", f)
	}
	for _, x := range ext.Unmet() {
		t.Errorf("extension %s is listed, but our headers do not have it", x)
	}
}

// A program that does not say which gets the interface of include/lws_abi.h, and none
// is made up for one that asks for another. Seen to fail with the #error away, and with
// LWS_ABI_DEFAULT looked at before LWS_ABI.
func TestABIOfHeaders(t *testing.T) {
	version := func(source string) string {
		return parse(t, ourInclude, source+"#include <libwebsockets.h>\n").Macros["LWS_LIBRARY_VERSION"].Value
	}
	of := map[string]string{}
	for _, a := range abis {
		of[a.name] = version(a.unit(""))
		if first, _, _ := strings.Cut(of[a.name], "-"); first != a.version {
			t.Errorf("ABI %s is of version %s", a.name, of[a.name])
		}
	}
	text, err := os.ReadFile(ourInclude + "/lws_abi.h")
	if err != nil {
		t.Fatal(err)
	}
	_, wanted, _ := strings.Cut(strings.TrimSpace(string(text)), "#define LWS_ABI_DEFAULT ")
	if got := version(""); got != of[wanted] {
		t.Errorf("without LWS_ABI it is version %s, but the default is %s", got, wanted)
	}
	if msg := compile(t, dialects[0], ourInclude, "#include <libwebsockets.h>\n", "-DLWS_ABI=18"); !strings.Contains(msg, "#error") {
		t.Errorf("LWS_ABI 18: %q", msg)
	}
}

// A header that is missing in ours could be found in the system's include
// directory by accident, so the files themselves are compared too.
func TestSameHeaderFiles(t *testing.T) {
	ours := headerFiles(t, ourInclude)
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needReference(t)
			want, ext := headerFiles(t, a.debianHeader()), a.extensions(t)
			for _, f := range want {
				if !slices.Contains(ours, f) {
					t.Errorf("include/%s is missing", f)
				}
			}
			for _, f := range ours {
				if !slices.Contains(want, f) && !strings.HasPrefix(f, "compat/") && !ext.Has("header", f) {
					t.Errorf("include/%s is not a header of Debian's", f)
				}
			}
		})
	}
}

func headerFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".h") {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
