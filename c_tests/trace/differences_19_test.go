package trace

// differences19 are those of libwebsockets.so.19, for scenarios whose differences are
// not those of .17.
var differences19 = map[string][]difference{}

var oursOnly19 = map[string]string{}

var as17 = map[string]int{}

var varies19 = map[string]string{}
