// SPDX-License-Identifier: MIT

package examples

import (
	"context"
	"crypto/tls"
	"net/http"
	"regexp"
	"time"
)

func init() {
	drives = append(drives, []drive{
		{folder: "http-client/minimal-http-client-h2-rxflow", label: "--h1", does: "the page without HTTP/2 (the original's HTTP/2 client fails now and then with Go's server)", run: func(r *rig) {
			r.serveHTTP(443, "warmcat.com", fixed(200, "a page"))
			r.ended(r.start("--h1"))
		}},
		{folder: "http-server/minimal-http-server-h2-long-poll", label: "HTTP/2", does: "the first event of a long poll over HTTP/2", run: longPollH2},
	}...)
}

func longPollH2(r *rig) {
	p := r.serve(7681)
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableCompression: true}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, "GET", "https://127.0.0.1:7681/", nil)
	must(r, err)
	resp, err := tr.RoundTrip(req)
	must(r, err)
	r.note("%s %d %v", resp.Proto, resp.StatusCode, resp.Header)
	b := make([]byte, 100)
	n, err := resp.Body.Read(b)
	must(r, err)
	r.note("%s", regexp.MustCompile(`\d+`).ReplaceAllString(string(b[:n]), "N"))
	resp.Body.Close()
	tr.CloseIdleConnections()
	r.stop(p)
}
