// SPDX-License-Identifier: MIT

package examples

// drive is one way to drive one example; label tells several apart.
type drive struct {
	folder, label string
	does          string // for docs/examples.md
	run           func(r *rig)
	differs       []difference
	loops         bool // it loads the event loops' plugins
}

// difference is a row of docs/quirks.md and the lines that may differ for it.
type difference struct {
	row  int
	line string
}

func (e drive) name() string {
	if e.label == "" {
		return e.folder
	}
	return e.folder + " " + e.label
}

// drives is filled in by the files of the groups.
var drives []drive
