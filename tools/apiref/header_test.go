// SPDX-License-Identifier: MIT

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	abitest "libwebsockets/abi_test"
)

const root = "../.."

// The parser finds what C programs see: each function that is declared in the headers,
// with either interface. Seen to fail where functions with a body were left out.
func TestParsed(t *testing.T) {
	all, err := Headers(root)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*Entity{}
	for _, h := range all {
		for _, e := range h.Entities {
			if e.Name != "" && (found[e.Name] == nil || found[e.Name].Doc == "") {
				found[e.Name] = e
			}
		}
	}
	for _, abi := range []string{"17", "19"} {
		facts := declared(t, abi)
		if len(facts.Functions) < 500 {
			t.Fatalf("only %d functions", len(facts.Functions))
		}
		for name := range facts.Functions {
			if found[name] == nil {
				t.Errorf("so.%s: %s is not found", abi, name)
			}
		}
	}
}

// declared are the declarations of the headers, with one interface.
func declared(t *testing.T, abi string) *abitest.Facts {
	t.Helper()
	facts, err := parsed[abi]()
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

var parsed = map[string]func() (*abitest.Facts, error){"17": once("17"), "19": once("19")}

func once(abi string) func() (*abitest.Facts, error) {
	return sync.OnceValues(func() (*abitest.Facts, error) {
		return abitest.ParseUnit(abitest.Unit{Dir: filepath.Join(root, "include"), Source: unit(abi) + "#include <libwebsockets/lws-mqtt.h>\n"})
	})
}

// unit is a C program's text that includes the headers.
func unit(abi string) string {
	return "#define LWS_ABI " + abi + "\n#define LWS_NO_SIZED_CALLS\n#include <libwebsockets.h>\n"
}

// Each function of a library that has a declaration has a comment of its own: not only
// its group's. Seen to fail without the comment of lws_seq_get_context().
func TestCommented(t *testing.T) {
	headers, err := Headers(root)
	if err != nil {
		t.Fatal(err)
	}
	in, err := ReadLibraries(root)
	if err != nil || len(in) < 400 {
		t.Fatal(err, len(in))
	}
	commented, has := map[string]bool{}, map[string]bool{}
	for _, h := range headers {
		for _, e := range h.Entities {
			if e.Kind == Function {
				has[e.Name] = true
				commented[e.Name] = commented[e.Name] || e.Doc != "" && !e.Shared
			}
		}
	}
	seen := 0
	for _, abi := range []string{"17", "19"} {
		names, err := abitest.ReadExportMap(filepath.Join(root, "capi/abi", abi, "exports.map"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if _, built := in[name]; !built || !has[name] {
				continue // exported by the original too, without a declaration
			}
			seen++
			if !commented[name] {
				t.Errorf("so.%s: no comment says what %s does", abi, name)
			}
		}
	}
	if seen < 800 {
		t.Errorf("only %d functions were looked at", seen)
	}
}

// Each header that is installed is in one topic. Seen to fail without lws-ring.h there.
func TestTopics(t *testing.T) {
	headers, err := Headers(root)
	if err != nil {
		t.Fatal(err)
	}
	var in []string
	for _, topic := range topics {
		for _, h := range topic.headers {
			if slices.Contains(in, h[0]) {
				t.Errorf("%s is there twice", h[0])
			}
			in = append(in, h[0])
		}
	}
	for _, h := range headers {
		if !slices.Contains(in, h.Name) {
			t.Errorf("%s is in no topic", h.Name)
		}
	}
	if len(in) != len(headers) {
		t.Errorf("%d headers, %d in topics", len(headers), len(in))
	}
}

// What the parser makes of what headers have, in one piece. Seen to fail with braces
// counted inside of strings.
func TestParseHeader(t *testing.T) {
	h := ParseHeader("x.h", `/* SPDX-License-Identifier: MIT
 *
 * About it.
 */
struct opaque;
/** A. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
a(int x, const char *format, ...) LWS_FORMAT(2);
#else
int a(int x);
#endif
/** B; "{" is no brace. */
static LWS_INLINE const char *
b(void) { return "}{"; }
/** \name Group
 * Of two.
 */
///@{
#define C(x) \
	(x)
int d(void (*cb)(int n));
///@}
typedef struct e { int x; /**< a member */ } e_t;	/**< E. */
int f(int x,
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
      int y);
#else
      char y);
#endif
/** G. */
typedef void (*g_t)(void);
#define H 1	/**< H. */
`)
	var got []string
	for _, e := range h.Entities {
		got = append(got, e.Name+"|"+e.Decl+"|"+e.ABI+"|"+Parse(e.Doc).Brief())
	}
	want := []string{
		"a|int a(int x, const char *format, ...)|19|A", "a|int a(int x)|17|A", "b|const char *\nb(void)||B; \"{\" is no brace",
		"C|#define C(x)||Of two", "d|int d(void (*cb)(int n))||Of two", "e_t|typedef struct e {} e_t||E", "f|int f(int x,\n      int y)||", "g_t|typedef void (*g_t)(void)||G", "H|#define H||H",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if text := Parse(h.Doc).Text; len(text) != 1 || text[0].Text != "About it." {
		t.Errorf("about it: %v", text)
	}
}

func TestParseComment(t *testing.T) {
	c := Parse("/**\n * First. Second\n * goes on.\n *\n * - one\n *   more\n * - two\n *\n * @param a, b both\n *\t of them\n * \\param c: third\n *\n * Returns nothing,\n * or 1\n */")
	want := Comment{Text: []Block{{Paragraph, "First. Second goes on."}, {Entry, "one more"}, {Entry, "two"}}, Params: [][2]string{{"a, b", "both of them"}, {"c", "third"}}, Return: "nothing, or 1"}
	if !slices.Equal(c.Text, want.Text) || !slices.Equal(c.Params, want.Params) || c.Return != want.Return || c.Brief() != "First" {
		t.Errorf("%+v", c)
	}
	if c := Parse("/** Put it in. @return 0 */"); c.Return != "0" || c.Brief() != "Put it in" {
		t.Errorf("%+v", c)
	}
}
