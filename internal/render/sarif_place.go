package render

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// locations is where a finding stands: on its line, or at the configuration's first file.
func (f *findings) locations(one finding) []sarifLocation {
	var at sarifLocation
	switch {
	case one.at.Filename != "":
		at.Physical = sarifPhysical{Artifact: sarifArtifact{f.uri(one.at.Filename)}, Region: regionOf(one.at)}
	case f.first != "":
		at.Physical.Artifact.URI = f.uri(f.first)
	default:
		return nil
	}
	if one.address != "" {
		at.Logical = []sarifLogical{{Name: f.foreign(one.address), Kind: "resource"}}
	}
	return []sarifLocation{at}
}

// uri is a file of the configuration, as a relative reference where it lies below Options.Root.
func (f *findings) uri(filename string) string {
	uri, known := f.uris[filename]
	if !known {
		uri = f.newURI(filename)
		f.uris[filename] = uri
	}
	return uri
}

func (f *findings) newURI(filename string) string {
	filename = strings.ToValidUTF8(filename, "\uFFFD")
	u := url.URL{}
	if filepath.IsAbs(filename) {
		u.Scheme = "file"
		if below, err := filepath.Rel(f.o.Root, filename); err == nil && filepath.IsLocal(below) {
			filename, u.Scheme = below, ""
		}
	}
	u.Path = path.Clean(filepath.ToSlash(filename))
	if u.Scheme != "" && !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path // a drive of Windows
	}
	return u.String()
}

// regionOf is a range of the configuration; nil where it has no line.
func regionOf(r hcl.Range) *sarifRegion {
	if r.Start.Line < 1 {
		return nil
	}
	region := &sarifRegion{StartLine: r.Start.Line, StartColumn: r.Start.Column}
	if r.End.Line > r.Start.Line || r.End.Line == r.Start.Line && r.End.Column > r.Start.Column {
		region.EndLine, region.EndColumn = r.End.Line, r.End.Column
	}
	return region
}
