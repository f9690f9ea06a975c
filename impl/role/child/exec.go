// SPDX-License-Identifier: MIT

// Package child runs processes whose stdin, stdout and stderr are connections.
package child

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// command is what to start.
type command struct {
	args, env []string
	path      string // where programs without a slash are looked for
	root, dir string // "": as the process
	group     bool   // it leads a process group of its own
	std       [3]int
}

// start runs the command: as execvpe() does it, by path, and by the shell where the
// kernel knows no such program. The memory is shared with the child until it runs the
// program: no handlers of pthread_atfork() are called, whatever threads there are.
func (k *command) start() (pid int, err error) {
	if len(k.args) == 0 || k.args[0] == "" {
		return 0, unix.ENOENT
	}
	k.checkDir()
	if strings.Contains(k.args[0], "/") {
		return k.run(k.args[0])
	}
	err = unix.ENOENT
	for dir := range strings.SplitSeq(k.path, ":") {
		if dir == "" {
			dir = "."
		}
		file := dir + "/" + k.args[0]
		if k.root == "" && unix.Access(file, unix.F_OK) != nil {
			continue
		}
		pid, e := k.run(file)
		switch {
		case e == nil:
			return pid, nil
		case errors.Is(e, unix.EACCES): // another may do
			err = e
		case !errors.Is(e, unix.ENOENT) && !errors.Is(e, unix.ENOTDIR):
			return 0, e
		}
	}
	return 0, err
}

// checkDir has the child stay where we are when it may not go where it is told to.
func (k *command) checkDir() {
	if k.dir != "" && unix.Access(filepath.Join(k.root, k.dir)+"/.", unix.X_OK) != nil {
		engine.Noticef("lws_spawn_piped: Failed to cd to %s", k.dir)
		if k.dir = ""; k.root != "" {
			k.dir = "/"
		}
	}
}

func (k *command) run(file string) (int, error) {
	a := &syscall.ProcAttr{
		Dir: k.dir, Env: k.env,
		Files: []uintptr{uintptr(k.std[0]), uintptr(k.std[1]), uintptr(k.std[2])},
		Sys:   &syscall.SysProcAttr{Chroot: k.root, Setpgid: k.group, Pdeathsig: unix.SIGTERM},
	}
	if a.Env == nil {
		a.Env = []string{}
	}
	pid, err := syscall.ForkExec(file, k.args, a)
	if err == unix.ENOEXEC {
		pid, err = syscall.ForkExec("/bin/sh", append([]string{"/bin/sh", file}, k.args[1:]...), a)
	}
	return pid, err
}

// wait asks for a process' end, and takes it unless keep is set. gone: it has ended; where
// somebody else has waited for it nobody knows how.
func wait(pid int, keep bool, usage *unix.Rusage) (si unix.Siginfo, gone bool) {
	how := unix.WEXITED | unix.WNOHANG
	if keep {
		how |= unix.WNOWAIT
	}
	for {
		err := unix.Waitid(unix.P_PID, pid, &si, how, usage)
		switch err {
		case unix.EINTR:
			continue
		case nil:
			return si, si.Signo != 0
		}
		return unix.Siginfo{}, true
	}
}
