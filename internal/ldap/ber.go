package ldap

import "errors"

// errBroken says that a message is no BER (X.690), or not what LDAP has there.
var errBroken = errors.New("a message that cannot be read")

// Tags of what is read (RFC 4511).
const (
	tagInteger    = 0x02
	tagText       = 0x04
	tagEnumerated = 0x0a
	tagSequence   = 0x30
	tagSet        = 0x31

	tagEntry     = 0x64 // SearchResultEntry
	tagDone      = 0x65 // SearchResultDone
	tagReference = 0x73 // SearchResultReference
	tagExtended  = 0x78 // ExtendedResponse
	tagReferral  = 0xa3 // of a result
	tagControls  = 0xa0
)

// An element is the contents of one BER element, which are cut from the text of the whole message.
type element struct {
	tag  byte
	text string
}

// cut takes the first element off a text.
func cut(text string) (e element, rest string, err error) {
	if len(text) < 2 {
		return e, "", errBroken
	}
	size, at := int(text[1]), 2
	if size&0x80 != 0 {
		many := size & 0x7f
		if many == 0 || many > 4 || len(text) < 2+many {
			return e, "", errBroken
		}
		for size = 0; at < 2+many; at++ {
			size = size<<8 | int(text[at])
		}
	}
	if size < 0 || len(text)-at < size {
		return e, "", errBroken
	}
	return element{text[0], text[at : at+size]}, text[at+size:], nil
}

// cutOf is cut of an element that has to have a tag.
func cutOf(tag byte, text string) (contents, rest string, err error) {
	e, rest, err := cut(text)
	if err == nil && e.tag != tag {
		err = errBroken
	}
	return e.text, rest, err
}

// number is the value of an INTEGER or ENUMERATED.
func number(contents string) (n int64) {
	for i := range len(contents) {
		if i == 0 && contents[0]&0x80 != 0 {
			n = -1
		}
		n = n<<8 | int64(contents[i])
	}
	return n
}

// texts are the elements of a sequence or a set, added to a list.
func texts(contents string, into []string) ([]string, error) {
	for contents != "" {
		e, rest, err := cut(contents)
		if err != nil {
			return into, err
		}
		into, contents = append(into, e.text), rest
	}
	return into, nil
}
