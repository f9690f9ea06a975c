// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// repeater knows how a person repeats one test.
type repeater struct {
	module string
	prefix string // what stands before go: of the environment
}

// part is a package's name as make's PART knows it.
func (r repeater) part(pkg string) string {
	p := strings.TrimPrefix(pkg, r.module+"/")
	return strings.TrimPrefix(p, "c_tests/")
}

// folder is a package's, from the top of the checkout.
func (r repeater) folder(pkg string) string {
	if rest, ok := strings.CutPrefix(pkg, r.module+"/"); ok {
		return "./" + rest
	}
	return pkg
}

// pattern is what go test -run wants for exactly this test.
func (k key) pattern() string {
	parts := strings.Split(k.test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// command is what a shell repeats the test with, or the package if it names none.
// What passed is not taken from Go's cache: that does not see the library change.
func (r repeater) command(k key) string {
	if k.pkg == lint {
		return "make lint"
	}
	c := r.prefix + "go test -count=1 "
	if k.test != "" {
		c += "-run " + quote(k.pattern()) + " "
	}
	return c + quote(r.folder(k.pkg))
}

var harmless = regexp.MustCompile(`^[\w./:=@%+,-]+$`)

// quote makes one word of a shell's.
func quote(w string) string {
	if harmless.MatchString(w) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// environment is what has to stand before go so that it is the same one in a shell that
// does not have what make has added: the folder of the go command, and make's variables.
func environment(goCommand string, environ []string) (prefix string) {
	path := ""
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		switch {
		case name == "PATH":
			path = value
		case strings.HasPrefix(name, "LWS_"), name == "SEEDS", name == "GOFLAGS":
			prefix += name + "=" + quote(value) + " "
		}
	}
	dir := filepath.Dir(goCommand)
	for _, d := range filepath.SplitList(strings.TrimPrefix(path, dir+"/:")) {
		if d == dir || d+"/" == dir {
			return prefix
		}
		if _, err := exec.LookPath(filepath.Join(d, "go")); err == nil {
			break // another one
		}
	}
	if here, err := os.Getwd(); err == nil {
		if rest, ok := strings.CutPrefix(dir, here+"/"); ok {
			return prefix + `PATH="$PWD/` + rest + `:$PATH" `
		}
	}
	return prefix + "PATH=" + quote(dir) + `:"$PATH" `
}
