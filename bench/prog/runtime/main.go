// SPDX-License-Identifier: MIT

// Package main is the least that a library written in Go can be: what its first call takes
// is the runtime's start alone.
package main

import "C"

//export begun
func begun() C.int { return 1 }

func main() {}
