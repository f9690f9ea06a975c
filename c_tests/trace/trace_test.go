// Package trace runs one program, compiled once against the reference's
// headers, with the reference's library and with ours, and compares what the
// callbacks and the peers saw. Each scenario of the program is a subtest.
//
// Seen to fail on purpose: a build of ours without WS_PEER_INITIATED_CLOSE, one
// that writes a header of the 101 in another case, and one that gives
// HTTP_BODY_COMPLETION a length each fail the scenarios concerned;
// TestCompareNotices keeps the comparison itself honest.
package trace

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const longest = 20 * time.Second // for one run of one scenario

// Ten scenarios are under way at a time: they wait nearly always.
func TestMain(m *testing.M) { harness.Main(m, 10) }

// build compiles the program with the reference's headers and library.
func build(t *testing.T, ref harness.Ref) string {
	return compile(t, "trace", "prog/*.c", slices.Concat([]string{"-Wno-deprecated-declarations"}, ref.Link(t), []string{"-lpthread", "-lssl", "-lcrypto"})...)
}

// tiny compiles the tracer that makes reads and writes short, "" where the
// system does not permit it.
func tiny(t *testing.T) string {
	exe := compile(t, "tiny", "tiny/*.c")
	if err := exec.Command(exe, "/bin/true").Run(); err != nil {
		t.Log("no short reads and writes here: ", err)
		return ""
	}
	return exe
}

func compile(t *testing.T, name, pattern string, more ...string) string {
	sources, err := filepath.Glob(pattern)
	if err != nil || len(sources) == 0 {
		t.Fatal("no sources: ", err)
	}
	return harness.CC{Name: name}.Program(t, slices.Concat(harness.House, []string{"-Wall", "-Wextra", "-Werror"}, sources, more)...)
}

// proxied tells of variables of the environment that name a proxy.
func proxied(v string) bool { return strings.Contains(v, "_proxy=") }

// command is the program, or what runs it, in the surroundings of its ABI, with the
// library in lib.
func command(t testing.TB, ctx context.Context, ref harness.Ref, lib, under string, args ...string) *exec.Cmd {
	t.Helper()
	argv, env := ref.Run(t, ref.Root(t), lib, args[0], args[1:]...)
	if under != "" {
		argv = append(strings.Fields(under), argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), proxied), env...)
	return cmd
}

// run is one run of one scenario.
func run(t testing.TB, ref harness.Ref, lib, under string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), longest)
	defer stop()
	cmd := command(t, ctx, ref, lib, under, args...)
	cmd.WaitDelay = time.Second
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return fmt.Sprintf("%s== exit\n%v\n%s", out.String(), err, tail(problems.String()))
	}
	return out.String()
}

// tail keeps the end of a crash report short enough to read.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) > 12 {
		lines = lines[:12]
	}
	return strings.Join(lines, "\n") + "\n"
}

// streams is a parsed trace: the lines of each stream.
type streams map[string][]string

func parse(trace string) streams {
	s, name := streams{}, ""
	for _, line := range strings.Split(strings.TrimRight(trace, "\n"), "\n") {
		if after, ok := strings.CutPrefix(line, "== "); ok {
			name = after
			s[name] = []string{}
		} else if name != "" {
			s[name] = append(s[name], line)
		}
	}
	return s
}

// find is the index of the first (or last) run equal to part, or -1.
func find(lines, part []string, last bool) int {
	at := -1
	for i := 0; i+len(part) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(part)], part) {
			at = i
			if !last {
				break
			}
		}
	}
	return at
}

// expect is the reference's trace with the allowed differences put in.
func expect(ref streams, allowed []difference) (streams, error) {
	for _, d := range allowed {
		lines := ref[d.Stream]
		at := find(lines, d.Ref, d.Last)
		if at < 0 {
			return nil, fmt.Errorf("quirk %d: the reference no longer prints %q in %s", d.Quirk, d.Ref, d.Stream)
		}
		ref[d.Stream] = slices.Replace(slices.Clone(lines), at, at+len(d.Ref), d.Ours...)
	}
	return ref, nil
}

// ageless takes out what comes where a scenario takes 5 s, which cert-ages looks at.
func ageless(s streams) streams {
	for name, lines := range s {
		s[name] = slices.DeleteFunc(lines, func(l string) bool {
			return strings.HasPrefix(strings.TrimPrefix(l, "global: "), "VHOST_CERT_AGING ")
		})
	}
	return s
}

