// SPDX-License-Identifier: MIT

// Package admin drives what Debian's build leaves out and who runs a server asks for:
// limits for peers, the access log, the status. The referee is the original with these
// built in (tools/full-reference).
package admin

import (
	"testing"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

// library is one that programs are compiled for and run on.
type library struct{ harness.Side }

// libraries: the first is the referee.
var libraries = []library{{harness.Original}, {harness.So19}, {harness.So17}}

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	return l.Start(t, nil, l.Program(t, "prog/"+name+".c"), args...)
}
