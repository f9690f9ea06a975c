// SPDX-License-Identifier: MIT

package httpd

import (
	"fmt"
	"testing"
)

func TestAppendHex(t *testing.T) {
	for _, n := range []uint64{0, 1, 0xabcdef, 1<<32 - 1, 1 << 32, 0x123456789ab, 1<<64 - 1} {
		if got, want := string(appendHex(nil, n)), fmt.Sprintf("%08X", n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