// compare describes how got differs from want, "" when it does not.
func compare(want, got streams) string {
	names := map[string]bool{}
	for n := range want {
		names[n] = true
	}
	for n := range got {
		names[n] = true
	}
	var order []string
	for n := range names {
		order = append(order, n)
	}
	slices.Sort(order)
	var b strings.Builder
	for _, n := range order {
		if !slices.Equal(want[n], got[n]) {
			fmt.Fprintf(&b, "== %s (- reference, + ours)\n", n)
			sideBySide(&b, want[n], got[n])
		}
	}
	return b.String()
}

// sideBySide writes a line diff by longest common subsequence.
func sideBySide(b *strings.Builder, want, got []string) {
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			fmt.Fprintf(b, "  %s\n", want[i])
			i, j = i+1, j+1
		case j == len(got) || (i < len(want) && common[i+1][j] >= common[i][j+1]):
			fmt.Fprintf(b, "- %s\n", want[i])
			i++
		default:
			fmt.Fprintf(b, "+ %s\n", got[j])
			j++
		}
	}
}

// variant is a way to run a scenario that must not change its trace.
type variant struct {
	what        string
	under, flag string
}

func variants(tiny string) []variant {
	all := []variant{{"peers send single bytes", "", "-b"}}
	if tiny != "" {
		all = append(all, variant{"reads and writes move single bytes", tiny, ""},
			variant{"single bytes, every other write is refused with EAGAIN", tiny + " -e", ""})
	}
	return all
}

// scenario is one of the program's, and all that it takes to run it.
type scenario struct {
	name, at  string // at is where its code begins, as an address in the program
	abi       *abi
	exe, tiny string
	ours      string // folder of the library
	built     string // where that is a copy of
}

// scenarios are all that the program has.
func scenarios(t *testing.T, a *abi) (all []scenario) {
	s := scenario{abi: a, exe: build(t, a.ref), tiny: tiny(t), ours: a.ref.Ours(t), built: harness.Lib(t)}
	for line := range strings.Lines(run(t, a.ref, a.ref.Lib(t), "", s.exe, "-l")) {
		s.name, s.at, _ = strings.Cut(strings.TrimSpace(line), " ")
		all = append(all, s)
	}
	if len(all) < 40 {
		t.Fatalf("only %d scenarios", len(all))
	}
	return all
}

// TestTrace is libwebsockets.so.17's, Test19 that of libwebsockets.so.19.
func TestTrace(t *testing.T) { traces(t, abi17) }
func Test19(t *testing.T)    { traces(t, abi19) }

func traces(t *testing.T, a *abi) {
	if testing.Short() {
		t.Skip("several minutes of scenarios")
	}
	t.Parallel() // so that the last of one ABI's do not keep the other's waiting
	known := map[string]bool{}
	for _, s := range scenarios(t, a) {
		if known[s.name] {
			t.Errorf("there are two scenarios %s", s.name)
		}
		known[s.name] = true
		t.Run(s.name, func(t *testing.T) { s.plain(t) })
		if _, alone := a.alone(s.name); !alone && notOverTLS[s.name] == "" && a.plain[s.name] == "" {
			t.Run(s.name+overTLS, func(t *testing.T) { s.overTLS(t) })
		}
	}
	for _, name := range a.listed() {
		if !known[strings.TrimSuffix(name, overTLS)] {
			t.Errorf("differences are listed for %s, which does not exist", name)
		}
	}
}

// plain compares a scenario's runs, and those that must not change it.
func (s scenario) plain(t *testing.T) {
	t.Parallel()
	var want streams
	if text, ok := s.abi.alone(s.name); ok {
		want = parse(text)
	} else {
		want = s.expected(t, s.abi.allowed(s.name, false))
	}
	if !s.same(t, want, "", "") || s.abi.once {
		return
	}
	for _, v := range variants(s.tiny) {
		if _, no := notBytewise[s.name]; !no {
			s.same(t, want, " when "+v.what, v.under, v.flag)
		}
	}
}

// overTLS compares the runs with trace -t.
func (s scenario) overTLS(t *testing.T) {
	t.Parallel()
	s.same(t, s.expected(t, s.abi.allowed(s.name, true), "-t"), "", "", "-t")
}

