package trace

import (
	"maps"
	"slices"

	"libwebsockets/c_tests/harness"
)

// abi is one interface: its reference, and where ours is known to differ from that.
type abi struct {
	ref harness.Ref
	// differences are by scenario; older has those of the ABI before, which hold as well for
	// a scenario that has none of its own here.
	differences map[string][]difference
	older       *abi
	// oursOnly are scenarios that the reference cannot run, with our trace.
	oursOnly map[string]string
	// as17 are scenarios that it cannot run either, but the one before can, whose trace ours
	// has, with the number of the quirk. differences are from that. With overTLS behind the
	// name it is so over TLS only.
	as17 map[string]int
	// varies has lines that the reference prints now and then, and what it prints otherwise.
	varies map[string]string
	// plain are not repeated over TLS, in addition to notOverTLS, with the reason.
	plain map[string]string
	// once: what varies the scenarios is in the engine, and run with another ABI.
	once bool
}

var (
	abi17 = &abi{ref: harness.Ref17, differences: differences, oursOnly: oursOnly}
	abi19 = &abi{ref: harness.Ref19, differences: differences19, older: abi17, oursOnly: oursOnly19, as17: as17, varies: varies19, plain: plain19, once: true}
)

// allowed is what a scenario's trace may, and must, differ in.
func (a *abi) allowed(name string, tls bool) []difference {
	if tls {
		if list, own := a.differences[name+overTLS]; own {
			return list
		}
	}
	if list, own := a.differences[name]; own || a.older == nil {
		return list
	}
	if a.asOlder(name, tls) {
		return nil
	}
	return a.older.allowed(name, tls)
}

// asOlder tells whether the reference is that of the ABI before.
func (a *abi) asOlder(name string, tls bool) bool {
	_, both := a.as17[name]
	_, own := a.as17[name+overTLS]
	return both || own && tls
}

// alone is the trace of a scenario that the reference cannot run.
func (a *abi) alone(name string) (string, bool) {
	if text, own := a.oursOnly[name]; own || a.older == nil {
		return text, own
	}
	_, can := a.differences[name]
	_, before := a.as17[name]
	if can || before {
		return "", false
	}
	return a.older.alone(name)
}

// listed are the scenarios that the tables name.
func (a *abi) listed() []string {
	return slices.Concat(slices.Collect(maps.Keys(a.differences)), slices.Collect(maps.Keys(a.oursOnly)), slices.Collect(maps.Keys(a.as17)))
}
