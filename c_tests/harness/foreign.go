// SPDX-License-Identifier: MIT

package harness

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// An architecture that is not this machine's: where LWS_ARCH names one, programs are
// compiled for it (make lib ARCH= has put in place what that needs), linked with its
// library, and run by qemu-user. Their peers stay this machine's.
type foreign struct {
	name, triplet string
	emulators     []string
	machine       elf.Machine
}

var foreigns = []foreign{
	// Debian 12's qemu-aarch64, which knows plugins, asserts when a fork's child has threads.
	{"arm64", "aarch64-linux-gnu", []string{"qemu-aarch64-static", "qemu-aarch64"}, elf.EM_AARCH64},
}

// Foreign tells whether the library under test is for another architecture.
func Foreign() bool { return other() != nil }

func other() *foreign {
	name := os.Getenv("LWS_ARCH")
	if name == "" || name == runtime.GOARCH {
		return nil
	}
	i := slices.IndexFunc(foreigns, func(f foreign) bool { return f.name == name })
	if i < 0 {
		panic("LWS_ARCH: no architecture " + name)
	}
	return &foreigns[i]
}

// build is where make ARCH= puts it, "build" for this machine's.
func build() string {
	if f := other(); f != nil {
		return filepath.Join(Top(), "build", f.name)
	}
	return filepath.Join(Top(), "build")
}

// compiler is the one that is meant by "gcc", with what it is told each time.
func compiler() (name string, args []string) {
	if f := other(); f != nil {
		return f.triplet + "-gcc", []string{"--sysroot=" + filepath.Join(build(), "root")}
	}
	return "gcc", nil
}

// Emulator is what runs programs of the architecture, "" where there is none.
func Emulator(arch string) string {
	for _, f := range foreigns {
		for _, e := range f.emulators {
			if path, err := exec.LookPath(e); f.name == arch && err == nil {
				return path
			}
		}
	}
	return ""
}

// Emulated is the command, by the emulator if its program is the other architecture's.
func Emulated(cmd *exec.Cmd) *exec.Cmd {
	f := other()
	if f == nil {
		return cmd
	}
	exe, err := elf.Open(cmd.Path)
	if err != nil {
		return cmd // a script, or none
	}
	defer exe.Close()
	if exe.Machine == f.machine {
		e := Emulator(f.name)
		if e == "" {
			panic("there is no " + f.emulators[0])
		}
		cmd.Args = slices.Concat([]string{e, "-L", filepath.Join(build(), "root"), "-0", cmd.Args[0], cmd.Path}, cmd.Args[1:])
		cmd.Path = e
	}
	return cmd
}

// PkgConfig is a run of pkg-config that looks where the compiler does.
func PkgConfig(args ...string) *exec.Cmd {
	cmd := exec.Command("pkg-config", args...)
	if f := other(); f != nil {
		root := filepath.Join(build(), "root")
		cmd.Env = append(os.Environ(), "PKG_CONFIG_SYSROOT_DIR="+root,
			"PKG_CONFIG_LIBDIR="+filepath.Join(root, "usr/lib", f.triplet, "pkgconfig")+":"+filepath.Join(root, "usr/share/pkgconfig"))
	}
	return cmd
}