// args is the command of a scenario, without flags that are empty.
func (s scenario) args(flags []string) []string {
	return append(append([]string{s.exe}, slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return f == "" })...), s.name)
}

// expected runs the scenario with the reference, and puts in the differences that are allowed.
func (s scenario) expected(t *testing.T, allowed []difference, flags ...string) streams {
	t.Helper()
	if tls := slices.Contains(flags, "-t"); s.abi.asOlder(s.name, tls) {
		s.abi, s.exe = s.abi.older, build(t, s.abi.older.ref)
		allowed = append(slices.Clone(s.abi.allowed(s.name, tls)), allowed...)
	}
	trace := run(t, s.abi.ref, s.abi.ref.Lib(t), "", s.args(flags)...)
	lines := parse(trace)
	for _, l := range lines {
		for i := range l {
			if always, varies := s.abi.varies[l[i]]; varies {
				l[i] = always
			}
		}
	}
	want, err := expect(lines, allowed)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.again(t, "", flags))
	}
	if _, crashed := want["exit"]; crashed {
		t.Fatalf("the reference fails: %s\n%s", trace, s.again(t, "", flags))
	}
	return want
}

// same runs the scenario with our library and tells whether it gives that.
func (s scenario) same(t *testing.T, want streams, when, under string, flags ...string) bool {
	t.Helper()
	got := parse(run(t, s.abi.ref, s.ours, under, s.args(flags)...))
	if s.abi == abi19 && slices.Contains(flags, "-t") {
		want, got = ageless(want), ageless(got)
	}
	d := compare(want, got)
	if d != "" {
		t.Errorf("our trace differs%s:\n%s%s", when, d, s.again(t, under, flags))
	}
	return d == ""
}

// again says where the scenario is, and how a command is repeated.
func (s scenario) again(t *testing.T, under string, flags []string) string {
	where, err := exec.Command("addr2line", "-e", s.exe, s.at).Output()
	if err != nil {
		where = []byte("(addr2line: " + err.Error() + ")\n")
	}
	with := func(lib string) string {
		words := []string{"env"}
		for _, v := range os.Environ() {
			if name, _, _ := strings.Cut(v, "="); proxied(v) {
				words = append(words, "-u", name)
			}
		}
		cmd := command(t, t.Context(), s.abi.ref, lib, under, s.args(flags)...)
		words = append(words, cmd.Env[len(slices.DeleteFunc(os.Environ(), proxied)):]...)
		return strings.Join(append(words, cmd.Args...), " ")
	}
	return fmt.Sprintf("%s is at %sagain:         %s\nthe reference: %s\n", s.name, where, with(s.built), with(s.abi.ref.Lib(t)))
}

func TestCompareNotices(t *testing.T) {
	const trace = "== global\na\nb\n== srv0\nX\nY\nX\n"
	for name, tc := range map[string]struct {
		got     string
		allowed []difference
		equal   bool
		stale   bool
	}{
		"equal":          {got: trace, equal: true},
		"changed line":   {got: "== global\na\nb\n== srv0\nX\nZ\nX\n"},
		"missing line":   {got: "== global\na\nb\n== srv0\nX\nY\n"},
		"extra line":     {got: trace + "X\n"},
		"order":          {got: "== global\nb\na\n== srv0\nX\nY\nX\n"},
		"missing stream": {got: "== global\na\nb\n"},
		"extra stream":   {got: trace + "== srv1\nX\n"},
		"crash":          {got: trace + "== exit\nsignal\n"},
		"allowed": {got: "== global\na\nc\n== srv0\nX\nY\n", equal: true, allowed: []difference{
			{0, "global", []string{"b"}, []string{"c"}, false}, {0, "srv0", []string{"X"}, nil, true}}},
		"allowed is a must": {got: trace, allowed: []difference{
			{0, "global", []string{"b"}, []string{"c"}, false}}},
		"stale": {got: trace, stale: true, allowed: []difference{
			{0, "global", []string{"b", "a"}, nil, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := expect(parse(trace), tc.allowed)
			if (err != nil) != tc.stale {
				t.Fatal("stale: ", err)
			}
			if err == nil && (compare(want, parse(tc.got)) == "") != tc.equal {
				t.Errorf("equal should be %v", tc.equal)
			}
		})
	}
}
