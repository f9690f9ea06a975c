// SPDX-License-Identifier: MIT

package examples

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const docsHead = `# The original's own examples

Every program below minimal-examples in the source packages of libwebsockets 4.1.6 (so.17) and 4.3.5 (so.19) is compiled
unchanged, against Debian's headers and library and against ours. What builds is driven with both
libraries ("c_tests/examples"), in a network namespace of its own in which the hosts that the programs ask for are at home; answers, own
log lines, standard output and exit status must be equal. This list is made by that test
("UPDATE_DOCS=1 go test ./c_tests/examples" writes it).

`

// docsTail is what the CMake files of 4.3.5 have as tests (add_test), and where they are.
const docsTail = `
## Upstream's own tests

The CMake files of 4.3.5 give some of the examples to ctest. Those that can be built with Debian's library are driven here, on so.19:

| ctest | here |
|---|---|
| api-test-lwsac, -lejp, -lecp, -lws_cache, -lws_dsh, -lws_map, -lws_smd, -lws_struct, -lws_tokenize | the drives of api-tests |
| http-client-multi, with -h1, -pipe, -stag, -restrict and -post in every mixture | the drives "ctest" and "ctest --h1" of minimal-http-client-multi, with the original's test-server on the same library |
| http-client-post, -m, -h1, -m-h1 | the drive "ctest" of minimal-http-client-post |
| http-client-warmcat-h1, http-client-hugeurl-warmcat, ws-client-rx-warmcat, ws-client-spam | the drives of these programs; warmcat.com is at home in their network |
| hs_evlib_foreign_uv, _ev, _glib | the drives of minimal-http-server-eventlib-foreign |
| hs_evlib_foreign_event, _sd, _uloop | not driven: Debian has no plugin for these loops |
| names with -fi- | need LWS_WITH_SYS_FAULT_INJECTION |
| the rest: api-test-async-dns, -cose, -gencrypto, -jose, -secure-streams, crypto-cose, mqtt, ss and sspc | need what Debian's build has not (above) |
`

// checkDocs compares docs/examples.md with what there is for each of refs.
func checkDocs(t *testing.T, lists [][]*program) {
	var b strings.Builder
	b.WriteString(docsHead)
	b.WriteString("## Driven\n\n| program | so. | what the drive checks |\n|---|---|---|\n")
	where := map[string][]string{} // by folder, the ABIs that have it
	for i, ref := range refs {
		for _, p := range lists[i] {
			where[p.folder] = append(where[p.folder], fmt.Sprint(ref.ABI))
		}
	}
	driven := 0
	for _, folder := range slices.Sorted(maps.Keys(where)) {
		var does, abis []string
		for _, ref := range refs {
			if slices.ContainsFunc(drives, func(e drive) bool { return e.folder == folder && e.of(ref) }) {
				abis = append(abis, fmt.Sprint(ref.ABI))
			}
		}
		for _, e := range drives {
			if e.folder == folder {
				does = append(does, e.doc(len(abis) > 1))
			}
		}
		if len(does) > 0 {
			driven++
			fmt.Fprintf(&b, "| %s | %s | %s |\n", folder, strings.Join(abis, ", "), strings.Join(does, "; "))
		}
	}
	fmt.Fprintf(&b, "\n%d programs.\n\n## Not driven\n\n| program | so. | why |\n|---|---|---|\n", driven)
	reasons, rest := map[string]map[string][]string{}, 0
	for i, ref := range refs {
		for _, p := range lists[i] {
			if why := p.reason(); why != "" {
				if reasons[p.folder] == nil {
					reasons[p.folder] = map[string][]string{}
					rest++
				}
				reasons[p.folder][why] = append(reasons[p.folder][why], fmt.Sprint(ref.ABI))
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(reasons)) {
		for _, why := range slices.Sorted(maps.Keys(reasons[folder])) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", folder, strings.Join(reasons[folder][why], ", "), why)
		}
	}
	fmt.Fprintf(&b, "\n%d programs. The options named are off in Debian's build, so these link with neither library.\n", rest)
	b.WriteString(docsTail)
	file := filepath.Join(harness.Top(), "docs", "examples.md")
	if os.Getenv("UPDATE_DOCS") != "" {
		must(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	if old, err := os.ReadFile(file); err != nil || string(old) != b.String() {
		t.Errorf("docs/examples.md is not up to date: run UPDATE_DOCS=1 go test ./c_tests/examples")
	}
}

// doc is what the list says of a drive; with both, of which ABI it is if it is one's.
func (e drive) doc(both bool) string {
	d := e.does
	if e.label != "" {
		d = "`" + e.label + "`: " + d
	}
	if both && e.abi != 0 {
		d += fmt.Sprintf(" (so.%d)", e.abi)
	}
	for _, x := range e.differs {
		d += fmt.Sprintf(" (differs: [quirks.md](quirks.md) row %d)", x.row)
	}
	for _, abi := range slices.Sorted(maps.Keys(e.single)) {
		d += fmt.Sprintf(" (so.%d alone: %s)", abi, e.single[abi])
	}
	return d
}
