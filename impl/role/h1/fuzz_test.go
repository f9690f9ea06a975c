// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// guest is a program that serves requests in the ways that script tells, and numbers its answers.
type guest struct {
	r        *enginetest.Rig
	script   enginetest.Script
	heads    []bool // of the requests so far, which are HEAD
	answered int
	body     int // bytes of the current request's
	killed   bool
}

// RedirectHit is where each request that the role accepts comes by.
func (p *guest) RedirectHit(c *engine.Conn) (done, ok bool) {
	p.heads = append(p.heads, IsHead(c))
	p.body = 0
	return false, true
}

func (p *guest) Action(c *engine.Conn) bool {
	c.SetState(engine.StateDoingTransaction)
	return c.CallBytes(engine.ReasonHTTP, []byte("/")) == 0 && (c.Dead() || ExpectBody(c))
}
func (p *guest) Fragment(*engine.Conn) bool { return true }
func (p *guest) BindPost(*engine.Conn)      {}
func (p *guest) Drop(*engine.Conn)          {}

func (p *guest) on(k enginetest.Call) (r int) {
	c := k.Conn
	switch k.Reason {
	case engine.ReasonHTTP:
		p.r.Do(func() { r = p.begin(c) })
	case engine.ReasonHTTPBody:
		p.body += len(k.Bytes)
	case engine.ReasonHTTPBodyCompletion, engine.ReasonHTTPWriteable:
		if StateOf(c).answered {
			return 0
		}
		p.r.Do(func() { r = p.answer(c) })
	}
	return r
}

// begin does one of the things that programs do with a request.
func (p *guest) begin(c *engine.Conn) int {
	s := StateOf(c)
	switch p.script.Next() % 8 {
	case 0:
		p.killed = true
		return -1
	case 1:
		return p.answer(c)
	case 2:
		c.AskWriteable()
	case 3:
		p.killed = true
		c.Close(engine.CloseNoStatus)
	case 4: // for ever
	default:
		if s.bodyLen <= 0 {
			return p.answer(c)
		}
	}
	return 0
}

func (p *guest) answer(c *engine.Conn) int {
	p.answered++
	if ReturnStatus(c, 200, fmt.Sprintf("answer %d", p.answered)) != 0 {
		return -1
	}
	return -Completed(c)
}

var answerHead = regexp.MustCompile(`^HTTP/1\.[01] (\d\d\d) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*?content-length: (\d+)\r\n(?:[^\r\n]+\r\n)*?\r\n`)

// answers reads what was sent: the statuses of whole answers, the text of those
// that are the program's. Those to heads have no body. The rest is no answer.
func answers(b []byte, heads []bool) (status []int, texts []string, rest []byte) {
	for len(b) > 0 {
		if after, ok := bytes.CutPrefix(b, []byte("HTTP/1.1 100 Continue\r\n\r\n")); ok {
			b = after
			continue
		}
		m := answerHead.FindSubmatch(b)
		if m == nil {
			return status, texts, b
		}
		n, _ := strconv.Atoi(string(m[2]))
		code, _ := strconv.Atoi(string(m[1]))
		b = b[len(m[0]):]
		if i := len(status); i < len(heads) && heads[i] || i == len(heads) && len(b) == 0 {
			n = 0
		}
		if n > len(b) {
			return status, texts, b
		}
		if code == 200 {
			_, text, _ := strings.Cut(string(b[:n]), "answer ")
			text, _, _ = strings.Cut(text, "<")
			texts = append(texts, text)
		}
		status, b = append(status, code), b[n:]
	}
	return status, texts, nil
}

// FuzzRequests: whatever bytes come, in pieces of any size, and however the program
// serves: each request gets one answer, in order, or the connection closes; a bounded
// amount is kept; everything ends.
//
// Seen to fail: without the bound in full; with a second answer behind a bad chunk.
func FuzzRequests(f *testing.F) {
	get, post := "GET / HTTP/1.1\r\nHost: t\r\n\r\n", "POST /x HTTP/1.1\r\nHost: t\r\n"
	for i, s := range []string{
		get + get + "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get,
		post + "Content-Length: 4\r\n\r\nbody" + get,
		post + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4\r\nbody\r\n0\r\n\r\n" + get,
		post + "Connection: close\r\nContent-Type: multipart/form-data; boundary=X\r\n\r\n--X\r\n\r\nv\r\n--X--" + get,
		post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + get,
		"GET / HTTP/1.1\r\nHost: t\r\nUpgrade: nothing\r\n\r\n" + get,
		"HEAD http://t/ HTTP/1.1\r\nHost: t\r\n\r\nDELETE / HTTP/1.1\r\nHost: u\r\n\r\n\x00",
		strings.Repeat(get, 6),
	} {
		f.Add([]byte(s), []byte{255, 255, 5}, []byte{5, 1, 2, 5})
		f.Add([]byte(s), []byte{byte(i), 1, 9}, []byte{1, 2, byte(i), 5, 2})
	}
	f.Add([]byte(get), []byte{}, []byte{4})
	f.Fuzz(func(t *testing.T, in, cuts, script []byte) {
		if len(in) < 200 && bytes.HasSuffix(in, []byte("\r\n\r\n")) && len(script) > 0 && script[0]%8 == 4 {
			in = bytes.Repeat(in, 1+100_000/len(in)) // more than is kept
		}
		serve(t, in, cuts, script)
	})
}

// wire makes p the application.
func (p *guest) wire() {
	Wire(Hooks{App: p, Upgrades: map[string]func(*engine.Conn) bool{},
		Extended: func(*engine.Conn) (done, ok bool) { return false, true },
		Fallback: func(*engine.Conn, []byte) bool { return false }})
}

func serve(t *testing.T, in, cuts, script []byte) {
	p := &guest{script: script}
	p.wire()
	p.r = enginetest.New(t, &enginetest.Program{On: p.on}, &engine.Info{})
	peer := p.r.Connect(Role, false, func(c *engine.Conn) { Begin(c) })
	c, state := peer.C, StateOf(peer.C)
	most := keptMax + c.Ctx.ServBufSize
	d := peer.Play(in, cuts, func() {
		if k := len(c.Kept()); k > most {
			t.Fatalf("%d bytes are kept, at most %d may be", k, most)
		}
	})
	status, texts, rest := answers(d.Sent, p.heads)
	if len(rest) > 0 {
		t.Fatalf("%q is no answer", rest)
	}
	for i, text := range texts {
		if text != "" && text != strconv.Itoa(i+1) {
			t.Errorf("answer %d is %s", i+1, text)
		}
	}
	if len(texts) != p.answered && !p.killed {
		t.Errorf("%d of %d answers came", len(texts), p.answered)
	}
	refused, requests := 0, len(p.heads)
	if !state.Parsed && !d.Alive {
		refused = 1 // a head that is none
	}
	if n := len(status); n > requests+refused || d.Alive && d.Idle && n != requests || n < requests-1 {
		t.Errorf("%d requests, answers %v; the connection lives: %v", requests, status, d.Alive)
	}
}
