// SPDX-License-Identifier: MIT

package web

import "strconv"

// difference is a case where ours must answer otherwise; both are patterns for
// how the answer begins.
type difference struct {
	quirk     int // in docs/quirks.md
	ref, ours string
}

const (
	badRequest = `HTTP/1\.0 400 `
	tooLarge   = `HTTP/1\.0 431 `
	tooLong    = `HTTP/1\.0 414 `
	nothing    = `$`
	anything   = ``
	wholeText  = `HTTP/1\.1 200 .*\r\n\r\ntext\n`
)

var differences = map[string]difference{
	"pipelined dyn":          {1, anything, `(HTTP.*uri '/dyn/1'.*)(HTTP.*uri '/dyn/2'.*)`},
	"pipelined files":        {1, `.*403 Forbidden`, `(HTTP/1.1 200 OK.*){4}`},
	"pipelined post and get": {46, `.*body 4 002e39a2\nbody 4`, `.*body 4 002e39a2\nHTTP/1.1 200 OK`},
	"too long a body":        {46, `.*body 4 002e39a2\nbody 4`, `.*body 4 002e39a2\n$`},

	"huge header":        {21, nothing, tooLarge},
	"huge cookie":        {21, nothing, tooLarge},
	"too long a path":    {21, nothing, tooLong},
	"too many arguments": {21, nothing, tooLong},
	"post chunked":       {23, anything, `HTTP/1\.1 200 .*body 12 c81ce176`},

	"cookies":            {43, `.*cookie e 1 '1'`, `.*cookie one 1 '1'\ncookie two 1 '2'\nHTTP`},
	"cookies, two lines": {43, `.*cookie one 9 '1'`, `.*'one=1; two=2; three=3'.*cookie one 1 '1'\ncookie two 1 '2'\nHTTP`},

	"odd version":             {44, `HTTP/1\.0 200`, badRequest},
	"CR CR LF":                {44, `HTTP/1\.1 200`, badRequest},
	"bare CR in a value":      {44, `HTTP/1\.1 200`, badRequest},
	"NUL in a value":          {44, `HTTP/1\.1 200`, badRequest},
	"NUL in the path":         {44, nothing, badRequest},
	"escaped NUL":             {44, nothing, badRequest},
	"arguments, escapes":      {44, nothing, badRequest},
	"two hosts":               {44, `HTTP/1\.1 200`, badRequest},
	"folded header":           {44, anything, badRequest},
	"folded known header":     {44, anything, badRequest},
	"space before colon":      {44, `HTTP/1\.1 200`, badRequest},
	"header without colon":    {44, anything, badRequest},
	"header without name":     {44, anything, badRequest},
	"length negative":         {44, nothing, badRequest},
	"length nonsense":         {44, `HTTP/1\.1 200`, badRequest},
	"length with plus":        {44, `HTTP/1\.1 200`, badRequest},
	"length huge":             {44, nothing, badRequest},
	"two lengths, different":  {44, anything, badRequest},
	"post chunked and length": {44, anything, badRequest},
	"empty lines first":       {44, nothing, `HTTP/1\.1 200`},
	"spaces around values":    {44, `.*'a b  '.*'v \t'`, `.*'a b'.*'v'`},

	"redirect mount to https": {47, `.*/a/b\x00\x00\r\n`, `.*/a/b\r\n`},

	"absolute form":              {185, `HTTP/1\.0 403`, `HTTP/1\.1 200 .*text\n`},
	"absolute form of dyn":       {185, `HTTP/1\.0 403`, `HTTP/1\.1 200 .*'/dyn/x'.*\[another\]`},
	"absolute form without host": {185, `HTTP/1\.0 403`, badRequest},

	"no host":                      {186, `HTTP/1\.1 200`, badRequest},
	"host with a space":            {186, `HTTP/1\.1 200`, badRequest},
	"host with a user":             {186, `HTTP/1\.1 200`, badRequest},
	"mount redirect with odd host": {186, `HTTP/1\.0 301`, badRequest},
	"HTTP/1.2":                     {186, `HTTP/1\.0 200`, `HTTP/1\.1 200`},
	"HTTP/2.0":                     {186, `HTTP/1\.0 200`, `HTTP/1\.0 505`},

	"coding not known":             {187, anything, `HTTP/1\.0 501`},
	"chunked twice":                {187, anything, badRequest},
	"post chunked, zeros":          {23, anything, `HTTP/1\.1 200 .*body 4 002e39a2`},
	"post chunked, bad size":       {187, anything, `HTTP/1\.1 400`},
	"post chunked, bad size, late": {187, anything, `HTTP/1\.1 200 .*text\n$`},

	"connection list": {48, `.*text\n$`, `.*'HTTP/1.1' \[HTTP/1.1\]\n$`},

	"HEAD unknown type": {191, `HTTP/1\.1 415 .*<h1>415`, `HTTP/1\.1 415 [^<]*HTTP/1\.1 200`},

	"range":         {220, wholeText, `HTTP/1\.1 206 .*content-range: bytes 1-2/5\r\n.*\r\n\r\nexHTTP/1\.1 200`},
	"range open":    {220, wholeText, `HTTP/1\.1 206 .*content-range: bytes 2-4/5\r\n.*\r\n\r\nxt\nHTTP/1\.1 200`},
	"range suffix":  {220, wholeText, `HTTP/1\.1 206 .*content-range: bytes 3-4/5\r\n.*\r\n\r\nt\nHTTP/1\.1 200`},
	"range several": {220, wholeText, `HTTP/1\.1 206 .*multipart/byteranges; boundary=.*bytes 0-0/5.*bytes 2-3/5.*--\r\nHTTP/1\.1 200`},
	"range beyond":  {220, wholeText, `HTTP/1\.1 416 .*content-range: bytes \*/5\r\n.*HTTP/1\.1 200`},
	"if-range":      {220, wholeText, `HTTP/1\.1 206 .*content-range: bytes 1-2/5\r\n.*\r\n\r\nexHTTP/1\.1 200`},

	"curl -r 1-3 SITE/plain.txt":     {220, wholeText, `HTTP/1\.1 206 .*\r\n\r\next<nil>`},
	"curl -r 0-0,2-2 SITE/plain.txt": {220, wholeText, `HTTP/1\.1 206 .*bytes 0-0/5.*bytes 2-2/5.*--\r\n<nil>`},

	"auth end of a line": {50, `HTTP/1\.1 200`, `HTTP/1\.1 401`},
}

