// SPDX-License-Identifier: MIT

package examples

import "libwebsockets/c_tests/harness"

// drive is one way to drive one example; label tells several apart.
type drive struct {
	folder, label string
	abi           int    // 0: both
	does          string // for docs/examples.md
	run           func(r *rig)
	differs       []difference
	// single tells, by ABI, why Debian's library cannot be driven so; ours is, by itself.
	single map[int]string
	loops  bool // it loads the event loops' plugins
}

// difference is a row of docs/quirks.md and the lines that may differ for it.
type difference struct {
	row  int
	line string
	abi  int // 0: both
}

// of tells whether the drive is for an ABI.
func (e drive) of(ref harness.Ref) bool { return e.abi == 0 || e.abi == ref.ABI }

func (e drive) name() string {
	if e.label == "" {
		return e.folder
	}
	return e.folder + " " + e.label
}

// drives is filled in by the files of the groups.
var drives []drive
