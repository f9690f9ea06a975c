// SPDX-License-Identifier: MIT

package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Which library a machine's programs ask for, by its os-release. Seen to fail with
// 17 for whoever has a VERSION_ID of 12.
func TestDefaultABI(t *testing.T) {
	for _, c := range []struct{ what, text, abi string }{
		{"Debian 12", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n", "17"},
		{"Debian 13", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=\"13\"\nVERSION_CODENAME=trixie\nDEBIAN_VERSION_FULL=13.1\nID=debian\n", "19"},
		{"Debian sid", "PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nVERSION_CODENAME=forky\nID=debian\n", "19"},
		{"Raspbian 12", "VERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=raspbian\nID_LIKE=debian\n", "17"},
		{"LMDE 6", "VERSION_ID=\"6\"\nID=linuxmint\nID_LIKE=debian\nVERSION_CODENAME=faye\nDEBIAN_CODENAME=bookworm\n", "17"},
		{"Ubuntu 24.04", "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n", "19"},
		{"another's 12", "ID=other\nVERSION_ID=12\n", "19"},
		{"nothing", "", "19"},
	} {
		file := filepath.Join(t.TempDir(), "os-release")
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("./default-abi", file).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.abi {
			t.Errorf("%s: %q, %v: should be %s", c.what, got, err, c.abi)
		}
	}
	if out, err := exec.Command("./default-abi", "/nonexistent").CombinedOutput(); err != nil || string(out) != "19\n" {
		t.Errorf("no os-release: %q, %v", out, err)
	}
}
