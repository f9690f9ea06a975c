// SPDX-License-Identifier: MIT

package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// What Debian's programs are asked: a broker is told what it has to send back, a
// media server is asked what it is, a terminal shows what a program prints.

// greeter is a stream that has something to settle before the load begins.
type greeter interface {
	// greet talks to the server, which still is waited for.
	greet(c io.ReadWriter) error
}

const opText, opBinary = 1, 2

func masked(op byte, p []byte) []byte { return maskedFrame(op, p, 0x5a3c69f1) }

// mqttStream publishes to a topic of its own, which it has subscribed to: what comes
// back is the same packet.
type mqttStream struct {
	frames
	asked
	name   string
	idle   bool // only connected
	packet [variants][]byte
	off    int
}

// MQTT's packets (3.1.1 §2.2).
const mqttConnect, mqttConnack, mqttPublish, mqttSubscribe, mqttSuback = 0x10, 0x20, 0x30, 0x82, 0x90

func newMQTT(m *messages, id int, idle bool) *mqttStream {
	s := &mqttStream{name: fmt.Sprintf("bench/%05d", id), idle: idle}
	if idle {
		s.name = fmt.Sprintf("idle/%05d", id)
		return s
	}
	s.requests = new([variants][]byte)
	for v, p := range m.payload {
		s.packet[v] = mqttPacket(mqttPublish, mqttText(s.name), p)
		s.requests[v] = masked(opBinary, s.packet[v])
	}
	return s
}

func mqttText(s string) []byte { return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...) }

func mqttPacket(kind byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	n := len(body)
	p := []byte{kind}
	for ; n > 127; n >>= 7 {
		p = append(p, byte(n)|128)
	}
	return append(append(p, byte(n)), body...)
}

func (s *mqttStream) greet(c io.ReadWriter) error {
	const clean, alive = 2, 600
	err := s.expect(c, mqttPacket(mqttConnect, mqttText("MQTT"), []byte{4, clean, alive >> 8, alive & 255}, mqttText(s.name)),
		[]byte{mqttConnack, 2, 0, 0})
	if err != nil || s.idle {
		return err
	}
	return s.expect(c, mqttPacket(mqttSubscribe, []byte{0, 1}, mqttText(s.name), []byte{0}), []byte{mqttSuback, 3, 0, 1, 0})
}

// expect says something that is answered by a message of such bytes.
func (s *mqttStream) expect(c io.ReadWriter, say, want []byte) error {
	if _, err := c.Write(masked(opBinary, say)); err != nil {
		return err
	}
	var got []byte
	buf := make([]byte, 256)
	for len(got) < len(want) {
		n, err := c.Read(buf)
		if err != nil || n == 0 {
			return fmt.Errorf("MQTT: got % x, not % x, and then %v", got, want, err)
		}
		for b := buf[:n]; ; {
			p, rest, ok := s.piece(b)
			if !ok {
				break
			}
			got, b = append(got, p...), rest
		}
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("MQTT: got % x, not % x", got, want)
	}
	return nil
}

// feed does not ask how packets lie in messages, which is the broker's own affair.
func (s *mqttStream) feed(b []byte) (done int, err error) {
	for p, err := range s.data(b) {
		if err != nil {
			return done, err
		}
		for len(p) > 0 {
			if s.got >= s.sent {
				return done, errMore
			}
			want := s.packet[s.got%variants][s.off:]
			n := min(len(p), len(want))
			if !bytes.Equal(p[:n], want[:n]) {
				return done, errBytes
			}
			p = p[n:]
			if s.off += n; n == len(want) {
				s.off = 0
				s.got++
				done++
			}
		}
	}
	return done, nil
}

// janusStream asks a Janus what it is. The first answer to each of its requests is
// looked at as JSON, the others have to be the same.
type janusStream struct {
	frames
	asked
	id      int
	answer  [variants][]byte
	message []byte
}

func newJanus(id int) *janusStream {
	s := &janusStream{id: id, asked: asked{requests: new([variants][]byte)}}
	for v := range s.requests {
		s.requests[v] = masked(opText, fmt.Appendf(nil, `{"janus":"info","transaction":"%s"}`, s.transaction(v)))
	}
	return s
}

func (s *janusStream) transaction(v int) string { return fmt.Sprintf("client %d, request %d", s.id, v) }

func (s *janusStream) feed(b []byte) (done int, err error) {
	for p, err := range s.data(b) {
		if err != nil {
			return done, err
		}
		s.message = append(s.message, p...)
		if !s.over() {
			continue
		}
		if s.got >= s.sent {
			return done, errMore
		}
		v := s.got % variants
		if s.answer[v] == nil {
			var says struct{ Janus, Transaction, Name string }
			if err := json.Unmarshal(s.message, &says); err != nil || says.Janus != "server_info" || says.Transaction != s.transaction(v) || says.Name == "" {
				return done, fmt.Errorf("%w: %v in %.200q", errBytes, err, s.message)
			}
			s.answer[v] = bytes.Clone(s.message)
		} else if !bytes.Equal(s.message, s.answer[v]) {
			return done, errBytes
		}
		s.message = s.message[:0]
		s.got++
		done++
	}
	return done, nil
}

// ttyStream is a terminal in which a program counts: "1\r\n2\r\n3\r\n" … An operation is
// a KiB of that.
type ttyStream struct {
	frames
	n      int    // the number that is being shown
	line   []byte // what is missing of its line
	buf    [24]byte
	begun  bool // behind the first byte of a message, which says what it is
	output bool
	bytes  int // not counted yet
}

func (s *ttyStream) greet(c io.ReadWriter) error {
	_, err := c.Write(masked(opText, []byte(`{"AuthToken":"","columns":80,"rows":24}`)))
	return err
}

func (s *ttyStream) next() []byte { return nil }

func (s *ttyStream) feed(b []byte) (done int, err error) {
	for p, err := range s.data(b) {
		if err != nil {
			return done, err
		}
		if !s.begun && len(p) > 0 {
			const shown = '0'
			s.begun, s.output, p = true, p[0] == shown, p[1:]
		}
		if s.over() {
			s.begun = false
		}
		if !s.output {
			continue // the window's title, settings
		}
		s.bytes += len(p)
		for len(p) > 0 {
			if len(s.line) == 0 {
				s.n++
				s.line = append(strconv.AppendInt(s.buf[:0], int64(s.n), 10), "\r\n"...)
			}
			n := min(len(p), len(s.line))
			if !bytes.Equal(p[:n], s.line[:n]) {
				return done, fmt.Errorf("%w: %.20q where %d is to come", errBytes, p, s.n)
			}
			p, s.line = p[n:], s.line[n:]
		}
	}
	done, s.bytes = s.bytes/1024, s.bytes%1024
	return done, nil
}
