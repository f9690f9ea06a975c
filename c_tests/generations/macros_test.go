// SPDX-License-Identifier: MIT

package generations

import (
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// compiles tells whether a source compiles with our headers, and what gcc says.
func compiles(source string, folders ...string) (string, bool) {
	args := []string{"-DLWS_ABI=17", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-x", "c"}
	for _, f := range append(folders, ".") {
		args = append(args, "-I"+filepath.Join(harness.Top(), "include", f))
	}
	return harness.CC{}.Checks(source, args...)
}

// TestBuildMacros: what programs ask the headers for tells what the library does,
// also where Debian's build does less.
//
// LWS_WITH_LIBEVENT is not there though the plugin is: sources that ask for it include
// event2/event.h, which who has our headers need not have. A loop is an option at run time.
//
// Seen to fail: LWS_WITH_EXTERNAL_POLL was not there (mosquitto warns).
func TestBuildMacros(t *testing.T) {
	does := []string{"EXTERNAL_POLL", "POLL", "PEER_LIMITS", "CGI", "SPAWN", "ACCESS_LOG", "SERVER_STATUS", "SOCKS5", "LIBUV", "LIBEV", "GLIB", "PLUGINS", "TLS", "HTTP2",
		"IPV6", "UNIX_SOCK", "UDP", "CLIENT", "SERVER", "HTTP_BASIC_AUTH", "HTTP_PROXY", "HTTP_STREAM_COMPRESSION", "HTTP_BROTLI", "CUSTOM_HEADERS", "HTTP_UNCOMMON_HEADERS", "LEJP", "SYS_SMD"}
	doesNot := []string{"MBEDTLS", "SECURE_STREAMS", "STRUCT_SQLITE3", "STATS", "SMTP"}
	var source strings.Builder
	source.WriteString("#include <libwebsockets.h>\n")
	for _, m := range does {
		source.WriteString("#if !defined(LWS_WITH_" + m + ")\n#error " + m + " is missing\n#endif\n")
	}
	for _, m := range doesNot {
		source.WriteString("#if defined(LWS_WITH_" + m + ")\n#error " + m + " is promised\n#endif\n")
	}
	if out, ok := compiles(source.String()); !ok {
		t.Error(out)
	}
}

// TestModePollFD: LWS_CALLBACK_SET_MODE_POLL_FD is there for those who hear it,
// sources of v1.2 to v1.5; others do not compile, as with any release since, and
// the compiler names what took its place.
//
// Seen to fail: as long as the name was declared for all.
func TestModePollFD(t *testing.T) {
	const source = "#include <libwebsockets.h>\nint set = LWS_CALLBACK_SET_MODE_POLL_FD, clear = LWS_CALLBACK_CLEAR_MODE_POLL_FD;\n"
	for _, g := range []string{"1.3", "1.5"} {
		if out, ok := compiles(source, "compat/"+g); !ok {
			t.Errorf("compat/%s: %s", g, out)
		}
	}
	for _, g := range []string{"compat/1.6", "compat/2.0", "."} {
		if out, ok := compiles(source, g); ok || !strings.Contains(out, "LWS_CALLBACK_CHANGE_MODE_POLL_FD") {
			t.Errorf("%s: compiles: %v\n%s", g, ok, out)
		}
	}
}
