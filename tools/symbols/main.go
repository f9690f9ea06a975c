// SPDX-License-Identifier: MIT

// Command symbols writes docs/symbols.md, the table of public symbols: the
// header that declares each, whether the library has it, the tests that use it.
// It is run from the checkout's root after `make lib`.
package main

import (
	"fmt"
	"os"

	abitest "libwebsockets/abi_test"
)

func main() {
	text, err := abitest.SymbolTable(".")
	if err == nil {
		err = os.WriteFile("docs/symbols.md", []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "symbols:", err)
		os.Exit(1)
	}
}
