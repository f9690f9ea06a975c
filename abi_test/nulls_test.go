// SPDX-License-Identifier: MIT

package abitest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// notCalled are the functions that do with nothing but zeros what they are for.
var notCalled = map[string]string{
	"lws_daemonize": "ends the caller",
}

// silent are those that do not need what Debian's crash without, or that may be
// called in a signal handler, where nothing is logged.
var silent = []string{
	"lws_cancel_service", "lws_cancel_service_pt", "lws_context_destroy2", "lws_get_count_threads", "lws_get_random",
	"lws_get_tsi", "lws_hex_random", "lws_nstrstr", "lws_spa_create", "lws_strncpy", "lws_wsi_tsi",
	"_lws_plat_service_forced_tsi",
}

// zeros is a call of a function of that canonical type with nothing but zeros.
func zeros(function string) (string, bool) {
	_, list, ok := strings.Cut(function, "(")
	if !ok || strings.HasPrefix(list, "*") {
		return "", false
	}
	list = strings.TrimSuffix(list, ")")
	var args []string
	depth, from := 0, 0
	for i := 0; i <= len(list); i++ {
		switch {
		case i == len(list) || list[i] == ',' && depth == 0:
			args = append(args, strings.TrimSpace(list[from:i]))
			from = i + 1
		case list[i] == '(' || list[i] == '{':
			depth++
		case list[i] == ')' || list[i] == '}':
			depth--
		}
	}
	for i, a := range args {
		switch {
		case a == "void" || a == "...":
			args = args[:i]
		case strings.Contains(a, "va_list"):
			args[i] = "nothing"
		default:
			args[i] = "(" + a + "){ 0 }"
		}
	}
	return "f(" + strings.Join(args, ", ") + ")", true
}

const nullsHead = `#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct result { int done, logged, wrong; long answer; } *results;
static struct result *now;
static void *lib;

/* "internal error": a fault of ours that a guard caught. */
static void emit(int level, const char *line)
{
	now->logged += level == LLL_ERR;
	now->wrong += strstr(line, "internal error") != NULL;
}

`

const nullsTail = `
int main(int argc, char **argv)
{
	size_t n = sizeof(calls) / sizeof(calls[0]), i = 0;
	void (*set)(int, lws_log_emit_t);
	pid_t pid;
	int status;

	if (argc != 2 || !(lib = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL)) ||
	    !(set = (void (*)(int, lws_log_emit_t))dlsym(lib, "lws_set_log_level")))
		return 2;
	results = mmap(NULL, (n + 1) * sizeof(*results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* The first child that dies tells where the next goes on. */
	for (; i < n; i++) {
		pid = fork();
		if (!pid) {
			for (; i < n; i++) {
				now = &results[i];
				set(LLL_ERR | LLL_WARN, emit);
				alarm(30);
				now->done = calls[i].call();
			}
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return 3;
		while (i < n && results[i].done)
			i++;
		if (i < n)
			results[i].done = -(WIFSIGNALED(status) ? WTERMSIG(status) : 99);
	}
	for (i = 0; i < n; i++)
		printf("%s %d %d %d %ld\n", calls[i].name, results[i].done, results[i].logged, results[i].wrong, results[i].answer);
	return 0;
}
`

// nullsProgram makes the program that calls each function of the headers.
func nullsProgram(t *testing.T, names []string, facts *Facts) string {
	var b, table strings.Builder
	b.WriteString(nullsHead)
	table.WriteString("static const struct { const char *name; int (*call)(void); } calls[] = {\n")
	for _, n := range names {
		d, ok := facts.Functions[n]
		if !ok || notCalled[n] != "" {
			continue
		}
		call, ok := zeros(d.Type)
		if !ok {
			t.Fatalf("%s: cannot read %q", n, d.Type)
		}
		switch {
		case strings.HasPrefix(d.Type, "void ("):
		default:
			call = "now->answer = (long)" + call
		}
		if strings.Contains(call, "nothing") {
			call = "va_list nothing; memset(&nothing, 0, sizeof(nothing)); " + call
		}
		fmt.Fprintf(&b, "static int call_%[1]s(void) { __typeof__(%[1]s) *f = (__typeof__(%[1]s) *)dlsym(lib, \"%[1]s\"); "+
			"if (!f) return 2; %[2]s; return 1; }\n", n, call)
		fmt.Fprintf(&table, "\t{ \"%[1]s\", call_%[1]s },\n", n)
	}
	b.WriteString(table.String() + "};\n" + nullsTail)
	file := filepath.Join(t.TempDir(), "nulls.c")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return harness.CC{}.Program(t, "-std=gnu11", "-O0", "-w", "-D"+abi17.define, "-I", ourInclude, "-idirafter", "testdata", file, "-ldl", "-lpthread")
}

type nullCall struct {
	done, logged, wrong int
	answer              int64
}

// callNulls runs it on one library.
func callNulls(t *testing.T, exe, lib string) map[string]nullCall {
	lib, err := filepath.Abs(lib)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, lib)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Dir(lib))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = time.Minute
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", lib, err, errs.String())
	}
	calls := map[string]nullCall{}
	for line := range strings.Lines(out.String()) {
		var n string
		var c nullCall
		if _, err := fmt.Sscan(line, &n, &c.done, &c.logged, &c.wrong, &c.answer); err != nil {
			continue // what a function printed
		}
		calls[n] = c
	}
	return calls
}

// No export ends the process, hangs or has a fault of its own when all its
// arguments are NULL or 0. Where Debian's crashes, ours says so in a line. Seen
// to fail with lws_get_peer_simple and 276 others.
func TestNothingButZeros(t *testing.T) {
	abi17.needReference(t)
	abi17.needLibrary(t)
	names, err := ReadExportMap(abi17.exportMap())
	if err != nil {
		t.Fatal(err)
	}
	exe := nullsProgram(t, names, abi17.ours(t, "#define LWS_NO_SIZED_CALLS\n#include <libwebsockets.h>\n"))
	ours, theirs := callNulls(t, exe, abi17.library()), callNulls(t, exe, abi17.debianLib())
	if len(ours) < 350 || len(ours) != len(theirs) {
		t.Fatalf("%d calls of ours, %d of Debian's", len(ours), len(theirs))
	}
	slices.Sort(names)
	for _, n := range names {
		o, called := ours[n]
		switch {
		case !called:
		case o.done < 0:
			t.Errorf("%s: ended with signal %d (Debian's: %d)", n, -o.done, theirs[n].done)
		case o.wrong > 0:
			t.Errorf("%s: its guard had to catch a fault", n)
		case o.logged == 0 && theirs[n].done < 0 && !slices.Contains(silent, n):
			t.Errorf("%s: says nothing, where Debian's ends with signal %s (answer %d)", n, strconv.Itoa(-theirs[n].done), o.answer)
		}
	}
}
