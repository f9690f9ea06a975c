// SPDX-License-Identifier: MIT

package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const docsHead = `# The original's own examples

Every program below minimal-examples in the source package of libwebsockets 4.1.6 is compiled unchanged, against Debian's
headers and library and against ours, where it must give the same object code. What builds is driven with both
libraries ("c_tests/examples"), in a network namespace of its own in which the hosts that the programs ask for are at home; answers, own
log lines, standard output and exit status must be equal. This list is made by that test
("UPDATE_DOCS=1 go test ./c_tests/examples" writes it).

`

// checkDocs compares docs/examples.md with what there is.
func checkDocs(t *testing.T, list []*program) {
	var b strings.Builder
	b.WriteString(docsHead)
	b.WriteString("## Driven\n\n| program | what the drive checks |\n|---|---|\n")
	driven := 0
	for _, p := range list {
		var does []string
		for _, e := range drives {
			if e.folder != p.folder {
				continue
			}
			d := e.does
			if e.label != "" {
				d = "`" + e.label + "`: " + d
			}
			for _, x := range e.differs {
				d += fmt.Sprintf(" (differs: [quirks.md](quirks.md) row %d)", x.row)
			}
			does = append(does, d)
		}
		if len(does) > 0 {
			driven++
			fmt.Fprintf(&b, "| %s | %s |\n", p.folder, strings.Join(does, "; "))
		}
	}
	fmt.Fprintf(&b, "\n%d programs.\n\n## Not driven\n\n| program | why |\n|---|---|\n", driven)
	rest := 0
	for _, p := range list {
		if why := p.reason(); why != "" {
			rest++
			fmt.Fprintf(&b, "| %s | %s |\n", p.folder, why)
		}
	}
	fmt.Fprintf(&b, "\n%d programs. The options named are off in Debian's build, so these link with neither library.\n", rest)
	file := filepath.Join(harness.Top(), "docs", "examples.md")
	if os.Getenv("UPDATE_DOCS") != "" {
		must(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	if old, err := os.ReadFile(file); err != nil || string(old) != b.String() {
		t.Errorf("docs/examples.md is not up to date: run UPDATE_DOCS=1 go test ./c_tests/examples")
	}
}
