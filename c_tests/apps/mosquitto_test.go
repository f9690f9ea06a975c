// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// TestMosquitto: Debian 13's MQTT broker, which serves WebSockets beside what it polls
// itself. What one client publishes over ws or wss comes to another in its order.
//
// Seen to fail: with a library whose lws_write sends nothing, with a client that leaves
// one message out.
func TestMosquitto(t *testing.T) { both19(t, mosquitto) }

func mosquitto(t *testing.T, l library) {
	dir, plain, secure := t.TempDir(), harness.FreePort(t), harness.FreePort(t)
	id := harness.SelfSigned(t)
	conf := write(t, dir, "mosquitto.conf", fmt.Sprintf(`user root
allow_anonymous true
max_queued_messages 0
listener %d 127.0.0.1
protocol websockets
listener %d 127.0.0.1
protocol websockets
certfile %s
keyfile %s
`, plain, secure, id.CertFile, id.KeyFile))
	p := l.startProgram(t, nil, "usr/sbin/mosquitto", "-c", conf)
	p.Listening(plain, secure)
	checkLoaded(t, l, p.Pid())
	for _, x := range []struct {
		name string
		dial func() net.Conn
	}{
		{"ws", func() net.Conn { return tcp(t, plain) }},
		{"wss", func() net.Conn {
			return tls.Client(tcp(t, secure), &tls.Config{RootCAs: id.Pool(), ServerName: "localhost"})
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			from, to := mqttDial(t, x.dial(), "from"), mqttDial(t, x.dial(), "to")
			to.subscribe("news/#")
			text := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1+i*i*i%20000) }
			for i := range 100 {
				from.publish("news/today", text(i))
			}
			for i := range 100 {
				if topic, got := to.published(); topic != "news/today" || !bytes.Equal(got, text(i)) {
					t.Fatalf("message %d came as %d bytes to %q", i, len(got), topic)
				}
			}
			for _, c := range []mqtt{from, to} {
				c.send(mqttDisconnect, nil)
			}
		})
	}
	p.Stop()
}

func tcp(t testing.TB, port int) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mqtt is a client of MQTT 3.1.1, as much as this takes, with one packet in a message.
type mqtt struct {
	testing.TB
	ws   *harness.Raw
	read *[]byte // what has come and is not read
}

// Packets, with the flags that they have here (MQTT 3.1.1 §2.2).
const (
	mqttConnect, mqttConnack      = 0x10, 0x20
	mqttPublish                   = 0x30
	mqttSubscribe, mqttSubscribed = 0x82, 0x90
	mqttDisconnect                = 0xe0
)

func mqttDial(t testing.TB, c net.Conn, name string) mqtt {
	t.Helper()
	m := mqtt{t, wsOn(t, c, "/mqtt", "mqtt"), new([]byte)}
	const clean, alive = 2, 60
	m.send(mqttConnect, append(mqttText("MQTT"), 4, clean, 0, alive), mqttText(name))
	m.expect(mqttConnack, []byte{0, 0})
	return m
}

func mqttText(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func (m mqtt) send(kind byte, parts ...[]byte) {
	m.Helper()
	body := bytes.Join(parts, nil)
	packet := []byte{kind}
	n := len(body)
	for ; n > 127; n >>= 7 {
		packet = append(packet, byte(n)|128)
	}
	if err := m.ws.SendMessage(harness.Binary, append(append(packet, byte(n)), body...)); err != nil {
		m.Fatal(err)
	}
}

// packet is the next that comes. A message may have a part of one, or several.
func (m mqtt) packet() (kind byte, body []byte) {
	m.Helper()
	for {
		if b := *m.read; len(b) > 1 {
			// MQTT's lengths are the varints of encoding/binary.
			if n, size := binary.Uvarint(b[1:]); size > 0 && len(b) >= 1+size+int(n) {
				*m.read = b[1+size+int(n):]
				return b[0], b[1+size : 1+size+int(n)]
			}
		}
		_, p, err := m.ws.ReceiveMessage()
		if err != nil {
			m.Fatal(err)
		}
		*m.read = append(*m.read, p...)
	}
}

func (m mqtt) expect(kind byte, body []byte) {
	m.Helper()
	if k, b := m.packet(); k != kind || !bytes.Equal(b, body) {
		m.Fatalf("MQTT packet %#x %x, not %#x %x", k, b, kind, body)
	}
}

func (m mqtt) subscribe(topic string) {
	m.Helper()
	const first, atMostOnce = 1, 0
	m.send(mqttSubscribe, []byte{0, first}, mqttText(topic), []byte{atMostOnce})
	m.expect(mqttSubscribed, []byte{0, first, atMostOnce})
}

func (m mqtt) publish(topic string, text []byte) {
	m.Helper()
	m.send(mqttPublish, mqttText(topic), text)
}

// published is the next message for this client.
func (m mqtt) published() (topic string, text []byte) {
	m.Helper()
	kind, b := m.packet()
	if kind != mqttPublish || len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		m.Fatalf("MQTT packet %#x %.100x, not one that publishes", kind, b)
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return string(b[2:n]), b[n:]
}
