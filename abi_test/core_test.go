// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const lwsgoHeader = root + "/capi/core/lwsgo.h"

var hiddenName = regexp.MustCompile(`(?m)^#define (\w+) lwsgo_differs_\w+$`)

// sizesOf compiles sizeof of each name, one a line, with what Go code includes, and
// tells which of them have none.
func sizesOf(t *testing.T, a abi, names []string, defines ...string) map[string]bool {
	t.Helper()
	var b strings.Builder
	b.WriteString("#include \"lwsgo.h\"\n")
	for i, n := range names {
		if !strings.HasSuffix(n, "_t") {
			n = "struct " + n
		}
		fmt.Fprintf(&b, "#line %d \"names\"\nunsigned long size_%d = sizeof(%s);\n", i+1, i, n)
	}
	args := append([]string{"-x", "c", "-std=gnu11", "-fmax-errors=0", "-D" + a.define, "-I", ourInclude, "-I", root + "/capi/core"}, defines...)
	out, _ := harness.CC{}.Checks(b.String(), args...)
	none := map[string]bool{}
	for i, n := range names {
		none[n] = regexp.MustCompile(fmt.Sprintf(`(?m)^names:%d:\d+: error: `, i+1)).MatchString(out)
	}
	if all := strings.Count(out, " error: "); all != 0 && !strings.Contains(out, "names:") {
		t.Fatalf("%s", out)
	}
	return none
}

// Go code sees nothing of the structs that may differ between the ABIs: those that
// lwsgo.h hides are incomplete there, and there only. Seen to fail without the
// #define of lws_udp, and with that of a struct that is not there.
func TestHiddenFromGo(t *testing.T) {
	text, err := os.ReadFile(lwsgoHeader)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range hiddenName.FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	unlike := differing(t)
	for _, n := range unlike {
		if !slices.Contains(names, n) && !slices.Contains(unreachable, n) {
			t.Errorf("lwsgo.h does not hide %s", n)
		}
	}
	for _, n := range unreachable {
		if !slices.Contains(unlike, n) {
			t.Errorf("%s is listed, but the same in all ABIs", n)
		}
	}
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			hidden, open := sizesOf(t, a, names, "-DLWSGO_CORE"), sizesOf(t, a, names)
			for _, n := range names {
				if !hidden[n] {
					t.Errorf("%s: Go code can use it", n)
				}
				if open[n] {
					t.Errorf("%s: there is none", n)
				}
			}
		})
	}
}

// unreachable are structs that differ and that no function takes or gives which is built
// into Debian's libraries or ours.
var unreachable = []string{
	"lws_genrsa_ctx", "lws_jose", "lws_jwe", "lws_jwk", "lws_jwk_parse_state", "lws_jws_recpient",
	"lws_ss_info", "lws_ss_metadata", "lws_ss_policy",
}

