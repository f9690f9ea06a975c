// SPDX-License-Identifier: MIT

package cgi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

// visit is a request, and what becomes of it.
type visit struct {
	name, script, request string
	// differs says how ours is another answer than the original's; "": it is the same.
	differs string
	ours    string // then, a regexp
}

// gits is the visit to a CGI that has git's variable.
const gits = "git's variable"

const get = "GET /x HTTP/1.1\r\nHost: t\r\n\r\n"

var visits = []visit{
	{name: "plain", script: sh(0, plainHead+"echo hello"), request: get},
	{name: "crlf", script: sh(0, `printf 'Content-Type: text/plain\r\nX-A: b\r\n\r\nhello'`), request: get},
	{name: "environment", script: sh(0, plainHead+"env | sort | grep -v ^SCRIPT_PATH= | grep -v ^PWD=; pwd"),
		request: "GET /x/y/../a%20b?q=1&r=a%26b HTTP/1.1\r\nHost: t:1\r\nReferer: http://r/\r\nCookie: a=b; c=d\r\nUser-Agent: u\r\n" +
			"Accept: x/y\r\nAccept-Encoding: br\r\nX-Other: no\r\nAuthorization: Basic eDp5\r\nProxy: http://evil/\r\n\r\n"},
	{name: "post", script: sh(0, plainHead+`echo "$CONTENT_TYPE $CONTENT_LENGTH $REQUEST_METHOD"; cat`),
		request: "POST /x/y HTTP/1.1\r\nHost: t\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "coded post", script: sh(0, plainHead+`echo "$HTTP_CONTENT_ENCODING"; cat | tr '\001\002\003' abc`), // not inflated
		request: "POST /x HTTP/1.1\r\nHost: t\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x01\x02\x03"},
	{name: "location", script: sh(0, `printf 'Location: http://h/p\n\n'`), request: get},
	{name: "status and location", script: sh(0, `printf 'Status: 201\r\nLocation: /p\r\n\r\n'`), request: get},
	{name: "location and status", script: sh(0, `printf 'Location: /p\r\nStatus: 307\r\n\r\n'`), request: get},
	{name: "dies", script: sh(0, plainHead+`printf before; kill -9 $$`), request: get},
	{name: "says chunked", script: sh(0, `printf 'Content-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\nhello'`), request: get},
	{name: gits, script: sh(0, plainHead+"printf 'as it is'"), request: get,
		differs: "the original sends the end of chunks", ours: "\r\n\r\nas it is$"},

	{name: "two cookies", script: sh(0, plainHead+`printf %s "$HTTP_COOKIE"`), request: "GET /x HTTP/1.1\r\nHost: t\r\nCookie: a=b\r\nCookie: c=d\r\n\r\n",
		differs: "the original joins them otherwise", ours: "\r\na=b; c=d$"},
	{name: "letters", script: sh(0, plainHead+`printf %s "$QUERY_STRING"`), request: "GET /x?s=%c3%a4 HTTP/1.1\r\nHost: t\r\n\r\n",
		differs: "the original writes other digits", ours: "\r\ns=%C3%A4$"},
	{name: "status behind a line feed", script: sh(0, `printf 'Content-Type: a/b\nStatus: 403\nContent-Length: 2\n\nno'`), request: get,
		differs: "the original sees the first line alone, where lines end with LF", ours: "^HTTP/1.1 403 (?s:.*)\r\n\r\nno$"},
	{name: "length", script: sh(0, `printf 'Status: 404 Nope\nContent-Length: 5\n\nhello'`), request: get,
		differs: "the original adds chunks to a length",
		ours:    "^HTTP/1.1 404 Not Found\r\nconnection: close\r\nStatus: 404 Nope\r\nContent-Length: 5\r\n\r\nhello$"},
	{name: "longer than told", script: sh(0, `printf 'Content-Length: 5\n\nhello and more'`), request: get,
		differs: "the original sends more", ours: "\r\n\r\nhello$"},
	{name: "empty", script: sh(0, `printf 'Content-Length: 0\n\n'`), request: get,
		differs: "the original sends chunks", ours: "^HTTP/1.1 200 OK\r\nconnection: close\r\nContent-Length: 0\r\n\r\n$"},
	{name: "304", script: sh(0, `printf 'Status: 304 Not Modified\nETag: "x"\n\n'`), request: get,
		differs: "the original announces chunks", ours: "^HTTP/1.1 304 Not Modified\r\nconnection: close\r\nStatus: 304 Not Modified\r\nETag: \"x\"\r\n\r\n$"},
	{name: "head", script: sh(0, plainHead+"echo no"), request: "HEAD /x HTTP/1.1\r\nHost: t\r\n\r\n",
		differs: "the original sends a body", ours: "^HTTP/1.1 200 OK\r\nconnection: close\r\nContent-Type: text/plain\r\n\r\n$"},
	{name: "http/1.0", script: sh(0, plainHead+"echo yes"), request: "GET /x HTTP/1.0\r\nHost: t\r\n\r\n",
		differs: "the original sends chunks", ours: "\r\n\r\nyes\n$"},
	{name: "argument without value", script: sh(0, plainHead+`printf %s "$QUERY_STRING"`), request: "GET /x?word&a=&b%26c=d&e HTTP/1.1\r\nHost: t\r\n\r\n",
		differs: "the original loses letters", ours: "\r\nword&a=&b%26c=d&e$"},
	{name: "another status", script: sh(0, `printf 'X-Status: 500\nX-Content-Length: 2\nContent-Type: a/b\n\nfine'`), request: get,
		differs: "the original finds a status in other names", ours: "^HTTP/1.1 200 OK\r\n(?s:.*)fine"},
	{name: "body without end", script: sh(0, plainHead+"cat; echo end"), request: get,
		differs: "the original's stdin has no end", ours: "end"},
	{name: "body not read", script: sh(0, plainHead+"exec <&-; sleep 0.2; echo done"), request: "POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000),
		differs: "the original closes", ours: "done"},
	{name: "chunked body", script: sh(0, plainHead+`echo "[$CONTENT_LENGTH]"; cat`),
		request: "POST /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
		differs: "the original's stdin has no end", ours: `(?s)\[\]\n.*hello world`},
	{name: "put", script: sh(0, plainHead+`echo "$CONTENT_LENGTH"; cat`), request: "PUT /x HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello",
		differs: "the original tells the length of a POST alone", ours: "5\n(?s:.*)hello"},
	{name: "no head", script: sh(0, "echo hello"), request: get, differs: "the original closes", ours: "^HTTP/1.1 500 "},
	{name: "nothing", script: sh(0, "exit 3"), request: get, differs: "the original sends the end of chunks", ours: "^HTTP/1.1 500 "},
	{name: "no such program", script: "/nowhere/program", request: get, differs: "the original closes", ours: "^HTTP/1.1 500 "},
	{name: "no interpreter", script: "#!/nowhere/sh\n", request: get, differs: "the original closes", ours: "^HTTP/1.1 500 "},
}

