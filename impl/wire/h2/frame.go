// SPDX-License-Identifier: MIT

// Package h2 is the frame codec of HTTP/2 (RFC 9113): frames in, frames out. It
// does no I/O, keeps no clock and never stores a slice it was lent. Header
// blocks are handed out as they come, for an HPACK decoder.
package h2

import "encoding/binary"

// Preface is what a client sends first (RFC 9113 §3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// HeaderLen is the length of a frame's header.
const HeaderLen = 9

// Limits of the protocol.
const (
	MinMaxFrame   = 1 << 14
	MaxMaxFrame   = 1<<24 - 1
	MaxWindow     = 1<<31 - 1
	DefaultWindow = 65535
)

// Type is a frame's type (RFC 9113 §6).
type Type uint8

// The types that have a meaning here; others are ignored.
const (
	Data Type = iota
	Headers
	Priority
	RstStream
	Settings
	PushPromise
	Ping
	GoAway
	WindowUpdate
	Continuation
	typeCount
)

var typeNames = [...]string{"DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING",
	"GOAWAY", "WINDOW_UPDATE", "CONTINUATION"}

func (t Type) String() string {
	if t < typeCount {
		return typeNames[t]
	}
	return "unknown"
}

// Flags are a frame's flags; what a bit means depends on the type.
type Flags uint8

// The flags.
const (
	EndStream   Flags = 0x1 // DATA, HEADERS
	Ack         Flags = 0x1 // SETTINGS, PING
	EndHeaders  Flags = 0x4 // HEADERS, CONTINUATION
	Padded      Flags = 0x8
	HasPriority Flags = 0x20
)

// Has tells whether all bits of w are set.
func (f Flags) Has(w Flags) bool { return f&w == w }

// Header is a frame's header.
type Header struct {
	Length uint32 // of the payload
	Type   Type
	Flags  Flags
	Stream uint32
}

func parseHeader(b []byte) Header {
	return Header{
		Length: uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]),
		Type:   Type(b[3]),
		Flags:  Flags(b[4]),
		Stream: binary.BigEndian.Uint32(b[5:]) &^ (1 << 31),
	}
}

// AppendHeader appends a frame's header.
func AppendHeader(b []byte, h Header) []byte {
	b = append(b, byte(h.Length>>16), byte(h.Length>>8), byte(h.Length), byte(h.Type), byte(h.Flags))
	return binary.BigEndian.AppendUint32(b, h.Stream)
}

// Setting is one parameter of a SETTINGS frame.
type Setting struct {
	ID    SettingID
	Value uint32
}

// SettingID names a parameter (RFC 9113 §6.5.2, RFC 8441 §3).
type SettingID uint16

// The parameters.
const (
	HeaderTableSize       SettingID = 1
	EnablePush            SettingID = 2
	MaxConcurrentStreams  SettingID = 3
	InitialWindowSize     SettingID = 4
	MaxFrameSize          SettingID = 5
	MaxHeaderListSize     SettingID = 6
	EnableConnectProtocol SettingID = 8
	// SettingCount is the length of an array that is indexed by SettingID.
	SettingCount = 9
)

// settingLen is the length of one parameter on the wire.
const settingLen = 6

// Defaults are the values before any SETTINGS frame, by SettingID.
var Defaults = [SettingCount]uint32{
	HeaderTableSize: 4096, EnablePush: 1, MaxConcurrentStreams: MaxWindow,
	InitialWindowSize: DefaultWindow, MaxFrameSize: MinMaxFrame, MaxHeaderListSize: MaxWindow,
}

// CheckSetting tells whether the value is a legal one for its parameter.
func CheckSetting(s Setting) error {
	switch {
	case s.ID == EnablePush && s.Value > 1:
		return ErrEnablePush
	case s.ID == EnableConnectProtocol && s.Value > 1:
		return ErrEnableConnect
	case s.ID == InitialWindowSize && s.Value > MaxWindow:
		return ErrInitialWindow
	case s.ID == MaxFrameSize && (s.Value < MinMaxFrame || s.Value > MaxMaxFrame):
		return ErrMaxFrameSize
	}
	return nil
}

// EachSetting calls fn for the parameters in the payload of a SETTINGS frame,
// whose length is a multiple of theirs, until fn fails.
func EachSetting(payload []byte, fn func(Setting) error) error {
	for ; len(payload) >= settingLen; payload = payload[settingLen:] {
		s := Setting{SettingID(binary.BigEndian.Uint16(payload)), binary.BigEndian.Uint32(payload[2:])}
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// AppendSettings appends a SETTINGS frame.
func AppendSettings(b []byte, l ...Setting) []byte {
	b = AppendHeader(b, Header{Length: uint32(len(l) * settingLen), Type: Settings})
	for _, s := range l {
		b = binary.BigEndian.AppendUint16(b, uint16(s.ID))
		b = binary.BigEndian.AppendUint32(b, s.Value)
	}
	return b
}

// AppendSettingsAck appends the acknowledgement of a SETTINGS frame.
func AppendSettingsAck(b []byte) []byte {
	return AppendHeader(b, Header{Type: Settings, Flags: Ack})
}

// AppendPing appends a PING frame.
func AppendPing(b []byte, ack bool, data [8]byte) []byte {
	h := Header{Length: 8, Type: Ping}
	if ack {
		h.Flags = Ack
	}
	return append(AppendHeader(b, h), data[:]...)
}

// AppendRstStream appends a RST_STREAM frame.
func AppendRstStream(b []byte, stream uint32, code Code) []byte {
	b = AppendHeader(b, Header{Length: 4, Type: RstStream, Stream: stream})
	return binary.BigEndian.AppendUint32(b, uint32(code))
}

// AppendWindowUpdate appends a WINDOW_UPDATE frame.
func AppendWindowUpdate(b []byte, stream uint32, n uint32) []byte {
	b = AppendHeader(b, Header{Length: 4, Type: WindowUpdate, Stream: stream})
	return binary.BigEndian.AppendUint32(b, n)
}

// AppendGoAway appends a GOAWAY frame; last is the highest stream that was or
// will be served.
func AppendGoAway(b []byte, last uint32, code Code, text string) []byte {
	b = AppendHeader(b, Header{Length: uint32(8 + len(text)), Type: GoAway})
	b = binary.BigEndian.AppendUint32(b, last)
	b = binary.BigEndian.AppendUint32(b, uint32(code))
	return append(b, text...)
}

// Uint32 is the number that the payload of RST_STREAM and WINDOW_UPDATE is.
func Uint32(payload []byte) uint32 { return binary.BigEndian.Uint32(payload) }

// ParseGoAway takes the payload of a GOAWAY frame apart.
func ParseGoAway(payload []byte) (last uint32, code Code, text []byte) {
	return Uint32(payload) &^ (1 << 31), Code(Uint32(payload[4:])), payload[8:]
}