// differing are the structs that are not the same in all ABIs.
func differing(t *testing.T) []string {
	t.Helper()
	one := abis[0].public(t).Layouts
	var out []string
	for _, a := range abis[1:] {
		for name, l := range a.public(t).Layouts {
			if was, ok := one[name]; ok && (was.Size != l.Size || !slices.Equal(was.Members, l.Members)) {
				out = append(out, plainName(name))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var cName = regexp.MustCompile(`\bC\.([a-z_]\w*)`)

// Go code is compiled once: what it takes from C, other than numbers (TestNumbers) and
// what is hidden from it, is the same in all ABIs. Seen to fail with a call of
// lws_humanize.
func TestSameForGo(t *testing.T) {
	used := map[string]string{}
	for _, file := range glob(t, root+"/capi/core/*.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range cName.FindAllSubmatch(text, -1) {
			used[string(m[1])] = file
		}
	}
	unlike := differing(t)
	one, seen := abis[0].public(t), 0
	for name, file := range used {
		if slices.Contains(unlike, strings.TrimPrefix(name, "struct_")) {
			t.Errorf("%s: struct %s is not the same in all ABIs", file, name)
		}
		for _, a := range abis[1:] {
			other := a.public(t)
			for _, kind := range []struct{ was, is map[string]Decl }{{one.Functions, other.Functions}, {one.Typedefs, other.Typedefs}, {one.Variables, other.Variables}} {
				was, ok := kind.was[name]
				if is := kind.is[name]; ok && was.Type != is.Type {
					t.Errorf("%s: %s is %q, in ABI %s %q", file, name, was.Type, a.name, is.Type)
				} else if ok {
					seen++
				}
			}
		}
	}
	if seen < 10 || len(unlike) < 10 {
		t.Errorf("%d names of C's and %d structs: they are no longer found", seen, len(unlike))
	}
}

// A neutral struct of lwsgo.h and the program's. A member's name that begins as "19:"
// is listed for that ABI.
type neutral struct {
	c, ours string
	without map[string]string // members that Go has no use for: why
	own     []string          // members that the program's does not have
	inPlace bool              // the program's is looked at as ours
}

// listed is a list's part for an ABI.
func listed(list map[string]string, abi string) map[string]string {
	out := map[string]string{}
	for name, why := range list {
		if of, member, other := strings.Cut(name, ":"); !other {
			out[name] = why
		} else if of == abi {
			out[member] = why
		}
	}
	return out
}

var neutrals = []neutral{
	{c: "struct lws_context_creation_info", ours: "struct lwsgo_info", own: []string{
		"token_limit", "count_token_limits", "abi", "custom_loop", "given", "ours",
		"17:simultaneous_ssl_handshake_restriction", "17:smd_ttl_us", "17:smd_queue_depth", "17:fo_listen_queue",
		"19:udp_loss_sim_tx_pc", "19:udp_loss_sim_rx_pc",
	},
		without: map[string]string{
			"token_limits":          "its struct differs: token_limit",
			"max_http_header_pool":  "there is no pool",
			"max_http_header_pool2": "there is no pool",
			"_unused":               "nothing",
			"_ext_unused":           "nothing",
			"_ext_unused2":          "nothing",

			"19:event_lib_custom": "its struct differs from those of the ABIs that lack it: custom_loop",
		}},
	{c: "struct lws_client_connect_info", ours: "struct lwsgo_connect", own: []string{"17:priority", "17:log_cx"}, without: map[string]string{
		"client_exts":      "the original does not look at it either",
		"uri_replace_from": "proxying of HTML is not built into Debian's",
		"uri_replace_to":   "proxying of HTML is not built into Debian's",
		"seq":              "sequencers are not built into Debian's",
		"mqtt_cp":          "MQTT is not built into Debian's",
		"_unused":          "nothing",
		"19:fi_wsi_name":   "fault injection is not built into Debian's",
	}},
	{c: "struct lws_http_mount", ours: "struct lwsgo_mount", inPlace: true, without: map[string]string{
		"17:_unused": "nothing",
	}},
}

// Each member of the program's structs reaches the Go half, or is listed with the
// reason why not. Seen to fail without listen_accept_role in LWSGO_INFO, and with
// def and protocol of lwsgo_mount exchanged.
func TestNeutralStructs(t *testing.T) {
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			public, private := a.public(t).Layouts, a.private(t).Layouts
			for _, n := range neutrals {
				compareNeutral(t, a, n, public[n.c].Members, private[n.ours].Members)
			}
		})
	}
}

func compareNeutral(t *testing.T, a abi, n neutral, theirs, ours []Member) {
	t.Helper()
	if len(theirs) == 0 || len(ours) == 0 {
		t.Fatalf("%s: %d members, %s: %d", n.c, len(theirs), n.ours, len(ours))
	}
	without, own := listed(n.without, a.name), map[string]string{}
	for _, name := range n.own {
		own[name] = "its own"
	}
	own = listed(own, a.name)
	find := func(list []Member, name string) *Member {
		if i := slices.IndexFunc(list, func(m Member) bool { return m.Name == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	for _, m := range theirs {
		o, why := find(ours, m.Name), without[m.Name]
		switch {
		case o == nil && why == "":
			t.Errorf("%s has no %s", n.ours, m.Name)
		case o != nil && why != "":
			t.Errorf("%s does have %s, which is listed: %s", n.ours, m.Name, why)
		case o != nil && o.BitSize != m.BitSize:
			t.Errorf("%s.%s has %d bits, the program's %d", n.ours, m.Name, o.BitSize, m.BitSize)
		case o != nil && n.inPlace && o.BitOffset != m.BitOffset:
			t.Errorf("%s.%s is at bit %d, the program's at %d", n.ours, m.Name, o.BitOffset, m.BitOffset)
		}
	}
	for _, m := range ours {
		if find(theirs, m.Name) == nil && own[m.Name] == "" {
			t.Errorf("%s has %s, the program's does not", n.ours, m.Name)
		}
	}
	for name := range without {
		if find(theirs, name) == nil {
			t.Errorf("%s has no %s, which is listed", n.c, name)
		}
	}
}
