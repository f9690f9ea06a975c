// SPDX-License-Identifier: MIT

package guide

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

func init() { drives["script"] = script }

// script: a shell script answers.
func script(r *run) {
	name := filepath.Join(r.TempDir(), "program")
	must(r, os.WriteFile(name, []byte(`#!/bin/sh
[ "$PATH_INFO" = /fails ] && exit 1
printf 'Content-Type: text/plain\r\n\r\n'
printf '%s %s %s ' "$REQUEST_METHOD" "$PATH_INFO" "$COLOUR"
cat
`), 0o755))
	p := r.serve(name)
	r.gets(browser(), "/run/a", 200, "GET /a red ")
	r.gets(browser(), "/run/fails", 500, "*")
	big := strings.Repeat("0123456789", 50_000)
	resp, err := browser().Post(r.url("/run/b"), "text/plain", strings.NewReader(big))
	must(r, err)
	b, err := io.ReadAll(resp.Body)
	must(r, err)
	resp.Body.Close()
	if string(b) != "POST /b red "+big {
		r.Errorf("a POST of %d bytes is answered with %d bytes", len(big), len(b))
	}
	p.Stop()
}
