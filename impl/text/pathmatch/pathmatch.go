// SPDX-License-Identifier: MIT

// Package pathmatch is how the JSON and the CBOR parser compare the path of an
// element with the paths that a program is interested in.
package pathmatch

import "unsafe"

// Pattern is the n-th C string of a C array of pointers to such, stride bytes
// (0: a pointer's size) apart.
func Pattern(paths unsafe.Pointer, n int, stride uintptr) unsafe.Pointer {
	if stride == 0 {
		stride = unsafe.Sizeof(uintptr(0))
	}
	return *(*unsafe.Pointer)(unsafe.Add(paths, uintptr(n)*stride))
}

// Match compares path, which ends with a NUL or as a slice, with the C string
// pattern. A '*' in it stands for what comes up to the next '.', at its end for
// everything. wild gets where the text of each '*' begins (the reference writes
// beyond its array where there are more); how many of it are used is returned.
func Match(path []byte, pattern unsafe.Pointer, wild []uint16) (used uint8, ok bool) {
	at := func(n int) byte {
		if n < len(path) {
			return path[n]
		}
		return 0
	}
	p := 0
	for {
		here, want := at(p), *(*byte)(pattern)
		if here == 0 || want == 0 {
			return used, here == want
		}
		pattern = unsafe.Add(pattern, 1)
		switch {
		case want == '*':
			if int(used) < len(wild) {
				wild[used] = uint16(p)
				used++
			}
			all := *(*byte)(pattern) == 0
			for here := at(p); here != 0 && (here != '.' || all); here = at(p) {
				p++
			}
		case here != want:
			return used, false
		default:
			p++
		}
	}
}
