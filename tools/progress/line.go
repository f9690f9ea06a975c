// SPDX-License-Identifier: MIT

// Package progress shows a person how far something is that takes minutes: on a
// terminal one line that is rewritten, elsewhere plain lines now and then.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Line is where the progress is shown. Its zero value is not for use: NewLine.
type Line struct {
	mu    sync.Mutex
	out   io.Writer
	width int // of the terminal, 0: it is none
	color bool
	shown bool
}

// NewLine shows on a file, by what that file and the environment are.
func NewLine(f *os.File) *Line {
	l := &Line{out: f}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if term := os.Getenv("TERM"); err != nil || term == "" || term == "dumb" {
		return l
	}
	if l.width = int(size.Col); l.width == 0 {
		l.width = 80
	}
	l.color = os.Getenv("NO_COLOR") == ""
	return l
}

// Plain shows plain lines.
func Plain(out io.Writer) *Line { return &Line{out: out} }

// Live says whether there is a line that is rewritten.
func (l *Line) Live() bool { return l.width > 0 }

// Show rewrites the line.
func (l *Line) Show(text string) {
	if !l.Live() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := []rune(text); len(r) >= l.width { // one that is broken would not be rewritten whole
		text = string(r[:l.width-1])
	}
	fmt.Fprintf(l.out, "\r%s\033[K", text)
	l.shown = true
}

// Printf prints what stays, above the line.
func (l *Line) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.out, "\r\033[K")
		l.shown = false
	}
	fmt.Fprintf(l.out, format, args...)
}

// Write is Printf for who has bytes.
func (l *Line) Write(b []byte) (int, error) {
	l.Printf("%s", b)
	return len(b), nil
}

// Red is a word that should not be overlooked.
func (l *Line) Red(word string) string {
	if !l.color {
		return word
	}
	return "\033[31m" + word + "\033[0m"
}

// Took is how long something has taken.
func Took(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
}

// About is how long something will take: nobody knows that to the second.
func About(d time.Duration) string {
	s := d.Seconds()
	switch {
	case s < 8:
		return "a few seconds"
	case s < 55:
		return fmt.Sprintf("about %d s", (int(s)+9)/10*10)
	case s < 5400:
		return fmt.Sprintf("about %d min", max(1, int(s/60+0.5)))
	}
	return fmt.Sprintf("about %d h %d min", int(s)/3600, int(s)/60%60)
}

// Names are the first few of many.
func Names(l []string, most int) string {
	if len(l) <= most {
		return strings.Join(l, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(l[:most], ", "), len(l)-most)
}
