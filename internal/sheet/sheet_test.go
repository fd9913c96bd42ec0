package sheet

import "testing"

func TestEncode(t *testing.T) {
	t.Parallel()
	for want, rows := range map[string][][]string{
		"a,b\r\n":                        {{"a", "b"}},
		"'=1+1,'+1,'-1,'@x,'\tx\r\n":     {{"=1+1", "+1", "-1", "@x", "\tx"}},
		"\"a,\"\"b\"\"\",a=b\r\n":        {{`a,"b"`, "a=b"}},
		"\xef\xbb\xbfMüller,sip:m@x\r\n": {{"Müller", "sip:m@x"}},
		"":                               nil,
	} {
		if got := string(Encode(rows)); got != want {
			t.Errorf("%q: %q, want %q", rows, got, want)
		}
	}
}
