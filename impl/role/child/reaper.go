// SPDX-License-Identifier: MIT

package child

import (
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// patience is how long a process has after SIGTERM.
const patience = 5 * time.Second

// leave has a process waited for that nobody cares for any more: it is sent SIGTERM when
// its time is over (never: limit < 0), and SIGKILL if that does not help.
func leave(pid int, group bool, limit time.Duration) {
	if _, gone := wait(pid, false, nil); gone {
		return
	}
	go guard("waiting for a process", func() { await(pid, group, limit) })
}

// guard runs fn; a panic is logged and ends there.
func guard(what string, fn func()) {
	defer func() {
		if r := recover(); r != nil {
			engine.Errf("internal error in %s: %v", what, r)
		}
	}()
	fn()
}

func await(pid int, group bool, limit time.Duration) {
	begun, nap := time.Now(), time.Millisecond
	signals := []unix.Signal{unix.SIGTERM, unix.SIGKILL}
	for {
		time.Sleep(nap)
		if _, gone := wait(pid, false, nil); gone {
			return
		}
		if len(signals) > 0 && limit >= 0 && time.Since(begun) >= limit {
			signal(pid, group, signals[0])
			signals = signals[1:]
			begun, limit, nap = time.Now(), patience, time.Millisecond
		}
		nap = min(2*nap, 250*time.Millisecond)
	}
}

// signal sends s to a process that has not been waited for, with its group if it leads one.
func signal(pid int, group bool, s unix.Signal) {
	if group && unix.Kill(-pid, s) == nil {
		return
	}
	_ = unix.Kill(pid, s)
}
