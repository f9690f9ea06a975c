package trace

// difference is one place where our trace may, and then must, differ from the
// reference's. Ref is a run of consecutive lines of the stream as the
// reference prints it; a difference whose Ref is no longer found is an error,
// so that the table does not rot.
type difference struct {
	Quirk  int    // number in docs/quirks.md, which has the reason
	Stream string // "srv0", "cli0", "peer0", "global", ...
	Ref    []string
	Ours   []string
	Last   bool // the last such run of the stream is meant, not the first
}

// differences lists them by scenario.
var differences = map[string][]difference{
	"timer-cancelled": {{20, "srv0", []string{"TIMER @chat"}, nil, false}},
	"cli-buffer-kept": {{9, "cli0", []string{"  buffer masked"}, []string{"  buffer as it was"}, false}},
}

// oursOnly are scenarios that the reference cannot run, with the trace that we
// must print instead.
var oursOnly = map[string]string{
	"external-poll": externalPoll, // quirk 13
}

const externalPoll = `== global
`

// notBytewise are the scenarios that are not repeated with peers that send
// single bytes: their point is what arrives in one packet.
var notBytewise = map[string]string{}
