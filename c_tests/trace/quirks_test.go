// SPDX-License-Identifier: MIT

package trace

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"libwebsockets/c_tests/harness"
)

// The table of docs/quirks.md says of each number that the differences have whose
// library it is about. Seen to fail with rows 31, 33, 35 and 40 for 17 alone.
func TestQuirksTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(harness.Top(), "docs", "quirks.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| (17|19|both) \| \S`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1])
		if rows[n] != "" {
			t.Errorf("two rows have the number %d", n)
		}
		rows[n] = m[2]
	}
	if all := regexp.MustCompile(`(?m)^\| \d+ `).FindAllString(string(text), -1); len(all) != len(rows) {
		t.Errorf("%d of %d rows have an ABI", len(rows), len(all))
	}
	used := map[int]map[string]string{} // quirk, ABI: a scenario
	use := func(n int, abi, scenario string) {
		if used[n] == nil {
			used[n] = map[string]string{}
		}
		used[n][abi] = scenario
	}
	for abi, a := range map[string]*abi{"17": abi17, "19": abi19} {
		for _, name := range append(abi17.listed(), a.listed()...) {
			for _, tls := range []bool{false, true} {
				for _, d := range a.allowed(name, tls) {
					use(d.Quirk, abi, name)
				}
			}
			if n, as := a.as17[name]; as {
				use(n, abi, name)
			}
		}
	}
	for n, by := range used {
		for abi, scenario := range by {
			if is := rows[n]; is != abi && is != "both" {
				t.Errorf("row %d is about ABI %q, but %s of so.%s differs for it", n, is, scenario, abi)
			}
		}
	}
}
