// SPDX-License-Identifier: MIT

// Command apiref makes the reference of the public headers from their comments.
//
//	apiref html DIR    pages with doxygen, in DIR/html (make docs)
//	apiref filter FILE a header, or a page of docs, as doxygen is to read it
//	apiref man DIR     manual pages (make man)
//	apiref count       which calls programs use most: calls.txt
//
// It is run from the checkout's root.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "apiref:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	in, err := ReadLibraries(".")
	if err != nil {
		return err
	}
	switch {
	case len(args) == 2 && args[0] == "html":
		return HTML(".", args[1])
	case len(args) == 2 && args[0] == "man":
		return Manual(".", args[1])
	case len(args) == 1 && args[0] == "count":
		text, err := Count(".")
		fmt.Print(text)
		return err
	case len(args) == 2 && args[0] == "filter":
		text, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		file, err := relative(args[1])
		switch filepath.Ext(file) {
		case ".md":
			fmt.Print(Page(".", file, string(text)))
		case ".h":
			fmt.Print(Filter(filepath.Base(file), string(text), in))
		default:
			fmt.Print(string(text))
		}
		return err
	}
	return fmt.Errorf("usage: apiref html DIR | filter FILE | man DIR | count")
}

// relative is a file's name as seen from the checkout's root.
func relative(file string) (string, error) {
	root, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return filepath.Clean(file), err
	}
	return filepath.Rel(root, file)
}