// dechunked is an answer without its chunks: where they begin depends on the time. whole: it
// has its end, which the original may leave out, or send twice.
func dechunked(s string) (text string, whole bool) {
	head, body, _ := strings.Cut(s, "\r\n\r\n")
	if !strings.Contains(strings.ToLower(head), "transfer-encoding: chunked") {
		return s, true
	}
	body, _, ended := strings.Cut("\r\n"+body, "\r\n0\r\n\r\n")
	return head + "\r\n\r\n" + strings.TrimSuffix(chunk.ReplaceAllString(body, ""), "\r\n"), ended
}

var chunk = regexp.MustCompile(`\r\n[0-9A-F]+\r\n`)

// answers are those of a library to all visits, at a time.
func answers(t *testing.T, l library) map[string]string {
	sites := []*site{nil, nil} // with and without git's variable
	for i := range sites {
		scripts := map[string]string{}
		for n, v := range visits {
			if (l.Ours || v.differs == "") && (v.name == gits) == (i == 1) {
				scripts[fmt.Sprint("/x", n)] = v.script
			}
		}
		more := []string{"-q"}
		if i == 1 {
			more = append(more, "GIT_PROJECT_ROOT:/x")
		}
		sites[i] = newSite(t, l, scripts, more...)
	}
	all := map[string]string{}
	var wait sync.WaitGroup
	var mu sync.Mutex
	for n, v := range visits {
		if !l.Ours && v.differs != "" {
			continue // it is written down, and takes the original seconds
		}
		s, path := sites[0], fmt.Sprint("/x", n)
		if v.name == gits {
			s = sites[1]
		}
		wait.Go(func() {
			text, whole := dechunked(s.raw(strings.Replace(v.request, "/x", path, 1)))
			if !whole && l.Ours {
				t.Errorf("%s, %s: it has no end: %q", l.Name, v.name, text)
			}
			got := strings.ReplaceAll(text, path, "/x")
			mu.Lock()
			defer mu.Unlock()
			all[v.name] = got
		})
	}
	wait.Wait()
	for _, s := range sites {
		s.alone(soon)
		if l.Ours {
			s.end()
		}
	}
	return all
}

