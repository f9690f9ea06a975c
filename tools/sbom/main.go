// SPDX-License-Identifier: MIT

// Command sbom writes what is in a built library as SPDX 2.3 (JSON): the Go modules and
// the Go runtime that are linked in, from the library's own build info, and the libraries
// that it needs when it is loaded.
//
//	sbom [-name NAME] [-version VERSION] [-o FILE] LIBRARY
//
// The licences of what is linked in are those that packaging/debian/copyright tells. What
// is not in there, and a needed library that this program does not know, is an error: so
// nothing new gets in unseen. The same library gives the same bytes; they are those of any
// machine, so that packages for several can be installed together.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

type checksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type reference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type component struct {
	ID        string      `json:"SPDXID"`
	Name      string      `json:"name"`
	Version   string      `json:"versionInfo,omitempty"`
	Download  string      `json:"downloadLocation"`
	Analyzed  bool        `json:"filesAnalyzed"`
	Declared  string      `json:"licenseDeclared"`
	Concluded string      `json:"licenseConcluded"`
	Copyright string      `json:"copyrightText"`
	Purpose   string      `json:"primaryPackagePurpose,omitempty"`
	Checksums []checksum  `json:"checksums,omitempty"`
	Refs      []reference `json:"externalRefs,omitempty"`
	Comment   string      `json:"comment,omitempty"`
}

type relationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

type document struct {
	Version   string `json:"spdxVersion"`
	License   string `json:"dataLicense"`
	ID        string `json:"SPDXID"`
	Name      string `json:"name"`
	Namespace string `json:"documentNamespace"`
	Creation  struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	} `json:"creationInfo"`
	Packages      []component    `json:"packages"`
	Relationships []relationship `json:"relationships"`
}

const itself = "SPDXRef-library"

// optional is loaded when it is there (impl/httpd).
var optional = component{ID: "SPDXRef-brotli", Name: "brotli", Download: "https://github.com/google/brotli", Declared: "MIT",
	Comment: "libbrotlienc.so.1 and libbrotlidec.so.1: loaded when the coding br is first asked for, if they are installed"}

// projects are whose libraries are loaded with it, and what those are called.
var projects = []struct {
	component
	sonames []string
}{
	{component{ID: "SPDXRef-openssl", Name: "openssl", Download: "https://www.openssl.org", Declared: "Apache-2.0"},
		[]string{"libssl.so.3", "libcrypto.so.3"}},
	{component{ID: "SPDXRef-glibc", Name: "glibc", Download: "https://www.gnu.org/software/libc", Declared: "LGPL-2.1-or-later"},
		[]string{"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2"}},
}

// loader is how the names of the one that all programs have begin: part of glibc, and of
// another name on each kind of machine.
const loader = "ld-linux"

func main() {
	name := flag.String("name", "libwebsockets-go", "what the library is called")
	version := flag.String("version", "", "its version")
	out := flag.String("o", "", "the file that is written; standard output unless given")
	rights := flag.String("copyright", "packaging/debian/copyright", "the file with the licences")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	text, err := run(flag.Arg(0), *name, *version, *rights)
	if err == nil && *out == "" {
		_, err = os.Stdout.Write(text)
	} else if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(library, name, version, rights string) ([]byte, error) {
	info, err := buildinfo.ReadFile(library)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(rights)
	if err != nil {
		return nil, err
	}
	d := document{Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name + "-" + version}
	d.Creation.Creators = []string{"Tool: tools/sbom"}
	if d.Creation.Created, err = created(); err != nil {
		return nil, err
	}
	soname, needed, err := dynamic(library)
	if err != nil {
		return nil, err
	}
	d.add(component{ID: itself, Name: name, Version: version, Declared: "MIT", Purpose: "LIBRARY", Comment: soname}, "", "")
	d.Relationships[0] = relationship{d.ID, "DESCRIBES", itself}
	if err := d.linkedIn(info, licences(string(text))); err != nil {
		return nil, err
	}
	if err := d.loaded(needed); err != nil {
		return nil, err
	}
	return d.text()
}

// add has a component in the document; kind is how the library stands to it.
func (d *document) add(c component, from, kind string) {
	c.Concluded, c.Copyright = c.Declared, "NOASSERTION"
	if c.Download == "" {
		c.Download = "NOASSERTION"
	}
	d.Packages = append(d.Packages, c)
	if kind == "OPTIONAL_DEPENDENCY_OF" {
		d.Relationships = append(d.Relationships, relationship{c.ID, kind, from})
		return
	}
	d.Relationships = append(d.Relationships, relationship{from, kind, c.ID})
}

// linkedIn adds Go and the modules.
func (d *document) linkedIn(info *debug.BuildInfo, licence map[string]string) error {
	golang := strings.TrimPrefix(info.GoVersion, "go")
	golang, _, _ = strings.Cut(golang, " ")
	if licence["go"] == "" {
		return fmt.Errorf("packaging/debian/copyright has no paragraph for go/*")
	}
	d.add(component{ID: "SPDXRef-go", Name: "go", Version: golang, Download: "https://go.dev/dl/", Declared: licence["go"],
		Refs:    []reference{{"PACKAGE-MANAGER", "purl", "pkg:golang/stdlib@" + golang}},
		Comment: "the runtime and what is used of the standard library"}, itself, "STATIC_LINK")
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		l := licence[m.Path]
		if l == "" {
			return fmt.Errorf("%s is linked in, and packaging/debian/copyright has no paragraph for %s/*", m.Path, m.Path)
		}
		c := component{ID: "SPDXRef-go-" + identifier(m.Path), Name: m.Path, Version: m.Version, Declared: l,
			Download: "https://" + m.Path, Refs: []reference{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + m.Path + "@" + m.Version}}}
		if list := licence[m.Path+"/publicsuffix"]; list != "" {
			c.Declared += " AND " + list
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil || len(sum) != sha256.Size {
			return fmt.Errorf("%s: the sum %q", m.Path, m.Sum)
		}
		c.Checksums = []checksum{{"SHA256", hex.EncodeToString(sum)}}
		c.Comment = "the checksum is that of the module's files as go.sum has it (" + m.Sum + ")"
		d.add(c, itself, "STATIC_LINK")
	}
	return nil
}

