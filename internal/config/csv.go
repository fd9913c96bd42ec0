package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hybrid/schema"
)

// csvFile is a table as spreadsheets and Export-Csv write them: with or without a byte order mark, separated by commas
// or, where the decimal sign is a comma, by semicolons, possibly with a first line that is no header.
type csvFile struct {
	name    string // for messages
	columns []string
	reader  *csv.Reader
	skipped int // lines before the header
}

// openCSV reads the header.
func openCSV(name string, src []byte) (*csvFile, error) {
	src = bytes.TrimPrefix(src, utf8BOM)
	if inUTF16(src) {
		return nil, fmt.Errorf("%s is in UTF-16; save it as UTF-8, in PowerShell with Export-Csv -Encoding UTF8", name)
	}
	if !utf8.Valid(src) {
		return nil, fmt.Errorf("%s:%d: the text is not UTF-8 (Windows-1252?); save the file as UTF-8, in PowerShell with Export-Csv -Encoding UTF8", name, foreignLine(src))
	}
	f := &csvFile{name: name}
	src, separator := f.preamble(src)
	f.reader = csv.NewReader(bytes.NewReader(src))
	f.reader.Comma, f.reader.ReuseRecord = separator, true
	header, err := f.reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s is empty; its first line names the columns", name)
	case err != nil:
		return nil, f.explain(err)
	}
	for _, column := range header {
		f.columns = append(f.columns, strings.Clone(strings.TrimSpace(column)))
	}
	return f, f.checkHeader()
}

// foreignLine is the first line of a text in which something is not UTF-8. Such bytes are no letters: compared and written out they
// would be others than those that the file's author sees.
func foreignLine(src []byte) int {
	valid := 0
	for valid < len(src) {
		r, size := utf8.DecodeRune(src[valid:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		valid += size
	}
	return bytes.Count(src[:valid], []byte("\n")) + 1
}

// preamble drops the lines that Export-Csv and Excel put before the header, and tells the separator.
func (f *csvFile) preamble(src []byte) ([]byte, rune) {
	line, rest, found := bytes.Cut(src, []byte("\n"))
	text := strings.TrimSpace(string(line))
	if found && strings.HasPrefix(text, "#TYPE ") {
		f.skipped++
		return f.preamble(rest)
	}
	if separator, ok := strings.CutPrefix(text, "sep="); ok && found && (separator == "," || separator == ";") {
		f.skipped++
		return rest, rune(separator[0])
	}
	if strings.Count(text, ";") > strings.Count(text, ",") {
		return src, ';'
	}
	return src, ','
}

func (f *csvFile) checkHeader() error {
	seen := map[string]bool{}
	for n, column := range f.columns {
		switch {
		case column == "":
			return fmt.Errorf("%s: column %d has no name; its first line names the columns", f.at(1), n+1)
		case seen[column]:
			return fmt.Errorf("%s: two columns are called %q", f.at(1), column)
		}
		seen[column] = true
	}
	return nil
}

// at names a line of the file as editors link to it, counted from the header's.
func (f *csvFile) at(line int) string { return fmt.Sprintf("%s:%d", f.name, line+f.skipped) }

// next gives the next row's cells, valid until the next call, and its line from the header's; io.EOF at the end.
func (f *csvFile) next() ([]string, int, error) {
	row, err := f.reader.Read()
	if err != nil {
		return nil, 0, f.explain(err)
	}
	line, _ := f.reader.FieldPos(0)
	return row, line, nil
}

// explain words an error of encoding/csv.
func (f *csvFile) explain(err error) error {
	var broken *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return err
	case !errors.As(err, &broken):
		return fmt.Errorf("%s: %w", f.name, err)
	case errors.Is(err, csv.ErrFieldCount):
		return &csvError{f.at(broken.StartLine), fmt.Sprintf("this row has another number of cells than the header's %d (%s); a cell with %q in it stands in quotes",
			len(f.columns), strings.Join(f.columns, ", "), string(f.reader.Comma)), broken.Err}
	case errors.Is(err, csv.ErrQuote):
		return fmt.Errorf("%s: a quote (\") that does not close a cell; inside a cell in quotes it is written twice", f.at(broken.Line))
	case errors.Is(err, csv.ErrBareQuote):
		return fmt.Errorf("%s: a quote (\") within a cell; put the cell in quotes and write the quote twice", f.at(broken.Line))
	}
	return fmt.Errorf("%s: %w", f.at(broken.Line), broken.Err)
}

// csvError is an error of encoding/csv in words for people.
type csvError struct {
	place, text string
	err         error
}

func (e *csvError) Error() string { return e.place + ": " + e.text }
func (e *csvError) Unwrap() error { return e.err }

// column finds a column by name; -1 where there is none.
func (f *csvFile) column(name string) int {
	for n, column := range f.columns {
		if column == name {
			return n
		}
	}
	return -1
}

// need is column for one that must be there.
func (f *csvFile) need(name string) (int, error) {
	if n := f.column(name); n >= 0 {
		return n, nil
	}
	return -1, fmt.Errorf("%s: there is no column %q. It has %s; it needs sip_address, and identity where that is another name%s",
		f.at(1), name, schema.List(schema.Quoted(f.columns), "and"), f.separatorHint())
}

// separatorHint helps where the header was read as one column.
func (f *csvFile) separatorHint() string {
	if len(f.columns) == 1 && strings.ContainsAny(f.columns[0], "\t|") {
		return ". Separate the columns by commas or semicolons"
	}
	return ""
}
