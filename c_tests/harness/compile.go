// SPDX-License-Identifier: MIT

package harness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// CC compiles C. What it makes is kept below build/c_tests under a name that is made
// of all that it depends on: compiler, arguments, sources, the headers and libraries
// that they led to. So it is made once, also by several processes at a time, and again
// when one of these is another. make clean removes it.
type CC struct {
	Compiler string // "" is gcc
	Dir      string // where it runs, "" is the test's own folder
	Name     string // of the file, "" is the first source's without its ending
	Kept     string // where it is kept instead
}

// House is how the project's own programs are compiled, Strict what they must bear.
var (
	House  = []string{"-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g"}
	Strict = []string{"-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers"}
)

// Program compiles with the house's flags and links.
func Program(t testing.TB, args ...string) string {
	t.Helper()
	return CC{}.Program(t, slices.Concat(House, args)...)
}

// Program compiles each source and links, or makes a shared object where the arguments
// say -shared. They are as one types them, in any order, but without -o.
func (c CC) Program(t testing.TB, args ...string) string {
	t.Helper()
	file, err := c.Try(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Try is Program for what need not compile. The error has what the compiler says.
func (c CC) Try(t testing.TB, args ...string) (string, error) {
	t.Helper()
	if c.Compiler == "" {
		var always []string
		c.Compiler, always = compiler()
		args = append(always, args...)
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return "", err
	}
	c.Dir = dir
	if c.Kept == "" {
		c.Kept = filepath.Join(Top(), "build", "c_tests")
		// What lies in folders that go away is not seen again.
		if slices.ContainsFunc(append(args, c.Dir), temporary) {
			c.Kept = t.TempDir()
		}
	}
	sources, flags, links := sorted(args)
	if len(sources) == 0 {
		return "", fmt.Errorf("%s %q: no sources", c.Compiler, args)
	}
	if c.Name == "" {
		c.Name = strings.TrimSuffix(filepath.Base(sources[0]), filepath.Ext(sources[0]))
	}
	objects, errs := make([]string, len(sources)), make([]error, len(sources))
	var all sync.WaitGroup
	for i, s := range sources {
		all.Go(func() {
			objects[i], errs[i] = c.made(filepath.Base(s)+".o", []string{c.path(s)}, slices.Concat(flags, []string{"-c", s}), "-MD", "-MF")
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	return c.made(c.Name, objects, slices.Concat(flags, objects, links), "-Xlinker", "--dependency-file", "-Xlinker")
}

// Checks tells whether a text compiles, and what the compiler says. Nothing is kept.
func (c CC) Checks(source string, args ...string) (string, bool) {
	if c.Compiler == "" {
		var always []string
		c.Compiler, always = compiler()
		args = append(always, args...)
	}
	cmd := exec.Command(c.Compiler, append(args, "-fsyntax-only", "-")...)
	cmd.Dir, cmd.Stdin = c.Dir, strings.NewReader(source)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// sorted tells what of a compiler's arguments is a source, and what is the linker's
// alone, which stands behind the objects.
func sorted(args []string) (sources, flags, links []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch ext := filepath.Ext(a); {
		case slices.Contains([]string{"-I", "-D", "-U", "-include", "-isystem", "-idirafter", "-x"}, a) && i+1 < len(args):
			flags = append(flags, a, args[i+1])
			i++
		case strings.HasPrefix(a, "-l"), strings.HasPrefix(a, "-L"), strings.HasPrefix(a, "-Wl,"):
			links = append(links, a)
		case strings.HasPrefix(a, "-"):
			flags = append(flags, a)
		case ext == ".c" || ext == ".cc":
			sources = append(sources, a)
		default:
			links = append(links, a)
		}
	}
	return sources, flags, links
}

func temporary(arg string) bool {
	return strings.Contains(strings.ReplaceAll(arg, Top(), ""), os.TempDir()+"/")
}

func (c CC) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, name)
}

var (
	atWork = make(chan struct{}, runtime.NumCPU())
	making sync.Map // what is made here and now, by its first key
)

// made is a file that one run of the compiler makes of inputs. Which further files it
// read the compiler writes into a list (depend asks for that), which is kept under the
// key of what was known before; with their contents comes the key of the file itself.
func (c CC) made(name string, inputs, args []string, depend ...string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q", []string{c.Dir, name, os.Getenv("CPATH"), os.Getenv("C_INCLUDE_PATH"), os.Getenv("LIBRARY_PATH")})
	fmt.Fprintf(sum, "%q %q", compilerID(c.Compiler), args)
	for _, i := range inputs {
		content(sum, i)
	}
	for i, a := range args { // a header that is new may hide another
		if dir, ok := strings.CutPrefix(a, "-I"); ok {
			if dir == "" && i+1 < len(args) {
				dir = args[i+1]
			}
			fmt.Fprintf(sum, "%q", namesBelow(c.path(dir)))
		}
	}
	first := hex.EncodeToString(sum.Sum(nil)[:12])
	lock, _ := making.LoadOrStore(c.Kept+first, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()

	list := filepath.Join(c.Kept, first+".d")
	file := func(read []string) string {
		sum := sha256.New()
		fmt.Fprint(sum, first)
		for _, r := range read {
			content(sum, r)
		}
		return filepath.Join(c.Kept, hex.EncodeToString(sum.Sum(nil)[:12]), name)
	}
	if b, err := os.ReadFile(list); err == nil {
		if f := file(strings.Split(string(b), "\n")); exists(f) {
			return f, nil
		}
	}

	atWork <- struct{}{}
	defer func() { <-atWork }()
	if err := os.MkdirAll(c.Kept, 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(c.Kept, "tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	out, deps := filepath.Join(tmp, name), filepath.Join(tmp, "deps")
	cmd := exec.Command(c.Compiler, slices.Concat(args, depend, []string{deps, "-o", out})...)
	cmd.Dir = c.Dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s %s: %v\n%s", c.Compiler, strings.Join(args, " "), err, said)
	}
	b, err := os.ReadFile(deps)
	if err != nil {
		return "", err
	}
	read := c.named(b)
	f := file(read)
	if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(out, f); err != nil {
		return "", err
	}
	written := filepath.Join(tmp, "list")
	if err := os.WriteFile(written, []byte(strings.Join(read, "\n")), 0o644); err != nil {
		return "", err
	}
	return f, os.Rename(written, list)
}

// named are the files that a list in make's form names; rules behind the first say nothing.
func (c CC) named(deps []byte) (files []string) {
	rule, _, _ := bytes.Cut(bytes.ReplaceAll(deps, []byte("\\\n"), []byte(" ")), []byte("\n"))
	const space = "\x00"
	_, text, _ := strings.Cut(strings.ReplaceAll(string(rule), `\ `, space), ":")
	for _, f := range strings.Fields(text) {
		if f = c.path(strings.ReplaceAll(f, space, " ")); exists(f) { // the linker's helpers leave none
			files = append(files, f)
		}
	}
	return files
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// What this process has seen of files, by name, and what compilers say of themselves.
var contents, compilers sync.Map

type seen struct {
	size, time int64
	sum        [sha256.Size]byte
}

func content(into hash.Hash, file string) {
	i, err := os.Stat(file)
	if err != nil {
		fmt.Fprintf(into, "%q is not there", file)
		return
	}
	now := seen{size: i.Size(), time: i.ModTime().UnixNano()}
	if k, ok := contents.Load(file); ok && k.(seen).size == now.size && k.(seen).time == now.time {
		now = k.(seen)
	} else if b, err := os.ReadFile(file); err == nil {
		now.sum = sha256.Sum256(b)
		contents.Store(file, now)
	}
	fmt.Fprintf(into, "%q %x", file, now.sum)
}

// compilerID tells one release of a compiler from another.
func compilerID(name string) string {
	id, ok := compilers.Load(name)
	if !ok {
		out, _ := exec.Command(name, "-v").CombinedOutput()
		id, _ = compilers.LoadOrStore(name, string(out))
	}
	return id.(string)
}

// namesBelow are the headers in a folder.
func namesBelow(dir string) (names []string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(filepath.Ext(path), ".h") {
			names = append(names, path)
		}
		return nil
	})
	return names
}
