// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

const prefix = "/opt/lws"

var installOnce = map[int]*sync.Once{17: {}, 19: {}}

// installed is a copy of so.17 as make install leaves it.
func installed(t testing.TB) (dest string, l library) {
	t.Helper()
	return installedOf(t, harness.Ref17)
}

// installedOf is that of either library.
func installedOf(t testing.TB, r harness.Ref) (dest string, l library) {
	t.Helper()
	dest = filepath.Join(tmp, fmt.Sprint("dest", r.ABI))
	installOnce[r.ABI].Do(func() {
		run(t, "", nil, "make", "-s", "-C", harness.Top(), "install", fmt.Sprint("ABI=", r.ABI), "DESTDIR="+dest, "PREFIX="+prefix,
			"LIBDIR="+prefix+"/lib", "INCLUDEDIR="+prefix+"/include")
	})
	return dest, library{r, "ours", filepath.Join(dest, prefix, "lib"), filepath.Join(dest, prefix, "include")}
}

// pkgConfig are the compiler arguments that pkg-config has for the installed copy.
func pkgConfig(t testing.TB) []string {
	t.Helper()
	dest, l := installed(t)
	out := run(t, "", []string{"PKG_CONFIG_PATH=" + l.dir + "/pkgconfig", "PKG_CONFIG_SYSROOT_DIR=" + dest},
		"pkg-config", "--cflags", "--libs", "libwebsockets")
	return strings.Fields(out)
}

// driveServer is what every build of the test server must pass: the page, the
// protocols, and the original as the other end.
func driveServer(t *testing.T, p program) {
	t.Helper()
	s := p.serve(t)
	checkLoaded(t, p.lib, s.Pid())
	reference := dynamicProgram(t, debian(t), "test-server").serve(t)
	for _, path := range []string{"/", "/test.js", "/absent", "/private"} {
		want, got := askTwo(t, reference, s, get(path))
		compareAnswers(t, want, got, reference.port, s.port)
	}
	drive(t, s.addr())
	runClient(t, staticProgram(t, "test-client"), fmt.Sprintf("ws://127.0.0.1:%d/", s.port))
	interrupt(t, s.Proc)
}

// driveClient is the same for the test client.
func driveClient(t *testing.T, p program) {
	t.Helper()
	s := staticProgram(t, "test-server").serve(t)
	runClient(t, p, fmt.Sprintf("ws://127.0.0.1:%d/", s.port))
	interrupt(t, s.Proc)
}

func dataDir(t testing.TB) string {
	return fmt.Sprintf(`-DINSTALL_DATADIR="%s"`, harness.Reference(t, "root", "usr", "share"))
}

// The sources of 4.1.6, unchanged, with our headers and pkg-config's flags.
func TestSourceC(t *testing.T) {
	_, l := installed(t)
	build := func(name string) program {
		return program{"source", compile(t, "gcc", source(t, "test-apps", name+".c"),
			append(append([]string{"-w", dataDir(t)}, pkgConfig(t)...), "-lssl", "-lcrypto")...), l}
	}
	driveServer(t, build("test-server"))
	driveClient(t, build("test-client"))
	lejp := build("test-lejp")
	if out := run(t, "", lejp.lib.env(), "sh", "-c", `echo '{"a":[1,2]}' | `+lejp.exe); !strings.Contains(out, "LEJPCB_COMPLETE") {
		t.Errorf("test-lejp says %s", out)
	}
}

// test-server.c as C++. It is no C++ to begin with (void pointers become others
// without a cast): with Debian's headers too it takes -fpermissive.
func TestSourceCxx(t *testing.T) {
	_, l := installed(t)
	src := source(t, "test-apps", "test-server.c")
	for _, x := range []library{debian(t), l} {
		driveServer(t, program{"c++", compile(t, "g++", src, append([]string{"-fpermissive", "-w", dataDir(t)}, x.link()...)...), l})
	}
}

// The same programs with find_package, and those of 4.3.5 with so.19.
func TestSourceCMake(t *testing.T) {
	consumer, err := filepath.Abs("prog/consumer")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []harness.Ref{harness.Ref17, harness.Ref19} {
		t.Run(fmt.Sprint("so.", r.ABI), func(t *testing.T) {
			dest, l := installedOf(t, r)
			build := t.TempDir()
			run(t, "", nil, "cmake", "-S", consumer, "-B", build, "-DCMAKE_PREFIX_PATH="+filepath.Join(dest, prefix),
				"-DAPPS="+r.Source(t, "test-apps"), "-DDATA="+filepath.Join(r.Root(t), "usr", "share"))
			run(t, "", nil, "cmake", "--build", build)
			driveClient(t, program{"cmake", filepath.Join(build, "test-client"), l})
			server := program{"cmake", filepath.Join(build, "test-server"), l}
			if r.ABI == 17 {
				driveServer(t, server)
				return
			}
			s := server.serve(t)
			checkLoaded(t, l, s.Pid())
			drive(t, s.addr())
			interrupt(t, s.Proc)
		})
	}
}

// Installed through CMake or make, the files are the same, and CMake takes them away as
// well.
func TestCMakeInstalls(t *testing.T) {
	for _, r := range []harness.Ref{harness.Ref17, harness.Ref19} {
		dest, _ := installedOf(t, r)
		build, other := t.TempDir(), t.TempDir()
		run(t, "", nil, "cmake", "-S", harness.Top(), "-B", build, fmt.Sprint("-DLWS_ABI=", r.ABI), "-DCMAKE_INSTALL_PREFIX="+prefix, "-DCMAKE_INSTALL_LIBDIR=lib")
		run(t, "", nil, "cmake", "--build", build)
		run(t, "", []string{"DESTDIR=" + other}, "cmake", "--install", build)
		want, got := tree(t, dest), tree(t, other)
		if strings.Join(want, "\n") != strings.Join(got, "\n") {
			t.Errorf("make installs %q\ncmake %q", want, got)
		}
		if len(got) < 50 {
			t.Errorf("only %d files", len(got))
		}
		for _, f := range []string{"/lib/" + r.Soname(), "/lib/pkgconfig/libwebsockets.pc", "/lib/cmake/libwebsockets/libwebsockets-config.cmake"} {
			run(t, "", nil, "cmp", dest+prefix+f, other+prefix+f)
		}
		run(t, "", []string{"DESTDIR=" + other}, "cmake", "--build", build, "--target", "uninstall")
		if left := tree(t, other); len(left) > 0 {
			t.Errorf("uninstall leaves %q", left)
		}
	}
}

// tree lists the files below a folder.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var l []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			l = append(l, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(l)
	return l
}
