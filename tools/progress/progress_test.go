// SPDX-License-Identifier: MIT

package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is left is what the parts to come took last time, at the pace of those that
// are done. Seen to fail without the pace, and with the current part counted whole.
func TestLeft(t *testing.T) {
	times := ParseTimes("# a comment\na\t60 7\nb\t120\nnonsense\nc d\t30.5 3 # why\n")
	p := NewPlan([]string{"a", "b", "c d", "new"}, func(n string) Cost {
		if c, ok := times[n]; ok {
			return c
		}
		return Cost{Time: 10 * time.Second}
	})
	now := time.Unix(1000, 0)
	at := func(want time.Duration) {
		t.Helper()
		if got := p.Left(now).Round(time.Second / 10); got != want {
			t.Errorf("%v left, should be %v", got, want)
		}
	}
	at(220500 * time.Millisecond)
	p.Begin("a", now)
	if p.Count("a") != 7 {
		t.Errorf("%d tests", p.Count("a"))
	}
	now = now.Add(40 * time.Second)
	at(180500 * time.Millisecond)
	now = now.Add(110 * time.Second) // 150 s instead of 60: twice as slow, 30 s being no word
	if d := p.End("a", now); d != 150*time.Second {
		t.Errorf("took %v", d)
	}
	at(321 * time.Second)
	p.Begin("b", now)
	now = now.Add(time.Hour)
	at(81 * time.Second)
	if n, of := p.At(); n != 2 || of != 4 {
		t.Errorf("%d of %d", n, of)
	}
}

// Two parts at a time. Seen to fail where their times were added up, and where half the
// sum was said while one part takes longer than all others.
func TestLeftBeside(t *testing.T) {
	p := NewPlan([]string{"long", "b", "c"}, func(n string) Cost { return ParseTimes("long\t100\nb\t20\nc\t20\n")[n] })
	p.Beside = 2
	now := time.Unix(1000, 0)
	at := func(want time.Duration) {
		t.Helper()
		if got := p.Left(now); got != want {
			t.Errorf("%v left, should be %v", got, want)
		}
	}
	at(100 * time.Second)
	p.Begin("long", now)
	p.Begin("b", now)
	now = now.Add(20 * time.Second)
	p.End("b", now)
	at(80 * time.Second)
	p.Begin("c", now)
	now = now.Add(79 * time.Second)
	if d := p.End("long", now); d != 99*time.Second {
		t.Errorf("took %v", d)
	}
}

// Seen to fail where the others of the file were not kept.
func TestKeep(t *testing.T) {
	file := filepath.Join(t.TempDir(), "build", "times")
	for _, c := range []struct {
		name string
		cost Cost
	}{{"x y", Cost{time.Second, 3}}, {"z", Cost{90 * time.Second, 0}}, {"x y", Cost{2 * time.Second, 4}}} {
		if err := Keep(file, c.name, c.cost); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "x y\t2.0 4\nz\t90.0 0\n" {
		t.Errorf("%q, %v", b, err)
	}
	got := Times{}
	got.ReadTimes(file)
	if len(got) != 2 || got["x y"] != (Cost{2 * time.Second, 4}) {
		t.Errorf("%v", got)
	}
}

// Seen to fail where a narrow terminal had the whole text.
func TestLine(t *testing.T) {
	var out strings.Builder
	l := &Line{out: &out, width: 10}
	l.Show("0123456789abc")
	l.Printf("stays\n")
	l.Show("äöü")
	l.Printf("more\n")
	l.Printf("plain\n")
	if want := "\r012345678\033[K\r\033[Kstays\n\räöü\033[K\r\033[Kmore\nplain\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	l = Plain(&out)
	l.Show("not seen")
	l.Printf("%s\n", l.Red("FAIL"))
	if out.String() != "FAIL\n" {
		t.Errorf("%q", out.String())
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Took(4*time.Minute + 10*time.Second), "4 min 10 s"}, {Took(900 * time.Millisecond), "1 s"}, {Took(62 * time.Minute), "1 h 2 min"},
		{About(3 * time.Second), "a few seconds"}, {About(31 * time.Second), "about 40 s"}, {About(18*time.Minute + 20*time.Second), "about 18 min"},
		{About(2 * time.Hour), "about 2 h 0 min"}, {About(57 * time.Second), "about 1 min"},
		{Names([]string{"a", "b"}, 2), "a, b"}, {Names([]string{"a", "b", "c"}, 1), "a and 2 more"},
	} {
		if c.got != c.want {
			t.Errorf("%q, should be %q", c.got, c.want)
		}
	}
}