// TestAnswers: what is made of what CGIs print, beside the original.
func TestAnswers(t *testing.T) {
	var got [3]map[string]string
	var wait sync.WaitGroup
	for i, l := range libraries {
		wait.Go(func() { got[i] = answers(t, l) })
	}
	wait.Wait()
	for i, l := range libraries[1:] {
		for _, v := range visits {
			a := got[i+1][v.name]
			switch {
			case v.differs == "" && a != got[0][v.name]:
				t.Errorf("%s, %s:\n%q, the original:\n%q", l.Name, v.name, a, got[0][v.name])
			case v.differs != "" && !regexp.MustCompile(v.ours).MatchString(a):
				t.Errorf("%s, %s: %q (%s)", l.Name, v.name, a, v.differs)
			case strings.Contains(a, "SECRET"):
				t.Errorf("%s, %s: %q", l.Name, v.name, a)
			}
		}
	}
}

// told is what a program is told of one request, without what repeats itself and the ends
// of pipes, and how many of those there were.
func told(s *site) (l []string, ends int) {
	s.p.WaitLine("^CLOSED_HTTP", soon)
	for _, line := range s.p.All() {
		switch {
		case line == "ready":
		case line == "CHILD_CLOSING":
			ends++
		case strings.HasPrefix(line, "TERMINATED"): // the original's may have no pid, and come twice
			s.t.Logf("%s", line)
		case !slices.Contains(l, line) && !strings.HasPrefix(line, "["):
			l = append(l, line)
		}
	}
	return l, ends
}

// TestCallbacks: the program's protocol is told the same as by the original: in the same
// order, when what repeats itself and the ends of the pipes and of the process are left
// out. That is told once, with its pid, before the connection's.
func TestCallbacks(t *testing.T) {
	for name, v := range map[string]visit{
		"get":    {script: sh(0, plainHead+"echo hello"), request: get},
		"post":   {script: sh(0, plainHead+"cat"), request: "POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"},
		"stderr": {script: sh(0, "echo oops >&2; sleep 0.3\n"+plainHead+"echo hello"), request: get},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			var ends int
			for _, l := range libraries {
				s := newSite(t, l, map[string]string{"/x": v.script})
				s.raw(v.request)
				got, n := told(s)
				if !l.Ours {
					want, ends = got, n
					continue
				}
				if !slices.Equal(got, want) || n != ends {
					t.Errorf("%s: %q, %d pipes; the original: %q, %d", l.Name, got, n, want, ends)
				}
				log := strings.Join(s.p.All(), "\n") + "\n"
				if strings.Count(log, "TERMINATED pid cgi 1\n") != 1 || strings.Count(log, "TERMINATED") != 1 ||
					strings.Index(log, "TERMINATED") > strings.Index(log, "CLOSED_HTTP") {
					t.Errorf("%s: %s", l.Name, log)
				}
				s.end()
			}
		})
	}
}

// TestStatus: the server's status counts CGIs. lws_is_cgi() is asked by the program.
func TestStatus(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/wait": sh(15, plainHead+"echo begun; exec sleep 10"), "/x": sh(0, plainHead)})
			status := func() string {
				_, body, err := s.get(false, "/alive")
				if err != nil {
					t.Fatal(err)
				}
				return body
			}
			has := func(what string) {
				t.Helper()
				harness.Eventually(t, soon, what, func() bool { return strings.Contains(status(), "</h1>"+what+"<") })
			}
			has("0 0")
			s.raw("GET /x HTTP/1.1\r\nHost: t\r\n\r\n")
			has("1 0")
			r, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d/wait", s.port))
			if err != nil {
				t.Fatal(err)
			}
			has("2 1")
			r.Body.Close() // the client goes: its process, too
			has("2 0")
			s.alone(soon)
			s.end()
		})
	}
}
