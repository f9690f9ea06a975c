// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"strings"
	"testing"
)

// TestWired: a hook that is missing is named, and nothing goes on. It fails when Wired
// does not look.
func TestWired(t *testing.T) {
	type hooks struct{ Open, Close func() }
	Wired(hooks{func() {}, func() {}})
	defer func() {
		if s := fmt.Sprint(recover()); !strings.Contains(s, "Close is missing") {
			t.Errorf("%q", s)
		}
	}()
	Wired(hooks{Open: func() {}})
}
