// SPDX-License-Identifier: MIT

package faults

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestBothLibraries: libwebsockets.so.17 and .so.19 in one process. Who comes to a
// library that it is not linked to gets no context, nor who comes to the second; a line
// says why, and the other's goes on. One Go runtime runs.
//
// Seen to fail with lwsgo_meant saying yes to all (the plugin's context is made from the
// program's struct) and with lwsgo_claim doing so (two runtimes).
func TestBothLibraries(t *testing.T) {
	lib := h.LibCopy(t)
	h.CopyFile(t, filepath.Join(h.Lib(t), h.Ref19.Soname()), filepath.Join(lib, h.Ref19.Soname()))
	made := func(abi int, more ...string) string {
		args := slices.Concat(h.Strict, []string{prog("both.c"), fmt.Sprintf("-DLWS_ABI=%d", abi), "-I" + filepath.Join(h.Top(), "include")}, more)
		if len(more) > 0 { // it uses the library
			args = append(args, fmt.Sprintf("%s/libwebsockets.so.%d", lib, abi))
		}
		return h.Program(t, append(args, "-ldl")...)
	}
	program, plugin := map[int]string{}, map[int]string{}
	for _, abi := range []int{17, 19} {
		program[abi] = made(abi, "-DSELF")
		plugin[abi] = made(abi, "-DPLUGIN", "-shared", "-fPIC")
	}
	neither := made(17)
	for _, abi := range []int{17, 19} {
		other := 36 - abi
		theirs := plugin[other]
		wrongWay := []string{
			fmt.Sprintf("lws_create_context: refused: %s is linked to libwebsockets.so.%d, but its call came to libwebsockets.so.%d\n", theirs, other, abi),
			fmt.Sprintf("%s/libwebsockets.so.%d is here for %s: ", lib, abi, program[abi]),
		}
		second := func(abi int, user string, runs int, its string) []string {
			return []string{
				fmt.Sprintf("libwebsockets: %s/libwebsockets.so.%d, here for %s, does not start\n", lib, abi, user),
				fmt.Sprintf("%s/libwebsockets.so.%d runs already, for %s: ", lib, runs, its),
			}
		}
		for _, c := range []struct {
			name, exe, steps, out string
			lines                 []string // what the log has
		}{
			{"program, plugin", program[abi], "self " + theirs, "made+runtime none", wrongWay},
			{"plugin, program", program[abi], theirs + " self", "none made+runtime", wrongWay},
			{"its own plugin", program[abi], "self " + plugin[abi], "made+runtime made", nil},
			{"its own plugin behind another", program[abi], theirs + " " + plugin[abi], "none made+runtime", wrongWay},
			{"program, deep plugin", program[abi], "self deep:" + theirs, "made+runtime none", second(other, theirs, abi, program[abi])},
			{"deep plugin, program", program[abi], "deep:" + theirs + " self", "made+runtime none", second(abi, program[abi], other, theirs)},
			{"two plugins", neither, plugin[abi] + " " + theirs, "made+runtime none", second(other, theirs, abi, plugin[abi])},
		} {
			t.Run(fmt.Sprintf("so.%d, %s", abi, c.name), func(t *testing.T) {
				t.Parallel()
				p := h.StartEnv(t, []string{"LD_LIBRARY_PATH=" + lib}, c.exe, strings.Fields(c.steps)...)
				if err := p.Wait(20 * time.Second); err != nil {
					t.Errorf("%v\n%s", err, p.Log())
				}
				if got := strings.Join(p.All(), " "); got != c.out+" DONE" {
					t.Errorf("printed %q", got)
				}
				for _, l := range c.lines {
					if !strings.Contains(p.Log(), l) {
						t.Errorf("the log has no %q:\n%s", l, p.Log())
					}
				}
				if c.lines == nil && strings.Contains(p.Log(), "refused") {
					t.Error(p.Log())
				}
			})
		}
	}
}
