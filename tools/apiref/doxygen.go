// SPDX-License-Identifier: MIT

package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed Doxyfile
var doxyfile string

var configured = regexp.MustCompile(`(?m)^#define (LWS_(?:WITH|ROLE|HAVE|MAX)\w+)(?: (\w+))?$`)

// HTML makes the pages, in out/html. A warning of doxygen's is an error.
func HTML(root, out string) error {
	if _, err := exec.LookPath("doxygen"); err != nil {
		return fmt.Errorf("there is no doxygen: tools/deps -d installs it")
	}
	filter, err := os.Executable()
	if err != nil {
		return err
	}
	return doxygen(root, out, filter)
}

// doxygen does what Doxyfile says; it reads what filter makes of each file.
func doxygen(root, out, filter string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(root, "include/19/lws_config.h"))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(out, "html")); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	topics := filepath.Join(out, "topics.dox")
	if err := os.WriteFile(topics, []byte(groups()+examples(root)), 0o666); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(doxyfile)
	fmt.Fprintf(&b, "OUTPUT_DIRECTORY = %q\nINPUT += %q\nINPUT_FILTER = \"%s filter\"\n", out, topics, filter)
	for _, m := range configured.FindAllStringSubmatch(string(config), -1) { // so.19's interface is shown
		b.WriteString("PREDEFINED += " + m[1] + "=" + m[2] + "\n")
	}
	cmd := exec.Command("doxygen", "-")
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = root, strings.NewReader(b.String()), os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return settle(filepath.Join(out, "html"))
}

var (
	toMember = regexp.MustCompile(`href="((?:struct|union)\w+\.html)#(\w+)"`)
	anchored = regexp.MustCompile(`\bid="(\w+)"`)
)

// settle has links to members of a union inside of a struct lead to the struct: doxygen
// gives them places that there are not.
func settle(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		return err
	}
	pages, places := map[string]string{}, map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		pages[f] = string(text)
		for _, m := range anchored.FindAllStringSubmatch(pages[f], -1) {
			places[filepath.Base(f)+"#"+m[1]] = true
		}
	}
	for f, text := range pages {
		settled := toMember.ReplaceAllStringFunc(text, func(link string) string {
			m := toMember.FindStringSubmatch(link)
			if places[m[1]+"#"+m[2]] {
				return link
			}
			return `href="` + m[1] + `"`
		})
		if settled != text {
			if err := os.WriteFile(f, []byte(settled), 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}
