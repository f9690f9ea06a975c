// SPDX-License-Identifier: MIT

package poll

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	h "libwebsockets/c_tests/harness"
)

// TestRefused: a program that polls does not take a descriptor, or refuses the lock around
// that. Its connection ends, adopting and connecting fail, and a vhost is not made, as with
// 4.3.5, which ends badly behind some of these (row 297 of docs/quirks.md). Debian's 4.1.6
// tells programs of no descriptor.
func TestRefused(t *testing.T) {
	src := slices.Concat(h.Strict, []string{"prog/refuse.c"})
	ref := h.Ref19
	theirs := h.Program(t, slices.Concat(src, ref.Link(t))...)
	for _, what := range []string{"accepted", "adopted", "client", "listener"} {
		for _, who := range []string{"LOCK", "ADD", "UNLOCK"} {
			t.Run(what+"/"+who, func(t *testing.T) {
				p := ref.Start(t, nil, ref.Root(t), ref.Lib(t), theirs, what, who)
				if err := p.Wait(soon); err != nil {
					t.Fatal(err)
				}
				want := p.All()
				if len(want) < 3 || what == "listener" && !slices.Contains(want, "vhost 0") {
					t.Fatalf("the reference: %q", want)
				}
				for _, o := range []struct {
					ref h.Ref
					abi string
				}{{h.Ref19, "19"}, {h.Ref17, "17"}} {
					if what == "listener" && o.abi == "17" {
						continue // nobody knows yet that it polls
					}
					exe := h.Program(t, slices.Concat(src, []string{"-DLWS_ABI=" + o.abi, "-I" + filepath.Join(h.Top(), "include"),
						"-L" + h.Lib(t), "-l:" + o.ref.Soname()})...)
					q := h.StartEnv(t, []string{"LD_LIBRARY_PATH=" + o.ref.Ours(t)}, exe, what, who, "ends")
					if err := q.Wait(soon); err != nil {
						t.Fatalf("so.%s: %v\n%s", o.abi, err, q.Log())
					}
					got := slices.DeleteFunc(q.All(), func(l string) bool { return what == "client" && l == "DEL_POLL_FD" }) // row 297
					if what == "listener" {                                                                                  // whose wake-ups are told of differs
						vhost := func(l string) bool { return !strings.HasPrefix(l, "vhost") }
						want, got = slices.DeleteFunc(want, vhost), slices.DeleteFunc(got, vhost)
					}
					if w, g := strings.Join(want, "\n"), strings.Join(got, "\n"); !strings.HasPrefix(g, strings.TrimSuffix(w, "done")) {
						t.Errorf("so.%s:\n%s\nthe reference:\n%s", o.abi, g, w)
					}
				}
			})
		}
	}
}
