// SPDX-License-Identifier: MIT

// Command signalsafe mends what Go's compiler makes for arm64 where a program's signal
// handlers may run on the stack that they interrupt. Go counts on SA_ONSTACK, so that its
// code keeps live words below the stack pointer, where the kernel then puts the handler's
// frame. On amd64 it keeps none.
//
//	signalsafe ARCHIVE     of -buildmode=c-archive; it is changed in place
//
// Two things are there. A function with a large frame saves its return address before it
// moves the stack pointer: the two instructions change places. And each function has its
// caller's frame pointer there for as long as it runs, which a signal spoils. Nobody needs
// it but the check of a call into C: runtime.getcallerfp answers 0 ("none").
package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

const (
	save   = 0xa93ffa9d // stp x29, x30, [x20, #-8]
	move   = 0x9100029f // mov sp, x20
	zero   = 0xaa1f03e0 // mov x0, xzr
	ret    = 0xd65f03c0
	getter = "runtime.getcallerfp"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: signalsafe ARCHIVE")
		os.Exit(2)
	}
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		var n int
		if n, err = mend(data); err == nil {
			err = os.WriteFile(os.Args[1], data, 0o644)
			fmt.Printf("signalsafe: %d functions with large frames\n", n)
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "signalsafe: error: %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

// mend changes an archive's Go object and tells how many functions had large frames.
func mend(archive []byte) (int, error) {
	const magic, head = "!<arch>\n", 60
	if !bytes.HasPrefix(archive, []byte(magic)) {
		return 0, errors.New("no archive")
	}
	for at := len(magic); at+head <= len(archive); {
		size, err := strconv.Atoi(strings.TrimSpace(string(archive[at+48 : at+58])))
		if err != nil || at+head+size > len(archive) {
			return 0, errors.New("not a sound archive")
		}
		object := archive[at+head : at+head+size]
		if bytes.HasPrefix(object, []byte(elf.ELFMAG)) {
			if n, ours, err := mendObject(object); ours || err != nil {
				return n, err
			}
		}
		at += head + (size+1)&^1
	}
	return 0, errors.New("it has no " + getter)
}

func mendObject(object []byte) (n int, ours bool, err error) {
	f, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return 0, false, err
	}
	symbols, err := f.Symbols()
	if err != nil {
		return 0, false, nil // none
	}
	for _, s := range symbols {
		if s.Name != getter {
			continue
		}
		if f.Machine != elf.EM_AARCH64 {
			return 0, true, fmt.Errorf("it is for %v", f.Machine)
		}
		text := f.Sections[s.Section]
		code := object[text.Offset : text.Offset+text.Size]
		if s.Size < 8 || s.Value+s.Size > text.Size {
			return 0, true, errors.New(getter + " is not what it was")
		}
		word := binary.LittleEndian
		for i := 0; i+8 <= len(code); i += 4 {
			if word.Uint32(code[i:]) == save && word.Uint32(code[i+4:]) == move {
				word.PutUint32(code[i:], move)
				word.PutUint32(code[i+4:], save)
				n++
			}
		}
		if n == 0 {
			return 0, true, errors.New("large frames are no longer made as they were")
		}
		word.PutUint32(code[s.Value:], zero)
		word.PutUint32(code[s.Value+4:], ret)
		return n, true, nil
	}
	return 0, false, nil
}
