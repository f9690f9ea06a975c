// SPDX-License-Identifier: MIT

package abitest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the gate must notice, on small headers: ours is the demo header with
// one deliberate change.
const demo = `
#include <stddef.h>
#include <stdint.h>
#define DEMO_LIMIT 16
#define DEMO_FLAG (1 << 3)
#define DEMO_EMPTY
#define demo_min(a, b) ((a) < (b) ? (a) : (b))
#define demo_log(...) demo_emit(1, __VA_ARGS__)
enum demo_kind { DEMO_A, DEMO_B = 5, DEMO_C };
typedef enum { DEMO_X } demo_mode_t;
typedef int demo_cb(struct demo *d, void *in, size_t len);
typedef struct { short x; short y; } demo_point_t;
struct demo {
	const char *name;
	demo_cb *cb;
	uint16_t port;
	int depth;
	unsigned int a:1;
	unsigned int b:3;
	union { int num; char text[8]; };
	struct { int deep; } inner;
	demo_point_t at;
};
extern const demo_point_t demo_origin[4];
extern struct demo *demo_open(const char *name, enum demo_kind k, demo_cb *cb);
void demo_emit(int level, const char *fmt, ...);
static inline int demo_port(const struct demo *d) { return d->port; }
`

func TestCompareNotices(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"parameter names do not count", "*name, enum", "*title, enum", ""},
		{"another spelling of a type", "uint16_t port", "unsigned short port", ""},
		{"another spelling of a value", "(1 << 3)", "8", ""},
		{"a parameter's const", "int level,", "const int level,", ""},
		{"prototype gone", "extern struct demo *demo_open", "struct demo *demo_opened", "function demo_open: missing"},
		{"return type", "extern struct demo *demo_open", "extern void *demo_open", "function demo_open: is void *("},
		{"parameter type", "int level,", "long level,", "function demo_emit: is void (long, const char *, ...)"},
		{"pointed-to const", "emit(int level, const char", "emit(int level, char", "function demo_emit: is void (int, char *"},
		{"variadic", "*fmt, ...", "*fmt", "function demo_emit: is"},
		{"no longer inline", "static inline int demo_port(const struct demo *d) { return d->port; }",
			"int demo_port(const struct demo *d);", "function demo_port: is"},
		{"function pointer's parameter", "size_t len", "int len", "typedef demo_cb: is"},
		{"array length", "demo_origin[4]", "demo_origin[5]", "variable demo_origin: is"},
		{"typedef'd struct", "short y;", "int y;", `demo_point_t: member 1 is "y" int`},
		{"member type", "uint16_t port", "int16_t port", `struct demo: member 2 is "port" short`},
		{"member name", "*cb;", "*on_event;", `struct demo: member 1 is "on_event"`},
		{"member order", "const char *name;\n\tdemo_cb *cb;", "demo_cb *cb;\n\tconst char *name;", "struct demo: member 0"},
		{"member inserted", "uint16_t port;", "uint16_t port, port2;", "struct demo: member 3"},
		{"member gone", "\tdemo_point_t at;\n", "", "struct demo: member at missing"},
		{"member added", "demo_point_t at;\n", "demo_point_t at; int more;\n", "member demo.more: only in ours"},
		{"bit-field width", "a:1", "a:2", "bits"},
		{"in an unnamed union", "text[8]", "text[16]", `"text"`},
		{"in an untagged struct", "int deep;", "long deep;", "struct demo: member 8"},
		{"untagged enum", "DEMO_X } demo", "DEMO_Y = -1 } demo", "typedef demo_mode_t: is enum of int"},
		{"untagged enum's constant", "DEMO_X } demo_mode_t;", "DEMO_X2 } demo_mode_t; enum { DEMO_X };", `DEMO_X: is of ""`},
		{"enum value", "DEMO_B = 5", "DEMO_B = 6", "enum constant DEMO_C: is 7, must be 6"},
		{"enum constant elsewhere", "DEMO_C };", "DEMO_C2 }; enum other { DEMO_C = 6 };", `enum constant DEMO_C: is of "enum other"`},
		{"enum constant gone", ", DEMO_C", "", "enum constant DEMO_C: missing"},
		{"enum constant added", "DEMO_C }", "DEMO_C, DEMO_D }", "enum constant DEMO_D: only in ours"},
		{"macro value", "DEMO_LIMIT 16", "DEMO_LIMIT 17", "macro DEMO_LIMIT: is `17`"},
		{"macro type", "DEMO_LIMIT 16", "DEMO_LIMIT 16ul", "macro DEMO_LIMIT"},
		{"macro gone", "#define DEMO_EMPTY\n", "", "macro DEMO_EMPTY: missing"},
		{"macro added", "#define DEMO_EMPTY\n", "#define DEMO_EMPTY\n#define DEMO_MORE\n", "macro DEMO_MORE: only in ours"},
		{"macro parameters", "demo_min(a, b)", "demo_min(b, a)", "macro demo_min"},
		{"macro body", "demo_emit(1,", "demo_emit(2,", "macro demo_log"},
		{"listed members at the end", "demo_point_t at;\n", "demo_point_t at; int spare;\n", ""},
		{"a listed member elsewhere", "uint16_t port;", "uint16_t port; int spare;", "struct demo: member 3"},
		{"a listed symbol", "void demo_emit", "void demo_sized(size_t n);\nvoid demo_emit", ""},
		{"a listed macro", "#define DEMO_EMPTY\n", "#define DEMO_EMPTY\n#define DEMO_SPARE\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(demo, c.from, c.to, 1)
			if changed == demo && c.from != "" {
				t.Fatal("the case changes nothing")
			}
			ext, err := parseExtensions("demo", demoExtensions(changed), "17")
			if err != nil {
				t.Fatal(err)
			}
			diffs := strings.Join(Compare(demoFacts(t, demo), demoFacts(t, changed), ext), "\n")
			if c.want == "" && diffs != "" || !strings.Contains(diffs, c.want) {
				t.Errorf("want %q, got:\n%s", c.want, diffs)
			}
		})
	}
}

// demoExtensions lists what the header has of three known extensions.
func demoExtensions(header string) string {
	list := "symbol demo_sized for the test\n"
	if strings.Contains(header, "spare;") {
		list += "member demo.spare for the test\n"
	}
	if strings.Contains(header, "DEMO_SPARE") {
		list += "macro DEMO_SPARE for the test\n"
	}
	return list
}

func demoFacts(t *testing.T, header string) *Facts {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "demo.h"), []byte("struct demo;\n"+header), 0o644); err != nil {
		t.Fatal(err)
	}
	return parse(t, dir, "#include <demo.h>\n")
}

func TestUnmetExtensions(t *testing.T) {
	ext, err := parseExtensions("demo",
		"abi 18\nmacro DEMO_OTHER for the test\nabi 16 17\nmacro DEMO_GONE for the test\nabi\nmacro DEMO_SPARE for the test\n", "17")
	if err != nil {
		t.Fatal(err)
	}
	Compare(demoFacts(t, demo), demoFacts(t, demo+"#define DEMO_SPARE\n"), ext)
	if got := ext.Unmet(); len(got) != 1 || got[0] != "macro DEMO_GONE" {
		t.Errorf("got %q", got)
	}
}

func TestExtensionListErrors(t *testing.T) {
	for _, text := range []string{"symbol name_only\n", "# fine\nthing demo why\n", "symbol\n"} {
		if _, err := parseExtensions("list", text, "17"); err == nil || !strings.HasPrefix(err.Error(), "list:") {
			t.Errorf("%q: error is %v", text, err)
		}
	}
}
