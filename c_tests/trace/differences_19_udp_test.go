package trace

func init() {
	differences19["udp-empty"] = []difference{{91, "srv0", []string{"RAW_SKT_DROP_PROTOCOL @raw"}, []string{"RAW_RX @raw 3 'bye'",
		"  packet 1, sender of family 2, length 16, loopback 1, known 0", "  returns -1", "RAW_SKT_DROP_PROTOCOL @raw"}, true}}
	as17["udp-no-address"] = 203
}
