// SPDX-License-Identifier: MIT

package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"libwebsockets/c_tests/harness"
)

func init() {
	none := map[int]string{17: "Debian's has neither lws_struct nor lws_fts; c_tests/data compares with the original that has", 19: "the same"}
	drives = append(drives, []drive{
		{folder: "api-tests/api-test-lws_struct-json", does: "its own checks", single: none, run: func(r *rig) {
			p := r.start()
			r.ended(p)
			if !strings.Contains(p.Log(), "Completed: PASS") {
				r.Errorf("it does not pass:\n%s", p.Log())
			}
		}},
		{folder: "api-tests/api-test-fts", does: "an index of three texts; words, completions, files and lines", single: none, run: fts},
		{folder: "http-server/minimal-http-server-fulltext-search", does: "its page, completions and lines of its book by /fts", single: none, run: fulltext},
	}...)
}

func fts(r *rig) {
	r.mask(`serialize: index.*`, "serialize: index")
	said := func(p *harness.Proc, lines ...string) {
		r.ended(p)
		for _, l := range lines {
			if !strings.Contains(p.Log(), l) {
				r.Errorf("%q is not said:\n%s", l, p.Log())
			}
		}
	}
	said(r.start("-c", "-i", "index", "canned-1.txt", "canned-2.txt", "the-picture-of-dorian-gray.txt"), "index 3 files")
	said(r.start("-i", "index", "hen"), "AC henry: 236 agg hits")
	said(r.start("-i", "index", "-f", "b"), "canned-1.txt: (26 lines) 1 hits", "the-picture-of-dorian-gray.txt: (8904 lines) 3 hits")
	said(r.start("-i", "index", "-l", "sibyl"), "the-picture-of-dorian-gray.txt: (8904 lines) 85 hits", " 1867")
	said(r.start("-i", "index", "-f", "nobodywritesthis"), "no filepath results")
	r.put("broken", []byte("this is no index, and long enough for a head"))
	said(r.start("-i", "broken", "b"), "bad magic 74 68 69 73", "FAILED")
}

func fulltext(r *rig) {
	p := r.serve(7681)
	index, err := os.ReadFile(filepath.Join(r.dir, "mount-origin", "index.html"))
	must(r, err)
	if got := r.dial(7681).ask(r, get("/")); !bytes.Equal(got.body, index) {
		r.Errorf("its page is another: %s", sum(got.body))
	}
	book, err := os.ReadFile(filepath.Join(r.dir, "the-picture-of-dorian-gray.txt"))
	must(r, err)
	ask := func(path string) (found struct {
		Indexed int
		AC      []struct {
			AC      string
			Matches int
		}
	}) {
		body := r.dial(7681).ask(r, get(path)).body
		r.note("%s %s", path, sum(body))
		must(r, json.Unmarshal(body, &found))
		return found
	}
	if got := ask("/fts/a/dor"); fmt.Sprint(got) != "{1 [{dorian 421}]}" {
		r.Error(got)
	}
	if got := ask("/fts/a/zzz"); fmt.Sprint(got) != "{1 []}" {
		r.Error(got)
	}
	// Its answer with lines is no JSON: it closes one object too many, as the page knows.
	body := r.dial(7681).ask(r, get("/fts/r/sibyl")).body
	r.note("/fts/r/sibyl %s", sum(body))
	n := 0
	for line := range strings.Lines(string(body)) {
		var at, number int
		if _, err := fmt.Sscanf(line, `{"l":%d,"o":%d,`, &number, &at); err != nil {
			continue
		}
		n++
		_, quote, _ := strings.Cut(line, `"s":"`)
		quote, _, _ = strings.Cut(quote, `"}`)
		want, _, _ := strings.Cut(string(book[at:]), "\n")
		want = strings.ReplaceAll(strings.TrimSuffix(want, "\r"), `"`, `\u0022`)
		if quote != want || number != 1+bytes.Count(book[:at], []byte("\n")) {
			r.Errorf("line %d at %d: %q, not %q", number, at, quote, want)
		}
	}
	if n != 85 {
		r.Errorf("%d lines, not 85", n)
	}
	r.noteAnswer("/fts/x", r.dial(7681).ask(r, get("/fts/x")))
	r.stop(p)
}
