// SPDX-License-Identifier: MIT

package guide

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func init() { drives["front"] = front }

// front: a site and its WebSocket behind the program.
func front(r *run) {
	big := strings.Repeat("0123456789", 50_000)
	up := websocket.Upgrader{Subprotocols: []string{"echo"}}
	l := harness.Listen(r) // it ends before the program does
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if websocket.IsWebSocketUpgrade(req) {
			c, err := up.Upgrade(w, req, nil)
			if err != nil {
				return
			}
			defer c.Close()
			for {
				kind, b, err := c.ReadMessage()
				if err != nil {
					return
				}
				_ = c.WriteMessage(kind, append([]byte("behind: "), b...))
			}
		}
		switch req.URL.Path {
		case "/big":
			_, _ = io.WriteString(w, big)
		case "/post":
			b, _ := io.ReadAll(req.Body)
			fmt.Fprintf(w, "%s %d bytes", req.Method, len(b))
		default:
			http.NotFound(w, req)
		}
	})}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	p := r.serve("127.0.0.1:" + port(l))
	r.gets(browser(), "/big", 200, big)
	r.gets(browser(), "/none", 404, "*")
	r.gets(browser(), "/old", 301, "")
	resp, err := browser().Post(r.url("/post"), "text/plain", strings.NewReader(big))
	must(r, err)
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(b) != fmt.Sprintf("POST %d bytes", len(big)) {
		r.Errorf("a POST is answered with %q", b)
	}
	c := r.dial("echo")
	for _, text := range []string{"one", big} {
		r.say(c, text)
		r.hears(c, "behind: "+text)
	}
	s.Close()
	l.Close()
	r.gets(browser(), "/big", 503, "*")
	p.Stop()
}
