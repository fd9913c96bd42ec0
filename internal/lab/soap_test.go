package lab

import "testing"

func TestWhatIsNoEnvelope(t *testing.T) {
	t.Parallel()
	const good = `<s:Envelope xmlns:s="` + nsEnvelope + `" xmlns:a="` + nsAddressing + `"><s:Header><a:Action>x</a:Action><a:MessageID>1</a:MessageID></s:Header><s:Body/></s:Envelope>`
	for text, right := range map[string]bool{
		good: true, good + "\n": true, `<?xml version="1.0"?>` + "\n<!-- so -->" + good: true,
		"": false, "text": false, good + good: false, good + "rest": false, "rest" + good: false,
		good[:len(good)-4]: false, good + "</s:Envelope>": false, "<a/>": false, `<s:Envelope xmlns:s="` + nsEnvelope + `"><s:Body></s:Envelope>`: false,
	} {
		if _, fault := parseMessage([]byte(text)); (fault == nil) != right {
			t.Errorf("%s: %+v", text, fault)
		}
	}
}
