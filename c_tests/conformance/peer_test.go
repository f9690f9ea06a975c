// SPDX-License-Identifier: MIT

package conformance

import (
	"bufio"
	"net"
	"net/http"
	"testing"

	h "libwebsockets/c_tests/harness"
)

// upgraded reads a 101 and makes c a WebSocket.
func upgraded(t *testing.T, c net.Conn) *h.Raw {
	t.Helper()
	r := &h.Raw{Conn: c, R: bufio.NewReader(c), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatalf("upgrade: %v %v", resp, err)
	}
	r.Header = resp.Header
	return r
}