func itoa(n int) string { return strconv.Itoa(n) }
func hex(n int) string  { return strconv.FormatInt(int64(n), 16) }

// curls are arguments of curl.
var curls = [][]string{
	{"SITE/"},
	{"-I", "SITE/plain.txt"},
	{"-r", "1-3", "SITE/plain.txt"},
	{"-r", "0-0,2-2", "SITE/plain.txt"},
	{"--compressed", "SITE/both.txt"},
	{"-u", "user:secret", "SITE/auth/plain.txt"},
	{"-u", "user:wrong", "SITE/auth/plain.txt"},
	{"--http1.0", "SITE/large.txt"},
	{"-X", "OPTIONS", "SITE/dyn/x"},
	{"-X", "DELETE", "SITE/dyn/x"},
	{"-d", "text=1&send=2", "SITE/form/x"},
	{"-F", "text=hello", "-F", "file=@web_test.go;filename=w.go;type=text/plain", "-H", "User-Agent: c", "SITE/form/x"},
	{"-T", "prog/site.c", "SITE/dyn/put"},
	{"-H", "Expect: 100-continue", "--expect100-timeout", "0.2", "--data-binary", "@prog/site.c", "SITE/dyn/post"},
	{"--path-as-is", "SITE/../outside.txt"},
	{"--path-as-is", "SITE/sub/../plain.txt"},
	{"SITE/plain.txt", "-o", "/dev/null", "SITE/sub/", "SITE/dyn/again"},
	{"-H", "If-None-Match: 000000056553F100", "SITE/plain.txt"},
	{"-b", "two=2; last=3456789", "SITE/dyn/x"},
	{"SITE/cached"},
	{"SITE/old/x"},
	{"SITE/nothing"},
	{"SITE/html/page.shtml"},
}
