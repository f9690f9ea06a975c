// SPDX-License-Identifier: MIT

package load

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// TestH2Verifies: answers are compared byte by byte. Without the comparison in answered
// the second case passes, without that of lengths the third.
func TestH2Verifies(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func([]byte) []byte
		good  bool
	}{
		"as it was":  {func(b []byte) []byte { return b }, true},
		"a bit off":  {func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, false},
		"cut":        {func(b []byte) []byte { return b[:len(b)-1] }, false},
		"more of it": {func(b []byte) []byte { return append(b, 0) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, err := io.ReadAll(r.Body)
				if err == nil {
					_, _ = w.Write(c.spoil(b))
				}
			}))
			s.EnableHTTP2 = true
			s.StartTLS()
			defer s.Close()
			r, err := Run(Job{Addr: s.Listener.Addr().String(), Pid: os.Getpid(), Kind: "h2post", Conns: 2, Streams: 10, Size: 64,
				Path: "/post", Warm: time.Millisecond, Window: 50 * time.Millisecond})
			if c.good && (err != nil || r.Ops == 0) || !c.good && !errors.Is(err, errBytes) {
				t.Fatalf("%d operations, %v", r.Ops, err)
			}
		})
	}
}