// loaded adds whose libraries are loaded, each project once.
func (d *document) loaded(needed []string) error {
	left := slices.DeleteFunc(slices.Clone(needed), func(n string) bool { return strings.HasPrefix(n, loader) })
	for _, p := range projects {
		var of []string
		for _, n := range p.sonames {
			if slices.Contains(left, n) {
				of = append(of, n)
			}
		}
		if len(of) > 0 {
			p.Comment = strings.Join(of, " and ")
			d.add(p.component, itself, "DYNAMIC_LINK")
		}
		left = slices.DeleteFunc(left, func(n string) bool { return slices.Contains(of, n) })
	}
	if len(left) > 0 {
		return fmt.Errorf("the library needs %s, of which tools/sbom does not know whose it is", strings.Join(left, ", "))
	}
	d.add(optional, itself, "OPTIONAL_DEPENDENCY_OF")
	return nil
}

// text is the document, whose name in the world is made from what it says.
func (d *document) text() ([]byte, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	d.Namespace = "https://spdx.org/spdxdocs/" + d.Name + "-" + hex.EncodeToString(sum[:16])
	b, err = json.MarshalIndent(d, "", " ")
	return append(b, '\n'), err
}

// created is the time of SOURCE_DATE_EPOCH, else that of 1970: never the clock's.
func created() (string, error) {
	var at int64
	if s := os.Getenv("SOURCE_DATE_EPOCH"); s != "" {
		var err error
		if at, err = strconv.ParseInt(s, 10, 64); err != nil {
			return "", fmt.Errorf("SOURCE_DATE_EPOCH: %v", err)
		}
	}
	return time.Unix(at, 0).UTC().Format(time.RFC3339), nil
}

// dynamic is what a library calls itself, and what it needs.
func dynamic(library string) (soname string, needed []string, err error) {
	f, err := elf.Open(library)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	if names, err := f.DynString(elf.DT_SONAME); err == nil && len(names) == 1 {
		soname = names[0]
	} else {
		soname = filepath.Base(library)
	}
	needed, err = f.ImportedLibraries()
	return soname, needed, err
}

// debians are the names that Debian's copyright files have for some licences.
var debians = map[string]string{"Expat": "MIT", "BSD-3-clause": "BSD-3-Clause"}

// licences are the SPDX names by what the paragraphs of the copyright file are about,
// without the /* behind it.
func licences(text string) map[string]string {
	l := map[string]string{}
	for _, paragraph := range strings.Split(text, "\n\n") {
		var files []string
		for line := range strings.Lines(paragraph) {
			if v, ok := strings.CutPrefix(line, "Files:"); ok {
				files = strings.Fields(v)
			} else if v, ok := strings.CutPrefix(line, "License:"); ok {
				name := strings.TrimSpace(v)
				if spdx := debians[name]; spdx != "" {
					name = spdx
				}
				for _, f := range files {
					l[strings.TrimSuffix(f, "/*")] = name
				}
			}
		}
	}
	return l
}

// identifier has only what SPDX allows in one.
func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, s)
}
